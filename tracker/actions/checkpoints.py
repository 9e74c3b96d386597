"""督办节点 of a measure: made when it is assigned, ticked off when its department acts, rolled on by the clock.

Called inside a step's transaction by the other actions; nothing here takes a step of its own.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from tracker.actions.changes import Changes
from tracker.actions.occurrences import begin_recurring, skip_periods
from tracker.models import Checkpoint, Measure, ProgressReport, Regime, load_calendar
from tracker.rules.regimes import (
    Cadence,
    DayKind,
    Decider,
    NodeKind,
    Terms,
    first_checkpoints,
    next_period_due,
    node_due,
    period_begins,
)
from tracker.rules.workdays import WorkCalendar

# For a cadence that the regime itself does not have: the 25th is the commonest day, Friday for a week.
USUAL_DAY, USUAL_WEEKDAY = 25, 5


def terms_of(measure: Measure) -> Terms:
    """What the measure's regime said when it was assigned; the bare defaults without a regime."""
    return measure.regime_edition.terms if measure.regime_edition is not None else Terms()


def put_under(measure: Measure, regime: Regime | None) -> None:
    """Set the regime's present edition; None keeps what the measure has, else takes the default regime."""
    if regime is None and measure.regime_edition is None:
        regime = Regime.objects.filter(is_default=True, active=True).first()
    if regime is not None:
        measure.regime_edition = regime.edition()
    measure.leader_extends = terms_of(measure).extension_decider is Decider.LEADER


def limit_of(measure: Measure, *, assigned_on: date, calendar: WorkCalendar) -> date | None:
    """The regime's own limit for settling a measure of this importance, None when it has none."""
    return node_due(
        terms_of(measure),
        NodeKind.RESOLVE,
        importance=measure.importance,
        assigned_on=assigned_on,
        calendar=calendar,
    )


def cadence_of(measure: Measure) -> tuple[Cadence, int]:
    """The measure's own reporting cadence, else its regime's, with the day it falls on: its own, its regime's, or the usual."""
    terms = terms_of(measure)
    cadence = Cadence(measure.cadence)
    if cadence is Cadence.NONE:
        return terms.cadence, terms.cadence_day
    if measure.cadence_day is not None:
        return cadence, measure.cadence_day
    if cadence is terms.cadence:
        return cadence, terms.cadence_day
    return cadence, USUAL_WEEKDAY if cadence is Cadence.WEEKLY else USUAL_DAY


def renew(measure: Measure, *, assigned_on: date, keep_missed: bool = False) -> Changes:
    """The checkpoints of a fresh assignment in place of the open ones; what was met stays on record.

    `keep_missed` leaves those whose day has passed: after a transfer they are still the former lead's.
    """
    with _noting(measure) as told:
        drop_open(measure, after=assigned_on - timedelta(days=1) if keep_missed else None)
        if measure.lead_id is not None:
            last = _open_first(measure, assigned_on=assigned_on, but=frozenset())
            measure.next_period_on = None
            open_next_period(measure, after=last)
            begin_recurring(measure, assigned_on)
    return told


def recount(measure: Measure, *, assigned_on: date, today: date) -> Changes:
    """The open checkpoints of a running measure as its present regime counts them; met and missed ones stay."""
    with _noting(measure) as told:
        once = measure.checkpoints.exclude(kind=NodeKind.PERIOD_REPORT).filter(department=measure.lead_id)
        met = frozenset(once.filter(done_on__isnull=False).values_list("kind", flat=True))
        due = _first(measure, assigned_on=assigned_on, but=met)
        for row in once.filter(done_on__isnull=True):
            # The same row: what was said of it stays said.
            day = due.get(NodeKind(row.kind))
            if day is None or (row.due_on != day and not move(row, day)):
                row.delete()
        _open(measure, due.items())
        follow_deadline(measure, today=today)
    return told


def _open_first(measure: Measure, *, assigned_on: date, but: frozenset[str]) -> date:
    """Opens what is due once after an assignment, without the kinds in `but`; returns the last day of all."""
    due = _first(measure, assigned_on=assigned_on, but=frozenset())
    _open(measure, [(kind, day) for kind, day in due.items() if kind not in but])
    return max([assigned_on, *due.values()])


def _first(measure: Measure, *, assigned_on: date, but: frozenset[str]) -> dict[NodeKind, date]:
    """What is due once after an assignment, each on its day, without the kinds in `but`."""
    due = first_checkpoints(
        terms_of(measure),
        importance=measure.importance,
        assigned_on=assigned_on,
        calendar=load_calendar(),
    )
    return {kind: day for kind, day in due if kind not in but}


