"""Lay the action part out as numbered sections of measures, each field with the span it was read from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from .action_part import Choice
from .cells import Cell
from .clauses import read_clause, read_row
from .further_columns import is_of_the_task
from .headings import title_span
from .manuscript import Manuscript
from .model import FieldSource, ParsedClause, ParsedMeasure, ParsedSection, Problem, named
from .outline import Item
from .responsibility import explicit_chunks
from .stated_above import inherit, stated_above
from .stated_below import stated_below
from .steps import DUTY, STEPS, is_one_task
from .table_below import (
    has_table,
    is_one_with_table,
    names_units,
    read_around_table,
    rows_say_who,
    tasks_over_table,
)
from .typography import canonical, canonical_marker


@dataclass(frozen=True)
class Group:
    """Items that become the measures of one section under its item `head` (None: the document)."""

    head: Item | None
    measures: tuple[Item, ...]
    parent: Item | None = None


def group_items(page: Manuscript, choice: Choice) -> list[Group]:
    """Decide which level of the action part is sections and which is measures."""
    heads = choice.part.children if choice.part is not None else list(choice.sections)
    if choice.part is not None and (not heads or is_one_task(page, choice.part)):
        return [Group(choice.part, (choice.part,))]
    if choice.part is not None and has_table(choice.part):
        return _split(page, choice.part, None)
    if not any(head.children for head in heads):
        return [Group(choice.part, tuple(heads))]
    if _mostly_leaves(page, heads) and (choice.part is not None or _steps_only(heads)):
        return [Group(choice.part, tuple(heads))]
    if choice.part is not None and all(not head.children or tasks_over_table(page, head) for head in heads):
        return [Group(choice.part, _with_rows(page, heads))]
    if choice.part is not None:
        groups = _side_by_side(page, choice.part, heads, None)
    else:
        groups = [group for head in heads for group in _split(page, head, None)]
    if all(group.measures == (group.head,) for group in groups):
        return [Group(choice.part, tuple(heads))]
    return groups


def _mostly_leaves(page: Manuscript, heads: list[Item]) -> bool:
    """Tasks of which some have steps: half or more stand without, and no steps name who does them."""
    leaves = [head for head in heads if not head.children]
    if len(leaves) * 2 < len(heads):
        return False
    if any(rows_say_who(head) for head in heads):
        return False
    steps = [child for head in heads for child in head.children]
    return not any(child.children or _bears_duty(page, child) for child in steps)


def _steps_only(heads: list[Item]) -> bool:
    return all(child.marker.family in STEPS for head in heads for child in head.children)


def _split(page: Manuscript, head: Item, parent: Item | None) -> list[Group]:
    """The groups below an item; one that says itself who does it is a measure too, beside the rows of its table."""
    if not has_table(head):
        return _split_below(page, head, parent)
    if is_one_with_table(page, head):
        return [Group(head, (head,), parent)]
    groups = _split_below(page, head, parent)
    if groups[0].measures == (head,) or not names_units(page, head):
        return groups
    if groups[0].head is head:
        return [replace(groups[0], measures=(head, *groups[0].measures)), *groups[1:]]
    return [Group(head, (head,), parent), *groups]


def _split_below(page: Manuscript, head: Item, parent: Item | None) -> list[Group]:
    children = head.children
    if not children or is_one_task(page, head):
        return [Group(head, (head,), parent)]
    groups = [child for child in children if _is_group(page, child) and not is_one_task(page, child)]
    if any(not tasks_over_table(page, child) for child in groups):
        return _side_by_side(page, head, children, head)
    return [Group(head, _with_rows(page, children), parent)]


def _side_by_side(page: Manuscript, head: Item, children: list[Item], parent: Item | None) -> list[Group]:
    """The tasks right below an item and the parts beside them, in the document's order: each run of tasks is a part of it."""
    found: list[Group] = []
    run: list[Item] = []
    mixed = any(_is_task(page, child) for child in children)
    for child in children:
        if _is_task(page, child):
            run += tasks_over_table(page, child) or (child,)
            continue
        if run:
            found.append(Group(head, tuple(run)))
            run = []
        found.extend(_split(page, child, head if mixed else parent))
    return [*found, Group(head, tuple(run))] if run else found


