"""The day of a period: 报送日 of a reporting cadence, 每期时限 of what recurs; what may be said, and when it still holds.

A report day is reckoned with, so it is a number: of the month, or of the week (tracker/rules/regimes.py next_period_due). A recurring
task keeps the plan's own words (每季度首月20日前, 每年6月底前、12月底前): they name days that no single number holds.
"""

import re
import unicodedata

from tracker.rules import lengths
from tracker.rules.regimes import Cadence
from tracker.rules.violations import InvalidInput

# Longest months and weeks; a shorter month takes its last day.
_LAST_DAY = {Cadence.WEEKLY: 7}
_LONGEST_MONTH = 31
_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"(?:每?周|星期)([一二三四五六日天])")
_DAY = re.compile(r"(?:每月)?([0-9]{1,2})[日号]?")
# Words that name their period themselves: 每月5日前 is no day of a quarter, 20日前 is one of any period.
_NAMED = re.compile(r"(?:每一?个?|按|逐)(周|星期|月|季|年)")
_PERIODS = {
    "周": Cadence.WEEKLY,
    "星期": Cadence.WEEKLY,
    "月": Cadence.MONTHLY,
    "季": Cadence.QUARTERLY,
    "年": Cadence.YEARLY,
}


def wrong_day(cadence: str, day: int) -> str | None:
    """In Chinese why reports of this cadence cannot be due on this day; None when they can."""
    if 1 <= day <= _LAST_DAY.get(Cadence(cadence), _LONGEST_MONTH):
        return None
    if cadence == Cadence.WEEKLY:
        return "每周报送的，报送日为星期几（1–7）。"
    return f"报送日应为 1 到 {_LONGEST_MONTH} 之间的整数。"


def parse_cadence_day(value: object) -> int | None:
    """The day in a 报送日 cell: 5, 5日 or 25号, 周五 or 星期五; None when blank. Raises ValueError with a Chinese message."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "".join(unicodedata.normalize("NFKC", "" if value is None else str(value)).split())
    if not text:
        return None
    weekday = _WEEKDAY.fullmatch(text)
    if weekday is not None:
        return _WEEKDAYS.index(weekday[1].replace("天", "日")) + 1
    day = _DAY.fullmatch(text)
    if day is None or wrong_day(Cadence.MONTHLY, int(day[1])) is not None:
        raise ValueError(f"“{str(value)[:20]}”不是报送日，应为每月几日（1–31），每周报送的为星期几（1–7）。")
    return int(day[1])


def check_cadence_day(cadence: str, day: int | None) -> None:
    """Raises InvalidInput for a report day without a cadence of the measure's own, or one that this cadence does not have."""
    if day is None:
        return
    if cadence == Cadence.NONE:
        raise InvalidInput("没有另定报送周期，不能填写报送日；请先选择报送周期。", field="cadence_day")
    wrong = wrong_day(cadence, day)
    if wrong is not None:
        raise InvalidInput(wrong, field="cadence_day")


def day_stays(before: str, after: str) -> bool:
    """Whether the report day of a cadence holds for the one that takes its place: a weekday is no day of a month."""
    return after != Cadence.NONE and (before == after or Cadence.WEEKLY not in (before, after))


def check_recurrence_by(recurrence: str, words: str) -> None:
    """Raises InvalidInput for 每期时限 of what does not recur, or longer than it may be."""
    if words and recurrence == Cadence.NONE:
        raise InvalidInput("填写了每期时限，请同时选择周期性任务的周期。", field="recurrence_by")
    if len(words) > lengths.RECURRENCE_BY:
        raise InvalidInput(f"每期时限不能超过 {lengths.RECURRENCE_BY} 个字符。", field="recurrence_by")


def words_stay(words: str, before: str, after: str) -> bool:
    """Whether 每期时限 holds for the period that takes its period's place: not where the words themselves name another."""
    if before == after:
        return True
    named = _NAMED.match(words)
    return after != Cadence.NONE and (named is None or _PERIODS[named[1]] == after)


def cadence_in_words(name: str, cadence: str, day: int | None) -> str:
    """The cadence, called `name`, with its report day: 每周（星期五）, 每月25日, 每季度（最后一个月25日）; the name alone without one."""
    if day is None or cadence == Cadence.NONE:
        return name
    if cadence == Cadence.WEEKLY:
        return f"{name}（星期{_WEEKDAYS[min(max(day, 1), 7) - 1]}）"
    return f"{name}{day}日" if cadence == Cadence.MONTHLY else f"{name}（最后一个月{day}日）"
