"""When the engine may send by itself: quiet hours, working days, and a department's own hour."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Hours:
    """Quiet from `quiet_from` until `quiet_until` (local time; over midnight when it ends earlier than it begins);
    both None for no quiet hours. `workdays_only`: nothing on days off."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    workdays_only: bool = False


def may_send(moment: datetime, *, hours: Hours, calendar: WorkCalendar) -> bool:
    """Whether the engine may send at this local time."""
    if hours.workdays_only and not calendar.is_workday(moment.date()):
        return False
    begin, end, at = hours.quiet_from, hours.quiet_until, moment.time()
    if begin is None or end is None:
        return True
    quiet = begin <= at < end if begin < end else at >= begin or at < end
    return not quiet


def first_moment(moment: datetime, *, send_at: time | None) -> datetime:
    """When a department with its own sending time first hears what is found at this local time: that hour of the day,
    or at once when it has passed."""
    if send_at is None:
        return moment
    opens = datetime.combine(moment.date(), send_at, tzinfo=moment.tzinfo)
    return max(moment, opens)


def next_opening(
    moment: datetime, *, hours: Hours, calendar: WorkCalendar, step: timedelta = timedelta(minutes=15)
) -> datetime:
    """The first quarter of an hour from `moment` in which the engine may send; `moment` itself when it may now.

    Raises LookupError when a whole month has none (a calendar entered wrongly).
    """
    at = moment
    for _ in range(31 * 96):
        if may_send(at, hours=hours, calendar=calendar):
            return at
        at = (at + step).replace(minute=(at + step).minute // 15 * 15, second=0, microsecond=0)
    raise LookupError("一个月内没有可以发送的时段。")
