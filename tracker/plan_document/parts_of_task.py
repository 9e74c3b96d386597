"""Tell which part of a clause a bracket speaks of: a task of its own beside another, or a part of the whole before it."""

from __future__ import annotations

import re

from .duties import Duties
from .duty_words import LEAD
from .manuscript import Manuscript
from .units import Unit, split_units

_CLOSED = re.compile(r"[)\]]")
_TASK_WORDS = re.compile(r"[\u4e00-\u9fff]{4}")
_OPENED_BY = frozenset("([")


def of_another_task(work: str, before: tuple[int, int], start: int) -> bool:
    """新建停车场（市城管局）。改造公厕（市住建局）: whether words of a task part two brackets, the first of which ends no heading."""
    start -= 1
    if work[start] not in _OPENED_BY or _CLOSED.match(work, before[1]) is None:
        return False
    between = work[before[1] + 1 : start]
    if _TASK_WORDS.search(between) is None:
        return False
    line, broken, _ = between.partition("\n")
    return not broken or bool(line.strip(" ")) or "。" in work[work.rfind("\n", 0, before[0]) + 1 : before[0]]


_CHARGED = re.compile(
    r"(?<=[,。;:\n])由(?P<names>[^,。;:()\n]{2,40}?)(?:牵头|负责)|^由(?P<first>[^,。;:()\n]{2,40}?)(?:牵头|负责)"
)


def read_before_part(page: Manuscript, start: int, end: int, duties: Duties) -> None:
    """由甲局负责，管网（由乙局牵头，丙局配合）: a bracket that says who leads a part leaves the lead of the whole."""
    begin = max(page.work.rfind(mark, start, end) for mark in "。;\n")
    begin = max(begin, start)
    for charged in _CHARGED.finditer(page.work[begin:end]):
        group = "names" if charged.group("names") else "first"
        a, b = charged.start(group) + begin, charged.end(group) + begin
        units = split_units(page.work[a:b], page.text[a:b], strict=True)
        duties.add(LEAD, [Unit(unit.name, a + unit.start, a + unit.end) for unit in units])
