"""交办 and 转办: a measure is given to its lead, or to another one."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from tracker.actions.checkpoints import limit_of, put_under, renew
from tracker.actions.given import ASSIGNMENT_FIELDS, check_in_use, relations, remember, set_fields
from tracker.actions.pending import lapse_requests
from tracker.actions.step import Changes, only_known, required, take_step
from tracker.models import Department, Measure, Regime, RequestState, User, load_calendar
from tracker.rules.lifecycle import Verb
from tracker.rules.milestones import Milestone
from tracker.rules.targets import Indicator as IndicatorTarget
from tracker.rules.violations import InvalidInput


def assign(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    co: Iterable[Department] | None = None,
    indicators: Iterable[IndicatorTarget] | None = None,
    milestones: Iterable[Milestone] | None = None,
    regime: Regime | None = None,
    note: str = "",
    imported: dict[str, object] | None = None,
    expected_version: int | None = None,
    **assignment: Any,
) -> Measure:
    """交办: give the measure to its lead. `assignment` takes any of ASSIGNMENT_FIELDS; what is not given stays.

    `co`, `indicators` or `milestones` None leaves those rows. `imported` is kept as what the sheet said.
    The first deadline becomes `original_due_on`. Assigning again before it is acknowledged corrects the assignment.
    `regime` gives the checkpoints, and the deadline where none is given; None keeps the measure's, else takes the default
    regime (whose limit then is no deadline: nobody chose it).
    """
    only_known(assignment, ASSIGNMENT_FIELDS)
    return take_step(
        Verb.ASSIGN,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=lambda measure: give(measure, assignment, regime=regime, imported=imported, now=now),
        relate=and_checkpoints(
            relations(co, indicators, milestones, by_hand=imported is None, anew=True), now
        ),
    )


def give(
    measure: Measure,
    assignment: dict[str, Any],
    *,
    regime: Regime | None,
    now: datetime,
    imported: dict[str, object] | None = None,
) -> None:
    """Set what an assignment sets; the caller's step then renews the checkpoints (and_checkpoints)."""
    today = timezone.localdate(now)
    lead = measure.lead_id
    set_fields(measure, assignment)
    if measure.lead is not None:
        check_in_use(measure.lead, field="lead")
    if measure.lead_id != lead:
        # What the former lead had asked for is not the new one's.
        lapse_requests(measure, now=now)
    put_under(measure, regime)
    if regime is not None and measure.due_on is None and not measure.standing:
        measure.due_on = limit_of(measure, assigned_on=today, calendar=load_calendar())
    if not measure.extensions.filter(state=RequestState.APPROVED).exists():
        # Corrected before anybody has begun, the first deadline was a slip of the hand.
        measure.original_due_on = measure.due_on
    remember(measure, imported)
    if measure.starts_on is None:
        # A deadline that has already passed when it is assigned began on that day at the latest.
        measure.starts_on = today if measure.due_on is None else min(today, measure.due_on)
    measure.assigned_at = now


def and_checkpoints(
    relate: Callable[[Measure], Changes], now: datetime, *, keep_missed: bool = False
) -> Callable[[Measure], Changes]:
    """`relate`, and then the checkpoints that the assignment brings."""

    def both(measure: Measure) -> Changes:
        today = timezone.localdate(now)
        return {**relate(measure), **renew(measure, assigned_on=today, keep_missed=keep_missed)}

    return both


def transfer(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    lead: Department,
    reason: str,
    due_on: date | None = None,
    expected_version: int | None = None,
) -> Measure:
    """转办: another department leads from now on and has to acknowledge; what was done stays on record.

    `due_on` None keeps the deadline. What the former lead had asked for lapses; it stays a co-department only where it
    was one. Raises InvalidInput when it leads already.
    """
    reason = required(reason, field="reason", name="转办原因")
    check_in_use(lead, field="lead")

    def change(measure: Measure) -> None:
        if measure.lead_id == lead.pk:
            raise InvalidInput(f"“{lead}”已是牵头单位。", field="lead")
        measure.lead = lead
        if due_on is not None:
            measure.due_on, measure.standing = due_on, False
        measure.assigned_at, measure.acknowledged_at, measure.report_by = now, None, None
        lapse_requests(measure, now=now)

    def relate(measure: Measure) -> Changes:
        changes: Changes = {}
        present = list(measure.co_departments.all())
        if lead in present:
            measure.co_departments.remove(lead)
            codes = sorted(department.code for department in present)
            changes["co"] = [codes, [code for code in codes if code != lead.code]]
        return changes

    return take_step(
        Verb.TRANSFER,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=reason,
        change=change,
        relate=and_checkpoints(relate, now, keep_missed=True),
    )
