"""Word and Excel files from a short notation, a line a paragraph or row: outline, title and tasks as first written down.

`@docx` opens a Word file of lines `P|text` (paragraph), `T|text` (title), `1|text` … `6|text` (styled heading that is
numbered by the file), `H1|text` (styled, without a number), `N2|text` (number of the third level), `B|bold|rest`,
`R|cell|cell` (table row); `@xlsx` a sheet of rows of cells.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docx.document import Document

from tracker.plan_document import SourceDocument, parse_plan, read_bytes

from .office import book_bytes, new_document, numbered, saved, workbook
from .support import HERE, account_for, measures_of, outline_of

FILES = sorted((HERE / "office_documents").glob("*.txt"))


def source_of(path: Path) -> SourceDocument:
    """The file that a notation stands for, read."""
    kind, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if kind == "@xlsx":
        rows: list[list[object]] = [
            [int(cell) if cell.isdecimal() else cell or None for cell in line.split("|")] for line in lines
        ]
        return read_bytes(book_bytes(workbook(rows)), "台账.xlsx")
    document = new_document()
    table: Any = None
    for line in lines:
        kind, _, words = line.partition("|")
        table = _add(document, kind, words, table)
    return read_bytes(saved(document), "方案.docx")


def _add(document: Document, kind: str, words: str, table: Any) -> Any:
    """Write one line; the table that it belongs to, None for a paragraph."""
    if kind == "R":
        cells = words.split("|")
        table = table or document.add_table(rows=0, cols=len(cells))
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
        return table
    if kind == "B":
        bold, _, rest = words.partition("|")
        paragraph = document.add_paragraph()
        paragraph.add_run(bold).bold = True
        paragraph.add_run(rest)
    elif kind == "P":
        document.add_paragraph(words)
    elif kind == "T":
        document.add_paragraph(words, style="Title")
    elif kind[0] == "H":
        document.add_heading(words, int(kind[1]))
    elif kind[0] == "N":
        numbered(document, words, int(kind[1]))
    else:
        numbered(document, words, int(kind) - 1, style=f"Heading {kind}")
    return None


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_outline_title_and_tasks(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    source = source_of(path)
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert plan.title == truth["title"]
    assert outline_of(plan) == truth["outline"]
    if "measures" in truth:
        assert [[*row[:3], row[3] or ""] for row in measures_of(plan)] == truth["measures"]
