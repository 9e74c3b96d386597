"""The light follows deadline, time-proportional progress and today."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.lifecycle import Status
from tracker.rules.light import Light, Thresholds, is_overdue, light, scheduled_percent

START, DUE = date(2026, 1, 1), date(2026, 4, 11)  # 100 days


def shown(today, percent=0, status=Status.IN_PROGRESS, due_on=DUE, applied_on=None, near_days=3):
    thresholds = Thresholds(yellow_behind=10, red_behind=30, near_until=today + timedelta(days=near_days))
    return light(
        status=status,
        starts_on=START,
        due_on=due_on,
        applied_on=applied_on,
        percent=percent,
        today=today,
        thresholds=thresholds,
    )


@pytest.mark.parametrize(
    ("day", "percent", "expected"),
    [
        (0, 0, Light.GREEN),
        (9, 0, Light.GREEN),  # 9 points behind: undefined in the sources, green by default
        (10, 0, Light.YELLOW),  # 10–30 points behind (Yinchuan 2025)
        (30, 0, Light.YELLOW),
        (31, 0, Light.RED),
        (31, 1, Light.YELLOW),
        (50, 60, Light.GREEN),
        (96, 96, Light.GREEN),
        (97, 97, Light.YELLOW),  # three days before the deadline
        (100, 100, Light.YELLOW),
        (101, 100, Light.RED),  # overdue
    ],
)
def test_light_by_day_and_progress(day, percent, expected):
    assert shown(START + timedelta(days=day), percent) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.DRAFT, Light.NONE),
        (Status.ASSIGNED, Light.RED),
        (Status.CLOSING, Light.RED),
        (Status.CLOSED, Light.DONE),
        (Status.SUSPENDED, Light.NONE),
        (Status.CANCELLED, Light.NONE),
    ],
)
def test_light_of_each_status_after_the_deadline(status, expected):
    assert shown(DUE + timedelta(days=1), 100, status=status) == expected


def test_a_measure_handed_in_on_time_is_not_overdue_while_the_office_reviews():
    late = DUE + timedelta(days=20)
    assert shown(late, 100, status=Status.CLOSING, applied_on=DUE) == Light.GREEN
    assert not is_overdue(status=Status.CLOSING, due_on=DUE, applied_on=DUE, today=late)
    assert is_overdue(status=Status.CLOSING, due_on=DUE, applied_on=DUE + timedelta(days=1), today=late)


def test_a_standing_measure_is_never_overdue():
    assert shown(DUE + timedelta(days=999), due_on=None) == Light.GREEN


@given(st.dates(START - timedelta(days=300), DUE + timedelta(days=300)), st.integers(0, 400))
def test_scheduled_percent_stays_in_range_and_never_falls(day, length):
    due_on = START + timedelta(days=length)
    now = scheduled_percent(starts_on=START, due_on=due_on, on=day)
    later = scheduled_percent(starts_on=START, due_on=due_on, on=day + timedelta(days=1))
    assert 0 <= now <= later <= 100
