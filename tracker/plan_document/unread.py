"""Say which words of the measures look like a limit or a unit and were read as neither, each with its line."""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from .date_words import OTHER_CALENDAR
from .manuscript import Manuscript
from .model import ParsedSection, Problem

# A day of the calendar as figures, with what makes it a limit; whether it exists is looked up afterwards.
_DAY = re.compile(
    r"(?=\d)(?:"
    r"(?:(?P<year>20\d\d) ?年 ?)?(?<![\d.个])(?P<month>\d{1,2}) ?月(?:份? ?(?P<day>\d{1,2}) ?[日号])?"
    r"(?P<limit> ?[底末]?(?:之前|以前|前))?"
    r"|(?<!\d)(?P<year2>20\d\d)(?P<mark>[-/.])(?P<month2>\d{1,2})(?P=mark)(?P<day2>\d{1,2})(?![\d/.-]))"
)
# The first characters decide at most places, which keeps the scan fast.
_FEAST = re.compile(
    r"(?=[2今当明次“\"元春清五劳端中国双十七八重])(?<![一二三四五六七八九十第\d每历])(?:(?P<year>20\d\d) ?年|今年|当年|明年|次年)?[“\"]?"
    r"(?P<feast>元旦|春节|元宵|清明|五一|劳动节|端午|中秋|国庆|双十[一二]|双1[12]|十一|七一|八一|重阳)[”\"]?"
    r"(?:国际)?(?:劳动)?(?:节|小?长假|假期)*(?:之前|以前|前)(?![后夕期列沿往来])"
)
# 汛前, 2024年春播前, 秋季开学前: a season that begins on no day of the calendar; 6月1日入汛前 has its day.
_SEASON = re.compile(
    r"(?=[2今当明次主入汛春秋三双夏采供取封学开暑寒高中雨防冬])(?<![日号末底“入主])(?:(?P<year>20\d\d) ?年|今年|当年|明年|次年)?"
    r"(?:[主入]?汛期?(?!后)|春运|春播|春耕|秋播|三夏|双抢|夏收|秋收|[采供取]暖(?:季|期)?|入冬|封冻|(?:[春秋]季)?(?:学期)?开学|[暑寒]假|暑期|高考|中考|雨季|防火期|[春夏秋冬]季)"
    r"(?:来临|到来|开始)?(?:之前|以前|前)(?![后夕期列沿往来])"
)
_REACHED = r"(?:完成|建成|到位|整改|办结|报送|全面|全部|集中|实施|维修|改造)"
# Limits that say no day, the words without which none of their kind is there, and what is told of them.
_VAGUE: tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...] = (
    (
        # 2025年度考核前, 省“两会”前
        re.compile(
            r"(?=[2年半季两换党人])(?:(?<!\d)20\d\d ?年(?:度|年?[底终末](?=[考检验审评]))?(?![底末内终度初上下前第])[“\"]?[\u4e00-\u9fff]{2,8}|"
            r"(?:年度|年[终底]|半年|季度)(?:[考检审评][核查计评估]|督查|验收)|(?:两会|换届|党代会|人代会))"
            rf"[”\"]?(?:召开|开始|到来|举行)?(?:之前|以前|前)(?=[,。;)\n]|$|{_REACHED})"
        ),
        ("会", "换届", "年"),
        "以活动或工作环节为限，没有换算成日期，请核对后补上",
    ),
    (
        re.compile(rf"(?=[2暑寒])(?:(?<!\d)20\d\d ?年)?(?:暑[期假]|寒假)(?:期间|内|中)?(?={_REACHED})"),
        ("暑", "寒假"),
        "以时令为限，没有换算成日期，请核对后补上",
    ),
    (
        re.compile(r"(?<!\d)\d{1,2} ?月(?: ?\d{1,2} ?[日号]|[底末初]|[上中下]旬)(?:前后|左右)"),
        ("前后", "左右"),
        "不是确定的期限，请核对日期后补上或更正",
    ),
    (
        re.compile(rf"{OTHER_CALENDAR.pattern}(?:之?前|以前)?(?={_REACHED})"),
        ("民国",),
        "用的是民国纪年，没有换算成日期，请核对后补上",
    ),
)
_FIXED_FEASTS = {
    "元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "七一": (7, 1), "八一": (8, 1), "国庆": (10, 1), "十一": (10, 1),
    "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12),
}  # fmt: skip
_WATCHERS = re.compile(
    r"(?P<label>(?:督办|督导|督查|督促|监管|监督|验收|考核|指导|审核)(?:单位|部门|科室|机构))\]? ?:"
)
_LEAP_YEAR = 2024  # 2月29日 without a year may exist


