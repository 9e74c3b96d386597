"""Find tasks set down as paragraphs without numbers, each of which ends by saying who does it."""

from __future__ import annotations

import re
from collections.abc import Container

from .duty_words import LABELS
from .hints import NUMBERED_LINE, SPOKEN_NUMBER
from .layout import letter_part
from .manuscript import Line, Manuscript
from .markers import FREE, Marker
from .records import COUNTED
from .responsibility import explicit_chunks

_STYLE = "charged"
_LONGEST = 1500  # characters of such a paragraph
_LONGEST_HEADING = 60
_LONGEST_DUTY = 200
_SHORTEST_TASK = 6  # characters before the bracket or label
_MAY_CHARGE = re.compile(r"[)\]][。;]?$|[单部][位门] ?:")
_LETTERED = re.compile(
    r"\(?[A-Za-zⅠ-Ⅻ壹贰叁肆伍陆柒捌玖拾甲乙丙丁戊己庚辛][、.)]|第[一二三四五六七八九十\d]{1,3}"
)
_FEWEST_BELOW_A_HEADING, _FEWEST_ALONE = 2, 3


def charged_paragraphs(
    page: Manuscript, furniture: dict[int, str], parts: Container[int] = frozenset()
) -> list[Marker]:
    """A marker for each of several paragraphs in a row that end in a bracket or label of units.

    Two or more below a numbered heading or one of `parts` (where unnumbered headings begin), or three in a text without numbers; words that lead in may stand above
    the first. Where a paragraph between them says nobody, it is not known whose it is: all stay as they are.
    """
    found: list[Marker] = []
    run: list[Marker] = []
    fewest, open_ = _FEWEST_ALONE, True

    def close() -> None:
        if open_ and len(run) >= fewest:
            found.extend(run)

    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + _LONGEST_HEADING + 1)]
        if line.start in parts or NUMBERED_LINE.match(words) or SPOKEN_NUMBER.match(words):
            close()
            heads = len(words) <= _LONGEST_HEADING and words[-1] not in ";,、)]"
            heads = heads and "。" not in words[:-1]
            run, fewest, open_ = [], _FEWEST_BELOW_A_HEADING, heads
        elif "|" in words or COUNTED.match(words) or _LETTERED.match(words):
            open_ = False  # 任务1：, A. and 壹、 have an order of their own
        elif open_ and run and _is_duty(page, line):
            continue  # says of the paragraph above who does it
        elif open_ and (says_who(page, line) or _charged_below(page, index, furniture)):
            run.append(Marker(FREE, _STYLE, 0, line.start, line.start, True))
        elif run:
            if letter_part(words) is not None:  # who signs, below the last
                close()
            open_ = False
    close()
    return found


def _charged_below(page: Manuscript, index: int, furniture: dict[int, str]) -> bool:
    """Whether a paragraph that ends in a stop stands right above a line of nothing but who does it."""
    if index + 1 >= len(page.lines) or index + 1 in furniture:
        return False
    line = page.lines[index]
    ended = page.work[line.end - 1] == "。" and line.end - line.start <= _LONGEST
    return (
        ended
        and LABELS.match(page.work, line.start, line.end) is None
        and _is_duty(page, page.lines[index + 1])
    )


def _is_duty(page: Manuscript, line: Line) -> bool:
    """Whether a line is a bracket of units or opens with a label (责任单位：…) and holds nothing else."""
    if line.end - line.start > _LONGEST_DUTY:
        return False
    if LABELS.match(page.work, line.start, line.end):
        return True
    words = page.work[line.start : line.end]
    return (
        words[0] in "(["
        and words.rstrip("。;")[-1] in ")]"
        and bool(explicit_chunks(page, line.start, line.end))
    )


def says_who(page: Manuscript, line: Line) -> bool:
    """Whether a paragraph ends in a bracket or label of units behind words of its own."""
    if line.end - line.start > _LONGEST or not _MAY_CHARGE.search(page.work, line.start, line.end):
        return False
    chunks = explicit_chunks(page, line.start, line.end)
    if not chunks or page.work[chunks[-1][1] : line.end].strip(" 。;)]"):
        return False
    return chunks[0][0] - line.start > _SHORTEST_TASK
