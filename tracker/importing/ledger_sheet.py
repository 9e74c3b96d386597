"""Reads the tables of an edited ledger: its rows, what is wrong with its columns, and what of the file is not read."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.importing.errors import ImportRefused
from tracker.importing.workbooks import HeaderRow, Table, TableRow, read_tables
from tracker.reports.ledger import COLUMNS

KEY, VERSION = COLUMNS[0].header, COLUMNS[1].header
_KNOWN = tuple(column.header for column in COLUMNS)
# What the system keeps may be merged for printing: nothing is read from there anyway.
_KEPT_BY_SYSTEM = tuple(
    column.header for column in COLUMNS if column.edits is None and column.header not in (KEY, VERSION)
)
# What a ledger exported by an older release lacks as a whole: no sign that a column was renamed.
_NEWER = frozenset({"报送日", "每期时限"})
# A row with this many of the ledger's headers is a ledger's header, whatever else it lacks.
_TELLING = 3


@dataclass(frozen=True)
class LedgerSheet:
    """The filled rows of all the file's ledgers; `notices` (Chinese, with their place) say what is not read or left out."""

    rows: Sequence[TableRow]
    notices: Sequence[str]


def read_ledger(data: bytes, name: str) -> LedgerSheet:
    """`name` is the file's, for messages. Raises ImportRefused when this is no ledger, or a column seems to be renamed: its edits would be lost."""
    wanted = f"“{KEY}”和“{VERSION}”（由系统导出）"
    found = read_tables(
        data, name, columns_of=_header, wanted=wanted, formulas=True, may_merge=_KEPT_BY_SYSTEM
    )
    reasons: list[str] = []
    notices = [f"工作表“{title}”是隐藏的，没有读取。" for title in found.hidden]
    notices += [f"工作表“{title}”没有台账的表头，没有读取。" for title in found.without_header]
    for table in found.tables:
        _check_columns(table, reasons, notices)
    if reasons:
        raise ImportRefused(reasons)
    return LedgerSheet(found.rows, notices)


def _header(row: HeaderRow) -> dict[str, int]:
    """Column header → index when this row is the header, else empty."""
    columns: dict[str, int] = {}
    for index, word in enumerate(row.words):
        if word not in _KNOWN:
            continue
        if word in columns:
            first = row.place(columns[word])
            raise ImportRefused([f"{row.place(index)}：表头“{word}”与{first}重复，不知道用哪一列。"])
        columns[word] = index
    missing = [name for name in (KEY, VERSION) if name not in columns]
    if not missing:
        return columns
    if len(columns) >= _TELLING:
        raise ImportRefused(
            [
                f"“{row.sheet}”表第{row.row}行是台账的表头，但没有“{'”“'.join(missing)}”列，不知道每行是哪一事项。"
                "请用系统导出的台账修改，不要删去或改名这两列；别处的台账请在“导入方案”中上传。"
            ]
        )
    return {}


def _check_columns(table: Table, reasons: list[str], notices: list[str]) -> None:
    header = table.header
    missing = [name for name in _KNOWN if name not in table.columns]
    foreign = [(index, word) for index, word in enumerate(header.words) if word and word not in table.columns]
    lost = "、".join(f"“{name}”" for name in missing)
    # Of an older release's ledger nothing is missing that could have been renamed.
    renamed = set(missing) - _NEWER if set(missing) >= _NEWER else set(missing)
    if renamed and foreign:
        reasons += [
            f"{header.place(index)}：表头“{word}”不是台账的列，而台账缺少{lost}列，可能是改了列名。"
            "请改回原来的列名；若是自己加的列，请先删去。"
            for index, word in foreign
        ]
    elif missing:
        notices.append(
            f"“{header.sheet}”表第{header.row}行的表头缺少{lost}列，这些列在系统中的内容保持不变。"
        )
    notices += [
        f"{header.place(index)}：“{word}”不是台账的列，这一列没有读取。"
        for index, word in foreign
        if not renamed
    ]
