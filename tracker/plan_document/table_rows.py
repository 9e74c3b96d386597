"""Read the rows of a table: which column holds what, which rows are headings of a group, which are tasks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from .cells import MAX_COLUMNS, Cell, Grid
from .further_columns import further_cells, heads_of
from .table_columns import (
    NUMBER,
    find_header,
    form_fields,
    guess_role,
    guess_roles,
    header_fits,
    renewed,
    repeats_header,
)

CHINESE_NUMBER = re.compile(r"^[(]?[一二三四五六七八九十]{1,3}[)]?[、.]?$")
_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|累计|填报单位|填表|制表|审核|单位:|注:|备注:|说明:)")
_SUM = re.compile(r"[小合总] ?计")  # behind the cell of its group
HEADER_OR_NOTE, WITHOUT_TASK = "表头或表注", "没有任务内容的行"
_PRINTED_NUMBER = re.compile(
    r"^(?:[(][一二三四五六七八九十]{1,3}[)]|[一二三四五六七八九十]{1,3}、|[(]?\d{1,3}[)、.](?!\d)|"
    r"第[一二三四五六七八九十]{1,3}[章部]分?)\s*"
)


_SAID_OF_A_TASK = frozenset({"lead", "co", "generic", "due", "start", "person", "other", "stage"})
_TASK_WORD = re.compile(r"任务|措施|事项|工作|举措|内容|要求|做法|行动")


@dataclass(eq=False)
class Row:
    """A task of a table: its number cell, its main words, its further words, and cells by role.

    called_task: whether the header calls the column of the main words tasks, measures or the like.
    stages: header and cell of the columns that say what is due by a stage of the year.
    further: header and cell of the columns that are no field of the task.
    column: the place, from 0, of the column that names a group; -1 where a row of its own does. A task that is
    its own group (one cell names both, and no number stands before it) has that column too.
    """

    start: int
    end: int
    number: Cell | None
    main: Cell | None
    details: list[Cell] = field(default_factory=list)
    roles: dict[str, list[Cell]] = field(default_factory=dict)
    group: bool = False
    column: int = -1
    called_task: bool = False
    table_end: int = 0
    stages: list[tuple[Cell, Cell]] = field(default_factory=list)
    further: list[tuple[Cell, Cell]] = field(default_factory=list)

    @property
    def says_who(self) -> bool:
        """Whether the row has units or limits of its own."""
        return bool(self.roles.keys() & {"lead", "co", "generic", "due"})


Shown = tuple[int, int, str]


def read_rows(grid: Grid) -> tuple[list[Row], list[Shown]]:
    """Rows and group headings in reading order, and what is no task: (start, end, why) of header and total lines."""
    form = form_fields(grid)
    if form is not None and any(not cell.empty for cell in form.get("task", [])):
        return [_row_of_form(grid, form)], []
    header, roles, consumed = find_header(grid)
    if header:
        if not grid.exact:
            _shift_right(grid.rows[consumed:], roles)
            _fill_gaps(grid.rows[consumed:], roles)
        body = [row for row in grid.rows[consumed:] if len(row) == len(roles) and not _ends_table(row)]
        roles = _numbers_apart(roles, body)
        roles = _merged_groups(_figures_apart(roles, body), body)
    rows: list[Row] = []
    shown = []
    for cells in grid.rows[:consumed]:
        filled = [cell for cell in cells if not cell.empty]
        if header and len({(cell.start, cell.end) for cell in filled}) == 1 and printed_number(filled[0]):
            # 一、道路类 over a header that each group has anew
            rows.append(Row(filled[0].start, filled[0].end, None, filled[0], group=True))
        elif cells:
            shown.append((cells[0].start, cells[-1].end, HEADER_OR_NOTE))
    groups: dict[int, str] = {}
    numbers: set[int] = set()
    columns = heads_of(grid.rows[:consumed][-2:]) if header else []
    for cells in grid.rows[consumed:]:
        filled = [cell for cell in cells if not cell.empty]
        if not filled:
            continue
        span = (min(c.start for c in cells), max(c.end for c in cells))
        if header and repeats_header(cells):
            roles, columns = renewed(roles, cells, grid.rows[consumed - 1]), cells
            shown.append((*span, HEADER_OR_NOTE))
            continue
        if _is_total(filled):
            shown.append((*span, HEADER_OR_NOTE))
            continue
        if (len(cells) > 1 or header) and _is_group_heading(cells, filled, roles):
            rows.append(Row(*span, None, filled[0], group=True))
            continue
        found = rows_of(cells, roles if header else guess_roles(cells), groups, span)
        if header and "stage" in roles and len(cells) == len(roles) and found:
            heads = zip(grid.rows[consumed - 1], cells, roles, strict=True)
            found[-1].stages = [(head, c) for head, c, role in heads if role == "stage" and not c.empty]
        if found and len(cells) == len(roles) == len(columns):
            found[-1].further = further_cells(columns, cells, roles)
        if not _carry_on(rows, found, numbers):
            rows += found
            if not any(row.main for row in found):
                shown.append((*span, WITHOUT_TASK))
    called = any(_TASK_WORD.search(cell.work) for row in grid.rows[:consumed] for cell in row)
    for row in rows:
        row.called_task, row.table_end = called, grid.end
    return rows, shown


def _ends_table(cells: list[Cell]) -> bool:
    filled = [cell for cell in cells if not cell.empty]
    return not filled or _is_total(filled)


_FIGURE = re.compile(r"[\d.,%/+~-]+ ?(?:%|[万亿]?元|[\u4e00-\u9fff]{1,3})?$|[-—/无]$")


def _numbers_apart(roles: list[str | None], body: list[list[Cell]]) -> list[str | None]:
    """项目 | 措施 with 1, 2, 3 below 项目: a first column that counts its rows numbers them, whatever its header."""
    first = [row[0].work for row in body]
    if roles[0] != "task" or roles.count("task") < 2 or "number" in roles or not first:
        return roles
    return ["number", *roles[1:]] if all(map(NUMBER.match, first)) else roles


def _figures_apart(roles: list[str | None], body: list[list[Cell]]) -> list[str | None]:
    """A column in words of its own that holds figures (年度投资) says nothing of what is to be done, beside one that does."""
    filled = {at: [row[at] for row in body if not row[at].empty] for at in range(len(roles))}
    figures = {
        at
        for at, role in enumerate(roles)
        if role == "task" and filled[at] and all(map(_is_figure, filled[at]))
    }
    if len(figures) == roles.count("task"):
        return roles
    return ["other" if at in figures else role for at, role in enumerate(roles)]


def _is_figure(cell: Cell) -> bool:
    return _FIGURE.match(cell.work) is not None


def _shift_right(body: list[list[Cell]], roles: list[str | None]) -> None:
    """Put rows back into their columns that lack a cell merged with the one above and have an empty one at their end."""
    above: list[Cell] | None = None
    for cells in body:
        empty = 0
        while len(cells) == len(roles) and empty < len(cells) - 1 and cells[-1 - empty].empty:
            empty += 1
        if above is not None and empty and not cells[0].empty:
            moved = [Cell("", "", cells[0].start, cells[0].start)] * empty + cells[: len(cells) - empty]
            if _fitness(moved, roles, above) > _fitness(cells, roles, above):
                cells[:] = moved
        if len(cells) == len(roles):
            above = cells


_KINDS = {"number": "number", "due": "due", "lead": "generic", "co": "generic", "generic": "generic"}
MAY_LACK = (
    "due",
    "person",
    "other",
    "co",
)  # which cell a row set out with blanks rather leaves empty: the last first


def _fill_gaps(body: list[list[Cell]], roles: list[str | None]) -> None:
    """Give rows with one cell too few an empty one where all others then stand in columns of their kind."""
    if len(roles) < 4:
        return
    for cells in body:
        if len(cells) != len(roles) - 1 or not cells[0].work:
            continue
        kinds = [guess_role(cell) for cell in cells]
        fitting = [
            at
            for at, role in enumerate(roles)
            if at and role in MAY_LACK and fits_columns([*kinds[:at], None, *kinds[at:]], roles)
        ]
        if fitting:
            at = max(fitting, key=lambda at: MAY_LACK.index(str(roles[at])))
            cells.insert(at, Cell("", "", cells[at - 1].end, cells[at - 1].end))


def fits_columns(kinds: list[str | None], roles: list[str | None]) -> bool:
    """Whether each cell, told by its words, is of the kind of its column; None for an empty one."""
    known = [(kind, _KINDS.get(role or "")) for kind, role in zip(kinds, roles, strict=True) if kind]
    return all(kind == wanted for kind, wanted in known if wanted or kind in {"due", "generic"})


def _fitness(cells: list[Cell], roles: list[str | None], above: list[Cell]) -> int:
    """How many cells are of their column: units in one for units, limits in one for limits, a number where there was one."""
    fits = 0
    for cell, role, before in zip(cells, roles, above, strict=True):
        if cell.empty:
            continue
        kind = guess_role(cell)
        charges = kind == "generic" or _CHARGES.search(cell.work) is not None
        fits += (
            charges if role in {"lead", "co", "generic"} else -(kind in {"generic", "due"} and role == "task")
        )
        fits += kind == role == "due"
        if role == "task" and before.work and printed_number(cell):
            fits += _IN_FIGURES.match(cell.work) is not None and _IN_FIGURES.match(before.work) is not None
    return fits


_CHARGES = re.compile(r"牵头|配合|负责")
_IN_FIGURES = re.compile(r"[(]?\d{1,3}[)、.]")


def _row_of_form(grid: Grid, fields: dict[str, list[Cell]]) -> Row:
    """The one task of a form (督办单)."""
    main, *details = [cell for cell in fields["task"] if not cell.empty]
    end = max(cell.end for row in grid.rows for cell in row)
    return Row(grid.start, end, None, main, details, fields, called_task=True, table_end=grid.end)


def _is_total(filled: list[Cell]) -> bool:
    """合计 or 注：, in the first cell or behind its number."""
    first = filled[1] if len(filled) > 1 and NUMBER.match(filled[0].work) else filled[0]
    return _TOTAL.match("".join(first.work.split())) is not None or any(
        _SUM.fullmatch(cell.work) for cell in filled[1:3]
    )


def _carry_on(rows: list[Row], found: list[Row], numbers: set[int]) -> bool:
    """Give the units and limits of a row that only goes on with the task above it to that task.

    Its task cell is merged with the one above, or number and task are left empty. A number merged over several
    tasks is that of the first; `numbers` are the identities of the number cells so far.
    """
    number = found[-1].number if found else None
    known = number is not None and id(number) in numbers
    numbers.add(id(number))
    if len(found) != 1 or found[0].group or not rows or rows[-1].group:
        return False
    above, row = rows[-1], found[0]
    if row.main is not None and row.main is not above.main:
        if known:
            row.number = None
        return False
    if row.main is None and row.number is not None:
        return False
    above.end = max(above.end, row.end)
    above.stages += row.stages
    known_cells = {id(cell) for _, cell in above.further}
    above.further += [pair for pair in row.further if id(pair[1]) not in known_cells]
    _extend(above.details, row.details)
    for role, cells in row.roles.items():
        _extend(above.roles.setdefault(role, []), cells)
    return True


def _extend(known: list[Cell], cells: list[Cell]) -> None:
    """Add the cells that are not merged with those of the row above."""
    above = {id(cell) for cell in known[-MAX_COLUMNS:]}
    known += [cell for cell in cells if id(cell) not in above]


def _is_group_heading(cells: list[Cell], filled: list[Cell], roles: list[str | None]) -> bool:
    """A row of one cell that is no number, unless it only fills one column of units, limits or remarks."""
    if len({(cell.start, cell.end) for cell in filled}) > 1 or NUMBER.match(filled[0].work):
        return False
    places = [role for cell, role in zip(cells, roles, strict=False) if not cell.empty]
    return len(cells) != len(roles) or len(places) > 1 or places[0] not in _SAID_OF_A_TASK


def _merged_groups(roles: list[str | None], body: list[list[Cell]]) -> list[str | None]:
    """A task column whose cells are merged over several rows names groups, if another task column does not."""
    tasks = [at for at, role in enumerate(roles) if role == "task"]
    if len(tasks) < 2:
        return roles
    merged = {
        at
        for at in tasks
        for above, below in pairwise(body)
        if at < len(above) and at < len(below) and above[at] is below[at] and not above[at].empty
    }
    first, second = tasks[:2]
    if (
        not merged
        and any(row[first].empty for row in body)
        and not body[0][first].empty
        and not any(row[second].empty for row in body)
    ):
        merged = {first}  # a text table shows a merged cell once, the places below it are empty
    if not merged and _repeats(body, first) and not _repeats(body, second):
        merged = {first}  # 完善公司治理 printed anew in each of its rows
    if not merged or len(merged) == len(tasks):
        return roles
    settled = list(roles)
    for at in merged:
        settled[at] = "group"
        if at and settled[at - 1] == "number" and any(a[at - 1] is b[at - 1] for a, b in pairwise(body)):
            settled[at - 1] = "group_number"
    return settled


def _repeats(body: list[list[Cell]], at: int) -> bool:
    """Whether a column is filled throughout and holds the same words in rows below one another."""
    words = [row[at].work for row in body]
    return all(words) and any(above == below for above, below in pairwise(words))


def rows_of(
    cells: list[Cell], roles: list[str | None], groups: dict[int, str], span: tuple[int, int]
) -> list[Row]:
    """One task row, before it the heading of a group that begins with it."""
    column = -1
    aligned = _align(cells, roles)
    by_role: dict[str, list[Cell]] = {}
    for role, cell in aligned:
        if not cell.empty and not any(cell is other for other in by_role.get(role, [])):
            by_role.setdefault(role, []).append(cell)
    number = next((cell for cell in by_role.get("number", []) if NUMBER.match(cell.work)), None)
    tasks = by_role.get("task", [])
    found: list[Row] = []
    heads = list(by_role.get("group", []))
    position = {id(cell): at for at, (_, cell) in enumerate(aligned)}
    if len(tasks) > 1 and number is not None and position[id(tasks[0])] < position[id(number)]:
        heads.append(tasks.pop(0))
    filled = {(cell.start, cell.end) for cell in cells if not cell.empty}
    if heads and number is not None and len(filled) == 2 and CHINESE_NUMBER.match(number.work):
        return [Row(*span, number, heads[0], group=True)]  # 一 | 产业发展 stands over groups of that column
    for head in sorted(heads, key=lambda cell: position[id(cell)]):
        place = position[id(head)]
        if groups.get(place) != head.work:
            for inner in [known for known in groups if known > place]:
                del groups[inner]  # 产业 | 其他 and 民生 | 其他 are two
            groups[place] = head.work
            begin = head.start
            if number is not None and span[0] <= number.start < begin:
                # Its column stands behind the number: the heading goes before the whole row all the same.
                begin, span = number.start, (head.end, span[1])
            counted = [cell for cell in by_role.get("group_number", []) if span[0] <= cell.start < begin]
            begin = min([begin, *(cell.start for cell in counted)])
            found.append(Row(begin, head.end, None, head, group=True, column=place))
    if (
        number is not None
        and len(filled) == 2
        and len(cells) > 3
        and CHINESE_NUMBER.match(number.work)
        and tasks
    ):
        return [*found, Row(*span, number, tasks[0], group=True)]  # its words merged over all other columns
    bare = not by_role.keys() & {"lead", "co", "generic", "due"}
    if found and not tasks and not bare and "task" in roles:
        # A group of one line: what it is called is the task too, and the row says who does it.
        tasks = [max(heads, key=lambda cell: position[id(cell)])]
        if found[-1].start == tasks[0].start:
            column = found.pop().column  # both cannot begin at one place: the task stands beside the groups
            groups.pop(column, None)
    if bare and number is not None and len(tasks) == 1 and CHINESE_NUMBER.match(number.work):
        return [*found, Row(*span, number, tasks[0], group=True)]
    if not tasks and "task" not in roles:
        tasks = [cell for role in ("other", "generic") for cell in by_role.get(role, [])][:1]
    details = tasks[1:] + by_role.get("stage", [])
    found.append(Row(*span, number, tasks[0] if tasks else None, details, by_role, column=column))
    return found


def _align(cells: list[Cell], roles: list[str | None]) -> list[tuple[str, Cell]]:
    """Pair cells with columns; a row that lacks its merged first cells is aligned by its number or its end."""
    if len(cells) == len(roles):
        return [(role or "task", cell) for role, cell in zip(roles, cells, strict=True)]
    if len(cells) == len(roles) + 1 and "number" not in roles and len(cells) > 1:
        for at in (0, 1):
            if NUMBER.match(cells[at].work):
                widened = [*roles[:at], "number", *roles[at:]]
                return [(role or "task", cell) for role, cell in zip(widened, cells, strict=True)]
    if len(cells) < len(roles):
        if "number" in roles and NUMBER.match(cells[0].work):
            skip = roles.index("number")
            if len(roles) - skip >= len(cells):
                return [(role or "task", cell) for role, cell in zip(roles[skip:], cells, strict=False)]
        tail = roles[len(roles) - len(cells) :]
        if cells[0].work and header_fits(cells, tail):
            return [(role or "task", cell) for role, cell in zip(tail, cells, strict=True)]
    return [(role or "task", cell) for role, cell in zip(guess_roles(cells), cells, strict=True)]


def printed_number(cell: Cell) -> int:
    """Length of the number that opens a cell's words (一、…), 0 without one."""
    found = _PRINTED_NUMBER.match(cell.work)
    return found.end() if found else 0
