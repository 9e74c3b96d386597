"""Opens an Excel file that somebody uploaded, once it is known to be safe, and finds the tables in it by their headers."""

import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from tracker.importing.errors import ImportRefused
from tracker.plan_document import DocumentError, check_package

# A header further down than this is not a header.
HEADER_ROWS = 20
# What openpyxl raises on parts that are no workbook; ParseError (bad XML) is a SyntaxError.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    SyntaxError,
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# The stream in which Office keeps a workbook that has a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class HeaderRow:
    """A row that may be a header: its words without spaces, and where it stands (`row` counts from 1)."""

    sheet: str
    row: int
    words: Sequence[str]

    def place(self, index: int) -> str:
        return _place(self.sheet, index, self.row)


@dataclass(frozen=True)
class TableRow:
    """One filled row under the header: cell values by column, and where each stands (e.g. “责任分解!C5”)."""

    cells: Mapping[str, object]
    places: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """One sheet's table: its header, the columns found there (name → index from 0) and the filled rows."""

    header: HeaderRow
    columns: Mapping[str, int]
    rows: Sequence[TableRow]


@dataclass(frozen=True)
class WorkbookTables:
    """All tables of a workbook, and the names of the sheets that were not read: hidden ones, and filled ones without a header."""

    tables: Sequence[Table]
    hidden: Sequence[str]
    without_header: Sequence[str]

    @property
    def rows(self) -> list[TableRow]:
        return [row for table in self.tables for row in table.rows]


