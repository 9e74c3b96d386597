"""Find tables whose columns are set off by nothing but blanks, below a line of header words or in rows of one kind."""

from __future__ import annotations

import re
from itertools import combinations, groupby

from .cells import Cell, Grid, cell_of
from .manuscript import Line, Manuscript
from .table_columns import guess_role
from .table_header import header_role, may_be_header
from .table_rows import MAY_LACK, fits_columns
from .unit_names import is_strict_unit

_WIDE_GAP = re.compile(r"[ \u00a0\u3000\t]{2,}|[\u3000\t]")
_ANY_GAP = re.compile(r"(?<![、，,；;：:])[ \u00a0\u3000\t]+(?![、，,；;])")
_LONGEST_ROW = 400
_LONGEST_HEADER_LINE = 60  # characters, blanks not counted


def _is_header_line(words: list[str]) -> bool:
    """Whether all cells are header words, or most, units or limits among them, and the others could be (投资（万元）)."""
    roles = [header_role(word) for word in words]
    if all(roles):
        return True
    known = [role for role in roles if role]
    charged = {"lead", "co", "generic"} & set(known) and {"due", "number"} & set(known)
    may = all(role or may_be_header(word) for role, word in zip(roles, words, strict=True))
    return len(known) >= 4 and bool(charged) and may


