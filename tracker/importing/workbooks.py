"""Opens an Excel file that somebody uploaded, once it is known to be safe, and finds the table in it by its header."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from tracker.importing.errors import ImportRefused
from tracker.plan_document import DocumentError, check_package

# A header further down than this is not a header.
HEADER_ROWS = 20


@dataclass(frozen=True)
class TableRow:
    """One filled row under the header: cell values by column, and where each stands (e.g. “责任分解!C5”)."""

    cells: Mapping[str, object]
    places: Mapping[str, str]


def read_table(
    data: bytes, name: str, *, columns_of: Callable[[list[str]], dict[str, int]], wanted: str, formulas: bool
) -> list[TableRow]:
    """The filled rows of the first sheet with a header.

    `columns_of` gets a row's words and gives column → index when that row is the header, else {}; it may raise
    ImportRefused. `formulas` reads formulas as the text they were typed as, else by the value last computed (a formula that no program has
    computed yet is refused by its cell: nobody knows what it says).
    `name` and `wanted` (the words a header must have) are for messages. Raises ImportRefused when the file is no
    safe .xlsx, has no such header, or nothing under it.
    """
    no_workbook = ImportRefused([f"{name} 不是有效的 .xlsx 文件，请用 Excel 另存为 .xlsx 后再导入。"])
    if not data.startswith(b"PK"):
        raise no_workbook
    try:
        check_package(data, name)
        workbook = load_workbook(BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
    except DocumentError as error:
        raise ImportRefused([f"{error}。" if not str(error).endswith("。") else str(error)]) from error
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise no_workbook from None
    try:
        for sheet in workbook.worksheets:
            columns: dict[str, int] = {}
            rows: list[TableRow] = []
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if not columns and number > HEADER_ROWS:
                    break
                if not columns:
                    columns = columns_of(["".join(str(c).split()) if c is not None else "" for c in cells])
                elif any(cell is not None and str(cell).strip() for cell in cells):
                    rows.append(_row(sheet.title, number, cells, columns))
            if columns:
                if not rows:
                    raise ImportRefused([f"{name} 的“{sheet.title}”表只有表头，没有内容。"])
                if not formulas:
                    _refuse_uncomputed(data, sheet.title, rows)
                return rows
    finally:
        workbook.close()
    raise ImportRefused([f"{name} 中没有找到表头：前{HEADER_ROWS}行里应有一行包含 {wanted}。"])


def _refuse_uncomputed(data: bytes, title: str, rows: list[TableRow]) -> None:
    """A program that writes a workbook without computing it leaves formulas with no value: they read as empty cells."""
    empty = {
        row.places[name].rpartition("!")[2]
        for row in rows
        for name, value in row.cells.items()
        if value is None
    }
    if not empty:
        return
    workbook = load_workbook(BytesIO(data), read_only=True, keep_links=False)
    try:
        uncomputed = [
            cell.coordinate
            for cells in workbook[title].iter_rows()
            for cell in cells
            if cell.data_type == "f" and cell.coordinate in empty
        ]
    finally:
        workbook.close()
    if uncomputed:
        why = "是公式，但文件里没有保存它的计算结果；请用 Excel 或 WPS 打开并保存一次，或直接填写内容"
        raise ImportRefused([f"{title}!{place}：单元格{why}。" for place in uncomputed])


def _row(title: str, number: int, cells: tuple[object, ...], columns: Mapping[str, int]) -> TableRow:
    return TableRow(
        cells={name: cells[index] if index < len(cells) else None for name, index in columns.items()},
        places={name: f"{title}!{get_column_letter(index + 1)}{number}" for name, index in columns.items()},
    )
