"""What ships with the product, for tests with real transactions: those empty every table, migrations' rows included."""

from importlib import import_module

from django.apps import apps

from tracker.models import Regime

RULES = ("0008_shipped_reminder_rules", "0010_rule_of_urging", "0020_rules_of_notices_at_once")


def ship_regimes() -> None:
    """Put the shipped regimes and stage templates back where a test has emptied the tables."""
    if not Regime.objects.exists():
        import_module("tracker.migrations.0005_regimes").add(apps, None)


def ship_rules() -> None:
    """Put the shipped reminder rules back; those that are there stay as they are."""
    for migration in RULES:
        import_module(f"tracker.migrations.{migration}").ship(apps, None)
