"""Measures that 督查室 enters itself are marked, so that no import takes them for text that was dropped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0015_reminders_counted_from_what_was_said")]

    operations = [
        migrations.AddField(
            model_name="measure",
            name="by_hand",
            field=models.BooleanField(default=False, editable=False, verbose_name="督查室登记"),
        ),
    ]
