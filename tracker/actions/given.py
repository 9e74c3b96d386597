"""What an assignment or its correction gives a measure: which fields, the rows beside it, and what is remembered of it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from tracker.actions.beside import AT_ONCE, Beside
from tracker.actions.milestones import check_planned_order, check_within_deadline, replace_milestones
from tracker.actions.step import Changes
from tracker.models import Department, Indicator, Measure
from tracker.rules.lifecycle import UNASSIGNED
from tracker.rules.milestones import Milestone
from tracker.rules.period_days import check_cadence_day, check_recurrence_by, day_stays, words_stay
from tracker.rules.targets import Indicator as IndicatorTarget
from tracker.rules.violations import InvalidInput

# What 督查室 decides about a measure apart from its text.
ASSIGNMENT_FIELDS = (
    "lead",
    "importance",
    "cadence",
    "cadence_day",
    "recurrence",
    "recurrence_target",
    "recurrence_unit",
    "recurrence_by",
    "remark",
    "starts_on",
    "due_on",
    "standing",
)


def relations(
    co: Iterable[Department] | None,
    indicators: Iterable[IndicatorTarget] | None,
    milestones: Iterable[Milestone] | None,
    *,
    by_hand: bool = True,
    anew: bool = False,
    beside: Beside = AT_ONCE,
) -> Callable[[Measure], Changes]:
    """Writes the rows beside a measure and says what changed there.

    `by_hand` False: a document gave them, whose own days stand as it prints them and are told to be confirmed. `anew`: all
    that is given is decided in this step, also what reads as before. What is written `beside` later is not checked here, so that
    milestones must then come from a document.
    """
    co_list = None if co is None else list(dict.fromkeys(co))
    targets = None if indicators is None else list(indicators)
    stages = None if milestones is None else list(milestones)
    if stages is not None and by_hand and beside is not AT_ONCE:
        raise ValueError("milestones given by hand are checked as they are written")

    def relate(measure: Measure) -> Changes:
        changes: Changes = {}
        present = list(measure.co_departments.all())
        if measure.lead is not None and measure.lead in (present if co_list is None else co_list):
            raise InvalidInput(f"“{measure.lead}”已是牵头单位，不能同时为配合单位。", field="co_departments")
        if co_list is not None and set(co_list) != set(present):
            added = [department for department in co_list if department not in present]
            for department in added:
                check_in_use(department, field="co_departments")
            dropped = [department for department in present if department not in co_list]
            beside.write_co(measure, dropped=dropped, added=added)
            changes["co"] = [sorted(d.code for d in present), sorted(d.code for d in co_list)]
        if targets is not None:
            changes.update(_set_indicators(measure, targets))
        if stages is not None:
            before = set() if anew or not by_hand else _planned_before(measure)
            changes.update(replace_milestones(measure, stages, beside=beside))
            if by_hand:
                check_planned_order(measure)
                check_within_deadline(measure, but=before)
        return changes

    return relate


def _planned_before(measure: Measure) -> set[tuple[date, str]]:
    """The milestones as they stand, for which this step's deadline is no news: none when it is another than before."""
    if measure.due_on != Measure.objects.values_list("due_on", flat=True).get(pk=measure.pk):
        return set()
    return set(measure.milestones.values_list("due_on", "text"))


def _set_indicators(measure: Measure, targets: list[IndicatorTarget]) -> Changes:
    """Replaces the measure's targets; an indicator that stays by name keeps its current value."""
    present = {row.name: row for row in measure.indicators.all()}
    before = [str(row.as_target()) for row in present.values()]
    after = [str(target) for target in targets]
    if sorted(before) == sorted(after):
        return {}
    measure.indicators.exclude(name__in=[target.name for target in targets]).delete()
    for target in targets:
        values = {
            "unit": target.unit,
            "comparison": target.comparison,
            "baseline": target.baseline,
            "target": target.target,
        }
        Indicator.objects.update_or_create(measure=measure, name=target.name, defaults=values)
    return {"indicators": [before, after]}


def set_fields(measure: Measure, given: Mapping[str, Any]) -> None:
    """Sets the measure's own fields; the day of a period (报送日, 每期时限) that is not given itself goes with its period.

    Raises InvalidInput for a day that does not fit, or without its period.
    """
    cadence, recurrence = measure.cadence, measure.recurrence
    for name, value in given.items():
        setattr(measure, name, value)
    if "cadence_day" not in given and not day_stays(cadence, measure.cadence):
        measure.cadence_day = None
    if "recurrence_by" not in given and not words_stay(measure.recurrence_by, recurrence, measure.recurrence):
        measure.recurrence_by = ""
    if {"cadence", "cadence_day"} & given.keys():
        check_cadence_day(measure.cadence, measure.cadence_day)
    if {"recurrence", "recurrence_by"} & given.keys():
        measure.recurrence_by = measure.recurrence_by.strip()
        check_recurrence_by(measure.recurrence, measure.recurrence_by)


def check_in_use(department: Department, *, field: str) -> None:
    """Raises InvalidInput for a department that is no longer in use: nobody there would answer."""
    if not department.active:
        raise InvalidInput(f"“{department}”已停用，不能承办。", field=field)


def remember(measure: Measure, imported: dict[str, object] | None) -> None:
    """Keep the first deadline given, and what the imported source said."""
    if measure.status not in UNASSIGNED and measure.original_due_on is None:
        measure.original_due_on = measure.due_on
    if imported is not None:
        measure.imported_assignment = imported
