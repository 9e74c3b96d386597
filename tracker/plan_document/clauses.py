"""Read who is responsible and by when from the words of one task."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from .cadence import Cadence, read_cadence
from .cells import Cell, cell_of
from .dates import STANDING, STATED_STANDING, FoundDate, read_dates
from .duties import Duties
from .duty_statements import read_statement
from .duty_words import LABELS
from .manuscript import Manuscript
from .model import FieldSource, Milestone, ParsedClause
from .responsibility import has_label, read_duties
from .rule_sentences import rule_sentences, set_apart
from .spaced_columns import cells_between_gaps
from .standing_rules import apply_rules, find_rules
from .table_columns import form_fields, guess_role, roles_by_words
from .table_rows import Row
from .table_stream import read_table
from .tables import find_grids
from .typography import canonical
from .units import Unit
from .unseen import unseen_in

_LAST_STAGE = "最后一个阶段的期限"
# What a deadline's reason adds where the words name no year and the document does.
YEAR_OF_DOCUMENT = "，年份取自文件"
# The reason of a deadline's source where the words set a limit and neither they nor the document name its year.
WITHOUT_YEAR = "时限没有写年份，没有换算成日期"
# The reasons of a deadline's source where the words set a limit of their own kind and no day.
NO_END = "写明长期坚持，没有截止日期"
RELATIVE = "相对时限，起算日期须由督查室确定"
_NO_DAY = frozenset({NO_END, RELATIVE})
_ANY_LEAP_YEAR = 2000  # finds where such limits stand; its days are thrown away
_SIGNED = re.compile(
    r"(?:(?:19|20)\d\d|二[〇零\u4e00-\u9fff]{3}) ?年 ?[^年]{1,3}月[^月]{1,4}日"
)  # a day that closes a letter
_CLAUSE_END = re.compile(r"[。;|\n]")  # 。; of a sentence, | of a cell


def parse_clause(text: str, context_year: int | None = None) -> ParsedClause:
    """Units, limits and cadence of one clause.

    `context_year` completes dates that name no year; without it they are left out.

    Offsets in `sources` count characters of `text`. Names are as printed there.
    """
    unseen = unseen_in(text)
    if unseen is not None:
        return unseen.clause(parse_clause(unseen.plain, context_year))
    page = Manuscript(text)
    sentences = rule_sentences(page)
    rules = find_rules(page, sentences, context_year)
    set_apart(page, sentences)
    roles = _cells_by_role(page)
    if roles is not None:
        return read_cells(page, roles, context_year)
    clause = read_clause(page, 0, len(text), context_year)
    return apply_rules(rules)(0, len(text), clause)


def _cells_by_role(page: Manuscript) -> dict[str, list[Cell]] | None:
    """The cells of a clause that is a row of a table, sorted by role; None for a clause in sentences."""
    if has_label(page.work):
        return None
    for grid in find_grids(page, {}):
        paired = form_fields(grid)
        if paired is not None:
            return paired
        rows, _ = read_table(grid)
        tasks = [row for row in rows if row.roles]
        if tasks:
            return tasks[0].roles
    if len(page.lines) == 1:
        line = page.lines[0]
        sentence = line.end - line.start > 300 or LABELS.search(page.work) is not None
        cells = [] if sentence else cells_between_gaps(page, line.start, line.end, 0)
    else:
        cells = [cell_of(page, line.start, line.end) for line in page.lines]
    if len(cells) < 3 or any(cell.work.count("(") != cell.work.count(")") for cell in cells):
        return None  # a bracket that runs over the lines: one sentence broken by hand
    kinds = [guess_role(cell) for cell in cells]
    opened = kinds[0] == "generic" or "。" in cells[0].work[:-1]
    told = opened and cells[-1].work[-1:] == "。"
    goes_on = any("," in cell.work for cell in cells)
    if told and (goes_on or (kinds[-1] == "task" and set(kinds[1:-1]) == {"due"})):
        return None  # 市教育局 2024年6月底前 出台方案。: a subject and its limit set apart in a sentence
    numbered = kinds[0] == "number" and {"generic", "due"} & set(kinds)
    closed = kinds[-1] == "due" and "|" not in page.work and not _SIGNED.fullmatch(cells[-1].work)
    if numbered or closed or ("generic" in kinds and "due" in kinds):
        return roles_by_words(cells)
    return None


def read_cells(page: Manuscript, roles: dict[str, list[Cell]], year: int | None) -> ParsedClause:
    """The clause of a table row: units and limits from their columns, from the words only where columns lack."""
    duties = Duties()
    labels = {"lead": "牵头单位：", "co": "配合单位：", "generic": ""}
    named = [(role, cell) for role in labels for cell in roles.get(role, []) if not cell.empty]
    for role, cell in sorted(named, key=lambda pair: (pair[0] != "lead", pair[1].start)):
        _read_unit_cell(page, cell, labels[role], duties)
    words = [cell for role in ("task", "other") for cell in roles.get(role, [])]
    if not duties.lead and not duties.co and not named:
        for cell in words:
            inner = read_duties(Manuscript(cell.printed), 0, len(cell.printed))
            duties.add("lead", _in_cell(inner.lead, cell))
            duties.add("co", _in_cell(inner.co, cell))
            duties.reason = duties.reason or inner.reason
    limits: list[FoundDate] = []
    due = [cell for cell in roles.get("due", []) if not cell.empty]
    for cell in due or words:
        reading = read_dates(cell.work, year, labelled=bool(due))
        limits += [_limit_in_cell(limit, cell) for limit in reading.found]
    open_ended = _open_ended_cells(due, year)
    cadence = next((c for c in (_cadence_of(cell) for cell in [*due, *words]) if c), None)
    yearless = [
        FieldSource("deadline", cell.start, cell.end, WITHOUT_YEAR)
        for cell in due or words
        if _yearless(cell.work, year, labelled=bool(due))
    ]
    clause = _clause(
        page,
        duties,
        limits,
        max(limits, key=_by_date, default=None),
        "时限一栏" if due else "文中写明的期限",
        cadence,
        open_ended,
    )
    return clause._replace(sources=(*clause.sources, *yearless)) if yearless else clause


def _yearless(work: str, year: int | None, *, labelled: bool = False) -> list[FoundDate]:
    """Limits that are lost without a year from outside the words; none where there is one."""
    if year is not None:
        return []
    found = read_dates(work, _ANY_LEAP_YEAR, labelled=labelled).found
    return [limit for limit in found if limit.inherited_year]


def _read_unit_cell(page: Manuscript, cell: Cell, label: str, duties: Duties) -> None:
    inner = Duties(lead=list(duties.lead), co=list(duties.co))
    words = page.text[cell.start : cell.end].replace("\n", " ") if _in_one_piece(cell) else cell.printed
    text = label + words
    read_statement(Manuscript(text), 0, len(text), inner)
    duties.add("lead", _in_cell(inner.lead[len(duties.lead) :], cell, len(label)))
    duties.add("co", _in_cell(inner.co[len(duties.co) :], cell, len(label)))
    duties.reason = inner.reason or "责任单位一栏"
    duties.to_confirm = duties.to_confirm or inner.to_confirm


def _in_one_piece(cell: Cell) -> bool:
    """Whether a cell's words stand in the source as they are read, so that each of them has its own place there."""
    return cell.end - cell.start == len(cell.work)


