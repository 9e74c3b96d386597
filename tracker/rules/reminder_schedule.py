"""When somebody is reminded: which notices of a rule are due on a day, at which step, in which colour.

Sources (docs/domain.md): before expiry a notice, commonly three days ahead; a written one the day after expiry, repeated while
the matter stays unanswered; sheets climb 蓝 → 橙 → 红 while nobody answers. The rules themselves are rows that the office
edits (tracker/models/reminder_rule.py). A notice that came due on a day without a run is still due on the next: nothing
here asks for "exactly today".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.rules.reminder_kinds import KINDS, NoticeKind, Side, Subject
from tracker.rules.workdays import WorkCalendar


class DayUnit(StrEnum):
    """What a rule counts in."""

    WORKDAY = "workday"
    CALENDAR = "calendar"


UNIT_NAMES: dict[DayUnit, str] = {DayUnit.WORKDAY: "个工作日", DayUnit.CALENDAR: "天"}


class Level(StrEnum):
    """The colour of a reminder sheet (催办单), in rising order; NONE for notices that have none."""

    NONE = ""
    BLUE = "blue"
    ORANGE = "orange"
    RED = "red"


LEVEL_NAMES: dict[Level, str] = {Level.NONE: "", Level.BLUE: "蓝色", Level.ORANGE: "橙色", Level.RED: "红色"}
_LADDER = (Level.BLUE, Level.ORANGE, Level.RED)


class Stop(StrEnum):
    """When a rule falls silent although its matter is still open."""

    SETTLED = "settled"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Rule:
    """One rule as the engine reads it.

    `days` before or after (as the kind says) in `unit`; `repeat` 0 for once, else the interval in `repeat_unit`;
    `level` the colour of the first notice, climbing one step every `climb_after` unanswered notices (0: never).
    Raises ValueError for negative numbers.
    """

    id: int
    kind: NoticeKind
    days: int
    unit: DayUnit = DayUnit.WORKDAY
    repeat: int = 0
    repeat_unit: DayUnit = DayUnit.WORKDAY
    level: Level = Level.NONE
    climb_after: int = 0
    stop: Stop = Stop.SETTLED

    def __post_init__(self) -> None:
        if min(self.days, self.repeat, self.climb_after) < 0:
            raise ValueError("提醒规则的天数、间隔和升级次数都不能小于 0。")

    @property
    def subject(self) -> Subject:
        return KINDS[self.kind].subject

    @property
    def before(self) -> bool:
        return KINDS[self.kind].side is Side.BEFORE


@dataclass(frozen=True)
class Notice:
    """One notice that a rule makes due. `due_on`: the day it counts from or to; `occurrence`: its repetition, from 0."""

    rule: Rule
    occurrence: int
    due_on: date
    level: Level

    @property
    def kind(self) -> NoticeKind:
        return self.rule.kind


def shift(day: date, days: int, unit: DayUnit, calendar: WorkCalendar) -> date:
    """`days` later (earlier when negative)."""
    return calendar.add_workdays(day, days) if unit is DayUnit.WORKDAY else day + timedelta(days=days)


def last_day_noticed(rules: Iterable[Rule], *, today: date, calendar: WorkCalendar) -> date | None:
    """The latest day that a notice of these rules may count from on `today`: the bound for the database's index."""
    found = [
        shift(today, rule.days, rule.unit, calendar) if rule.before else today - timedelta(days=_least(rule))
        for rule in rules
    ]
    return max(found, default=None)


def _least(rule: Rule) -> int:
    """A number of calendar days that `rule.days` never falls short of."""
    # A working day is a calendar day at least.
    return rule.days


def notices_due(
    *, due_on: date, answered_on: date | None, today: date, rules: Iterable[Rule], calendar: WorkCalendar
) -> list[Notice]:
    """What is due on `today` for one matter whose day is `due_on`, by rules of one subject.

    `answered_on`: the last day its department answered (report, extension asked for), or None. Of several rules that
    remind ahead only the nearest speaks, so that catching up after missed days says a thing once.
    """
    ahead: list[Rule] = []
    found: list[Notice] = []
    for rule in rules:
        if rule.before:
            if today <= due_on <= shift(today, rule.days, rule.unit, calendar):
                ahead.append(rule)
        else:
            notice = _after(rule, due_on=due_on, answered_on=answered_on, today=today, calendar=calendar)
            if notice is not None:
                found.append(notice)
    if ahead:
        nearest = min(ahead, key=lambda rule: (shift(today, rule.days, rule.unit, calendar), rule.id))
        step = _steps(nearest, first_day(nearest, due_on, calendar), today, calendar)
        found.append(Notice(nearest, step, due_on, nearest.level))
    return found


