"""亮灯: the traffic light of a measure, computed from its schedule, progress and a day; never stored.

Sources: Yinchuan 2025 (10–30 points behind 序时进度 yellow, more than 30 red); elsewhere overdue red, near deadline yellow
(docs/domain.md). Thresholds are settings. tracker/models/measure.py holds the same rule as a query annotation, and a test
compares the two over every combination.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from tracker.rules.lifecycle import OPEN, Status


class Light(StrEnum):
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    DONE = "done"
    NONE = "none"


LIGHT_NAMES: dict[Light, str] = {
    Light.RED: "红灯",
    Light.YELLOW: "黄灯",
    Light.GREEN: "绿灯",
    Light.DONE: "办结",
    Light.NONE: "不亮灯",
}


@dataclass(frozen=True)
class Thresholds:
    """`yellow_behind`, `red_behind`: percentage points behind 序时进度 (yellow from, red above).

    `near_until`: the last day that counts as near when looked at on `today` (today plus N working days). `own` holds, by
    the id of a regime's edition, the thresholds of regimes that have their own.
    """

    yellow_behind: int
    red_behind: int
    near_until: date
    own: Mapping[int, "Thresholds"] = field(default_factory=dict)

    def under(self, edition: int | None) -> "Thresholds":
        """The thresholds for a measure assigned under this edition (None: under no regime)."""
        return self.own.get(edition, self) if edition is not None else self


def judged_on(*, status: Status, applied_on: date | None, today: date) -> date:
    """The day a measure is judged on: the day of application while it waits for review (审核时间不算部门超期), else today."""
    if status == Status.CLOSING and applied_on is not None:
        return min(applied_on, today)
    return today


def is_overdue(*, status: Status, due_on: date | None, applied_on: date | None, today: date) -> bool:
    """Whether the deadline day has passed without the department having finished its part."""
    if status not in OPEN or due_on is None:
        return False
    return judged_on(status=status, applied_on=applied_on, today=today) > due_on


def scheduled_percent(*, starts_on: date | None, due_on: date | None, on: date) -> int:
    """序时进度 on a day: share of the schedule elapsed, percent 0–100, rounded down; 0 without start or deadline."""
    if starts_on is None or due_on is None or on <= starts_on:
        return 0
    if on >= due_on:
        return 100
    return (on - starts_on).days * 100 // (due_on - starts_on).days


def turning_days(
    *, starts_on: date | None, due_on: date | None, percent: int, yellow_behind: int, red_behind: int
) -> tuple[date | None, date | None]:
    """The first days on which a measure at this progress is behind 序时进度 by enough for yellow and for red.

    None when it never is before its deadline (or has no schedule): from then on it is overdue, which is another matter.
    """
    if starts_on is None or due_on is None or due_on <= starts_on:
        return None, None
    days = (due_on - starts_on).days

    def first_day(behind: int) -> date | None:
        # The least number of days whose share, rounded down, is `behind` ahead of the progress.
        elapsed = max(-(-(percent + behind) * days // 100), 1)
        return starts_on + timedelta(days=elapsed) if elapsed <= days else None

    return first_day(yellow_behind), first_day(red_behind + 1)


def light_of_settled(status: Status) -> Light:
    """The light of what is not open, which no day changes: 办结 when closed, else none."""
    return Light.DONE if status == Status.CLOSED else Light.NONE


def light(
    *,
    status: Status,
    starts_on: date | None,
    due_on: date | None,
    applied_on: date | None,
    percent: int,
    today: date,
    thresholds: Thresholds,
) -> Light:
    """The light of one measure on `today`; `percent` is the reported progress (0–100)."""
    if status not in OPEN:
        return light_of_settled(status)
    day = judged_on(status=status, applied_on=applied_on, today=today)
    behind = scheduled_percent(starts_on=starts_on, due_on=due_on, on=day) - percent
    if (due_on is not None and day > due_on) or behind > thresholds.red_behind:
        return Light.RED
    near = status != Status.CLOSING and due_on is not None and due_on <= thresholds.near_until
    if near or behind >= thresholds.yellow_behind:
        return Light.YELLOW
    return Light.GREEN