def _in_cell(units: list[Unit], cell: Cell, before: int = 0) -> list[Unit]:
    """Units read from a cell's words with their places in the source; `before` counts what was set before the words.

    Of a cell that was cut into lines to fit, or rejoined, only the whole is known.
    """
    return [Unit(unit.name, *_span_in_cell(cell, unit.start - before, unit.end - before)) for unit in units]


def _open_ended_cells(due: list[Cell], year: int | None) -> _OpenEnded:
    """What the cells of a field for limits say instead of a day."""
    found = _OpenEnded()
    for cell in due:
        standing = STANDING.search(cell.work)
        if standing is not None:
            found.add_standing(*_span_in_cell(cell, *standing.span()))
        reading = read_dates(cell.work, year)
        if reading.relative_span is not None:
            found.add_relative(reading.relative, *_span_in_cell(cell, *reading.relative_span))
    return found


def _cadence_of(cell: Cell) -> Cadence | None:
    found = read_cadence(cell.work)
    if found is None:
        return None
    start, end = _span_in_cell(cell, found.start, found.end)
    return found._replace(start=start, end=end)


def _span_in_cell(cell: Cell, start: int, end: int) -> tuple[int, int]:
    """Where characters of a cell's words stand in the source: the whole cell where they were rejoined."""
    return (cell.start + start, cell.start + end) if _in_one_piece(cell) else (cell.start, cell.end)


