"""Tell who runs a web page, printed below the last item, from the lines in which that item says who is responsible."""

from __future__ import annotations

from . import layout
from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript
from .outline import Item
from .responsibility import read_duties

# 主办单位 is said of a task and of a page alike, 技术支持 or a record number of pages alone.
_HOST = lazy_pattern(r" *(?:主办|承办|协办|建设)(?:单位|方|机构)? ?:")
_OF_SITES = lazy_pattern(
    r" *(?:(?:技术支持|(?:网站|运行|日常|内容|系统)?(?:维护|运维|保障|管理))(?:单位|方|机构)? ?:|版权所有|网站标识码|[^\n]{0,16}(?:ICP备|公网安备|备案号|Copyright|©)|"
    r"(?:邮政编码|邮编|地址|传真|电子邮[箱件]) ?:)"
)
_LONGEST = 90  # characters


def imprint_lines(
    page: Manuscript, items: list[Item], furniture: dict[int, str], last: int
) -> dict[int, str]:
    """Index of a line below line `last` -> why it is no text, for the lines that say who runs the page.

    主办单位 and its like are taken for such lines beside one that only pages have, or where an empty line sets them
    off, nothing above is labelled so, and the last item names its own lead.
    """
    found: list[int] = []
    of_site = False
    for index in range(len(page.lines) - 1, last, -1):
        line = page.lines[index]
        words = page.work[line.start : min(line.end, line.start + _LONGEST + 1)]
        for_sites = _OF_SITES.match(words) is not None
        of_site = of_site or for_sites
        if len(words) <= _LONGEST and (for_sites or _HOST.match(words)):
            found.append(index)
        elif index not in furniture and layout.letter_part(words) is None:
            break
    if not found or not (of_site or _set_off(page, items, min(found))):
        return {}
    return dict.fromkeys(found, layout.WEB_DEBRIS)


def _set_off(page: Manuscript, items: list[Item], first: int) -> bool:
    begin, item = page.lines[first].start, items[-1]
    if page.work.count("\n", page.lines[first - 1].end, begin) < 2:
        return False
    if any(_HOST.match(page.work, line.start, line.end) for line in page.lines[:first]):
        return False
    return item.row is not None or bool(read_duties(page, item.start, begin).lead)
