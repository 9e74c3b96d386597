"""The stretch of days that a score or bulletin is about, as it is written: a year, a quarter, a month or two days."""

import re
from dataclasses import dataclass
from datetime import date

from tracker.rules.regimes import Cadence, period_of
from tracker.rules.violations import InvalidInput

# Years that supervision can mean.
FIRST_YEAR, LAST_YEAR = 2000, 2100
_YEAR = re.compile(r"([0-9]{4})")
_QUARTER = re.compile(r"([0-9]{4})-?[Qq]([1-4])")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """`first` to `last`, both included. `name` in Chinese (2026年第3季度); `code` is what read_period reads, "" for two days."""

    first: date
    last: date
    name: str
    code: str = ""

    def until(self, today: date) -> date:
        """The last day that can be judged on `today`."""
        return min(self.last, today)


def read_period(text: str) -> Period:
    """`2026`, `2026Q3` or `2026-03`. Raises InvalidInput (field `period`)."""
    text = text.strip()
    if found := _YEAR.fullmatch(text):
        return _named(Cadence.YEARLY, int(found[1]), 1)
    if found := _QUARTER.fullmatch(text):
        return _named(Cadence.QUARTERLY, int(found[1]), int(found[2]) * 3)
    if found := _MONTH.fullmatch(text):
        return _named(Cadence.MONTHLY, int(found[1]), int(found[2]))
    raise InvalidInput("考核时段应写成 2026、2026Q3 或 2026-03。", field="period")


def between(first: date, last: date) -> Period:
    """Any two days. Raises InvalidInput (field `end`) when they stand the wrong way round."""
    if first > last:
        raise InvalidInput(f"结束日期（{last}）早于开始日期（{first}）。", field="end")
    return Period(first, last, f"{first}至{last}")


def _named(cadence: Cadence, year: int, month: int) -> Period:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。", field="period")
    first, last, name = period_of(cadence, date(year, month, 1))
    codes = {
        Cadence.YEARLY: f"{year}",
        Cadence.QUARTERLY: f"{year}Q{(month + 2) // 3}",
        Cadence.MONTHLY: f"{year}-{month:02}",
    }
    return Period(first, last, name, codes[cadence])


def periods_before(day: date) -> list[Period]:
    """What may be chosen on `day`: this year and last, their quarters and months that have begun, latest first."""
    found = []
    for year in (day.year, day.year - 1):
        found.append(_named(Cadence.YEARLY, year, 1))
        found += [_named(Cadence.QUARTERLY, year, month) for month in (12, 9, 6, 3)]
        found += [_named(Cadence.MONTHLY, year, month) for month in range(12, 0, -1)]
    return [period for period in found if period.first <= day]


def check_begun(period: Period, *, today: date) -> None:
    """Raises InvalidInput for a period of which nothing has passed yet."""
    if period.first > today:
        raise InvalidInput(
            f"考核时段（{period.name}）还没有开始。", field="period" if period.code else "start"
        )


def chosen_period(text: str, *, start: date | None, end: date | None, today: date) -> Period:
    """What a page or caller asked for: a written period or two days, this year when nothing is given.

    Raises InvalidInput (field `period`, `start` or `end`) for half an answer, two answers or a period that has not begun.
    """
    if start is None and end is None:
        period = read_period(text or f"{today.year}")
    elif text:
        raise InvalidInput("考核时段与起止日期只能给一样。", field="period")
    elif start is None or end is None:
        missing = "start" if start is None else "end"
        raise InvalidInput("开始日期和结束日期须一并给出。", field=missing)
    else:
        period = between(start, end)
    check_begun(period, today=today)
    return period
