"""Which notice is due on which day, by table around holidays and make-up days, and by property over any dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import (
    DayUnit,
    Level,
    Rule,
    Stop,
    distance,
    distance_in_words,
    explain,
    first_day,
    last_day_noticed,
    notices_due,
    step_due_on,
)
from tracker.rules.workdays import WorkCalendar

CALENDAR = WorkCalendar()
SOON, TODAY_KIND, OVERDUE = NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE
SOON_RULE = Rule(id=1, kind=SOON, days=3)
LADDER = Rule(id=2, kind=OVERDUE, days=1, unit=DayUnit.CALENDAR, repeat=5, level=Level.BLUE, climb_after=1)
RULES = (SOON_RULE, LADDER)


def due(due_on: str, today: str, rules=RULES, answered_on: str | None = None, calendar=CALENDAR):
    return [
        (notice.kind, notice.occurrence)
        for notice in notices_due(
            due_on=date.fromisoformat(due_on),
            answered_on=None if answered_on is None else date.fromisoformat(answered_on),
            today=date.fromisoformat(today),
            rules=rules,
            calendar=calendar,
        )
    ]


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
    assert due(due_on, today) == ([] if expected is None else [expected])


def test_a_week_without_a_run_leaves_one_notice_not_a_backlog():
    # 2026-03-12 to 2026-04-10 is more than three steps; only the latest is due.
    assert due("2026-03-12", "2026-04-10") == [(OVERDUE, 3)]


def test_of_several_that_remind_ahead_only_the_nearest_speaks():
    far, today = Rule(id=3, kind=SOON, days=10), Rule(id=4, kind=TODAY_KIND, days=0)
    rules = (far, SOON_RULE, today)
    assert due("2026-03-12", "2026-03-02", rules) == [(SOON, 0)]
    [notice] = notices_due(
        due_on=date(2026, 3, 12), answered_on=None, today=date(2026, 3, 10), rules=rules, calendar=CALENDAR
    )
    assert notice.rule == SOON_RULE
    assert due("2026-03-12", "2026-03-12", rules) == [(TODAY_KIND, 0)]


def test_calendar_days_are_counted_as_such():
    rule = Rule(id=3, kind=SOON, days=3, unit=DayUnit.CALENDAR)
    assert due("2026-03-16", "2026-03-12", (rule,)) == []
    assert due("2026-03-16", "2026-03-13", (rule,)) == [(SOON, 0)]  # Friday before a Monday


def test_the_office_decides_about_a_day():
    calendar = WorkCalendar({date(2026, 3, 10): False})
    assert due("2026-03-12", "2026-03-06") == []
    assert due("2026-03-12", "2026-03-06", calendar=calendar) == [(SOON, 0)]


def level(today: str, answered_on: str | None = None, rule: Rule = LADDER) -> Level | None:
    found = notices_due(
        due_on=date(2026, 3, 12),
        answered_on=None if answered_on is None else date.fromisoformat(answered_on),
        today=date.fromisoformat(today),
        rules=(rule,),
        calendar=CALENDAR,
    )
    return found[0].level if found else None


def test_unanswered_it_climbs_from_blue_over_orange_to_red_and_no_further():
    assert [level(day) for day in ("2026-03-13", "2026-03-20", "2026-03-27", "2026-05-29")] == [
        Level.BLUE,
        Level.ORANGE,
        Level.RED,
        Level.RED,
    ]


def test_an_answer_stops_the_climbing_and_it_begins_anew():
    assert level("2026-03-27") == Level.RED
    assert level("2026-03-27", answered_on="2026-03-24") == Level.BLUE
    assert level("2026-04-03", answered_on="2026-03-24") == Level.ORANGE
    # What was reported before it was overdue answers nothing.
    assert level("2026-03-27", answered_on="2026-03-12") == Level.RED


def test_a_rule_that_stops_when_answered_says_no_more():
    rule = Rule(id=2, kind=OVERDUE, days=1, unit=DayUnit.CALENDAR, repeat=5, stop=Stop.ANSWERED)
    assert level("2026-03-27", rule=rule) == Level.NONE
    assert level("2026-03-27", answered_on="2026-03-20", rule=rule) is None


def test_it_may_start_at_any_colour_and_climb_more_slowly():
    rule = Rule(
        id=2, kind=OVERDUE, days=1, unit=DayUnit.CALENDAR, repeat=5, level=Level.ORANGE, climb_after=2
    )
    days = ("2026-03-13", "2026-03-20", "2026-03-27")
    assert [level(day, rule=rule) for day in days] == [Level.ORANGE, Level.ORANGE, Level.RED]


@pytest.mark.parametrize("field", ["days", "repeat", "climb_after"])
def test_senseless_intervals_are_refused(field):
    with pytest.raises(ValueError, match="不能小于"):
        Rule(**{"id": 1, "kind": SOON, "days": 1, field: -1})


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
        [notice] = notices_due(due_on=due_on, answered_on=None, today=today, rules=RULES, calendar=CALENDAR)
        return explain(notice, today=today, calendar=CALENDAR)

    assert said(date(2026, 3, 12), date(2026, 3, 20)) == (
        "时限2026-03-12，逾期8天（6个工作日）；规则：逾期次日首次催办，此后每5个工作日一次，"
        "本次为第2次（2026-03-20起），下次2026-03-27，橙色"
    )
    soon = said(date(2026, 3, 12), date(2026, 3, 10))
    assert soon == "时限2026-03-12，还有2天（2个工作日）；规则：时限在3个工作日内提醒一次（今天至2026-03-13）"
    last = CALENDAR.known_until
    over_new_year = said(last - timedelta(days=5), last - timedelta(days=2))
    assert "（暂估）" in over_new_year.partition("下次")[2], "the next one lies in a year not announced"
    assert "（暂估）" not in over_new_year.partition("下次")[0]


days = st.dates(min_value=date(2004, 1, 1), max_value=date(2040, 12, 31))
units = st.sampled_from(DayUnit)
ahead = st.builds(Rule, id=st.just(1), kind=st.just(SOON), days=st.integers(0, 15), unit=units)
after = st.builds(
    Rule,
    id=st.just(2),
    kind=st.just(OVERDUE),
    days=st.integers(1, 15),
    unit=units,
    repeat=st.integers(1, 20),
    repeat_unit=units,
)


@given(due_on=days, before=ahead, late=after, offset=st.integers(min_value=-60, max_value=400))
def test_a_notice_is_due_exactly_from_its_first_day(due_on, before, late, offset):
    """The bound given to the database, the step's own first day and the rule agree."""
    today = due_on + timedelta(days=offset)
    rules = (before, late)
    found = notices_due(due_on=due_on, answered_on=None, today=today, rules=rules, calendar=CALENDAR)
    expected = []
    if first_day(before, due_on, CALENDAR) <= today <= due_on:
        expected.append(SOON)
    if first_day(late, due_on, CALENDAR) <= today:
        expected.append(OVERDUE)
    assert sorted(notice.kind for notice in found) == sorted(expected)
    until = last_day_noticed(rules, today=today, calendar=CALENDAR)
    assert not found or (until is not None and due_on <= until), "the index's bound leaves nothing out"
    for notice in found:
        if notice.kind is OVERDUE:
            this, following = (
                step_due_on(rule=late, due_on=due_on, step=step, calendar=CALENDAR)
                for step in (notice.occurrence, notice.occurrence + 1)
            )
            assert this <= today < following


@given(due_on=days, late=after)
def test_day_by_day_every_step_comes_once_and_in_order(due_on, late):
    seen = []
    for offset in range(-5, 90):
        today = due_on + timedelta(days=offset)
        for notice in notices_due(
            due_on=due_on, answered_on=None, today=today, rules=(late,), calendar=CALENDAR
        ):
            if notice.occurrence not in seen:
                seen.append(notice.occurrence)
    assert seen == list(range(len(seen)))
    assert seen
