"""Read a .docx into text: automatic numbers written out, changes accepted, boxes and tables in their places."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element  # type: ignore[import-untyped]

from .compose import TEXT_BOX, Composer
from .duty_words import LABELS
from .errors import DocumentError
from .layout import CONTENTS
from .model import SourceDocument
from .numbering import AutomaticNumbers
from .typography import working_copy
from .word_styles import HIDDEN, read_styles
from .word_tables import read_table
from .word_text import WordText, contents_paragraphs
from .word_xml import DELETED, FOREIGN_PART, MOVED_AWAY, PARAGRAPH, TABLE, boxes, unwrapped

_BLOCKS = frozenset({PARAGRAPH, TABLE, FOREIGN_PART})
# What a footer holds beside its page number field is no text of anybody.
_PAGE_FIELD = re.compile(r"^[-—–·第页共/\d \u3000]*$")
_REFERENCES = {"footnotes": qn("w:footnoteReference"), "endnotes": qn("w:endnoteReference")}
_WORDS_BEFORE_MARK = 20  # characters that say where a note was set
_NOTES = {"footnotes": "脚注", "endnotes": "尾注", "comments": "批注"}
_MARGINS = {"header": "页眉", "footer": "页脚"}
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})


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
    reader.tell()
    return reader.composer.document(name, sha256, "utf-8", "docx")


@dataclass
class _Paragraph:
    """What the page shows as one paragraph: its words, who gives it its number and level, its text boxes."""

    element: _Element
    words: str
    boxes: list[_Element] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.words.strip() and not self.boxes

    def joined(self, following: _Paragraph) -> _Paragraph:
        """This and the next one, between which the mark was deleted; the first one with words leads."""
        leading = self.element if self.words.strip() else following.element
        return _Paragraph(leading, self.words + following.words, self.boxes + following.boxes)


# What a text box holds that goes on with the text around it: an item, a labelled line. A note or other prose goes beside it.
_OF_THE_TEXT = re.compile(
    r"[ \u3000]*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳]|第[一二三四五六七八九十\d]{1,3}[章条节项部、,，]|[一二三四五六七八九十][是要])"
)
_PROSE = re.compile("[。；;：:，,]")


def _is_aside(box: _Element) -> bool:
    """Whether a text box is a note that lies beside the text (附注：…), not a piece of the text or its title."""
    if box.find(f".//{qn('w:numPr')}") is not None or box.find(f".//{TABLE}") is not None:
        return False
    lines = [
        "".join(part.text or "" for part in line.iter(qn("w:t"))).strip() for line in box.iter(PARAGRAPH)
    ]
    told = [working_copy(line) for line in lines if line]
    if any(_OF_THE_TEXT.match(line) or LABELS.match(line) for line in told):
        return False
    return any(_PROSE.search(line) for line in told)


class _WordReader:
    def __init__(self, document: Document) -> None:
        self.composer = Composer()
        self._document = document
        self._numbers = AutomaticNumbers(document)
        self._styles = read_styles(document)
        self._text = WordText(self._styles, self.composer, self._related)
        self._contents = contents_paragraphs(document.element.body)

    def read_body(self) -> None:
        self._blocks(self._document.element.body)

    def _blocks(self, parent: _Element) -> None:
        for block in self._read(parent):
            if isinstance(block, _Paragraph):
                self._paragraph(block)
            elif block.tag == TABLE:
                self._table(block)
            else:
                self.composer.problem(
                    "foreign_part", "这里嵌入了另一份文件，没有读取；请用Word打开后另存为.docx再上传"
                )

    def _read(self, parent: _Element) -> Iterator[_Paragraph | _Element]:
        """Paragraphs and other blocks; paragraphs whose mark a tracked change deleted run into the next one."""
        held: _Paragraph | None = None
        for block in unwrapped(parent, _BLOCKS):
            if block.tag != PARAGRAPH:
                if held is not None and not held.empty:
                    yield held
                held = None
                yield block
                continue
            found = _Paragraph(block, self._text.words(block), boxes(block))
            if held is not None:
                found = held.joined(found)
            held = found if self._mark_deleted(block) else None
            if held is None:
                yield found
        if held is not None and not held.empty:
            yield held

    def _mark_deleted(self, paragraph: _Element) -> bool:
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
        if properties is None or all(properties.find(mark) is None for mark in (DELETED, MOVED_AWAY)):
            return False
        self._text.changed = True
        return True

    def _paragraph(self, paragraph: _Paragraph) -> None:
        if paragraph.element in self._contents or self._styles.is_contents(paragraph.element):
            if paragraph.words.strip():
                self.composer.line(paragraph.words.strip(), aside=CONTENTS)
        else:
            self.composer.line(self._numbered(paragraph), heading=self._styles.level(paragraph.element))
        for box in paragraph.boxes:
            if _is_aside(box):
                self.composer.set_apart("\n".join(self._lines(box)), TEXT_BOX)
            else:
                self._blocks(box)

    def _numbered(self, paragraph: _Paragraph) -> str:
        """The words behind their automatic number; a page break before them stays before the number."""
        words = paragraph.words
        if not words.strip():
            return words
        bare = words.lstrip("\n")
        return words[: len(words) - len(bare)] + self._numbers.next(paragraph.element) + bare

    def _table(self, element: _Element) -> None:
        table = read_table(element)
        self._text.changed = self._text.changed or table.changed
        read: dict[_Element, str] = {}
        rows: list[list[tuple[object, str]]] = []
        for number, row in enumerate(table.rows):
            cells: list[tuple[object, str]] = []
            for column, cell in enumerate(row):
                if cell is None:
                    cells.append(((number, column), ""))
                    continue
                if cell not in read:
                    read[cell] = "\n".join(self._lines(cell, may_be_number=True))
                cells.append((cell, read[cell]))
            if number in table.hidden:
                self.composer.set_apart(" ".join(words for _, words in cells), HIDDEN)
            else:
                rows.append(cells)
        for cell in table.covered:
            self.composer.set_apart(" ".join(self._lines(cell)), HIDDEN)
        if rows:
            self.composer.table(rows)

    def _lines(self, parent: _Element, *, may_be_number: bool = False) -> list[str]:
        """The lines of a cell, box or note with their automatic numbers; a table in it gives a line a row.

        may_be_number: a paragraph without words (the column 序号) shows its number, if there are no words at all.
        """
        blocks = list(self._read(parent))
        paragraphs = [block for block in blocks if isinstance(block, _Paragraph)]
        bare = may_be_number and len(paragraphs) == len(blocks) and all(part.empty for part in paragraphs)
        lines: list[str] = []
        for block in blocks:
            if isinstance(block, _Paragraph):
                lines.append(self._numbers.next(block.element) if bare else self._numbered(block))
                for box in block.boxes:
                    lines += self._lines(box)
            elif block.tag == TABLE:
                lines += self._nested(block)
        return [line.strip() for line in lines if line.strip()]

    def _nested(self, element: _Element) -> list[str]:
        lines: list[str] = []
        read: set[_Element] = set()
        for row in read_table(element).rows:
            cells = [cell for cell in dict.fromkeys(row) if cell is not None and cell not in read]
            read.update(cells)
            lines.append(" ".join(" ".join(self._lines(cell)) for cell in cells))
        return lines

    def read_notes(self) -> None:
        """Footnotes, endnotes and comments stand after the text, marked as asides."""
        for kind, root in self._parts(_NOTES):
            places = self._places_of(_REFERENCES[kind]) if kind in _REFERENCES else {}
            for note in root:
                if note.get(qn("w:type")) not in _SEPARATORS:
                    words, behind = " ".join(self._lines(note)), places.get(note.get(qn("w:id")) or "", "")
                    self.composer.set_apart(words, _NOTES[kind], behind=behind)

    def _places_of(self, tag: str) -> dict[str, str]:
        """Number of a note -> the last words before the mark that refers to it, in the paragraph of the mark."""
        places: dict[str, str] = {}
        for reference in self._document.element.body.iter(tag):
            paragraph = next(reference.iterancestors(PARAGRAPH), None)
            if paragraph is None:
                continue
            words = []
            for node in paragraph.iter(qn("w:t"), tag):
                if node is reference:
                    break
                words.append(node.text or "" if node.tag != tag else "")
            places.setdefault(reference.get(qn("w:id")) or "", "".join(words).strip()[-_WORDS_BEFORE_MARK:])
        return places

    def read_margins(self) -> None:
        """Headers and footers stand after the text, marked as asides, each different line once."""
        seen: set[str] = set()
        for kind, root in self._parts(_MARGINS):
            for words in self._lines(root):
                if words not in seen and not _PAGE_FIELD.match(words):
                    seen.add(words)
                    self.composer.set_apart(words, _MARGINS[kind])

    def _parts(self, kinds: dict[str, str]) -> Iterator[tuple[str, _Element]]:
        for relation in self._document.part.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind not in kinds or relation.is_external:
                continue
            try:
                yield (
                    kind,
                    etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False)),
                )
            except etree.XMLSyntaxError:
                self.composer.note(f"文件里的{kinds[kind]}已损坏，没有读取")

    def _related(self, identity: str) -> bytes | None:
        """The bytes of the part that the document refers to by a relation, None if there is none."""
        relation = self._document.part.rels.get(identity)
        return None if relation is None or relation.is_external else relation.target_part.blob

    def tell(self) -> None:
        """Tell the user what reading changed or left out."""
        if self._text.changed:
            self.composer.note("文件带有修订痕迹，已按接受全部修订读取")
        if self._text.pictures:
            self.composer.note(f"文件里有{self._text.pictures}幅图片，图片里的文字没有读取")
