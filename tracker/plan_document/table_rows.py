"""Read the rows of a table: which column holds what, which rows are headings of a group, which are tasks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from .dates import looks_like_limit
from .numerals import to_number
from .table_header import header_role
from .tables import Cell, Grid
from .units import is_person, split_units

_NUMBER = re.compile(
    r"^(?:[(]?\d{1,3}[)]?[.、]?|[(]?[一二三四五六七八九十]{1,3}[)]?[、.]?|[①-⑳]|\d{1,2}(?:\.\d{1,2}){1,2})$"
)
_CHINESE_NUMBER = re.compile(r"^[(]?[一二三四五六七八九十]{1,3}[)]?[、.]?$")
_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|累计|填报单位|填表|制表|审核|单位:|注:|备注:|说明:)")
HEADER_OR_NOTE, WITHOUT_TASK = "表头或表注", "没有任务内容的行"
_PRINTED_NUMBER = re.compile(
    r"^(?:[(][一二三四五六七八九十]{1,3}[)]|[一二三四五六七八九十]{1,3}、|[(]?\d{1,3}[)、.](?!\d)|"
    r"第[一二三四五六七八九十]{1,3}[章部]分?)\s*"
)


_SENTENCE = re.compile(r"[。;!?]|\d{4}")
_LONGEST_HEADER = 12  # characters of a header cell


@dataclass(eq=False)
class Row:
    """A task of a table: its number cell, its main words, its further words, and cells by role."""

    start: int
    end: int
    number: Cell | None
    main: Cell | None
    details: list[Cell] = field(default_factory=list)
    roles: dict[str, list[Cell]] = field(default_factory=dict)
    group: bool = False


Shown = tuple[int, int, str]


def read_rows(grid: Grid) -> tuple[list[Row], list[Shown]]:
    """Rows and group headings in reading order, and what is no task: (start, end, why) of header and total lines."""
    if grid.stream:
        return _stream_rows(grid)
    header, roles, consumed = _header(grid)
    if header:
        roles = _merged_groups(roles, [row for row in grid.rows[consumed:] if len(row) == len(roles)])
    rows: list[Row] = []
    shown: list[Shown] = [(row[0].start, row[-1].end, HEADER_OR_NOTE) for row in grid.rows[:consumed] if row]
    groups: dict[int, str] = {}
    for cells in grid.rows[consumed:]:
        filled = [cell for cell in cells if not cell.empty]
        if not filled:
            continue
        span = (min(c.start for c in cells), max(c.end for c in cells))
        if header and _repeats_header(cells):
            roles = _renewed(roles, cells, grid.rows[consumed - 1])
            shown.append((*span, HEADER_OR_NOTE))
            continue
        if _is_total(filled):
            shown.append((*span, HEADER_OR_NOTE))
            continue
        if (
            len({(c.start, c.end) for c in filled}) == 1
            and (len(cells) > 1 or header)
            and not _NUMBER.match(filled[0].work)
        ):
            rows.append(Row(*span, None, filled[0], group=True))
            continue
        found = _rows_of(cells, roles if header else _guess_roles(cells), groups, span)
        if not _carry_on(rows, found):
            rows += found
            if not any(row.main for row in found):
                shown.append((*span, WITHOUT_TASK))
    return rows, shown


def _is_total(filled: list[Cell]) -> bool:
    """合计 or 注：, in the first cell or behind its number."""
    first = filled[1] if len(filled) > 1 and _NUMBER.match(filled[0].work) else filled[0]
    return _TOTAL.match("".join(first.work.split())) is not None


def _carry_on(rows: list[Row], found: list[Row]) -> bool:
    """Give the units and limits of a row that only goes on with the task above it to that task.

    Its task cell is merged with the one above, or number and task are left empty. A number merged over several
    tasks is that of the first.
    """
    if len(found) != 1 or found[0].group or not rows or rows[-1].group:
        return False
    above, row = rows[-1], found[0]
    if row.main is not None and row.main is not above.main:
        if row.number is not None and any(row.number is other.number for other in rows):
            row.number = None
        return False
    if row.main is None and row.number is not None:
        return False
    above.end = max(above.end, row.end)
    above.details += [cell for cell in row.details if not any(cell is known for known in above.details)]
    for role, cells in row.roles.items():
        known = above.roles.setdefault(role, [])
        known += [cell for cell in cells if not any(cell is other for other in known)]
    return True


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
    if not merged or len(merged) == len(tasks):
        return roles
    settled = list(roles)
    for at in merged:
        settled[at] = "group"
        if at and settled[at - 1] == "number" and any(a[at - 1] is b[at - 1] for a, b in pairwise(body)):
            settled[at - 1] = "group_number"
    return settled


def _header(grid: Grid) -> tuple[bool, list[str | None], int]:
    """The header is the first row with two or more header words; a second header row fills in what it lacks."""
    for at, cells in enumerate(grid.rows[:5]):
        roles = [header_role(cell.work) for cell in cells]
        known = [role for role in roles if role]
        if len(known) < 2 or len(known) * 2 < len([c for c in cells if not c.empty]):
            continue
        consumed = at + 1
        if consumed < len(grid.rows) and len(grid.rows[consumed]) == len(cells):
            second = [header_role(cell.work) for cell in grid.rows[consumed]]
            if sum(1 for role in second if role) >= 2 and not any(
                _NUMBER.match(c.work) for c in grid.rows[consumed]
            ):
                roles = [b or a for a, b in zip(roles, second, strict=True)]
                consumed += 1
        return True, _settle_tasks(roles, [cell.work for cell in cells]), consumed
    return _header_by_shape(grid)


def _header_by_shape(grid: Grid) -> tuple[bool, list[str | None], int]:
    """A header in words of its own (编码 | 干什么 | 谁来干): short, and unlike the numbers, units and limits below it."""
    for at, cells in enumerate(grid.rows[:3]):
        filled = [cell for cell in cells if not cell.empty]
        if len({(cell.start, cell.end) for cell in filled}) < 2:
            continue  # a title over the whole table
        kinds = _kinds_below(grid.rows[at + 1 : at + 21], len(cells))
        telling = [column for column, kind in enumerate(kinds) if kind != "task"]
        if len(telling) < 2 or any(cells[column].empty for column in telling):
            break
        if any(len(cell.work) > _LONGEST_HEADER or _SENTENCE.search(cell.work) for cell in filled):
            break
        if any(_is_like(cell, kind) for cell, kind in zip(cells, kinds, strict=True) if not cell.empty):
            break
        return True, [header_role(cell.work) or kind for cell, kind in zip(cells, kinds, strict=True)], at + 1
    return False, [], 0


def _is_like(cell: Cell, kind: str) -> bool:
    """Whether a cell of what may be a header holds what the cells below it hold, or what no header holds."""
    if header_role(cell.work):
        return False
    word = guess_role(cell)
    return word in {"number", "due"} or word == kind != "task"


def _kinds_below(rows: list[list[Cell]], width: int) -> list[str]:
    """What most cells of each column are by their words; a second column of units holds co-units, of numbers figures."""
    kinds: list[str] = []
    for column in range(width):
        found = Counter(
            guess_role(row[column]) for row in rows if len(row) == width and not row[column].empty
        )
        kind, count = max(found.items(), key=lambda pair: pair[1], default=("task", 0))
        kind = kind if count * 2 > found.total() else "task"
        if kind in kinds:
            kind = {"generic": "co", "number": "other"}.get(kind, kind)
        kinds.append(kind)
    return kinds


def _renewed(roles: list[str | None], cells: list[Cell], header: list[Cell]) -> list[str | None]:
    """The roles from a header on that stands inside the table: the same one again, or that of another table."""
    if [cell.work for cell in cells] == [cell.work for cell in header]:
        return roles
    old = roles if len(roles) == len(cells) else [None] * len(cells)
    known = [
        header_role(cell.work) or (role if cell.empty else None)
        for role, cell in zip(old, cells, strict=True)
    ]
    return _settle_tasks(known, [cell.work for cell in cells])


def _settle_tasks(roles: list[str | None], words: list[str]) -> list[str | None]:
    """An unknown column holds words of the task, and so does 存在问题 where it comes before all others."""
    settled = [role or "task" for role in roles]
    first = next((at for at, role in enumerate(settled) if role not in {"number", "group"}), None)
    if first is not None and settled[first] == "other" and "问题" in words[first]:
        settled[first] = "task"
    return list(settled)


def _repeats_header(cells: list[Cell]) -> bool:
    known = sum(1 for cell in cells if header_role(cell.work))
    return known >= 2 and known * 2 >= len([c for c in cells if not c.empty])


def _rows_of(
    cells: list[Cell], roles: list[str | None], groups: dict[int, str], span: tuple[int, int]
) -> list[Row]:
    """One task row, before it the heading of a group that begins with it."""
    aligned = _align(cells, roles)
    by_role: dict[str, list[Cell]] = {}
    for role, cell in aligned:
        if not cell.empty and not any(cell is other for other in by_role.get(role, [])):
            by_role.setdefault(role, []).append(cell)
    number = next((cell for cell in by_role.get("number", []) if _NUMBER.match(cell.work)), None)
    tasks = by_role.get("task", [])
    found: list[Row] = []
    heads = list(by_role.get("group", []))
    position = {id(cell): at for at, (_, cell) in enumerate(aligned)}
    if len(tasks) > 1 and number is not None and position[id(tasks[0])] < position[id(number)]:
        heads.append(tasks.pop(0))
    for head in heads:
        if groups.get(position[id(head)]) != head.work:
            groups[position[id(head)]] = head.work
            found.append(Row(head.start, head.end, None, head, group=True))
    filled = {(cell.start, cell.end) for cell in cells if not cell.empty}
    if (
        number is not None
        and len(filled) == 2
        and len(cells) > 3
        and _CHINESE_NUMBER.match(number.work)
        and tasks
    ):
        return [*found, Row(*span, number, tasks[0], group=True)]  # its words merged over all other columns
    bare = not by_role.keys() & {"lead", "co", "generic", "due"}
    if bare and number is not None and len(tasks) == 1 and _CHINESE_NUMBER.match(number.work):
        return [*found, Row(*span, number, tasks[0], group=True)]
    if not tasks and "task" not in roles:
        tasks = [cell for role in ("other", "generic") for cell in by_role.get(role, [])][:1]
    found.append(Row(*span, number, tasks[0] if tasks else None, tasks[1:], by_role))
    return found


def _align(cells: list[Cell], roles: list[str | None]) -> list[tuple[str, Cell]]:
    """Pair cells with columns; a row that lacks its merged first cells is aligned by its number or its end."""
    if len(cells) == len(roles):
        return [(role or "task", cell) for role, cell in zip(roles, cells, strict=True)]
    if len(cells) == len(roles) + 1 and "number" not in roles and len(cells) > 1:
        for at in (0, 1):
            if _NUMBER.match(cells[at].work):
                widened = [*roles[:at], "number", *roles[at:]]
                return [(role or "task", cell) for role, cell in zip(widened, cells, strict=True)]
    if len(cells) < len(roles):
        if "number" in roles and _NUMBER.match(cells[0].work):
            skip = roles.index("number")
            if len(roles) - skip >= len(cells):
                return [(role or "task", cell) for role, cell in zip(roles[skip:], cells, strict=False)]
        tail = roles[len(roles) - len(cells) :]
        if cells[0].work and header_fits(cells, tail):
            return [(role or "task", cell) for role, cell in zip(tail, cells, strict=True)]
    return [(role or "task", cell) for role, cell in zip(_guess_roles(cells), cells, strict=True)]


def header_fits(cells: list[Cell], roles: list[str | None]) -> bool:
    """Whether cells could stand in columns of these roles (limits where limits belong)."""
    for role, cell in zip(roles, cells, strict=True):
        if role == "due" and cell.work and not looks_like_limit(cell.work):
            return False
        if role in {"lead", "generic", "co"} and cell.work and not split_units(cell.work, cell.work):
            return False
    return True


def _guess_roles(cells: list[Cell]) -> list[str | None]:
    """Without a header a cell tells by its words what it is."""
    roles: list[str | None] = []
    has_units = has_task = False
    for at, cell in enumerate(cells):
        role = guess_role(cell)
        if role == "number" and at > 1:
            role = "task"
        if (
            role == "generic"
            and not has_task
            and at + 1 < len(cells)
            and not has_units
            and len(cells) > at + 1
        ):
            rest = [guess_role(other) for other in cells[at + 1 :]]
            if "task" in rest and "generic" in rest:
                role = "task"
        if role == "generic":
            role = "co" if has_units else "generic"
            has_units = True
        has_task = has_task or role == "task"
        roles.append(role)
    return roles


def roles_by_words(cells: list[Cell]) -> dict[str, list[Cell]]:
    """Cells sorted by the roles that their words suggest."""
    found: dict[str, list[Cell]] = {}
    for role, cell in zip(_guess_roles(cells), cells, strict=True):
        found.setdefault(role or "task", []).append(cell)
    return found


def guess_role(cell: Cell) -> str:
    """number, due, person, generic (units) or task, from the words alone."""
    words = cell.work
    if _NUMBER.match(words):
        return "number"
    if len(words) <= 24 and looks_like_limit(words):
        return "due"
    if words and all(is_person(part) for part in re.split(r"[、, ]+", words) if part):
        return "person"
    if words and split_units(words, words, strict=True):
        return "generic"
    return "task"


def _stream_rows(grid: Grid) -> tuple[list[Row], list[Shown]]:
    cells = [cell for cell in grid.rows[0] if cell.work]
    count = 0
    while count < len(cells) and header_role(cells[count].work):
        count += 1
    header = [header_role(cell.work) for cell in cells[:count]]
    shown: list[Shown] = [(cells[0].start, cells[count - 1].end, HEADER_OR_NOTE)] if count else []
    data = cells[count:]
    numbers = _running_numbers(data)
    if not numbers or count < 2:
        return _chunked(data, header, count), shown
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
            if waiting is None and _CHINESE_NUMBER.match(head.work):
                waiting = head  # the number of a group in a cell of its own
                continue
            rows.append(Row((waiting or head).start, head.end, waiting, head, group=True))
            waiting = None
        if waiting is not None:
            rows.append(Row(waiting.start, waiting.end, None, waiting, group=True))
        stop = min(begin + 1 + len(columns), numbers[index + 1] if index + 1 < len(numbers) else len(data))
        row_cells = data[begin:stop]
        roles: list[str | None] = ["number", *columns][: len(row_cells)]
        span = (row_cells[0].start, row_cells[-1].end)
        if len(row_cells) < len(columns) + 1 and not header_fits(row_cells[1:], roles[1:]):
            roles = _guess_roles(row_cells)
        rows += [row for row in _rows_of(row_cells, roles, groups, span) if not row.group]
        position = stop
    return rows, shown


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


def _chunked(cells: list[Cell], header: list[str | None], count: int) -> list[Row]:
    width = count if count >= 2 else 0
    if not width:
        return _without_header(cells)
    rows: list[Row] = []
    groups: dict[int, str] = {}
    for at in range(0, len(cells), width):
        part = cells[at : at + width]
        rows += _rows_of(
            part, [r or "task" for r in header[: len(part)]], groups, (part[0].start, part[-1].end)
        )
    return rows


def _without_header(cells: list[Cell]) -> list[Row]:
    if not cells:
        return []
    return _rows_of(cells, _guess_roles(cells), {}, (cells[0].start, cells[-1].end))


def printed_number(cell: Cell) -> int:
    """Length of the number that opens a cell's words (一、…), 0 without one."""
    found = _PRINTED_NUMBER.match(cell.work)
    return found.end() if found else 0
