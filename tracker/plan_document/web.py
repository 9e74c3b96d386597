"""Read a page saved from a government site into text: scripts dropped, blocks as lines, tables as cells."""

from __future__ import annotations

import re

from lxml import etree, html  # type: ignore[import-untyped]

from .compose import Composer
from .errors import DocumentError
from .model import SourceDocument

_DROPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "head",
        "form",
        "button",
        "select",
        "svg",
    }
)
_BLOCKS = frozenset(
    {
        "p"
    , 
        "div"
    , 
        "section"
    , 
        "article"
    , 
        "li"
    , 
        "ul"
    , 
        "ol"
    , 
        "br"
    , 
        "hr"
    , 
        "h1"
    , 
        "h2"
    , 
        "h3"
    , 
        "h4"
    , 
        "h5"
    , 
        "h6"
    , 
        "dl"
    , 
        "dt"
    , 
        "dd"
    ,
     "blockquote", 
         "pre"
     , 
         "header"
     , 
         "footer"
     , 
         "nav"
     , 
         "main"
     , 
         "center"
     , 
         "body"
     , 
         "figure"
     , 
         "figcaption"
     , 
         "address"
     }
)  # fmt: skip
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
MAX_DEPTH = 200


def is_web_page(data: bytes, name: str) -> bool:
    """Whether bytes are a whole saved page (a text with a few tags left in it is not)."""
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or name.lower().endswith(
        (".html", ".htm", ".xhtml")
    )


def page_encoding(data: bytes) -> str | None:
    """The encoding that the page itself declares."""
    found = _CHARSET.search(data[:4096])
    declared = found.group(1).decode("ascii").lower() if found else None
    return "gb18030" if declared in {"gb2312", "gbk", "gb18030"} else declared


def read_page(text: str, name: str, sha256: str, encoding: str) -> SourceDocument:
    """The text of a page; raises DocumentError when nothing is left to read."""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(text.removeprefix("\ufeff").encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise DocumentError(f"网页“{name}”没有可读的内容", "empty") from None
    walker = _Walker()
    body = root.find("body")
    walker.block(body if body is not None else root, 0)
    walker.end_line()
    document = walker.composer.document(name, sha256, encoding, "html")
    if not document.text.strip():
        raise DocumentError(f"网页“{name}”没有可读的内容", "empty")
    return document


class _Walker:
    def __init__(self) -> None:
        self.composer = Composer()
        self._line: list[str] = []
        self._heading: int | None = None

    def block(self, element: html.HtmlElement, depth: int) -> None:
        """Walk an element and all in it; too deep a nest is read as plain text."""
        if depth > MAX_DEPTH:
            self._say(" ".join(element.itertext()))
            return
        self._say(element.text)
        begin = element.get("start") or ""
        shown = int(begin) - 1 if begin.isdecimal() and len(begin) < 4 else 0
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in _DROPPED or _HIDDEN.search(child.get("style") or ""):
                self._say(child.tail)
                continue
            if tag == "table" and not child.findall(".//table") and len(child.findall(".//tr")) > 1:
                self.end_line()
                self._table(child)
            elif tag in _BLOCKS or tag in {"table", "tr"}:
                self.end_line()
                if tag == "li" and element.tag == "ol":
                    shown += 1
                    self._line.append(f"{shown}. ")  # the browser's number, which the source does not hold
                self._heading = {"h1": 0, "h2": 1, "h3": 2, "h4": 3, "h5": 4, "h6": 5}.get(tag)
                self.block(child, depth + 1)
                self.end_line()
            else:
                self.block(child, depth + 1)
                if tag in {"td", "th"}:
                    self._line.append("  ")
            self._say(child.tail)

    def _say(self, words: str | None) -> None:
        if words:
            self._line.append(_SPACES.sub(" ", words))

    def end_line(self) -> None:
        """Finish the line that is being written."""
        words = "".join(self._line).strip(" ")
        self._line.clear()
        if words.strip():
            self.composer.line(words, heading=self._heading)
        self._heading = None

    def _table(self, table: html.HtmlElement) -> None:
        grid: dict[tuple[int, int], tuple[object, str]] = {}
        height = width = 0
        for row_number, row in enumerate(table.iter("tr")):
            column = 0
            for cell in row:
                if cell.tag not in {"td", "th"}:
                    continue
                while (row_number, column) in grid:
                    column += 1
                words = "\n".join(
                    part for part in (_SPACES.sub(" ", t).strip() for t in _pieces(cell)) if part
                )
                for down in range(_span(cell, "rowspan")):
                    for across in range(_span(cell, "colspan")):
                        grid[row_number + down, column + across] = (cell, words)
                column += _span(cell, "colspan")
                width = max(width, column)
            height = row_number + 1
        rows = [[grid.get((r, c), (("empty", r, c), "")) for c in range(width)] for r in range(height)]
        self.composer.table(rows)


def _pieces(cell: html.HtmlElement) -> list[str]:
    """A cell's words, block by block."""
    pieces = [""]
    for node in cell.iter():
        if not isinstance(node.tag, str) or node.tag in _DROPPED:
            continue
        if node.tag in _BLOCKS:
            pieces.append("")
        pieces[-1] += node.text or ""
        if node is not cell and node.tail:
            if node.tag in _BLOCKS:
                pieces.append("")
            pieces[-1] += node.tail
    return pieces


def _span(cell: html.HtmlElement, name: str) -> int:
    printed = cell.get(name) or "1"
    return min(max(int(printed), 1), 200) if printed.isdecimal() else 1
