"""Read an .xlsx ledger into text and cells: all visible sheets, merged cells repeated, what is hidden set apart."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import groupby

import openpyxl
from lxml import etree  # type: ignore[import-untyped]
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from .compose import TEXT_BOX, Composer
from .errors import DocumentError
from .layout import TABLE_HEADER
from .model import SourceDocument
from .numbering import figure
from .sheet_dates import HEADER_ROWS, Row, settle_dates
from .table_header import header_role

_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_CHINESE_FIGURES = re.compile(r"\[DBNum1\]", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=[\"']([A-Z0-9:$]{1,40})[\"']")
_WORDS = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_PRINT_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|[A-Z]|\d+)', re.IGNORECASE)
_PAGE_WORDS = str.maketrans("", "", "第页共")
_DRAWN_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MAX_ROWS, MAX_COLUMNS = 20000, 100
_GIVEN_NAME = re.compile(
    r"(?:Sheet|工作表)\s*\d*(?:\s*\(\d+\))?$", re.IGNORECASE
)  # by Excel or WPS, not by a person
_PART = 1  # the heading level of a sheet's name
_CELLS_NAMED = 10  # cells that one message lists


def read_sheet(data: bytes, name: str, sha256: str) -> SourceDocument:
    """The text of an .xlsx that passed check_package; formulas count as their last computed values.

    Raises DocumentError for a damaged or too large one.
    """
    _check_merges(data, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, TypeError, OSError):
        raise DocumentError(f"文件“{name}”不是完整的Excel文件，请重新保存为.xlsx后再试", "damaged") from None
    composer = Composer()
    formulas = _formulas(data, book)
    parts = _parts(book)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            composer.note(f"工作表“{sheet.title}”是隐藏的，没有读取")
            continue
        if _too_large(sheet):
            raise DocumentError(
                f"工作表“{sheet.title}”超过{MAX_ROWS}行或{MAX_COLUMNS}列，请删去空白区域后再试", "too_large"
            )
        places = formulas.get(sheet.title, set())
        if sheet not in parts:
            with composer.beside(TABLE_HEADER if _explains(sheet) else None):
                _Sheet(sheet, book, composer, places).read()
        elif sheet is parts[0]:  # the lines above its table are the document's title
            _Sheet(sheet, book, composer, places).read(named_at_table=True)
        else:
            composer.line(sheet.title, heading=_PART)
            _Sheet(sheet, book, composer, places).read()
    for words in _drawn_words(data):
        composer.set_apart(words, TEXT_BOX)
    return composer.document(name, sha256, "utf-8", "xlsx")


# 说明, 填报说明: a sheet of words that tells how the others are filled in.
_EXPLAINS = re.compile(r"[(（]?(?:填报|填表|填写|编制|使用|表格)?(?:说明|须知|注意事项)[)）]?")


def _explains(sheet: Worksheet) -> bool:
    return _EXPLAINS.fullmatch(sheet.title.strip()) is not None and not _holds_table(sheet)


def _parts(book: Workbook) -> list[Worksheet]:
    """The sheets with tables where there are several: each is a part under its name, so that no group runs on.

    Where all bear only the names that the program gave them (Sheet1), they are one long ledger; then just those
    without groups of their own behind some with groups have to be set apart.
    """
    tables: list[Worksheet] = [
        sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and _holds_table(sheet)
    ]
    named = any(_GIVEN_NAME.match(sheet.title) is None for sheet in tables)
    if len(tables) < 2:
        return []
    if named:
        return tables
    grouped = [sheet for sheet in tables if _names_groups(sheet)]
    return [sheet for sheet in tables if sheet not in grouped] if grouped else []


def _too_large(sheet: Worksheet) -> bool:
    """Beyond all ledgers; walking it would make every cell up to its last one, stored or not."""
    return bool(sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS)


def _holds_table(sheet: Worksheet) -> bool:
    if _too_large(sheet):
        return False  # is refused when it is its turn
    shown = (row for at, row in enumerate(sheet.iter_rows(), 1) if not sheet.row_dimensions[at].hidden)
    return any(sum(1 for cell in row if cell.value is not None) > 1 for row in shown)


def _names_groups(sheet: Worksheet) -> bool:
    """Whether a header names groups, or cells are merged over several rows below one."""
    heads = sheet.iter_rows(max_row=HEADER_ROWS)
    if any(header_role(str(cell.value or "")) == "group" for row in heads for cell in row):
        return True
    return any(area.max_row > area.min_row > 1 for area in sheet.merged_cells.ranges)


def _check_merges(data: bytes, name: str) -> None:
    """Refuse areas merged beyond all ledgers before a library fills every cell of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.namelist():
            if not part.startswith("xl/worksheets/"):
                continue
            covered = 0
            for area in _MERGED.findall(package.read(part)):
                try:
                    left, top, right, bottom = range_boundaries(area.decode())
                except ValueError:
                    continue
                if None not in (left, top, right, bottom):
                    covered += (right - left + 1) * (bottom - top + 1)  # type: ignore[operator]
            if covered > MAX_ROWS * MAX_COLUMNS:
                raise DocumentError(
                    f"文件“{name}”的合并单元格超过{MAX_ROWS}行或{MAX_COLUMNS}列，请取消多余的合并后再试",
                    "too_large",
                )


