"""Read a page saved from a government site into text: scripts dropped, blocks as lines, tables as cells."""

from __future__ import annotations

import re

from lxml import etree, html  # type: ignore[import-untyped]

from .compose import Composer
from .errors import DocumentError
from .layout import WEB_DEBRIS
from .model import SourceDocument
from .table_header import header_role

_DROPPED = frozenset(
    """script style noscript template object embed head button select textarea input svg rp
    audio video canvas map datalist""".split()  # noqa: SIM905
)
_BLOCKS = frozenset(
    """p div section article aside li ul ol br hr h1 h2 h3 h4 h5 h6 dl dt dd blockquote pre header footer nav
    main center body figure figcaption address form fieldset legend table tr caption details
    summary""".split()  # noqa: SIM905
)
_FRAME = frozenset({"footer", "nav", "aside"})  # of the page around its text
_HEADINGS = {"h1": 0, "h2": 1, "h3": 2, "h4": 3, "h5": 4, "h6": 5}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_PAGE_START = re.compile(
    r"(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:[^-]|-(?!->)){0,2000}-->\s*){0,3}(?:<!doctype\s+html|<html|<table|<body|<meta\s)",
    re.IGNORECASE,
)
_OWN_ENTITIES = re.compile(r"<!doctype[^>\[]{0,400}\[", re.IGNORECASE)
MAX_DEPTH = 200  # elements inside one another that are read as they show; below that lines only, no tables
MOST_NESTED = 2048  # elements; where the parser itself stops
MAX_COLUMN_SPAN = 64  # columns; no table of a page is wider


def is_web_page(text: str, name: str) -> bool:
    """Whether a text is a whole saved page or table (a text with a few tags left in it is not)."""
    return _PAGE_START.match(text.lstrip()) is not None or name.lower().endswith((".html", ".htm", ".xhtml"))


def page_encoding(data: bytes) -> str | None:
    """The encoding that the page itself declares."""
    found = _CHARSET.search(data[:4096])
    return known_encoding(found.group(1).decode("ascii")) if found else None


def known_encoding(declared: str) -> str:
    """The name of an encoding as we know it: what calls itself GB2312 or GBK is read as GB18030."""
    lower = declared.lower()
    return "gb18030" if lower in {"gb2312", "gbk", "gb18030", "x-gbk", "cp936"} else lower


