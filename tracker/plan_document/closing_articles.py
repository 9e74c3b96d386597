"""Tell the articles that say from when a document holds and who explains it from the tasks that it sets."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from .layout import CLOSING_LEAD, CLOSING_WORDS
from .manuscript import Manuscript
from .outline import Item
from .rule_sentences import RULE, RuleSentence, is_rule
from .sections import Group

_LONGEST = 400  # characters of such an article
_HEADING = re.compile(r"附则|其他(?:事项)?|(?:施行|实施|生效)(?:日期|时间)|有效期限?|解释(?:权|机关)?")
_SENTENCE_STOP = re.compile(r"[。;:\n]")
# One phrase each, with one bounded run, so that a phrase is read in one pass.
_FIRST = re.compile(
    r"(?:本|该)(?:方案|意见|措施|通知|办法|规定|计划|细则|要点|清单|政策|文件)的?(?:"
    r"[自从][^由]{2,40}(?:施行|实施|执行|生效|试行)|(?:具体)?(?:解释(?:工作|权)?)?[由归].{2,40}(?:解释|承担)|有效期.{1,30})"
)
_FURTHER = re.compile(
    r"(?:并|同时)?(?:[由归].{2,40}解释$|[自从].{2,40}(?:施行|实施|执行|生效|试行)$|试行期|有效期|此前|之前|原|《|以本|按本)"
)
_TASK = re.compile(r"牵头|配合|责任单位|报送|完成")


def without_closing(
    page: Manuscript, groups: list[Group], rules: list[RuleSentence]
) -> tuple[list[Group], list[tuple[Item, str]]]:
    """The groups without articles that only close the document or state a rule for all, and those in reading order with why.

    A document of nothing else keeps them, for then they are what was asked for.
    """
    closing = [
        (item, reason)
        for group in groups
        for item in group.measures
        if (reason := _no_task(page, item, rules))
    ]
    if not closing or len(closing) == sum(len(group.measures) for group in groups):
        return groups, []
    told = {id(item) for item, _ in closing}
    kept = [replace(g, measures=tuple(item for item in g.measures if id(item) not in told)) for g in groups]
    return [group for group in kept if group.measures], closing


def _no_task(page: Manuscript, item: Item, rules: list[RuleSentence]) -> str:
    if _closes(page, item):
        return CLOSING_WORDS
    return RULE if item.row is None and is_rule(page, item.marker.end, item.end, rules) else ""


def _closes(page: Manuscript, item: Item) -> bool:
    if item.row is not None or item.children or item.end - item.start > _LONGEST:
        return False
    words = page.work[item.marker.end : item.end]
    if _TASK.search(words):
        return False
    sentences = [sentence.strip() for sentence in _SENTENCE_STOP.split(words) if sentence.strip()]
    if sentences and _HEADING.fullmatch(sentences[0]):
        del sentences[0]
    first, *more = [phrase.strip() for sentence in sentences for phrase in sentence.split(",")] or [""]
    return _FIRST.fullmatch(first) is not None and all(
        _FURTHER.match(phrase) or _FIRST.fullmatch(phrase) for phrase in more
    )


def release_closing_list(page: Manuscript, items: list[Item]) -> None:
    """End the item above a last line that speaks of the whole document (有关要求：一是…) before that line."""
    for before, item in pairwise(items):
        if item.parent is not None or item.marker.leads_line:
            continue
        begin = page.lines[page.line_at(item.start)].start
        if not before.start < begin or CLOSING_LEAD.match(page.work, begin) is None:
            continue
        before.own_end = begin
        above: Item | None = before
        while above is not None:
            above.end = min(above.end, begin)
            above = above.parent
