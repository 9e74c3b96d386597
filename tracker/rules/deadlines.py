"""Deadlines as an assignment sheet writes them, so that “+30天”, “下季度末” or a date cell give a date.

Parsing and resolving are apart: a sheet is checked cell by cell without knowing when its plan starts.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tracker.rules.workdays import WorkCalendar

ACCEPTED_FORMS = (
    "2026-12-31、2026/12/31、2026年12月31日、2026年12月底、2026年底、+30天（自然日）、+5个工作日、+3个月、"
    "本月底、本季度末、下季度末、年底、次年底、第3年底、长期"
)


# What a deadline or milestone of an office can be; anything else is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def wrong_year(given: int) -> str | None:
    """What is wrong with the year in which the dates of a plan shall lie, in Chinese; None when it may be."""
    if FIRST_YEAR <= given <= LAST_YEAR:
        return None
    return f"应在{FIRST_YEAR}到{LAST_YEAR}之间，给出的是{given}。"


class DeadlineError(ValueError):
    """A cell that is no deadline; the message is Chinese and says what is wrong or what is accepted."""


class Kind(StrEnum):
    """What a deadline counts. Ends of periods count from the period in which the start lies."""

    DATE = "date"
    CALENDAR_DAYS = "calendar_days"
    WORKDAYS = "workdays"
    MONTHS = "months"
    MONTH_END = "month_end"
    QUARTER_END = "quarter_end"
    YEAR_END = "year_end"
    STANDING = "standing"


@dataclass(frozen=True)
class DeadlineExpression:
    """One deadline as written.

    `amount` counts calendar days, working days or months after the start, or whole periods after that of
    the start (0 = the end of this month, quarter or year). `on` is set for DATE only.
    str() gives a text that parses back.
    """

    kind: Kind
    amount: int = 0
    on: date | None = None

    def __str__(self) -> str:
        if self.on is not None:
            return self.on.isoformat()
        for text, expression in _FIXED_FORMS.items():
            if expression == self:
                return text
        return _COUNTED_FORMS[self.kind].form(self.amount)


# The first spelling of each is the one that str() gives.
_FIXED_FORMS: dict[str, DeadlineExpression] = {
    **dict.fromkeys(("本月底", "月底", "本月末", "月末", "当月底"), DeadlineExpression(Kind.MONTH_END)),
    **dict.fromkeys(("下月底", "次月底", "下月末", "次月末"), DeadlineExpression(Kind.MONTH_END, 1)),
    **dict.fromkeys(("本季度末", "季度末", "本季末", "季末"), DeadlineExpression(Kind.QUARTER_END)),
    **dict.fromkeys(("下季度末", "次季度末", "下季末", "下季度底"), DeadlineExpression(Kind.QUARTER_END, 1)),
    **dict.fromkeys(
        ("年底", "本年底", "当年底", "今年底", "年末", "本年末"), DeadlineExpression(Kind.YEAR_END)
    ),
    **dict.fromkeys(("次年底", "明年底", "下年底", "次年末", "明年末"), DeadlineExpression(Kind.YEAR_END, 1)),
    **dict.fromkeys(
        ("长期", "长期坚持", "长期推进", "持续推进", "持续坚持", "常态化", "常态化推进"),
        DeadlineExpression(Kind.STANDING),
    ),
}


@dataclass(frozen=True)
class _Counted:
    """How a counted deadline is written, and the most it may be: over twenty years is a slip of the hand."""

    pattern: str
    most: int
    # What the written number exceeds the amount by: 第3年底 is two whole years after the start's own.
    surplus: int = 0

    def form(self, amount: int) -> str:
        return self.pattern.format(amount + self.surplus)


_COUNTED_FORMS: dict[Kind, _Counted] = {
    Kind.CALENDAR_DAYS: _Counted("+{}天", most=7320),
    Kind.WORKDAYS: _Counted("+{}个工作日", most=5000),
    Kind.MONTHS: _Counted("+{}个月", most=240),
    Kind.YEAR_END: _Counted("第{}年底", most=20, surplus=1),
}

# A bare number above this is rather a year or an unformatted date than a count of days.
_MOST_BARE_DAYS = 999

_NUMBER = r"([0-9零〇一二两三四五六七八九十百千]+)"
_ABSOLUTE_DAY = (
    re.compile(rf"{_NUMBER}年{_NUMBER}月{_NUMBER}[日号]?"),
    re.compile(r"(\d+)-(\d+)-(\d+)"),
    re.compile(r"(\d+)/(\d+)/(\d+)"),
    re.compile(r"(\d+)\.(\d+)\.(\d+)"),
)
_ABSOLUTE_MONTH_END = re.compile(rf"{_NUMBER}年{_NUMBER}月[底末]")
_ABSOLUTE_YEAR_END = re.compile(rf"{_NUMBER}年[底末]")
_COUNTED_TEXTS = (
    (Kind.CALENDAR_DAYS, re.compile(rf"\+?{_NUMBER}(?:个?自然日|天|日)内?")),
    (Kind.CALENDAR_DAYS, re.compile(rf"\+{_NUMBER}")),
    (Kind.WORKDAYS, re.compile(rf"\+?{_NUMBER}个?工作日内?")),
    (Kind.MONTHS, re.compile(rf"\+?{_NUMBER}个月内?")),
    (Kind.YEAR_END, re.compile(rf"第{_NUMBER}年[底末]")),
)


def parse_deadline(value: object) -> DeadlineExpression:
    """The deadline in a cell: text, a date or datetime, or a number of days (a +30 typed into Excel).

    Raises DeadlineError for anything else.
    """
    if isinstance(value, datetime):
        return DeadlineExpression(Kind.DATE, on=value.date())
    if isinstance(value, date):
        return DeadlineExpression(Kind.DATE, on=value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    if not _is_blank(value) and isinstance(value, str):
        return _from_text(value)
    what = "时限为空" if _is_blank(value) else f"“{value}”不是可识别的时限"
    raise DeadlineError(f"{what}，可填写：{ACCEPTED_FORMS}。")


def parse_start(value: object) -> DeadlineExpression:
    """The start in a cell, in a deadline's forms, counted from the plan's start; blank is that start itself.

    Raises DeadlineError, also for a standing form (长期), which names no day.
    """
    if _is_blank(value):
        return DeadlineExpression(Kind.CALENDAR_DAYS)
    expression = parse_deadline(value)
    if expression.kind is Kind.STANDING:
        raise DeadlineError(f"开始时间不能是“{value}”，请填写日期，或 +30天 这样的相对时间，或留空。")
    return expression


def resolve(expression: DeadlineExpression, *, start: date, calendar: WorkCalendar) -> date | None:
    """The day on which the deadline falls when counted from `start`; None for a standing matter.

    A relative deadline is never before `start`; an absolute one is returned as it is. One on a day off stays
    there. Raises DeadlineError beyond the year 9999.
    """
    try:
        return _resolve(expression, start, calendar)
    except (OverflowError, ValueError) as error:
        raise DeadlineError(f"时限“{expression}”从{start.isoformat()}起算超出了日期范围。") from error


def _resolve(expression: DeadlineExpression, start: date, calendar: WorkCalendar) -> date | None:
    amount = expression.amount
    match expression.kind:
        case Kind.STANDING:
            return None
        case Kind.DATE:
            return expression.on
        case Kind.CALENDAR_DAYS:
            return start + timedelta(days=amount)
        case Kind.WORKDAYS:
            return calendar.add_workdays(start, amount)
        case Kind.MONTHS:
            # 31 January + 1 month is the last day of February.
            last = _month_end(start.year, start.month + amount)
            return last.replace(day=min(start.day, last.day))
        case Kind.MONTH_END:
            return _month_end(start.year, start.month + amount)
        case Kind.QUARTER_END:
            return _month_end(start.year, (start.month + 2) // 3 * 3 + 3 * amount)
        case Kind.YEAR_END:
            return date(start.year + amount, 12, 31)


def _month_end(year: int, month: int) -> date:
    """The last day of the month; `month` may run over 12 into later years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _from_number(value: float) -> DeadlineExpression:
    if not 0 <= value <= _MOST_BARE_DAYS or not float(value).is_integer():
        raise DeadlineError(
            f"不清楚数字“{value}”是天数还是日期："
            "天数请写成 +30天，日期请写成 2026-12-31（单元格用文本格式）。"
        )
    return DeadlineExpression(Kind.CALENDAR_DAYS, int(value))


