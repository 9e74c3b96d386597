"""Read the words of a Word paragraph as the page shows them: changes accepted, fields by result, symbols as characters.

What the page does not show (hidden, struck through, placeholders, readings above characters) is set apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element  # type: ignore[import-untyped]

from .compose import Composer
from .word_formula import FORMULAS, formula_words
from .word_styles import Styles, style_of
from .word_symbols import is_symbol_font, symbol
from .word_xml import (
    ALTERNATE,
    CONTROL,
    CONTROL_CONTENT,
    DELETED,
    INSERTED,
    MOVED_AWAY,
    MOVED_HERE,
    PARAGRAPH,
    RUN,
    TEXT,
    alternative,
    is_on,
    value,
    whole,
)

PLACEHOLDER, READING = "占位提示", "注音"
_SILENT = frozenset(
    qn(name)
    for name in (
        "w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr", "w:customXmlPr", "w:smartTagPr", "w:fldData",
        "w:delText", "w:delInstrText", "w:footnoteReference", "w:endnoteReference", "w:commentReference",
        "w:txbxContent",
    )
)  # fmt: skip
_PICTURES = frozenset({qn("w:drawing"), qn("w:pict"), qn("w:object")})
_BREAKS = {
    qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:noBreakHyphen"): "-"
}  # fmt: skip
_CIRCLED = re.compile(
    r"\\o\s*(?:\\a[clr])?\s*[(（]\s*[○〇◯O0]\s*[,，、;]\s*([^()（）]{1,4})\s*[)）]", re.IGNORECASE
)
_SMART_ART = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"


@dataclass
class _Field:
    """A complex field that is running: its instruction, and whether its result has begun."""

    begin: _Element
    code: str = ""
    shows: bool = False
    words: list[str] = field(default_factory=list)


class WordText:
    """Reads paragraph after paragraph; `changed` tells whether tracked changes were accepted on the way."""

    def __init__(self, styles: Styles, composer: Composer, related: Callable[[str], bytes | None]) -> None:
        self.changed = False
        self.pictures = 0
        self._styles = styles
        self._composer = composer
        self._related = related
        self._fields: list[_Field] = []
        self._style = ""
        self._apart: list[tuple[str, str]] = []

    def words(self, paragraph: _Element) -> str:
        """The words that a paragraph shows, its text boxes not among them; what it hides is set apart."""
        self._style = style_of(paragraph)
        self._apart = []
        shown = "".join(self._inline(paragraph))
        self._fields = [
            running for running in self._fields if running.shows
        ]  # an instruction ends with its line
        for words, reason in self._apart:
            self._composer.set_apart(words, reason)
        return shown

    def _inline(self, element: _Element) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag == RUN:
                yield from self._run(child)
            elif tag in {DELETED, MOVED_AWAY}:
                self.changed = True
            elif tag in FORMULAS:
                yield formula_words(child)
            elif tag == CONTROL:
                yield from self._control(child)
            elif tag == ALTERNATE:
                yield from self._inline(alternative(child))
            elif isinstance(tag, str) and tag not in _SILENT:
                self.changed = self.changed or tag in {INSERTED, MOVED_HERE}
                yield from self._inline(child)

    def _control(self, control: _Element) -> Iterator[str]:
        """A content control; the grey words that ask for an entry are nobody's text."""
        content = control.find(CONTROL_CONTENT)
        if content is None:
            return
        if is_on(control.find(qn("w:sdtPr")), qn("w:showingPlcHdr")):
            self._set_apart("".join(self._inline(content)), PLACEHOLDER)
        else:
            yield from self._inline(content)

    def _run(self, run: _Element) -> Iterator[str]:
        properties = run.find(qn("w:rPr"))
        words = "".join(self._pieces(run, _symbol_font(properties)))
        if not words:
            return
        reason = self._styles.apart(properties, self._style)
        if reason is None:
            yield words
        else:
            self._set_apart(words, reason)

    def _set_apart(self, words: str, reason: str) -> None:
        if self._apart and self._apart[-1][1] == reason:
            words = self._apart.pop()[0] + words
        self._apart.append((words, reason))

    def _pieces(self, run: _Element, font: str) -> Iterator[str]:
        for child in run:
            tag = child.tag
            if tag == qn("w:fldChar"):
                yield from self._field(child)
            elif tag == qn("w:instrText"):
                if self._fields:
                    self._fields[-1].code += child.text or ""
            elif any(not running.shows for running in self._fields):
                continue  # inside an instruction nothing shows
            elif tag == TEXT:
                yield self._text(child.text or "", font)
            elif tag in _BREAKS:
                yield _BREAKS[tag]
            elif tag == qn("w:sym"):
                yield self._symbol(str(child.get(qn("w:font")) or ""), str(child.get(qn("w:char")) or ""))
            elif tag == qn("w:ruby"):
                yield from self._ruby(child)
            elif tag in _PICTURES:
                self._picture(child)
            elif tag == ALTERNATE:
                yield from self._pieces(alternative(child), font)
            elif isinstance(tag, str) and tag not in _SILENT:
                yield from self._pieces(child, font)

    def _text(self, text: str, font: str) -> str:
        if not font or text.isascii():
            return text
        return "".join(
            self._symbol(font, f"{ord(char):04X}") if "\uf000" <= char <= "\uf0ff" else char for char in text
        )

    def _symbol(self, font: str, printed: str) -> str:
        try:
            found = symbol(font, int(printed, 16))
        except ValueError:
            found = None
        if found is None:
            self._composer.problem(
                "unread_symbol", f"字体“{font}”里编码为{printed}的符号读不出来，请核对这一行"
            )
        return found or ""

    def _ruby(self, ruby: _Element) -> Iterator[str]:
        base, reading = ruby.find(qn("w:rubyBase")), ruby.find(qn("w:rt"))
        if reading is not None:
            self._set_apart("".join(self._inline(reading)), READING)
        if base is not None:
            yield from self._inline(base)

    def _field(self, mark: _Element) -> Iterator[str]:
        kind = mark.get(qn("w:fldCharType"))
        if kind == "begin":
            self._fields.append(_Field(mark))
        elif self._fields and kind == "separate":
            self._fields[-1].shows = True
        elif self._fields and kind == "end":
            ended = self._fields.pop()
            if all(running.shows for running in self._fields):
                yield self._drawn(ended)

    def _drawn(self, ended: _Field) -> str:
        """What a field shows that stores no result: an enclosed number, a chosen entry, a ticked box."""
        code = ended.code.strip()
        kind = code.partition(" ")[0].partition("\\")[0].upper()
        if kind == "EQ" and not ended.shows:
            circled = _CIRCLED.search(code)
            if circled:
                return _in_circle(circled.group(1).strip())
            self._composer.problem("unread_formula", f"域公式“{code[:40]}”读不出来，请核对这一行")
        elif kind == "FORMDROPDOWN":
            entries = ended.begin.findall(f".//{qn('w:listEntry')}")
            at = whole(value(ended.begin.find(f".//{qn('w:ddList')}/{qn('w:result')}")))
            return value(entries[at]) if 0 <= at < len(entries) else ""
        elif kind == "FORMCHECKBOX":
            box = ended.begin.find(f".//{qn('w:checkBox')}")
            ticked = is_on(box, qn("w:checked"))
            return "☑" if (is_on(box, qn("w:default")) if ticked is None else ticked) else "□"
        return ""

    def _picture(self, picture: _Element) -> None:
        """Words of drawn letters and diagrams are set apart; a picture or an object is counted or named."""
        for art in picture.iter(_WORD_ART):
            self._set_apart(str(art.get("string") or ""), "艺术字")
        diagram = next(picture.iter(_SMART_ART), None)
        if diagram is not None:
            self._diagram(diagram)
        elif next(picture.iter(qn("w:txbxContent"), _WORD_ART), None) is None:
            self.pictures += next(picture.iter(_CHART, *_IMAGES), None) is not None
        if picture.tag == qn("w:object"):
            self._composer.problem(
                "embedded_object", "这一行嵌入了别的文件或表格对象，里面的文字没有读取，请核对"
            )

    def _diagram(self, diagram: _Element) -> None:
        data = self._related(str(diagram.get(qn("r:dm")) or ""))
        words = diagram_words(data) if data is not None else ""
        self._set_apart(words, "图示文字")


