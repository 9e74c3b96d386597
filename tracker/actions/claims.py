"""揭榜: a measure is published to all departments; those that would lead it claim it, the first accepted claim becomes lead."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from tracker.actions.assignment import and_checkpoints, give
from tracker.actions.pending import ask, lapse_requests
from tracker.actions.step import Changes, required, take_step
from tracker.actions.withheld import bring_back, withhold, withhold_beside
from tracker.models import Claim, Measure, Regime, RequestState, User
from tracker.rules.lifecycle import Verb
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState


def publish(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    claim_until: date | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> Measure:
    """张榜: every department sees the measure and may claim it up to and including `claim_until` (None: no end).

    The lead and co-departments meant so far, the remark and what remains of one who had it before (progress, regime, first
    deadline, what its indicators had reached) stay in the office's event alone until the measure is taken down or given to
    who claimed it.
    """
    if claim_until is not None and claim_until < timezone.localdate(now):
        raise InvalidInput(f"揭榜截止日期（{claim_until}）已经过去。", field="claim_until")

    def change(measure: Measure) -> None:
        measure.claim_until = claim_until
        withhold(measure)

    return take_step(
        Verb.PUBLISH,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
        relate=withhold_beside,
    )


def unpublish(
    *, measure_id: int, actor: User | None, now: datetime, note: str = "", expected_version: int | None = None
) -> Measure:
    """撤榜: the measure is 拟办 again, with what publishing had withheld; open claims lapse."""
    brought: list[Callable[[Measure], Changes]] = []

    def change(measure: Measure) -> None:
        measure.claim_until = None
        lapse_requests(measure, now=now)
        brought.append(bring_back(measure))

    return take_step(
        Verb.UNPUBLISH,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
        relate=lambda measure: brought[0](measure),
    )


def claim(
    *, measure_id: int, actor: User, now: datetime, reason: str, expected_version: int | None = None
) -> Claim:
    """揭榜 for the actor's department; `reason` says how it would carry the measure out. One open claim a department."""
    reason = required(reason, field="reason", name="揭榜方案")
    made: list[Claim] = []

    def change(measure: Measure) -> None:
        if measure.claims.filter(department=actor.department_id, state=RequestState.PENDING).exists():
            raise WrongState("本单位已经揭榜，正在等待督查室确定。")
        made.append(ask(Claim, measure, actor=actor, now=now, what="揭榜", reason=reason))

    with transaction.atomic():
        take_step(
            Verb.CLAIM,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            # Who claims what stays between the department and the office: events are read by all who see the measure.
            note="",
            change=change,
        )
        return made[0]


def withdraw_claim(
    *, claim_id: int, actor: User, now: datetime, expected_version: int | None = None
) -> Claim:
    """撤回揭榜 of one's own department."""
    row = _pending(claim_id)
    if row.department_id != actor.department_id:
        raise NotAllowed("只能撤回本单位的揭榜。")
    return _decide(
        Verb.WITHDRAW_CLAIM,
        row,
        RequestState.WITHDRAWN,
        actor=actor,
        now=now,
        answer="",
        expected_version=expected_version,
    )


def decline_claim(
    *, claim_id: int, actor: User | None, now: datetime, answer: str, expected_version: int | None = None
) -> Claim:
    """谢绝揭榜, with the reason."""
    return _decide(
        Verb.DECLINE_CLAIM,
        _pending(claim_id),
        RequestState.REFUSED,
        actor=actor,
        now=now,
        answer=required(answer, field="answer", name="谢绝的原因"),
        expected_version=expected_version,
    )


def accept_claim(
    *,
    claim_id: int,
    actor: User | None,
    now: datetime,
    answer: str = "",
    due_on: date | None = None,
    standing: bool | None = None,
    regime: Regime | None = None,
    expected_version: int | None = None,
) -> Measure:
    """确定揭榜单位: the claiming department becomes lead and the measure is assigned to it, with what publishing had withheld but the
    lead once meant; other claims lapse.

    `due_on` and `standing` None keep what the measure has.
    """
    row = _pending(claim_id)
    given: dict[str, object] = {"lead": row.department}
    if due_on is not None:
        given |= {"due_on": due_on, "standing": False}
    elif standing is not None:
        given |= {"standing": standing}
    answer = answer.strip()
    brought: list[Callable[[Measure], Changes]] = []

    def change(measure: Measure) -> None:
        _settle(row, RequestState.APPROVED, by=actor, now=now, answer=answer)
        lapse_requests(measure, now=now)
        measure.claim_until = None
        brought.append(bring_back(measure))
        # Nobody led it meanwhile: what the unit once meant for it asked for does not count here.
        measure.lead_id = None
        give(measure, given, regime=regime, now=now)

    return take_step(
        Verb.ACCEPT_CLAIM,
        measure_id=row.measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=answer,
        change=change,
        relate=and_checkpoints(lambda measure: brought[0](measure), now),
    )


def _pending(claim_id: int) -> Claim:
    row = Claim.objects.select_related("department").filter(pk=claim_id).first()
    if row is None:
        raise InvalidInput("揭榜申请不存在。", code="not_found")
    return row


def _decide(
    verb: Verb,
    row: Claim,
    state: RequestState,
    *,
    actor: User | None,
    now: datetime,
    answer: str,
    expected_version: int | None,
) -> Claim:
    take_step(
        verb,
        measure_id=row.measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note="",
        change=lambda measure: _settle(row, state, by=actor, now=now, answer=answer),
    )
    row.refresh_from_db()
    return row


def _settle(row: Claim, state: RequestState, *, by: User | None, now: datetime, answer: str) -> None:
    decided = Claim.objects.filter(pk=row.pk, state=RequestState.PENDING).update(
        state=state, decided_by=by, decided_at=now, answer=answer
    )
    if not decided:
        raise WrongState("这份揭榜申请已有结果。")
