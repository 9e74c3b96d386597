"""Where the words of a duty begin: behind a number, a star, a tag or a limit that is set before its subject."""

from __future__ import annotations

from .lazy_pattern import lazy_pattern

PERIOD = r"(?:第?[一二三四1-4]季度[底末]?|[上下]半年)"
YEAR = r"(?:20\d\d|[今明次当来])年"
_NUMBER_FIRST = lazy_pattern(
    r" *(?:(?:本次|此次)?会议(?:要求|强调|明确|议定|决定|指出|(?:原则)?同意)[:,]? *|(?:[\u4e00-\u9fff]{0,4}(?:措施|举措|打算|安排|步骤|要求|任务|目标|做法|建议|对策|笃行|思路)|下一?步)[:,] *)?(?:\(?[一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}[、是要]|\d{1,2}(?:\.\d{1,2}){2,4}\.?(?!\d)|\d{1,2}\.\d{1,2}\.?(?= )|\(?\d{1,3}[.、)](?!\d)|"
    r"[①-⑳]|第[一二三四五六七八九十]{1,3}[,、条]|第\d{1,3}[条项款])? *(?:(?:责任|牵头|承办|主办|主管)(?:单位|部门)(?=[省市县区州][\u4e00-\u9fff]{1,12}(?:局|委|办|厅|部)[要应须])|(?:特别|尤其)是|同时,?|此外,?|另外,?|建议(?=[省市县区州镇乡街各]))?"
    # ★【重点任务】市国资委牵头: a star or a tag says what kind of task it is, not by whom.
    r"(?:[★☆▲△●◆◇■□※◎] *)*+"
    r"(?:\[[^\[\]\n、,;]{2,20}\] *(?=[\u4e00-\u9fff★☆▲△●◆◇■□※◎])(?!牵头|负责|配合|参与|落实|等)"
    r"(?:[★☆▲△●◆◇■□※◎] *)*+)?"
)


# 每月25日前各县市区报一次: the limit stands before its subject.
_DATE_FIRST = lazy_pattern(
    r"(?:每(?:周|个?月|季度?|年|半年)|(?:(?:20\d\d|[今明次当来])年)?\d{1,2}月)(?:[底末]|\d{1,2}日)?前|(?:20\d\d|[今明次当来])?年[底末]前|"
    rf"(?:{YEAR})?{PERIOD}前|\d{{1,2}}日前"
)


def after_date(work: str, begin: int, end: int) -> int:
    """Where the words of a phrase go on behind a limit that stands before its subject."""
    found = _DATE_FIRST.match(work, begin, end)
    return found.end() if found and found.end() < end - 3 else begin


# What a number, star, tag or opening word begins with; 下一步打算： only ends in one of two marks.
_OPENS_DUTY = frozenset(" (下本此会一二三四五六七八九十第特尤同另建责牵承主[★☆▲△●◆◇■□※◎①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")


def after_marker(work: str, begin: int, end: int) -> int:
    """Where the words of a phrase begin behind its number, its star and its tag."""
    first = work[begin : begin + 1]
    if (
        first not in _OPENS_DUTY
        and not first.isdecimal()
        and work.find(":", begin, end) < 0
        and work.find(",", begin, end) < 0
    ):
        return begin
    found = _NUMBER_FIRST.match(work, begin, end)
    return found.end() if found else begin
