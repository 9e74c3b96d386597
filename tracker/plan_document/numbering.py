"""Work out the automatic numbers that Word shows but does not store in the text (numbering.xml)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn
from lxml.etree import _Element  # type: ignore[import-untyped]

from .word_xml import is_on, value, whole

_FIGURES = "零一二三四五六七八九"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = str.maketrans("零一二三四五六七八九十百", "零壹贰叁肆伍陆柒捌玖拾佰")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LARGEST = 999  # no list of a document is longer; beyond it figures are written as digits
_PLACE = re.compile(r"%([1-9])")


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    legal: bool = False
    style: str = ""
    restart: int | None = None  # the level (from 1) whose items start this one anew; 0: none does


@dataclass
class _List:
    """What a list and all that share its definition count; `link` names the list style it is defined by."""

    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    link: str = ""


@dataclass
class _Number:
    """One use of a list: levels it writes differently, and levels it starts anew, once."""

    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class AutomaticNumbers:
    """Counts through the paragraphs of one document, in reading order."""

    def __init__(self, document: Document) -> None:
        self._abstract: dict[str, _List] = {}
        self._numbers: dict[str, _Number] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._style_parents: dict[str, str] = {}
        part = next(
            (r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None
        )
        if part is not None:
            self._read_numbering(part.element)
        self._read_styles(document)

    def _read_numbering(self, root: _Element) -> None:
        defined: dict[str, str] = {}  # list style -> the definition that carries its levels
        for abstract in root.findall(qn("w:abstractNum")):
            identity = str(abstract.get(qn("w:abstractNumId")))
            levels = dict(_level(level) for level in abstract.findall(qn("w:lvl")))
            self._abstract[identity] = _List(levels, link=value(abstract.find(qn("w:numStyleLink"))))
            if named := value(abstract.find(qn("w:styleLink"))):
                defined[named] = identity
        for number in root.findall(qn("w:num")):
            identity = str(number.get(qn("w:numId")))
            abstract_id = value(number.find(qn("w:abstractNumId")))
            linked = self._abstract.get(abstract_id, _List()).link
            used = _Number(defined.get(linked, abstract_id))
            for override in number.findall(qn("w:lvlOverride")):
                at = whole(override.get(qn("w:ilvl")))
                own = override.find(qn("w:lvl"))
                if own is not None:
                    used.levels[at] = _level(own)[1]
                begin = override.find(qn("w:startOverride"))
                if begin is not None:
                    used.starts[at] = whole(value(begin), 1)
            self._numbers[identity] = used
            for at, level in (self._abstract.get(used.abstract, _List()).levels | used.levels).items():
                if level.style:
                    self._styles.setdefault(level.style, (identity, at))

    def _read_styles(self, document: Document) -> None:
        for style in document.styles.element.findall(qn("w:style")):
            identity = str(style.get(qn("w:styleId")))
            self._style_parents[identity] = value(style.find(qn("w:basedOn")))
            properties = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                number = value(properties.find(qn("w:numId")))
                level = whole(value(properties.find(qn("w:ilvl"))))
                linked = self._styles.get(identity)
                self._styles[identity] = (number, linked[1] if linked and linked[0] == number else level)

    def next(self, paragraph: _Element) -> str:
        """The number that Word shows before this paragraph, "" for none; advances the count."""
        identity, at = self._reference(paragraph)
        number = self._numbers.get(identity)
        counted = self._abstract.get(number.abstract) if number else None
        if number is None or counted is None:
            return ""
        levels = counted.levels | number.levels
        if at not in levels:
            return ""
        level = levels[at]
        if at in number.starts:
            counted.counts[at] = number.starts.pop(at)  # a list starts anew where it is first used
        else:
            counted.counts[at] = counted.counts.get(at, level.start - 1) + 1
        counted.counts = {
            depth: count for depth, count in counted.counts.items() if not _begins_anew(levels, depth, at)
        }
        if level.format in {"bullet", "none"}:
            return ""
        shown = _PLACE.sub(
            lambda m: _part(levels, counted.counts, int(m.group(1)) - 1, level.legal), level.text
        )
        gap = "" if level.suffix == "nothing" or shown[-1:] in "、）)．。，：" else " "
        return shown + gap if shown else ""

    def _reference(self, paragraph: _Element) -> tuple[str, int]:
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style = value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
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
        number = value(properties.find(qn("w:numId")), inherited[0])
        return number, whole(
            value(properties.find(qn("w:ilvl"))), inherited[1] if number == inherited[0] else 0
        )


def _level(element: _Element) -> tuple[int, _Level]:
    format_name = element.find(qn("w:numFmt"))
    restart = element.find(qn("w:lvlRestart"))
    return whole(element.get(qn("w:ilvl"))), _Level(
        start=whole(value(element.find(qn("w:start"))), 1),
        format=value(format_name, "decimal"),
        text=value(element.find(qn("w:lvlText"))),
        suffix=value(element.find(qn("w:suff")), "tab"),
        legal=bool(is_on(element, qn("w:isLgl"))),
        style=value(element.find(qn("w:pStyle"))),
        restart=None if restart is None else whole(value(restart)),
    )


def _begins_anew(levels: dict[int, _Level], depth: int, at: int) -> bool:
    """Whether an item of level `at` makes the deeper level `depth` count from its start again."""
    if depth <= at:
        return False
    restart = levels[depth].restart if depth in levels else None
    return restart is None or at < restart


def _part(levels: dict[int, _Level], counts: dict[int, int], at: int, legal: bool) -> str:
    level = levels.get(at, _Level())
    return figure(counts.get(at, level.start), "decimal" if legal else level.format)


_COUNTING = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
     "taiwaneseCountingThousand", "koreanCounting"}
)  # fmt: skip
_LEGAL_COUNTING = frozenset({"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"})
_RINGED = frozenset({"decimalEnclosedCircle", "decimalEnclosedCircleChinese"})


def figure(count: int, format: str) -> str:
    """An integer as a Word number format writes it."""
    if not 0 < count <= _LARGEST:
        return str(count)
    if format in _COUNTING:
        return _chinese(count)
    if format in _LEGAL_COUNTING:
        return _chinese(count).translate(_LEGAL)
    if format in {"ideographDigital", "japaneseDigitalTenThousand", "koreanDigital", "taiwaneseDigital"}:
        return "".join(_DIGITS[int(digit)] for digit in str(count))
    if format == "ideographEnclosedCircle" and count <= 10:
        return chr(0x3220 + count - 1)  # ㊀, in the form that the outline grammar knows
    if format == "ideographTraditional":
        return _STEMS[(count - 1) % 10]
    if format == "ideographZodiac":
        return _BRANCHES[(count - 1) % 12]
    if format in _RINGED and count <= 20:
        return chr(0x2460 + count - 1)
    if format == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(count))
    if format == "decimalEnclosedParen" and count <= 20:
        return chr(0x2474 + count - 1)
    if format == "decimalEnclosedFullstop" and count <= 20:
        return chr(0x2488 + count - 1)
    if format == "decimalZero":
        return f"{count:02d}"
    if format == "numberInDash":
        return f"- {count} -"
    if format in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if format == "lowerLetter" else letter.upper()
    if format in {"lowerRoman", "upperRoman"}:
        shown = _roman(count)
        return shown.lower() if format == "lowerRoman" else shown
    return str(count)


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
