"""Measures as they were: their events replayed up to a version or to the end of a past day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, NullIf
from django.utils import timezone

from tracker.actions.step import TRACKED
from tracker.models import Department, Measure, MeasureEvent, RegimeEdition, Section
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import Status
from tracker.rules.light import Thresholds, light

# What the names of a past state's columns begin with.
WAS = "was_"
# What lists filter by and what the light is reckoned from, with its type in SQL; the rest is replayed a page at a time.
_JUDGED: "dict[str, models.Field[Any, Any]]" = {
    "lead_id": models.BigIntegerField(),
    "importance": models.CharField(),
    "starts_on": models.DateField(),
    "due_on": models.DateField(),
    "applied_on": models.DateField(),
    "percent": models.IntegerField(),
    "regime_edition_id": models.BigIntegerField(),
}
# The replayable fields by the names that events use.
_FIELDS: dict[str, Any] = {name: Measure._meta.get_field(name) for name in TRACKED}


def state_at_version(measure: Measure, version: int) -> dict[str, object] | None:
    """The tracked fields as JSON values after the step of this version; `co`, `indicators` and `milestones` are lists of
    words.

    None when the measure never had this version. One query.
    """
    state: dict[str, object] = {"co": [], "indicators": [], "milestones": []}
    reached = 0
    events = measure.events.filter(version__lte=version).order_by("version")
    for number, changes in events.values_list("version", "changes"):
        reached = number
        state.update({name: after for name, (_before, after) in changes.items()})
    # An event of a release that did not know the field yet says nothing of it.
    blank = {name: field.get_default() for name, field in _FIELDS.items()}
    return {**blank, **state} if reached == version else None


def end_of(day: date) -> datetime:
    """The first moment that no longer belongs to this day in the office's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def as_of(measures: MeasureQuerySet, day: date) -> MeasureQuerySet:
    """Those of the measures that existed at the end of the day, with their state of then to filter and order by.

    `was_status`, `was_lead_id`, `was_due_on` and so on (_JUDGED) are what the last step until then left; MeasureQuerySet's
    verbs take them by `of=WAS`. They are looked up by the events' index, in the one statement that the list is.
    """
    steps = MeasureEvent.objects.filter(measure=OuterRef("pk"), at__lt=end_of(day)).order_by("-version")
    past: dict[str, Any] = {"was_status": Subquery(steps.values("to_status")[:1])}
    for name, field in _JUDGED.items():
        # JSON's null reads as the word on SQLite, and a field never named was never set.
        after = NullIf(KeyTextTransform(1, KeyTransform(name, "changes")), Value("null"))
        told = steps.filter(changes__has_key=name).annotate(after=Cast(after, field))
        past[WAS + name] = Subquery(told.values("after")[:1])
    return measures.alias(**past).filter(was_status__isnull=False)  # type: ignore[misc]  # an alias


def rewind(measures: Sequence[Measure], day: date, thresholds: Thresholds) -> None:
    """Sets each measure's fields, co-departments, version and light back to the end of the day; nothing is stored.

    Five queries, whatever the number of measures; one row read for each of their steps until then. Raises ValueError for a
    measure that did not exist yet.
    """
    states = _replayed(measures, day)
    leads = Department.objects.in_bulk({state["lead_id"] for state in states.values()} - {None})
    sections = Section.objects.in_bulk({state["section_id"] for state in states.values()})
    editions = RegimeEdition.objects.select_related("regime").in_bulk(
        {state["regime_edition_id"] for state in states.values()} - {None}
    )
    codes = {code for state in states.values() for code in state["co"]}
    by_code = {row.code: row for row in Department.objects.filter(code__in=codes)}
    for measure in measures:
        state = states[measure.pk]
        for name, field in _FIELDS.items():
            setattr(measure, name, field.to_python(state[name]))
        measure.lead = leads.get(measure.lead_id) if measure.lead_id is not None else None
        measure.section = sections[measure.section_id]
        edition = measure.regime_edition_id
        measure.regime_edition = editions.get(edition) if edition is not None else None
        measure.version, measure.updated_at = state["version"], state["at"]
        known = [by_code[code] for code in state["co"] if code in by_code]
        # What prefetch_related would have put there.
        measure._prefetched_objects_cache = {"co_departments": known}  # type: ignore[attr-defined]
        measure.light = light(  # type: ignore[attr-defined]
            status=Status(measure.status),
            starts_on=measure.starts_on,
            due_on=measure.due_on,
            applied_on=measure.applied_on,
            percent=measure.percent,
            today=day,
            thresholds=thresholds.under(measure.regime_edition_id),
        ).value


def _replayed(measures: Sequence[Measure], day: date) -> dict[int, dict[str, Any]]:
    """By measure: TRACKED as JSON values (never set: the field's default), `co`, `version`, and `at` of the last step."""
    blank = {name: field.get_default() for name, field in _FIELDS.items()}
    states: dict[int, dict[str, Any]] = {}
    events = MeasureEvent.objects.filter(measure__in=[row.pk for row in measures], at__lt=end_of(day))
    rows = events.order_by("measure_id", "version").values_list("measure_id", "version", "at", "changes")
    for measure_id, version, at, changes in rows.iterator():
        state = states.setdefault(measure_id, {**blank, "co": []})
        state.update({name: after for name, (_before, after) in changes.items() if name in state})
        state.update(version=version, at=at)
    missing = [row.pk for row in measures if row.pk not in states]
    if missing:
        raise ValueError(f"not registered by {day}: {missing}")
    return states
