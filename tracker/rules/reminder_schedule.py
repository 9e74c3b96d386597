"""When somebody is reminded: which notices of a rule are due on a day, at which step, in which colour.

Sources (docs/domain.md): before expiry a notice, commonly three days ahead; a written one the day after expiry, repeated while
the matter stays unanswered; sheets climb 蓝 → 橙 → 红 while nobody answers. The rules themselves are rows that the office
edits (tracker/models/reminder_rule.py). A notice that came due on a day without a run is still due on the next: nothing
here asks for "exactly today". What comes after a first notice is counted from what was really said (Said), never from the
calendar alone: so an edited rule or calendar neither silences nor doubles, and a matter nobody was told about is not red.
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
class Said:
    """What the ledger holds of one rule on one matter, since its present lead has it.

    `step_on` is the day of the latest notice (a step), None before the first; `heard_on` the last day somebody heard one,
    also of the same matter as its day was reckoned before;
    `level` and `occurrence` what that notice carries. `waiting`: it has reached nobody yet and still lies in the queue.
    `times`: notices that reached somebody, `unanswered` those of them since the last answer.
    """

    step_on: date | None = None
    heard_on: date | None = None
    level: Level = Level.NONE
    occurrence: int = 0
    waiting: bool = False
    times: int = 0
    unanswered: int = 0


NOTHING_SAID = Said()


@dataclass(frozen=True)
class Notice:
    """One notice that a rule makes due. `due_on`: the day it counts from or to; `step_on`: the day on which the step was
    first due to be said, which with rule and matter tells it from all others; `occurrence`: how many notices were made
    before it; `next_on`: the day of the next when this one is said today, None for a rule that speaks once."""

    rule: Rule
    step_on: date
    occurrence: int
    due_on: date
    level: Level
    next_on: date | None = None

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


def notice_due(
    rule: Rule,
    *,
    due_on: date,
    answered_on: date | None,
    today: date,
    calendar: WorkCalendar,
    said: Said = NOTHING_SAID,
) -> Notice | None:
    """What a rule says on `today` about one matter whose day is `due_on`; None when it is silent.

    `answered_on`: the last day its department answered (report, extension asked for), or None. The notice stays the same
    one (`step_on`) until its interval has passed since somebody heard it; then the next begins, a colour higher when
    `climb_after` of them went unanswered.
    """
    if not _speaks(rule, due_on=due_on, answered_on=answered_on, today=today, calendar=calendar):
        return None
    if said.step_on is None and _said_before(rule, said, today, calendar):
        return None
    if said.step_on is None or _interval_passed(rule, said, today, calendar):
        return Notice(
            rule, today, said.times, due_on, _level(rule, said.unanswered), _after(rule, today, calendar)
        )
    answered = answered_on is not None and answered_on >= said.step_on
    return Notice(
        rule,
        said.step_on,
        said.occurrence,
        due_on,
        rule.level if answered else said.level,
        _after(rule, today if said.waiting else _heard_on(said), calendar),
    )


def _speaks(
    rule: Rule, *, due_on: date, answered_on: date | None, today: date, calendar: WorkCalendar
) -> bool:
    if rule.before:
        return today <= due_on <= shift(today, rule.days, rule.unit, calendar)
    first = first_day(rule, due_on, calendar)
    silenced = rule.stop is Stop.ANSWERED and answered_on is not None and answered_on >= first
    return first <= today and not silenced


def _said_before(rule: Rule, said: Said, today: date, calendar: WorkCalendar) -> bool:
    """Whether the matter was told within the interval, when its day was reckoned otherwise."""
    if rule.before or said.heard_on is None:
        return False
    following = _after(rule, said.heard_on, calendar)
    return following is not None and today < following


def _interval_passed(rule: Rule, said: Said, today: date, calendar: WorkCalendar) -> bool:
    following = _after(rule, _heard_on(said), calendar)
    return following is not None and not said.waiting and today >= following


def _heard_on(said: Said) -> date:
    assert said.step_on is not None, "asked only once there is a step"
    return max(said.step_on, said.heard_on or said.step_on)


def _after(rule: Rule, day: date, calendar: WorkCalendar) -> date | None:
    """The first day of the notice that follows one said on `day`."""
    return shift(day, rule.repeat, rule.repeat_unit, calendar) if rule.repeat else None


def _level(rule: Rule, unanswered: int) -> Level:
    if rule.level is Level.NONE or not rule.climb_after:
        return rule.level
    climbed = _LADDER.index(rule.level) + unanswered // rule.climb_after
    return _LADDER[min(climbed, len(_LADDER) - 1)]


def nearness(rule: Rule, *, today: date, calendar: WorkCalendar) -> tuple[date, int]:
    """Orders rules that remind ahead, the nearest first: catching up tells one person only what is nearest."""
    return shift(today, rule.days, rule.unit, calendar), rule.id


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
    if notice.next_on is not None:
        this, following = (_day_in_words(day, calendar) for day in (notice.step_on, notice.next_on))
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
