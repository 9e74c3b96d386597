"""The shipped rules for what the office has just decided: told at once, to the liaison, once."""

from typing import Any

from django.db import migrations

RULES = [("assigned", "交办通知", "assigned"), ("deadline-moved", "时限调整通知", "deadline_moved")]


def ship(apps: Any, schema_editor: Any) -> None:
    """What was assigned before has no event to tell of: nobody is told anew."""
    rule = apps.get_model("tracker", "ReminderRule")
    for code, name, kind in RULES:
        rule.objects.get_or_create(
            code=code,
            defaults={"name": name, "kind": kind, "days": 0, "unit": "calendar", "audience": ["liaison"]},
        )


def take_back(apps: Any, schema_editor: Any) -> None:
    codes = [code for code, _name, _kind in RULES]
    # What was told by these rules is told in kinds that the earlier product does not know.
    for name in ("Reminder", "InboxNotice"):
        apps.get_model("tracker", name).objects.filter(kind__in=[kind for _c, _n, kind in RULES]).delete()
    apps.get_model("tracker", "ReminderRule").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("tracker", "0019_notices_at_once")]
    operations = [migrations.RunPython(ship, take_back)]
