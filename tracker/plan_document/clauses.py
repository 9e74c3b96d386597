"""Read who is responsible and by when from the words of one task."""

from __future__ import annotations

from .cadence import read_cadence
from .dates import STANDING, FoundDate, read_dates
from .manuscript import Manuscript
from .model import FieldSource, Milestone, ParsedClause
from .responsibility import Duties, read_duties
from .units import Unit


def parse_clause(text: str, context_year: int | None = None) -> ParsedClause:
    """Units, limits and cadence of one clause.

    `context_year` completes dates that name no year; without it they are left out.

    Offsets in `sources` count characters of `text`. Names are as printed there.
    """
    page = Manuscript(text)
    return read_clause(page, 0, len(text), context_year)


def read_clause(page: Manuscript, start: int, end: int, year: int | None) -> ParsedClause:
    """The clause between two offsets of a document."""
    duties = read_duties(page, start, end)
    return complete_clause(page, start, end, duties, year)


def complete_clause(page: Manuscript, start: int, end: int, duties: Duties, year: int | None) -> ParsedClause:
    """Add limits and cadence to the units that were found."""
    work = page.work
    sources = _unit_sources("lead", duties.lead, duties) + _unit_sources("co", duties.co, duties)
    limits, relative, standing = _limits(work, start, end, duties, year)
    unique = sorted({limit.date: limit for limit in limits}.values(), key=lambda limit: limit.date)
    deadline = unique[-1] if unique else None
    labelled = _labelled_limit(work, duties, year)
    if labelled is not None:
        deadline = labelled
    if deadline is not None:
        reason = "完成时限一栏" if labelled is not None else "文中写明的期限"
        if deadline.inherited_year:
            reason += "，年份取自文件"
        sources.append(FieldSource("deadline", deadline.start, deadline.end, reason, deadline.inherited_year))
    milestones: tuple[Milestone, ...] = ()
    if len(unique) > 1:
        milestones = tuple(Milestone(limit.date, _beside(page, limit, end)) for limit in unique)
        sources += [FieldSource("milestones", m.start, m.end, "分阶段期限", m.inherited_year) for m in unique]
    cadence = read_cadence(work[start:end])
    if cadence is not None:
        sources.append(FieldSource("recurring", start + cadence[1], start + cadence[2], "文中写明的周期"))
    return ParsedClause(
        lead=tuple(unit.name for unit in duties.lead),
        co=tuple(unit.name for unit in duties.co),
        deadline=deadline.date if deadline else None,
        recurring=cadence[0] if cadence else None,
        milestones=milestones,
        relative=relative,
        standing=standing,
        sources=tuple(sources),
    )


def _unit_sources(name: str, units: list[Unit], duties: Duties) -> list[FieldSource]:
    return [FieldSource(name, unit.start, unit.end, duties.reason, duties.to_confirm) for unit in units]


def _limits(
    work: str, start: int, end: int, duties: Duties, year: int | None
) -> tuple[list[FoundDate], str | None, bool]:
    reading = read_dates(work[start:end], year)
    found = [FoundDate(f.date, start + f.start, start + f.end, f.inherited_year) for f in reading.found]
    seen = {limit.date for limit in found}
    for a, b in duties.due:
        for limit in read_dates(work[a:b], year, labelled=True).found:
            if limit.date not in seen:
                found.append(FoundDate(limit.date, a + limit.start, a + limit.end, limit.inherited_year))
    standing = any(STANDING.search(work, a, b) for a, b in duties.due) or (
        not found and STANDING.search(work, start, end) is not None
    )
    return found, reading.relative, standing


def _labelled_limit(work: str, duties: Duties, year: int | None) -> FoundDate | None:
    best: FoundDate | None = None
    for a, b in duties.due:
        for limit in read_dates(work[a:b], year, labelled=True).found:
            if best is None or limit.date > best.date:
                best = FoundDate(limit.date, a + limit.start, a + limit.end, limit.inherited_year)
    return best


def _beside(page: Manuscript, limit: FoundDate, end: int) -> str:
    """The words that a stage date governs: from the date to the end of its clause."""
    stop = end
    for mark in "。;\n":
        at = page.work.find(mark, limit.end, min(end, limit.end + 120))
        if at >= 0:
            stop = min(stop, at)
    return page.canonical(limit.start, min(stop, limit.start + 120))