def read_page(text: str, name: str, sha256: str, encoding: str) -> SourceDocument:
    """The text of a page.

    Raises DocumentError when it defines entities of its own (code `unsafe`), when its elements are nested too
    deep to be read whole (`too_large`), and when nothing is left to read (`empty`).
    """
    if _OWN_ENTITIES.search(text):
        raise DocumentError(f"文件“{name}”含有外部实体定义，不安全，已拒绝", "unsafe")
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(text.removeprefix("\ufeff").encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        _check_depth(parser, name)
        raise DocumentError(f"网页“{name}”没有可读的内容", "empty") from None
    _check_depth(parser, name)
    composer = Composer()
    walker = _Walker(composer)
    body = root.find("body")
    walker.block(body if body is not None else root, 0)
    walker.end_line()
    if next(root.iter("iframe", "frame"), None) is not None:
        composer.note("网页里嵌入了另一个页面，没有读取；任务如在其中，请单独保存后上传")
    document = composer.document(name, sha256, encoding, "html")
    if not document.text.strip():
        raise DocumentError(f"网页“{name}”没有可读的内容", "empty")
    return document


def _check_depth(parser: html.HTMLParser, name: str) -> None:
    """Raise DocumentError where the parser gave up, for what it left out would be missing without a word."""
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentError(
            f"网页“{name}”的标签嵌套超过{MOST_NESTED}层，读不全；请把正文复制到Word里，另存为.docx后再上传",
            "too_large",
        )


class _Walker:
    """Writes lines to the composer, or to `lines` where it reads a cell."""

    def __init__(self, composer: Composer, lines: list[str] | None = None) -> None:
        self._composer = composer
        self._lines = lines
        self._line: list[str] = []
        self._heading: int | None = None
        self._as_typed = 0  # how many <pre> are open

    def block(self, element: html.HtmlElement, depth: int) -> None:
        """Walk an element and all in it; of too deep a nest only lines are kept."""
        if depth > MAX_DEPTH:
            self._lines_of(element)
            return
        self._say(element.text)
        numbers = _ListNumbers(element)
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            unseen = _unseen(child, tag)
            if tag in _DROPPED or tag in {"iframe", "frame"}:
                pass
            elif unseen is not None:
                self._composer.set_apart(_all_words(child), unseen)
            elif tag == "table" and self._lines is None and _is_data(child):
                self.end_line()
                self._table(child)
            elif tag in _BLOCKS:
                self.end_line()
                self._line.append(numbers.next(child) if tag == "li" else "")
                self._heading = _HEADINGS.get(tag)
                self._as_typed += tag == "pre"
                with self._composer.beside(WEB_DEBRIS if tag in _FRAME and self._lines is None else None):
                    self.block(child, depth + 1)
                    self.end_line()
                self._as_typed -= tag == "pre"
            else:
                self.block(child, depth + 1)
                if tag in {"td", "th"}:
                    self._line.append("  ")
            self._say(child.tail)

    def _lines_of(self, element: html.HtmlElement) -> None:
        """Write the lines of an element without a step into Python's own stack for each level."""
        walk = etree.iterwalk(element, events=("start", "end"))
        for event, node in walk:
            tag = node.tag if isinstance(node.tag, str) else ""
            if tag in _BLOCKS:
                self.end_line()
            if event == "start":
                unseen = _unseen(node, tag)
                if unseen is not None:
                    self._composer.set_apart(_all_words(node), unseen)
                if unseen is not None or tag in _DROPPED or tag in {"iframe", "frame"}:
                    walk.skip_subtree()
                else:
                    self._say(node.text)
            elif node is not element:
                self._say("  " if tag in {"td", "th"} else None)
                self._say(node.tail)

    def _say(self, words: str | None) -> None:
        if not words:
            return
        if not self._as_typed:
            self._line.append(_SPACES.sub(" ", words))
            return
        *whole, last = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            self._line.append(line)
            self.end_line()
        self._line.append(last)

    def end_line(self) -> None:
        """Finish the line that is being written."""
        words = "".join(self._line).strip(" ")
        self._line.clear()
        if words.strip():
            if self._lines is None:
                self._composer.line(words, heading=self._heading)
            else:
                self._lines.append(words)
        self._heading = None

    def _table(self, table: html.HtmlElement) -> None:
        for words in _outside_cells(table):
            self._composer.line(words)
        rows = []
        for row in _own_rows(table):
            unseen = _unseen(row, "tr")
            if unseen is None:
                rows.append(row)
            else:
                self._composer.set_apart(_all_words(row), unseen)
        grid = _grid(rows)
        width = max((column for _, column in grid), default=-1) + 1
        words_of: dict[html.HtmlElement, str] = {}
        for cell in dict.fromkeys(grid.values()):
            words_of[cell] = self._cell_words(cell)
        shown: list[list[tuple[object, str]]] = []
        for at in range(len(rows)):
            found = [grid.get((at, column)) for column in range(width)]
            shown.append(
                [
                    (("none", at, column), "") if cell is None else (cell, words_of[cell])
                    for column, cell in enumerate(found)
                ]
            )
        if shown:
            self._composer.table(shown)

    def _cell_words(self, cell: html.HtmlElement) -> str:
        unseen = _unseen(cell, "td")
        if unseen is not None:
            self._composer.set_apart(_all_words(cell), unseen)
            return ""
        lines: list[str] = []
        inner = _Walker(self._composer, lines)
        inner.block(cell, 0)
        inner.end_line()
        return "\n".join(line.strip() for line in lines)


class _ListNumbers:
    """The numbers that a browser shows before the items of an <ol>, which the source does not hold."""

    def __init__(self, parent: html.HtmlElement) -> None:
        self._ordered = parent.tag == "ol"
        self._shown = _whole(parent.get("start"), 1) - 1

    def next(self, item: html.HtmlElement) -> str:
        """The number of the next item with its point, "" in a list without numbers."""
        if not self._ordered:
            return ""
        self._shown = _whole(item.get("value"), self._shown + 1)
        return f"{self._shown}. "


def _whole(printed: str | None, default: int) -> int:
    bare = (printed or "").strip()
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 4 else default


def _unseen(element: html.HtmlElement, tag: str) -> str | None:
    """Why a reader of the page does not take an element as its text; None where he does."""
    style = element.get("style") or ""
    if tag in {"del", "s", "strike"} or _STRUCK.search(style):
        return "删除线文字"
    if "hidden" in element.attrib or _HIDDEN.search(style):
        return "隐藏文字"
    return "注音" if tag == "rt" else None


def _all_words(element: html.HtmlElement) -> str:
    """All words in an element, whatever shows, scripts left out."""
    pieces = [
        piece
        for node in element.iter()
        if isinstance(node.tag, str)
        for piece in ("" if node.tag in _DROPPED else node.text, "" if node is element else node.tail)
        if piece
    ]
    return _SPACES.sub(" ", " ".join(pieces)).strip()


def _own_rows(table: html.HtmlElement) -> list[html.HtmlElement]:
    return [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]


def _cells(row: html.HtmlElement) -> list[html.HtmlElement]:
    return [cell for cell in row if cell.tag in {"td", "th"}]


def _outside_cells(table: html.HtmlElement) -> list[str]:
    """The caption and what stands by mistake between the rows."""
    found = [_all_words(caption) for caption in table.findall("caption")]
    for node in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
        if node.tag in {"td", "th"} or node is table:
            stray = node.tail if node is not table else node.text
        else:
            stray = f"{node.text or ''} {node.tail or ''}"
        owner = node if node is table else next(node.iterancestors("table"), None)
        if owner is table and stray and stray.strip():
            found.append(_SPACES.sub(" ", stray).strip())
    return [words for words in found if words]


def _is_data(table: html.HtmlElement) -> bool:
    """A table of rows and columns; one that holds other tables only lays out the page, unless it has header words."""
    rows = _own_rows(table)
    if len(rows) < 2 or max(len(_cells(row)) for row in rows) < 2:
        return False
    if table.find(".//table") is None:
        return True
    headers = [[header_role(_all_words(cell)) for cell in _cells(row)] for row in rows[:5]]
    return any(sum(1 for role in roles if role) >= max(2, len(roles) / 2) for roles in headers)


def _grid(rows: list[html.HtmlElement]) -> dict[tuple[int, int], html.HtmlElement]:
    """(row, column) -> the cell that covers it. Spans end with the table; of absurd ones only the cells count."""
    grid: dict[tuple[int, int], html.HtmlElement] = {}
    budget = 10_000 + 50 * sum(len(row) for row in rows)
    for at, row in enumerate(rows):
        column = 0
        for cell in _cells(row):
            while (at, column) in grid:
                column += 1
            down = _whole(cell.get("rowspan"), 1) or len(rows)  # 0: to the end of the table
            down, across = (
                min(down, len(rows) - at),
                min(_whole(cell.get("colspan"), 1) or 1, MAX_COLUMN_SPAN),
            )
            budget -= down * across
            if budget < 0:
                down = across = 1
            for below in range(at, at + down):
                for beside in range(column, column + across):
                    grid.setdefault((below, beside), cell)
            column += across
    return grid