def _is_task(page: Manuscript, item: Item) -> bool:
    return bool(tasks_over_table(page, item)) or not item.children or is_one_task(page, item)


def _with_rows(page: Manuscript, items: list[Item]) -> tuple[Item, ...]:
    """Tasks side by side, the rows of a table that one of them has right behind it."""
    return tuple(task for item in items for task in (tasks_over_table(page, item) or (item,)))


def _is_group(page: Manuscript, item: Item) -> bool:
    """A group of measures is an item whose children carry the duties, or a bare heading over tasks."""
    children = item.children
    if len(children) < 1:
        return False
    if all(child.row is not None for child in children):
        return True
    bearing = sum(1 for child in children if _bears_duty(page, child))
    own = DUTY.search(page.work, item.marker.end, item.own_end)
    if bearing * 2 >= len(children) and not own:
        return True
    if own or children[0].marker.family in STEPS:
        return False
    body = page.work[item.heading[1] : item.own_end].strip(" 。;:\n")
    return item.note == "own_line" and not body and children[0].marker.leads_line and len(children) > 1


def _bears_duty(page: Manuscript, item: Item) -> bool:
    """Whether the words of an item with all below it say who or by when: 牵头, 月底前, （县自然资源局）."""
    return DUTY.search(page.work, item.start, item.end) is not None or bool(
        explicit_chunks(page, item.start, item.end)
    )


def build_sections(
    page: Manuscript,
    groups: list[Group],
    hidden: list[tuple[int, int]],
    year_at: Callable[[Item | None], int | None],
    standing: Callable[[int, int, ParsedClause], ParsedClause],
    below: Callable[[Item, ParsedClause], ParsedClause],
    progress: Callable[[int], None] | None = None,
    part: Item | None = None,
) -> tuple[ParsedSection, ...]:
    """Sections and measures in reading order; numbers count positions, so 1.10 follows 1.9. `part` is the action part."""
    sections = []
    split_up = ancestors(groups)
    annexes = {id(group): _annex_above(group.head) for group in groups}
    opened: set[int] = set()  # heads that a section before bears: several runs of tasks may stand below one
    named_by_annex = len({id(annex) for annex in annexes.values()}) > 1
    for number, group in enumerate(groups, start=1):
        measures = []
        year = year_at(group.head)
        around = _said_around(page, group, year)
        for position, item in enumerate(group.measures, start=1):
            measure = _measure(
                page,
                f"{number}.{position}",
                item,
                hidden,
                year,
                standing,
                below,
                around(item),
                whole=id(item) not in split_up,
            )
            measures.append(measure)
            if progress is not None:
                progress(item.end)
        head, annex = group.head, annexes[id(group)]
        title = _title(page, head) if head else ""
        if named_by_annex and annex is not None and annex is not head:
            title = f"{_title(page, annex)}：{title}"
        first, last = group.measures[0], group.measures[-1]
        sections.append(
            ParsedSection(
                number=number,
                marker=page.canonical(head.marker.start, head.marker.end) if head else "",
                title=title,
                intro=_body(page, head.heading[1], head.own_end, hidden)
                if head and head is not first and head.row is None and id(head) not in opened
                else "",
                measures=tuple(measures),
                start=head.start if head else first.start,
                end=head.end if head else last.end,
                parent=_path(page, group.parent, part),
            )
        )
        opened.add(id(head))
    return tuple(sections)


def _said_around(page: Manuscript, group: Group, year: int | None) -> Callable[[Item], list[ParsedClause]]:
    """A function (a task of the group) -> what lines below it, its heading, or the task that its row stands under say of it."""
    closing = stated_below(page, group.measures, year)
    tasks = {id(item) for item in group.measures}
    above: dict[int, ParsedClause | None] = {}

    def around(item: Item) -> list[ParsedClause]:
        if item is group.head:
            return []
        over = item.parent if id(item.parent) in tasks else group.head
        if id(over) not in above:
            above[id(over)] = stated_above(page, over, year)
        return [said for said in (closing, above[id(over)]) if said is not None]

    return around


