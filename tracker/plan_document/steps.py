"""Tell the steps of one task from tasks of their own that stand below a heading."""

from __future__ import annotations

import re

from .manuscript import Manuscript
from .outline import Item
from .responsibility import explicit_chunks

DUTY = re.compile(r"牵头|责任(?:单位|部门|[科股处]室|站所)|配合单位|[月年季]底?末?前|按职责分工|负责\)")
_LABELLED = re.compile(
    r"[。;](?:牵头|责任|承办|主办)(?:单位|部门|[科股处]室|站所):|[。;](?:牵头|责任|分管|包保)领导:[^。\n]{2,20};[^。\n]{0,4}责任"
)
_FIELD = re.compile(
    r"(?:责任|牵头|配合|整改|完成|办理|承办)(?:责任)?(?:单位|部门|[科股处]室|站所|领导|时限|期限|时间|人)"
)
_WHO = re.compile(
    r"牵头|责任(?:单位|部门|[科股处]室|站所)|配合单位|按职责分工|负责\)|\([^()\n]{1,60}(?:局|委|办|政府|部门|街道)\)"
)
_AFTER_STOP = re.compile(r"[。!] ?[(\[]$")
_ANNOUNCES = re.compile(r"\[?[\u4e00-\u9fff]{0,4}(?:措施|举措|做法|步骤|要求|任务|内容)(?:\]:?|:)")
STEPS = frozenset({"ring", "paren_digit", "digit_bracket", "letter"})


def is_one_task(page: Manuscript, head: Item) -> bool:
    """An item whose steps run in one paragraph and whose labelled lines come after them is one measure."""
    if head.one_task is None:
        head.one_task = _is_one_task(page, head)
    return head.one_task


def _is_one_task(page: Manuscript, head: Item) -> bool:
    last = head.children[-1]
    if any(_FIELD.fullmatch(page.work, *child.heading) for child in head.children):
        return True  # （三）责任单位：…（四）整改时限：… are what is said of the item above them
    own_lines = [child.marker.leads_line for child in head.children]
    if any(own_lines[1:]) or (own_lines[0] and len(own_lines) == 1):
        return _steps_of_one(page, head)
    first_break = page.work.find("\n", last.start, last.own_end)
    if first_break < 0 or not page.work[first_break : last.own_end].strip():
        # 一要…。二要…。责任单位：甲局: a label behind the last of several points speaks of them all.
        others = any(_WHO.search(page.work, child.start, child.end) for child in head.children[:-1])
        labelled = _LABELLED.search(page.work, last.heading[1], last.own_end) is not None
        return len(head.children) > 1 and ((labelled and not others) or _bracket_for_all(page, head.children))
    return any(True for _ in explicit_chunks(page, first_break, last.own_end))


def _bracket_for_all(page: Manuscript, steps: list[Item]) -> bool:
    """一要…；二要…。（甲局牵头）: a bracket behind the full stop of the last step, where no step before it names anybody."""
    last = steps[-1]
    chunks = explicit_chunks(page, last.heading[1], last.own_end)
    if len(chunks) != 1 or not _AFTER_STOP.search(page.work, last.start, chunks[0][0]):
        return False
    if page.work[chunks[0][1] + 1 : last.own_end].strip(" 。;\n"):
        return False
    return not any(
        step.children or explicit_chunks(page, step.start, step.own_end) for step in steps[:-1]
    ) and not any(_WHO.search(page.work, step.start, step.end) for step in steps[:-1])


def _steps_of_one(page: Manuscript, head: Item) -> bool:
    """Steps on lines of their own of which none names who does it, with labelled lines below the last."""
    steps = head.children
    if any(step.children for step in steps):
        return False
    if any(_WHO.search(page.work, step.start, step.end) for step in steps[:-1]):
        return False
    if any(step.marker.family not in STEPS for step in steps) and not _announced(page, head):
        return _bracket_below(page, steps)
    first_break = page.work.find("\n", steps[-1].start, steps[-1].own_end)
    return first_break >= 0 and any(True for _ in explicit_chunks(page, first_break, steps[-1].own_end))


def _announced(page: Manuscript, head: Item) -> bool:
    """Whether a labelled line right above the steps (整改措施：) says that they are what is done about the item."""
    _, below, last = page.work[head.heading[1] : head.own_end].strip().rpartition("\n")
    return bool(below) and _ANNOUNCES.fullmatch(last.strip()) is not None


def _bracket_below(page: Manuscript, steps: list[Item]) -> bool:
    """Tasks in a list of which none names who does it, and a bracket of units on a line of its own below the last."""
    last = steps[-1]
    words = page.work[last.start : last.own_end].rstrip()
    begin = last.start + words.rfind("\n") + 1  # of the last line
    if begin == last.start or len(steps) < 2 or steps[0].marker.ordinal != 1:
        return False
    if any(explicit_chunks(page, step.start, step.own_end) for step in steps[:-1]):
        return False
    if explicit_chunks(page, last.start, begin):
        return False
    below = page.work[begin : last.own_end].strip()
    return below[:1] in {"(", "["} and bool(explicit_chunks(page, begin, last.own_end))
