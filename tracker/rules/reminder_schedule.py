"""When a measure is reminded of: which notice is due on a given day, and the date arithmetic in words.

Sources (docs/domain.md): before expiry a notice, commonly three days ahead; a written one the day after
expiry, repeated while the matter stays unanswered. Both intervals are settings, in working days with
make-up days (调休). A notice that came due on a day without a run is still due on the next: nothing here
asks for "exactly today".
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.rules.workdays import WorkCalendar


class NoticeKind(StrEnum):
    """Why somebody is reminded."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


NOTICE_NAMES: dict[NoticeKind, str] = {NoticeKind.DUE_SOON: "即将到期", NoticeKind.OVERDUE: "已逾期"}


@dataclass(frozen=True)
class Schedule:
    """`due_soon_workdays` (0 or more): how many working days before the deadline the one notice is due;
    `overdue_repeat_workdays` (1 or more): how many working days apart the notices after it are.

    Raises ValueError for a number that is too small.
    """

    due_soon_workdays: int
    overdue_repeat_workdays: int

    def __post_init__(self) -> None:
        if self.due_soon_workdays < 0:
            raise ValueError("即将到期提醒的工作日数不能小于 0。")
        if self.overdue_repeat_workdays < 1:
            raise ValueError("逾期催办的间隔不能小于 1 个工作日。")


@dataclass(frozen=True)
class Notice:
    """One notice of a deadline. `occurrence`: 0 for due soon; for overdue the step of the ladder, from 0."""

    kind: NoticeKind
    occurrence: int
    due_on: date


def last_deadline_noticed(*, today: date, schedule: Schedule, calendar: WorkCalendar) -> date:
    """The latest deadline a notice may be due for on `today`; the light says "near" until then too."""
    return calendar.add_workdays(today, schedule.due_soon_workdays)


def notice_due(*, due_on: date, today: date, schedule: Schedule, calendar: WorkCalendar) -> Notice | None:
    """The one notice due on `today` for a deadline, or None.

    Due soon from the day on which `due_on` is at most `due_soon_workdays` working days ahead, to the day
    itself. Overdue from the calendar day after the deadline (step 0), then a step every
    `overdue_repeat_workdays` working days; after missed days only the latest step is due, never a backlog.
    """
    if today <= due_on:
        if due_on <= last_deadline_noticed(today=today, schedule=schedule, calendar=calendar):
            return Notice(NoticeKind.DUE_SOON, 0, due_on)
        return None
    since_first = calendar.count_workdays(_first_overdue_day(due_on), today)
    return Notice(NoticeKind.OVERDUE, since_first // schedule.overdue_repeat_workdays, due_on)


def step_due_on(*, due_on: date, step: int, schedule: Schedule, calendar: WorkCalendar) -> date:
    """The day on which a step (from 0) of the overdue ladder comes due."""
    return calendar.add_workdays(_first_overdue_day(due_on), step * schedule.overdue_repeat_workdays)


def _first_overdue_day(due_on: date) -> date:
    return due_on + timedelta(days=1)


@dataclass(frozen=True)
class Distance:
    """How far a deadline is from a day: negative ahead, positive overdue.

    `days` are calendar days, `workdays` working days; `provisional` when the calendar of one of the two
    years is not announced yet, so that the working days may still change.
    """

    days: int
    workdays: int
    provisional: bool


def distance(*, due_on: date, today: date, calendar: WorkCalendar) -> Distance:
    """From the deadline to `today`."""
    return Distance(
        days=(today - due_on).days,
        workdays=calendar.count_workdays(due_on, today),
        provisional=calendar.is_provisional(due_on) or calendar.is_provisional(today),
    )


def distance_in_words(found: Distance) -> str:
    """逾期4天（2个工作日）, 今日到期, 还有3天（1个工作日）; Friday on Saturday: 逾期1天（0个工作日）."""
    days, workdays = distance_parts(found)
    return f"{days}（{workdays}）" if workdays else days


def distance_parts(found: Distance) -> tuple[str, str]:
    """The two halves of distance_in_words, calendar days and working days; the second is "" on the day itself."""
    if found.days == 0:
        return "今日到期", ""
    workdays = f"{abs(found.workdays)}个工作日{'，暂估' if found.provisional else ''}"
    return (f"逾期{found.days}天" if found.days > 0 else f"还有{-found.days}天"), workdays


def explain(notice: Notice, *, today: date, schedule: Schedule, calendar: WorkCalendar) -> str:
    """Why this notice is due on `today`: rule and date arithmetic in one Chinese sentence."""
    words = distance_in_words(distance(due_on=notice.due_on, today=today, calendar=calendar))
    if notice.kind is NoticeKind.DUE_SOON:
        until = last_deadline_noticed(today=today, schedule=schedule, calendar=calendar)
        return (
            f"时限{notice.due_on}，{words}；规则：时限在{schedule.due_soon_workdays}个工作日内"
            f"（今天至{until}）提醒一次"
        )
    this, following = (
        step_due_on(due_on=notice.due_on, step=step, schedule=schedule, calendar=calendar)
        for step in (notice.occurrence, notice.occurrence + 1)
    )
    return (
        f"时限{notice.due_on}，{words}；规则：逾期次日首次催办，此后每{schedule.overdue_repeat_workdays}个工作日一次，"
        f"本次为第{notice.occurrence + 1}次（{this}起），下次{following}"
    )
