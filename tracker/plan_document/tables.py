"""Find tables in plain text (pipes, box drawing, tabs, one cell a line) and cut them into cells."""

from __future__ import annotations

import re

from .cells import MAX_COLUMNS, Cell, Grid, cell_of
from .manuscript import Line, Manuscript
from .spaced_columns import spaced
from .table_header import header_role, may_be_header

_BOX = "│┃║"
_BOX_WALL = re.compile(f"[{_BOX}]")
_COMMA = re.compile(",")
_PIPE = re.compile(r"[|]")
_RULE = re.compile(r"^[ ┌┬┐├┼┤└┴┘─━┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝═+|\-—_:=│┃]*$")
_BOX_RULE = re.compile(r"[─━═┬┼┴]|-{3,}|—{3,}")
_LABEL_AND_TAB = re.compile(r"[:：] *\t")  # a paragraph set out with tabs (责任单位：→市交通局) is no row
_LONGEST_ROW = 400
_LONGEST_HEADER = 24  # characters of a header of two columns


def find_grids(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    """All tables of a plain text in reading order; `skipped` are lines known to be something else."""
    work = page.work
    grids: list[Grid] = []
    if any(mark in work for mark in _BOX):
        grids += _boxed(page)
    if "|" in work:
        grids += _piped(page, skipped)
    if "\t" in page.text:
        grids += _tabbed(page, skipped)
    if not grids:
        grids += spaced(page, skipped)
    if not grids:
        grids += _comma_separated(page, skipped)
    if not grids:
        grids += _one_cell_a_line(page, skipped)
    return sorted(grids, key=lambda grid: grid.start)


def _boxed(page: Manuscript) -> list[Grid]:
    """Rows stand between rules; a cell wrapped over several lines is joined."""
    grids: list[Grid] = []
    current: Grid | None = None
    pending: list[list[Cell]] = []
    for line in page.lines:
        content = page.work[line.start : line.end]
        walls = sum(content.count(mark) for mark in _BOX)
        rule = _RULE.match(content) is not None and _BOX_RULE.search(content) is not None
        if not rule and not 2 <= walls <= MAX_COLUMNS:
            _finish(current, pending)
            current, pending = None, []
            continue
        if current is None:
            current = Grid(line.start, line.end)
            grids.append(current)
        current.end = line.end
        if rule:
            _finish(current, pending)
            pending = []
            continue
        pending.append(_split_line(page, line.start, line.end, _BOX_WALL))
    _finish(current, pending)
    return [grid for grid in grids if grid.rows]


def _finish(grid: Grid | None, pending: list[list[Cell]]) -> None:
    """Join the wrapped lines of one row; lines of different width or with a full first column are rows apart."""
    if grid is None or not pending:
        return
    width = len(pending[0])
    if any(len(cells) != width for cells in pending):
        grid.rows += pending
        return
    if len(pending) > 1 and all(header_role(cell.work) for cell in pending[0]):
        grid.rows.append(pending[0])  # a header without a rule below it
        _finish(grid, pending[1:])
        return
    joined: list[Cell] = []
    for column in range(width):
        parts = [cells[column] for cells in pending if cells[column].work]
        if not parts:
            joined.append(pending[0][column])
            continue
        joined.append(
            Cell(
                "".join(part.printed for part in parts),
                "".join(part.work for part in parts),
                parts[0].start,
                parts[-1].end,
            )
        )
    grid.rows.append(joined)


def _split_line(page: Manuscript, start: int, end: int, marks: re.Pattern[str]) -> list[Cell]:
    cuts = [match.start() for match in marks.finditer(page.work, start, end)]
    edges = [start, *[cut + 1 for cut in cuts]]
    stops = [*cuts, end]
    cells = [cell_of(page, a, b) for a, b in zip(edges, stops, strict=True)]
    if cells and not cells[0].work and cuts and cuts[0] == start:
        cells = cells[1:]
    if cells and not cells[-1].work and cuts and cuts[-1] == end - 1:
        cells = cells[:-1]
    return cells


def _piped(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    grids: list[Grid] = []
    lines, work = page.lines, page.work
    index = 0
    while index < len(lines):
        content = work[lines[index].start : lines[index].end]
        if index in skipped or "|" not in content or content.count("|") > MAX_COLUMNS:
            index += 1
        elif content.strip("| ") == "":
            grid, index = _pipe_stream(page, index, skipped)
            if grid is not None:
                grids.append(grid)
        elif content.count("|") >= 2 or (content.count("|") == 1 and _pipe_near(page, index)):
            grid, index = _pipe_rows(page, index, skipped)
            if len(grid.rows) > 2 and all(len(row) == 1 for row in grid.rows):
                grid = Grid(grid.start, grid.end, [[row[0] for row in grid.rows]], stream=True)
            if grid.rows:
                grids.append(grid)
        else:
            index += 1
    return grids


def _pipe_rows(page: Manuscript, index: int, skipped: dict[int, str]) -> tuple[Grid, int]:
    """Rows with pipes; a short line without one between them is the heading of a group."""
    lines, work = page.lines, page.work
    grid = Grid(lines[index].start, lines[index].end)
    walled = work.startswith("|", lines[index].start)
    while index < len(lines):
        line = lines[index]
        text = work[line.start : line.end]
        if text.strip("| ") == "" or text.count("|") > MAX_COLUMNS:
            break
        if "|" not in text:
            following = work[lines[index + 1].start : lines[index + 1].end] if index + 1 < len(lines) else ""
            if len(text) > 30 or text.endswith("。") or following.count("|") < 1 or not grid.rows:
                break
            grid.rows.append([cell_of(page, line.start, line.end)])
        elif index not in skipped and not _RULE.match(text):
            cells = _split_line(page, line.start, line.end, _PIPE)
            if not walled and text[0] == "|" and grid.rows and len(cells) < len(grid.rows[0]):
                cells.insert(0, Cell("", "", line.start, line.start))  # an empty first cell, no wall
            grid.rows.append(cells)
        grid.end = line.end
        index += 1
    return grid, index


def _pipe_near(page: Manuscript, index: int) -> bool:
    return any(
        page.work.count("|", page.lines[i].start, page.lines[i].end) >= 1
        for i in (index - 1, index + 1)
        if 0 <= i < len(page.lines)
    )


def _pipe_stream(page: Manuscript, index: int, skipped: dict[int, str]) -> tuple[Grid | None, int]:
    """Cells and pipes on lines of their own: the source does not show where a row ends."""
    lines, work = page.lines, page.work
    first = index - 1 if index and index - 1 not in skipped else index
    last = index
    cursor = index
    while cursor < len(lines) and cursor - last <= 3:
        if work[lines[cursor].start : lines[cursor].end].strip("| ") == "":
            last = cursor
        cursor += 1
    cells: list[Cell] = []
    begin: int | None = None
    for at in range(first, last + 1):
        if work[lines[at].start : lines[at].end].strip("| ") == "":
            if begin is not None:
                cells.append(cell_of(page, begin, lines[at].start))
            begin = None
        elif begin is None:
            begin = lines[at].start
    if len(cells) < 2:
        return None, last + 1
    return Grid(lines[first].start, lines[last].end, [cells], stream=True), last + 1


def _tabbed(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    grids: list[Grid] = []
    current: Grid | None = None
    for index, line in enumerate(page.lines):
        raw = page.text[line.start : line.end]
        if index in skipped or not _has_tabs(raw, current, page, line):
            if current is not None and index not in skipped and _heads_tabbed_rows(page, index, current):
                current.rows.append([cell_of(page, line.start, line.end)])
                continue
            current = None
            continue
        if current is None:
            current = Grid(line.start, line.end)
            grids.append(current)
        edges = [line.start, *(line.start + m.end() for m in re.finditer("\t", raw))]
        stops = [*(line.start + m.start() for m in re.finditer("\t", raw)), line.end]
        current.rows.append([cell_of(page, a, b) for a, b in zip(edges, stops, strict=True)])
        current.end = line.end
    return [grid for grid in grids if len(grid.rows) >= 2]


def _has_tabs(raw: str, current: Grid | None, page: Manuscript, line: Line) -> bool:
    """Whether a line is a row; of two columns only below a line of nothing but header words."""
    count = raw.count("\t")
    if not 1 <= count <= MAX_COLUMNS or _LABEL_AND_TAB.search(raw):
        return False
    if count > 1:
        return True
    if current is not None:
        return len(current.rows[0]) == 2
    words = page.work[line.start : line.end].split(" ") if line.end - line.start <= _LONGEST_HEADER else []
    return len(words) == 2 and all(header_role(word) for word in words)


def _heads_tabbed_rows(page: Manuscript, index: int, grid: Grid) -> bool:
    """Whether a short line without tabs is the heading of a group: the next one is a row as wide as the others."""
    line = page.lines[index]
    if index + 1 >= len(page.lines) or line.end - line.start > 30 or page.work[line.end - 1] in "。;:,":
        return False
    following = page.lines[index + 1]
    width = max(len(row) for row in grid.rows[:2])
    tabs = page.text.count("\t", line.start, line.end)
    return width > 2 and not tabs and page.text.count("\t", following.start, following.end) == width - 1


def _comma_separated(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    """Rows with commas below a line of nothing but header words and commas, all of one width."""
    grids: list[Grid] = []
    width = 0
    for index, line in enumerate(page.lines):
        count = page.work.count(",", line.start, min(line.end, line.start + _LONGEST_ROW))
        if index in skipped or not 2 <= count <= MAX_COLUMNS or line.end - line.start > _LONGEST_ROW:
            width = 0
            continue
        first = page.work[line.start : page.work.index(",", line.start)]
        if not width and first and not header_role(first.strip()):
            continue  # prose, as nearly all lines with commas are
        cells = _split_line(page, line.start, line.end, _COMMA)
        if width and len(cells) == width:
            grids[-1].rows.append(cells)
            grids[-1].end = line.end
        elif line.end - line.start <= 60 and all(header_role(cell.work) for cell in cells):
            grids.append(Grid(line.start, line.end, [cells]))
            width = len(cells)
        else:
            width = 0
    return [grid for grid in grids if len(grid.rows) >= 2]


def _one_cell_a_line(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    """A table copied from a page with each cell on its own line, known by its run of header words."""
    lines, work = page.lines, page.work
    index = 0
    while index + 3 < len(lines):
        run = _header_lines(page, index, skipped)
        roles = {header_role(work[lines[i].start : lines[i].end]) for i in range(index, run)}
        if run - index >= 3 and roles & {"generic", "lead", "due", "co"} and roles & {"task", "number"}:
            cells = [
                cell_of(page, lines[i].start, lines[i].end)
                for i in range(index, len(lines))
                if i not in skipped
            ]
            return [Grid(lines[index].start, lines[-1].end, [cells], stream=True)]
        index = max(run, index + 1)
    return []


def _header_lines(page: Manuscript, index: int, skipped: dict[int, str]) -> int:
    """Index behind the run of header words, a line each, that begins at `index`; behind 序号 one may be in own words."""
    lines, run = page.lines, index
    while run < len(lines) and run not in skipped:
        words = page.work[lines[run].start : min(lines[run].end, lines[run].start + 61)]
        below_number = (
            run == index + 1 and header_role(page.work[lines[index].start : lines[index].end]) == "number"
        )
        if not header_role(words) and not (below_number and may_be_header(words)):
            break
        run += 1
    return run
