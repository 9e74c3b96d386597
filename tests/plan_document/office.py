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


SPACES = " ".join(
    f"xmlns:{prefix}='{address}'"
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    }.items()
)


def written(*blocks: str) -> Document:
    """A document whose body is these blocks of WordprocessingML, numbering 90 at hand."""
    document = new_document()
    root = parse_xml(f"<w:body {SPACES}>{''.join(blocks)}</w:body>")
    body = document.element.body
    for block in list(root):
        body.insert(len(body) - 1, block)  # before the section's properties
    return document


def run(text: str, properties: str = "") -> str:
    """A run of one text."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def para(content: str, properties: str = "") -> str:
    """A paragraph; content is a plain text or runs."""
    inner = content if content.startswith("<") or not content else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(*content: str, properties: str = "") -> str:
    """A table cell; its content are plain texts (a paragraph each) or blocks."""
    blocks = "".join(item if item.startswith("<") else para(item) for item in content) or para("")
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{blocks}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A table row; plain texts become cells."""
    inner = "".join(item if item.startswith("<") else cell(item) for item in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def control(content: str) -> str:
    """A content control around anything."""
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def box(content: str) -> str:
    """A run with a text box, stored twice as Word does."""
    return (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
        f"{content}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        f"<w:txbxContent>{content}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def complex_field(code: str, result: str | None = None) -> str:
    """The runs of a field; result None: one that stores none."""
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
    shown = "" if result is None else mark("separate") + result
    return f"{mark('begin')}<w:r><w:instrText xml:space='preserve'>{code}</w:instrText></w:r>{shown}{mark('end')}"


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
