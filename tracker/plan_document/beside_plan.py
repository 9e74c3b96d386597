"""Tell what stands below a plan and is not of it: a page's list of related material, a form's notes on how to fill it in."""

from __future__ import annotations

import re

from .layout import TABLE_HEADER, WEB_DEBRIS
from .manuscript import Manuscript
from .markers import Marker

# The heading of a list of links below the text of a page.
_RELATED = re.compile(
    r"[>\[(]? *(?:相关|延伸|关联|推荐)(?:政策|文件)?(?:解读|阅读|链接|文章|政策|报道|附件|文件|信息|新闻|内容)[\])]? *:?|"
    r"(?:政策|文件|图文|专家|媒体)解读[:>]?|图解(?:政策)?[:>]?|相关"
)
_HOW_TO_FILL = re.compile(r"[(\[]?(?:填报|填表|填写|编制|制表)(?:说明|须知|要求|注意事项)[)\]]? *:?")
_DUTY = re.compile(r"牵头|责任(?:单位|部门)|配合单位|完成时限|[月年季]底前")
_MOST_LINES = 60
_LONGEST_LINK = 80  # characters


def not_of_the_plan(page: Manuscript, markers: list[Marker], furniture: dict[int, str]) -> dict[int, str]:
    """Lines of related material at the foot, and of notes on how a form is filled in: index -> reason."""
    found: dict[int, str] = {}
    numbered = {page.line_at(marker.start) for marker in markers if marker.leads_line}
    first = min(numbered, default=len(page.lines))
    for index in range(max(first + 1, len(page.lines) - _MOST_LINES), len(page.lines)):
        line = page.lines[index]
        if _RELATED.fullmatch(page.work, line.start, line.end) and _lists_links(page, index + 1):
            found.update(dict.fromkeys(range(index, len(page.lines)), WEB_DEBRIS))
            break
    for index, line in enumerate(page.lines):
        if index not in furniture and _HOW_TO_FILL.fullmatch(page.work, line.start, line.end):
            found[index] = TABLE_HEADER
            at = index + 1
            while at in numbered and not _DUTY.search(page.work, page.lines[at].start, page.lines[at].end):
                found[at] = TABLE_HEADER
                at += 1
    return found


def _lists_links(page: Manuscript, first: int) -> bool:
    """Whether the lines from here on are names of other pages: short, no sentences, nobody charged with anything."""
    below = [page.work[line.start : line.end] for line in page.lines[first:]]
    return all(
        len(words) <= _LONGEST_LINK and words[-1] not in "。;" and not _DUTY.search(words) for words in below
    )
