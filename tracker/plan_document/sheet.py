"""Read an .xlsx ledger into text and cells: all visible sheets, merged cells repeated, hidden rows set aside."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from .compose import Composer
from .errors import DocumentError
from .model import SourceDocument

MAX_ROWS, MAX_COLUMNS = 20000, 100


def read_sheet(data: bytes, name: str, sha256: str) -> SourceDocument:
    """The text of an .xlsx that passed check_package; formulas count as their last computed values.

    Raises DocumentError for a damaged or too large one.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, TypeError, OSError):
        raise DocumentError(f"文件“{name}”不是完整的Excel文件，请重新保存为.xlsx后再试", "damaged") from None
    composer = Composer()
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            composer.notes.append(f"工作表“{sheet.title}”是隐藏的，没有读取")
            continue
        if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
            raise DocumentError(
                f"工作表“{sheet.title}”超过{MAX_ROWS}行或{MAX_COLUMNS}列，请删去空白区域后再试", "too_large"
            )
        _read_one(sheet, composer)
    return composer.document(name, sha256, "utf-8", "xlsx")


def _read_one(sheet: Worksheet, composer: Composer) -> None:
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                owners[row, column] = (area.min_row, area.min_col)
    width = max((c.column for row in sheet.iter_rows() for c in row if c.value is not None), default=0)
    pending: list[list[tuple[object, str]]] = []
    for row in range(1, sheet.max_row + 1):
        cells: list[tuple[object, str]] = []
        for column in range(1, width + 1):
            owner = owners.get((row, column), (row, column))
            cells.append((owner, shown_value(sheet.cell(*owner).value)))
        filled = {identity for identity, words in cells if words}
        if not filled:
            continue
        if sheet.row_dimensions[row].hidden:
            composer.notes.append(f"工作表“{sheet.title}”第{row}行是隐藏行，没有列为事项")
            _flush(pending, composer)
            composer.line(" | ".join(words for _, words in cells if words), aside="隐藏行")
            continue
        if len(filled) == 1 and not pending:
            composer.line(next(words for _, words in cells if words))
            continue
        pending.append(cells)
    _flush(pending, composer)


def _flush(pending: list[list[tuple[object, str]]], composer: Composer) -> None:
    if pending:
        composer.table(pending)
        pending.clear()


def shown_value(value: object) -> str:
    """A cell's value as words: dates as 2024年6月30日, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
