"""Which column of a table holds what: by its header, by the shape of what stands below, by a cell's own words."""

from __future__ import annotations

import re
from collections import Counter

from .cells import Cell, Grid
from .dates import looks_like_limit
from .table_header import header_role, is_stage, may_be_header
from .unit_names import is_person
from .units import split_units

NUMBER = re.compile(
    r"^(?:[(]?\d{1,3}[)]?[.、]?|[(]?[一二三四五六七八九十]{1,3}[)]?[、.]?|[①-⑳]|\d{1,2}(?:\.\d{1,2}){1,2}|[A-Z]{1,3}[-—]?\d{1,3})$"
)
_SENTENCE = re.compile(r"[。;!?]|\d{4}")
_NAME_SET_APART = re.compile(
    r"(?<![\u4e00-\u9fff][\u4e00-\u9fff])(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff](?![\u4e00-\u9fff]))"
)  # 张 三
_LONGEST_HEADER = 12  # characters of a header cell


def form_fields(grid: Grid) -> dict[str, list[Cell]] | None:
    """The values by role of a form whose cells are label and value in turn: 责任单位 | 县教体局 | 完成时限 | 9月底.

    None for any other table. Labels in words of their own (督办编号) may stand between, as long as most are known.
    """
    roles: dict[str, list[Cell]] = {}
    known = labels = 0
    for row in [] if grid.stream else grid.rows:
        cells = list({(cell.start, cell.end): cell for cell in row}.values())
        if len(cells) == 1:
            continue  # a title over the whole form
        if len(cells) % 2 or any(header_role(value.work) for value in cells[1::2]):
            return None
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            role = header_role(label.work)
            labels += 1
            known += role is not None
            roles.setdefault(role or "other", []).append(value)
    named = roles.keys() & {"lead", "co", "generic", "due"}
    return roles if named and known * 2 > labels else None


def find_header(grid: Grid) -> tuple[bool, list[str | None], int]:
    """The header is the first row with two or more header words; a second header row fills in what it lacks."""
    for at, cells in enumerate(grid.rows[:5]):
        roles = [header_role(cell.work) for cell in cells]
        stages = sum(1 for cell in cells if is_stage(cell.work))
        known = [role for role in roles if role]
        if len(known) < 2 or (len(known) + stages) * 2 < len([c for c in cells if not c.empty]):
            continue
        words = [cell.work for cell in cells]
        consumed = at + 1
        if consumed < len(grid.rows) and len(grid.rows[consumed]) == len(cells):
            below = [cell.work for cell in grid.rows[consumed]]
            second = [header_role(word) for word in below]
            stages = sum(1 for at, word in enumerate(below) if is_stage(word) and _spreads(cells, at))
            if _heads_parts(cells, grid.rows[consumed]):
                roles = [b or a for a, b in zip(_reaching(cells, roles), second, strict=True)]
                consumed += 1
            elif sum(1 for role in second if role) + stages >= 2 and not any(NUMBER.match(w) for w in below):
                roles = [
                    b or (a if not is_stage(w) else None)
                    for a, b, w in zip(roles, second, below, strict=True)
                ]
                words = [w if is_stage(w) else first for first, w in zip(words, below, strict=True)]
                consumed += 1
        return True, _settle_tasks(roles, words), consumed
    return _header_by_shape(grid)


def _heads_parts(cells: list[Cell], below: list[Cell]) -> bool:
    """Whether a row has only the heads of the parts of a column: 开工 | 完工 | 验收 under 进度要求, with nothing under the others."""
    filled = [at for at, cell in enumerate(below) if not cell.empty and cell is not cells[at]]
    words = [below[at].work for at in filled]
    return (
        1 < len(filled) < len(cells)
        and all(_spreads(cells, at) and (cells[at].empty or cells[at] is not below[at]) for at in filled)
        and all(below[at].empty or below[at] is cells[at] for at in range(len(cells)) if at not in filled)
        and all(may_be_header(word) and not _DIGIT.search(word) for word in words)
        and any(cells[at].empty or cells[at] is cells[at - 1] for at in filled)
    )


_DIGIT = re.compile(r"\d")


def _reaching(cells: list[Cell], roles: list[str | None]) -> list[str | None]:
    """The roles of header cells, those of limits and units carried on over the empty cells behind them."""
    carried: list[str | None] = []
    for cell, role in zip(cells, roles, strict=True):
        before = carried[-1] if carried else None
        carried.append(before if cell.empty and before in {"due", "lead", "co", "generic"} else role)
    return carried


