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
    return not _is_quiet(moment.time(), hours)


def _is_quiet(at: time, hours: Hours) -> bool:
    begin, end = hours.quiet_from, hours.quiet_until
    if begin is None or end is None:
        return False
    return begin <= at < end if begin < end else at >= begin or at < end


def first_moment(moment: datetime, *, send_at: time | None, hours: Hours, calendar: WorkCalendar) -> datetime:
    """When a department with its own sending time hears what is found at this local time: at that hour of the first day on
    which the engine may send, at once when the hour has passed on it. An hour that lies in the quiet hours is put off to
    their end."""
    if send_at is None:
        return moment
    at = max(moment, datetime.combine(moment.date(), send_at, tzinfo=moment.tzinfo))
    try:
        opening = next_opening(at, hours=hours, calendar=calendar)
        if opening.date() == at.date() or _is_quiet(send_at, hours):
            return opening
        its_hour = datetime.combine(opening.date(), send_at, tzinfo=moment.tzinfo)
        return next_opening(max(opening, its_hour), hours=hours, calendar=calendar)
    except LookupError:
        return at


def open_since(moment: datetime, *, hours: Hours, calendar: WorkCalendar) -> datetime | None:
    """Since when the engine has been allowed to send without a break, at a local time when it is; None: it always was."""
    begins: list[datetime] = []
    if hours.quiet_from is not None and hours.quiet_until is not None:
        ended = datetime.combine(moment.date(), hours.quiet_until, tzinfo=moment.tzinfo)
        begins.append(ended if ended <= moment else ended - timedelta(days=1))
    if hours.workdays_only:
        day = moment.date()
        while calendar.is_workday(day - timedelta(days=1)):
            day -= timedelta(days=1)
        begins.append(datetime.combine(day, time.min, tzinfo=moment.tzinfo))
    return max(begins, default=None)


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