def _limit_in_cell(limit: FoundDate, cell: Cell) -> FoundDate:
    start, end = _span_in_cell(cell, limit.start, limit.end)
    return limit._replace(start=start, end=end)


def read_row(page: Manuscript, row: Row, year: int | None) -> ParsedClause:
    """The clause of a task row of a table in a document; columns headed by a stage of the year give milestones."""
    clause = read_cells(page, row.roles, year)
    for head, cell in row.stages:
        # 全年目标 is what the year's end asks for.
        found = read_dates(head.work.replace("全年", "年底", 1), year, labelled=True).found
        if found:
            clause = _with_stage(clause, _day_within(cell, found[-1], year), cell)
    return clause


def _day_within(cell: Cell, stage: FoundDate, year: int | None) -> FoundDate:
    """8月15日前报批 below 8月: the limit that the cell itself names within its stage."""
    own = read_dates(cell.work, year).found
    if own and own[-1].date <= stage.date and own[-1].date.year == stage.date.year:
        return stage._replace(date=own[-1].date)
    return stage


def _with_stage(clause: ParsedClause, limit: FoundDate, cell: Cell) -> ParsedClause:
    """The clause with one milestone more; the last stage is the deadline where the row names none."""
    known = (*clause.milestones, Milestone(limit.date, canonical(cell.printed)))
    sources = [
        *clause.sources,
        FieldSource("milestones", cell.start, cell.end, "分阶段进度一栏", limit.inherited_year),
    ]
    stated = [s for s in clause.sources if s.field == "deadline" and s.reason not in {_LAST_STAGE, *_NO_DAY}]
    deadline = clause.deadline
    if not stated and (deadline is None or limit.date > deadline):
        deadline = limit.date
        sources = [s for s in sources if s.field != "deadline" or s.reason in _NO_DAY]
        sources.append(FieldSource("deadline", cell.start, cell.end, _LAST_STAGE, True))
    milestones = tuple(sorted(known, key=lambda milestone: milestone.date))
    return clause._replace(milestones=milestones, deadline=deadline, sources=tuple(sources))


def read_clause(page: Manuscript, start: int, end: int, year: int | None) -> ParsedClause:
    """The clause between two offsets of a document."""
    duties = read_duties(page, start, end)
    return complete_clause(page, start, end, duties, year)


def complete_clause(page: Manuscript, start: int, end: int, duties: Duties, year: int | None) -> ParsedClause:
    """Add limits and cadence to the units that were found."""
    work = page.work
    limits, labelled, open_ended = _limits(work, start, end, duties, year)
    deadline = labelled or (limits[0] if len(limits) == 1 else max(limits, key=_by_date, default=None))
    reason = "完成时限一栏" if labelled is not None else "文中写明的期限"
    cadence = read_cadence(work[start:end])
    if cadence is not None:
        cadence = cadence._replace(start=start + cadence.start, end=start + cadence.end)
    clause = _clause(page, duties, limits, deadline, reason, cadence, open_ended)
    sources: list[FieldSource] = []
    if year is None:
        sources += [
            FieldSource("deadline", a + limit.start, a + limit.end, WITHOUT_YEAR)
            for a, b, labelled in ((start, end, False), *((a, b, True) for a, b in duties.due))
            for limit in _yearless(work[a:b], year, labelled=labelled)
        ]
    return clause._replace(sources=(*clause.sources, *dict.fromkeys(sources))) if sources else clause