def _after(
    rule: Rule, *, due_on: date, answered_on: date | None, today: date, calendar: WorkCalendar
) -> Notice | None:
    first = first_day(rule, due_on, calendar)
    if today < first:
        return None
    step = _steps(rule, first, today, calendar)
    answered = answered_on is not None and answered_on >= first
    if answered and rule.stop is Stop.ANSWERED:
        return None
    unanswered = step
    if answered:
        assert answered_on is not None
        unanswered = max(0, step - _steps(rule, first, min(answered_on, today), calendar) - 1)
    return Notice(rule, step, due_on, _level(rule, unanswered))


def _level(rule: Rule, unanswered: int) -> Level:
    if rule.level is Level.NONE or not rule.climb_after:
        return rule.level
    climbed = _LADDER.index(rule.level) + unanswered // rule.climb_after
    return _LADDER[min(climbed, len(_LADDER) - 1)]


def _steps(rule: Rule, first: date, today: date, calendar: WorkCalendar) -> int:
    if not rule.repeat or today <= first:
        return 0
    if rule.repeat_unit is DayUnit.WORKDAY:
        return calendar.count_workdays(first, today) // rule.repeat
    return (today - first).days // rule.repeat


def first_day(rule: Rule, due_on: date, calendar: WorkCalendar) -> date:
    """The day on which a rule first speaks about a matter."""
    if not rule.before:
        return shift(due_on, rule.days, rule.unit, calendar)
    day = shift(due_on, -rule.days, rule.unit, calendar)
    # Counting back from a day off lands one working day too late or too early; what counts is the bound above.
    while due_on <= shift(day - timedelta(days=1), rule.days, rule.unit, calendar):
        day -= timedelta(days=1)
    while due_on > shift(day, rule.days, rule.unit, calendar):
        day += timedelta(days=1)
    return day


def step_due_on(*, rule: Rule, due_on: date, step: int, calendar: WorkCalendar) -> date:
    """The day on which a step (from 0) of a rule comes due."""
    first = first_day(rule, due_on, calendar)
    return shift(first, step * rule.repeat, rule.repeat_unit, calendar)


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


def distance_in_words(found: Distance, kind: NoticeKind = NoticeKind.OVERDUE) -> str:
    """逾期4天（2个工作日）, 今日到期, 还有3天（1个工作日）; Friday on Saturday: 逾期1天（0个工作日）."""
    days, workdays = distance_parts(found, kind)
    return f"{days}（{workdays}）" if workdays else days


def distance_parts(found: Distance, kind: NoticeKind = NoticeKind.OVERDUE) -> tuple[str, str]:
    """The two halves of distance_in_words, calendar days and working days; the second is "" on the day itself."""
    facts = KINDS[kind]
    if found.days == 0:
        return facts.on_the_day, ""
    workdays = f"{abs(found.workdays)}个工作日{'，暂估' if found.provisional else ''}"
    return (f"{facts.passed}{found.days}天" if found.days > 0 else f"还有{-found.days}天"), workdays


def explain(notice: Notice, *, today: date, calendar: WorkCalendar) -> str:
    """Why this notice is due on `today`: rule and date arithmetic in one Chinese sentence."""
    rule, facts = notice.rule, KINDS[notice.kind]
    words = distance_in_words(distance(due_on=notice.due_on, today=today, calendar=calendar), notice.kind)
    said = f"{facts.day_name}{notice.due_on}，{words}；规则：{describe(rule)}"
    if rule.before:
        said += f"（今天至{_day_in_words(shift(today, rule.days, rule.unit, calendar), calendar)}）"
    if rule.repeat:
        this, following = (
            _day_in_words(
                step_due_on(rule=rule, due_on=notice.due_on, step=step, calendar=calendar), calendar
            )
            for step in (notice.occurrence, notice.occurrence + 1)
        )
        said += f"，本次为第{notice.occurrence + 1}次（{this}起），下次{following}"
    return f"{said}，{LEVEL_NAMES[notice.level]}" if notice.level else said


def _day_in_words(day: date, calendar: WorkCalendar) -> str:
    return f"{day}（暂估）" if calendar.is_provisional(day) else str(day)


def describe(rule: Rule) -> str:
    """A rule in words: 时限在3个工作日内提醒一次; 逾期次日首次催办，此后每5个工作日一次."""
    facts, unit = KINDS[rule.kind], UNIT_NAMES[rule.unit]
    if rule.before:
        said = f"{facts.day_name}在{rule.days}{unit}内" if rule.days else f"{facts.day_name}当日"
        verb = "提醒"
    else:
        verb = "催办" if facts.passed == "逾期" else "提醒"
        if facts.passed == "逾期" and (rule.days, rule.unit) == (1, DayUnit.CALENDAR):
            said = "逾期次日"
        elif rule.days:
            said = f"{facts.day_name}后第{rule.days}{unit}"
        else:
            said = f"{facts.day_name}当日"
    if not rule.repeat:
        return f"{said}{verb}一次"
    return f"{said}首次{verb}，此后每{rule.repeat}{UNIT_NAMES[rule.repeat_unit]}一次"
