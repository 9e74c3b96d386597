"""What 督查室 decides about a running measure: return, close, suspend, resume, cancel, reopen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from tracker.actions.step import required, take_step
from tracker.models import Measure, User
from tracker.rules.lifecycle import VERB_NAMES, Grade, Verb
from tracker.rules.violations import InvalidInput, WrongState


def send_back(
    *, measure_id: int, actor: User | None, now: datetime, reason: str, expected_version: int | None = None
) -> Measure:
    """退回: not fit to be closed; the progress is again what it was before the application."""
    reason = required(reason, field="reason", name="退回原因")

    def change(measure: Measure) -> None:
        application = measure.events.filter(verb=Verb.APPLY_TO_CLOSE).last()
        if application is None:
            raise WrongState("没有可退回的办结申请。")
        measure.percent = application.changes.get("percent", [measure.percent])[0]
        measure.applied_on = None

    return take_step(
        Verb.RETURN,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=reason,
        change=change,
    )


def close(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    grade: str,
    note: str = "",
    expected_version: int | None = None,
) -> Measure:
    """办结销号: accept the application with a grade 优秀/良好/合格/不合格."""
    if grade not in set(Grade):
        raise InvalidInput("请选择办结等次：优秀、良好、合格或不合格。", field="grade")

    def change(measure: Measure) -> None:
        measure.grade = grade
        measure.closed_on = timezone.localdate(now)

    return take_step(
        Verb.CLOSE,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
    )


def _with_reason(verb: Verb, change: Callable[[Measure], None], **step: Any) -> Measure:
    reason = required(step.pop("reason"), field="reason", name=f"{VERB_NAMES[verb]}原因")
    return take_step(verb, note=reason, change=change, **step)


def suspend(
    *, measure_id: int, actor: User | None, now: datetime, reason: str, expected_version: int | None = None
) -> Measure:
    """暂缓: stop the clock's consequences (no light, no reminders) until resumed."""

    def change(measure: Measure) -> None:
        measure.applied_on = None

    return _with_reason(
        Verb.SUSPEND,
        change,
        measure_id=measure_id,
        actor=actor,
        now=now,
        reason=reason,
        expected_version=expected_version,
    )


def resume(
    *, measure_id: int, actor: User | None, now: datetime, note: str = "", expected_version: int | None = None
) -> Measure:
    """恢复办理 of a suspended measure; a new deadline, where one is due, is a separate edit."""
    return take_step(
        Verb.RESUME,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
    )


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

    def change(measure: Measure) -> None:
        measure.applied_on = None
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
    )


def reopen(
    *, measure_id: int, actor: User | None, now: datetime, reason: str, expected_version: int | None = None
) -> Measure:
    """重新启动 a closed or cancelled measure; only 督查室, with a reason."""

    def change(measure: Measure) -> None:
        measure.grade = ""
        measure.closed_on = None
        measure.applied_on = None
        measure.percent = min(measure.percent, 99)

    return _with_reason(
        Verb.REOPEN,
        change,
        measure_id=measure_id,
        actor=actor,
        now=now,
        reason=reason,
        expected_version=expected_version,
    )
