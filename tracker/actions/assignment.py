"""交办 and its corrections: lead, co-departments, deadline and the rest of what 督查室 decides about a measure."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from tracker.actions.step import Changes, only_known, required, take_step
from tracker.models import Department, Indicator, Measure, User
from tracker.rules.lifecycle import Status, Verb
from tracker.rules.targets import Indicator as IndicatorTarget
from tracker.rules.violations import InvalidInput

# What 督查室 decides about a measure apart from its text.
ASSIGNMENT_FIELDS = (
    "lead",
    "importance",
    "cadence",
    "recurrence",
    "recurrence_target",
    "recurrence_unit",
    "remark",
    "starts_on",
    "due_on",
    "standing",
)


def _relations(
    co: Iterable[Department] | None, indicators: Iterable[IndicatorTarget] | None
) -> Callable[[Measure], Changes]:
    """Writes the rows beside a measure and says what changed there."""
    co_list = None if co is None else list(dict.fromkeys(co))
    targets = None if indicators is None else list(indicators)

    def relate(measure: Measure) -> Changes:
        changes: Changes = {}
        present = list(measure.co_departments.all())
        if measure.lead is not None and measure.lead in (present if co_list is None else co_list):
            raise InvalidInput(f"“{measure.lead}”已是牵头单位，不能同时为配合单位。", field="co_departments")
        if co_list is not None and set(co_list) != set(present):
            measure.co_departments.set(co_list)
            changes["co"] = [sorted(d.code for d in present), sorted(d.code for d in co_list)]
        if targets is not None:
            changes.update(_set_indicators(measure, targets))
        return changes

    return relate


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


def assign(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    co: Iterable[Department] | None = None,
    indicators: Iterable[IndicatorTarget] | None = None,
    note: str = "",
    imported: dict[str, object] | None = None,
    expected_version: int | None = None,
    **assignment: Any,
) -> Measure:
    """交办: give the measure to its lead. `assignment` takes any of ASSIGNMENT_FIELDS; what is not given stays.

    `co` or `indicators` None leaves those rows. `imported` is kept as what the sheet said. The first deadline becomes
    `original_due_on`. Assigning again before it is acknowledged corrects the assignment.
    """
    only_known(assignment, ASSIGNMENT_FIELDS)

    def change(measure: Measure) -> None:
        _set_assignment(measure, assignment, imported)
        if measure.starts_on is None:
            # A deadline that has already passed when it is assigned began on that day at the latest.
            today = timezone.localdate(now)
            measure.starts_on = today if measure.due_on is None else min(today, measure.due_on)
        measure.assigned_at = now

    return take_step(
        Verb.ASSIGN,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=change,
        relate=_relations(co, indicators),
    )


def edit(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    co: Iterable[Department] | None = None,
    indicators: Iterable[IndicatorTarget] | None = None,
    note: str = "",
    imported: dict[str, object] | None = None,
    expected_version: int | None = None,
    **assignment: Any,
) -> Measure:
    """修改: correct an unsettled measure's title, text or assignment without moving it; nothing changed writes nothing."""
    only_known(assignment, (*ASSIGNMENT_FIELDS, "title", "text"))

    def change(measure: Measure) -> None:
        _set_assignment(measure, assignment, imported)
        measure.title = required(measure.title, field="title", name="措施标题")

    return take_step(
        Verb.EDIT,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=change,
        relate=_relations(co, indicators),
        only_if_changed=True,
    )


def _set_assignment(measure: Measure, assignment: dict[str, Any], imported: dict[str, object] | None) -> None:
    for name, value in assignment.items():
        setattr(measure, name, value)
    if measure.status != Status.DRAFT and measure.original_due_on is None:
        measure.original_due_on = measure.due_on
    if imported is not None:
        measure.imported_assignment = imported
