"""审阅 of reports by 督查室: accepted ones are frozen, returned ones are to be made anew by a day of their own."""

from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tracker.actions.checkpoints import owe_again, standing_reports
from tracker.actions.step import Changes, required, take_step
from tracker.models import Measure, ProgressReport, User, load_calendar
from tracker.rules.lifecycle import Status, Verb
from tracker.rules.violations import InvalidInput, WrongState


def accept_report(
    *,
    report_id: int,
    actor: User | None,
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
) -> ProgressReport:
    """采纳报告: from then on nobody changes it."""
    return _decide(
        Verb.ACCEPT_REPORT,
        report_id,
        actor=actor,
        now=now,
        note=note.strip(),
        state=ProgressReport.State.ACCEPTED,
        report_by=None,
        expected_version=expected_version,
    )


def return_report(
    *,
    report_id: int,
    actor: User | None,
    now: datetime,
    reason: str,
    report_by: date | None = None,
    expected_version: int | None = None,
) -> ProgressReport:
    """退回报告 with a reason; `report_by` is the day by which the department reports again, today or later (None: as set)."""
    return _decide(
        Verb.RETURN_REPORT,
        report_id,
        actor=actor,
        now=now,
        note=required(reason, field="reason", name="退回原因"),
        state=ProgressReport.State.RETURNED,
        report_by=day_to_report_again(report_by, now=now),
        expected_version=expected_version,
    )


def _decide(
    verb: Verb,
    report_id: int,
    *,
    actor: User | None,
    now: datetime,
    note: str,
    state: ProgressReport.State,
    report_by: date | None,
    expected_version: int | None,
) -> ProgressReport:
    report = ProgressReport.objects.filter(pk=report_id).exclude(state=ProgressReport.State.DRAFT).first()
    if report is None:
        raise InvalidInput("报告不存在。", code="not_found")

    def change(measure: Measure) -> None:
        decided = review(
            ProgressReport.objects.filter(pk=report_id, state=ProgressReport.State.SUBMITTED),
            state=state,
            by=actor,
            now=now,
            note=note,
            resubmit_by=report_by,
        )
        if not decided:
            raise WrongState("这份报告已经审阅过了。")
        if report.kind == ProgressReport.Kind.CLOSING:
            raise WrongState("办结申请请用“退回”或“办结销号”审核。")
        if state == ProgressReport.State.RETURNED and report.department_id == measure.lead_id:
            measure.report_by = report_by
            _take_back_percent(measure, report)

    def relate(measure: Measure) -> Changes:
        told: Changes = {"report": [report.pk, state.value]}
        if state == ProgressReport.State.RETURNED and report.department_id == measure.lead_id:
            told |= owe_again(measure, report, by=report_by or timezone.localdate(now))
        elif report_by is not None and report.department_id != measure.lead_id:
            told["resubmit_by"] = [None, report_by.isoformat()]
        if state == ProgressReport.State.RETURNED and report.count:
            told |= _take_back_pieces(measure, report)
        return told

    take_step(
        verb,
        measure_id=report.measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note,
        change=change,
        relate=relate,
    )
    report.refresh_from_db()
    return report


def _take_back_percent(measure: Measure, report: ProgressReport) -> None:
    """The progress that a returned report gave is no longer claimed, unless a later report stands."""
    standing = standing_reports(measure).filter(percent__isnull=False)
    if measure.status != Status.CLOSING:
        # The 100 percent of an application fell with it when its measure was reopened.
        standing = standing.exclude(kind=ProgressReport.Kind.CLOSING)
    if standing.filter(reported_at__gt=report.reported_at).exists() or measure.percent != report.percent:
        return
    last = standing.order_by("-reported_at", "-id").first()
    measure.percent = 0 if last is None or last.percent is None else last.percent


def _take_back_pieces(measure: Measure, report: ProgressReport) -> Changes:
    """What a returned report had counted is counted again by the report that replaces it."""
    day = timezone.localdate(report.reported_at)
    counted = measure.occurrences.filter(starts_on__lte=day, ends_on__gte=day).order_by("-starts_on").first()
    if counted is None:
        return {}
    before = str(counted)
    counted.done = max(0, counted.done - (report.count or 0))
    counted.save(update_fields=["done"])
    return {"occurrence": [before, str(counted)]}


def review(
    reports: QuerySet[ProgressReport],
    *,
    state: ProgressReport.State,
    by: User | None,
    now: datetime,
    note: str,
    resubmit_by: date | None = None,
) -> int:
    """Record the office's word on these submitted reports; called inside a step. Returns how many."""
    return reports.update(
        state=state, reviewed_by=by, reviewed_at=now, review_note=note, resubmit_by=resubmit_by
    )


def day_to_report_again(given: date | None, *, now: datetime) -> date | None:
    """The day given; else REPORT_AGAIN_WORKING_DAYS from today, so that what is returned is waited for and reminded of; None when
    the office has set 0. Raises InvalidInput for a day that has passed."""
    today = timezone.localdate(now)
    if given is not None:
        if given < today:
            raise InvalidInput(f"重报期限（{given}）已经过去。", field="report_by")
        return given
    days = settings.REPORT_AGAIN_WORKING_DAYS
    return load_calendar().add_workdays(today, days) if days else None