def drop_open(measure: Measure, *, after: date | None = None) -> None:
    """Forget what was not met, when the measure is assigned anew or taken back; `after` keeps what was due by that day."""
    unmet = measure.checkpoints.filter(done_on__isnull=True)
    (unmet if after is None else unmet.filter(due_on__gt=after)).delete()


def take_back(measure: Measure) -> Changes:
    """Forget what was not met of an assignment that is taken back; the event remembers what that was."""
    with _noting(measure) as told:
        drop_open(measure)
    return told


@contextmanager
def _noting(measure: Measure) -> Iterator[Changes]:
    """Afterwards the yielded dict says which checkpoints were open before and after, where that changed.

    The event keeps it: what a past day looked like is found again from there (reports/score_record.py).
    """
    told: Changes = {}
    before = _words(measure)
    yield told
    after = _words(measure)
    if before != after:
        told["checkpoints"] = [before, after]


def open_next_period(measure: Measure, *, after: date) -> None:
    """The next report day after `after`, when reports are due at all: until the measure is struck off, deadline or not.

    Source: the 0 of “13710” (everything is followed until it is struck off).
    """
    _open_periods(measure, after=after, until=after)


def _open_periods(measure: Measure, *, after: date, until: date) -> None:
    """The report days after `after`, as far as the first that is not before `until`."""
    cadence, day = cadence_of(measure)
    days: list[date] = []
    following = next_period_due(cadence, day, after=after)
    while following is not None:
        days.append(following)
        following = next_period_due(cadence, day, after=following) if following < until else None
    measure.next_period_on = days[-1] if days else None
    _open(measure, [(NodeKind.PERIOD_REPORT, day) for day in days])


def follow_deadline(measure: Measure, *, today: date) -> None:
    """Report days after the deadline, cadence, its day or recurrence was changed: open ones ahead are made anew."""
    if measure.lead_id is None or measure.assigned_at is None:
        return
    ahead = measure.checkpoints.filter(kind=NodeKind.PERIOD_REPORT, done_on__isnull=True, due_on__gt=today)
    after = max(today, timezone.localdate(measure.assigned_at))
    first = measure.checkpoints.filter(kind=NodeKind.FIRST_REPORT, done_on__isnull=True).first()
    met = measure.checkpoints.filter(kind=NodeKind.PERIOD_REPORT, done_on__isnull=False).last()
    days = [after, *(row.due_on for row in (first, met) if row is not None)]
    open_next_period(measure, after=max(days))
    # The day that stays is the same row: what was said of it stays said.
    if measure.next_period_on is not None:
        ahead = ahead.exclude(due_on=measure.next_period_on, department=measure.lead_id)
    ahead.delete()
    begin_recurring(measure, today)


def recommence(measure: Measure, *, today: date) -> None:
    """After 重新启动: what is due once and was neither met nor missed is counted from `today`; report days go on."""
    lead = measure.checkpoints.filter(department=measure.lead_id).exclude(kind=NodeKind.PERIOD_REPORT)
    settled = set(lead.values_list("kind", flat=True))
    if measure.acknowledged_at is not None:
        settled.add(NodeKind.ACKNOWLEDGE)
    _open_first(measure, assigned_on=today, but=frozenset(settled))
    follow_deadline(measure, today=today)


def resume_owing(measure: Measure, *, since: date, today: date) -> Changes:
    """After 恢复办理 on `today` of what was suspended on `since`: nothing of that time was owed."""
    with _noting(measure) as told:
        skip_silence(measure, since=since, today=today)
        skip_periods(measure, since=since, today=today)
    return told


def put_off(measure: Measure, *, since: date, today: date) -> Changes:
    """What is due once keeps the days it had left on `since`, counted from `today`: in between nobody could act."""
    with _noting(measure) as told:
        _put_off(measure, since=since, today=today)
    return told


def _put_off(measure: Measure, *, since: date, today: date) -> None:
    terms, calendar = terms_of(measure), load_calendar()
    waiting = measure.checkpoints.filter(done_on__isnull=True, due_on__gte=since)
    for row in waiting.exclude(kind=NodeKind.PERIOD_REPORT):
        if terms.day_kind is DayKind.WORKDAYS:
            due = calendar.add_workdays(today, calendar.count_workdays(since, row.due_on))
        else:
            due = row.due_on + (today - since)
        move(row, max(due, row.due_on))


def move(row: Checkpoint, due: date) -> bool:
    """Give an open checkpoint another day; one that its department has on that day already stays alone there (False)."""
    others = Checkpoint.objects.filter(
        measure_id=row.measure_id, department_id=row.department_id, kind=row.kind, due_on=due
    ).exclude(pk=row.pk)
    if others.exists():
        return False
    row.due_on = due
    row.save(update_fields=["due_on"])
    return True


