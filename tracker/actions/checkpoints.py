"""督办节点 of a measure: made when it is assigned, ticked off when its department acts, rolled on by the clock.

Called inside a step's transaction by the other actions; nothing here takes a step of its own but the clock's two.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tracker.actions.step import Changes, take_step
from tracker.models import Checkpoint, Measure, Occurrence, ProgressReport, Regime, load_calendar
from tracker.rules.lifecycle import OWED, Verb
from tracker.rules.regimes import (
    Cadence,
    DayKind,
    Decider,
    NodeKind,
    Terms,
    first_checkpoints,
    next_period_due,
    node_due,
    period_of,
)
from tracker.rules.workdays import WorkCalendar

_log = logging.getLogger(__name__)

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
    """The measure's own reporting cadence, else its regime's, with the day it falls on."""
    terms = terms_of(measure)
    cadence = Cadence(measure.cadence)
    if cadence is Cadence.NONE:
        return terms.cadence, terms.cadence_day
    if cadence is terms.cadence:
        return cadence, terms.cadence_day
    return cadence, USUAL_WEEKDAY if cadence is Cadence.WEEKLY else USUAL_DAY


def renew(measure: Measure, *, assigned_on: date, keep_missed: bool = False) -> Changes:
    """The checkpoints of a fresh assignment in place of the open ones; what was met stays on record.

    `keep_missed` leaves those whose day has passed: after a transfer they are still the former lead's.
    """
    with _noting(measure) as told:
        drop_open(measure, after=assigned_on - timedelta(days=1) if keep_missed else None)
        if measure.lead is not None:
            last = _open_first(measure, assigned_on=assigned_on, but=frozenset())
            measure.next_period_on = None
            open_next_period(measure, after=last)
            _begin_recurring(measure, assigned_on)
    return told


def recount(measure: Measure, *, assigned_on: date, today: date) -> Changes:
    """The open checkpoints of a running measure as its present regime counts them; met and missed ones stay."""
    with _noting(measure) as told:
        once = measure.checkpoints.exclude(kind=NodeKind.PERIOD_REPORT).filter(department=measure.lead)
        met = frozenset(once.filter(done_on__isnull=False).values_list("kind", flat=True))
        once.filter(done_on__isnull=True).delete()
        _open_first(measure, assigned_on=assigned_on, but=met)
        follow_deadline(measure, today=today)
    return told


def _open_first(measure: Measure, *, assigned_on: date, but: frozenset[str]) -> date:
    """What is due once after an assignment, without the kinds in `but`; returns the last of those days."""
    last = assigned_on
    for kind, due in first_checkpoints(
        terms_of(measure), importance=measure.importance, assigned_on=assigned_on, calendar=load_calendar()
    ):
        if kind not in but:
            _open(measure, kind, due)
        last = max(last, due)
    return last


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


def _begin_recurring(measure: Measure, day: date) -> None:
    """A recurring measure opens its first period with the clock's next round; one that no longer recurs opens none."""
    recurring = measure.recurrence != Measure.Cadence.NONE
    measure.next_occurrence_on = (measure.next_occurrence_on or day) if recurring else None


def open_next_period(measure: Measure, *, after: date) -> None:
    """The next report day after `after`, when reports are due at all: until the measure is struck off, deadline or not.

    Source: the 0 of “13710” (everything is followed until it is struck off).
    """
    cadence, day = cadence_of(measure)
    measure.next_period_on = next_period_due(cadence, day, after=after)
    if measure.next_period_on is not None:
        _open(measure, NodeKind.PERIOD_REPORT, measure.next_period_on)


def follow_deadline(measure: Measure, *, today: date) -> None:
    """Report days after the deadline, cadence or recurrence was changed: open ones ahead are made anew."""
    if measure.lead is None or measure.assigned_at is None:
        return
    measure.checkpoints.filter(kind=NodeKind.PERIOD_REPORT, done_on__isnull=True, due_on__gt=today).delete()
    after = max(today, timezone.localdate(measure.assigned_at))
    first = measure.checkpoints.filter(kind=NodeKind.FIRST_REPORT, done_on__isnull=True).first()
    met = measure.checkpoints.filter(kind=NodeKind.PERIOD_REPORT, done_on__isnull=False).last()
    days = [after, *(row.due_on for row in (first, met) if row is not None)]
    open_next_period(measure, after=max(days))
    _begin_recurring(measure, today)


