"""Find the plan that a notice issues, where it follows the notice's own signature without a mark like 附件."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .hints import NUMBERED_LINE
from .layout import DATE_LINE, SIGNATURE, letter_part
from .manuscript import Manuscript
from .title import OPENING, TITLE, names_document

_LONGEST_DATE = 30  # characters of a line that is a date
_LONGEST_TITLE_LINE = 60
_MOST_TITLE_LINES = 4
_FIRST = re.compile(r"一、|第一|\(一\)|1[.、]")


@dataclass(frozen=True)
class IssuedText:
    """Where the issued text begins (offset), and its title as printed."""

    start: int
    title: str


def find_issued(page: Manuscript, furniture: dict[int, str]) -> IssuedText | None:
    """The text below a notice that has numbered points itself, is signed and dated; None in any other document.

    The lines between the two (signature, date, title, opening words) become furniture: no text of the last point.
    """
    numbered = False
    for index, line in enumerate(page.lines):
        if line.end - line.start > _LONGEST_DATE or index in furniture:
            numbered = numbered or NUMBERED_LINE.match(page.work[line.start : line.start + 12]) is not None
            continue
        words = page.work[line.start : line.end]
        if NUMBERED_LINE.match(words):
            numbered = True
        elif numbered and letter_part(words) == DATE_LINE:
            found = _below(page, index, furniture)
            if found is not None:
                return found
    return None


def _below(page: Manuscript, date: int, furniture: dict[int, str]) -> IssuedText | None:
    """The issued text below the line of a date, if a title and a numbering from one follow it."""
    signed = date - 1
    while signed > 0 and _part(page, signed) == SIGNATURE:
        signed -= 1
    if signed == date - 1:
        return None
    begin = date + 1
    while begin < len(page.lines) and begin in furniture:
        begin += 1  # (此件公开发布)
    names: list[str] = []
    title = 0
    for index in range(begin, min(begin + _MOST_TITLE_LINES, len(page.lines))):
        line = page.lines[index]
        words = page.work[line.start : min(line.end, line.start + _LONGEST_TITLE_LINE + 1)]
        if len(words) > _LONGEST_TITLE_LINE or words[-1] in "。;:," or NUMBERED_LINE.match(words):
            break
        names.append(page.printed(line.start, line.end))
        title = index + 1 if names_document("".join(names)) else title
    first = title
    while first < len(page.lines) and not _numbered(page, first):
        first += 1
    if (
        not title
        or names[0].startswith("附")
        or first == len(page.lines)
        or not _FIRST.match(page.work, page.lines[first].start)
    ):
        return None
    for index in range(signed + 1, date + 1):
        furniture.setdefault(index, SIGNATURE if index < date else DATE_LINE)
    for index in range(begin, first):
        furniture.setdefault(index, TITLE if index < title else OPENING)
    return IssuedText(page.lines[begin].start, "".join(names[: title - begin]))


def _part(page: Manuscript, index: int) -> str | None:
    line = page.lines[index]
    return (
        letter_part(page.work[line.start : line.end])
        if line.end - line.start <= _LONGEST_TITLE_LINE
        else None
    )


def _numbered(page: Manuscript, index: int) -> bool:
    line = page.lines[index]
    return NUMBERED_LINE.match(page.work[line.start : line.start + 12]) is not None
