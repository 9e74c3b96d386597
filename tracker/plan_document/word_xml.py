"""Names and small looks into WordprocessingML that all readers of .docx share: wrappers, alternatives, numbers."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.ns import qn
from lxml.etree import _Element  # type: ignore[import-untyped]

PARAGRAPH, RUN, TABLE, TEXT = qn("w:p"), qn("w:r"), qn("w:tbl"), qn("w:t")
BOX = qn("w:txbxContent")
INSERTED, DELETED = qn("w:ins"), qn("w:del")
MOVED_HERE, MOVED_AWAY = qn("w:moveTo"), qn("w:moveFrom")
CONTROL, CONTROL_CONTENT = qn("w:sdt"), qn("w:sdtContent")
FOREIGN_PART = qn("w:altChunk")
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATE = _ALTERNATE + "AlternateContent"
_OFF = frozenset({"0", "false", "off"})
_WRAPPERS = frozenset({INSERTED, MOVED_HERE, qn("w:customXml"), qn("w:smartTag"), qn("w:subDoc")})


def value(element: _Element | None, default: str = "") -> str:
    """The w:val of an element, `default` where there is none."""
    if element is None:
        return default
    return str(element.get(qn("w:val")) or default)


def whole(printed: str | None, default: int = 0) -> int:
    """A whole number as a file writes it; `default` for anything else."""
    try:
        return int(printed or "")
    except ValueError:
        return default


def is_on(properties: _Element | None, name: str) -> bool | None:
    """Whether a switch such as w:vanish is on (True), off (False) or not mentioned (None)."""
    switch = None if properties is None else properties.find(name)
    return None if switch is None else value(switch, "1").lower() not in _OFF


def unwrapped(parent: _Element, wanted: frozenset[str]) -> Iterator[_Element]:
    """The children of `parent` with the wanted tags, in and out of content controls and other wrappers."""
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag == CONTROL:
            content = child.find(CONTROL_CONTENT)
            if content is not None:
                yield from unwrapped(content, wanted)
        elif child.tag == ALTERNATE:
            yield from unwrapped(alternative(child), wanted)
        elif child.tag in _WRAPPERS:
            yield from unwrapped(child, wanted)


def alternative(element: _Element) -> _Element:
    """The one of several renderings of the same content to read: the first that holds any words, else the first."""
    renderings = [child for child in element if child.tag in {_ALTERNATE + "Choice", _ALTERNATE + "Fallback"}]
    for rendering in renderings:
        if next(rendering.iter(TEXT, qn("w:sym")), None) is not None:
            return rendering
    return renderings[0] if renderings else element


def boxes(element: _Element) -> list[_Element]:
    """The text boxes anchored in an element, each once, in reading order; boxes inside them are theirs."""
    if next(element.iter(BOX), None) is None:
        return []
    return list(_boxes(element))


def _boxes(element: _Element) -> Iterator[_Element]:
    for child in element:
        if child.tag == BOX:
            yield child
        elif child.tag == ALTERNATE:
            yield from _boxes(alternative(child))
        elif child.tag not in {DELETED, MOVED_AWAY}:
            yield from _boxes(child)
