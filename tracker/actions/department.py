"""What the lead department does: acknowledge (签收), report progress, apply to close."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tracker.actions.step import required, take_step
from tracker.models import Measure, ProgressReport, User
from tracker.rules.lifecycle import Verb
from tracker.rules.violations import InvalidInput, NotAllowed


def acknowledge(
    *, measure_id: int, actor: User | None, now: datetime, note: str = "", expected_version: int | None = None
) -> Measure:
    """签收: the lead department takes the measure on."""

    def change(measure: Measure) -> None:
        measure.acknowledged_at = now

    return take_step(
        Verb.ACKNOWLEDGE,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip(),
        change=change,
    )


def report(
    *,
    measure_id: int,
    actor: User,
    now: datetime,
    percent: int,
    progress: str,
    problems: str = "",
    next_steps: str = "",
    lowering_reason: str = "",
    expected_version: int | None = None,
) -> ProgressReport:
    """报告进展: `percent` 0–100 and 进展情况 are required; less than last time needs `lowering_reason`."""
    progress = required(progress, field="progress", name="进展情况")
    lowering_reason = lowering_reason.strip()
    if not 0 <= percent <= 100:
        raise InvalidInput("进度应为 0 到 100 之间的整数。", field="percent")

    def change(measure: Measure) -> None:
        if percent < measure.percent and not lowering_reason:
            raise InvalidInput(
                f"进度由 {measure.percent}% 下调为 {percent}%，必须说明原因。", field="lowering_reason"
            )
        measure.percent = percent

    with transaction.atomic():
        measure = take_step(
            Verb.REPORT,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            note=progress,
            change=change,
        )
        return _write_report(
            measure,
            actor=actor,
            now=now,
            progress=progress,
            problems=problems.strip(),
            next_steps=next_steps.strip(),
            lowering_reason=lowering_reason,
        )


def _write_report(measure: Measure, *, actor: User, now: datetime, **content: str) -> ProgressReport:
    if actor.department is None:
        raise NotAllowed("只有部门用户可以报告进展。")
    return ProgressReport.objects.create(
        measure=measure,
        department=actor.department,
        reported_by=actor,
        reported_at=now,
        percent=measure.percent,
        **content,
    )


def apply_to_close(
    *, measure_id: int, actor: User, now: datetime, result: str, expected_version: int | None = None
) -> Measure:
    """申请办结: the lead department says it is done (progress becomes 100 percent) and waits for review."""
    result = required(result, field="result", name="办理结果")

    def change(measure: Measure) -> None:
        measure.percent = 100
        measure.applied_on = timezone.localdate(now)

    with transaction.atomic():
        measure = take_step(
            Verb.APPLY_TO_CLOSE,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            note=result,
            change=change,
        )
        _write_report(measure, actor=actor, now=now, progress=result)
        return measure