def _path(page: Manuscript, above: Item | None, part: Item | None) -> str:
    """The headings from the action part, which is left out above others, down to `above`: 一、服务／（一）流程."""
    names: list[str] = []
    while above is not None and above.marker.family != "annex" and (above is not part or not names):
        title = _title(page, above)
        marker = page.canonical(above.marker.start, above.marker.end)
        names.append(title if marker.strip(" 、.：") == title else named(marker, title))
        above = above.parent
    return "／".join(reversed(names))


def _annex_above(head: Item | None) -> Item | None:
    """The annex that an item is or stands in, None outside all annexes."""
    while head is not None and head.marker.family != "annex":
        head = head.parent
    return head


def _title(page: Manuscript, head: Item) -> str:
    """An item's heading; of one that has none (附件1, or 一、 right above its first task) what numbers it."""
    words = page.canonical(*head.heading) if head.label is None else canonical(head.label)
    return words or canonical(page.printed(head.marker.start, head.marker.end)).strip(" 、.：")


def ancestors(groups: list[Group]) -> set[int]:
    """Identities of the items below which other measures stand: only their own words are theirs."""
    found: set[int] = set()
    for group in groups:
        for item in group.measures:
            parent = item.parent
            while parent is not None and id(parent) not in found:
                found.add(id(parent))
                parent = parent.parent
    return found


def _body(page: Manuscript, start: int, end: int, hidden: list[tuple[int, int]]) -> str:
    return _without(page, start, end, hidden).lstrip("。：；！？，、 \n")


def _without(page: Manuscript, start: int, end: int, hidden: list[tuple[int, int]]) -> str:
    """Canonical text between two offsets without the furniture lines in it."""
    first = bisect_left(hidden, (start, start))
    if first == len(hidden) or hidden[first][0] >= end:
        return page.canonical(start, end)
    pieces, at = [], start
    for a, b in hidden[first:]:
        if a >= end:
            break
        pieces.append(page.text[at:a])
        at = b
    pieces.append(page.text[at:end])
    return canonical("".join(pieces))


def _words(page: Manuscript, item: Item, hidden: list[tuple[int, int]], end: int) -> str:
    """The measure up to `end` without its number; of a table row the cells that say what is to be done."""
    if item.row is None or item.row.main is None:
        first = page.work.find("\n", item.heading[1], end)
        if first > 0 and not page.work[item.heading[1] : first].strip(" 。;:,!?"):
            heading = _without(page, item.marker.end, first, hidden)
            return "\n".join(part for part in (heading, _without(page, first, end, hidden)) if part)
        return _without(page, item.marker.end, end, hidden)
    targets = [
        f"{canonical(head.printed)}：{_cell_words(page, cell)}"
        for head, cell in item.row.further
        if is_of_the_task(head) and cell is not item.row.main
    ]
    return "\n".join([*(_cell_words(page, cell) for cell in [item.row.main, *item.row.details]), *targets])


def _cell_words(page: Manuscript, cell: Cell) -> str:
    """A cell's words; those of a cell that was cut into lines to fit come joined, those of one in paragraphs do not."""
    in_one_piece = cell.end - cell.start == len(cell.work)
    return page.canonical(cell.start, cell.end) if in_one_piece else canonical(cell.printed)


def _words_with_table(page: Manuscript, item: Item, hidden: list[tuple[int, int]]) -> str:
    """The words before the table, its rows a line each, and the words behind it."""
    rows: list[str] = []
    waiting = list(reversed(item.children))
    while waiting:
        row = waiting.pop()
        rows.append(_without(page, row.start, row.own_end, hidden))
        waiting.extend(reversed(row.children))
    tail = _without(page, item.children[-1].end, item.end, hidden)
    parts = (_words(page, item, hidden, item.own_end), *rows, tail)
    return "\n".join(part for part in parts if part)


