"""Find where the last item of a document ends: before its signature, date, circulation and web debris."""

from __future__ import annotations

from . import layout
from .duties import nothing_but_units
from .headings import has_body
from .manuscript import Manuscript
from .outline import Item

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
    while index > last:
        content = work[lines[index].start : min(lines[index].end, lines[index].start + 241)]
        reason = furniture.get(index) or layout.letter_part(content)
        if reason is None and _signs(page, index, foot):
            reason = layout.SIGNATURE
        if reason is None or reason == layout.ADDRESSEE:
            break
        foot[index] = reason
        index -= 1
    if _stands_alone(page, items, furniture):
        while index > last and layout.CLOSING_PROSE.match(work, lines[index].start, lines[index].end):
            foot[index] = layout.CLOSING_WORDS
            index -= 1
    if not foot:
        return len(page.text), {}
    return lines[min(foot)].start, foot


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


def _stands_alone(page: Manuscript, items: list[Item], furniture: dict[int, str]) -> bool:
    """Whether the last item is a sentence of its own in a list whose item before it has no further paragraph."""
    if len(items) < 2 or items[-1].row is not None:
        return False
    before, last = _of_its_list(items), items[-1]
    if before is None:
        return False
    ends = [page.lines[page.line_at(item.start)].end for item in (before, last)]
    if page.work[ends[1] - 1] not in "。;!)]" or before.row is not None:
        return False
    return ends[0] >= before.own_end or not has_body(page.work, ends[0], before.own_end, [])
