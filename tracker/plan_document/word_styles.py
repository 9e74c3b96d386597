"""What the styles of a .docx say of a paragraph or run: heading level, contents page, hidden, struck through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn
from lxml.etree import _Element  # type: ignore[import-untyped]

from .word_xml import is_on, value, whole

HIDDEN, STRUCK = "隐藏文字", "删除线文字"
_HEADING_STYLE = re.compile(r"^(?:heading|标题|标题样式|一级标题|head) ?([1-9])$", re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"^(?:toc|目录) ?[1-9]$", re.IGNORECASE)
_NAMED_LEVEL = {"一级标题": 1, "二级标题": 2, "三级标题": 3, "四级标题": 4}
_SWITCHES = ((HIDDEN, (qn("w:vanish"),)), (STRUCK, (qn("w:strike"), qn("w:dstrike"))))
_BODY_LEVEL = 9  # outlineLvl of body text; headings have 0 to 8


@dataclass
class Styles:
    """Heading level, contents entry and set-apart reason by style id, inherited along basedOn."""

    levels: dict[str, int] = field(default_factory=dict)
    contents: set[str] = field(default_factory=set)
    _apart: dict[str, dict[str, bool]] = field(default_factory=dict)

    def level(self, paragraph: _Element) -> int | None:
        """The outline level of a paragraph (1 = outermost, 0 = the document's title), None for body text."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if own is not None:
            at = whole(value(own), _BODY_LEVEL)
            return at + 1 if 0 <= at < _BODY_LEVEL else None
        return self.levels.get(style_of(paragraph))

    def is_contents(self, paragraph: _Element) -> bool:
        """Whether a paragraph is an entry of a contents page."""
        return style_of(paragraph) in self.contents

    def apart(self, run_properties: _Element | None, paragraph_style: str) -> str | None:
        """Why the words of a run are not part of the text (隐藏文字, 删除线文字), None if they are."""
        run_style = value(run_properties.find(qn("w:rStyle"))) if run_properties is not None else ""
        for reason, names in _SWITCHES:
            for name in names:
                own = is_on(run_properties, name)
                for style in (run_style, paragraph_style):
                    own = self._apart.get(style, {}).get(name) if own is None else own
                if own:
                    return reason
        return None


def style_of(paragraph: _Element) -> str:
    """The id of a paragraph's style, "" for the default one."""
    return value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))


def read_styles(document: Document) -> Styles:
    """The styles of a document: levels by outlineLvl, by name, or by the style they are based on."""
    styles = Styles()
    parents: dict[str, str] = {}
    for style in document.styles.element.findall(qn("w:style")):
        identity = str(style.get(qn("w:styleId")))
        name = value(style.find(qn("w:name")))
        parents[identity] = value(style.find(qn("w:basedOn")))
        level = _own_level(style, name)
        if level is not None:
            styles.levels[identity] = level
        if _CONTENTS_STYLE.match(name):
            styles.contents.add(identity)
        switches = {
            switch: on
            for _, names in _SWITCHES
            for switch in names
            if (on := is_on(style.find(qn("w:rPr")), switch)) is not None
        }
        if switches:
            styles._apart[identity] = switches
    for identity in parents:
        for ancestor in _ancestors(identity, parents):
            if ancestor in styles.levels:
                styles.levels.setdefault(identity, styles.levels[ancestor])
            for switch, on in styles._apart.get(ancestor, {}).items():
                styles._apart.setdefault(identity, {}).setdefault(switch, on)
    return styles


def _own_level(style: _Element, name: str) -> int | None:
    if name.lower() == "title" or name in {"标题", "公文标题", "文件标题"}:
        return 0
    own = whole(value(style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")), _BODY_LEVEL)
    if 0 <= own < _BODY_LEVEL:
        return own + 1
    named = _HEADING_STYLE.match(name)
    if named:
        return int(named.group(1))
    return _NAMED_LEVEL.get(name)


def _ancestors(identity: str, parents: dict[str, str]) -> list[str]:
    """The styles that one is based on, nearest first; a circle ends where it closes."""
    found: list[str] = []
    ancestor = parents[identity]
    while ancestor in parents and ancestor != identity and ancestor not in found:
        found.append(ancestor)
        ancestor = parents[ancestor]
    return found
