"""Tell by the words around a date whether something is to be done by it, or it only says when, since when or of which year."""

from __future__ import annotations

import re

from . import date_words as words
from .numerals import to_number

# 次年, 翌年: the year after the one that was said.
NEXT_YEAR = ("次", "翌")


def printed_year(said: words.DateParts) -> str | None:
    """The figures of the year that a date prints."""
    return said.year1 or said.year2 or said.year3 or said.year4 or said.yearspan or said.yearq or said.year5


def year_word(said: words.DateParts) -> str | None:
    """今年, 次年 …: the word that stands for a year."""
    return said.word1 or said.word2 or said.word3 or said.word5


_TO = re.compile(r" ?起?[-—~至到] ?")
_RANGE = re.compile(r"[-—~至到]")


def opens_range(text: str, end: int) -> bool:
    """Whether the date that ends there is the first of two: 3月至5月."""
    following = _TO.match(text, end)
    return following is not None and words.DATES.match(text, following.end()) is not None


def is_limit(
    text: str,
    match: re.Match[str],
    said: words.DateParts,
    tail: re.Match[str] | None,
    context_year: int | None,
) -> bool:
    """Whether by this date (`match` of DATES in `text`, of which `said` are the parts and `tail` what closes it) something is to be
    done; a year before `context_year` is past."""
    before = text[max(0, match.start() - 16) : match.start()]
    limited = tail is not None and tail.group("limit") is not None
    after = text[tail.end() if tail else match.end() : match.end() + 50]
    if not limited and (
        words.NOT_THE_WORK.match(after) or (words.HEARD.search(before) and words.REPORTED.match(after))
    ):
        return False
    begin = max(0, match.start() - 120)
    if text.find("近", begin, match.start()) >= 0 and words.PAST.search(text, begin, match.start()):
        return False
    if not limited and said.month and words.LIST_TO_LIMIT.match(text, match.end()):
        return words.EVERY.search(before) is None
    if said.bare == "全年":
        return words.STAGE_OF_IT.search(after) is not None
    if tail is not None and tail.group("since") == "期间" and words.RANGE_OPENED.search(before):
        return words.DONE_WITHIN.match(after) is not None
    if (tail is not None and tail.group("since")) or opens_range(text, match.end()):
        return False
    if before[-1:] not in _CUTS_OFF:
        bound = _bound_by_words_before(text, match, said, before, after, limited)
        if bound is not None:
            return bound
    if is_feast(text, match.end()):
        if not said.day:
            return False
        limited = True  # 4月15日入汛前
    if (limited or said.day or _ranged(match)) and (
        words.ELIGIBLE_AFTER.match(after) or words.ELIGIBLE_LATER.match(after)
    ):
        return False
    if said.planspan:
        return words.BEFORE_TIED.search(before) is not None
    if limited:
        return words.DONE_BEFORE.match(after) is None
    quarter = said.quarter or said.q or said.first
    ended = said.monthend or said.end or said.bare or said.plan
    if (year_word(said) or "").startswith(NEXT_YEAR) and words.ROUND_HELD.match(after):
        return False
    year = printed_year(said) or said.dy
    if (
        year
        and not ended
        and not said.month
        and (
            words.WHICH_YEAR.match(after)
            or words.WHICH_BEFORE.search(before)
            or words.HAS_BEEN_DONE.match(after)
        )
    ):
        return False
    if year and context_year and int(to_number(year) or 0) < context_year:
        return False
    if said.bare == "年内" and not words.DONE_AFTER.match(after):
        return True
    if stands_alone(text, match.start(), match.end()) or (
        after.startswith((")", "]")) and words.SPAN_IN_BRACKET.search(before)
    ):
        return True
    if (ended or (said.month and not said.day)) and _set_off(text, match):
        return True
    if ended and words.GROWN_AFTER.match(after):
        return True
    if words.BEFORE_TIED.search(before):
        return not words.START_AFTER.match(after) or ended is not None
    if words.LISTED_AFTER.match(after) or words.STAGED_AFTER.match(after):
        return True
    if (quarter or said.half or said.month) and not said.day and words.RATE_AFTER.match(after):
        return True
    if words.START_AFTER.match(after) and not _ranged(match) and not after.startswith("具备"):
        return False
    if ended or said.month or quarter or said.half or said.dy:
        if (
            said.day
            and not ended
            and not re.match(r"[^,。;]{0,6}(?:完成|结束|办结|销号|清零)|[^,。;]{0,8}达到?\d", after)
        ):
            if words.RANGE_OPENED.search(before) and words.WORK_AFTER.match(after):
                return True
            return _ranged(match) and words.RESULT_AFTER.match(after) is not None
        if (_ranged(match) or words.RANGE_OPENED.search(before)) and words.WORK_AFTER.match(after):
            return True
        return words.RESULT_AFTER.match(after) is not None
    if _ranged(match):
        return not words.DONE_AFTER.match(after)
    if year_word(said):
        return (
            words.RESULT_AFTER.match(after) is not None
            and not after.startswith(",")
            and not words.OF_AFTER.match(after)
            and not words.DONE_AFTER.match(after)
        )
    if words.DATES.search(after, 0, _phrase_end(after)):
        return False  # 2024年造林任务须于4月底前完成: the year says which, the month by when
    if after.startswith(","):
        return bool(year) and words.TARGET_AFTER.match(after) is not None
    return bool(year) and words.RESULT_AFTER.match(after) is not None and not after.startswith("度")


