"""Days off and make-up days from a table (CSV): each year's notice typed once, every wrong row named by its line."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from io import StringIO

from tracker.actions.calendar import CalendarProposal, DayRow, enter_days, propose
from tracker.importing.errors import ImportRefused
from tracker.models import CalendarDay, User
from tracker.plan_document import DocumentError
from tracker.plan_document.reading import decode
from tracker.rules.characters import forbidden_character
from tracker.rules.deadlines import FIRST_YEAR, LAST_YEAR

COLUMNS = ("日期", "类型", "说明")
DAYS_OFF = frozenset({"休", "休息", "休假", "放假", "假", "假日", "假期", "节假日", "法定节假日", "公休"})
WORKED = frozenset({"班", "上班", "补班", "调班", "工作日", "工作", "补休上班", "调休上班", "调休补班"})
# Ten years of every single day: more is another kind of file.
MOST_ROWS = 4000
# Wrong rows named one by one; beyond that the file is of another kind as well.
MOST_REASONS = 50
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))")
_NAME_LENGTH = CalendarDay._meta.get_field("name").max_length or 0


def propose_days(data: bytes, name: str) -> CalendarProposal:
    """What importing the table would change now; reads only. Raises ImportRefused naming every wrong row by its line."""
    return propose(read_days(data, name))


def import_days(
    data: bytes, name: str, *, actor: User | None = None, agreed: str | None = None
) -> CalendarProposal:
    """Writes the table, all of it or nothing; days that it does not name stay. Twice changes nothing.

    `agreed` is the digest of the difference that a person confirmed. Raises ImportRefused, and Outdated when the
    difference is no longer that one.
    """
    return enter_days(read_days(data, name), actor=actor, agreed=agreed)


def read_days(data: bytes, name: str) -> list[DayRow]:
    """The rows of the table, in UTF-8 (with or without a mark) or GB18030. Raises ImportRefused naming every wrong row."""
    try:
        text, _encoding = decode(data, name)
    except DocumentError as error:
        raise ImportRefused([str(error)]) from error
    lines = _lines(text, name)
    columns = _header(next(lines, (1, [])), name)
    rows: list[DayRow] = []
    reasons: list[str] = []
    seen: dict[date, int] = {}
    for line, cells in lines:
        try:
            row = _row(line, cells, columns)
        except ValueError as error:
            reasons.append(f"第{line}行：{error}")
            continue
        if row.day in seen:
            reasons.append(f"第{line}行：{row.day}在第{seen[row.day]}行已经写过。")
        seen.setdefault(row.day, line)
        rows.append(row)
    if len(rows) > MOST_ROWS:
        raise ImportRefused([f"{name} 有{len(rows)}行，一次最多{MOST_ROWS}行。"])
    if len(reasons) > MOST_REASONS:
        reasons[MOST_REASONS:] = [f"另有{len(reasons) - MOST_REASONS}行有误。"]
    if not rows and not reasons:
        reasons.append(f"{name} 只有表头，没有内容。")
    if reasons:
        raise ImportRefused(reasons)
    return rows


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that is not blank; a row quoted over several lines counts by its first."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",", strict=True)
    line = 1
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            raise ImportRefused([f"{name} 第{line}行：引号不成对或内容过长，无法读取。"]) from None
        if any(cells):
            yield line, cells
        line = reader.line_num + 1


def _header(first: tuple[int, list[str]], name: str) -> dict[str, int]:
    """Column name to index; 说明 may be missing. Raises ImportRefused."""
    cells = ["".join(unicodedata.normalize("NFKC", cell).split()) for cell in first[1]]
    if not set(COLUMNS[:2]) <= set(cells):
        raise ImportRefused([f"{name} 的第一行应为表头：{'、'.join(COLUMNS)}（说明可省略）。"])
    twice = {cell for cell in cells if cell in COLUMNS and cells.count(cell) > 1}
    if twice:
        raise ImportRefused([f"{name} 的表头中“{'、'.join(sorted(twice))}”出现了两次。"])
    return {cell: index for index, cell in enumerate(cells) if cell in COLUMNS}


def _row(line: int, cells: list[str], columns: dict[str, int]) -> DayRow:
    """Raises ValueError with a Chinese sentence."""
    given = {name: cells[index] if index < len(cells) else "" for name, index in columns.items()}
    kind = "".join(unicodedata.normalize("NFKC", given["类型"]).split())
    if kind not in DAYS_OFF | WORKED:
        raise ValueError(f"类型“{given['类型'][:20]}”应为 休 或 班。")
    words = given.get("说明", "")
    if len(words) > _NAME_LENGTH:
        raise ValueError(f"说明有{len(words)}字，最多{_NAME_LENGTH}字。")
    if "\n" in words or forbidden_character(words) is not None:
        raise ValueError("说明含有换行或控制字符。")
    return DayRow(line, _day(given["日期"]), kind in WORKED, words)


def _day(text: str) -> date:
    match = _DATE.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if match is None:
        raise ValueError(f"日期“{text[:20]}”应为 2027-10-01 的形式。")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"日期“{text}”应在{FIRST_YEAR}年至{LAST_YEAR}年之间。")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"日期“{text}”不存在。") from None
