"""Make one task of an item of the text and the row of a table below that repeats it to say who does it and by when."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from .clauses import read_clause, read_row
from .manuscript import Manuscript
from .model import ParsedClause, Problem
from .outline import Item
from .sections import Group

SAME_TASK = "与正文同一任务的表格行"
_SHORTEST = 4  # characters of a title that may stand for a task in words of more
_NO_WORDS = re.compile(r"[^\w]+")
_BRACKET = re.compile(r"\([^()]*\)")
_UNITS = frozenset({"lead", "co"})
_LIMITS = ("deadline", "milestones", "recurring", "relative", "standing")


@dataclass
class Repeated:
    """`rows`: by the identity of an item of the text the row that repeats it; `problems`: pairs a person must decide."""

    rows: dict[int, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def completed(self, page: Manuscript, item: Item, clause: ParsedClause, year: int | None) -> ParsedClause:
        """The clause of a task with the units, and apart from them the limits, of its row where it states none."""
        repeating = self.rows.get(id(item))
        row = repeating.row if repeating is not None else None
        if row is None:
            return clause
        said = read_row(page, row, year)
        taken: dict[str, object] = {}
        if not clause.lead and not clause.co:
            taken |= {"lead": said.lead, "co": said.co}
        if not any(getattr(clause, name) for name in _LIMITS):
            taken |= {name: getattr(said, name) for name in _LIMITS}
        told = tuple(
            source._replace(reason="取自附表中同一任务的一行")
            for source in said.sources
            if ("lead" if source.field in _UNITS else "deadline") in taken
        )
        return clause._replace(**taken, sources=(*clause.sources, *told)) if taken else clause  # type: ignore[arg-type]


def without_repeated(
    page: Manuscript, groups: Sequence[Group], year_at: Callable[[Item | None], int | None]
) -> tuple[list[Group], Repeated, list[Item]]:
    """The groups without the rows of tables that repeat a task of the text above them, and those rows.

    A row is the same task where the whole words agree, neither comes twice and they do not contradict each other.
    Where they only begin alike, or state other units or limits, both stay and a person is told.
    """
    repeated = Repeated()
    texts = [(item, group) for group in groups for item in group.measures if item.row is None]
    rows = [(item, group) for group in groups for item in group.measures if item.row is not None]
    if not texts or not rows:
        return list(groups), repeated, []
    by_key: dict[str, Item] = {}
    heads = {id(item): group.head for item, group in [*texts, *rows]}
    counts = Counter(key for item, _ in texts for key in _keys(page, item))
    for item, _ in texts:
        for key in _keys(page, item):
            by_key.setdefault(key, item)
    twice = Counter(_row_key(item) for item, _ in rows)
    merged: list[Item] = []
    uncertain: list[tuple[Item, Item, str]] = []
    ordered = sorted(by_key)
    for row, _ in rows:
        key = _row_key(row)
        same = by_key.get(key)
        if same is None:
            near = _begins_alike(key, ordered)
            if near is not None and by_key[near].start < row.start:
                uncertain.append((row, by_key[near], "开头相同"))
        elif same.start < row.start and key:
            if counts[key] > 1 or twice[key] > 1:
                uncertain.append((row, same, "同名的不止一条"))
            elif why := _contradicts(page, same, row, year_at(heads[id(same)])):
                uncertain.append((row, same, why))
            else:
                repeated.rows[id(same)] = row
                merged.append(row)
    if merged or len(uncertain) * 2 >= len(rows):
        repeated.problems = [_told(page, *pair) for pair in uncertain]
    gone = {id(row) for row in merged}
    kept = [replace(g, measures=tuple(item for item in g.measures if id(item) not in gone)) for g in groups]
    return [group for group in kept if group.measures], repeated, merged


def _told(page: Manuscript, row: Item, item: Item, why: str) -> Problem:
    line, first = page.line_number(row.start), page.line_number(item.start)
    shown = page.printed(*row.heading)[:20] if row.label is None else row.label[:20]
    message = f"第{line}行表格中的“{shown}”与第{first}行的任务可能是同一件事（{why}），两处都列为事项，请核对后删去一处"
    return Problem(line, "repeated_task", message)


def _plain(words: str) -> str:
    return _NO_WORDS.sub("", _BRACKET.sub("", words))


def _keys(page: Manuscript, item: Item) -> Iterator[str]:
    """The words by which a row may repeat an item: its heading, or its whole first line."""
    heading = _plain(page.work[item.heading[0] : item.heading[1]])
    line = page.lines[page.line_at(item.heading[0])]
    whole = _plain(page.work[item.heading[0] : min(line.end, item.own_end)])
    yield heading
    if whole != heading:
        yield whole


def _row_key(item: Item) -> str:
    main = item.row.main if item.row is not None else None
    return _plain(main.work) if main is not None else ""


def _begins_alike(key: str, ordered: list[str]) -> str | None:
    """The words of a task of the text that begin those of a row, or that those of a row begin."""
    if len(key) < _SHORTEST:
        return None
    at = bisect_right(ordered, key)
    if at and len(ordered[at - 1]) >= _SHORTEST and key.startswith(ordered[at - 1]):
        return ordered[at - 1]
    at = bisect_left(ordered, key)
    return ordered[at] if at < len(ordered) and ordered[at].startswith(key) else None


def _contradicts(page: Manuscript, item: Item, row: Item, year: int | None) -> str:
    """Why an item and a row of the same words are not simply one task; empty where they are."""
    assert row.row is not None
    words = _plain(page.work[item.start : item.end])
    if any(_plain(cell.work) not in words for cell in row.row.details):
        return "表格中另有内容"
    said, stated = read_row(page, row.row, year), read_clause(page, item.start, item.end, year)
    if stated.lead and said.lead and (set(stated.lead) | set(stated.co)) != (set(said.lead) | set(said.co)):
        return "责任单位不同"
    if stated.deadline and said.deadline and stated.deadline != said.deadline:
        return "完成时限不同"
    return ""
