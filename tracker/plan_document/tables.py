"""Find tables in plain text (pipes, box drawing, tabs, one cell a line) and cut them into cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .manuscript import Manuscript

_BOX = "│┃║"
_BOX_WALL = re.compile(f"[{_BOX}]")
_PIPE = re.compile(r"[|]")
MAX_COLUMNS = 60  # no ledger is wider; a longer row is hostile or no table
_RULE = re.compile(r"^[ ┌┬┐├┼┤└┴┘─━┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝═+|\-—_:=│┃]*$")
_BOX_RULE = re.compile(r"[─━═┬┼┴]|-{3,}|—{3,}")
_WIDE_GAP = re.compile(r"[ \u00a0\u3000\t]{2,}|[\u3000\t]")
_ANY_GAP = re.compile(r"[ \u00a0\u3000\t]+")
_LONGEST_ROW = 400

HEADER_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"^(?:序号|编号|项次|序|号|No\.?|NO\.?|任务编号|项目序号)$")),
    (
        "person",
        re.compile(
            r"^(?:.{0,4}(?:责任人|分管领导|责任领导|牵头领导|包保领导|包联领导|联系领导|领导|负责人|"
            r"联络员|联系人|承办人)"
            r"(?:及电话|及职务|姓名)?|市级领导|县级领导|联系电话|电话)$"
        ),
    ),
    (
        "due",
        re.compile(
            r"^(?:(?:计划|预计|要求|整改|推进)?(?:完成|办结|整改|时间|落实|推进|实施|进度|办理|交办|目标)?"
            r"(?:时限|期限|时间|时间节点|时效|节点|日期|进度)(?:要求|安排|节点)?)$"
        ),
    ),
    (
        "lead"
    , re.compile(
        r"^(?:.{0,2}牵头(?:责任)?(?:单位|部门|科室|处室|县区)?(?:\(.{1,12}\))?|主办(?:单位|部门|科室)|"
        r"主责(?:单位|部门)|第一责任单位)$"
    )),
    (
        "co"
    , re.compile(
        r"^(?:(?:配合|协办|协同|参与|参加|协助|协作|会办)(?:责任)?(?:单位|部门|科室|"
        r"处室)?(?:\(.{1,12}\))?)$"
    )),
    (
        "generic",
        re.compile(
            r"^(?:(?:责任|承办|落实|实施|负责|主管|完成|任务承接|整改责任|整改|具体责任)(?:单位|部门|科室|"
            r"处室|股室|主体|县区)(?:\(.{1,12}\))?|责任分工|承办|单位|部门|责任单位及责任人|责任(?:单位|"
            r"部门)[/、]责任人)$"
        ),
    ),
    (
        "other",
        re.compile(
            r"^(?:备注|进展情况|工作进展|存在问题|下一步(?:措施|打算|工作)?|任务来源|来源|完成情况|"
            r"工作进度|目前进展|联系方式|销号情况|是否完成|考核分值|分值|得分|评分标准|验收标准|成果形式|"
            r"年度目标|工作目标|目标|目标值|预期目标|完成标准|标准|总投资.{0,6}|建设地点|地点)$"
        ),
    ),
    (
        "group",
        re.compile(
            r"^(?:类别|领域|板块|行业类别|任务类别|工作类别|一级指标|项目类别|分类|大类|方面|指标类别|"
            r"专项|章节|重点领域|工作领域)$"
        ),
    ),
    (
        "task",
        re.compile(
            r"^(?:.{0,6}(?:任务|措施|内容|要求|事项|举措|工作|项目|要点|名称|行业|问题|重点|指标|清单|"
            r"做法|任务分解|行动)(?:及要求|及措施|和措施|与措施|分解|名称|内容|描述|\(.{1,16}\))?|"
            r"目标与任务.{0,8}|目标任务.{0,6})$"
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell's words (as printed and in working copy, rejoined when it was wrapped) and its span in the source."""

    printed: str
    work: str
    start: int
    end: int

    @property
    def empty(self) -> bool:
        return not self.work or self.work in {"-", "—", "——", "/", "无"}


@dataclass
class Grid:
    """A table cut into rows of cells; `stream` is set where the source does not say where rows end."""

    start: int
    end: int
    rows: list[list[Cell]] = field(default_factory=list)
    stream: bool = False


def header_role(words: str) -> str | None:
    """What a column holds, told by its header words; None for words that are no header."""
    plain = re.sub(r"\s", "", words)
    if not plain or len(plain) > 20:
        return None
    for role, pattern in HEADER_ROLES:
        if pattern.match(plain):
            return role
    return None


def cell_of(page: Manuscript, start: int, end: int) -> Cell:
    """A cell that stands in one piece between two offsets."""
    work = page.work[start:end]
    bare = work.strip()
    if not bare:
        return Cell("", "", start, end)
    begin = start + work.index(bare[0])
    stop = begin + len(bare)
    return Cell(page.printed(begin, stop), bare.replace("\n", " "), begin, stop)


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
        grids += _spaced(page, skipped)
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
            if grid.rows:
                grids.append(grid)
        else:
            index += 1
    return grids


def _pipe_rows(page: Manuscript, index: int, skipped: dict[int, str]) -> tuple[Grid, int]:
    """Rows with pipes; a short line without one between them is the heading of a group."""
    lines, work = page.lines, page.work
    grid = Grid(lines[index].start, lines[index].end)
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
            grid.rows.append(_split_line(page, line.start, line.end, _PIPE))
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
        if index in skipped or not 2 <= raw.count("\t") <= MAX_COLUMNS:
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


def _spaced(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
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
            if len(cells) > 1:
                current.rows.append(cells)
                current.end = line.end
                continue
        current = None
        if line.end - line.start > 60 or " " not in page.work[line.start : line.end]:
            continue
        cells = cells_between_gaps(page, line.start, line.end, 0)
        if len(cells) >= 3 and all(header_role(cell.work) for cell in cells):
            current = Grid(line.start, line.end, [cells])
            width = len(cells)
            grids.append(current)
    return [grid for grid in grids if len(grid.rows) >= 2]


def cells_between_gaps(page: Manuscript, start: int, end: int, width: int) -> list[Cell]:
    """A line cut at wide gaps; at every blank where that gives `width` cells (any number for 0)."""
    for gap in (_WIDE_GAP, _ANY_GAP):
        cuts = [match.span() for match in gap.finditer(page.text, start, end)]
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


def _one_cell_a_line(page: Manuscript, skipped: dict[int, str]) -> list[Grid]:
    """A table copied from a page with each cell on its own line, known by its run of header words."""
    lines, work = page.lines, page.work
    index = 0
    while index + 3 < len(lines):
        run = index
        while (
            run < len(lines) and run not in skipped and header_role(work[lines[run].start : lines[run].end])
        ):
            run += 1
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
