"""Bring a file's own headings, tables and asides into the shapes that the grammar works with."""

from __future__ import annotations

from dataclasses import replace

from .manuscript import Manuscript
from .markers import STYLED, Marker
from .model import SourceDocument, StyledHeading
from .tables import Cell, Grid, cell_of

_LONGEST_HEADING = 60  # characters; longer paragraphs in a heading style are text


def grids_of(page: Manuscript, document: SourceDocument) -> list[Grid]:
    """The tables of a document as grids; a merged cell is one and the same object wherever it shows."""
    made: dict[tuple[int, int], Cell] = {}
    tables: dict[int, dict[int, list[Cell]]] = {}
    for hint in document.cells:
        span = (hint.start, hint.end)
        if span not in made:
            made[span] = cell_of(page, *span)
        tables.setdefault(hint.table, {}).setdefault(hint.row, []).append(made[span])
    grids = []
    for rows in tables.values():
        ordered = [rows[number] for number in sorted(rows)]
        starts = [cell.start for row in ordered for cell in row]
        ends = [cell.end for row in ordered for cell in row]
        grids.append(Grid(min(starts), max(ends), ordered))
    return grids


def title_and_headings(
    page: Manuscript, document: SourceDocument
) -> tuple[StyledHeading | None, dict[int, tuple[int, int]]]:
    """The styled title, and for each styled heading its offset -> (level, end), blanks and long texts left out."""
    found: list[StyledHeading] = []
    for hint in document.headings:
        words = page.work[hint.start : hint.end]
        bare = words.strip()
        if not bare or len(bare) > _LONGEST_HEADING or "。" in bare.rstrip("。"):
            continue
        start = hint.start + words.index(bare[0])
        found.append(StyledHeading(start, start + len(bare), hint.level))
    title = next((heading for heading in found if heading.level == 0), None)
    rest = [heading for heading in found if heading.level]
    if title is None and len(rest) > 1:
        lowest = min(heading.level for heading in rest)
        first = rest[0]
        if first.level == lowest and sum(1 for h in rest if h.level == lowest) == 1:
            title, rest = first, rest[1:]
    return title, {heading.start: (heading.level, heading.end) for heading in rest}


def with_styles(markers: list[Marker], styled: dict[int, tuple[int, int]]) -> list[Marker]:
    """Give markers the level of their paragraph's style; a styled heading without a number is one of its own."""
    numbered = set()
    found = []
    for marker in markers:
        if marker.leads_line and marker.start in styled:
            numbered.add(marker.start)
            found.append(replace(marker, level=styled[marker.start][0], doubtful=False))
        else:
            found.append(marker)
    for start, (level, _) in styled.items():
        if start not in numbered:
            found.append(Marker(STYLED, str(level), 0, start, start, True, level=level))
    return sorted(found, key=lambda marker: marker.start)