def skip_silence(measure: Measure, *, since: date, today: date) -> None:
    """Nothing was owed from `since` to `today` (suspended, or waiting for review): those days were nobody's."""
    _put_off(measure, since=since, today=today)
    silent = measure.checkpoints.filter(
        kind=NodeKind.PERIOD_REPORT, done_on__isnull=True, due_on__gte=since, due_on__lte=today
    )
    silent.delete()
    follow_deadline(measure, today=today)


def _open(measure: Measure, due: Iterable[tuple[NodeKind, date]]) -> None:
    """What was met on that very day stays met. One statement, however many."""
    assert measure.lead_id is not None
    Checkpoint.objects.bulk_create(
        [
            Checkpoint(measure=measure, department_id=measure.lead_id, kind=kind, due_on=day)
            for kind, day in due
        ],
        ignore_conflicts=True,
    )


def meet(measure: Measure, kind: NodeKind, *, on: date) -> int:
    """Tick off the lead's open checkpoints of this kind; returns how many. What a former lead missed stays its own."""
    return measure.checkpoints.filter(kind=kind, department=measure.lead_id, done_on__isnull=True).update(
        done_on=on
    )


def meet_by_report(measure: Measure, *, on: date) -> None:
    """A report meets the first report, or else all period reports that are overdue, or the one of the running period.

    A period begins on the day after the last report day, be that one before the assignment or one of a time in which nothing was
    owed; a second report within it meets nothing more. The first
    report is none of them unless their day has come: 13710 asks for it by the third day, and every month from there on.
    """
    first = meet(measure, NodeKind.FIRST_REPORT, on=on)
    catch_up(measure, today=on)
    reports = measure.checkpoints.filter(kind=NodeKind.PERIOD_REPORT, department=measure.lead_id)
    open_ones = reports.filter(done_on__isnull=True)
    if not open_ones.filter(due_on__lt=on).update(done_on=on):
        running = open_ones.order_by("due_on").first()
        if running is not None and (not first or running.due_on == on):
            before = reports.filter(due_on__lt=running.due_on).order_by("due_on").last()
            begins = period_begins(*cadence_of(measure), due=running.due_on)
            if (before is None or before.due_on < on) and (begins is None or begins <= on):
                open_ones.filter(pk=running.pk).update(done_on=on)
    if measure.next_period_on is not None and not open_ones.filter(due_on__gte=on).exists():
        open_next_period(measure, after=max(measure.next_period_on, on))


def owe_again(
    measure: Measure, report: ProgressReport, *, by: date, silent: tuple[date, date] | None = None
) -> Changes:
    """What a returned report had met is owed again, by `by` at the earliest, unless another report that stands meets it.

    Report days from the first to the last of the `silent` ones are nobody's: then an application waited for its answer.
    Told as what was open before and after, with what had been met as “首次反馈 2026-03-13（2026-03-11已报）”.
    """
    open_before = _words(measure)
    again: list[str] = []
    day = timezone.localdate(report.reported_at)
    met = measure.checkpoints.filter(
        department=report.department,
        kind__in=(NodeKind.FIRST_REPORT, NodeKind.PERIOD_REPORT),
        done_on=day,
    )
    standing = standing_reports(measure).filter(department=report.department).order_by("reported_at")
    days = [timezone.localdate(at) for at in standing.values_list("reported_at", flat=True)]
    instead = next((other for other in days if other >= day), None)
    for row in list(met):
        if instead == day:
            continue
        again.append(f"{row}（{day}已报）")
        row.done_on = instead
        row.save(update_fields=["done_on"])
        periodical = row.kind == NodeKind.PERIOD_REPORT
        if instead is None and periodical and silent and silent[0] <= row.due_on <= silent[1]:
            row.delete()
        elif instead is None and row.due_on < by and not move(row, by):
            # The report that is due on that day anyway is this one too.
            row.delete()
    return {"checkpoints": [[*open_before, *again], _words(measure)]} if again else {}


def standing_reports(measure: Measure) -> QuerySet[ProgressReport]:
    """The lead's reports and applications that were neither withdrawn nor returned."""
    return measure.reports.exclude(kind=ProgressReport.Kind.PART).filter(
        state__in=(ProgressReport.State.SUBMITTED, ProgressReport.State.ACCEPTED)
    )


def catch_up(measure: Measure, *, today: date) -> bool:
    """One report day for each period that has begun, so that a missed one is not forgotten while no clock ran; False when
    there was none."""
    if measure.next_period_on is None or measure.next_period_on >= today:
        return False
    _open_periods(measure, after=measure.next_period_on, until=today)
    return True


def _words(measure: Measure) -> list[str]:
    rows = Checkpoint.objects.filter(measure=measure, done_on__isnull=True)
    return [str(row) for row in rows]