def _formulas(data: bytes, shown: Workbook) -> dict[str, set[tuple[int, int]]]:
    """Sheet -> (row, column) of its formulas; the book is read again only if a sheet that will be read may hold any."""
    wanted = {sheet.title for sheet in shown.worksheets if sheet.sheet_state == "visible"}
    if any(_too_large(sheet) for sheet in shown.worksheets if sheet.title in wanted):
        return {}  # the sheet is refused when it is its turn
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        if not any(re.search(rb"<(?:\w+:)?f[ >/]", package.read(name)) for name in sheets):
            return {}
    book = openpyxl.load_workbook(io.BytesIO(data))
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet in book.worksheets:
        if sheet.title not in wanted:
            continue
        places = found.setdefault(sheet.title, set())
        for row_number, row in enumerate(sheet.iter_rows(), start=sheet.min_row):
            for column, cell in enumerate(row, start=sheet.min_column):
                if cell.data_type == "f":
                    places.add((row_number, column))
    return found


def _drawn_words(data: bytes) -> Iterator[str]:
    """The words of the text boxes and shapes that lie over the sheets."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in sorted(package.namelist()):
            if not re.match(r"xl/drawings/drawing\d*\.xml$", part):
                continue
            try:
                root = etree.fromstring(package.read(part), etree.XMLParser(resolve_entities=False))
            except etree.XMLSyntaxError:
                continue
            for shape in root.iter("{*}txBody"):
                lines = shape.iter(_DRAWN_TEXT + "p")
                yield "\n".join("".join(t.text or "" for t in line.iter(_DRAWN_TEXT + "t")) for line in lines)


class _Sheet:
    """Reads one visible sheet: its leading lines, then its table, and says what it could not read."""

    def __init__(
        self, sheet: Worksheet, book: Workbook, composer: Composer, formulas: set[tuple[int, int]]
    ) -> None:
        self._sheet = sheet
        self._book = book
        self._composer = composer
        self._formulas = formulas
        self._words: dict[tuple[int, int], str] = {}
        self._told: list[tuple[int, str, str]] = []  # row, code, message: told once the row's line is known
        self._uncomputed: list[Cell] = []
        self._lines: dict[int, int] = {}
        self._owners = {
            (row, column): (area.min_row, area.min_col)
            for area in sheet.merged_cells.ranges
            for row in range(area.min_row, area.max_row + 1)
            for column in range(area.min_col, area.max_col + 1)
        }

    def read(self, *, named_at_table: bool = False) -> None:
        """Write the sheet to the composer; its name as a heading of its table on request."""
        title = self._sheet.title
        filled = [cell for row in self._sheet.iter_rows() for cell in row if cell.value is not None]
        columns = sorted({cell.column for cell in filled})
        self._tell_hidden_columns(columns)
        table: list[Row] = []
        numbers: list[int] = []
        hidden: list[int] = []
        for number in range(1, self._sheet.max_row + 1):
            row = [self._cell(number, column) for column in columns]
            shown = {identity: words for identity, words in row if words}
            if not shown:
                continue
            if self._sheet.row_dimensions[number].hidden:
                hidden.append(number)
                self._composer.set_apart(" | ".join(shown.values()), "隐藏行")
            elif len(shown) == 1 and not table:
                self._lines[number] = self._composer.line_number
                self._composer.line(next(iter(shown.values())))
            else:
                table.append(row)
                numbers.append(number)
        if hidden:
            self._composer.note(f"工作表“{title}”第{_ranges(hidden)}行是隐藏行，没有列为事项")
        self._told += settle_dates(table, self._sheet, self._book.epoch)
        if table:
            if named_at_table:
                self._composer.line(title, heading=_PART)
            written = self._composer.table(table, stands=(title, numbers, columns))
            self._lines |= zip(numbers, written, strict=True)
        self._tell_formulas()
        for row_number, code, message in self._told:
            self._composer.problem(code, message, self._line_of(row_number))
        self._print_margins()

    def _line_of(self, row: int) -> int:
        """The line of the text that a row of the sheet became; that of the row above for one that shows nothing."""
        return max((line for number, line in self._lines.items() if number <= row), default=1)

    def _tell_formulas(self) -> None:
        """How many formulas were read by their saved results, and in one problem the cells that have none."""
        title, without = self._sheet.title, self._uncomputed
        if len(self._formulas) > len(without):
            self._composer.note(
                f"工作表“{title}”有{len(self._formulas) - len(without)}个公式，按文件里保存的计算结果读取"
            )
        if without:
            cells = "、".join(cell.coordinate for cell in without[:_CELLS_NAMED])
            more = f"等{len(without)}个单元格" if len(without) > _CELLS_NAMED else ""
            self._told.append(
                (
                    without[0].row,
                    "formula_without_value",
                    f"工作表“{title}”的{cells}{more}是公式，文件里没有保存结果，按空白读取；请用Excel打开并保存后再上传",
                )
            )

    def _cell(self, row: int, column: int) -> tuple[object, str]:
        """A place's identity (that of the merged cell it belongs to) and words."""
        owner = self._owners.get((row, column), (row, column))
        if owner not in self._words:
            self._words[owner] = self._read_cell(self._sheet.cell(*owner))
        return owner, self._words[owner]

    def _read_cell(self, cell: Cell | MergedCell) -> str:
        place = f"工作表“{self._sheet.title}”的{cell.coordinate}"
        if isinstance(cell, MergedCell):
            return ""
        if cell.comment is not None:
            self._composer.set_apart(str(cell.comment.text), "批注")
        if cell.data_type == "e":
            message = f"{place}是错误值{cell.value}，按空白读取；请在Excel里改正后再上传"
            self._told.append((cell.row, "error_value", message))
            return ""
        if cell.value is None and (cell.row, cell.column) in self._formulas:
            self._uncomputed.append(cell)
            return ""
        words = shown_value(self._unstruck(cell.value), cell.number_format)
        if words and cell.font is not None and cell.font.strike:
            self._composer.set_apart(words, "删除线文字")
            return ""
        return words

    def _unstruck(self, value: object) -> object:
        """The value of a cell without the parts of its text that are struck through."""
        if not isinstance(value, CellRichText):
            return value
        kept: list[str] = []
        for piece in value:
            if isinstance(piece, TextBlock) and piece.font is not None and piece.font.strike:
                self._composer.set_apart(piece.text, "删除线文字")
            else:
                kept.append(str(piece))
        return "".join(kept)

    def _tell_hidden_columns(self, used: list[int]) -> None:
        for shape in self._sheet.column_dimensions.values():
            if not shape.hidden or shape.min is None:
                continue
            columns = [column for column in used if shape.min <= column <= (shape.max or shape.min)]
            if columns:
                first, last = get_column_letter(columns[0]), get_column_letter(columns[-1])
                shown = first if first == last else f"{first}至{last}"
                self._composer.note(
                    f"工作表“{self._sheet.title}”的{shown}列是隐藏列，与其他各列一样读取或列为未归入提纲的文字，请核对"
                )

    def _print_margins(self) -> None:
        """What is printed above and below each page; page numbers are nobody's text."""
        for kind in ("Header", "Footer"):
            seen: set[str] = set()
            for pages in ("odd", "even", "first"):
                margin = getattr(self._sheet, pages + kind)
                for part in (margin.left, margin.center, margin.right):
                    words = _PRINT_CODE.sub("", part.text or "").strip()
                    if _WORDS.search(words.translate(_PAGE_WORDS)) and words not in seen:
                        seen.add(words)
                        self._composer.set_apart(words, "页眉" if kind == "Header" else "页脚")


def _ranges(numbers: list[int]) -> str:
    """4、7至9: rising numbers, runs drawn together."""
    runs = []
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        runs.append(str(run[0]) if len(run) == 1 else f"{run[0]}至{run[-1]}")
    return "、".join(runs)


def shown_value(value: object, number_format: str = "General") -> str:
    """A cell's value as its number format shows it: 2024年6月30日, 2024年6月 where no day shows, 85%, 十二."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | dt.date):
        shown = _QUOTED.sub("", number_format).lower()
        if "d" not in shown and "y" in shown:
            return f"{value.year}年{value.month}月" if "m" in shown else f"{value.year}年"
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float) and number_format.endswith("%"):
        return f"{round(value * 100, 4):g}%"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, int) and _CHINESE_FIGURES.search(number_format):
        return figure(value, "chineseCounting")
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
