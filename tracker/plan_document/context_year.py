"""Which year a date without one belongs to: that of the part it stands in, else that of the document."""

from __future__ import annotations

import re

from . import layout, title
from .manuscript import Manuscript
from .numerals import to_number
from .outline import Item

_YEAR = r"((?:20|19)\d\d|(?:二[〇零○]|一九)[〇零○一二三四五六七八九]{2})"  # in Chinese figures too
_YEAR_IN_TITLE = re.compile(rf"{_YEAR} ?(?:年|[-—~至])")
_YEAR_IN_NUMBER = re.compile(r"[\[(]((?:20|19)\d\d)[\])] ?\d{1,4} ?号")
_YEAR_IN_DATE = re.compile(rf"(?<!\d){_YEAR}(?: ?年|[-./]\d|\d{{2,4}}$)")
# 行动时间：2025年1月—12月, also below a heading of these words: the span in which all is done.
_YEAR_IN_SPAN = re.compile(
    r"(?:行动|整治|活动|实施|工作|专项|攻坚|开展|推进|任务|起止|时间)(?:时间|期限|周期|进度|阶段|时段|范围)(?:安排|步骤|范围)?"
    r" ?[:为是。]?[ \n]{0,12}[自从]?(20\d\d) ?年[\d月日上中下旬初底 ]{0,8}(?:起|开始)?,? ?[-—~至到]"
)
# 本措施自2024年12月1日起施行
_IN_FORCE = re.compile(
    r"本(?:方案|措施|意见|通知|办法|规定|计划|细则)自 ?(20\d\d) ?年 ?\d{1,2} ?月 ?\d{1,2} ?日起(?:正式)?(?:施行|实施|执行|生效)"
)
_FIGURES = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR_OF_LIMIT = re.compile(
    rf"(?<!\d){_YEAR} ?年 ?{_FIGURES} ?月(?: ?{_FIGURES} ?日|底|末)?(?:之?前|(?<=[底末]))"
)
# 2024年10月上线, 2024年，建成…: targets of another year than that of the limits leave the document's year open.
_YEAR_OF_TARGET = re.compile(
    rf"(?<!\d)(?<!其中){_YEAR} ?年(?: ?{_FIGURES} ?月)?,?(?:力争|确保|全面|全部|基本)?(?:建成|上线|实现|达到|新增|完成|培育|投用|投产|竣工)(?!了|情况|的)"
)
_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR} ?年")
# 注：以上时间除注明外均为2021年
_YEAR_STATED = re.compile(
    rf"(?:时间|时限|期限|日期|节点)[^,。;\n]{{0,12}}均为 ?{_YEAR} ?年(?!度?[\u4e00-\u9fff])"
)
_EDITION = re.compile(r"\((20\d\d) ?(?:年)?版")  # (2023版)
# 2023年工作总结和2024年工作计划: what is still to be done belongs to the later year.
_YEAR_TO_COME = re.compile(
    r"(?:总结|情况|回顾)[^。]{0,8}?(20\d\d) ?年[^。]{0,14}(?:计划|打算|安排|要点|思路|重点)"
)
_YEAR_OF_PART = re.compile(
    r"(?<!\d)(20\d\d) ?年度?[^,。;:\d]{0,16}(?:计划|打算|安排|要点|思路|重点|任务|工作|措施|目标|建议)$"
)


def _figure(found: re.Match[str]) -> int | None:
    return to_number(found.group(1).replace("○", "〇"))


def part_year(page: Manuscript, item: Item | None, year: int | None) -> int | None:
    """The year that the nearest heading from `item` upwards is about (2024年工作计划), else `year`."""
    while item is not None:
        found = _YEAR_OF_PART.search(page.work, *item.heading)
        if found is not None:
            return _figure(found)
        item = item.parent
    return year


def document_year(page: Manuscript, preamble: title.Preamble, first: int) -> int | None:
    """The year of the title, the document's number or its date, else the first that the opening words name.

    A document without any of these is of the one year that all its limits with a year and a month have, and
    all its targets with a year.
    """
    if preamble.title:
        found = _YEAR_TO_COME.search(preamble.title) or _YEAR_IN_TITLE.search(preamble.title)
        if found:
            return _figure(found)
    for pattern in (_YEAR_IN_NUMBER, _YEAR_IN_DATE):
        for index, reason in sorted(preamble.reasons.items()):
            line = page.lines[index]
            if reason in {layout.DOCUMENT_NUMBER, layout.DATE_LINE, layout.METADATA, layout.WEB_DEBRIS}:
                found = pattern.search(page.work, line.start, line.end)
                if found:
                    return _figure(found)
    for index, reason in sorted(preamble.reasons.items()):
        line = page.lines[index]
        edition = _EDITION.search(page.work, line.start, line.end) if reason == title.SUBTITLE else None
        if edition is not None:
            return _figure(edition)
    for line in page.lines[-8:]:
        if layout.letter_part(page.work[line.start : line.end]) == layout.DATE_LINE:
            found = _YEAR_IN_DATE.search(page.work, line.start, line.end)
            if found:
                return _figure(found)
    found = (
        _YEAR_STATED.search(page.work)
        or _ANY_YEAR.search(page.work, 0, max(first, 1))
        or _YEAR_IN_SPAN.search(page.work)
        or _IN_FORCE.search(page.work)
    )
    if found:
        return _figure(found)
    named = {_figure(limit) for limit in _YEAR_OF_LIMIT.finditer(page.work)}
    if len(named) == 1:
        named |= {_figure(target) for target in _YEAR_OF_TARGET.finditer(page.work)}
    return named.pop() if len(named) == 1 else None
