"""督办制度 as values: which checkpoints a measure gets, how late it may object or ask for more time.

Sources (docs/domain.md): “13710” (1 = arranged the same day, 3 = first feedback within 3 days, 7 = ordinary matters settled within 7
days, 1 = major ones within a month, 0 = followed until struck off) and “710”. Official texts count calendar days, some local
systems working days: the kind of day is part of the terms, never a hidden constant.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tracker.rules.workdays import WorkCalendar


class DayKind(StrEnum):
    """How a regime counts its days."""

    CALENDAR = "calendar"
    WORKDAYS = "workdays"


class Unit(StrEnum):
    """What a node's amount counts; months are calendar months whatever the kind of day."""

    DAYS = "days"
    MONTHS = "months"


class NodeKind(StrEnum):
    """What is to have happened by a checkpoint."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_REPORT = "first_report"
    RESOLVE = "resolve"
    PERIOD_REPORT = "period_report"


NODE_NAMES: dict[NodeKind, str] = {
    NodeKind.ACKNOWLEDGE: "签收安排",
    NodeKind.FIRST_REPORT: "首次反馈",
    NodeKind.RESOLVE: "办结",
    NodeKind.PERIOD_REPORT: "定期报告",
}


class Cadence(StrEnum):
    """How often a report is due, or a task recurs."""

    NONE = "none"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Decider(StrEnum):
    """Who decides a request for more time."""

    OFFICE = "office"
    LEADER = "leader"


@dataclass(frozen=True)
class Node:
    """`amount` days or months after the day of assignment; 0 is that day itself. `importance` "" holds for every measure."""

    kind: NodeKind
    amount: int
    unit: Unit = Unit.DAYS
    importance: str = ""


@dataclass(frozen=True)
class Scores:
    """Points of the assessment: examples of Guangyuan and others, every one a setting of its regime.

    `by_original` judges lateness by the deadline first given, whatever was granted later.
    """

    base: float = 80
    cap: float = 100
    on_time: float = 1
    late: float = -1
    returned: float = -2
    yellow: float = -1
    red: float = -2
    late_report: float = -0.1
    missing_report: float = -0.5
    co_share: float = 0.5
    by_original: bool = False


@dataclass(frozen=True)
class Terms:
    """What a regime says on the day a measure is assigned. `cadence_day`: day of the month, or weekday 1–7 for weekly.

    `objection_days` counts working days (360docs.net: 3). `extension_days_ahead` counts the regime's days before the deadline;
    `extension_max` None sets no limit. The light's thresholds None leave those of the installation.
    """

    nodes: tuple[Node, ...] = ()
    day_kind: DayKind = DayKind.CALENDAR
    cadence: Cadence = Cadence.NONE
    cadence_day: int = 25
    objection_days: int = 3
    extension_days_ahead: int = 0
    extension_max: int | None = None
    extension_decider: Decider = Decider.OFFICE
    yellow_behind: int | None = None
    red_behind: int | None = None
    near_workdays: int | None = None
    scores: Scores = Scores()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; from_json reads them back to an equal value."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Terms":
        """The terms that to_json wrote. Raises ValueError, TypeError or KeyError for anything else."""
        nodes = tuple(
            Node(NodeKind(n["kind"]), n["amount"], Unit(n["unit"]), n["importance"]) for n in value["nodes"]
        )
        return cls(
            **{
                **value,
                "nodes": nodes,
                "day_kind": DayKind(value["day_kind"]),
                "cadence": Cadence(value["cadence"]),
                "extension_decider": Decider(value["extension_decider"]),
                "scores": Scores(**value["scores"]),
            }
        )


def node_due(
    terms: Terms, kind: NodeKind, *, importance: str, assigned_on: date, calendar: WorkCalendar
) -> date | None:
    """The day by which a node is due, None when the regime has none."""
    node = node_for(terms, kind, importance=importance)
    if node is None:
        return None
    return count_on(assigned_on, node.amount, unit=node.unit, day_kind=terms.day_kind, calendar=calendar)


def node_for(terms: Terms, kind: NodeKind, *, importance: str) -> Node | None:
    """The regime's node of this kind: one for this importance wins over a general one."""
    fitting = [node for node in terms.nodes if node.kind == kind and node.importance in ("", importance)]
    return max(fitting, key=lambda node: node.importance != "") if fitting else None


