"""The day that a relative limit of a plan's text (收到通知后30个工作日内) gives from a start, for a person to decide on."""

import re
from datetime import date

from tracker.rules.deadlines import LAST_YEAR, DeadlineError, parse_deadline, resolve
from tracker.rules.workdays import WorkCalendar

_LIMIT = re.compile(r"(?P<number>\d+|[一二两三四五六七八九十]+) ?个?(?P<unit>工作日|天|日|月|周|星期|年)")
# In the words of tracker/rules/deadlines.py, and how many of them one of these is.
_UNITS = {
    "工作日": ("个工作日", 1),
    "天": ("天", 1),
    "日": ("天", 1),
    "周": ("天", 7),
    "星期": ("天", 7),
    "月": ("个月", 1),
    "年": ("个月", 12),
}


def counted_from(start: date, relative: str, *, calendar: WorkCalendar) -> date | None:
    """The last day of a limit like “30个工作日内” or “签收后三个月内”; None for hours, halves and what lies too far away."""
    found = list(_LIMIT.finditer(relative))
    if not found:
        return None
    number, unit = found[-1]["number"], found[-1]["unit"]
    name, times = _UNITS[unit]
    try:
        one = parse_deadline(f"+{number}{name}")
        day = resolve(parse_deadline(f"+{one.amount * times}{name}"), start=start, calendar=calendar)
    except DeadlineError:
        return None
    return day if day is not None and day.year <= LAST_YEAR else None
