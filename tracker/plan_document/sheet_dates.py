"""Read bare numbers in a sheet's columns for limits as the days that they stand for, and say which were read so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.worksheet import Worksheet

from .table_header import header_role

_SERIAL = re.compile(r"\d{5}$")
_EIGHT_FIGURES = re.compile(r"20\d{6}$")
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 to 2099-12-31
HEADER_ROWS = 5  # the header stands among the first rows of a sheet
_YEAR_AND_ONE = re.compile(r"(?P<year>20\d\d)\.1$")
_TWO_PLACES = re.compile(r"[0#]\.00(?![0#])")

Row = list[tuple[object, str]]


def settle_dates(table: list[Row], sheet: Worksheet, epoch: dt.datetime) -> Iterator[tuple[int, str, str]]:
    """Write the days into the table; (row of the sheet, code, message) of each cell that a person should check."""
    due: set[int] = set()
    for row in table[:HEADER_ROWS]:
        due |= {at for at, (_, words) in enumerate(row) if header_role(words) == "due"}
    told: set[object] = set()
    for row in table:
        for at in due:
            owner, words = row[at]
            if not isinstance(owner, tuple) or not words:
                continue
            read = _serial(words, epoch) or _month(words, sheet, owner)
            if read is None:
                continue
            row[at] = (owner, read[1])
            if read[2] and owner not in told:
                told.add(owner)
                place = f"工作表“{sheet.title}”的{get_column_letter(owner[1])}{owner[0]}"
                yield owner[0], read[0], f"{place}是数字{words}，{read[2]}"


def _serial(words: str, epoch: dt.datetime) -> tuple[str, str, str] | None:
    """A date that lost its format: 45473 or 20240630. Code, words of the day, what is told."""
    day: object = None
    if _SERIAL.match(words) and _FIRST_SERIAL <= int(words) <= _LAST_SERIAL:
        day = from_excel(int(words), epoch)
    elif _EIGHT_FIGURES.match(words):
        try:
            day = dt.datetime.strptime(words, "%Y%m%d")
        except ValueError:
            return None
    if not isinstance(day, dt.datetime):
        return None
    shown = f"{day.year}年{day.month}月{day.day}日"
    return "date_serial", shown, f"按日期读作{shown}，请核对"


def _month(words: str, sheet: Worksheet, owner: tuple[int, int]) -> tuple[str, str, str] | None:
    """2026.1 as a number: typed as 2026.10 it loses its nought, unless the cell's format shows two places."""
    found = _YEAR_AND_ONE.match(words)
    cell = sheet.cell(*owner)
    if found is None or not isinstance(cell.value, int | float):
        return None
    year = found.group("year")
    if _TWO_PLACES.search(cell.number_format):
        return "month_or_tenth", f"{year}.10", ""
    return (
        "month_or_tenth",
        words,
        f"按{year}年1月读作时限；如原来写的是{year}.10（10月），表格已丢掉末尾的0，请核对后更正",
    )
