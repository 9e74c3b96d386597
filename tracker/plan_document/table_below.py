"""An item with a table below it: whose words stand around the table, and whether its rows are tasks or only figures."""

from __future__ import annotations

import re

from .clauses import read_clause
from .manuscript import Manuscript
from .model import ParsedClause
from .outline import Item
from .responsibility import explicit_chunks, read_duties

_LIMIT = re.compile(r"[月年季]底?末?前")
_UNIT_FIELDS = frozenset({"lead", "co"})
AFTER_TABLE = "表后文字"
# How units of a sentence are read that opens a part (各部门要高度重视, 由各部门…) and charges nobody with one task.
PROSE = frozenset({"义务句的主语", "“由”之后的单位", "写在任务前的单位"})


def release_tails(page: Manuscript, items: list[Item], furniture: dict[int, str]) -> None:
    """End a table's last row with its table: words behind it are the words of the item that the table stands under."""
    for at, item in enumerate(items):
        if item.row is None or (at + 1 < len(items) and items[at + 1].start < item.row.table_end):
            continue
        index = page.line_at(item.row.table_end)
        while index < len(page.lines) and (
            page.lines[index].start < item.row.table_end or index in furniture
        ):
            index += 1
        if index >= len(page.lines) or page.lines[index].start >= item.own_end:
            continue
        cut = page.lines[index].start
        item.own_end = cut
        row: Item | None = item
        while row is not None and row.row is not None:
            row.end = cut
            row = row.parent


def has_table(item: Item) -> bool:
    """Whether all that stands below an item are the rows of tables."""
    return bool(item.children) and all(child.row is not None for child in item.children)


def rows_say_who(item: Item) -> bool:
    """Whether any row below an item has units or limits of its own."""
    return any(
        (child.row is not None and child.row.says_who) or rows_say_who(child) for child in item.children
    )


def names_units(page: Manuscript, item: Item) -> bool:
    """Whether the words before the table name units in brackets or labelled lines, or by 牵头 or 负责."""
    if explicit_chunks(page, item.start, item.own_end):
        return True
    duties = read_duties(page, item.start, item.own_end)
    return bool(duties.lead) and duties.reason not in PROSE


def is_one_with_table(page: Manuscript, item: Item) -> bool:
    """A task whose table only lists figures or places: no row says who or by when, no column is called tasks."""
    if rows_say_who(item) or any(child.row and child.row.called_task for child in item.children):
        return False
    for start, end in own_spans(item):
        duties = read_duties(page, start, end)
        if duties.lead or duties.co or _LIMIT.search(page.work, start, end):
            return True
    return False


def tasks_over_table(page: Manuscript, item: Item) -> tuple[Item, ...]:
    """The tasks that a task with a table below it stands for: itself, and the rows that are tasks too.

    Empty for any other item: a heading over a table, a table with groups of its own, an item without a table.
    """
    if item.row is not None or not has_table(item):
        return ()
    if is_one_with_table(page, item):
        return (item,)
    grouped = any(child.row is not None and child.row.group for child in item.children)
    return (item, *item.children) if names_units(page, item) and not grouped else ()


def own_spans(item: Item) -> list[tuple[int, int]]:
    """The words of an item: all of them, or those before and behind the table below it."""
    if not has_table(item):
        return [(item.start, item.end)]
    return [(item.start, item.own_end), (item.children[-1].end, item.end)]


def read_around_table(page: Manuscript, item: Item, year: int | None) -> ParsedClause:
    """Who and by when, as the words of an item say; behind the table only what was not said before it."""
    if not has_table(item):
        return read_clause(page, item.start, item.end, year)
    clauses = [read_clause(page, start, end, year) for start, end in own_spans(item) if start < end]
    clause = clauses[0]
    for other in clauses[1:]:
        clause = _completed(clause, other)
    return clause


def _completed(clause: ParsedClause, other: ParsedClause) -> ParsedClause:
    units = clause if clause.lead or clause.co else other
    said = clause.deadline or clause.recurring or clause.relative or clause.standing
    limits = clause if said else other
    sources = [source for source in units.sources if source.field in _UNIT_FIELDS]
    sources += [source for source in limits.sources if source.field not in _UNIT_FIELDS]
    return limits._replace(lead=units.lead, co=units.co, sources=tuple(sources))
