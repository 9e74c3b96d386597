"""What the words of a heading say of all tasks below it: its units and limits hold where a task states none itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .clauses import WITHOUT_YEAR, complete_clause, read_clause
from .manuscript import Manuscript
from .model import FieldSource, ParsedClause, ParsedSection, Problem
from .outline import Item
from .responsibility import explicit_chunks, read_duties
from .table_below import PROSE
from .unit_headings import units_of_heading

_UNITS = frozenset({"lead", "co"})
# 一、第一季度 over its tasks: the period in which they are done.
_PERIOD = re.compile(
    r"(?:20\d\d ?年)?(?:第?[一二三四1-4] ?季度|[上下]半年|\d{1,2} ?月份?)(?:\([^()]{1,12}\))?(?:重点)?(?:工作|任务)?"
)

# （二）命名阶段（5月1日—8月31日）
_STAGE = re.compile(r"阶段 ?[(\[][^()\[\]]{2,24}[)\]]$")


def stated_above(page: Manuscript, head: Item | None, year: int | None) -> ParsedClause | None:
    """Who and by when the heading and opening words of an item say in brackets, labelled lines or by 牵头; else None."""
    if head is None or head.row is not None:
        return None
    if head.said_below is None:
        head.said_below = {}
    if year not in head.said_below:
        head.said_below[year] = _stated(page, head, year)
    return head.said_below[year]


def _stated(page: Manuscript, head: Item, year: int | None) -> ParsedClause | None:
    named = units_of_heading(page, head)
    period = (
        _PERIOD.fullmatch(page.work, *head.heading) or _STAGE.search(page.work, *head.heading)
    ) is not None
    explicit = named is not None or period or bool(explicit_chunks(page, head.start, head.own_end))
    if named is not None:
        clause = complete_clause(page, *head.heading, named, year)
    elif period:
        duties = read_duties(page, head.start, head.own_end)
        duties.due.append(head.heading)
        clause = complete_clause(page, head.start, head.own_end, duties, year)
    else:
        clause = read_clause(page, head.start, head.own_end, year)
    if not explicit and not any(s.field == "lead" and s.reason not in PROSE for s in clause.sources):
        return None
    if not (clause.lead or clause.co or _limited(clause)):
        return None
    return clause._replace(sources=tuple(_told(source) for source in clause.sources))


def _limited(clause: ParsedClause) -> bool:
    said = clause.deadline or clause.recurring or clause.relative or clause.standing
    return bool(said) or any(source.reason == WITHOUT_YEAR for source in clause.sources)


def inherit(clause: ParsedClause, above: ParsedClause) -> ParsedClause:
    """The clause of a task with the units, and apart from them the limits, of what is stated above it where it states none itself.

    All that comes from above is marked to be confirmed, with the span it has there.
    """
    if not clause.lead and not clause.co and (above.lead or above.co):
        units = [source for source in above.sources if source.field in _UNITS]
        clause = clause._replace(lead=above.lead, co=above.co, sources=(*units, *clause.sources))
    if not _limited(clause) and _limited(above):
        limits = [source for source in above.sources if source.field not in _UNITS]
        clause = clause._replace(
            deadline=above.deadline,
            milestones=above.milestones,
            recurring=above.recurring,
            recurring_by=above.recurring_by,
            relative=above.relative,
            standing=above.standing,
            sources=(*clause.sources, *limits),
        )
    elif above.deadline is not None and _only_recurs(clause):
        limits = [source for source in above.sources if source.field in {"deadline", "milestones"}]
        clause = clause._replace(
            deadline=above.deadline,
            milestones=above.milestones,
            sources=(*clause.sources, *limits),
        )
    return clause


def _only_recurs(clause: ParsedClause) -> bool:
    """Whether a task says how often and not by when: both hold for it where the day is stated above."""
    if clause.deadline or clause.relative or clause.standing:
        return False
    return clause.recurring is not None and all(source.field != "deadline" for source in clause.sources)


def _told(source: FieldSource) -> FieldSource:
    if source.reason == WITHOUT_YEAR:
        return source
    what = "责任单位" if source.field in _UNITS else "完成时限"
    return source._replace(reason=f"取自所在部分的{what}", to_confirm=True)


def unused_above(
    page: Manuscript, tasks: Iterable[Item], sections: tuple[ParsedSection, ...], year: int | None
) -> list[Problem]:
    """Headings above the `tasks` that say who or by when though no measure took it: all below state their own."""
    listed = list(tasks)
    seen = {id(item) for item in listed}
    found: list[tuple[Item, ParsedClause]] = []
    for item in listed:
        head = item.parent
        while head is not None and id(head) not in seen:
            seen.add(id(head))
            above = stated_above(page, head, year)
            if above is not None:
                found.append((head, above))
            head = head.parent
    if not found:
        return []
    used = {
        (source.field in _UNITS, source.start)
        for section in sections
        for measure in section.measures
        for source in measure.provenance
        if source.field not in {"marker", "title"}
    }
    return [problem for head, above in found for problem in _unused(page, head, above, used)]


def _unused(page: Manuscript, head: Item, above: ParsedClause, used: set[tuple[bool, int]]) -> list[Problem]:
    lost: dict[str, int] = {}
    for of_units, what in ((True, "责任单位"), (False, "完成时限")):
        starts = [s.start for s in above.sources if (s.field in _UNITS) is of_units]
        if starts and not any((of_units, start) in used for start in starts):
            lost[what] = starts[0]
    if not lost:
        return []
    line = page.line_number(min(lost.values()))
    shown = page.printed(head.start, head.heading[1])[:30]
    message = f"第{line}行的“{shown}”写明了{'和'.join(lost)}，下面各项都另有写明，没有用上，请核对"
    return [Problem(line, "stated_above_unused", message)]
