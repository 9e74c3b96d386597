"""交办 and its corrections: lead, co-departments, deadline and the rest of what 督查室 decides about a measure."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tracker.actions.checkpoints import (
    follow_deadline,
    limit_of,
    put_under,
    renew,
)
from tracker.actions.deadlines import check_deadline_may_move
from tracker.actions.fresh import FreshMeasures
from tracker.actions.milestones import check_planned_order, check_within_deadline, replace_milestones
from tracker.actions.occurrences import follow_recurrence
from tracker.actions.pending import lapse_requests
from tracker.actions.step import Changes, only_known, required, take_second_step, take_step
from tracker.models import Department, Indicator, Measure, Regime, RequestState, User, load_calendar
from tracker.rules.lifecycle import OPEN, UNASSIGNED, Status, Verb
from tracker.rules.milestones import Milestone
from tracker.rules.targets import Indicator as IndicatorTarget
from tracker.rules.violations import InvalidInput, WrongState

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

# What the days of its reports follow from.
_SCHEDULE = ("due_on", "standing", "cadence")
_RECURRING = ("recurrence", "recurrence_target")


def _relations(
    co: Iterable[Department] | None,
    indicators: Iterable[IndicatorTarget] | None,
    milestones: Iterable[Milestone] | None,
    *,
    by_hand: bool = True,
    anew: bool = False,
) -> Callable[[Measure], Changes]:
    """Writes the rows beside a measure and says what changed there.

    `by_hand` False: a document gave them, whose own days stand as it prints them and are told to be confirmed. `anew`: all
    that is given is decided in this step, also what reads as before.
    """
    co_list = None if co is None else list(dict.fromkeys(co))
    targets = None if indicators is None else list(indicators)
    stages = None if milestones is None else list(milestones)

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
            if dropped:
                measure.co_departments.remove(*dropped)
            measure.co_departments.add(*added)
            changes["co"] = [sorted(d.code for d in present), sorted(d.code for d in co_list)]
        if targets is not None:
            changes.update(_set_indicators(measure, targets))
        if stages is not None:
            before = set() if anew or not by_hand else _planned_before(measure)
            changes.update(replace_milestones(measure, stages))
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


def check_in_use(department: Department, *, field: str) -> None:
    """Raises InvalidInput for a department that is no longer in use: nobody there would answer."""
    if not department.active:
        raise InvalidInput(f"“{department}”已停用，不能承办。", field=field)


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
            _relations(co, indicators, milestones, by_hand=imported is None, anew=True), now
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
    for name, value in assignment.items():
        setattr(measure, name, value)
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
    _remember(measure, imported)
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
    **assignment: Any,
) -> Measure:
    """修改: correct an unsettled measure's title, text or assignment without moving it; nothing changed writes nothing.

    Once it is assigned another lead is no correction: that is 转办, which the new lead has to acknowledge (WrongState);
    and another deadline, or none any more, is 调整时限 by another name: refused where that is (WrongState), and with its
    reason in `note` (InvalidInput). While it is published
    who leads and assists it is for the claims to show, and a remark, meant for whoever is given it, waits (WrongState).
    """
    return take_step(
        Verb.EDIT,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=_correction(assignment, imported, note, now, co=co),
        relate=_relations(co, indicators, milestones, by_hand=imported is None),
        only_if_changed=True,
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
        for name, value in assignment.items():
            setattr(measure, name, value)
        _remember(measure, imported)
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
    **given: Any,
) -> Measure:
    """What an imported table says anew of a measure, all or nothing: 转办 first where it names another lead of one that is
    assigned, then 修改. `given` takes what edit takes; `note` is the reason of both. Raises as they do."""
    with transaction.atomic():
        measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id)
        if _is_handed_on(measure, given.get("lead")):
            moved = transfer(
                measure_id=measure_id,
                actor=actor,
                now=now,
                lead=given.pop("lead"),
                reason=note,
                expected_version=expected_version,
            )
            expected_version = moved.version
        return edit(
            measure_id=measure_id,
            actor=actor,
            now=now,
            note=note,
            expected_version=expected_version,
            **given,
        )


def _remember(measure: Measure, imported: dict[str, object] | None) -> None:
    """The first deadline given, and what the imported source said."""
    if measure.status not in UNASSIGNED and measure.original_due_on is None:
        measure.original_due_on = measure.due_on
    if imported is not None:
        measure.imported_assignment = imported
