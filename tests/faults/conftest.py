"""The same two rules as for the engine's own tests."""

from tests.reminders.conftest import two_rules

__all__ = ["two_rules"]
