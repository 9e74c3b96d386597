"""Read who is responsible across line breaks made by hand: 责任单⏎位：市财⏎政局 is one label and one name."""

from __future__ import annotations

import re
from itertools import chain

from .dates import looks_like_limit
from .duties import Duties
from .duty_words import CO, LABELS, LEAD
from .manuscript import Manuscript
from .unit_names import ends_as_unit, is_strict_unit
from .units import Unit

_BREAK = re.compile(r" *\n[ \n]*")
_MARKS = re.compile(r"[、,;:。()\[\]]")
_PIECE = re.compile(r"[^、,;:。()\[\]\n]*")
LONGEST_PIECE = 40  # characters of a line beside a break in which a name begins or ends
_BEGINS_NAME = re.compile(r"[省市县区州盟旗镇乡各团国][\u4e00-\u9fff]")
# 各县区⏎人民政府, 市委⏎组织部: what is no office without the place or the committee before it.
_NEEDS_OWNER = re.compile(
    r"(?:人民)?政府|管委会|办事处|党(?:工)?委|委员会|办公[室厅]|(?:组织|宣传|统战|政法|社工|社会工作)[部委]?|编办|网信办|"
    r"改革办|督查室|政研室"
)


class Unbroken:
    """A stretch of a document without the breaks that fall inside its names and labels, and the way back to it."""

    def __init__(self, page: Manuscript, start: int, end: int, breaks: list[tuple[int, int]]) -> None:
        edges = [start, *chain.from_iterable(breaks), end]
        runs = list(zip(edges[::2], edges[1::2], strict=True))
        self._kept = list(chain.from_iterable(range(a, b) for a, b in runs))
        self.page = Manuscript.of(
            "".join(page.text[a:b] for a, b in runs), "".join(page.work[a:b] for a, b in runs)
        )

    def give_back(self, found: Duties, duties: Duties) -> None:
        """Add what was read here, on top of the same duties, with offsets into the document."""
        known = len(duties.lead), len(duties.co)
        duties.add(LEAD, [self._unit(unit) for unit in found.lead[known[0] :]])
        duties.add(CO, [self._unit(unit) for unit in found.co[known[1] :]])
        duties.due += [self._span(span) for span in found.due]
        duties.spans += [self._span(span) for span in found.spans]
        duties.reason = found.reason or duties.reason
        duties.to_confirm = duties.to_confirm or found.to_confirm

    def _unit(self, unit: Unit) -> Unit:
        start, end = self._span((unit.start, unit.end))
        return unit._replace(start=start, end=end)

    def _span(self, span: tuple[int, int]) -> tuple[int, int]:
        start, end = span
        if start >= len(self._kept) or end <= start:
            return self._kept[-1] + 1, self._kept[-1] + 1
        return self._kept[start], self._kept[end - 1] + 1


def join_words(words: str) -> str:
    """Words between brackets without the breaks inside their names and labels."""
    for start, end in reversed(_seams(words, 0, len(words))):
        words = words[:start] + words[end:]
    return words


def unbroken(page: Manuscript, start: int, end: int) -> Unbroken | None:
    """A bracket or labelled statement without its breaks; None where it has none inside its names and labels."""
    if page.work.find("\n", start, end) < 0:
        return None
    breaks = _seams(page.work, start, end)
    return Unbroken(page, start, end, breaks) if breaks else None


def run_on(page: Manuscript, start: int, end: int) -> Unbroken | None:
    """A task of a text broken by hand at a fixed width, its lines joined; None for any other text."""
    if not page.wrap_width:
        return None
    breaks = [
        match.span()
        for match in _BREAK.finditer(page.work, start, end)
        if match.end() < end and page.breaks_sentence(match.start())
    ]
    return Unbroken(page, start, end, breaks) if breaks else None


def _seams(work: str, start: int, end: int) -> list[tuple[int, int]]:
    """The breaks that stand inside a name, a label, a verb or a date, or behind a list mark."""
    return [
        match.span()
        for match in _BREAK.finditer(work, start, end)
        if start < match.start() and match.end() < end and _inside_words(work, start, end, *match.span())
    ]


def _inside_words(work: str, start: int, end: int, at: int, after: int) -> bool:
    if _MARKS.match(work, at - 1):
        return work[at - 1] not in "。;"
    if LABELS.match(work, after):
        return False
    begin = max(start, at - LONGEST_PIECE)
    left = _MARKS.split(work[begin:at])[-1].rpartition("\n")[2].strip()
    found = _PIECE.match(work, after, min(end, after + LONGEST_PIECE))
    right = found.group().strip() if found else ""
    if not (ends_as_unit(left) or work[at - 1] in ")]" or looks_like_limit(left)):
        return True
    return _NEEDS_OWNER.match(right) is not None or not is_strict_unit(right)


def carries_on(work: str, so_far: str, line_end: int, end: int) -> bool:
    """Whether the last name of a labelled line is finished on the next one: 市教育局、市财⏎政局."""
    piece = _MARKS.split(so_far)[-1].strip()
    if not _BEGINS_NAME.match(piece) or ends_as_unit(piece):
        return False
    found = _PIECE.match(work, line_end + 1, min(end, line_end + LONGEST_PIECE))
    rest = found.group().strip() if found else ""
    if not rest or LABELS.match(work, line_end + 1):
        return False
    return is_strict_unit(piece + rest)