def _spreads(cells: list[Cell], at: int) -> bool:
    """Whether a header cell leaves room for stages below it: it is empty, in no known words, or covers its neighbour.

    2024年3月 below 开工时间 is the limit of the first task, not a stage of 进度安排.
    """
    words = cells[at].work
    beside = [cells[near].work for near in (at - 1, at + 1) if 0 <= near < len(cells)]
    return not words or header_role(words) is None or words in beside or "" in beside


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


def renewed(roles: list[str | None], cells: list[Cell], header: list[Cell]) -> list[str | None]:
    """The roles from a header on that stands inside the table: the same one again, or that of another table."""
    if [cell.work for cell in cells] == [cell.work for cell in header]:
        return roles
    old = roles if len(roles) == len(cells) else [None] * len(cells)
    known = [
        header_role(cell.work) or (role if cell.empty else None)
        for role, cell in zip(old, cells, strict=True)
    ]
    return _settle_tasks(known, [cell.work for cell in cells])


_OF_OTHERS = re.compile(r"(?:经验|做法|亮点|启示|差距|不足|短板|现状)$")
_OURS = re.compile(r"借鉴|学习|我[省市县区镇]|本[省市县区镇]|(?:举措|措施|任务|打算|事项)$")


_PLACES = re.compile(r"镇街|乡镇|街道|县区|区县|县市区|地区|片区")


def _settle_tasks(roles: list[str | None], words: list[str]) -> list[str | None]:
    """An unknown column holds words of the task, and so does 存在问题 where it comes before all others."""
    settled = [
        role or ("stage" if is_stage(word) else "task") for role, word in zip(roles, words, strict=True)
    ]
    ours = [at for at, role in enumerate(settled) if role == "task" and _OURS.search(words[at])]
    for at, role in enumerate(settled):
        if role == "task" and _OF_OTHERS.search(words[at]) and any(at != own for own in ours):
            settled[at] = "other"  # 先进经验 | 借鉴举措: the task is what is to be done here
    places = [at for at, word in enumerate(words) if settled[at] == "group" and _PLACES.search(word)]
    if places and not {"lead", "co", "generic"} & set(settled):
        settled[places[0]] = "generic"  # 县区 | 任务 | 时限: no other column says who does it
    first = next((at for at, role in enumerate(settled) if role not in {"number", "group"}), None)
    if first is not None and settled[first] == "other" and "问题" in words[first]:
        settled[first] = "task"
    return list(settled)


def repeats_header(cells: list[Cell]) -> bool:
    """Whether a row inside a table is a header again, as at the top of a page."""
    known = sum(1 for cell in cells if header_role(cell.work))
    return known >= 2 and known * 2 >= len([c for c in cells if not c.empty])


def header_fits(cells: list[Cell], roles: list[str | None]) -> bool:
    """Whether cells could stand in columns of these roles (limits where limits belong)."""
    for role, cell in zip(roles, cells, strict=True):
        if role == "due" and cell.work and not looks_like_limit(cell.work):
            return False
        if role in {"lead", "generic", "co"} and cell.work and not split_units(cell.work, cell.work):
            return False
    return True


def guess_roles(cells: list[Cell]) -> list[str | None]:
    """Without a header a cell tells by its words what it is."""
    roles: list[str | None] = []
    has_units = has_task = False
    kinds = [guess_role(cell) for cell in cells]
    if "task" not in kinds and kinds.count("generic") > 1:
        # 医疗机构 | 6月份 | 卫生院: what stands apart from the units by its limit is what they look after.
        first = kinds.index("generic")
        if kinds[first + 1] == "due":
            kinds[first] = "task"
    for at, (_, role) in enumerate(zip(cells, kinds, strict=True)):
        if role == "number" and at > 1:
            role = "task"
        if (
            role == "generic"
            and not has_task
            and not has_units
            and {"task", "generic"} <= set(kinds[at + 1 :])
        ):
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
    for role, cell in zip(guess_roles(cells), cells, strict=True):
        found.setdefault(role or "task", []).append(cell)
    return found


def guess_role(cell: Cell) -> str:
    """number, due, person, generic (units) or task, from the words alone."""
    words = cell.work
    if NUMBER.match(words):
        return "number"
    if len(words) <= 24 and looks_like_limit(words):
        return "due"
    if words and all(
        is_person(part) for part in re.split(r"[、, ]+", _NAME_SET_APART.sub("", words)) if part
    ):
        return "person"
    if words and split_units(words, words, strict=True):
        return "generic"
    return "task"