def _clause(
    page: Manuscript,
    duties: Duties,
    limits: list[FoundDate],
    deadline: FoundDate | None,
    reason: str,
    cadence: Cadence | None,
    open_ended: _OpenEnded,
) -> ParsedClause:
    sources = _unit_sources("lead", duties.lead, duties) + _unit_sources("co", duties.co, duties)
    unique = limits
    if len(limits) > 1:
        unique = sorted({limit.date: limit for limit in reversed(limits)}.values(), key=_by_date)
    if deadline is not None:
        inherited = deadline.inherited_year
        shown = reason + YEAR_OF_DOCUMENT if inherited else reason
        sources.append(FieldSource("deadline", deadline.start, deadline.end, shown, inherited))
    milestones: tuple[Milestone, ...] = ()
    if len(unique) > 1:
        milestones = tuple(Milestone(limit.date, _beside(page, limit)) for limit in unique)
        sources += [FieldSource("milestones", m.start, m.end, "分阶段期限", m.inherited_year) for m in unique]
    sources += open_ended.sources
    if cadence is not None:
        sources.append(FieldSource("recurring", cadence.start, cadence.end, "文中写明的周期"))
    return ParsedClause(
        lead=tuple([unit.name for unit in duties.lead]),
        co=tuple([unit.name for unit in duties.co]),
        deadline=deadline.date if deadline else None,
        recurring=cadence.period if cadence else None,
        recurring_by=cadence.day if cadence else None,
        milestones=milestones,
        relative=open_ended.relative,
        standing=open_ended.standing,
        sources=tuple(sources),
    )


def _unit_sources(name: str, units: list[Unit], duties: Duties) -> list[FieldSource]:
    return [FieldSource(name, unit.start, unit.end, duties.reason, duties.to_confirm) for unit in units]


@dataclass
class _OpenEnded:
    """What a clause says instead of a day: a relative limit, or that the work has no end, each with its source."""

    relative: str | None = None
    standing: bool = False
    sources: list[FieldSource] = field(default_factory=list)

    def add_relative(self, words: str | None, start: int, end: int) -> None:
        if self.relative is None:
            self.relative = words
            self.sources.append(FieldSource("deadline", start, end, RELATIVE))

    def add_standing(self, start: int, end: int) -> None:
        if not self.standing:
            self.standing = True
            self.sources.append(FieldSource("deadline", start, end, NO_END))


def _limits(
    work: str, start: int, end: int, duties: Duties, year: int | None
) -> tuple[list[FoundDate], FoundDate | None, _OpenEnded]:
    """All limits, the last of those in a field for limits, and what is said instead of a day."""
    reading = read_dates(work[start:end], year)
    found = [_moved(limit, start) for limit in reading.found]
    labelled: FoundDate | None = None
    seen = {limit.date for limit in found} if duties.due else set()
    open_ended = _OpenEnded()
    if reading.relative_span is not None:
        open_ended.add_relative(reading.relative, *(start + at for at in reading.relative_span))
    for a, b in duties.due:
        stated = read_dates(work[a:b], year, labelled=True)
        if stated.relative_span is not None:
            open_ended.add_relative(stated.relative, *(a + at for at in stated.relative_span))
        for limit in stated.found:
            if limit.date not in seen:
                found.append(_moved(limit, a))
            if labelled is None or limit.date > labelled.date:
                labelled = _moved(limit, a)
    found = _without_shares(work, found, [*duties.due, *duties.spans])
    standing = next(filter(None, (STANDING.search(work, a, b) for a, b in duties.due)), None)
    if standing is not None:
        open_ended.add_standing(*standing.span())
    elif not found and (said := STATED_STANDING.search(work[start:end])) is not None:
        open_ended.add_standing(*(start + at for at in said.span("words")))
    return found, labelled, open_ended


_BARE_YEAR = re.compile(r"20\d\d ?年度?")


def _without_shares(work: str, found: list[FoundDate], stated: list[tuple[int, int]]) -> list[FoundDate]:
    """其中2023年25条，2024年16条。完成时限：2024年11月底前: a year's share is due by the limit that is stated in that year."""
    if len(found) < 2:
        return found
    limits = [f.date for f in found if any(a <= f.start < b for a, b in stated)]
    if not limits:
        return found
    last = max(limits)
    return [
        f
        for f in found
        if f.date <= last or f.date.year != last.year or not _BARE_YEAR.fullmatch(work, f.start, f.end)
    ]


def _by_date(limit: FoundDate) -> date:
    return limit.date


def _moved(limit: FoundDate, by: int) -> FoundDate:
    return FoundDate(limit.date, limit.start + by, limit.end + by, limit.inherited_year)


def _beside(page: Manuscript, limit: FoundDate) -> str:
    """The words that a stage date governs: from the date to the end of its clause."""
    end = min(len(page.text), limit.end + 120)
    stop = _CLAUSE_END.search(page.work, limit.end, end)
    return page.canonical(limit.start, stop.start() if stop else end)
