"""Read a table whose source does not say where its rows end: one cell a line, or a wall after each cell."""

from __future__ import annotations

import re

from .cells import Cell, Grid
from .dates import looks_like_limit
from .numerals import to_number
from .table_columns import guess_role, guess_roles, header_fits
from .table_header import header_role, is_stage, may_be_header
from .table_rows import CHINESE_NUMBER, HEADER_OR_NOTE, Row, Shown, read_rows, rows_of
from .units import split_units

_UNIT_COLUMNS = frozenset({"lead", "co", "generic"})
_SPREAD = _UNIT_COLUMNS | {"task", "due", "person"}
_LONGEST_LIMIT = 20  # characters of a cell like 5月底前动工
_OF_TIME = re.compile(r"\d ?[月日季]|[年月季]底|季度|[上下]半年|长期|持续|全年|常态")


def read_table(grid: Grid) -> tuple[list[Row], list[Shown]]:
    """Rows and group headings in reading order, and what is no task: (start, end, why) of header and total lines."""
    if not grid.stream:
        return read_rows(grid)
    rows, shown = _stream_rows(grid)
    for row in rows:
        row.called_task, row.table_end = True, grid.end
    return rows, shown


def _stream_rows(grid: Grid) -> tuple[list[Row], list[Shown]]:
    cells = [cell for cell in grid.rows[0] if cell.work]
    count = _header_length([cell.work for cell in cells])
    header: list[str | None] = [_role_of_head(cell.work) for cell in cells[:count]]
    shown: list[Shown] = [(cells[0].start, cells[count - 1].end, HEADER_OR_NOTE)] if count else []
    data = cells[count:]
    numbers = _running_numbers(data)
    if not numbers or count < 2:
        return _chunked(data, header, cells[:count]), shown
    if "number" in header:
        columns = header[header.index("number") + 1 :]
    else:
        # The number stands before the second column (the first names groups) or before the first.
        columns = max(header[1:], header, key=lambda shape: _fitting(data, numbers, shape))
    rows: list[Row] = []
    groups: dict[int, str] = {}
    position = 0
    for index, begin in enumerate(numbers):
        waiting: Cell | None = None
        for head in data[position:begin]:
            if waiting is None and CHINESE_NUMBER.match(head.work):
                waiting = head  # the number of a group in a cell of its own
                continue
            rows.append(Row((waiting or head).start, head.end, waiting, head, group=True))
            waiting = None
        if waiting is not None:
            rows.append(Row(waiting.start, waiting.end, None, waiting, group=True))
        following = numbers[index + 1] if index + 1 < len(numbers) else len(data)
        stop = min(begin + 1 + len(columns), following)
        spread = (
            None if following == begin + 1 + len(columns) else _spread(data[begin + 1 : following], columns)
        )
        if spread is not None:
            for line, cells_of_row in enumerate(spread):
                taken = [cell for _, cell in cells_of_row]
                named: list[str | None] = [role for role, _ in cells_of_row]
                if not line:
                    taken.insert(0, data[begin])
                    named.insert(0, "number")
                rows += rows_of(taken, named, groups, (taken[0].start, taken[-1].end))
                position = data.index(taken[-1], begin) + 1
            continue
        if stop == begin + 1 + len(columns) < following and columns[-1] == "other":
            # 二 behind a row without a remark numbers the group below.
            stop -= CHINESE_NUMBER.match(data[stop - 1].work) is not None
        row_cells = data[begin:stop]
        roles: list[str | None] = ["number", *columns][: len(row_cells)]
        span = (row_cells[0].start, row_cells[-1].end)
        if len(row_cells) < len(columns) + 1 and not header_fits(row_cells[1:], roles[1:]):
            roles = guess_roles(row_cells)
        rows += [row for row in rows_of(row_cells, roles, groups, span) if not row.group]
        position = stop
    return rows, shown


def _role_of_head(words: str) -> str:
    return header_role(words) or ("stage" if is_stage(words) else "task")


def _header_length(words: list[str]) -> int:
    """How many cells from the first are a header: header words, one in words of its own behind 序号."""
    count = 0
    while count < len(words):
        behind_number = count == 1 and header_role(words[0]) == "number"
        stage = count > 1 and is_stage(words[count])
        if not (header_role(words[count]) or stage or (behind_number and may_be_header(words[1]))):
            break
        count += 1
    return count


def _spread(cells: list[Cell], columns: list[str | None]) -> list[list[tuple[str, Cell]]] | None:
    """The cells behind a number sorted into columns, where a column has several cells or none: rows of (role, cell).

    A second task without a number becomes a row of its own; a single cell left over at the end is the heading of
    the group below and left out. None where the columns do not tell cells apart by their words.
    """
    roles = [role or "task" for role in columns]
    if not set(roles) <= _SPREAD or sum(role in _UNIT_COLUMNS for role in roles) > 1:
        return None
    rows: list[list[tuple[str, Cell]]] = []
    position = 0
    while position < len(cells):
        row: list[tuple[str, Cell]] = []
        for role in roles:
            most = 1 if role in {"task", "due"} else len(cells)
            while position < len(cells) and most and _belongs(cells[position], role, first=not row):
                row.append((role, cells[position]))
                position, most = position + 1, most - 1
        if not row or (rows and len(row) < 2):
            break
        rows.append(row)
    return rows or None


def _belongs(cell: Cell, role: str, *, first: bool) -> bool:
    kind = guess_role(cell)
    if role == "task":
        return first or (kind == "task" and not _is_time(cell))
    if role == "due":
        return kind == "due" or _is_time(cell)
    return kind == "person" if role == "person" else kind == "generic"


def _is_time(cell: Cell) -> bool:
    return len(cell.work) <= _LONGEST_LIMIT and _OF_TIME.search(cell.work) is not None


def _fitting(data: list[Cell], numbers: list[int], shape: list[str | None]) -> int:
    """How many cells behind the first numbers are what their column of `shape` asks for."""
    fits = 0
    for begin in numbers[:5]:
        for role, cell in zip(shape, data[begin + 1 : begin + 1 + len(shape)], strict=False):
            fits += role == "due" and looks_like_limit(cell.work)
            fits += role in {"lead", "co", "generic"} and bool(split_units(cell.work, cell.work, strict=True))
    return fits


def _running_numbers(cells: list[Cell]) -> list[int]:
    """Places of 1, 2, 3 … in reading order (from 1 again under a new group)."""
    found: list[int] = []
    expected = 1
    for at, cell in enumerate(cells):
        if not re.match(r"^[(]?\d{1,3}[)]?[.、]?$", cell.work):
            continue
        value = to_number(cell.work)
        if value == expected or (value == 1 and found):
            found.append(at)
            expected = (value or 0) + 1
    return found


def _chunked(cells: list[Cell], header: list[str | None], heads: list[Cell]) -> list[Row]:
    width = len(heads)
    if width < 2:
        return _without_header(cells)
    rows: list[Row] = []
    groups: dict[int, str] = {}
    for at in range(0, len(cells), width):
        part = cells[at : at + width]
        rows += rows_of(
            part, [r or "task" for r in header[: len(part)]], groups, (part[0].start, part[-1].end)
        )
        if rows and len(part) == width:
            by_head = zip(header, heads, part, strict=True)
            rows[-1].stages = [(head, cell) for role, head, cell in by_head if role == "stage"]
    return rows


def _without_header(cells: list[Cell]) -> list[Row]:
    if not cells:
        return []
    return rows_of(cells, guess_roles(cells), {}, (cells[0].start, cells[-1].end))
