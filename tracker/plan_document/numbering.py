"""Work out the automatic numbers that Word shows but does not store in the text (numbering.xml)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn
from lxml.etree import _Element  # type: ignore[import-untyped]

_FIGURES = "零一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_PLACE = re.compile(r"%([1-9])")


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    legal: bool = False
    style: str = ""


@dataclass
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


def _value(element: _Element | None, default: str = "") -> str:
    if element is None:
        return default
    return str(element.get(qn("w:val")) or default)


class AutomaticNumbers:
    """Counts through the paragraphs of one document, in reading order."""

    def __init__(self, document: Document) -> None:
        self._abstract: dict[str, _List] = {}
        self._numbers: dict[str, tuple[str, dict[int, int]]] = {}
        self._overridden: set[tuple[str, int]] = set()
        self._styles: dict[str, tuple[str, int]] = {}
        self._style_parents: dict[str, str] = {}
        part = next(
            (r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None
        )
        if part is not None:
            self._read_numbering(part.element)
        self._read_styles(document)

    def _read_numbering(self, root: _Element) -> None:
        for abstract in root.findall(qn("w:abstractNum")):
            levels = {}
            for level in abstract.findall(qn("w:lvl")):
                at = int(level.get(qn("w:ilvl")) or 0)
                levels[at] = _Level(
                    start=int(_value(level.find(qn("w:start")), "1")),
                    format=_value(level.find(qn("w:numFmt")), "decimal"),
                    text=_value(level.find(qn("w:lvlText"))),
                    suffix=_value(level.find(qn("w:suff")), "tab"),
                    legal=level.find(qn("w:isLgl")) is not None,
                    style=_value(level.find(qn("w:pStyle"))),
                )
            self._abstract[str(abstract.get(qn("w:abstractNumId")))] = _List(levels)
        for number in root.findall(qn("w:num")):
            overrides = {}
            for override in number.findall(qn("w:lvlOverride")):
                begin = override.find(qn("w:startOverride"))
                if begin is not None:
                    overrides[int(override.get(qn("w:ilvl")) or 0)] = int(_value(begin, "1"))
            identity = str(number.get(qn("w:numId")))
            abstract_id = _value(number.find(qn("w:abstractNumId")))
            self._numbers[identity] = (abstract_id, overrides)
            for at, level in self._abstract.get(abstract_id, _List()).levels.items():
                if level.style:
                    self._styles.setdefault(level.style, (identity, at))

    def _read_styles(self, document: Document) -> None:
        for style in document.styles.element.findall(qn("w:style")):
            identity = str(style.get(qn("w:styleId")))
            self._style_parents[identity] = _value(style.find(qn("w:basedOn")))
            properties = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                number = _value(properties.find(qn("w:numId")))
                level = int(_value(properties.find(qn("w:ilvl")), "0"))
                linked = self._styles.get(identity)
                self._styles[identity] = (number, linked[1] if linked and linked[0] == number else level)

    def next(self, paragraph: _Element) -> str:
        """The number that Word shows before this paragraph, "" for none; advances the count."""
        number, at = self._reference(paragraph)
        if number not in self._numbers:
            return ""
        abstract_id, overrides = self._numbers[number]
        counted = self._abstract.get(abstract_id)
        if counted is None or at not in counted.levels:
            return ""
        level = counted.levels[at]
        if at in overrides and (number, at) not in self._overridden:
            self._overridden.add((number, at))
            counted.counts[at] = overrides[at]
        else:
            counted.counts[at] = counted.counts.get(at, level.start - 1) + 1
        counted.counts = {depth: count for depth, count in counted.counts.items() if depth <= at}
        if level.format in {"bullet", "none"}:
            return ""
        shown = _PLACE.sub(lambda m: self._part(counted, int(m.group(1)) - 1, level.legal), level.text)
        gap = "" if level.suffix == "nothing" or shown[-1:] in "、）)．。，：" else " "
        return shown + gap if shown else ""

    def _reference(self, paragraph: _Element) -> tuple[str, int]:
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style = _value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
        seen: set[str] = set()
        inherited = ("", 0)
        while style and style not in seen:
            seen.add(style)
            if style in self._styles:
                inherited = self._styles[style]
                break
            style = self._style_parents.get(style, "")
        if properties is None:
            return inherited
        number = _value(properties.find(qn("w:numId")), inherited[0])
        return number, int(
            _value(properties.find(qn("w:ilvl")), str(inherited[1] if number == inherited[0] else 0))
        )

    @staticmethod
    def _part(counted: _List, at: int, legal: bool) -> str:
        level = counted.levels.get(at, _Level())
        return figure(counted.counts.get(at, level.start), "decimal" if legal else level.format)


def figure(value: int, format: str) -> str:
    """An integer as a Word number format writes it."""
    if format in {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
                  "taiwaneseCountingThousand", "ideographDigital", "koreanCounting"}:  # fmt: skip
        return _chinese(value)
    if format == "ideographTraditional":
        return _STEMS[(value - 1) % 10]
    if format in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"} and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if format == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
    if format == "decimalEnclosedParen" and 1 <= value <= 20:
        return chr(0x2474 + value - 1)
    if format == "decimalEnclosedFullstop" and 1 <= value <= 20:
        return chr(0x2488 + value - 1)
    if format == "decimalZero":
        return f"{value:02d}"
    if format in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if format == "lowerLetter" else letter.upper()
    if format in {"lowerRoman", "upperRoman"}:
        shown = _roman(value)
        return shown.lower() if format == "lowerRoman" else shown
    return str(value)


def _chinese(value: int) -> str:
    if value < 10:
        return _FIGURES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return (_FIGURES[tens] if tens > 1 else "") + "十" + (_FIGURES[ones] if ones else "")
    hundreds, rest = divmod(value, 100)
    if not rest:
        return _FIGURES[hundreds] + "百"
    tail = "零" + _FIGURES[rest] if rest < 10 else ("一" if rest < 20 else "") + _chinese(rest)
    return _FIGURES[hundreds] + "百" + tail


def _roman(value: int) -> str:
    shown = ""
    for size, letters in ((1000, 
        "M"
    ), (900, 
        "CM"
    ), (500, 
        "D"
    ), (400, 
        "CD"
    ), (100, 
        "C"
    ), (90, 
        "XC"
    ), (50, 
        "L"
    ),
                          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        while value >= size:
            shown += letters
            value -= size
    return shown