def find_unread(page: Manuscript, sections: tuple[ParsedSection, ...], year: int | None) -> list[Problem]:
    """Days that do not exist, feasts and seasons set as limits, and labels of units that neither lead nor help, within measures.

    `year` completes feasts that name none, for the day that the message proposes.
    """
    spans = sorted((m.start, m.end) for section in sections for m in section.measures)
    starts = [start for start, _ in spans]
    problems: dict[int, Problem] = {}
    vague = [
        (kind, _says(message)) for kind, signs, message in _VAGUE if any(sign in page.work for sign in signs)
    ]
    for pattern, told in ((_DAY, _no_such_day), (_FEAST, _feast), (_SEASON, _season), *vague):
        for match in pattern.finditer(page.work):
            message = told(match, year) if _within(match.start(), spans, starts) else None
            if message is not None:
                line = page.line_number(match.start())
                shown = page.printed(*match.span())
                problem = Problem(
                    line, "unread_limit", f"第{line}行的“{shown}”{message}", start=match.start()
                )
                problems.setdefault(match.start(), problem)
    return [*problems.values(), *_watchers(page, spans, starts)]


def _within(offset: int, spans: list[tuple[int, int]], starts: list[int]) -> bool:
    at = bisect_right(starts, offset) - 1
    return at >= 0 and offset < spans[at][1]


def _no_such_day(match: re.Match[str], _year: int | None) -> str | None:
    month, day = match.group("month", "day")
    if month and 1 <= int(month) <= 12 and (day is None or 1 <= int(day) <= 28):
        return None
    year = match["year"] or match["year2"]
    month = month or match["month2"]
    day = day or match["day2"]
    if not (year or day or match.group("limit")):
        return None
    if 1 <= int(month) <= 12:
        if day is None or 1 <= int(day) <= 28:
            return None
        last = calendar.monthrange(int(year or _LEAP_YEAR), int(month))[1]
        if 1 <= int(day) <= last:
            return None
    return "不是日历上的日期，没有读作时限，请核对后补上"


def _feast(match: re.Match[str], year: int | None) -> str:
    fixed = _FIXED_FEASTS.get(match.group("feast"))
    if fixed is None:
        return "以农历节日为限，没有换算成日期，请对照放假安排补上"
    named = match.group("year")
    if named is None and (year is None or match.group()[:2] in {"明年", "次年"}):
        return "以节日为限，没有换算成日期，请补上"
    # 元旦前 in a plan of 2024 looks ahead to its last day; 2024年元旦前 names the feast's own year.
    ahead = 1 if named is None and match.group("feast") == "元旦" else 0
    eve = date(int(named or year or 0) + ahead, *fixed) - timedelta(days=1)
    return f"以节日为限，没有换算成日期；节前最后一天是{eve.year}年{eve.month}月{eve.day}日，请核对后补上"


def _season(_match: re.Match[str], _year: int | None) -> str:
    return "以时令为限，没有换算成日期，请核对后补上"


def _says(message: str) -> Callable[[re.Match[str], int | None], str | None]:
    return lambda _match, _year: message


def _watchers(page: Manuscript, spans: list[tuple[int, int]], starts: list[int]) -> Iterator[Problem]:
    """One problem for each kind of label, at its first place: a column of them would drown all others."""
    places: dict[str, list[int]] = {}
    for match in _WATCHERS.finditer(page.work):
        if _within(match.start(), spans, starts):
            places.setdefault(match.group("label"), []).append(match.start())
    for label, found in places.items():
        line = page.line_number(found[0])
        where = f"第{line}行" if len(found) == 1 else f"第{line}行等{len(found)}处"
        yield Problem(
            line,
            "unread_label",
            f"{where}的“{label}”只留在正文里，没有列为牵头或配合单位，需要时请补上",
            start=found[0],
        )
