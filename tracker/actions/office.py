"""What 督查室 decides about a running measure: return, close, suspend, resume, cancel, reopen."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from tracker.actions.checkpoints import drop_open, owe_again, recommence, resume_owing, skip_silence
from tracker.actions.deadlines import check_deadline_may_move
from tracker.actions.left_open import left_open
from tracker.actions.pending import lapse_requests
from tracker.actions.review import day_to_report_again, review
from tracker.actions.step import LATEST_DEADLINE, Changes, required, take_step
from tracker.actions.withheld import bring_back
from tracker.models import Measure, ProgressReport, User
from tracker.rules.characters import says_something
from tracker.rules.lifecycle import VERB_NAMES, Grade, Status, Verb
from tracker.rules.violations import InvalidInput, WrongState


def send_back(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    reason: str,
    report_by: date | None = None,
    expected_version: int | None = None,
) -> Measure:
    """退回: not fit to be closed; the progress is again what it was before the application.

    `report_by` is the day by which the department is to report or apply again (None: as set).
    """
    reason = required(reason, field="reason", name="退回原因")
    day = day_to_report_again(report_by, now=now)
    owed: Changes = {}

    def change(measure: Measure) -> None:
        state = ProgressReport.State.RETURNED
        owed.update(_undo_application(measure, actor=actor, now=now, note=reason, state=state, report_by=day))
        measure.report_by = day

    return take_step(
        Verb.RETURN,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=reason,
        change=change,
        relate=lambda measure: owed,
    )


def _undo_application(
    measure: Measure,
    *,
    actor: User | None,
    now: datetime,
    note: str,
    state: ProgressReport.State,
    report_by: date | None = None,
) -> Changes:
    """What a waiting application had changed is as before it; the time it waited is nobody's lateness. `state` is what
    becomes of it: only what was found unfit is 退回. Returns what the application had met and is owed again."""
    if measure.applied_on is None:
        return {}
    _take_back_percent(measure)
    waiting = measure.reports.filter(kind=ProgressReport.Kind.CLOSING, state=ProgressReport.State.SUBMITTED)
    application = waiting.order_by("-reported_at", "-id").first()
    review(
        waiting,
        state=state,
        by=actor,
        now=now,
        note=note,
        resubmit_by=report_by,
    )
    since, measure.applied_on = measure.applied_on, None
    today = timezone.localdate(now)
    skip_silence(measure, since=since, today=today)
    if application is None:
        return {}
    return owe_again(measure, application, by=report_by or today, silent=(since, today))


def _take_back_percent(measure: Measure) -> None:
    """The 100 percent of the last application was its own word: what was reported before it holds again."""
    application = measure.events.filter(verb=Verb.APPLY_TO_CLOSE).last()
    if application is not None:
        measure.percent = application.changes.get("percent", [measure.percent])[0]


def close(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    grade: str,
    note: str = "",
    expected_version: int | None = None,
) -> Measure:
    """办结销号: accept the application with a grade 优秀/良好/合格/不合格; its reports are accepted with it.

    With milestones or targets still open (left_open) `note` has to say why. Raises InvalidInput.
    """
    if grade not in set(Grade):
        raise InvalidInput("请选择办结等次：优秀、良好、合格或不合格。", field="grade")

    def change(measure: Measure) -> None:
        missing = left_open(measure)
        if missing and not says_something(note):
            raise InvalidInput(f"{missing.words}，办结须写明原因。", field="note")
        measure.grade = grade
        measure.closed_on = timezone.localdate(now)
        measure.report_by = measure.next_period_on = None
        lapse_requests(measure, now=now)
        # What was missed before the application stays missed; later days are nobody's any more.
        drop_open(measure, after=measure.applied_on)
        review(
            measure.reports.filter(state=ProgressReport.State.SUBMITTED),
            state=ProgressReport.State.ACCEPTED,
            by=actor,
            now=now,
            note="",
        )

    return take_step(
        Verb.CLOSE,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
    )


def _withdraw_application(measure: Measure, *, actor: User | None, now: datetime, note: str) -> Changes:
    """A waiting application goes with the measure's course, through no fault of the department."""
    return _undo_application(measure, actor=actor, now=now, note=note, state=ProgressReport.State.WITHDRAWN)


def _with_reason(verb: Verb, change: Callable[[Measure], None], **step: Any) -> Measure:
    reason = required(step.pop("reason"), field="reason", name=f"{VERB_NAMES[verb]}原因")
    return take_step(verb, note=reason, change=change, **step)


