"""Which notice is due on which day, by table around holidays and make-up days, and by property over any dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.reminder_schedule import (
    Notice,
    NoticeKind,
    Schedule,
    distance,
    distance_in_words,
    explain,
    last_deadline_noticed,
    notice_due,
    step_due_on,
)
from tracker.rules.workdays import WorkCalendar

CALENDAR = WorkCalendar()
SCHEDULE = Schedule(due_soon_workdays=3, overdue_repeat_workdays=5)
SOON, OVERDUE = NoticeKind.DUE_SOON, NoticeKind.OVERDUE


def due(due_on: str, today: str, schedule: Schedule = SCHEDULE) -> tuple[NoticeKind, int] | None:
    notice = notice_due(
        due_on=date.fromisoformat(due_on),
        today=date.fromisoformat(today),
        schedule=schedule,
        calendar=CALENDAR,
    )
    return None if notice is None else (notice.kind, notice.occurrence)


@pytest.mark.parametrize(
    ("due_on", "today", "expected"),
    [
        # An ordinary week: 2026-03-12 is a Thursday, Monday the 9th lies three working days before it.
        ("2026-03-12", "2026-03-08", None),  # Sunday: its third working day is Wednesday the 11th
        ("2026-03-12", "2026-03-09", (SOON, 0)),
        ("2026-03-12", "2026-03-12", (SOON, 0)),
        ("2026-03-12", "2026-03-13", (OVERDUE, 0)),
        ("2026-03-12", "2026-03-19", (OVERDUE, 0)),
        ("2026-03-12", "2026-03-20", (OVERDUE, 1)),
        ("2026-03-12", "2026-03-27", (OVERDUE, 2)),
        # A deadline on Friday is overdue on Saturday already; the next step is five working days on, Friday.
        ("2026-03-13", "2026-03-14", (OVERDUE, 0)),
        ("2026-03-13", "2026-03-19", (OVERDUE, 0)),
        ("2026-03-13", "2026-03-20", (OVERDUE, 1)),
        # Over National Day (1–7 October off, Saturday the 10th worked).
        ("2026-10-09", "2026-09-28", None),
        ("2026-10-09", "2026-09-29", (SOON, 0)),
        ("2026-10-09", "2026-10-03", (SOON, 0)),
        ("2026-09-30", "2026-10-01", (OVERDUE, 0)),
        ("2026-09-30", "2026-10-12", (OVERDUE, 0)),
        ("2026-09-30", "2026-10-13", (OVERDUE, 1)),
        # Over the Spring Festival: Saturdays 14 and 28 February are worked, 15–23 off.
        ("2026-02-13", "2026-02-14", (OVERDUE, 0)),
        ("2026-02-13", "2026-02-27", (OVERDUE, 0)),
        ("2026-02-13", "2026-02-28", (OVERDUE, 1)),
        # Over New Year: 1–3 January off, Sunday the 4th worked.
        ("2026-01-05", "2025-12-29", None),
        ("2026-01-05", "2025-12-30", (SOON, 0)),
        ("2025-12-31", "2026-01-01", (OVERDUE, 0)),
    ],
)
def test_by_table(due_on, today, expected):
    assert due(due_on, today) == expected


def test_a_week_without_a_run_leaves_one_notice_not_a_backlog():
    # 2026-03-12 to 2026-04-10 is more than three steps; only the latest is due.
    assert due("2026-03-12", "2026-04-10") == (OVERDUE, 3)


def test_zero_days_ahead_means_the_day_itself():
    schedule = Schedule(due_soon_workdays=0, overdue_repeat_workdays=1)
    assert due("2026-03-12", "2026-03-11", schedule) is None
    assert due("2026-03-12", "2026-03-12", schedule) == (SOON, 0)
    assert due("2026-03-12", "2026-03-17", schedule) == (OVERDUE, 2)


def test_the_office_decides_about_a_day():
    calendar = WorkCalendar({date(2026, 3, 10): False})
    today, due_on = date(2026, 3, 6), date(2026, 3, 11)
    assert notice_due(due_on=due_on, today=today, schedule=SCHEDULE, calendar=CALENDAR) is not None
    wider = last_deadline_noticed(today=today, schedule=SCHEDULE, calendar=calendar)
    assert wider == date(2026, 3, 12)


@pytest.mark.parametrize(("soon", "repeat"), [(-1, 5), (3, 0)])
def test_senseless_intervals_are_refused(soon, repeat):
    with pytest.raises(ValueError, match="不能小于"):
        Schedule(due_soon_workdays=soon, overdue_repeat_workdays=repeat)


@pytest.mark.parametrize(
    ("due_on", "today", "words"),
    [
        ("2026-03-06", "2026-03-10", "逾期4天（2个工作日）"),
        ("2026-03-13", "2026-03-14", "逾期1天（0个工作日）"),
        ("2026-02-13", "2026-02-14", "逾期1天（1个工作日）"),
        ("2026-03-10", "2026-03-10", "今日到期"),
        ("2026-03-13", "2026-03-10", "还有3天（3个工作日）"),
        ("2026-10-08", "2026-09-30", "还有8天（1个工作日）"),
    ],
)
def test_distance_in_words(due_on, today, words):
    found = distance(due_on=date.fromisoformat(due_on), today=date.fromisoformat(today), calendar=CALENDAR)
    assert distance_in_words(found) == words


def test_working_days_of_an_unannounced_year_are_marked():
    beyond = CALENDAR.known_until + timedelta(days=10)
    found = distance(due_on=beyond - timedelta(days=60), today=beyond, calendar=CALENDAR)
    assert found.provisional
    assert "暂估" in distance_in_words(found)


def test_explanations_show_rule_and_arithmetic():
    def said(due_on: date, today: date) -> str:
        notice = notice_due(due_on=due_on, today=today, schedule=SCHEDULE, calendar=CALENDAR)
        assert notice is not None
        return explain(notice, today=today, schedule=SCHEDULE, calendar=CALENDAR)

    overdue = said(date(2026, 3, 12), date(2026, 3, 20))
    assert overdue == (
        "时限2026-03-12，逾期8天（6个工作日）；规则：逾期次日首次催办，此后每5个工作日一次，"
        "本次为第2次（2026-03-20起），下次2026-03-27"
    )
    soon = said(date(2026, 3, 12), date(2026, 3, 10))
    assert soon == "时限2026-03-12，还有2天（2个工作日）；规则：时限在3个工作日内（今天至2026-03-13）提醒一次"


days = st.dates(min_value=date(2004, 1, 1), max_value=date(2040, 12, 31))
schedules = st.builds(
    Schedule,
    due_soon_workdays=st.integers(min_value=0, max_value=15),
    overdue_repeat_workdays=st.integers(min_value=1, max_value=20),
)


@given(due_on=days, schedule=schedules, offset=st.integers(min_value=-60, max_value=400))
def test_a_notice_is_due_exactly_from_its_first_day(due_on, schedule, offset):
    """The bound given to the database, the step's own first day and the rule agree."""
    today = due_on + timedelta(days=offset)
    notice = notice_due(due_on=due_on, today=today, schedule=schedule, calendar=CALENDAR)
    within = due_on <= last_deadline_noticed(today=today, schedule=schedule, calendar=CALENDAR)
    assert (notice is not None) == within
    if notice is None:
        return
    assert notice.due_on == due_on
    if today <= due_on:
        assert notice == Notice(SOON, 0, due_on)
    else:
        assert notice.kind is OVERDUE
        first, following = (
            step_due_on(due_on=due_on, step=step, schedule=schedule, calendar=CALENDAR)
            for step in (notice.occurrence, notice.occurrence + 1)
        )
        assert first <= today < following


@given(due_on=days, schedule=schedules)
def test_day_by_day_every_step_comes_once_and_in_order(due_on, schedule):
    seen = []
    for offset in range(-30, 60):
        notice = notice_due(
            due_on=due_on, today=due_on + timedelta(days=offset), schedule=schedule, calendar=CALENDAR
        )
        if notice is not None and notice not in seen:
            seen.append(notice)
    assert seen[0] == Notice(SOON, 0, due_on)
    assert seen[1:] == [Notice(OVERDUE, step, due_on) for step in range(len(seen) - 1)]
    assert len(seen) > 1
