"""Find tasks set down as records: labelled lines (事项名称：…, 牵头单位：…, 完成时限：…) that begin anew for each task."""

from __future__ import annotations

import re

from .duty_words import LABELS
from .hints import NUMBERED_LINE
from .manuscript import Manuscript
from .markers import FREE, Marker

_NAME = re.compile(
    r"\[?(?P<label>(?:重点|具体|督办|督查|交办|议定|整改|民生|改革|工作|任务|项目|事项|建议|提案|议案|议题|信访){1,2}(?:名称|内容)?)"
    r"(?:\]:?|:) *(?=[^ \n])"
)


_FILE_NUMBER = re.compile(r"\[?(?:[\u4e00-\u9fff]{0,4}(?:编号|单号|文号)|序号)(?:\]:?|:) *[^。;,\n]{1,30}$")
NUMBER_OF_RECORD = "事项编号"
COUNTED = re.compile(
    r"第?[\u4e00-\u9fff]{1,4}?[一二三四五六七八九十\d]{1,2}[:、., ]|[一二三四五六七八九十]{1,2}、"
)


def records(page: Manuscript, furniture: dict[int, str]) -> list[Marker]:
    """The lines that open a record: two or more by the same label, each with labelled units or limits below it.

    Only in a text without numbered lines, which have an order of their own.
    """
    opened: list[Marker] = []
    label, said = "", True
    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + 12)]
        if NUMBERED_LINE.match(words) or COUNTED.match(words):
            return []
        found = _NAME.match(page.work, line.start, line.end)
        if found is not None and found.group("label") == (label or found.group("label")):
            if not said:
                return []  # the record above says neither who nor by when
            label, said = found.group("label"), False
            opened.append(Marker(FREE, label, 0, line.start, found.end(), True))
        elif opened and LABELS.match(page.work, line.start, line.end):
            said = True
    if not said or len(opened) < 2:
        return []
    for marker in opened:
        _set_number_apart(page, page.line_at(marker.start) - 1, furniture)
    return opened


def _set_number_apart(page: Manuscript, index: int, furniture: dict[int, str]) -> None:
    """编号：2024-31 above a record is the number of that record, and no words of the one above it."""
    if index < 0 or index in furniture:
        return
    line = page.lines[index]
    if _FILE_NUMBER.match(page.work, line.start, line.end):
        furniture[index] = NUMBER_OF_RECORD