def suspend(
    *, measure_id: int, actor: User | None, now: datetime, reason: str, expected_version: int | None = None
) -> Measure:
    """暂缓: stop the clock's consequences (no light, no reminders) until resumed."""
    owed: Changes = {}

    def change(measure: Measure) -> None:
        owed.update(_withdraw_application(measure, actor=actor, now=now, note=f"暂缓：{reason.strip()}"))

    return _with_reason(
        Verb.SUSPEND,
        change,
        measure_id=measure_id,
        actor=actor,
        now=now,
        reason=reason,
        expected_version=expected_version,
        relate=lambda measure: owed,
    )


def resume(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    note: str = "",
    due_on: date | None = None,
    expected_version: int | None = None,
) -> Measure:
    """恢复办理 of a suspended measure, in the status it was suspended in; `due_on` None keeps the deadline.

    The reports and periods of the time it was suspended are nobody's; what is due once keeps the days it had left. While
    a request for more time waits, another deadline is for its answer to give (WrongState).
    """
    today = timezone.localdate(now)
    _check_new_deadline(due_on, today)

    def change(measure: Measure) -> None:
        if measure.acknowledged_at is None:
            measure.status = Status.ASSIGNED
        if due_on is not None and due_on != measure.due_on:
            check_deadline_may_move(measure, due_on, today=today)
        _new_deadline(measure, due_on)

    def relate(measure: Measure) -> Changes:
        paused = measure.events.filter(verb=Verb.SUSPEND).last()
        since = timezone.localdate(paused.at) if paused is not None else today
        return resume_owing(measure, since=since, today=today)

    return take_step(
        Verb.RESUME,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
        relate=relate,
    )


def _check_new_deadline(due_on: date | None, today: date) -> None:
    if due_on is not None and not today <= due_on <= LATEST_DEADLINE:
        raise InvalidInput(
            f"新的时限（{due_on}）应在今天到 {LATEST_DEADLINE.year} 年底之间。", field="due_on"
        )


def _new_deadline(measure: Measure, due_on: date | None) -> None:
    if due_on is not None:
        measure.due_on, measure.standing = due_on, False


def cancel(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    reason: str,
    leaves_text: bool = False,
    expected_version: int | None = None,
) -> Measure:
    """撤销: give the measure up. `leaves_text` when it is because a new version of the document no longer holds it."""
    owed: Changes = {}

    def change(measure: Measure) -> None:
        owed.update(_withdraw_application(measure, actor=actor, now=now, note=f"撤销：{reason.strip()}"))
        measure.report_by = measure.claim_until = None
        lapse_requests(measure, now=now)
        # What is due today is not missed yet.
        drop_open(measure, after=timezone.localdate(now) - timedelta(days=1))
        measure.next_period_on = None
        if leaves_text:
            measure.in_text = False

    return _with_reason(
        Verb.CANCEL,
        change,
        measure_id=measure_id,
        actor=actor,
        now=now,
        reason=reason,
        expected_version=expected_version,
        relate=lambda measure: owed,
    )


def reopen(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    reason: str,
    due_on: date | None = None,
    expected_version: int | None = None,
) -> Measure:
    """重新启动 a closed or cancelled measure; only 督查室, with a reason. `due_on` None keeps the deadline.

    The progress of a closed one is what was reported before it was applied for. One that was given up before it was assigned is 拟办 again, one before it was acknowledged 待签收.
    """
    today = timezone.localdate(now)
    _check_new_deadline(due_on, today)
    relations: list[Callable[[Measure], Changes]] = []

    def change(measure: Measure) -> None:
        ended = measure.events.filter(verb__in=[Verb.CANCEL, Verb.CLOSE]).last()
        if ended is not None and ended.verb == Verb.CANCEL and ended.from_status == Status.PUBLISHED:
            relations.append(bring_back(measure))
        if measure.closed_on is not None:
            _take_back_percent(measure)
        measure.grade = ""
        measure.closed_on = None
        measure.applied_on = None
        _new_deadline(measure, due_on)
        if measure.assigned_at is None:
            measure.status = Status.DRAFT
            return
        if measure.acknowledged_at is None:
            measure.status = Status.ASSIGNED
        recommence(measure, today=today)

    return _with_reason(
        Verb.REOPEN,
        change,
        measure_id=measure_id,
        actor=actor,
        now=now,
        reason=reason,
        expected_version=expected_version,
        relate=lambda measure: relations[0](measure) if relations else {},
    )


def urge(
    *, measure_id: int, actor: User | None, now: datetime, note: str = "", expected_version: int | None = None
) -> Measure:
    """催办 by hand: the department is reminded with the engine's next run, whatever its own hour, once a day at most, until it answers."""
    today = timezone.localdate(now)

    def change(measure: Measure) -> None:
        if measure.urged_on == today:
            raise WrongState("今天已经催办过了。")
        measure.urged_on = today

    return take_step(
        Verb.URGE,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
    )
