"""A relative limit counted from a start: working days by the calendar, weeks and years by days and months."""

from datetime import date

import pytest

from tests.makers import days_off
from tracker.importing.counted import counted_from
from tracker.rules.workdays import WorkCalendar

START = date(2026, 11, 24)  # a Tuesday
CALENDAR = WorkCalendar(days_off(2026))


@pytest.mark.parametrize(
    ("relative", "day"),
    [
        ("3个工作日内", date(2026, 11, 27)),
        ("收到通知之日起5个工作日内", date(2026, 12, 1)),
        ("十日内", date(2026, 12, 4)),
        ("两周内", date(2026, 12, 8)),
        ("签收后三个月内", date(2027, 2, 24)),
        ("1年内", date(2027, 11, 24)),
        ("24小时内", None),
        ("半年内", None),
        ("尽快", None),
        ("9999年内", None),
    ],
)
def test_it_is_counted_from_the_start(relative, day):
    assert counted_from(START, relative, calendar=CALENDAR) == day
