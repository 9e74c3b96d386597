"""One year of the work calendar as pages and programs show it: what is known of it, and by whose word each special day is so."""

from dataclasses import dataclass
from datetime import date

from tracker.models import CalendarDay
from tracker.rules.workdays import DaySource, WorkCalendar


@dataclass(frozen=True)
class DayShown:
    """One day; `name` is what the office wrote beside it, `provisional` whether its year is only estimated."""

    day: date
    is_workday: bool
    source: DaySource
    name: str
    provisional: bool


@dataclass(frozen=True)
class YearShown:
    """`missing_holidays` are those of which no day off is known, empty for a year that is known; `days` all that differ from
    the plain week or were entered; `workdays` how many working days the year has; `known_until` is of the whole calendar."""

    year: int
    provisional: bool
    missing_holidays: tuple[str, ...]
    workdays: int
    known_until: date
    days: tuple[DayShown, ...]


def calendar_year(year: int) -> YearShown:
    """The year with the office's entries over it (one query for the calendar)."""
    entries = list(CalendarDay.objects.all())
    calendar = WorkCalendar({row.day: row.is_workday for row in entries})
    names = {row.day: row.name for row in entries}
    first, last = date(year, 1, 1), date(year, 12, 31)
    return YearShown(
        year=year,
        provisional=calendar.is_provisional(first),
        missing_holidays=calendar.missing_holidays(year),
        workdays=calendar.count_workdays(first, last) + calendar.is_workday(first),
        known_until=calendar.known_until,
        days=tuple(_shown(day, calendar, names.get(day, "")) for day in calendar.special_days(year)),
    )


def calendar_day(day: date) -> DayShown:
    """One day with the office's entries over it."""
    entries = list(CalendarDay.objects.all())
    calendar = WorkCalendar({row.day: row.is_workday for row in entries})
    return _shown(day, calendar, next((row.name for row in entries if row.day == day), ""))


def _shown(day: date, calendar: WorkCalendar, name: str) -> DayShown:
    return DayShown(day, calendar.is_workday(day), calendar.source(day), name, calendar.is_provisional(day))
