"""The work calendar: days entered or taken out as one change, after which limits counted in working days are counted again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db import transaction
from django.utils import timezone

from tracker.actions.checkpoints import move, terms_of
from tracker.models import CalendarDay, Checkpoint, User, load_calendar
from tracker.rules.regimes import DayKind, NodeKind, node_due
from tracker.rules.violations import InvalidInput, Outdated
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class DayRow:
    """One day to enter; `line` is its place in what was given, counted from 1 (in a file as an editor does)."""

    line: int
    day: date
    is_workday: bool
    name: str


@dataclass(frozen=True)
class DayChange:
    """One day that would be written. `before` is None for a day that the office has not stated yet, `after` for one that it
    takes out."""

    day: date
    before: str | None
    after: str | None
    is_workday: bool
    name: str


@dataclass(frozen=True)
class CalendarProposal:
    """`changes` in order of days, `unchanged` rows that say what is stored; `announced` the years that the change makes
    known, `provisional` those in it that are or stay estimated, each with the holidays of which no day off is known.

    `moved` is how many open 督办节点, counted in working days, have got another day by what was written.
    """

    changes: tuple[DayChange, ...]
    unchanged: int
    announced: tuple[int, ...]
    provisional: tuple[tuple[int, tuple[str, ...]], ...]
    moved: int = 0

    def digest(self) -> str:
        """What a person agreed to: the same difference has the same digest."""
        words = "\n".join(f"{row.day} {row.before} {row.after}" for row in self.changes)
        return hashlib.sha256(words.encode()).hexdigest()


def propose(rows: Sequence[DayRow]) -> CalendarProposal:
    """What entering these days would change now; reads only. Raises InvalidInput for a day named twice."""
    seen: set[date] = set()
    for row in rows:
        if row.day in seen:
            raise InvalidInput(f"{row.day} 出现了两次。", field="days")
        seen.add(row.day)
    stored = {row.day: row for row in CalendarDay.objects.filter(day__in=seen)}
    changes = []
    for row in sorted(rows, key=lambda row: row.day):
        old = stored.get(row.day)
        before = None if old is None else _words(old.is_workday, old.name)
        after = _words(row.is_workday, row.name)
        if before != after:
            changes.append(DayChange(row.day, before, after, row.is_workday, row.name))
    return _outcome(changes, of=seen)


def enter_days(
    rows: Sequence[DayRow],
    *,
    actor: User | None,
    agreed: str | None = None,
    expected_edition: str | None = None,
) -> CalendarProposal:
    """Enters the days, all or none; others stay. Twice changes nothing.

    `agreed` is the digest of the difference that a person confirmed, `expected_edition` the calendar that he had seen
    (edition()); Outdated is raised when either is no longer so. InvalidInput as in propose().
    """
    with transaction.atomic():
        _check_edition(expected_edition)
        proposal = propose(rows)
        if agreed is not None and agreed != proposal.digest():
            raise Outdated("工作日历在此期间有改动，请重新核对后确认。")
        before = load_calendar()
        CalendarDay.objects.bulk_create(
            [CalendarDay(day=row.day, is_workday=row.is_workday, name=row.name) for row in proposal.changes],
            update_conflicts=True,
            unique_fields=["day"],
            update_fields=["is_workday", "name"],
        )
        written = {
            row.day: row for row in CalendarDay.objects.filter(day__in=[row.day for row in proposal.changes])
        }
        for flag, new in ((ADDITION, True), (CHANGE, False)):
            _note(
                [written[row.day] for row in proposal.changes if (row.before is None) == new],
                flag,
                actor=actor,
            )
        return replace(proposal, moved=recount_working_days(before=before))


def remove_days(
    days: Iterable[date], *, actor: User | None, expected_edition: str | None = None
) -> CalendarProposal:
    """Takes out what the office had entered for the days, which are then what notice, law and week say.

    Raises InvalidInput `not_found` naming a day that has no entry, Outdated as enter_days() does.
    """
    wanted = sorted(set(days))
    with transaction.atomic():
        _check_edition(expected_edition)
        found = list(CalendarDay.objects.filter(day__in=wanted).order_by("day"))
        missing = [day for day in wanted if day not in {row.day for row in found}]
        if missing:
            raise InvalidInput(f"督查室没有录入过 {missing[0]}。", field="day", code="not_found")
        before = load_calendar()
        changes = [
            DayChange(row.day, _words(row.is_workday, row.name), None, row.is_workday, row.name)
            for row in found
        ]
        proposal = _outcome(changes, of=set(wanted))
        _note(found, DELETION, actor=actor)
        CalendarDay.objects.filter(pk__in=[row.pk for row in found]).delete()
        return replace(proposal, moved=recount_working_days(before=before))


def edition() -> str:
    """What the office has entered as one short word (hex), another after every change."""
    return _digest(CalendarDay.objects.order_by("day"))


def _check_edition(expected: str | None) -> None:
    if expected is not None and expected != _digest(CalendarDay.objects.select_for_update().order_by("day")):
        raise Outdated("工作日历已被他人修改，请重新读取后再提交。")


def _digest(rows: Iterable[CalendarDay]) -> str:
    words = "\n".join(f"{row.day} {row.is_workday} {row.name}" for row in rows)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _outcome(changes: Sequence[DayChange], *, of: set[date]) -> CalendarProposal:
    """The change with what it does to the years of the days `of`."""
    stored = dict(CalendarDay.objects.values_list("day", "is_workday"))
    known = WorkCalendar(stored)
    for row in changes:
        if row.after is None:
            del stored[row.day]
        else:
            stored[row.day] = row.is_workday
    then = WorkCalendar(stored)
    firsts = [date(year, 1, 1) for year in sorted({day.year for day in of})]
    return CalendarProposal(
        changes=tuple(changes),
        unchanged=len(of) - len(changes),
        announced=tuple(
            day.year for day in firsts if known.is_provisional(day) and not then.is_provisional(day)
        ),
        provisional=tuple(
            (day.year, then.missing_holidays(day.year)) for day in firsts if then.is_provisional(day)
        ),
    )


def _note(rows: list[CalendarDay], flag: int, *, actor: User | None) -> None:
    """Who changed the days stands in their history in the admin, by whatever door."""
    if actor is not None and rows:
        LogEntry.objects.log_actions(actor.pk, rows, flag, change_message="")


def _words(is_workday: bool, name: str) -> str:
    kind = "上班" if is_workday else "休息"
    return f"{kind}（{name}）" if name else kind


def recount_working_days(*, before: WorkCalendar) -> int:
    """Give open 督办节点 that a regime counts in working days the day of the present calendar; returns how many moved.

    Only those that still stand where the calendar `before` had put them: one that was put off by a suspension or moved by a
    return keeps its day, and so do deadlines, which people were told.
    """
    after = load_calendar()
    moved = 0
    open_ones = Checkpoint.objects.filter(
        done_on__isnull=True,
        kind__in=(NodeKind.ACKNOWLEDGE, NodeKind.FIRST_REPORT),
        measure__regime_edition__terms_json__day_kind=DayKind.WORKDAYS,
        measure__assigned_at__isnull=False,
    )
    for row in open_ones.select_related("measure__regime_edition").select_for_update(of=("self",)):
        measure = row.measure
        assert measure.assigned_at is not None
        then, now = (
            node_due(
                terms_of(measure),
                NodeKind(row.kind),
                importance=measure.importance,
                assigned_on=timezone.localdate(measure.assigned_at),
                calendar=calendar,
            )
            for calendar in (before, after)
        )
        if then == row.due_on and now is not None and now != then:
            move(row, now)
            moved += 1
    return moved