def recommence(measure: Measure, *, today: date) -> None:
    """After 重新启动: what is due once and was neither met nor missed is counted from `today`; report days go on."""
    lead = measure.checkpoints.filter(department=measure.lead).exclude(kind=NodeKind.PERIOD_REPORT)
    settled = set(lead.values_list("kind", flat=True))
    if measure.acknowledged_at is not None:
        settled.add(NodeKind.ACKNOWLEDGE)
    _open_first(measure, assigned_on=today, but=frozenset(settled))
    follow_deadline(measure, today=today)


def resume_owing(measure: Measure, *, since: date, today: date) -> Changes:
    """After 恢复办理 on `today` of what was suspended on `since`: nothing of that time was owed."""
    with _noting(measure) as told:
        skip_silence(measure, since=since, today=today)
        _skip_periods(measure, since=since, today=today)
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


def move(row: Checkpoint, due: date) -> None:
    """Give an open checkpoint another day; one that its department has on that day already stays alone there."""
    others = Checkpoint.objects.filter(
        measure_id=row.measure_id, department_id=row.department_id, kind=row.kind, due_on=due
    ).exclude(pk=row.pk)
    if not others.exists():
        row.due_on = due
        row.save(update_fields=["due_on"])


def _skip_periods(measure: Measure, *, since: date, today: date) -> None:
    """Periods of a recurring measure that began after `since` and ended before `today` are nobody's (suspended)."""
    if measure.next_occurrence_on is not None and since <= measure.next_occurrence_on < today:
        measure.next_occurrence_on = period_of(Cadence(measure.recurrence), today)[0]


def skip_silence(measure: Measure, *, since: date, today: date) -> None:
    """Nothing was owed from `since` to `today` (suspended, or waiting for review): those days were nobody's."""
    _put_off(measure, since=since, today=today)
    silent = measure.checkpoints.filter(
        kind=NodeKind.PERIOD_REPORT, done_on__isnull=True, due_on__gte=since, due_on__lte=today
    )
    silent.delete()
    follow_deadline(measure, today=today)


def _open(measure: Measure, kind: NodeKind, due: date) -> None:
    """What was met on that very day stays met."""
    assert measure.lead is not None
    Checkpoint.objects.get_or_create(measure=measure, department=measure.lead, kind=kind, due_on=due)


def meet(measure: Measure, kind: NodeKind, *, on: date) -> int:
    """Tick off the lead's open checkpoints of this kind; returns how many. What a former lead missed stays its own."""
    return measure.checkpoints.filter(kind=kind, department=measure.lead, done_on__isnull=True).update(
        done_on=on
    )


def meet_by_report(measure: Measure, *, on: date) -> None:
    """A report meets the first report, or else all period reports that are overdue, or the one of the running period.

    A period begins on the day after the last one's report day; a second report within it meets nothing more. The first
    report is none of them unless their day has come: 13710 asks for it by the third day, and every month from there on.
    """
    first = meet(measure, NodeKind.FIRST_REPORT, on=on)
    catch_up(measure, today=on)
    reports = measure.checkpoints.filter(kind=NodeKind.PERIOD_REPORT, department=measure.lead)
    open_ones = reports.filter(done_on__isnull=True)
    if not open_ones.filter(due_on__lt=on).update(done_on=on):
        running = open_ones.order_by("due_on").first()
        if running is not None and (not first or running.due_on == on):
            before = reports.filter(due_on__lt=running.due_on).order_by("due_on").last()
            if before is None or before.due_on < on:
                open_ones.filter(pk=running.pk).update(done_on=on)
    if measure.next_period_on is not None and not open_ones.filter(due_on__gte=on).exists():
        open_next_period(measure, after=max(measure.next_period_on, on))


def owe_again(measure: Measure, report: ProgressReport, *, by: date) -> Changes:
    """What a returned report had met is owed again, by `by` at the earliest, unless another report that stands meets it.

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
        if instead is None:
            move(row, max(by, row.due_on))
    return {"checkpoints": [[*open_before, *again], _words(measure)]} if again else {}


def standing_reports(measure: Measure) -> QuerySet[ProgressReport]:
    """The lead's reports and applications that were neither withdrawn nor returned."""
    return measure.reports.exclude(kind=ProgressReport.Kind.PART).filter(
        state__in=(ProgressReport.State.SUBMITTED, ProgressReport.State.ACCEPTED)
    )


