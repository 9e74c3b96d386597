"""Read deadlines and stages: the last day of the period that is named, and no date that is no limit."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from typing import NamedTuple

from . import date_words as words
from .date_limits import NEXT_YEAR, is_feast, is_limit, opens_range, printed_year, stands_alone, year_word
from .numerals import to_number

STANDING = re.compile(
    r"长期(?:坚持|推进|任务|实施|工作)?|持续(?:推进|实施|坚持|开展)|常年(?:坚持|推进)?|常态化(?:推进|开展|"
    r"坚持)?|即知即改并长期坚持|坚持常态|立行立改并长期坚持|"
    r"(?<![\u4e00-\u9fff])(?:持续|长效|常态)(?=[ 。;,)\]]|$)"
)
# Said as a limit, between stops or brackets of its own; 常态化开展整治 within a sentence says how, not how long.
STATED_STANDING = re.compile(
    r"(?:^|[，,；;。（(〔【\[：:|])\s*(?P<words>长期坚持|长期推进|长期任务|持续推进|持续坚持|常态化推进|常年坚持)\s*"
    r"(?=$|[，,；;。）)〕】\]|])"
)


class FoundDate(NamedTuple):
    """A limit read from text: its last day, its span, and whether its year came from outside the words.

    A tuple, for a long plan makes tens of thousands and a frozen dataclass takes three times as long to make.
    """

    date: date
    start: int
    end: int
    inherited_year: bool


class DateReading(NamedTuple):
    """All limits in reading order, and the words of a relative limit (3个工作日内) if there is one."""

    found: tuple[FoundDate, ...]
    relative: str | None = None
    relative_span: tuple[int, int] | None = None


def read_dates(work: str, context_year: int | None, *, labelled: bool = False) -> DateReading:
    """Limits in `work` (working-copy text). `labelled`: a deadline field, where any date is a limit."""
    if labelled and len(work) <= _LONGEST_KEPT:
        return _read_field(work, context_year)
    return _read_joined(work, context_year, labelled)


_LONGEST_KEPT = 60  # characters


@lru_cache(maxsize=4096)
def _read_field(work: str, context_year: int | None) -> DateReading:
    """Cached: task after task of a plan has the same limit in its field."""
    return _read_joined(work, context_year, labelled=True)


def _read_joined(work: str, context_year: int | None, labelled: bool) -> DateReading:
    set_apart = " " in work and words.BLANK_BY_MARK.search(work) is not None
    broken = "\n" in work and words.BREAK_IN_DATE.search(work) is not None
    if not (set_apart or broken):
        return _read(work, context_year, labelled)
    kept = list(_kept(work))
    reading = _read("".join(work[at] for at in kept), context_year, labelled)
    found = tuple(
        limit._replace(start=kept[limit.start], end=kept[limit.end - 1] + 1) for limit in reading.found
    )
    span = reading.relative_span
    return reading._replace(found=found, relative_span=span and (kept[span[0]], kept[span[1] - 1] + 1))


def _kept(work: str) -> Iterator[int]:
    """Offsets of all characters but the blanks beside list marks (2022年、 2023年) and breaks within a date."""
    at = 0
    gaps = [*words.BLANK_BY_MARK.finditer(work), *words.BREAK_IN_DATE.finditer(work)]
    for blank in sorted(gaps, key=re.Match.start):
        yield from range(at, blank.start())
        at = blank.end()
    yield from range(at, len(work))


def _read(work: str, context_year: int | None, labelled: bool) -> DateReading:
    text = work
    if "《" in work or "[" in work or "(" in work:
        text = words.BOOK.sub(lambda m: "\0" * len(m.group()), work)
    if "民国" in work:
        text = words.OTHER_CALENDAR.sub(lambda m: "\0" * len(m.group()), text)
    if "、12" in text or "、10" in text:
        text = words.QUARTER_MONTHS.sub(lambda m: "\0" * len(m.group()), text)
    found: list[FoundDate] = []
    mentioned: int | None = None
    opened = -1  # where a day with a year of its own ends, of which the next may close the span
    for match in words.DATES.finditer(text):
        start, end = match.span()
        said = words.DateParts._make(match.groups())
        year_said = printed_year(said)
        if year_said or said.dy:
            mentioned, opened = to_number(year_said or said.dy or ""), end
        tail = words.TAIL.match(text, end)
        if (said.yearspan or said.pm) and not labelled:
            continue  # 2023-2024 names what it is about
        if said.sm and not (labelled or stands_alone(text, start, end)):
            continue  # 1/3 is a share
        if (
            not labelled
            and not is_limit(text, match, said, tail, context_year)
            and not _is_next_stage(text, match, said, found)
        ):
            continue
        if labelled and (
            (said.end is None and year_said and is_feast(text, end))
            or (tail is not None and tail.group("since") in words.ONWARDS)
            or words.EVERY.search(text, max(0, start - 12), start)
            or opens_range(text, end)
            or (not found and words.BEGUN_AFTER.match(text, end) and words.DATES.search(text, end))
        ):
            continue
        year, inherited = _year(said, found, mentioned, context_year, text)
        if inherited and words.SPAN_MARK.fullmatch(text, opened, start) and not year_word(said):
            year, inherited = mentioned, False  # 2023年6月1日至8月31日
        if year is None or not MINYEAR <= year <= MAXYEAR:
            continue  # 明年 after the last year that a calendar has
        day = _last_day(said, year)
        if day is not None:
            stop = tail.end() if tail is not None and tail.group("limit") else end
            found.append(FoundDate(day, start, stop, inherited))
    relative = _relative(text) if _MAY_BE_RELATIVE.search(text) is not None else None
    alone = words.RELATIVE_ALONE.match(text) if labelled and not found else None
    if relative is None and alone is not None:
        return DateReading((), alone.group("span"), alone.span("span"))
    if relative is None:
        return DateReading(tuple(found))
    since = words.RELATIVE_TO.search(text, max(0, relative.start() - 20), relative.start())
    begin = since.start() if since else relative.start()
    return DateReading(tuple(found), text[begin : relative.end()], (begin, relative.end()))


_MAY_BE_RELATIVE = re.compile("[内结复馈]")


def _relative(text: str) -> re.Match[str] | None:
    for match in words.RELATIVE.finditer(text):
        if not words.TARGET_TIME.search(text, max(0, match.start() - 24), match.start()):
            return match
    return None


def _is_next_stage(text: str, match: re.Match[str], said: words.DateParts, found: list[FoundDate]) -> bool:
    """Whether building begins on this date after another stage of the same sentence, or it is one of a list."""
    if found and found[-1].end == match.start() - 1 and text[match.start() - 1] == "、":
        return printed_year(said) is not None and words.LIST_GOES_ON.match(text, match.end()) is not None
    if found and text[match.start() - 1] in ",、" and words.STAGE_FIGURE.match(text, match.end()):
        return "。" not in text[found[-1].end : match.start()]  # 2022年底前50类，2023年80类，…
    if found and text[max(0, match.start() - 2) : match.start()] == "其中":
        return words.SHARE_AFTER.match(text, match.end()) is not None
    if found and _is_next_day(text, match, said, found[-1]):
        return True
    if found and said.bare == "全年" and words.WHOLE_YEAR_AFTER.match(text, match.end()):
        return (
            text.find("。", max(found[-1].end, match.start() - 200), match.start()) < 0
        )  # 前三季度签约30个，全年40个
    if not found or words.NEXT_STAGE.match(text, match.end()) is None:
        return False
    return text.find("。", max(found[-1].end, match.start() - 200), match.start()) < 0


def _is_next_day(text: str, match: re.Match[str], said: words.DateParts, before: FoundDate) -> bool:
    """7月20日至8月5日排练，8月8日带妆彩排: in a list of days and what is done on each, every one is a stage."""
    if said.day is None or text[match.start() - 1] not in ",、;":
        return False
    between = text[before.end : match.start()]
    after = words.DONE_ON_DAY.match(text, match.end())
    return after is not None and len(between) <= 16 and words.DONE_ON_DAY.fullmatch(between) is not None


def _year(
    said: words.DateParts,
    found: list[FoundDate],
    mentioned: int | None,
    context_year: int | None,
    text: str,
) -> tuple[int | None, bool]:
    """The year of a date and whether it came from outside the words.

    Without one of its own a date takes the year of the limit before it, then a year named before it that is
    not past, then the document's.
    """
    printed = printed_year(said) or said.dy
    if printed:
        return to_number(printed), False
    if said.plan:
        return words.PLAN_END[said.plan], False
    word = year_word(said) or ""
    if word.startswith(NEXT_YEAR) and found:
        same = text.startswith(NEXT_YEAR, found[-1].start)  # 次年3月开工，次年10月完工
        return found[-1].date.year + (0 if same else 1), same and found[-1].inherited_year
    if word.startswith(("明", "次", "翌", "来")):
        return (context_year + 1 if context_year else None), True
    if found and not word:
        return found[-1].date.year, found[-1].inherited_year
    if mentioned is not None and not word and (context_year is None or mentioned >= context_year):
        return mentioned, False
    return context_year, True


def _last_day(said: words.DateParts, year: int) -> date | None:
    if said.dm:
        month, printed_day = int(said.dm), said.dd
    elif said.pm:
        month, printed_day = int(said.pm), said.pd
    elif said.sm:
        month, printed_day = int(said.sm), said.sd
    elif said.month:
        month = 1 if said.month == "元" else to_number(said.month) or 0
        printed_day = said.lastday or said.day
    elif said.firstmonths:
        month, printed_day = to_number(said.firstmonths) or 0, None
    else:
        month, day = 12, 31
        quarter = said.firstquarters or said.quarter or said.q
        if quarter:
            month, day = words.QUARTER_END[to_number(quarter) or 4]
        elif said.half in {"上半年", "年中"} or said.mid:
            month, day = 6, 30
        return date(year, month, day)
    if not 1 <= month <= 12:
        return None
    last = _last_of_month(year, month)
    if printed_day:
        wanted = to_number(printed_day) or 0
        return date(year, month, wanted) if 1 <= wanted <= last.day else None
    part = _PARTS_OF_MONTH.get(said.third or "")
    return last if part is None else date(year, month, part)


_PARTS_OF_MONTH = {"初": 10, "上旬": 10, "中旬": 20}


@lru_cache(maxsize=1024)
def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def looks_like_limit(work: str) -> bool:
    """Whether a cell holds a limit: a date, a period, a relative limit, or words for an open end."""
    plain = work.strip(" 。;")
    if not plain or len(plain) > 40:
        return False
    if (
        STANDING.match(plain)
        or words.RELATIVE.search(plain)
        or re.match(
            r"^(?:即时|立即|立行立改|适时|按.{1,8}(?:要求|规定)|分(?:季度?|月|年度?|批|期|阶段)(?:推进|实施|完成|落实)|每[月季年周])",
            plain,
        )
        or words.FEAST_ALONE.match(plain)
    ):
        return True
    found = words.DATES.search(plain)
    return found is not None and (found.start() <= 6 or found.end() >= len(plain) - 6) and len(plain) <= 24
