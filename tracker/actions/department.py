"""What the departments report: the lead acknowledges, reports and applies to close; an assisting one reports its part."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from tracker import access
from tracker.actions.checkpoints import meet, meet_by_report
from tracker.actions.files import Upload, attach, send_with
from tracker.actions.meanwhile import Seen, check_draft, check_nothing_concerns
from tracker.actions.milestones import check_stage_order, first_day
from tracker.actions.occurrences import open_occurrence, running_occurrence
from tracker.actions.step import Changes, required, take_step
from tracker.models import Indicator, Measure, Milestone, ProgressReport, User
from tracker.rules.lifecycle import OPEN, STATUS_NAMES, Status, Verb
from tracker.rules.regimes import NodeKind
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState

# The words of a report; all but 进展情况 may be blank.
REPORT_WORDS = ("progress", "problems", "next_steps", "lowering_reason")


def acknowledge(
    *, measure_id: int, actor: User | None, now: datetime, note: str = "", expected_version: int | None = None
) -> Measure:
    """签收: the lead department takes the measure on."""

    def change(measure: Measure) -> None:
        measure.acknowledged_at = now
        meet(measure, NodeKind.ACKNOWLEDGE, on=timezone.localdate(now))

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
    count: int | None = None,
    milestones: Mapping[int, date | None] | None = None,
    indicators: Mapping[int, Decimal | None] | None = None,
    attachments: Iterable[int] = (),
    files: Iterable[Upload] = (),
    expected_version: int | None = None,
    seen: Seen | None = None,
) -> ProgressReport:
    """报告进展: `percent` 0–100 and 进展情况 are required; less than last time needs `lowering_reason`.

    `count` adds pieces to the running period of a recurring measure. `milestones` maps a milestone's id to the day it was
    reached (None: not reached after all), `indicators` an indicator's id to its current value. `attachments` are ids of
    files that the department has uploaded for this measure, `files` names and contents of further ones. The department's draft, if any, is taken up.
    `seen` is what a person had before him when he began to write: unlike `expected_version` it is outdated only by
    what he should know before he reports (actions/meanwhile.py).
    """
    words = {
        "progress": required(progress, field="progress", name="进展情况"),
        "problems": problems.strip(),
        "next_steps": next_steps.strip(),
        "lowering_reason": lowering_reason.strip(),
    }
    today = timezone.localdate(now)
    _check_percent(percent)

    def change(measure: Measure) -> None:
        check_nothing_concerns(measure, seen=seen, department=measure.lead_id)
        if percent < measure.percent and not words["lowering_reason"]:
            raise InvalidInput(
                f"进度由 {measure.percent}% 下调为 {percent}%，必须说明原因。", field="lowering_reason"
            )
        measure.percent = percent
        measure.report_by = None
        meet_by_report(measure, on=today)

    def relate(measure: Measure) -> Changes:
        return {
            **_count_pieces(measure, count, today),
            **_reach_milestones(measure, milestones or {}, today),
            **_set_current_values(measure, indicators or {}),
        }

    with transaction.atomic():
        measure = take_step(
            Verb.REPORT,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            note=words["progress"],
            change=change,
            relate=relate,
        )
        return _submit(
            measure,
            actor=actor,
            now=now,
            kind=ProgressReport.Kind.LEAD,
            seen=seen,
            attachments=attachments,
            files=files,
            percent=percent,
            count=count,
            **words,
        )


def part_report(
    *,
    measure_id: int,
    actor: User,
    now: datetime,
    progress: str,
    problems: str = "",
    next_steps: str = "",
    attachments: Iterable[int] = (),
    files: Iterable[Upload] = (),
    expected_version: int | None = None,
    seen: Seen | None = None,
) -> ProgressReport:
    """报告配合情况: an assisting department's own part; the measure's progress is the lead's to report."""
    words = {
        "progress": required(progress, field="progress", name="进展情况"),
        "problems": problems.strip(),
        "next_steps": next_steps.strip(),
    }
    with transaction.atomic():
        measure = take_step(
            Verb.PART_REPORT,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            note=words["progress"],
            change=lambda measure: check_nothing_concerns(measure, seen=seen, department=actor.department_id),
        )
        return _submit(
            measure,
            actor=actor,
            now=now,
            kind=ProgressReport.Kind.PART,
            seen=seen,
            attachments=attachments,
            files=files,
            **words,
        )


def apply_to_close(
    *,
    measure_id: int,
    actor: User,
    now: datetime,
    result: str,
    attachments: Iterable[int] = (),
    files: Iterable[Upload] = (),
    expected_version: int | None = None,
    seen: Seen | None = None,
) -> Measure:
    """申请办结: the lead department says it is done (progress becomes 100 percent) and waits for review.

    `result` is 办理结果, `attachments` and `files` are the evidence.
    """
    result = required(result, field="result", name="办理结果")
    today = timezone.localdate(now)

    def change(measure: Measure) -> None:
        check_nothing_concerns(measure, seen=seen, department=measure.lead_id)
        measure.percent = 100
        measure.applied_on = today
        measure.report_by = None
        meet_by_report(measure, on=today)

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
        _submit(
            measure,
            actor=actor,
            now=now,
            kind=ProgressReport.Kind.CLOSING,
            seen=seen,
            attachments=attachments,
            files=files,
            percent=100,
            progress=result,
        )
        return measure


