from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, Min, Q

NOTICE = ("measure_id", "rule_id", "anchor", "due_on", "step_on")
CHUNK = 1000


def keep_numbers_given(apps: Any, schema_editor: Any) -> None:
    """What went out under the number of a row of the ledger keeps it; later ones of that year count on from there."""
    Reminder = apps.get_model("tracker", "Reminder")
    SheetNumber = apps.get_model("tracker", "SheetNumber")
    went_out = Q(level__in=["orange", "red"], channel="email", batch__isnull=False)
    notices = (
        Reminder.objects.order_by()
        .values_list(*NOTICE)
        .annotate(first=Min("id"), sheets=Count("id", filter=went_out))
        .filter(sheets__gt=0)
    )
    rows = []
    for *notice, first, _sheets in notices.iterator(chunk_size=CHUNK):
        given = dict(zip(NOTICE, notice, strict=True))
        rows.append(SheetNumber(year=given["step_on"].year, number=first, **given))
        if len(rows) == CHUNK:
            SheetNumber.objects.bulk_create(rows)
            rows = []
    SheetNumber.objects.bulk_create(rows)


class Migration(migrations.Migration):
    """催办单 are numbered from 1 within a year, in a table of their own."""

    dependencies = [("tracker", "0028_measure_due")]

    operations = [
        migrations.CreateModel(
            name="SheetNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.PositiveBigIntegerField(verbose_name="编号")),
                ("anchor", models.BigIntegerField(default=0)),
                ("due_on", models.DateField(verbose_name="时限")),
                ("step_on", models.DateField(verbose_name="本次提醒日期")),
                (
                    "measure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tracker.measure",
                        verbose_name="事项",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tracker.reminderrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "催办单编号",
                "verbose_name_plural": "催办单编号",
                "ordering": ["year", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=["year", "number"], name="sheet_number_once"),
                    models.UniqueConstraint(
                        fields=["measure", "rule", "anchor", "due_on", "step_on"], name="sheet_once"
                    ),
                ],
            },
        ),
        migrations.RunPython(keep_numbers_given, migrations.RunPython.noop),
    ]