def spaced(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    """Columns set off by blanks, known by a line that is nothing but header words."""
    grids: list[Grid] = []
    current: Grid | None = None
    width = 0
    for index, line in enumerate(page.lines):
        if index in skipped or line.end - line.start > _LONGEST_ROW:
            current = None
            continue
        if current is not None:
            cells = cells_between_gaps(page, line.start, line.end, width)
            cells = cells or _with_names_joined(page, line, width) or _with_empty(page, line, current.rows[0])
            if len(cells) > 1:
                current.rows.append(cells)
                current.end = line.end
                continue
            if line.end - line.start <= 30 and _rows_go_on(page, index + 1, width):
                current.rows.append([cell_of(page, line.start, line.end)])  # the heading of a group
                continue
        current = None
        words = page.work[line.start : line.end]
        if " " not in words or len(words) - words.count(" ") > _LONGEST_HEADER_LINE:
            continue
        cells = cells_between_gaps(page, line.start, line.end, 0)
        if len(cells) >= 3 and _is_header_line([cell.work for cell in cells]):
            current = Grid(line.start, line.end, [cells])
            width = len(cells)
            grids.append(current)
    return [grid for grid in grids if len(grid.rows) >= 2] or _without_head(page, skipped)


def _rows_go_on(page: Manuscript, index: int, width: int) -> bool:
    """Whether the line after a short one is a row of the table again."""
    if index >= len(page.lines) or page.lines[index].end - page.lines[index].start > _LONGEST_ROW:
        return False
    line = page.lines[index]
    return len(cells_between_gaps(page, line.start, line.end, width)) == width


def cells_between_gaps(page: Manuscript, start: int, end: int, width: int) -> list[Cell]:
    """A line cut at wide gaps; at every blank where that gives `width` cells (any number for 0)."""
    for gap in (_WIDE_GAP, _ANY_GAP):
        spans = (match.span() for match in gap.finditer(page.text, start, end))
        cuts = [(a, b) for a, b in spans if page.work[a:b].isspace()]  # 牵 头: a blank closed up is no gap
        edges = [start, *(b for _, b in cuts)]
        stops = [*(a for a, _ in cuts), end]
        cells = [cell_of(page, a, b) for a, b in zip(edges, stops, strict=True)]
        if len(cells) == width or (not width and len(cells) >= 3):
            return cells
    wide = list(_WIDE_GAP.finditer(page.text, start, end))
    if len(wide) + 1 >= max(3, width - 1):
        edges = [start, *(m.end() for m in wide)]
        return [cell_of(page, a, b) for a, b in zip(edges, [*(m.start() for m in wide), end], strict=True)]
    return []


_MOST_NAMES = 8


def _with_names_joined(page: Manuscript, line: Line, width: int) -> list[Cell]:
    """2 改造小区 市住建局 市财政局 10月底前: a row cut at every blank whose names, put together again, leave `width` cells."""
    edges = [line.start]
    for gap in _ANY_GAP.finditer(page.text, line.start, line.end):
        edges += gap.span()
    edges.append(line.end)
    if not width < len(edges) // 2 <= width + _MOST_NAMES:
        return []
    pieces = list(zip(edges[::2], edges[1::2], strict=True))
    joined: list[tuple[int, int]] = []
    for named, run in groupby(pieces, key=lambda piece: is_strict_unit(page.work[piece[0] : piece[1]])):
        spans = list(run)
        joined += [(spans[0][0], spans[-1][1])] if named else spans
    return [cell_of(page, a, b) for a, b in joined] if len(joined) == width else []


_MOST_EMPTY = 4


def _with_empty(page: Manuscript, line: Line, heads: list[Cell]) -> list[Cell]:
    """3  排查隐患  市城管局: a row that leaves several columns empty, where only one way of filling them fits best.

    One set in from the margin may lack its number and task: what stands there goes on with the row above.
    """
    edges = [line.start]
    for gap in _WIDE_GAP.finditer(page.text, line.start, line.end):
        edges += gap.span()
    edges.append(line.end)
    pieces = [cell_of(page, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    lacking = len(heads) - len(pieces)
    margin = page.text[page.text.rfind("\n", 0, line.start) + 1 : line.start]
    set_in = len(margin) >= _SET_IN and margin.isspace()
    if not 1 <= lacking <= _MOST_EMPTY or len(pieces) < (1 if set_in else 3):
        return []
    roles = [header_role(head.work) for head in heads]
    kinds = [guess_role(piece) for piece in pieces]
    if set_in and not {"generic", "due"} & set(kinds):
        return []
    may_lack = [*(("number", "task") if set_in else ()), *MAY_LACK]
    places = [at for at, role in enumerate(roles) if role in may_lack or (set_in and role in _KEPT_BY_ROW)]
    best = -1
    found: tuple[int, ...] = ()
    for empty in combinations(places, lacking):
        rest = iter(kinds)
        if not fits_columns([None if at in empty else next(rest) for at in range(len(roles))], roles):
            continue
        weight = sum(may_lack.index(str(roles[at])) for at in empty if roles[at] in may_lack)
        if weight > best:
            best, found = weight, empty
    if best < 0:
        return []
    at_hand = iter(pieces)
    cells: list[Cell] = []
    for at in range(len(roles)):
        before = cells[-1].end if cells else line.start
        cells.append(Cell("", "", before, before) if at in found else next(at_hand))
    return cells


_SET_IN = 4
_KEPT_BY_ROW = frozenset({"lead", "generic"})
_GAP_OF_COLUMNS = re.compile(r"(?<=[^ \u00a0\u3000\t])[ \u00a0\u3000\t]{2,}")
_LONGEST_CELL = 60
_FEWEST_CELLS = 3


def _without_head(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    """Rows of a text without a header: lines cut at wide gaps into a task, its units and its limit, two or more alike."""
    rows: dict[int, list[Cell]] = {}
    kinds: dict[int, tuple[str, ...]] = {}
    for index, line in enumerate(page.lines):
        if (
            index in skipped
            or line.end - line.start > _LONGEST_ROW
            or "  " not in page.work[line.start : line.end]
        ):
            continue
        edges = [line.start]
        for gap in _GAP_OF_COLUMNS.finditer(page.text, line.start, line.end):
            edges += gap.span()
        edges.append(line.end)
        if len(edges) < 2 * _FEWEST_CELLS:
            continue
        cells = [cell_of(page, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        if any(len(cell.work) > _LONGEST_CELL for cell in cells):
            continue
        kind = tuple(map(guess_role, cells))
        if kind.count("task") == 1 and {"generic", "due"} <= set(kind):
            rows[index], kinds[index] = cells, kind
    known = list(kinds.values())
    grids: list[Grid] = []
    last = -2
    for index, cells in rows.items():
        if known.count(kinds[index]) < 2:
            continue
        if index == last + 1:
            grids[-1].rows.append(cells)
            grids[-1].end = page.lines[index].end
        else:
            grids.append(Grid(page.lines[index].start, page.lines[index].end, [cells]))
        last = index
    return grids
