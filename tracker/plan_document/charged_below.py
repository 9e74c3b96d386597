"""Part an item of several paragraphs, each of which ends by saying who does it, into as many tasks."""

from __future__ import annotations

from bisect import bisect_right

from .charged_paragraphs import says_who
from .headings import head_run_in
from .manuscript import Line, Manuscript
from .markers import FREE, Marker
from .outline import Item

_STYLE = "paragraph"
_STOPS = "。:;!? "


def part_charged(page: Manuscript, items: list[Item], hidden: list[tuple[int, int]]) -> None:
    """Give items without sub-items a task for each of their paragraphs, where every one charges units of its own.

    （一）狠抓工业污染防治。取缔小企业。…（环保局牵头）, and below it 专项整治重点行业。…（工信局牵头）. The outline of a
    document names what is numbered or set off in it, so these tasks are `unlisted` there.
    """
    for item in items:
        if item.children or item.row is not None or not item.marker.leads_line:
            continue
        paragraphs = _paragraphs(page, item, hidden)
        if len(paragraphs) < 2 or not all(says_who(page, line) for line in paragraphs):
            continue
        starts = [_behind_heading(page, item, paragraphs[0]), *(line.start for line in paragraphs[1:])]
        for start, end in zip(starts, [*starts[1:], item.end], strict=True):
            marker = Marker(FREE, _STYLE, 0, start, start, True)
            task = Item(marker, item.depth + 1, own_end=end, end=end, parent=item, unlisted=True)
            head_run_in(page, task)
            item.children.append(task)
        item.own_end = starts[0]


def _paragraphs(page: Manuscript, item: Item, hidden: list[tuple[int, int]]) -> list[Line]:
    found = []
    index = page.line_at(item.start)
    while index < len(page.lines) and page.lines[index].start < item.end:
        line = page.lines[index]
        at = bisect_right(hidden, (line.start, len(page.text))) - 1
        if at < 0 or hidden[at][1] <= line.start:
            found.append(line)
        index += 1
    return found


def _behind_heading(page: Manuscript, item: Item, line: Line) -> int:
    """Where the words of the first task begin: behind the heading that runs into them, at the number where none does."""
    at = item.heading[1]
    while at < line.end and page.work[at] in _STOPS:
        at += 1
    return at if page.work.find("。", at, line.end) > 0 and page.work[at] not in "([" else item.marker.end
