"""Cut a Word table into rows of cells: content controls opened, deleted rows gone, merged cells in every place they cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml.etree import _Element  # type: ignore[import-untyped]

from .word_xml import DELETED, INSERTED, is_on, unwrapped, value, whole

_ROWS, _CELLS = frozenset({qn("w:tr")}), frozenset({qn("w:tc")})
MAX_SPAN = 64  # columns; no table of a document is wider


@dataclass
class WordTable:
    """Rows of cells; a merged cell is the same element in each place, None is a place without a cell.

    `covered` are cells under a merged one: Word keeps their words but does not show them.
    """

    rows: list[list[_Element | None]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    covered: list[_Element] = field(default_factory=list)
    changed: bool = False


def read_table(element: _Element) -> WordTable:
    """The rows of a w:tbl that stay once its tracked changes are accepted."""
    table = WordTable()
    above: dict[int, _Element] = {}
    for row in unwrapped(element, _ROWS):
        properties = row.find(qn("w:trPr"))
        if properties is not None:
            deleted = properties.find(DELETED) is not None
            table.changed = table.changed or deleted or properties.find(INSERTED) is not None
            if deleted:
                continue
            if is_on(properties, qn("w:hidden")):
                table.hidden.add(len(table.rows))
        cells, above = _one_row(row, properties, above, table)
        table.rows.append(cells)
    return table


def _one_row(
    row: _Element, properties: _Element | None, above: dict[int, _Element], table: WordTable
) -> tuple[list[_Element | None], dict[int, _Element]]:
    cells: list[_Element | None] = [None] * _left_out(properties, "w:gridBefore")
    running: dict[int, _Element] = {}
    for cell in _kept(row, table):
        own = cell.find(qn("w:tcPr"))
        merged = None if own is None else own.find(qn("w:vMerge"))
        owner = cell
        if merged is not None and value(merged, "continue") != "restart":
            owner = above.get(len(cells), cell)
        elif cells and cells[-1] is not None and _goes_on(own):
            owner = cells[-1]
        if owner is not cell:
            table.covered.append(cell)
        for _ in range(_span(own)):
            if merged is not None:
                running[len(cells)] = owner
            cells.append(owner)
    return cells, running


def _kept(row: _Element, table: WordTable) -> Iterator[_Element]:
    for cell in unwrapped(row, _CELLS):
        if cell.find(f"{qn('w:tcPr')}/{qn('w:cellDel')}") is not None:
            table.changed = True
        else:
            yield cell


def _goes_on(properties: _Element | None) -> bool:
    """Whether a cell is the continuation of the one before it (the older way to merge across columns)."""
    merged = None if properties is None else properties.find(qn("w:hMerge"))
    return merged is not None and value(merged, "continue") != "restart"


def _span(properties: _Element | None) -> int:
    span = None if properties is None else properties.find(qn("w:gridSpan"))
    return min(max(whole(value(span), 1), 1), MAX_SPAN)


def _left_out(properties: _Element | None, name: str) -> int:
    before = None if properties is None else properties.find(qn(name))
    return min(max(whole(value(before)), 0), MAX_SPAN)
