"""The day until which the leads of measures that wait to be acknowledged may object, as their regimes say."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from tracker.rules.regimes import Terms, objection_until
from tracker.rules.workdays import WorkCalendar


def reckon(apps: Any, schema_editor: Any) -> None:
    Measure = apps.get_model("tracker", "Measure")
    calendar = WorkCalendar(dict(apps.get_model("tracker", "CalendarDay").objects.values_list("day", "is_workday")))
    terms = {
        edition.pk: Terms.from_json(edition.terms_json)
        for edition in apps.get_model("tracker", "RegimeEdition").objects.all()
    }
    waiting = Measure.objects.filter(assigned_at__isnull=False, acknowledged_at__isnull=True)
    for measure in waiting.only("assigned_at", "regime_edition_id").iterator():
        measure.object_until = objection_until(
            terms.get(measure.regime_edition_id, Terms()),
            assigned_on=timezone.localdate(measure.assigned_at),
            calendar=calendar,
        )
        measure.save(update_fields=["object_until"])


class Migration(migrations.Migration):
    dependencies = [("tracker", "0013_object_until")]
    operations = [migrations.RunPython(reckon, migrations.RunPython.noop)]