def count_on(day: date, amount: int, *, unit: Unit, day_kind: DayKind, calendar: WorkCalendar) -> date:
    """`amount` units after `day`, which is not counted itself; 31 January + 1 month is the last of February."""
    if unit is Unit.MONTHS:
        month = day.month + amount
        year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    if day_kind is DayKind.WORKDAYS:
        return calendar.add_workdays(day, amount)
    return day + timedelta(days=amount)


def first_checkpoints(
    terms: Terms, *, importance: str, assigned_on: date, calendar: WorkCalendar
) -> Iterator[tuple[NodeKind, date]]:
    """What is due once after an assignment: acknowledgement and first report, as far as the regime asks for them."""
    for kind in (NodeKind.ACKNOWLEDGE, NodeKind.FIRST_REPORT):
        due = node_due(terms, kind, importance=importance, assigned_on=assigned_on, calendar=calendar)
        if due is not None:
            yield kind, due


def next_period_due(cadence: Cadence, day: int, *, after: date) -> date | None:
    """The first report day later than `after`; None without a cadence.

    Monthly on `day` (the month's last day where it has fewer), quarterly and yearly on `day` of the last month of the quarter
    or year, weekly on weekday `day` (1 Monday – 7 Sunday).
    """
    if cadence is Cadence.NONE:
        return None
    if cadence is Cadence.WEEKLY:
        ahead = (min(max(day, 1), 7) - after.isoweekday()) % 7
        return after + timedelta(days=ahead or 7)
    length = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}[cadence]
    year, month = after.year, (after.month - 1) // length * length + length
    while True:
        due = date(year, month, min(max(day, 1), monthrange(year, month)[1]))
        if due > after:
            return due
        month += length
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def period_begins(cadence: Cadence, day: int, *, due: date) -> date | None:
    """The first day of the period whose report is due on the report day `due`: the day after the report day before it.

    A `due` between two report days was put off from the one before it, whose period it stays. None without a cadence.
    """
    if cadence is Cadence.NONE:
        return None
    before = earlier = due - timedelta(days=800)  # longer than any two periods
    while True:
        following = next_period_due(cadence, day, after=before)
        assert following is not None
        if following >= due:
            return (before if following == due else earlier) + timedelta(days=1)
        earlier, before = before, following


def period_of(cadence: Cadence, day: date) -> tuple[date, date, str]:
    """First and last day of the period in which `day` lies, and its Chinese name (2026年第3季度).

    Raises ValueError without a cadence.
    """
    if cadence is Cadence.WEEKLY:
        first = day - timedelta(days=day.isoweekday() - 1)
        week = first.isocalendar()
        return first, first + timedelta(days=6), f"{week.year}年第{week.week}周"
    if cadence is Cadence.MONTHLY:
        last = monthrange(day.year, day.month)[1]
        return day.replace(day=1), day.replace(day=last), f"{day.year}年{day.month}月"
    if cadence is Cadence.QUARTERLY:
        quarter = (day.month - 1) // 3 + 1
        month = quarter * 3
        last = monthrange(day.year, month)[1]
        return date(day.year, month - 2, 1), date(day.year, month, last), f"{day.year}年第{quarter}季度"
    if cadence is Cadence.YEARLY:
        return date(day.year, 1, 1), date(day.year, 12, 31), f"{day.year}年"
    raise ValueError("没有周期。")


def objection_until(terms: Terms, *, assigned_on: date, calendar: WorkCalendar) -> date:
    """The last day on which a lead may object to its assignment."""
    return calendar.add_workdays(assigned_on, terms.objection_days)


def extension_asked_until(terms: Terms, *, due_on: date, calendar: WorkCalendar) -> date:
    """The last day on which a request for more time counts as in time; a later one is taken and marked late."""
    if terms.day_kind is DayKind.WORKDAYS and terms.extension_days_ahead:
        return calendar.add_workdays(due_on, -terms.extension_days_ahead)
    return due_on - timedelta(days=terms.extension_days_ahead)
