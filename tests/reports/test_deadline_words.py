"""The deadline in words: days late and left, in calendar and working days, and when the calendar is provisional."""

from datetime import date

import pytest

from tracker.models import Measure
from tracker.reports.deadline_words import DeadlineWords, deadline_words
from tracker.rules.workdays import WorkCalendar

TODAY = date(
    2026, 10, 12
)  # the Monday after the National Day holiday (1 to 7 October) and the make-up Saturday 10


def words(today=TODAY, **measure):
    measure = Measure(**{"status": "in_progress", **measure})
    return deadline_words(measure, today=today, calendar=WorkCalendar(), near_until=date(2026, 10, 15))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # 8, 9 and the make-up Saturday 10, then the 12th: four days were worked since 30 September
        ({"due_on": date(2026, 9, 30)}, DeadlineWords("逾期12天（4个工作日）", overdue=True)),
        ({"due_on": date(2026, 10, 11)}, DeadlineWords("逾期1天（1个工作日）", overdue=True)),
        ({"due_on": TODAY}, DeadlineWords("今天到期", near=True)),
        ({"due_on": date(2026, 10, 15)}, DeadlineWords("剩3天", near=True)),
        ({"due_on": date(2026, 10, 16)}, DeadlineWords("剩4天")),
        ({"due_on": date(2030, 6, 30)}, DeadlineWords("剩1357天", provisional=True)),
        ({"due_on": None, "standing": True}, DeadlineWords("长期坚持")),
        ({"due_on": None, "status": "draft"}, DeadlineWords("")),
        ({"due_on": date(2026, 9, 1), "status": "closed"}, DeadlineWords("")),
        ({"due_on": date(2026, 9, 1), "status": "suspended"}, DeadlineWords("")),
        # waiting for review: late days stop on the day of application
        (
            {"due_on": date(2026, 10, 8), "status": "closing", "applied_on": date(2026, 10, 9)},
            DeadlineWords("逾期1天（1个工作日）", overdue=True),
        ),
        (
            {"due_on": date(2026, 10, 8), "status": "closing", "applied_on": date(2026, 10, 8)},
            DeadlineWords("等待审核"),
        ),
    ],
)
def test_words(measure, expected):
    assert words(**measure) == expected
