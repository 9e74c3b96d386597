"""延期: a department asks for more time, somebody decides; the first deadline stays on record whatever is granted."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from tracker.actions.checkpoints import follow_deadline, terms_of
from tracker.actions.deadlines import check_deadline_may_move, check_not_past
from tracker.actions.pending import ask
from tracker.actions.step import required, take_step
from tracker.models import ExtensionRequest, Measure, RequestState, User, load_calendar
from tracker.rules.lifecycle import Verb
from tracker.rules.regimes import extension_asked_until
from tracker.rules.violations import InvalidInput, RuleViolation


def request_extension(
    *,
    measure_id: int,
    actor: User,
    now: datetime,
    reason: str,
    proposed_due_on: date,
    progress: str,
    expected_version: int | None = None,
) -> ExtensionRequest:
    """申请延期 with reason, proposed date and progress so far.

    Asked later than the regime allows, or after the deadline, it is taken all the same and marked late. Raises
    RuleViolation with code "too_many" when the regime's number of extensions is used up.
    """
    reason = required(reason, field="reason", name="延期理由")
    progress = required(progress, field="progress", name="目前进展")
    today = timezone.localdate(now)
    made: list[ExtensionRequest] = []

    def change(measure: Measure) -> None:
        terms = terms_of(measure)
        assert measure.due_on is not None, "the table asks for a dated measure"
        _check_new_date(measure, proposed_due_on, today, field="proposed_due_on")
        granted = measure.extensions.filter(state=RequestState.APPROVED, department=measure.lead).count()
        if terms.extension_max is not None and granted >= terms.extension_max:
            raise InvalidInput(f"按制度最多延期 {terms.extension_max} 次，已用完。", code="too_many")
        until = extension_asked_until(terms, due_on=measure.due_on, calendar=load_calendar())
        measure.extension_pending = True
        made.append(
            ask(
                ExtensionRequest,
                measure,
                actor=actor,
                now=now,
                what="申请延期",
                reason=reason,
                due_on=measure.due_on,
                proposed_due_on=proposed_due_on,
                progress=progress,
                late=today > until,
            )
        )

    with transaction.atomic():
        take_step(
            Verb.REQUEST_EXTENSION,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            note=reason,
            change=change,
            relate=lambda measure: {"proposed_due_on": [None, proposed_due_on.isoformat()]},
        )
        return made[0]


def withdraw_extension(
    *, measure_id: int, actor: User | None, now: datetime, note: str = "", expected_version: int | None = None
) -> Measure:
    """撤回延期申请 that nobody has decided yet."""

    def change(measure: Measure) -> None:
        _settle(measure, RequestState.WITHDRAWN, by=actor, now=now, answer=note.strip())

    return take_step(
        Verb.WITHDRAW_EXTENSION,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
    )


def approve_extension(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    due_on: date | None = None,
    answer: str = "",
    expected_version: int | None = None,
) -> Measure:
    """同意延期 to `due_on`, the decider's date; None grants the proposed one. Reminders follow it at once.

    Raises InvalidInput when the proposed day gives no more time by now: the decider then names a day or refuses.
    """
    today = timezone.localdate(now)

    def change(measure: Measure) -> None:
        pending = measure.extensions.get(state=RequestState.PENDING)
        new = due_on or pending.proposed_due_on
        if due_on is None:
            _check_still_grantable(measure, new, today)
        _check_new_date(measure, new, today, field="due_on")
        _settle(measure, RequestState.APPROVED, by=actor, now=now, answer=answer.strip(), granted_due_on=new)
        measure.due_on, measure.standing = new, False
        follow_deadline(measure, today=today)

    return take_step(
        Verb.APPROVE_EXTENSION,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=answer.strip(),
        change=change,
    )


def refuse_extension(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    answer: str,
    expected_version: int | None = None,
) -> Measure:
    """不同意延期, with the reason."""
    answer = required(answer, field="answer", name="不同意的原因")

    def change(measure: Measure) -> None:
        _settle(measure, RequestState.REFUSED, by=actor, now=now, answer=answer)

    return take_step(
        Verb.REFUSE_EXTENSION,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=answer,
        change=change,
    )


def extend(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    due_on: date,
    reason: str,
    expected_version: int | None = None,
) -> Measure:
    """调整时限 by 督查室 without a request (policy changed, a bulk adjustment); not counted as an extension asked for."""
    reason = required(reason, field="reason", name="调整原因")
    today = timezone.localdate(now)

    def change(measure: Measure) -> None:
        if due_on == measure.due_on:
            raise InvalidInput("与现在的时限相同。", field="due_on")
        check_deadline_may_move(measure, due_on, today=today)
        measure.due_on = due_on
        follow_deadline(measure, today=today)

    return take_step(
        Verb.EXTEND,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=reason,
        change=change,
    )


def _check_still_grantable(measure: Measure, proposed: date, today: date) -> None:
    """The day asked for may have been overtaken: by the deadline, moved meanwhile, or by the calendar."""
    why = outdated_request(measure, proposed, today=today)
    if why:
        raise InvalidInput(why, field="due_on")


def outdated_request(measure: Measure, proposed: date, *, today: date) -> str:
    """Why granting the day asked for would give no more time, and what the decider can do; empty while it would."""
    if measure.due_on is not None and proposed <= measure.due_on:
        why = f"申请的时限（{proposed}）不晚于现在的时限（{measure.due_on}）"
    elif proposed < today:
        why = f"申请的时限（{proposed}）已经过去"
    else:
        return ""
    return f"{why}，不能照申请同意：请另定时限，或者不同意。"


def _check_new_date(measure: Measure, new: date, today: date, *, field: str) -> None:
    if measure.due_on is not None and new <= measure.due_on:
        raise InvalidInput(f"新的时限（{new}）应晚于现在的时限（{measure.due_on}）。", field=field)
    check_not_past(new, today=today, field=field)


def _settle(
    measure: Measure,
    state: RequestState,
    *,
    by: User | None,
    now: datetime,
    answer: str,
    granted_due_on: date | None = None,
) -> None:
    settled = measure.extensions.filter(state=RequestState.PENDING).update(
        state=state, decided_by=by, decided_at=now, answer=answer, granted_due_on=granted_due_on
    )
    if settled != 1:
        raise RuleViolation("没有待审批的延期申请。", code="wrong_state")
    measure.extension_pending = False
