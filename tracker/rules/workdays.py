"""Working days by the statutory calendar, because limits are counted around holidays and make-up days.

Source: the yearly 国务院办公厅 notices as kept by the chinese_calendar package, with their 调休 make-up days.
A year the package does not know yet counts Monday to Friday without the days off that the law itself gives, provisionally,
until the office enters it.
"""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

import chinese_calendar  # type: ignore[import-untyped, unused-ignore]

# 全国年节及纪念日放假办法 (国务院令第795号, in force since 2025): 元旦 1 day, 春节 4 with its eve, 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3; one
# on a weekend is made good on a working day (补假). The holidays package knows them by moon and sun as far as 2100, and gives
# what is made good on the working days that follow. Which other days are off, and which are worked for them (调休), is announced year by year.
_LAW_SINCE, _LAW_UNTIL = 2025, 2100
# Beyond, those that fall on dates of their own.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
# What the package calls a day that a notice has moved: half a notice, since it does not keep the days worked for it.
_MOVED = "substituted"
_MADE_GOOD = "observed"
# The seven holidays of that regulation: the days, as (month, day), between which the days off of each can lie, and how many of
# them a notice names at least. 春节 begins between 21 January and 20 February; 端午 and 中秋 are the fifth of the fifth and the
# fifteenth of the eighth lunar month. A 中秋 in October makes 国庆 a holiday of eight days.
_HOLIDAYS = {
    "元旦": (((1, 1), (1, 3), 1),),
    "春节": (((1, 20), (2, 28), 1),),
    "清明节": (((4, 3), (4, 7), 1),),
    "劳动节": (((5, 1), (5, 5), 1),),
    "端午节": (((5, 26), (6, 28), 1),),
    "中秋节": (((9, 6), (9, 30), 1), ((10, 1), (10, 8), 8)),
    "国庆节": (((10, 1), (10, 8), 1),),
}
_STATUTORY_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
_LAST_STATUTORY_YEAR = max(_STATUTORY_YEARS)


@lru_cache(maxsize=256)
def _statutory_year(year: int, announced: bool) -> tuple[bool, ...]:
    """Whether each day of the year is a working day, before the office's own entries; `announced`: by them its notice is known."""
    # The package's tables are read, not its is_workday(): that one scans them all on every call (20 µs).
    first = date(year, 1, 1).toordinal()
    days = (date.fromordinal(first + offset) for offset in range(366 if isleap(year) else 365))
    if year not in _STATUTORY_YEARS:
        off = _days_off_by_law(year, announced)
        return tuple(day.weekday() < 5 and day not in off for day in days)
    return tuple(
        day in chinese_calendar.workdays or (day.weekday() < 5 and day not in chinese_calendar.holidays)
        for day in days
    )


def _days_off_by_law(year: int, announced: bool) -> frozenset[date]:
    """The days off that need no announcement, weekends among them. Where a day is made good is the notice's to say, once it has."""
    if year < _LAW_SINCE:
        return frozenset()
    if year > _LAW_UNTIL:
        return frozenset(date(year, month, day) for month, day in _FIXED_HOLIDAYS)
    # Here, because it loads every country's: who counts within the known years need not wait for it.
    from holidays.countries.china import China

    found = China(years=year, language="en_US")  # type: ignore[no-untyped-call]
    presumed = (_MOVED, _MADE_GOOD) if announced else (_MOVED,)
    return frozenset(
        day
        for day, names in found.items()
        if day.year == year and not all(any(word in name for word in presumed) for name in names.split("; "))
    )


class DaySource(StrEnum):
    """By whose word a day is worked or off: the office's entry, the yearly notice, the law itself, the week."""

    OFFICE = "office"
    NOTICE = "notice"
    LAW = "law"
    WEEK = "week"


DAY_SOURCE_NAMES = {
    DaySource.OFFICE: "督查室录入",
    DaySource.NOTICE: "国务院办公厅放假安排",
    DaySource.LAW: "法定节假日及补假（该年放假安排尚未公布）",
    DaySource.WEEK: "按周一至周五",
}


@dataclass(frozen=True)
class _Year:
    """One year ready for counting; days are proleptic ordinals.

    `before[i]` working days lie before the year's i-th day (from 0); `workdays` lists the working days.
    """

    first: int
    before: tuple[int, ...]
    workdays: tuple[int, ...]


