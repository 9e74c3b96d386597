"""Read an .xlsx ledger into text and cells: all visible sheets, merged cells repeated, hidden rows set aside."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from .compose import Composer
from .errors import DocumentError
from .model import Problem, SourceDocument

_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
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
    formulas = _formulas(data)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            composer.notes.append(f"工作表“{sheet.title}”是隐藏的，没有读取")
            continue
        if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
            raise DocumentError(
                f"工作表“{sheet.title}”超过{MAX_ROWS}行或{MAX_COLUMNS}列，请删去空白区域后再试", "too_large"
            )
        _read_one(sheet, composer, formulas.get(sheet.title, set()))
    return composer.document(name, sha256, "utf-8", "xlsx")


def _formulas(data: bytes) -> dict[str, set[tuple[int, int]]]:
    """Sheet -> (row, column) of its formulas; the book is read again only if it holds any."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        if not any(re.search(rb"<f[ >/]", package.read(name)) for name in sheets):
            return {}
    book = openpyxl.load_workbook(io.BytesIO(data))
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet in book.worksheets:
        places = found.setdefault(sheet.title, set())
        for row_number, row in enumerate(sheet.iter_rows(), start=sheet.min_row):
            for column, cell in enumerate(row, start=sheet.min_column):
                if cell.data_type == "f":
                    places.add((row_number, column))
    return found


def _read_one(sheet: Worksheet, composer: Composer, formulas: set[tuple[int, int]]) -> None:
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                owners[row, column] = (area.min_row, area.min_col)
    for shape in sheet.column_dimensions.values():
        if not shape.hidden or shape.min is None:
            continue
        first, last = get_column_letter(shape.min), get_column_letter(shape.max or shape.min)
        shown = first if first == last else f"{first}至{last}"
        composer.notes.append(f"工作表“{sheet.title}”的{shown}列是隐藏列，已一并读取，请核对")
    if formulas:
        composer.notes.append(f"工作表“{sheet.title}”有{len(formulas)}个公式，按文件里保存的计算结果读取")
    for row, column in sorted(formulas):
        if sheet.cell(row, column).value is None:
            place = f"{get_column_letter(column)}{row}"
            composer.problems.append(
                Problem(
                    composer.line_number,
                    "formula_without_value",
                    f"工作表“{sheet.title}”的{place}是公式，文件里没有保存它的结果，按空白读取；请用Excel打开并保存后再上传",
                )
            )
    width = max((c.column for row in sheet.iter_rows() for c in row if c.value is not None), default=0)
    pending: list[list[tuple[object, str]]] = []
    for row in range(1, sheet.max_row + 1):
        cells: list[tuple[object, str]] = []
        for column in range(1, width + 1):
            owner = owners.get((row, column), (row, column))
            cell = sheet.cell(*owner)
            cells.append((owner, shown_value(cell.value, cell.number_format)))
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


def shown_value(value: object, number_format: str = "General") -> str:
    """A cell's value as its number format shows it: 2024年6月30日, 2024年6月 where no day shows, 85%."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        shown = _QUOTED.sub("", number_format).lower()
        if "d" not in shown and "y" in shown:
            return f"{value.year}年{value.month}月" if "m" in shown else f"{value.year}年"
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float) and number_format.endswith("%"):
        return f"{round(value * 100, 4):g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
