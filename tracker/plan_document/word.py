"""Read a .docx into text: automatic numbers written out, changes accepted, boxes and tables in their places."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element  # type: ignore[import-untyped]

from .compose import Composer
from .errors import DocumentError
from .model import SourceDocument
from .numbering import AutomaticNumbers

_DROPPED = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:footnoteReference"),
    qn("w:endnoteReference"),
    qn("w:instrText"),
}
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HEADING_STYLE = re.compile(r"^(?:heading|标题|标题样式|一级标题|head) ?([1-9])$", re.IGNORECASE)
# What a footer holds beside its page number field is no text of anybody.
_PAGE_FIELD = re.compile(r"^[-—–·第页共/\d \u3000]*$")
_NAMED_LEVEL = {"一级标题": 1, "二级标题": 2, "三级标题": 3, "四级标题": 4}


def read_word(data: bytes, name: str, sha256: str) -> SourceDocument:
    """The text of a .docx that passed check_package. Raises DocumentError for a damaged one."""
    try:
        document = docx.Document(io.BytesIO(data))
    except (
        PackageNotFoundError,
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        AttributeError,
    ):
        raise DocumentError(f"文件“{name}”不是完整的Word文件，请重新保存为.docx后再试", "damaged") from None
    reader = _WordReader(document)
    reader.read_body()
    reader.read_notes()
    reader.read_margins()
    return reader.composer.document(name, sha256, "utf-8", "docx")


class _WordReader:
    def __init__(self, document: Document) -> None:
        self.composer = Composer()
        self._document = document
        self._numbers = AutomaticNumbers(document)
        self._levels = _style_levels(document)
        self._changes = False
        self._cells: dict[_Element, str] = {}

    def read_body(self) -> None:
        self._blocks(self._document.element.body)
        if self._changes:
            self.composer.notes.append("文件带有修订痕迹，已按接受全部修订读取")

    def _blocks(self, parent: _Element) -> None:
        for child in parent:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag in {qn("w:sdt"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml")}:
                content = child.find(qn("w:sdtContent"))
                self._blocks(content if content is not None else child)

    def _paragraph(self, paragraph: _Element) -> None:
        words = self._words(paragraph)
        if self._joins_deleted(paragraph, words):
            return
        number = self._numbers.next(paragraph) if words.strip() else ""
        self.composer.line(number + words, heading=self._level(paragraph))
        for box in _boxes(paragraph):
            for inner in box.iter(qn("w:p")):
                self.composer.line(self._numbers.next(inner) + self._words(inner))

    def _joins_deleted(self, paragraph: _Element, words: str) -> bool:
        """A paragraph that a tracked change removed altogether leaves no line."""
        if words.strip():
            return False
        mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}")
        if mark is not None:
            self._changes = True
        return mark is not None

    def _words(self, element: _Element) -> str:
        return "".join(self._runs(element))

    def _runs(self, element: _Element) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in _DROPPED:
                self._changes = self._changes or tag in {qn("w:del"), qn("w:moveFrom")}
            elif tag == qn("w:ins"):
                self._changes = True
                yield from self._runs(child)
            elif tag == qn("w:t"):
                yield child.text or ""
            elif tag == qn("w:tab"):
                if child.getparent().tag == qn("w:r"):
                    yield "\t"
            elif tag in {qn("w:br"), qn("w:cr")}:
                yield "\n"
            elif tag == qn("w:noBreakHyphen"):
                yield "-"
            elif tag == qn("w:sym"):
                yield ""
            elif (
                tag in {qn("w:pPr"), qn("w:rPr"), qn("w:drawing"), qn("w:pict"), qn("w:object")}
                or tag == _ALTERNATE + "AlternateContent"
            ):
                continue
            elif isinstance(tag, str):
                yield from self._runs(child)

    def _level(self, paragraph: _Element) -> int | None:
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if own is not None:
            level = int(own.get(qn("w:val")) or 9)
            return level + 1 if level < 9 else None
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._levels.get(str(style.get(qn("w:val")))) if style is not None else None

    def _table(self, element: _Element) -> None:
        table = Table(element, self._document)
        rows = []
        for row in table.rows:
            cells: list[tuple[object, str]] = []
            for cell in row.cells:
                cells.append((cell._tc, self._cell_words(cell._tc)))
            rows.append(cells)
        self.composer.table(rows)

    def _cell_words(self, cell: _Element) -> str:
        """A cell's words with its automatic numbers; a merged cell is met several times but counts once.

        A cell of nothing but a number (the column 序号) shows that number.
        """
        if cell in self._cells:
            return self._cells[cell]
        paragraphs = list(cell.iter(qn("w:p")))
        empty = not any(self._words(paragraph).strip() for paragraph in paragraphs)
        lines = []
        for paragraph in paragraphs:
            words = self._words(paragraph)
            if words.strip() or empty:
                lines.append((self._numbers.next(paragraph) + words).strip())
        self._cells[cell] = "\n".join(line for line in lines if line)
        return self._cells[cell]

    def read_notes(self) -> None:
        """Footnotes and endnotes stand after the text, marked as asides."""
        for relation in self._document.part.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind not in {"footnotes", "endnotes"} or relation.is_external:
                continue
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            for note in root:
                if note.get(qn("w:type")) in {"separator", "continuationSeparator", "continuationNotice"}:
                    continue
                words = " ".join(self._words(p).strip() for p in note.iter(qn("w:p"))).strip()
                if words:
                    self.composer.line(words, aside="脚注" if kind == "footnotes" else "尾注")

    def read_margins(self) -> None:
        """Headers and footers stand after the text, marked as asides, each different one once."""
        seen: set[str] = set()
        for relation in self._document.part.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind not in {"header", "footer"} or relation.is_external:
                continue
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            for paragraph in root.iter(qn("w:p")):
                words = self._words(paragraph).strip()
                if words and words not in seen and not _PAGE_FIELD.match(words):
                    seen.add(words)
                    self.composer.line(words, aside="页眉" if kind == "header" else "页脚")
        if seen:
            self.composer.notes.append("页眉、页脚的文字放在末尾，没有列为事项")


def _boxes(paragraph: _Element) -> list[_Element]:
    """Text boxes of a paragraph; Word stores each twice (drawing and fallback), one is enough."""
    found = []
    for box in paragraph.iter(qn("w:txbxContent")):
        if not any(parent.tag == _ALTERNATE + "Fallback" for parent in box.iterancestors()):
            found.append(box)
    return found


def _style_levels(document: Document) -> dict[str, int]:
    """Outline level of each paragraph style: by its outlineLvl, its name, or the style it is based on."""
    levels: dict[str, int] = {}
    parents: dict[str, str] = {}
    for style in document.styles.element.findall(qn("w:style")):
        identity = str(style.get(qn("w:styleId")))
        name_element = style.find(qn("w:name"))
        name = str(name_element.get(qn("w:val")) or "") if name_element is not None else ""
        parent = style.find(qn("w:basedOn"))
        if parent is not None:
            parents[identity] = str(parent.get(qn("w:val")))
        own = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        named = _HEADING_STYLE.match(name)
        if name.lower() == "title" or name in {"标题", "公文标题", "文件标题"}:
            levels[identity] = 0
        elif own is not None and int(own.get(qn("w:val")) or 9) < 9:
            levels[identity] = int(own.get(qn("w:val")) or 0) + 1
        elif named or name in _NAMED_LEVEL:
            levels[identity] = int(named.group(1)) if named else _NAMED_LEVEL[name]
    for identity in parents:
        ancestor, seen = identity, set()
        while ancestor not in levels and ancestor in parents and ancestor not in seen:
            seen.add(ancestor)
            ancestor = parents[ancestor]
        if ancestor in levels:
            levels.setdefault(identity, levels[ancestor])
    return levels
