"""Turn item numbers into a tree: depth follows from how the document itself nests its numbering."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .layout import CLOSING_LEAD
from .manuscript import Manuscript
from .markers import DISCOURSE, FREE, RANK, STYLED, TABLE_GROUP, TABLE_ROW, Marker
from .model import ParsedClause
from .nesting import followed_by_next, nesting_evidence
from .table_rows import Row


@dataclass(slots=True, eq=False)
class Item:
    """An accepted marker with its depth; `own_end` is where its own words stop and other items begin.

    unlisted: a task that the document neither numbers nor sets off, and so no entry of its outline.
    one_task: whether it is one task with all below it (steps.is_one_task), kept since it is asked level by level.
    said_below: what its heading says of all tasks below it (stated_above.stated_above) by the year that dates took, kept
    since the tasks ask it and the search for what none of them took.
    """

    marker: Marker
    depth: int
    own_end: int = 0
    end: int = 0
    heading: tuple[int, int] = (0, 0)
    parent: Item | None = None
    children: list[Item] = field(default_factory=list)
    note: str = ""
    row: Row | None = None
    label: str | None = None
    unlisted: bool = False
    one_task: bool | None = None
    said_below: dict[int | None, ParsedClause | None] | None = None

    @property
    def start(self) -> int:
        return self.marker.start


@dataclass(slots=True)
class _Open:
    """A numbering that is still running: its last item and where it began."""

    family: str
    style: str
    last: int
    run_in: bool
    line: int
    item: Item
    level: int = 0


_TASK_NOUNS = ("任务", "问题", "事项", "行动", "工程", "措施", "举措", "项目", "领域")
_LONGEST_OPENING = 200  # characters between such a number and the first one of its list
_LONGEST_RUN_IN = 40  # characters of a heading between its number and the first one below it
# Numberings that never carry on one of another style: 1.2 after 2.1, 任务二 after 问题一.
_OWN_STYLES = frozenset({"decimal2", "decimal3", "noun"})


class Outliner:
    """Places markers one after another; what is not in sequence anywhere is no marker at all."""

    def __init__(self, page: Manuscript, markers: list[Marker]) -> None:
        self._page = page
        self._markers = markers
        self._stack: list[_Open] = []
        self._parents: dict[tuple[str, str], tuple[str, str] | None] = {}
        self._last: dict[tuple[str, str], int] = {}
        # Where the last marker stands that opens a line.
        self._last_line = max((marker.start for marker in markers if marker.leads_line), default=0)
        self._inside = nesting_evidence(markers)
        self._followed = followed_by_next(markers)
        self._cut = bool(markers) and markers[0].ordinal > 1  # the text begins in the middle of a longer one

    def place(self, progress: Callable[[int], None] | None = None, anew: int | None = None) -> list[Item]:
        """All accepted items in reading order with parents and depths set; at the offset `anew` another text begins."""
        items: list[Item] = []
        for position, marker in enumerate(self._markers):
            if progress is not None and position % 512 == 0:
                progress(marker.start)
            if anew is not None and marker.start >= anew:
                self._begin_anew()
                anew = None
            item = self._place_one(position, marker)
            if item is not None:
                items.append(item)
        return items

    def _begin_anew(self) -> None:
        self._stack.clear()
        self._parents.clear()
        self._last.clear()

    def _place_one(self, position: int, marker: Marker) -> Item | None:
        if marker.family == "annex":
            self._begin_anew()
            return self._push(marker, 0)
        line = self._page.line_at(marker.start)
        if marker.family in {TABLE_GROUP, TABLE_ROW}:
            return self._place_row(marker, line)
        while self._stack and self._stack[-1].family in {TABLE_GROUP, TABLE_ROW}:
            self._stack.pop()
        if marker.level:
            return self._place_styled(marker, line)
        if marker.family == FREE:
            return self._place_free(marker, line)
        if marker.family == "decimal2" and not self._carries_on(marker):
            marker = _as_digit(marker)
        at = self._find(marker)
        if marker.doubtful and not self._in_sequence(position, marker, at):
            return None
        if marker.ordinal == 1 and not marker.leads_line and self._closes_document(marker, line):
            self._stack.clear()
            return self._push(marker, line)
        if at is not None:
            return self._continue(position, marker, at, line)
        if marker.leads_line:
            self._close_finished_paragraphs(line)
        elif not self._opens_inside_paragraph(position, marker):
            return self._resume(marker, line)
        elif marker.ordinal == 1:
            self._close_finished_paragraphs(line)
            self._close_finished_sentence(marker)
        return self._open(marker, line)

    def _closes_document(self, marker: Marker, line: int) -> bool:
        """Whether a list is run into a last line (有关要求：一是…) that speaks of all above it, not of the last item."""
        begin = self._page.lines[line].start
        if not self._last or marker.start < self._last_line or begin < self._last_line:
            return False
        lead = CLOSING_LEAD.match(self._page.work, begin)
        return lead is not None and lead.end() == marker.start

    def _place_styled(self, marker: Marker, line: int) -> Item:
        """A heading whose level the file gives: under the nearest heading of a higher level."""
        self._close_finished_paragraphs(line)
        while self._stack:
            top = self._stack[-1]
            if top.level:
                if top.level < marker.level:
                    break
            elif (
                marker.family not in {STYLED, top.family}
                and top.family != FREE
                and not self._outranks(marker, top)
            ):
                break
            self._stack.pop()
        return self._push(marker, line)

    def _place_free(self, marker: Marker, line: int) -> Item:
        """An unnumbered heading stands under the numbered one above it, beside others of its kind."""
        self._close_finished_paragraphs(line)
        at = next(
            (
                at
                for at, opened in enumerate(self._stack)
                if opened.family == FREE and opened.style == marker.style
            ),
            len(self._stack),
        )
        del self._stack[at:]
        return self._push(marker, line)

    def _carries_on(self, marker: Marker) -> bool:
        """1.1 opens or carries on a numbering of its own; 2.12个 after 1. does not."""
        if marker.ordinal == 1:
            return True
        last = self._last.get((marker.family, marker.style))
        return last is not None and last < marker.ordinal <= last + 2

    def _in_sequence(self, position: int, marker: Marker, at: int | None) -> bool:
        if at is not None and self._stack[at].style == marker.style:
            return marker.ordinal == self._stack[at].last + 1
        if at is None and marker.ordinal > 1 and (marker.family == "noun" or marker.style == " "):
            return self._last.get((marker.family, marker.style)) == marker.ordinal - 1
        if at is None and marker.ordinal == 1:
            return (
                (marker.style in {" ", ","} or marker.family in {"noun", "grand"})
                and position in self._followed
            ) or (marker.family == "noun" and self._heads_tasks(position, marker))
        return False

    def _heads_tasks(self, position: int, marker: Marker) -> bool:
        """问题一：… with 1.…2.… below it, where the text ends before 问题二."""
        if not marker.style.endswith(_TASK_NOUNS) or position + 1 not in self._followed:
            return False
        below = self._markers[position + 1]
        return below.ordinal == 1 and below.start - marker.end <= _LONGEST_OPENING

    def _place_row(self, marker: Marker, line: int) -> Item:
        """Rows stand under their group, groups under the heading that the table follows."""
        self._close_finished_paragraphs(line)
        while self._stack and self._stack[-1].family == TABLE_ROW:
            self._stack.pop()
        if marker.family == TABLE_GROUP or marker.style:
            # A group that a column names stands below that of a column before it or of a row of its own;
            # a task that is its own group stands where its group would.
            while (
                self._stack
                and self._stack[-1].family == TABLE_GROUP
                and self._stack[-1].style >= marker.style
            ):
                self._stack.pop()
        parent = self._stack[-1].item if self._stack else None
        item = self._new_item(marker, parent)
        self._stack.append(_Open(marker.family, marker.style, marker.ordinal, False, line, item))
        return item

    def _find(self, marker: Marker) -> int | None:
        """Which open numbering this marker may carry on: the same family and style, else a sloppy style."""
        sloppy = None
        for at in range(len(self._stack) - 1, -1, -1):
            opened = self._stack[at]
            if opened.family != marker.family:
                continue
            if opened.style == marker.style:
                return at
            if marker.ordinal == opened.last + 1 and marker.family not in _OWN_STYLES:
                sloppy = at
        return sloppy

    def _continue(self, position: int, marker: Marker, at: int, line: int) -> Item | None:
        opened = self._stack[at]
        if marker.family in DISCOURSE and not marker.leads_line:
            opened.run_in = True  # the list ends with its paragraph
        opened.line = line
        expected = opened.last + 1
        if marker.ordinal != expected:
            if marker.leads_line:
                if marker.ordinal == 1 and self._restarts_deeper(marker, at):
                    self._close_finished_paragraphs(line)
                    return self._open(marker, line)
            elif marker.ordinal == 1:
                if position not in self._followed and marker.family not in DISCOURSE:
                    return None
            elif not (marker.family in DISCOURSE and expected < marker.ordinal <= expected + 1):
                return None
        del self._stack[at + 1 :]
        opened.last = marker.ordinal
        self._last[marker.family, marker.style] = marker.ordinal
        item = self._new_item(marker, self._stack[at - 1].item if at else None)
        opened.item = item
        return item

    def _restarts_deeper(self, marker: Marker, at: int) -> bool:
        """一、 again inside （一）: only where the document nests that way elsewhere."""
        top = self._stack[-1]
        pair = ((marker.family, marker.style), (top.family, top.style))
        return at < len(self._stack) - 1 and self._inside[pair] >= 2 and self._inside[pair[::-1]] == 0

    def _close_finished_paragraphs(self, line: int) -> None:
        while self._stack and self._stack[-1].run_in and self._stack[-1].line < line:
            self._stack.pop()

    def _close_finished_sentence(self, marker: Marker) -> None:
        """一要…；二要…。会议指出：1.…: a list run into one sentence ends with it."""
        top = self._stack[-1] if self._stack else None
        if top is None or not top.run_in or top.family not in DISCOURSE or top.last == 1:
            return
        work, begin = self._page.work, top.item.start
        if work[begin - 1] == ";" and work.find("。", begin, marker.start) >= 0:
            self._stack.pop()

    def _opens_inside_paragraph(self, position: int, marker: Marker) -> bool:
        if marker.ordinal != 1:
            # A text cut out of a longer one may begin with 三是 … 四是, or 二、…。（四）…。（五）….
            unseen = not self._last or (self._cut and (marker.family, marker.style) not in self._last)
            return unseen and position in self._followed and marker.boundary != ","
        if position in self._followed or self._heads_list(position, marker):
            return True
        if marker.family == "paren_cn" and self._stack:
            # 三、保障措施 （一）加强领导: a lone （一） where others stood under this kind of heading.
            top = self._stack[-1]
            known = self._parents.get((marker.family, marker.style))
            return known == (top.family, top.style)
        return marker.family in DISCOURSE and marker.boundary in "。;:!?"

    def _heads_list(self, position: int, marker: Marker) -> bool:
        """一、稳住运行。（一）…。（二）…: a number whose next one a cut took away, over a list that goes on."""
        if marker.family != "cn" or marker.boundary not in "。;:!?" or position + 1 not in self._followed:
            return False
        below = self._markers[position + 1]
        near = below.start - marker.end <= _LONGEST_RUN_IN
        return near and below.ordinal == 1 and RANK.get(below.family, 0.0) > RANK["cn"]

    def _resume(self, marker: Marker, line: int) -> Item | None:
        """A numbering that runs on across parents (26.、27. under the next heading), in a paragraph."""
        key = (marker.family, marker.style)
        parent = self._parents.get(key)
        if key not in self._parents or marker.ordinal != self._last[key] + 1:
            return None
        if parent is not None and parent not in [(o.family, o.style) for o in self._stack]:
            return None
        return self._open(marker, line)

    def _open(self, marker: Marker, line: int) -> Item | None:
        key = (marker.family, marker.style)
        parent = self._parents.get(key)
        keys = [(o.family, o.style) for o in self._stack]
        if marker.leads_line and parent is not None and parent in keys:
            above = len(keys) - keys[::-1].index(parent)
            while len(self._stack) > above and not self._takes_in(self._stack[-1], marker):
                self._stack.pop()
        else:
            while self._stack and self._outranks(marker, self._stack[-1]):
                top = self._stack[-1]
                if not marker.leads_line and not top.run_in and top.family in DISCOURSE:
                    break  # 第二个方面，…。一是…，二是…: what a line opens with holds what runs in below
                self._stack.pop()
        return self._push(marker, line)

    def _takes_in(self, top: _Open, marker: Marker) -> bool:
        """3. after （一）, though 1. and 2. stood right under 一、: the list runs on one level deeper."""
        if top.family == FREE or (top.level and not marker.level):
            return True  # what stands below a heading that the file sets is inside it
        if top.run_in or top.family in DISCOURSE:
            return False
        inner, outer = (top.family, top.style), (marker.family, marker.style)
        if marker.family in DISCOURSE:  # 一是… stood right under 二、, and begins anew under 三、（一）
            return marker.ordinal == 1 and not self._inside[inner, outer]
        return not self._inside[inner, outer] and RANK.get(top.family, 99.0) < RANK[marker.family]

    def _outranks(self, marker: Marker, top: _Open) -> bool:
        inner, outer = (top.family, top.style), (marker.family, marker.style)
        if self._inside[inner, outer] >= 2 and not self._inside[outer, inner]:
            return True
        if self._inside[outer, inner] >= 2 and not self._inside[inner, outer]:
            return False
        if marker.family in DISCOURSE:
            under = top.family == "nth" and not top.run_in and marker.family != "nth"
            return top.family in DISCOURSE and not under
        if marker.family == top.family:
            return marker.family.startswith("decimal")
        if STYLED in {marker.family, top.family}:
            return marker.family == STYLED
        if top.family == FREE:
            return False
        if top.family == "noun" and marker.ordinal == 1 and (marker.family, marker.style) not in self._last:
            return False  # 专题一：…一、…二、…: a numbering first met under such a heading is inside it
        if top.family == "nth" and not top.run_in and marker.family == "paren_cn" and marker.ordinal == 1:
            return (
                not self._inside[outer, inner] or self._inside[inner, outer] > 0
            )  # 第一项：…（一）…第二项：…
        return RANK[marker.family] <= RANK[top.family]

    def _push(self, marker: Marker, line: int) -> Item:
        parent = self._stack[-1] if self._stack else None
        item = self._new_item(marker, parent.item if parent else None)
        key = (marker.family, marker.style)
        self._parents[key] = (parent.family, parent.style) if parent else None
        self._last[key] = marker.ordinal
        self._stack.append(
            _Open(
                marker.family, marker.style, marker.ordinal, not marker.leads_line, line, item, marker.level
            )
        )
        return item

    @staticmethod
    def _new_item(marker: Marker, parent: Item | None) -> Item:
        item = Item(marker, parent.depth + 1 if parent else 1, parent=parent)
        if parent is not None:
            parent.children.append(item)
        return item


def _as_digit(marker: Marker) -> Marker:
    """Read 2.12个县区 as item 2 of a list whose words begin with a figure."""
    end = marker.start + len(marker.style) + 1
    return marker._replace(family="digit", style=".", ordinal=int(marker.style), end=end, doubtful=True)


def close_spans(items: Iterable[Item], stop: int) -> None:
    """Set own_end and end of every item; the last ones run to `stop`."""
    ordered = list(items)
    for position, item in enumerate(ordered):
        item.own_end = ordered[position + 1].start if position + 1 < len(ordered) else stop
    for item in reversed(ordered):
        item.end = max(item.children[-1].end if item.children else item.own_end, item.own_end)
