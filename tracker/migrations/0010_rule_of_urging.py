"""The shipped rule for what 督查室 urges by hand: told at once, to the liaison and the head, once."""

from typing import Any

from django.db import migrations


def ship(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tracker", "ReminderRule").objects.get_or_create(
        code="urged",
        defaults={
            "name": "督查室催办",
            "kind": "urged",
            "days": 0,
            "unit": "calendar",
            "level": "blue",
            "audience": ["liaison", "head"],
        },
    )


def take_back(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tracker", "ReminderRule").objects.filter(code="urged").delete()


class Migration(migrations.Migration):
    dependencies = [("tracker", "0009_urging")]
    operations = [migrations.RunPython(ship, take_back)]
