"""Find headings that are nothing but a unit: the tasks numbered below each are that unit's own."""

from __future__ import annotations

import re

from .duties import Duties, nothing_but_units
from .duty_statements import read_roles
from .duty_words import LABELS
from .hints import NUMBERED_LINE
from .layout import DATE_LINE, letter_part
from .manuscript import Manuscript
from .markers import FREE, Marker
from .outline import Item
from .unit_names import ROLE_NAME, ends_strongly, is_class_of_governments
from .units import split_units

_LONGEST = 30  # characters
_IN_FIGURES = re.compile(r"\(?\d{1,3}[.、)]")
_STYLE = "unit"


def unit_headings(page: Manuscript, furniture: dict[int, str]) -> list[Marker]:
    """A marker for each line of nothing but units that stands right above an item numbered in figures.

    Two or more, the first above the first item of all: a line of units that ends the text, or that stands where
    no item has one above it, is the line below a task.
    """
    found: list[Marker] = []
    above: Marker | None = None
    begun = False
    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + _LONGEST + 1)]
        if NUMBERED_LINE.match(words):
            if _IN_FIGURES.match(words) is None or (not begun and above is None):
                return []
            begun = True
            if above is not None:
                found.append(above)
            above = None
        elif letter_part(words) == DATE_LINE:
            above = None  # the units above the date have signed
        elif above is not None and begun:
            return []  # words between the units and the next item: the line was the last of a task
        else:
            named = len(words) <= _LONGEST and nothing_but_units(words.rstrip(":"))
            above = Marker(FREE, _STYLE, 0, line.start, line.start, True) if named else None
    return found if len(found) > 1 and above is None else []


DUTY_LINE = "duty"
_FEWEST_DUTIES = 3
_NAMED_DUTY = re.compile(r"(?P<names>[^:,;。\n]{2,30}):(?= *[^ \n]{4})")


def duty_lines(page: Manuscript, furniture: dict[int, str]) -> list[Marker]:
    """市公安局：… / 市人社局：…: lines one below another that each set a unit before its own task, in a text without numbers."""
    found: list[Marker] = []
    ended = False
    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + 60)]
        if NUMBERED_LINE.match(words):
            return []
        named = _NAMED_DUTY.match(words)
        charged = (
            named is not None
            and LABELS.match(words) is None
            and ROLE_NAME.match(named.group("names")) is None
            and split_units(named.group("names"), named.group("names"), strict=True)
        )
        if not charged:
            ended = ended or bool(found)
        elif ended:
            return []
        else:
            found.append(Marker(FREE, DUTY_LINE, 0, line.start, line.start, True))
    return found if len(found) >= _FEWEST_DUTIES else []


def units_of_heading(page: Manuscript, head: Item) -> Duties | None:
    """The units that such a heading names, the first as lead; None for any other heading.

    A numbered one (一、市行政审批局) is such a heading as well where it stands over tasks.
    """
    if (head.marker.family != FREE or head.marker.style != _STYLE) and not _names_units_alone(page, head):
        return None
    duties = Duties()
    read_roles(page, *head.heading, duties, False)
    return duties


# 一、领导小组 over its members and duties.
_OF_THE_WORK = re.compile(r"(?:小组|专班|指挥部|机构|委员会|部门|单位)$")


def _names_units_alone(page: Manuscript, head: Item) -> bool:
    start, end = head.heading
    if not head.children or end - start > _LONGEST:
        return False
    words = page.work[start:end]
    units = split_units(words, words, strict=True)
    if not units or page.work[end : head.own_end].strip(" 。:\n"):
        return False
    names = [page.work[start + unit.start : start + unit.end] for unit in units]
    return all(
        is_class_of_governments(name) or (ends_strongly(name) and _OF_THE_WORK.search(name) is None)
        for name in names
    )