def save_draft(
    *,
    measure_id: int,
    actor: User,
    now: datetime,
    percent: int | None = None,
    count: int | None = None,
    values: Mapping[str, str] | None = None,
    seen: Seen | None = None,
    **words: str,
) -> ProgressReport:
    """保存草稿 of the department's next report; `words` takes any of REPORT_WORDS. No step: nobody else sees it.

    `values` is whatever else the form held, kept as it is and given back.

    Raises NotAllowed for a department that neither leads nor assists, InvalidInput for a percent out of range, Outdated
    when a colleague has saved the draft since `seen`.
    """
    unknown = sorted(set(words) - set(REPORT_WORDS))
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(unknown)}")
    if percent is not None:
        _check_percent(percent)
    with transaction.atomic():
        measure = Measure.objects.select_for_update(of=("self",)).filter(pk=measure_id).first()
        if measure is None or actor.department is None or not access.works_on(actor, measure):
            raise NotAllowed("只有牵头单位和配合单位可以起草报告。")
        if measure.status not in OPEN:
            raise WrongState(f"事项当前为“{STATUS_NAMES[Status(measure.status)]}”，不能起草报告。")
        check_draft(measure, seen=seen, actor=actor)
        leads = measure.lead_id == actor.department_id
        kind = ProgressReport.Kind.LEAD if leads else ProgressReport.Kind.PART
        draft, _made = ProgressReport.objects.update_or_create(
            measure=measure,
            department=actor.department,
            state=ProgressReport.State.DRAFT,
            defaults={
                "kind": kind,
                "reported_by": actor,
                "reported_at": now,
                "percent": percent,
                "count": count,
                "draft_values": dict(values or {}),
                **{name: value.strip() for name, value in words.items()},
            },
        )
        return draft


def discard_draft(*, measure_id: int, actor: User) -> bool:
    """删除草稿 of the actor's department; False when there was none. Raises NotAllowed as save_draft does."""
    measure = Measure.objects.filter(pk=measure_id).first()
    if measure is None or not access.works_on(actor, measure):
        raise NotAllowed("只有牵头单位和配合单位可以起草报告。")
    drafts = ProgressReport.objects.filter(
        measure=measure_id, department=actor.department_id, state=ProgressReport.State.DRAFT
    )
    return bool(drafts.delete()[0])


def _submit(
    measure: Measure,
    *,
    actor: User,
    now: datetime,
    kind: str,
    seen: Seen | None,
    attachments: Iterable[int],
    files: Iterable[Upload],
    **content: Any,
) -> ProgressReport:
    if actor.department is None:
        raise NotAllowed("只有部门用户可以报告进展。")
    check_draft(measure, seen=seen, actor=actor)
    ProgressReport.objects.filter(
        measure=measure, department=actor.department, state=ProgressReport.State.DRAFT
    ).delete()
    report = ProgressReport.objects.create(
        measure=measure,
        kind=kind,
        state=ProgressReport.State.SUBMITTED,
        department=actor.department,
        reported_by=actor,
        reported_at=now,
        **content,
    )
    taken = [
        attach(measure_id=measure.pk, actor=actor, now=now, name=name, content=content_of_file)
        for name, content_of_file in files
    ]
    send_with(report, [*attachments, *(file.pk for file in taken)])
    return report


def _check_percent(percent: int) -> None:
    if not 0 <= percent <= 100:
        raise InvalidInput("进度应为 0 到 100 之间的整数。", field="percent")


def _count_pieces(measure: Measure, count: int | None, today: date) -> Changes:
    """Adds to the running period of a recurring measure, which is opened when the clock has not done so yet."""
    if count is None:
        return {}
    if measure.recurrence == Measure.Cadence.NONE:
        raise InvalidInput("只有周期性任务才填报本次完成数。", field="count")
    if not 0 <= count <= 1_000_000:
        raise InvalidInput("本次完成数应为 0 到 1000000 之间的整数。", field="count")
    opened = open_occurrence(measure, on=today)
    running = running_occurrence(measure, on=today)
    before = str(running) if not opened else None
    running.done += count
    running.save(update_fields=["done"])
    return {"occurrence": [before, str(running)]}


def _reach_milestones(measure: Measure, reached: Mapping[int, date | None], today: date) -> Changes:
    rows: dict[int, Milestone] = {row.pk: row for row in measure.milestones.filter(pk__in=list(reached))}
    changes: Changes = {}
    for pk, day in reached.items():
        row = rows.get(pk)
        if row is None:
            raise InvalidInput("事项没有这个节点。", field="milestones")
        if day is not None and day > today:
            raise InvalidInput(f"节点“{row}”的完成日期（{day}）还没有到。", field="milestones")
        if day is not None and day < first_day(measure):
            raise InvalidInput(f"节点“{row}”的完成日期（{day}）早于事项开始。", field="milestones")
        if row.done_on != day:
            before = row.done_on.isoformat() if row.done_on is not None else None
            changes[f"milestone:{row}"] = [before, day.isoformat() if day is not None else None]
            row.done_on = day
            row.save(update_fields=["done_on"])
    if changes:
        check_stage_order(measure)
    return changes


def _set_current_values(measure: Measure, values: Mapping[int, Decimal | None]) -> Changes:
    rows: dict[int, Indicator] = {row.pk: row for row in measure.indicators.filter(pk__in=list(values))}
    changes: Changes = {}
    for pk, value in values.items():
        row = rows.get(pk)
        if row is None:
            raise InvalidInput("事项没有这个指标。", field="indicators")
        if value is not None and (abs(value) >= 10**12 or value != value.quantize(Decimal("0.01"))):
            raise InvalidInput(f"指标“{row.name}”的数值最多12位整数、2位小数。", field="indicators")
        if row.current != value:
            changes[f"indicator:{row.name}"] = [_plain(row.current), _plain(value)]
            row.current = value
            row.save(update_fields=["current"])
    return changes


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