def catch_up(measure: Measure, *, today: date) -> None:
    """One report day for each period that has begun, so that a missed one is not forgotten while no clock ran."""
    while measure.next_period_on is not None and measure.next_period_on < today:
        open_next_period(measure, after=measure.next_period_on)


def _words(measure: Measure) -> list[str]:
    rows = Checkpoint.objects.filter(measure=measure, done_on__isnull=True)
    return [str(row) for row in rows]


def roll_periods(*, now: datetime, limit: int = 1000) -> int:
    """What the clock does each day: the next report day where the last has passed, the next period of what recurs.

    Returns how many measures were touched, at most `limit` a kind; asks by index, so a second call at once finds nothing.
    A measure that fails is set aside and named; its error is raised again once the others have had their turn.
    """
    today = timezone.localdate(now)
    owed = Measure.objects.filter(status__in=sorted(OWED))
    late = owed.filter(next_period_on__lt=today).values_list("pk", flat=True)[:limit]
    due = owed.filter(next_occurrence_on__lte=today).values_list("pk", flat=True)[:limit]
    work: list[tuple[int, Callable[[], bool]]] = [
        *((pk, partial(_roll_reports, pk, today)) for pk in list(late)),
        *((pk, partial(_open_occurrence, pk, now)) for pk in list(due)),
    ]
    touched, failed = 0, None
    for pk, roll in work:
        try:
            touched += roll()
        except Exception as error:
            error.add_note(f"rolling the periods of measure {pk}")
            _log.exception("rolling the periods of measure %s failed", pk)
            failed = failed or error
    if failed is not None:
        raise failed
    return touched


def _roll_reports(pk: int, today: date) -> bool:
    with transaction.atomic():
        measure = (
            Measure.objects.select_for_update(of=("self",))
            .filter(pk=pk, status__in=sorted(OWED), next_period_on__lt=today)
            .first()
        )
        if measure is None:
            return False
        catch_up(measure, today=today)
        measure.save(update_fields=["next_period_on"])
        return True


def _open_occurrence(pk: int, now: datetime) -> bool:
    today = timezone.localdate(now)
    with transaction.atomic():
        due = Measure.objects.select_for_update(of=("self",)).filter(
            pk=pk, status__in=sorted(OWED), next_occurrence_on__lte=today
        )
        if not due.exists():
            return False
        take_step(
            Verb.OPEN_PERIOD,
            measure_id=pk,
            actor=None,
            now=now,
            expected_version=None,
            note="",
            relate=lambda measure: _open_occurrences(measure, until=today),
        )
        return True


def _open_occurrences(measure: Measure, *, until: date) -> Changes:
    """Every period that has begun since the clock last ran: a missed one still counts in the total."""
    opened: list[str] = []
    while measure.next_occurrence_on is not None and measure.next_occurrence_on <= until:
        told = open_occurrence(measure, on=measure.next_occurrence_on)
        opened += [str(told["occurrence"][1])] if told else []
    return {"occurrence": [None, "；".join(opened)]} if opened else {}


def open_occurrence(measure: Measure, *, on: date) -> Changes:
    """The period of a recurring measure in which `on` lies, with its own count target; nothing when it is open already."""
    starts_on, ends_on, name = period_of(Cadence(measure.recurrence), on)
    measure.next_occurrence_on = date.fromordinal(ends_on.toordinal() + 1)
    row, made = Occurrence.objects.get_or_create(
        measure=measure,
        starts_on=starts_on,
        ends_on=ends_on,
        defaults={"name": name, "target": measure.recurrence_target},
    )
    return {"occurrence": [None, str(row)]} if made else {}


def running_occurrence(measure: Measure, *, on: date) -> Occurrence:
    """The open period in which `on` lies. Raises Occurrence.DoesNotExist."""
    starts_on, ends_on, _name = period_of(Cadence(measure.recurrence), on)
    return measure.occurrences.get(starts_on=starts_on, ends_on=ends_on)


def follow_recurrence(measure: Measure, *, today: date) -> None:
    """After cadence or target of what recurs were changed: the clock looks again, the running period has the new target."""
    measure.next_occurrence_on = None
    _begin_recurring(measure, today)
    if measure.recurrence != Measure.Cadence.NONE:
        starts_on, ends_on, _name = period_of(Cadence(measure.recurrence), today)
        running = measure.occurrences.filter(starts_on=starts_on, ends_on=ends_on)
        running.update(target=measure.recurrence_target)