_IMAGES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{urn:schemas-microsoft-com:vml}imagedata",
)


def diagram_words(data: bytes) -> str:
    """The words in the boxes of a SmartArt diagram, one box after the other."""
    space = "{http://schemas.openxmlformats.org/drawingml/2006/"
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return ""
    found = (
        "".join(text.text or "" for text in box.iter(space + "main}t"))
        for box in root.iter(space + "diagram}pt")
    )
    return "；".join(words for words in found if words.strip())


def contents_paragraphs(body: _Element) -> set[_Element]:
    """The paragraphs that the field of an automatic contents page fills, and those of a contents control."""
    found = {
        paragraph
        for gallery in body.iter(qn("w:docPartGallery"))
        if value(gallery).lower() == "table of contents"
        for control in list(gallery.iterancestors(CONTROL))[:1]
        for paragraph in control.iter(PARAGRAPH)
    }
    paragraphs: list[_Element] = []
    running: list[tuple[list[str], int]] = []
    written = False  # whether words stand before this place of the paragraph
    for element in body.iter(PARAGRAPH, TEXT, qn("w:instrText"), qn("w:fldChar")):
        if element.tag == PARAGRAPH:
            paragraphs.append(element)
            written = False
        elif element.tag == TEXT:
            written = True
        elif element.tag == qn("w:instrText"):
            if running:
                running[-1][0].append(element.text or "")
        elif element.get(qn("w:fldCharType")) == "begin":
            running.append(([], len(paragraphs) - 1))
        elif element.get(qn("w:fldCharType")) == "end" and running:
            code, first = running.pop()
            if "".join(code).strip().upper().startswith("TOC"):
                found.update(paragraphs[first : len(paragraphs) if written else -1])
    return found


def _symbol_font(properties: _Element | None) -> str:
    fonts = None if properties is None else properties.find(qn("w:rFonts"))
    if fonts is None:
        return ""
    names = (str(fonts.get(qn(name)) or "") for name in ("w:ascii", "w:hAnsi"))
    return next((name for name in names if is_symbol_font(name)), "")


def _in_circle(words: str) -> str:
    """A number as its circled character (① to ㊿), other words in brackets."""
    number = whole(words)
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return f"（{words}）"
