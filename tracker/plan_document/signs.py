"""Find items that a sign opens instead of a number: ▲教育类 over tasks, ★新建学校3所（市教育局）, a plan of nothing but ● lines."""

from __future__ import annotations

import re

from .charged_paragraphs import says_who
from .duty_words import LABELS
from .hints import NUMBERED_LINE, SPOKEN_NUMBER
from .manuscript import Manuscript
from .markers import FREE, Marker

_SIGN = re.compile(r"(?P<sign>[■◆◇▲△★☆●▼▶►]) ?(?=[\u4e00-\u9fff“][^\n|]{1,200}$)", re.MULTILINE)
_LONGEST_SIGNED = 30


def sign_headings(page: Manuscript, furniture: dict[int, str]) -> list[Marker]:
    """Items that a sign opens, the same on two or more lines.

    Either headings (▲教育类, short, each with text below it) or tasks of which each names who does it
    (●新建学校3所（责任单位：市教育局）, ★改造小区10个。市住建局牵头); one kind of headings at most, so that bullets in a text stay text.
    """
    heads: dict[str, list[Marker]] = {}
    tasks: dict[str, list[Marker]] = {}
    for index, line in enumerate(page.lines):
        match = _SIGN.match(page.work, line.start)
        if match is None or index in furniture or NUMBERED_LINE.match(page.work, match.end()):
            continue
        sign = match.group("sign")
        marker = Marker(FREE, sign, 0, line.start, match.end("sign"), True)
        heads.setdefault(sign, [])
        tasks.setdefault(sign, [])
        if _charges(page, index, match.end()):
            tasks[sign].append(marker)
        elif _heads_text(page, furniture, index, sign):
            heads[sign].append(marker)
        else:  # a bullet in a text: neither, and so none of its sign
            heads[sign].append(marker)
            tasks[sign].append(marker)
    charged = sorted(
        (marker for sign, run in tasks.items() if not heads[sign] for marker in run),
        key=lambda marker: marker.start,
    )
    named = [_side_by_side(charged)] if len(charged) > 1 else []
    named += _dashed_tasks(page, furniture)
    above = [run for sign, run in heads.items() if len(run) > 1 and not tasks[sign]]
    found = [marker for run in named for marker in run]
    if len(above) == 1:
        found += above[0]
    return sorted(found, key=lambda marker: marker.start)


# ★改造小区10个。市住建局牵头: a unit before a verb of leading, or told by 由.
_CHARGED = re.compile(
    r"[局委办厅部院会室中心司府道镇乡区县科股站队](?:总|负责)?(?:牵头|主办|主责)(?!单位|部门|人)|(?<![事缘理])由[省市县区州镇乡街各村][^,。;\n]{1,30}?(?:牵头|负责|承办|实施|落实)|"
    r"[省市县区州镇乡街各][\u4e00-\u9fff]{1,12}[局委办厅部道镇司心](?:、[^,。;\n]{2,40})?(?:(?:按职责)?(?:分工)?负责(?:[,。;)]|$)|[要应须](?:于|在))"
)


def _charges(page: Manuscript, index: int, begin: int) -> bool:
    """Whether a signed line says who does it, in itself or by a label on the line below."""
    line = page.lines[index]
    if LABELS.search(page.work, begin, line.end) or _CHARGED.search(page.work, begin, line.end):
        return True
    if says_who(page, line):
        return True
    following = page.lines[index + 1] if index + 1 < len(page.lines) else None
    stop = page.work[line.end - 1] in "。;"
    return (
        stop and following is not None and LABELS.match(page.work, following.start, following.end) is not None
    )


def _side_by_side(markers: list[Marker]) -> list[Marker]:
    """Tasks under ★ and ▲ in one list are of one level: the sign says of which kind, not below which."""
    first = markers[0].style
    return [marker if marker.style == first else marker._replace(style=first) for marker in markers]


_FEWEST_ALONE = 3


def sign_list(page: Manuscript, furniture: dict[int, str]) -> list[Marker]:
    """The lines of a text that are nothing but a list under one sign or several, without any number.

    Three or more, and no more than as many other lines between the first and the last.
    """
    found: list[Marker] = []
    others = between = 0
    for index, line in enumerate(page.lines):
        if index in furniture:
            continue
        words = page.work[line.start : min(line.end, line.start + 12)]
        if NUMBERED_LINE.match(words) or SPOKEN_NUMBER.match(words) or "|" in words:
            return []
        match = _SIGN.match(page.work, line.start)
        if match is not None:
            found.append(Marker(FREE, match.group("sign"), 0, line.start, match.end("sign"), True))
            others = between
        elif found:
            between += 1
    return _side_by_side(found) if len(found) >= max(_FEWEST_ALONE, others) else []


_DASH = re.compile(r"——+ ?(?=[\u4e00-\u9fff“][^\n|]{4,}$)", re.MULTILINE)


def _dashed_tasks(page: Manuscript, furniture: dict[int, str]) -> list[list[Marker]]:
    """——建强产业链。…责任单位：市工信局: lines behind dashes of which each names who does it.

    Dashes of which none does (基本原则) stay text, wherever they stand.
    """
    run: list[Marker] = []
    for index, line in enumerate(page.lines):
        match = _DASH.match(page.work, line.start) if index not in furniture else None
        if match is None:
            continue
        below = page.lines[index + 1] if index + 1 < len(page.lines) else None
        if LABELS.search(page.work, match.end(), line.end) or (
            below is not None and LABELS.match(page.work, below.start, below.end)
        ):
            run.append(Marker(FREE, "——", 0, line.start, line.start + 2, True))
    return [run] if len(run) > 1 else []


def _heads_text(page: Manuscript, furniture: dict[int, str], index: int, sign: str) -> bool:
    """Whether a signed line is short, without a stop, and stands over a line that the sign does not open."""
    line = page.lines[index]
    words = page.work[line.start : min(line.end, line.start + _LONGEST_SIGNED + 3)]
    if len(words) > _LONGEST_SIGNED + 2 or any(stop in words for stop in "。;:,"):
        return False
    if index + 1 == len(page.lines) or index + 1 in furniture:
        return False
    return not page.work.startswith(sign, page.lines[index + 1].start)
