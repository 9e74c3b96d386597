"""交办 and its corrections: lead, co-departments, deadline and the rest of what 督查室 decides about a measure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from tracker.actions.step import only_known, required, take_step
from tracker.models import Department, Measure, User
from tracker.rules.lifecycle import Status, Verb

# What 督查室 decides about a measure apart from its text.
ASSIGNMENT_FIELDS = (
    "lead",
    "importance",
    "cadence",
    "recurrence",
    "recurrence_target",
    "recurrence_unit",
    "note",
    "starts_on",
    "due_on",
    "standing",
)


def assign(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    co: Iterable[Department] | None = None,
    note: str = "",
    imported: dict[str, object] | None = None,
    expected_version: int | None = None,
    **assignment: Any,
) -> Measure:
    """交办: give the measure to its lead. `assignment` takes any of ASSIGNMENT_FIELDS; what is not given stays.

    `co` None leaves the co-departments. `imported` is kept as what the sheet said. The first deadline becomes
    `original_due_on`. Assigning again before it is acknowledged corrects the assignment.
    """
    only_known(assignment, ASSIGNMENT_FIELDS)

    def change(measure: Measure) -> None:
        _set_assignment(measure, assignment, imported)
        if measure.starts_on is None:
            measure.starts_on = timezone.localdate(now)
        measure.assigned_at = now

    return take_step(
        Verb.ASSIGN,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=change,
        co=co,
    )


def edit(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    co: Iterable[Department] | None = None,
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
        co=co,
        only_if_changed=True,
    )


def _set_assignment(measure: Measure, assignment: dict[str, Any], imported: dict[str, object] | None) -> None:
    for name, value in assignment.items():
        setattr(measure, name, value)
    if measure.status != Status.DRAFT and measure.original_due_on is None:
        measure.original_due_on = measure.due_on
    if imported is not None:
        measure.imported_assignment = imported
