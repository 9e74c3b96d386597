"""The way through the parser: from a text to its outline, sections, leftovers and problems."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

from . import layout, title
from .action_part import Choice, choose
from .assigned_below import assigned_below
from .beside_plan import not_of_the_plan
from .cells import Grid
from .charged_below import part_charged
from .charged_paragraphs import charged_paragraphs
from .closing_articles import release_closing_list, without_closing
from .context_year import document_year, part_year
from .foot import find_foot
from .headings import set_headings
from .hints import (
    free_headings,
    grids_of,
    inner_headings,
    lone_headings,
    named_above,
    names_table,
    set_notes_apart,
    title_and_headings,
    with_styles,
)
from .issued_text import find_issued
from .layout import standing_debris
from .lead_in_paragraphs import lead_in_paragraphs
from .left_over import leftovers_of, lines_of, within
from .manuscript import Manuscript
from .markers import TABLE_GROUP, TABLE_ROW, Marker, find_markers
from .model import (
    OutlineNode,
    ParsedClause,
    ParsedPlan,
    ParsedSection,
    Problem,
    SourceDocument,
    StyledHeading,
)
from .noted_duties import noted_duties
from .numerals import to_number
from .outline import Item, Outliner, close_spans
from .plan_problems import find_problems
from .records import records
from .repeated_below import without_repeated
from .rule_sentences import RULE, rule_sentences, set_apart
from .sections import ancestors, build_sections, group_items, number_cell
from .signs import sign_headings, sign_list
from .standing_rules import apply_rules, find_rules
from .table_below import release_tails
from .table_rows import Row, printed_number
from .table_stream import read_table
from .tables import find_grids
from .typography import working_copy
from .unit_headings import duty_lines, unit_headings
from .unseen import unseen_in

Progress = Callable[[int, int], None]

# What a section without a heading is called in a document without a title.
UNNAMED_SECTION = "工作任务"
_FIGURE = re.compile(r"\d[\d.,%—~-]*[万亿]?[\u4e00-\u9fff]{0,2}")


def parse_plan(
    source: str | SourceDocument,
    *,
    year: int | None = None,
    action_part: str | None = None,
    progress: Progress | None = None,
) -> ParsedPlan:
    """Read a plan. `source` is a text, or a document whose own headings and tables count too.

    year: completes dates that name none; without it the document's own year (title, document number, date).
    action_part: marker ("三、"), number ("3") or a piece of a heading that names the part to take as tasks.
    progress: called with (characters done, characters in all).
    Raises DocumentError when `action_part` fits no part or several.
    """
    document = source if isinstance(source, SourceDocument) else None
    text = document.text if document else str(source)
    unseen = unseen_in(text)
    if unseen is not None:
        seen = unseen.document(document) if document else unseen.plain
        return unseen.plan(parse_plan(seen, year=year, action_part=action_part, progress=progress))
    page = Manuscript(text)
    total = len(page.text)
    report = (lambda done: progress(min(done, total), total)) if progress else None
    furniture = standing_debris(page)
    as_written, stated = page.work, rule_sentences(page)
    furniture.update(set_apart(page, stated))
    styled_title: StyledHeading | None = None
    styled: dict[int, tuple[int, int]] = {}
    if document is not None:
        styled_title, styled = title_and_headings(page, document)
        for start, end, reason in document.aside:
            for index in lines_of(page, start, end):
                furniture[index] = reason
    free = (
        []
        if styled
        else records(page, furniture) or unit_headings(page, furniture) or duty_lines(page, furniture)
    )
    if not styled and not free:
        styled = lone_headings(page, furniture) or free_headings(page, furniture)
    if not free:
        free = sign_headings(page, furniture) or inner_headings(page, furniture, styled)
        if styled:
            free = free or lead_in_paragraphs(page, furniture, styled)
        free = free or charged_paragraphs(page, furniture, styled)
        if not styled:
            free = free or sign_list(page, furniture)
    grids = grids_of(page, document) if document and document.cells else find_grids(page, furniture)
    given = bool(document and document.cells)
    issued = find_issued(page, furniture)
    anew = issued.start if issued else None
    items = _outline(page, furniture, grids, styled, free, report, given=given, anew=anew)
    first = items[0].start if items else total
    preamble = title.read_preamble(page, first, furniture, styled_title)
    _set_lead_ins(page, items, furniture)
    stop, closing = find_foot(page, items, furniture)
    hidden = _hidden_spans(page, furniture, first, stop)
    close_spans(items, stop)
    release_tails(page, items, furniture)
    release_closing_list(page, items)
    set_headings(page, items, hidden)
    part_charged(page, items, hidden)
    roots = [item for item in items if item.parent is None]
    preamble = _titled_by_annex(page, preamble, items, furniture)
    if issued is not None:
        preamble = replace(preamble, title=issued.title)
    nodes: dict[int, OutlineNode] = {}
    for root in roots:
        _node(page, root, nodes)
    context = year or document_year(page, preamble, first)
    choice = _choose(page, roots, action_part, preamble.title and working_copy(preamble.title), anew)
    groups, closing_articles = without_closing(page, group_items(page, choice) if choice else [], stated)
    year_at = partial(part_year, page, year=context) if year is None else lambda _: year
    groups, repeated, same = without_repeated(page, groups, year_at)
    rules = find_rules(Manuscript.of(page.text, as_written), stated, context)
    standing, assigned = apply_rules(rules), assigned_below(page, items, context)

    def below(item: Item, clause: ParsedClause) -> ParsedClause:
        return repeated.completed(page, item, assigned(item, clause), context)

    part = choice.part if choice else None
    sections = build_sections(page, groups, hidden, year_at, standing, below, report, part)
    tasks = [item for group in groups for item in group.measures]
    leftovers = leftovers_of(
        page, items, preamble, closing, furniture, ancestors(groups), closing_articles, same, tasks
    )
    if progress is not None:
        progress(total, total)
    return ParsedPlan(
        title=preamble.title,
        outline=tuple(nodes[id(root)] for root in roots),
        sections=_named(sections, preamble.title),
        leftovers=leftovers,
        problems=tuple(
            sorted(
                (
                    *(document.problems if document else ()),
                    *find_problems(page, furniture, choice, roots, groups, sections, context),
                    *repeated.problems,
                    *(noted_duties(page, document.aside, sections, context) if document else ()),
                ),
                key=lambda problem: problem.line,
            )
        ),
        action_part=nodes[id(choice.part)] if choice and choice.part else None,
        year=context,
        notes=document.notes if document else (),
    )


def _choose(
    page: Manuscript, roots: list[Item], wanted: str | None, name: str | None, anew: int | None
) -> Choice | None:
    """The action part; of a notice and the plan that it issues, the plan's, and the notice's points are set aside."""
    own = [root for root in roots if anew is None or root.start >= anew]
    choice = choose(page, own, wanted, name) if len(own) < len(roots) and wanted is None else None
    if choice is None:
        return choose(page, roots, wanted, name)
    notice = tuple(root for root in roots if root.start < (anew or 0))
    return replace(choice, aside=(*notice, *choice.aside))


def check_plan(plan: ParsedPlan) -> tuple[Problem, ...]:
    """The problems that must stop an import."""
    return tuple(problem for problem in plan.problems if problem.severity == "error")


def _outline(
    page: Manuscript,
    furniture: dict[int, str],
    grids: list[Grid],
    styled: dict[int, tuple[int, int]],
    free: list[Marker],
    report: Callable[[int], None] | None,
    *,
    given: bool,
    anew: int | None,
) -> list[Item]:
    rows: dict[int, Row] = {}
    spans: list[tuple[int, int]] = []
    table_markers: list[Marker] = []
    for grid in grids:
        found, shown = read_table(grid)
        found = [row for row in found if furniture.get(page.line_at(row.start)) != RULE]
        if not _is_task_table(found) or furniture.get(page.line_at(grid.start)) == layout.METADATA:
            continue
        spans.append((grid.start, grid.end))
        if given:  # what looks like a date or a signature inside a cell is the cell's
            for index in lines_of(page, grid.start, grid.end):
                if furniture.get(index) != RULE:
                    furniture.pop(index, None)
        first = min((row.start for row in found), default=grid.start)
        head = [(grid.start, first, layout.TABLE_HEADER)] if first > grid.start else []
        for a, b, reason in (*shown, *head):
            for index in lines_of(page, a, b):
                furniture.setdefault(index, reason)
        for row in found:
            marker = _row_marker(row)
            if marker is not None and marker.start not in rows:
                rows[marker.start] = row
                table_markers.append(marker)
    set_notes_apart(page, spans, furniture)
    candidates = [*find_markers(page), *free]
    for index, reason in not_of_the_plan(page, candidates, furniture).items():
        furniture.setdefault(index, reason)
    markers = [
        marker
        for marker in candidates
        if page.line_at(marker.start) not in furniture and not within(marker.start, spans)
    ]
    styled = {start: level for start, level in styled.items() if page.line_at(start) not in furniture}
    markers = [marker for marker in markers if not names_table(page, marker, styled, spans)]
    markers = [named_above(page, marker, spans) for marker in markers]
    markers = _without_leading_annex(page, _without_lone_volume(page, markers, furniture), furniture)
    merged = sorted(with_styles(markers, styled) + table_markers, key=lambda marker: marker.start)
    items = Outliner(page, merged).place(report, anew)
    for item in items:
        if item.marker.family in {TABLE_GROUP, TABLE_ROW}:
            item.row = rows[item.start]
    return items


def _without_leading_annex(
    page: Manuscript, markers: list[Marker], furniture: dict[int, str]
) -> list[Marker]:
    """A file that is an annex from its first line is a document of its own: the mark above it is letterhead."""
    annexes = [marker for marker in markers if marker.family == "annex"]
    if len(annexes) != 1:
        return markers
    line = page.line_at(annexes[0].start)
    if any(index not in furniture for index in range(line)):
        return markers
    if not annexes[0].rest:
        furniture[line] = layout.LETTERHEAD
    return [marker for marker in markers if marker is not annexes[0]]


def _without_lone_volume(page: Manuscript, markers: list[Marker], furniture: dict[int, str]) -> list[Marker]:
    """第一篇：调研报告 above all else, with no second one below: what a collection called the text that was copied from it."""
    volumes = [marker for marker in markers if marker.family == "volume"]
    if (
        len(volumes) != 1
        or volumes[0] is not markers[0]
        or page.work[volumes[0].end : volumes[0].end + 1] != ":"
    ):
        return markers
    furniture[page.line_at(volumes[0].start)] = layout.WEB_DEBRIS
    return markers[1:]


def _is_task_table(rows: list[Row]) -> bool:
    """A table whose rows have numbers, units or limits; menus and figures in a page are left as text."""
    tasks = [row for row in rows if not row.group]
    counted = _are_counted(tasks)
    marked = [row for row in tasks if (row.number and counted) or row.says_who]
    worded = [row for row in tasks if row.main is None or not _FIGURE.fullmatch(row.main.work)]
    return bool(marked) and len(marked) * 2 >= len(tasks) and len(worded) * 2 > len(tasks)


def _are_counted(rows: list[Row]) -> bool:
    """Whether the numbers before rows count them (from 1 again in a group), and are no figures (4, 6, 10)."""
    numbers = [to_number(row.number.work.strip("()、.")) or 0 for row in rows if row.number]
    steps = sum(1 for a, b in pairwise([0, *numbers]) if b in {1, a, a + 1} or not b)
    return steps * 2 > len(numbers) or (len(numbers) > 2 and steps * 2 >= len(numbers) - 1)


def _row_marker(row: Row) -> Marker | None:
    if row.main is None:
        return None
    if row.group and row.number is not None:
        return Marker(
            TABLE_GROUP, "", to_number(row.number.work) or 0, row.number.start, row.number.end, True
        )
    if row.group or row.number is None:
        length = printed_number(row.main)
        family = TABLE_GROUP if row.group else TABLE_ROW
        start = min(row.start, row.main.start) if row.group else row.main.start
        number = row.main.work[:length].strip() if start == row.main.start else ""
        style = "" if row.column < 0 else f"{row.column:03d}"  # what the outliner ranks groups by
        return Marker(
            family, style, to_number(number.strip("第章部分")) or 0, start, start + len(number), True
        )
    ordinal = to_number(row.number.work) or 0
    if row.number.start < row.start:  # a group's heading stands between the number and the task
        return Marker(TABLE_ROW, "", ordinal, row.main.start, row.main.start, True)
    return Marker(TABLE_ROW, "", ordinal, row.number.start, row.number.end, True)


def _set_lead_ins(page: Manuscript, items: list[Item], furniture: dict[int, str]) -> None:
    """下一步，从三个方面发力： before a new list is no text of the item that ended above it."""
    for item, following in pairwise(items):
        if following.parent is item or not following.marker.leads_line or following.marker.ordinal != 1:
            continue
        line = page.line_at(following.start) - 1
        if line > page.line_at(item.start) and page.work[page.lines[line].end - 1] == ":":
            before = page.lines[line - 1]
            if line - 1 not in furniture and page.work[before.end - 1] in "。;":
                furniture.setdefault(line, title.OPENING)


def _hidden_spans(
    page: Manuscript, furniture: dict[int, str], first: int, stop: int
) -> list[tuple[int, int]]:
    spans = []
    for index in sorted(furniture):
        line = page.lines[index]
        if first <= line.start < stop:
            spans.append((line.start, line.end))
    return spans


def _node(page: Manuscript, item: Item, made: dict[int, OutlineNode]) -> OutlineNode:
    """The node of an item and of all below it; `made` collects them by the item's identity."""
    node = OutlineNode(
        level=item.depth,
        marker=page.printed(item.marker.start, item.marker.end) or number_cell(item),
        heading=page.printed(*item.heading) if item.label is None else item.label,
        start=item.start,
        end=item.end,
        children=tuple([_node(page, child, made) for child in item.children if not child.unlisted]),
    )
    made[id(item)] = node
    return node


def _titled_by_annex(
    page: Manuscript, preamble: title.Preamble, items: list[Item], furniture: dict[int, str]
) -> title.Preamble:
    """A file that opens with 附件1 bears the title of that annex, whatever other annexes follow."""
    if preamble.title is not None or not items or items[0].marker.family != "annex":
        return preamble
    if any(index not in furniture for index in range(page.line_at(items[0].start))):
        return preamble
    heading = page.printed(*items[0].heading)
    return replace(preamble, title=heading) if title.names_document(heading) else preamble


def _named(sections: tuple[ParsedSection, ...], plan_title: str | None) -> tuple[ParsedSection, ...]:
    """A single section without a heading of its own bears the plan's title."""
    return tuple(
        replace(section, title=section.title or plan_title or UNNAMED_SECTION) for section in sections
    )