class WorkCalendar:
    """Working days in mainland China, with the office's own days over them.

    `overrides` maps a day to True (working day) or False (day off); it is copied. Cheap to create; each
    year is worked out on first use and kept, so counting over years costs one lookup a year.
    """

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})
        days_off = {day for day, works in self._overrides.items() if not works}
        self._days_off = {
            year: frozenset((day.month, day.day) for day in days_off if day.year == year)
            for year in {day.year for day in days_off}
        }
        self._years: dict[int, _Year] = {}

    def is_workday(self, day: date) -> bool:
        """Whether people work on that day."""
        year = self._year(day.year)
        offset = day.toordinal() - year.first
        return year.before[offset + 1] > year.before[offset]

    def is_provisional(self, day: date) -> bool:
        """Whether the day's year is only Monday to Friday and the law's own days off, its notice not being known yet.

        A year is known when the package covers it or the office has entered days off for each of the seven holidays: a
        local day off, or a table of which half was typed, does not announce a year.
        """
        return not self._is_known(day.year)

    def missing_holidays(self, year: int) -> tuple[str, ...]:
        """The statutory holidays of the year for which no day off is known yet; empty for a year that is known."""
        if year in _STATUTORY_YEARS:
            return ()
        days_off = self._days_off.get(year, frozenset())
        return tuple(
            name
            for name, spans in _HOLIDAYS.items()
            if not any(sum(first <= day <= last for day in days_off) >= least for first, last, least in spans)
        )

    def source(self, day: date) -> DaySource:
        """By whose word the day is what it is."""
        if day in self._overrides:
            return DaySource.OFFICE
        works = _statutory_year(day.year, self._is_known(day.year))
        if works[day.toordinal() - date(day.year, 1, 1).toordinal()] == (day.weekday() < 5):
            return DaySource.WEEK
        return DaySource.NOTICE if day.year in _STATUTORY_YEARS else DaySource.LAW

    def special_days(self, year: int) -> tuple[date, ...]:
        """The days of the year that rest on more than the week: holidays, make-up days and the office's own entries."""
        first = date(year, 1, 1).toordinal()
        days = (date.fromordinal(first + offset) for offset in range(366 if isleap(year) else 365))
        return tuple(day for day in days if self.source(day) != DaySource.WEEK)

    @property
    def known_until(self) -> date:
        """The last day up to which the holidays of every year are known."""
        year = _LAST_STATUTORY_YEAR
        while year < MAXYEAR and self._is_known(year + 1):
            year += 1
        return date(year, 12, 31)

    def add_workdays(self, day: date, amount: int) -> date:
        """The `amount`-th working day after `day`, before it when negative; for 0 `day` itself.

        The day itself is never counted: Friday + 1 is Monday, Saturday + 1 is Monday, Saturday - 1 is Friday.
        So count_workdays(day, add_workdays(day, n)) is n for n >= 0, and for n < 0 when `day` is worked.
        Raises OverflowError beyond the years 1 to 9999.
        """
        if amount == 0:
            return day
        number = day.year
        year = self._year(number)
        offset = day.toordinal() - year.first
        if amount > 0:
            nth = year.before[offset + 1] + amount
            while nth > len(year.workdays):
                nth -= len(year.workdays)
                number += 1
                year = self._year(number)
        else:
            nth = year.before[offset] + amount + 1
            while nth < 1:
                number -= 1
                year = self._year(number)
                nth += len(year.workdays)
        return date.fromordinal(year.workdays[nth - 1])

    def count_workdays(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; the negative when they are reversed."""
        if end < start:
            return -self.count_workdays(end, start)
        full_years = sum(len(self._year(number).workdays) for number in range(start.year, end.year))
        return full_years + self._count_in_year(end) - self._count_in_year(start)

    def _count_in_year(self, day: date) -> int:
        """Working days from 1 January up to and including the day."""
        year = self._year(day.year)
        return year.before[day.toordinal() - year.first + 1]

    def _is_known(self, number: int) -> bool:
        return not self.missing_holidays(number)

    def _year(self, number: int) -> _Year:
        cached = self._years.get(number)
        if cached is not None:
            return cached
        if not MINYEAR <= number <= MAXYEAR:
            raise OverflowError("date value out of range")
        first = date(number, 1, 1).toordinal()
        works = list(_statutory_year(number, self._is_known(number)))
        for day, working in self._overrides.items():
            if day.year == number:
                works[day.toordinal() - first] = working
        year = _Year(
            first=first,
            before=tuple(accumulate(works, initial=0)),
            workdays=tuple(first + offset for offset, working in enumerate(works) if working),
        )
        self._years[number] = year
        return year
