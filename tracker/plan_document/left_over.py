"""List what became no part of a measure: every character outside the items, and what inside them is no task, by reason."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

from . import title
from .further_columns import listed_beside
from .manuscript import Manuscript
from .model import Leftover
from .outline import Item
from .repeated_below import SAME_TASK
from .table_below import AFTER_TABLE, has_table


def lines_of(page: Manuscript, start: int, end: int) -> range:
    """Indexes of the lines that a span touches."""
    return range(max(0, page.line_at(start)), page.line_at(max(start, end - 1)) + 1)


def within(offset: int, spans: list[tuple[int, int]]) -> bool:
    at = bisect_right(spans, (offset, len(spans) and 1 << 60)) - 1
    return at >= 0 and spans[at][0] <= offset < spans[at][1]


def leftovers_of(
    page: Manuscript,
    items: list[Item],
    preamble: title.Preamble,
    closing: dict[int, str],
    furniture: dict[int, str],
    split_up: set[int],
    closing_articles: list[tuple[Item, str]],
    same: list[Item],
    tasks: Iterable[Item],
) -> tuple[Leftover, ...]:
    """Every character outside the items, cut by reason; what is inside but in no measure is listed as well."""
    first = items[0].start if items else len(page.text)
    stop = max((item.end for item in items), default=first)
    spans = _runs(page, 0, first, preamble.reasons)
    roots = [item for item in items if item.parent is None]
    gaps = [(a.end, b.start) for a, b in pairwise(roots) if a.end < b.start]
    lists = {page.line_at(root.start) for root in roots if not root.marker.leads_line}
    tails = [(item.children[-1].end, item.end) for item in items if has_table(item) and id(item) in split_up]
    untold = dict(furniture)
    for a, b in gaps + tails:
        for index in lines_of(page, a, b):
            if a <= page.lines[index].start < b:
                untold.setdefault(index, title.OPENING if index in lists else AFTER_TABLE)
    for a, b in gaps:
        spans += _runs(page, a, b, untold)
    for index in sorted(untold):
        line = page.lines[index]
        if first <= line.start < stop and not within(line.start, gaps):
            spans.append((line.start, line.end, untold[index]))
    spans += [(item.start, item.end, reason) for item, reason in closing_articles]
    spans += [(item.start, item.end, SAME_TASK) for item in same]
    spans += _beside_tasks(tasks)
    spans += _runs(page, stop, len(page.text), closing)
    return tuple(Leftover(a, b, page.text[a:b], reason) for a, b, reason in spans if b > a)


def _beside_tasks(tasks: Iterable[Item]) -> list[tuple[int, int, str]]:
    """What stands in the rows of `tasks` in columns that are no field, each cell once: one may be merged over several rows."""
    rows = (item.row for item in tasks)
    return list(dict.fromkeys(span for row in rows if row is not None for span in listed_beside(row.further)))


def _runs(page: Manuscript, start: int, end: int, reasons: dict[int, str]) -> list[tuple[int, int, str]]:
    """Cover start..end: each run of lines with one reason takes the blanks that follow it."""
    if start >= end:
        return []
    runs: list[tuple[int, int, str]] = []
    for index in range(max(0, page.line_at(start)), len(page.lines)):
        line = page.lines[index]
        if line.start >= end:
            break
        if line.end <= start:
            continue
        reason = reasons.get(index, title.OPENING)
        if runs and runs[-1][2] == reason:
            continue
        begin = start if not runs else line.start
        if runs:
            runs[-1] = (runs[-1][0], begin, runs[-1][2])
        runs.append((begin, end, reason))
    return runs or [(start, end, "空白")]
