"""Find items set down as paragraphs without numbers that each open with a heading of a few words and a full stop."""

from __future__ import annotations

import re
from collections.abc import Container

from .duty_words import LABELS
from .hints import NUMBERED_LINE, SPOKEN_NUMBER
from .layout import letter_part
from .manuscript import Manuscript
from .markers import FREE, Marker

_STYLE = "lead-in"
_LEAD_IN = re.compile(r"[\u4e00-\u9fff“”、0-9A-Za-z]{2,16}。(?=[^\n]{6})")
_LONGEST_START = 20  # characters that the pattern looks at
_FEWEST = 2


def lead_in_paragraphs(page: Manuscript, furniture: dict[int, str], parts: Container[int]) -> list[Marker]:
    """道路修补。对破损路面…。 / 路灯补装。补装路灯…。: a marker for each of several such paragraphs in a row below a heading.

    `parts` is where the unnumbered headings of the text begin. Words that lead in may stand above the first, and
    labelled lines below each; where any other paragraph stands between them, all stay text.
    """
    found: list[Marker] = []
    run: list[Marker] = []
    open_ = False
    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        if line.start in parts:
            found += run if open_ and len(run) >= _FEWEST else []
            run, open_ = [], True
            continue
        words = page.work[line.start : min(line.end, line.start + _LONGEST_START)]
        if NUMBERED_LINE.match(words) or SPOKEN_NUMBER.match(words) or "|" in words:
            open_ = False
        elif _LEAD_IN.match(page.work, line.start, line.end):
            run.append(Marker(FREE, _STYLE, 0, line.start, line.start, True))
        elif run and not LABELS.match(page.work, line.start, line.end):
            if letter_part(page.work[line.start : line.end]) is not None:  # who signs, below the last
                break
            open_ = False
    return found + (run if open_ and len(run) >= _FEWEST else [])
