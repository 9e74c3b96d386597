"""Periods of a recurring measure: each opened with its own count target, the total kept over all of them."""

from datetime import date

from tracker.actions.changes import Changes
from tracker.models import Measure, Occurrence
from tracker.rules.regimes import Cadence, period_of


def begin_recurring(measure: Measure, day: date) -> None:
    """A recurring measure opens its first period with this very step (step.py); one that no longer recurs opens none."""
    recurring = measure.recurrence != Measure.Cadence.NONE
    measure.next_occurrence_on = (measure.next_occurrence_on or day) if recurring else None


def open_occurrences(measure: Measure, *, until: date) -> Changes:
    """Every period that has begun since the clock last ran: a missed one still counts in the total."""
    opened: list[str] = []
    while measure.next_occurrence_on is not None and measure.next_occurrence_on <= until:
        told = open_occurrence(measure, on=measure.next_occurrence_on)
        opened += [str(told["occurrence"][1])] if told else []
    return {"occurrence": [None, "；".join(opened)]} if opened else {}


def open_occurrence(measure: Measure, *, on: date) -> Changes:
    """The period of a recurring measure in which `on` lies, with its own count target; nothing when it is open already."""
    starts_on, ends_on, name = period_of(Cadence(measure.recurrence), on)
    measure.next_occurrence_on = date.fromordinal(ends_on.toordinal() + 1)
    row, made = Occurrence.objects.get_or_create(
        measure=measure,
        starts_on=starts_on,
        ends_on=ends_on,
        defaults={"name": name, "target": measure.recurrence_target},
    )
    return {"occurrence": [None, str(row)]} if made else {}


def running_occurrence(measure: Measure, *, on: date) -> Occurrence:
    """The open period in which `on` lies. Raises Occurrence.DoesNotExist."""
    starts_on, ends_on, _name = period_of(Cadence(measure.recurrence), on)
    return measure.occurrences.get(starts_on=starts_on, ends_on=ends_on)


def follow_recurrence(measure: Measure, *, today: date) -> None:
    """After cadence or target of what recurs were changed: it is looked at anew, the running period has the new target."""
    measure.next_occurrence_on = None
    begin_recurring(measure, today)
    # One that an import has not written yet has no period open.
    if measure.pk is not None and measure.recurrence != Measure.Cadence.NONE:
        starts_on, ends_on, _name = period_of(Cadence(measure.recurrence), today)
        running = measure.occurrences.filter(starts_on=starts_on, ends_on=ends_on)
        running.update(target=measure.recurrence_target)


def skip_periods(measure: Measure, *, since: date, today: date) -> None:
    """Periods of a recurring measure that began after `since` and ended before `today` are nobody's (suspended)."""
    if measure.next_occurrence_on is not None and since <= measure.next_occurrence_on < today:
        measure.next_occurrence_on = period_of(Cadence(measure.recurrence), today)[0]