def _from_text(value: str) -> DeadlineExpression:
    text = "".join(unicodedata.normalize("NFKC", value).split())
    if text.isdecimal():
        return _from_number(int(text))
    # 2026年年底前 is 2026年底; a date cell that went through plain text carries its midnight.
    text = re.sub("[之以]?前$|00:00:00$", "", text.replace("年年", "年"))
    try:
        expression = _FIXED_FORMS.get(text) or _absolute(text) or _counted(text)
    except ValueError as error:
        raise DeadlineError(f"时限“{value}”有误：{error}。可填写：{ACCEPTED_FORMS}。") from error
    if expression is None:
        raise DeadlineError(f"“{value}”不是可识别的时限，可填写：{ACCEPTED_FORMS}。")
    return expression


def _absolute(text: str) -> DeadlineExpression | None:
    """A day of the calendar, or the end of a named month or year. Raises ValueError with a Chinese reason."""
    for pattern in _ABSOLUTE_DAY:
        if match := pattern.fullmatch(text):
            year, month, day = (_integer(part) for part in match.groups())
            break
    else:
        if match := _ABSOLUTE_MONTH_END.fullmatch(text):
            year, month, day = _integer(match[1]), _integer(match[2]), 31
        elif match := _ABSOLUTE_YEAR_END.fullmatch(text):
            year, month, day = _integer(match[1]), 12, 31
        else:
            return None
        day = monthrange(year, month)[1] if 1 <= month <= 12 else day
    if not 1900 <= year <= 9999:
        raise ValueError("年份要写四位数字")
    try:
        return DeadlineExpression(Kind.DATE, on=date(year, month, day))
    except ValueError as error:
        raise ValueError("日历上没有这一天") from error


def _counted(text: str) -> DeadlineExpression | None:
    """Days, working days or months after the start, or 第N年底. Raises ValueError with a Chinese reason."""
    for kind, pattern in _COUNTED_TEXTS:
        if match := pattern.fullmatch(text):
            form = _COUNTED_FORMS[kind]
            amount = _integer(match[1]) - form.surplus
            if amount < 0:
                raise ValueError("从“第1年底”（起始当年年底）算起")
            if amount > form.most:
                raise ValueError(f"最多为“{form.form(form.most)}”")
            return DeadlineExpression(kind, amount)
    return None


def _integer(number: str) -> int:
    """An Arabic or Chinese whole number. Raises ValueError with a Chinese reason."""
    # Here: loading it compiles patterns, which a process that reads no numeral need not wait for.
    import cn2an  # type: ignore[import-untyped, unused-ignore]

    try:
        return int(cn2an.cn2an(number, "smart"))
    except ValueError as error:
        raise ValueError(f"“{number}”不是数字") from error