def _measure(
    page: Manuscript,
    number: str,
    item: Item,
    hidden: list[tuple[int, int]],
    year: int | None,
    standing: Callable[[int, int, ParsedClause], ParsedClause],
    below: Callable[[Item, ParsedClause], ParsedClause],
    around: list[ParsedClause],
    *,
    whole: bool,
) -> ParsedMeasure:
    if item.row is not None:
        clause = read_row(page, item.row, year)
    elif whole:
        clause = read_around_table(page, item, year)
    else:
        clause = read_clause(page, item.start, item.own_end, year)
    clause = below(item, clause)
    end = item.end if whole else item.own_end
    with_table = whole and has_table(item)
    for said in around:
        clause = inherit(clause, said)
    clause = standing(item.start, item.end, clause)
    heading = title_span(page, item)
    sources = [FieldSource("title", *heading, "条目的标题")]
    cell = item.row.number if item.row is not None else None
    if cell is not None and cell.start < item.start:
        sources.insert(0, FieldSource("marker", cell.start, cell.end, "表格的序号"))
    return ParsedMeasure(
        number=number,
        marker=canonical_marker(page.text[item.marker.start : item.marker.end] or number_cell(item)),
        title=page.canonical(*heading) if item.label is None else canonical(item.label),
        text=_words_with_table(page, item, hidden) if with_table else _words(page, item, hidden, end),
        lead=clause.lead,
        co=clause.co,
        deadline=clause.deadline,
        milestones=clause.milestones,
        recurring=clause.recurring,
        start=item.start,
        end=end,
        provenance=(*sources, *clause.sources),
        relative=clause.relative,
        standing=clause.standing,
        recurring_by=clause.recurring_by,
    )


def numbering_problems(page: Manuscript, groups: list[Group], roots: list[Item]) -> list[Problem]:
    """Two sections with one number are an error; repeated or missing measure numbers a warning."""
    problems: list[Problem] = []
    heads = [group.head for group in groups if group.head is not None and group.head.marker.ordinal]
    lists: dict[tuple[int, str], dict[int, Item]] = {}
    for head in heads:
        seen = lists.setdefault((id(head.parent), head.marker.family), {})
        ordinal = head.marker.ordinal
        line = page.line_number(head.start)
        if ordinal == 1 and len(seen) > 1 and seen.get(1, head) is not head:
            shown = page.printed(head.start, head.heading[1])[:30]
            message = f"第{line}行的“{shown}”从头编号，与前面的部分并列，请核对是否少了上一级标题"
            problems.append(Problem(line, "numbering_restarts", message))
            seen.clear()
        if seen.get(ordinal, head) is not head:
            first = page.line_number(seen[ordinal].start)
            shown = page.printed(head.marker.start, head.marker.end)
            problems.append(
                Problem(
                    line,
                    "duplicate_section_number",
                    f"第{line}行的“{shown}”与第{first}行的部分编号重复",
                    "error",
                )
            )
        seen.setdefault(ordinal, head)
    _gaps(page, heads, roots, problems)
    for group in groups:
        _gaps(page, list(group.measures), roots, problems)
        for item in group.measures:
            if not page.work[item.marker.end : item.end].strip(" 。;,、:\n"):
                line = page.line_number(item.start)
                problems.append(
                    Problem(line, "empty_measure", f"第{line}行的事项只有编号，没有内容", "error")
                )
    return problems


def _gaps(page: Manuscript, items: list[Item], roots: list[Item], problems: list[Problem]) -> None:
    place: dict[int, int] = {}
    for before, after in pairwise(items):
        a, b = before.marker, after.marker
        if a.family != b.family or before.parent is not after.parent or not b.ordinal or not a.ordinal:
            continue
        if not (b.ordinal > a.ordinal + 1 or b.ordinal == a.ordinal):
            continue
        if id(before) not in place:
            siblings = before.parent.children if before.parent is not None else roots
            place.update({id(sibling): at for at, sibling in enumerate(siblings)})
        if place[id(after)] != place[id(before)] + 1:
            continue  # what stands between is a part of its own, or none
        line = page.line_number(after.start)
        shown = page.printed(b.start, b.end)
        if b.ordinal > a.ordinal + 1:
            problems.append(Problem(line, "numbering_gap", f"第{line}行的“{shown}”前面缺了编号，请核对原文"))
        else:
            problems.append(
                Problem(line, "duplicate_measure_number", f"第{line}行的编号“{shown}”与上一条重复")
            )


def number_cell(item: Item) -> str:
    """The number of a row that stands before the heading of its group, away from its task."""
    return item.row.number.printed if item.row is not None and item.row.number is not None else ""
