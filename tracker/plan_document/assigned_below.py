"""Give articles the units that a table below assigns to them by their numbers (第一条、第三条 | 区财政局)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from .clauses import read_row
from .manuscript import Manuscript
from .model import ParsedClause
from .numerals import to_number
from .outline import Item

_NUMBER = r"[\d一二三四五六七八九十百]{1,4}"
_POINT = rf"第? ?{_NUMBER} ?[条项款点]?"
POINTS_AT = re.compile(
    rf"第? ?{_NUMBER} ?[条项款点](?: ?[、,至到和—~-] ?{_POINT})*|(?:{_POINT}[、,至到和—~-])+{_NUMBER}[条项款点]"
)
_FROM_TO = re.compile(rf"({_NUMBER}) ?[条项款点]?(?: ?(?P<to>[至到—~-]) ?第? ?({_NUMBER}))?")
_MOST = 200  # articles that one row may name
_ARTICLE, _POINT_OF_LIST = "条", "项"
_LISTS = frozenset({"cn", "paren_cn", "digit", "noun", "nth"})


def points_at(item: Item) -> bool:
    """Whether an item is the row of a table that names articles by their numbers, not by words."""
    words = item.row.main.work if item.row is not None and item.row.main is not None else ""
    return bool(words) and len(words) <= _MOST and POINTS_AT.fullmatch(words) is not None


def assigned_below(
    page: Manuscript, items: Sequence[Item], year: int | None
) -> Callable[[Item, ParsedClause], ParsedClause]:
    """A function (a task, its clause) -> the clause with the units that such a table gives to its number.

    Units that the task itself names stand; a limit in the table counts where the task states none. A number that
    several items of a list bear (1. below 一、 and 1. below 二、) is given nothing.
    """
    given: dict[tuple[str, int], Item] = {}
    for item in items:
        if points_at(item):
            for key in _keys(item):
                given.setdefault(key, item)
    if not given:
        return lambda _, clause: clause
    borne = Counter((item.marker.family, item.marker.ordinal) for item in items)

    def completed(item: Item, clause: ParsedClause) -> ParsedClause:
        family, ordinal = item.marker.family, item.marker.ordinal
        kind = _ARTICLE if family == "article" else _POINT_OF_LIST if family in _LISTS else ""
        row = given.get((kind, ordinal))
        if row is None or row.row is None or item.start > row.start or borne[family, ordinal] > 1:
            return clause
        stated = read_row(page, row.row, year)
        named = bool(clause.lead or clause.co)
        limited = bool(clause.deadline or clause.recurring or clause.relative or clause.standing)
        fields = (set() if named else {"lead", "co"}) | (
            set() if limited else {"deadline", "milestones", "recurring"}
        )
        told = tuple(
            source._replace(reason="文后分工表按条目编号列出")
            for source in stated.sources
            if source.field in fields
        )
        if not named:
            clause = clause._replace(lead=stated.lead, co=stated.co)
        if not limited:
            clause = clause._replace(
                deadline=stated.deadline, milestones=stated.milestones, recurring=stated.recurring, recurring_by=stated.recurring_by,
                relative=stated.relative, standing=stated.standing,
            )  # fmt: skip
        return clause._replace(sources=(*clause.sources, *told))

    return completed


def _keys(item: Item) -> list[tuple[str, int]]:
    """The kind (条, or 项 for all other lists) and number of each article that a row names."""
    assert item.row is not None and item.row.main is not None
    words = item.row.main.work
    kind = _ARTICLE if "条" in words else _POINT_OF_LIST
    keys: list[tuple[str, int]] = []
    for found in _FROM_TO.finditer(words):
        first = to_number(found.group(1)) or 0
        last = (to_number(found.group(3)) or first) if found.group("to") else first
        keys += [(kind, number) for number in range(first, min(last, first + _MOST) + 1)]
    return keys