def read_tables(
    data: bytes,
    name: str,
    *,
    columns_of: Callable[[HeaderRow], dict[str, int]],
    wanted: str,
    formulas: bool,
    may_merge: Collection[str] = (),
) -> WorkbookTables:
    """The filled rows of every visible sheet with a header.

    `columns_of` gives column → index when a row is the header, else {}; it may raise ImportRefused. `formulas` reads
    formulas as the text they were typed as, else by the value last computed (a formula that no program has computed yet is
    refused by its cell: nobody knows what it says). `name` and `wanted` (the words a header must have) are for messages.
    Raises ImportRefused when the file is no safe .xlsx, has no such header, nothing under it, or merged cells there: a
    merged cell keeps the words of its first row alone. In the columns `may_merge` merged cells are left out of the rows.
    """
    _refuse_other_formats(data, name)
    try:
        check_package(data, name)
        workbook = load_workbook(BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
        try:
            found = _tables(workbook, columns_of)
        finally:
            workbook.close()
        if not found.tables:
            raise ImportRefused([_no_header(name, wanted, found)])
        if not found.rows:
            raise ImportRefused([f"{name} 的“{found.tables[0].header.sheet}”表只有表头，没有内容。"])
        reasons, left_out = _merged(data, found.tables, may_merge)
        found = replace(found, tables=[_without(table, left_out) for table in found.tables])
        if not formulas:
            reasons += _uncomputed(data, found.tables)
    except DocumentError as error:
        raise ImportRefused([f"{str(error).removesuffix('。')}。"]) from error
    except _BROKEN:
        raise _no_workbook(name) from None
    if reasons:
        raise ImportRefused(reasons)
    return found


def _no_workbook(name: str) -> ImportRefused:
    return ImportRefused([f"{name} 不是有效的 .xlsx 文件，请用 Excel 另存为 .xlsx 后再导入。"])


def _refuse_other_formats(data: bytes, name: str) -> None:
    """What the bytes are, whatever the file is called."""
    if data.startswith(_OLD_OFFICE) and _ENCRYPTED in data:
        raise ImportRefused([f"{name} 有打开密码，请在 Excel 中去掉密码、保存后再导入。"])
    if data.startswith(_OLD_OFFICE):
        raise ImportRefused([f"{name} 是旧版 Excel（.xls）格式，请用 Excel 另存为 .xlsx 后再导入。"])
    if data.startswith(b"PK") and b"opendocument" in data[:200]:
        raise ImportRefused([f"{name} 是 OpenDocument（.ods）格式，请另存为 .xlsx 后再导入。"])
    if not data.startswith(b"PK"):
        raise _no_workbook(name)


def _no_header(name: str, wanted: str, found: WorkbookTables) -> str:
    hidden = f"（隐藏的工作表没有读取：{'、'.join(found.hidden)}）" if found.hidden else ""
    return f"{name} 中没有找到表头：前{HEADER_ROWS}行里应有一行包含 {wanted}{hidden}。"


def _tables(workbook: Workbook, columns_of: Callable[[HeaderRow], dict[str, int]]) -> WorkbookTables:
    tables: list[Table] = []
    hidden: list[str] = []
    without: list[str] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(sheet.title)
            continue
        # Some programs write a wrong extent: rows beyond it would be left out, empty ones within it invented.
        sheet.reset_dimensions()
        table, filled = _table(sheet, columns_of)
        if table is not None:
            tables.append(table)
        elif filled:
            without.append(sheet.title)
    return WorkbookTables(tables, hidden, without)


def _table(sheet: Any, columns_of: Callable[[HeaderRow], dict[str, int]]) -> tuple[Table | None, bool]:
    """The sheet's table, None without a header; and whether anything stands in the sheet."""
    header, columns, filled = None, dict[str, int](), False
    rows: list[TableRow] = []
    for number, cells in enumerate(_filled_rows(sheet), 1):
        if header is None and number > HEADER_ROWS:
            break
        if not cells:
            continue
        filled = True
        if header is None:
            tried = HeaderRow(sheet.title, number, ["".join(_words(cell).split()) for cell in cells])
            columns = columns_of(tried)
            header = tried if columns else None
        else:
            rows.append(_row(sheet.title, number, cells, columns))
    return (None if header is None else Table(header, columns, rows)), filled


def _filled_rows(sheet: Any) -> Iterator[tuple[object, ...]]:
    """Every row in order; one without any words as an empty tuple."""
    for cells in sheet.iter_rows(values_only=True):
        typed = tuple(_typed(cell) for cell in cells)
        yield typed if any(_words(cell).strip() for cell in typed) else ()


def _typed(cell: object) -> object:
    """The cell's value; an array formula as it was typed."""
    if isinstance(cell, ArrayFormula):
        return str(cell.text)
    return "" if isinstance(cell, DataTableFormula) else cell


def _words(cell: object) -> str:
    return "" if cell is None else str(cell)


def _merged(
    data: bytes, tables: Sequence[Table], may_merge: Collection[str]
) -> tuple[list[str], frozenset[str]]:
    """A reason for each merged area in the tables' rows, and the places of those that may be merged.

    The book is read again only when it holds any.
    """
    with zipfile.ZipFile(BytesIO(data)) as package:
        sheets = [part for part in package.namelist() if part.startswith("xl/worksheets/")]
        if not any(b"<mergeCell " in package.read(part) for part in sheets):
            return [], frozenset()
    book = load_workbook(BytesIO(data), keep_links=False)
    reasons: list[str] = []
    left_out: set[str] = set()
    for table in tables:
        title = table.header.sheet
        for area in book[title].merged_cells.ranges:
            names = {
                name for name, index in table.columns.items() if area.min_col <= index + 1 <= area.max_col
            }
            if area.max_row <= table.header.row or not names:
                continue
            if names <= set(may_merge) and area.min_row > table.header.row:
                left_out |= {
                    _place(title, table.columns[name], row)
                    for name in names
                    for row in range(area.min_row, area.max_row + 1)
                }
            else:
                reasons.append(
                    f"{title}!{area.coord}：是合并单元格，内容只算在第一格，其余各格是空的；请取消合并，逐行填写后再导入。"
                )
    return reasons, frozenset(left_out)


def _without(table: Table, left_out: Collection[str]) -> Table:
    """The table with these cells taken out of its rows."""
    if not left_out:
        return table
    rows = [
        replace(
            row, cells={name: cell for name, cell in row.cells.items() if row.places[name] not in left_out}
        )
        for row in table.rows
    ]
    return replace(table, rows=rows)


def _uncomputed(data: bytes, tables: Sequence[Table]) -> list[str]:
    """A program that writes a workbook without computing it leaves formulas with no value: they read as empty cells."""
    empty = {
        place
        for table in tables
        for row in table.rows
        for name, place in row.places.items()
        if row.cells[name] is None
    }
    if not empty:
        return []
    why = "是公式，但文件里没有保存它的计算结果；请用 Excel 或 WPS 打开并保存一次，或直接填写内容"
    workbook = load_workbook(BytesIO(data), read_only=True, keep_links=False)
    try:
        return [
            f"{table.header.sheet}!{cell.coordinate}：单元格{why}。"
            for table in tables
            for cells in workbook[table.header.sheet].iter_rows()
            for cell in cells
            if cell.data_type == "f" and f"{table.header.sheet}!{cell.coordinate}" in empty
        ]
    finally:
        workbook.close()


def _row(title: str, number: int, cells: tuple[object, ...], columns: Mapping[str, int]) -> TableRow:
    return TableRow(
        cells={name: cells[index] if index < len(cells) else None for name, index in columns.items()},
        places={name: _place(title, index, number) for name, index in columns.items()},
    )


def _place(title: str, index: int, row: int) -> str:
    return f"{title}!{get_column_letter(index + 1)}{row}"