# Behind a stop the words before it no longer speak of the date: no pattern of such words reaches across one.
_CUTS_OFF = frozenset({"", ",", "。", ";"})


def _bound_by_words_before(
    text: str, match: re.Match[str], said: words.DateParts, before: str, after: str, limited: bool
) -> bool | None:
    """Whether the words right before a date make it a limit or none; None where they leave it open."""
    at = match.start()
    if words.MOVED_TO.search(before) or (_ranged(match) and words.WORK_SPAN.search(before)):
        return True
    if words.MOVED.search(before) and words.MOVED_LATER_TO.search(text, max(0, at - 60), at):
        return True
    if words.HOLDS.search(text, max(0, at - 28), at):
        return False
    if words.GRANT_TO.search(text, max(0, at - 24), at) and words.GRANT_ENDS.match(after):
        return False
    if _ranged_since(text, match) and words.GRANTED_AFTER.match(after):
        return False
    if words.GRANTED_TO_AFTER.match(after) and words.SPAN_TO.search(text, max(0, at - 24), at):
        return False
    if words.EVERY.search(before) or (
        not limited and words.SET_FOR.search(before) and words.EVENT_AFTER.match(after)
    ):
        return False
    if words.SEASON_SPAN.search(before):
        return False
    if not limited and words.HELD_AFTER.match(after) and words.FORESEEN.search(before):
        return False
    if not limited and said.day and words.SAID_ON.search(before) and after[:1] in {")", "]"}:
        return False
    if words.UNTIL_NOW.search(before):
        if words.DONE_AFTER.search(after) or words.NOT_YET_AFTER.match(after):
            return False
        return limited or words.CLOSING_DAY.search(before) is not None
    if before.rstrip(" ").endswith("以") and words.AS_LIMIT_AFTER.match(after):
        return True
    if words.NOT_A_LIMIT_BEFORE.search(before):
        return limited and words.AS_ORDERED.search(before) is not None
    return None


def _phrase_end(after: str) -> int:
    stop = words.PHRASE_STOP.search(after, 1)
    return stop.start() if stop else len(after)


def is_feast(text: str, end: int) -> bool:
    """Whether a feast, season or term follows, whose day no calendar here knows: 2026年春节前."""
    after = text[end : end + 16]
    # Each form of it names a term, a season or holidays, or what comes before 前.
    may_be = after.find("前", 1) > 0 or "季" in after or "学" in after or "暑" in after or "寒" in after
    return may_be and words.FEAST_AFTER.match(after) is not None


def _ranged(match: re.Match[str]) -> bool:
    return _RANGE.search(match.group()) is not None


def _ranged_since(text: str, match: re.Match[str]) -> bool:
    """Whether the date closes a span that opens with 自 or 从: 自2022年1月1日至2022年12月31日."""
    return words.SPAN_OPENS.search(text, max(0, match.start() - 24), match.start()) is not None or (
        _ranged(match) and text[max(0, match.start() - 1) : match.start()] in {"自", "从"}
    )


def stands_alone(text: str, start: int, end: int) -> bool:
    """The date fills its cell or its part of a bracket."""
    before = text[max(0, start - 30) : start].rstrip(" \n")[-1:]
    after = text[end : end + 30].lstrip(" \n")[:1]
    in_row = (before in {"", "|", "(", "["} and after in {"", "|", ")", "]", "。", ";"}) or (
        before in {"|", ",", ";", ":"} and after in {"|", ")", "]"}
    )
    return in_row and not (before == "" and after == "")


def _set_off(text: str, match: re.Match[str]) -> bool:
    """完成复审稿，11月底；… : the date stands between two stops."""
    before = text[max(0, match.start() - 1) : match.start()]
    return before in {",", ";"} and text[match.end() : match.end() + 1] in {"", ";", "。"}
