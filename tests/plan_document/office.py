"""Build Word and Excel files as offices write them: automatic numbers, merged cells, changes, boxes, notes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import openpyxl
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

W = nsdecls("w")
NUMBERING = (
    f"<w:abstractNum {W} w:abstractNumId='90'>"
    "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:suff w:val='nothing'/>"
    "<w:lvlText w:val='%1、'/></w:lvl>"
    "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:suff w:val='nothing'/>"
    "<w:lvlText w:val='（%2）'/></w:lvl>"
    "<w:lvl w:ilvl='2'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%3.'/></w:lvl>"
    "<w:lvl w:ilvl='3'><w:start w:val='1'/><w:numFmt w:val='decimalEnclosedCircle'/><w:lvlText w:val='%4'/"
    "></w:lvl>"
    "</w:abstractNum>"
)
NUM = f"<w:num {W} w:numId='{{id}}'><w:abstractNumId w:val='90'/>{{override}}</w:num>"


def new_document() -> Document:
    """An empty document with the numbering 一、（一）1.① as number 90."""
    document = docx.Document()
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERING))
    root.append(parse_xml(NUM.format(id=90, override="")))
    return document


def restart(document: Document, number: int, level: int) -> None:
    """Another list `number` of the same kind that starts `level` anew at 1."""
    override = f"<w:lvlOverride w:ilvl='{level}'><w:startOverride w:val='1'/></w:lvlOverride>"
    document.part.numbering_part.element.append(parse_xml(NUM.format(id=number, override=override)))


def numbered(document: Document, text: str, level: int, number: int = 90, style: str | None = None) -> Any:
    """A paragraph whose number is in numbering.xml, not in its text."""
    paragraph = document.add_paragraph(text, style=style)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f"<w:numPr {W}><w:ilvl w:val='{level}'/><w:numId w:val='{number}'/></w:numPr>")
    )
    return paragraph


def saved(document: Document) -> bytes:
    """The bytes of a document."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_parts(
    data: bytes, parts: dict[str, bytes], replaced: dict[str, tuple[bytes, bytes]] | None = None
) -> bytes:
    """A copy of a package with more parts, and with bytes replaced inside named parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if replaced and item.filename in replaced:
                content = content.replace(*replaced[item.filename])
            new.writestr(item.filename, content)
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def workbook(
    rows: list[list[object]], merges: tuple[str, ...] = (), title: str = "台账"
) -> openpyxl.Workbook:
    """A workbook with one sheet of these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merges:
        sheet.merge_cells(area)
    return book


def book_bytes(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
