"""修改 of what 督查室 decided about a measure: by a person, by an imported table, or in the batch that registers it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from tracker.actions.assignment import transfer
from tracker.actions.beside import AT_ONCE
from tracker.actions.checkpoints import follow_deadline
from tracker.actions.deadlines import check_deadline_may_move
from tracker.actions.fresh import FreshMeasures
from tracker.actions.given import ASSIGNMENT_FIELDS, check_in_use, relations, remember, set_fields
from tracker.actions.held import HeldMeasures
from tracker.actions.occurrences import follow_recurrence
from tracker.actions.step import Changes, only_known, required, take_second_step, take_step
from tracker.models import Department, Measure, User
from tracker.rules.lifecycle import OPEN, UNASSIGNED, Status, Verb
from tracker.rules.milestones import Milestone
from tracker.rules.targets import Indicator as IndicatorTarget
from tracker.rules.violations import InvalidInput, WrongState

# What the days of its reports follow from.
_SCHEDULE = ("due_on", "standing", "cadence", "cadence_day")
_RECURRING = ("recurrence", "recurrence_target")


def edit(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    co: Iterable[Department] | None = None,
    indicators: Iterable[IndicatorTarget] | None = None,
    milestones: Iterable[Milestone] | None = None,
    note: str = "",
    imported: dict[str, object] | None = None,
    expected_version: int | None = None,
    held: HeldMeasures | None = None,
    **assignment: Any,
) -> Measure:
    """修改: correct an unsettled measure's title, text or assignment without moving it; nothing changed writes nothing.

    Once it is assigned another lead is no correction: that is 转办, which the new lead has to acknowledge (WrongState);
    and another deadline, or none any more, is 调整时限 by another name: refused where that is (WrongState), and with its
    reason in `note` (InvalidInput). While it is published
    who leads and assists it is for the claims to show, and a remark, meant for whoever is given it, waits (WrongState).
    With `held` it is written together with others; milestones then come with `imported`.
    """
    return take_step(
        Verb.EDIT,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=_correction(assignment, imported, note, now, co=co),
        relate=relations(
            co, indicators, milestones, by_hand=imported is None, beside=held if held is not None else AT_ONCE
        ),
        only_if_changed=True,
        held=held,
    )


def fill_in(
    *,
    measure: Measure,
    fresh: FreshMeasures,
    actor: User | None,
    now: datetime,
    note: str,
    co: Iterable[Department] = (),
    indicators: Iterable[IndicatorTarget] = (),
    milestones: Iterable[Milestone] = (),
    imported: dict[str, object] | None = None,
    **assignment: Any,
) -> Measure:
    """修改 of a measure that this very transaction has registered with `fresh`, without any query.

    Takes and records what edit does; its failure ends the caller's transaction: an import is all or nothing.
    """
    co_list = list(dict.fromkeys(co))

    def relate(measure: Measure) -> Changes:
        if measure.lead is not None and measure.lead in co_list:
            raise InvalidInput(f"“{measure.lead}”已是牵头单位，不能同时为配合单位。", field="co_departments")
        for department in co_list:
            check_in_use(department, field="co_departments")
        return fresh.relate(measure, co_list, indicators, milestones)

    return take_second_step(
        Verb.EDIT,
        measure,
        actor=actor,
        now=now,
        note=note,
        change=_correction(assignment, imported, note, now),
        relate=relate,
        fresh=fresh,
    )


def _correction(
    assignment: dict[str, Any],
    imported: dict[str, object] | None,
    note: str,
    now: datetime,
    *,
    co: Iterable[Department] | None = None,
) -> Callable[[Measure], None]:
    """Sets what edit sets and what follows from it."""
    only_known(assignment, (*ASSIGNMENT_FIELDS, "title", "text"))

    def change(measure: Measure) -> None:
        named = [name for name, given in (("lead", assignment.get("lead")), ("co_departments", co)) if given]
        if named and measure.status == Status.PUBLISHED:
            raise WrongState(
                "事项正在揭榜，牵头单位和配合单位请在撤榜或确定揭榜单位之后再定。", field=named[0]
            )
        if assignment.get("remark") and measure.status == Status.PUBLISHED:
            raise WrongState(
                "事项正在揭榜，各单位都能看到，备注请在撤榜或确定揭榜单位之后再填；要让揭榜单位知道的请写在“具体要求”中。",
                field="remark",
            )
        if _is_handed_on(measure, assignment.get("lead")):
            raise WrongState("事项已经交办，改由其他单位牵头请办理“转办”。", field="lead")
        lead = assignment.get("lead")
        if lead is not None and lead.pk != measure.lead_id:
            check_in_use(lead, field="lead")
        before = {name: getattr(measure, name) for name in (*_SCHEDULE, *_RECURRING)}
        set_fields(measure, assignment)
        remember(measure, imported)
        changed = {name for name, value in before.items() if getattr(measure, name) != value}
        today = timezone.localdate(now)
        if measure.status not in UNASSIGNED and changed & {"due_on", "standing"}:
            check_deadline_may_move(measure, measure.due_on, today=today)
            required(note, field="note", name="调整完成时限的原因（说明）")
        if changed & set(_RECURRING):
            follow_recurrence(measure, today=today)
        if measure.status in OPEN | {Status.SUSPENDED} and changed & set(_SCHEDULE):
            follow_deadline(measure, today=today)
        measure.title = required(measure.title, field="title", name="措施标题")

    return change


def _is_handed_on(measure: Measure, lead: Department | None) -> bool:
    """Whether this lead would take the measure over from the one that has it already; None keeps or takes away."""
    return lead is not None and lead.pk != measure.lead_id and measure.status not in UNASSIGNED


def rearrange(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    note: str,
    expected_version: int | None = None,
    held: HeldMeasures | None = None,
    **given: Any,
) -> Measure:
    """What an imported table says anew of a measure, all or nothing: 转办 first where it names another lead of one that is
    assigned, then 修改. `given` takes what edit takes; `note` is the reason of both. With `held` a correction is written together
    with others; a hand-over is a step of its own. Raises as they do."""
    corrected = partial(edit, measure_id=measure_id, actor=actor, now=now, note=note)
    if given.get("lead") is None:
        # Nothing to hand on: an import of hundreds of rows need not lock and read each of them twice.
        return corrected(expected_version=expected_version, held=held, **given)
    if held is not None:
        if not _is_handed_on(held.get(measure_id), given["lead"]):
            return corrected(expected_version=expected_version, held=held, **given)
        held.let_go(measure_id)
    with transaction.atomic():
        measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id)
        if _is_handed_on(measure, given["lead"]):
            moved = transfer(
                measure_id=measure_id,
                actor=actor,
                now=now,
                lead=given.pop("lead"),
                reason=note,
                expected_version=expected_version,
            )
            expected_version = moved.version
        return corrected(expected_version=expected_version, **given)
