"""The day until which a lead may object, kept beside the measure so that a list knows its buttons without a query a row."""

from django.utils import timezone

from tracker.models import Measure, load_calendar
from tracker.rules.regimes import Terms, objection_until


def set_objection_day(measure: Measure) -> None:
    """Called with each step that assigns the measure or puts it under other terms; later entries of days off leave it."""
    if measure.assigned_at is None:
        measure.object_until = None
        return
    edition = measure.regime_edition
    measure.object_until = objection_until(
        edition.terms if edition is not None else Terms(),
        assigned_on=timezone.localdate(measure.assigned_at),
        calendar=load_calendar(),
    )
