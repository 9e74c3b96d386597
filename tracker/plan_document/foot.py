"""Find where the last item of a document ends: before its signature, date, circulation and web debris."""

from __future__ import annotations

from itertools import pairwise

from . import layout
from .duties import nothing_but_units
from .headings import has_body
from .imprint import imprint_lines
from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript
from .outline import Item
from .steps import DUTY

_LONGEST_SIGNATURE = 24  # characters


def find_foot(page: Manuscript, items: list[Item], furniture: dict[int, str]) -> tuple[int, dict[int, str]]:
    """Where the last item ends: before the signature, date, circulation and web debris at the foot."""
    if not items:
        return len(page.text), {}
    lines, work = page.lines, page.work
    foot: dict[int, str] = {}
    index = len(lines) - 1
    row = items[-1].row
    last = page.line_at(items[-1].start if row is None else max(row.start, row.end - 1))
    imprint = imprint_lines(page, items, furniture, last)
    while index > last:
        content = work[lines[index].start : min(lines[index].end, lines[index].start + 241)]
        reason = furniture.get(index) or imprint.get(index) or layout.letter_part(content)
        if reason is None and _NOTE_ON_ALL.match(content) and not DUTY.search(content):
            reason = layout.NOTE
        if reason is None and _signs(page, index, foot):
            reason = layout.SIGNATURE
        if reason is None or reason == layout.ADDRESSEE:
            break
        foot[index] = reason
        index -= 1
    spare = _spare_paragraphs(page, items, furniture, index)
    while index > last and spare and layout.CLOSING_PROSE.match(work, lines[index].start, lines[index].end):
        if not _ends_words(page, index - 1):
            break
        foot[index] = layout.CLOSING_WORDS
        index, spare = index - 1, spare - 1
    if not foot:
        return len(page.text), {}
    return lines[min(foot)].start, foot


# 备注：以上任务纳入年度考核。 What a note says of who or by when is read where it stands.
_NOTE_ON_ALL = lazy_pattern(
    r" *(?:备注|附注|注|说明)\d? ?:[^。]{0,30}?(?:以上|上述|上列|各项|所列|所有|全部|本(?:表|清单|台账|方案|要点|计划|通知|分工))"
)


def _signs(page: Manuscript, index: int, foot: dict[int, str]) -> bool:
    """Whether a line is a unit set off above the document's date: by an empty line, or in a letter by a sentence's end."""
    line, above = page.lines[index], page.lines[index - 1]
    if foot.get(index + 1) != layout.DATE_LINE or line.end - line.start > _LONGEST_SIGNATURE:
        return False
    apart = page.work.count("\n", above.end, line.start) > 1 or (
        page.work[above.end - 1] == "。" and _is_letter(page)
    )
    return apart and nothing_but_units(page.work[line.start : line.end])


def _is_letter(page: Manuscript) -> bool:
    """Whether one of the first lines says to whom the document goes."""
    first = (page.work[line.start : min(line.end, line.start + 200)] for line in page.lines[:_HEAD])
    return any(layout.letter_part(words) == layout.ADDRESSEE for words in first)


_HEAD = 12  # lines


def _of_its_list(items: list[Item]) -> Item | None:
    """The item before the last one, in its own list or in one that its number carries on under another heading."""
    last, before = items[-1], items[-2]
    if last.parent is before.parent:
        return before
    if last.parent is not before:
        return None
    mark = last.marker
    for item in reversed(items[:-2]):
        if item.marker.family == mark.family:
            carried_on = item.marker.style == mark.style and 0 < item.marker.ordinal == mark.ordinal - 1
            return item if carried_on and not item.children else None
    return None


def _spare_paragraphs(page: Manuscript, items: list[Item], furniture: dict[int, str], foot: int) -> int:
    """How many paragraphs the last item has, up to the line `foot`, beyond those that the one before it in its list has.

    They may speak to all.
    """
    if len(items) < 2 or items[-1].row is not None:
        return 0
    before, last = _of_its_list(items), items[-1]
    if before is None or before.row is not None:
        return 0
    stop = next(after.start for item, after in pairwise(items) if item is before)  # no span is closed yet
    usual = _paragraphs(page, before.start, stop, furniture)
    first = page.line_at(last.start)
    own = [index for index in range(first, foot + 1) if _is_paragraph(page, index, furniture, first)]
    return max(0, len(own) - usual)


def _ends_words(page: Manuscript, index: int) -> bool:
    """Whether a line ends in a stop or is a label, so that the next one may be no words of the same item."""
    line = page.lines[index]
    return page.work[line.end - 1] in "。;!)]" or not has_body(page.work, line.start, line.end, [])


def _paragraphs(page: Manuscript, start: int, end: int, furniture: dict[int, str]) -> int:
    first, last = page.line_at(start), page.line_at(end - 1)
    return sum(1 for index in range(first, last + 1) if _is_paragraph(page, index, furniture, first))


def _is_paragraph(page: Manuscript, index: int, furniture: dict[int, str], first: int) -> bool:
    """Whether a line is words of its item: no furniture, no label and no bracket of units."""
    line = page.lines[index]
    return index == first or (index not in furniture and has_body(page.work, line.start, line.end, []))
