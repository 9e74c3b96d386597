"""Which notice is due on which day, by table around holidays and make-up days, and by property over any dates."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import (
    DayUnit,
    Level,
    Notice,
    Rule,
    Said,
    Stop,
    distance,
    distance_in_words,
    explain,
    first_day,
    last_day_noticed,
    nearness,
    notice_due,
)
from tracker.rules.workdays import WorkCalendar

CALENDAR = WorkCalendar()
SOON, TODAY_KIND, OVERDUE = NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE
SOON_RULE = Rule(id=1, kind=SOON, days=3)
LADDER = Rule(id=2, kind=OVERDUE, days=1, unit=DayUnit.CALENDAR, repeat=5, level=Level.BLUE, climb_after=1)
RULES = (SOON_RULE, LADDER)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def due(due_on: str, today: str, rules=RULES, calendar=CALENDAR):
    found = [
        notice_due(rule, due_on=day(due_on), answered_on=None, today=day(today), calendar=calendar)
        for rule in rules
    ]
    return [(notice.kind, notice.occurrence) for notice in found if notice is not None]


def run(
    rule: Rule,
    *,
    due_on: date,
    days: list[date],
    answered: dict[date, date] | None = None,
    changed: dict[date, Rule] | None = None,
    calendar=CALENDAR,
    calendars: dict[date, WorkCalendar] | None = None,
) -> list[Notice]:
    """The notices made when the engine runs on these days and everybody hears each on its day; on a day of `answered`
    the department has answered, from one of `changed` or `calendars` on that rule or calendar is in force."""
    made: list[Notice] = []
    answered_on = None
    for today in days:
        rule = (changed or {}).get(today, rule)
        calendar = (calendars or {}).get(today, calendar)
        answered_on = (answered or {}).get(today, answered_on)
        last = made[-1] if made else None
        said = Said(
            step_on=last.step_on if last else None,
            heard_on=last.step_on if last else None,
            level=last.level if last else Level.NONE,
            occurrence=last.occurrence if last else 0,
            times=len(made),
            unanswered=sum(answered_on is None or notice.step_on > answered_on for notice in made),
        )
        found = notice_due(
            rule, due_on=due_on, answered_on=answered_on, today=today, calendar=calendar, said=said
        )
        if found is not None and (last is None or found.step_on != last.step_on):
            made.append(found)
    return made


def every_day(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=offset) for offset in range((end - begin).days + 1)]


@pytest.mark.parametrize(
    ("due_on", "today", "expected"),
    [
        # An ordinary week: 2026-03-12 is a Thursday, Monday the 9th lies three working days before it.
        ("2026-03-12", "2026-03-08", None),  # Sunday: its third working day is Wednesday the 11th
        ("2026-03-12", "2026-03-09", (SOON, 0)),
        ("2026-03-12", "2026-03-12", (SOON, 0)),
        ("2026-03-12", "2026-03-13", (OVERDUE, 0)),
        ("2026-03-12", "2026-03-19", (OVERDUE, 0)),
        ("2026-03-12", "2026-03-20", (OVERDUE, 0)),
        ("2026-03-12", "2026-03-27", (OVERDUE, 0)),
        # A deadline on Friday is overdue on Saturday already. Nobody was told yet: whenever the engine first looks, it is the first.
        ("2026-03-13", "2026-03-14", (OVERDUE, 0)),
        ("2026-03-13", "2026-03-19", (OVERDUE, 0)),
        ("2026-03-13", "2026-03-20", (OVERDUE, 0)),
        # Over National Day (1–7 October off, Saturday the 10th worked).
        ("2026-10-09", "2026-09-28", None),
        ("2026-10-09", "2026-09-29", (SOON, 0)),
        ("2026-10-09", "2026-10-03", (SOON, 0)),
        ("2026-09-30", "2026-10-01", (OVERDUE, 0)),
        ("2026-09-30", "2026-10-12", (OVERDUE, 0)),
        ("2026-09-30", "2026-10-13", (OVERDUE, 0)),
        # Over the Spring Festival: Saturdays 14 and 28 February are worked, 15–23 off.
        ("2026-02-13", "2026-02-14", (OVERDUE, 0)),
        ("2026-02-13", "2026-02-27", (OVERDUE, 0)),
        ("2026-02-13", "2026-02-28", (OVERDUE, 0)),
        # Over New Year: 1–3 January off, Sunday the 4th worked.
        ("2026-01-05", "2025-12-29", None),
        ("2026-01-05", "2025-12-30", (SOON, 0)),
        ("2025-12-31", "2026-01-01", (OVERDUE, 0)),
    ],
)
def test_by_table(due_on, today, expected):
    assert due(due_on, today) == ([] if expected is None else [expected])


def ladder(**kw) -> list[tuple[str, int, Level]]:
    made = run(**{"rule": LADDER, "due_on": date(2026, 3, 12), **kw})
    return [(notice.step_on.isoformat()[5:], notice.occurrence, notice.level) for notice in made]


def test_the_next_notice_comes_an_interval_after_the_last_over_holidays_and_make_up_days():
    def days_of(due_on: str, last: str) -> list[str]:
        made = run(LADDER, due_on=date.fromisoformat(due_on), days=every_day(due_on, last), calendar=CALENDAR)
        return [notice.step_on.isoformat() for notice in made]

    assert days_of("2026-03-12", "2026-03-30") == ["2026-03-13", "2026-03-20", "2026-03-27"]
    # First said on a Saturday: five working days on is Friday.
    assert days_of("2026-03-13", "2026-03-22") == ["2026-03-14", "2026-03-20"]
    # Over National Day (1–7 October off, Saturday the 10th worked), and the Spring Festival (14 and 28 February worked).
    assert days_of("2026-09-30", "2026-10-14") == ["2026-10-01", "2026-10-13"]
    assert days_of("2026-02-13", "2026-03-02") == ["2026-02-14", "2026-02-28"]


def test_the_first_run_on_an_old_plan_and_a_run_after_a_long_pause_climb_no_steps_that_were_never_said():
    assert ladder(days=[date(2026, 8, 3)]) == [("08-03", 0, Level.BLUE)]
    told_once = [date(2026, 3, 13), date(2026, 8, 3), date(2026, 8, 4), date(2026, 8, 10)]
    assert ladder(days=told_once) == [
        ("03-13", 0, Level.BLUE),
        ("08-03", 1, Level.ORANGE),
        ("08-10", 2, Level.RED),
    ]


def test_an_interval_made_longer_or_shorter_counts_from_the_last_notice():
    daily = replace(LADDER, repeat=1)
    days = every_day("2026-03-13", "2026-03-31")
    longer = run(daily, due_on=date(2026, 3, 12), days=days, changed={date(2026, 3, 19): LADDER})
    assert [notice.step_on.day for notice in longer] == [13, 16, 17, 18, 25]
    shorter = run(
        LADDER,
        due_on=date(2026, 3, 12),
        days=days,
        changed={date(2026, 3, 25): replace(LADDER, repeat=2)},
    )
    assert [(notice.step_on.day, notice.level) for notice in shorter] == [
        (13, Level.BLUE),
        (20, Level.ORANGE),
        (25, Level.RED),
        (27, Level.RED),
        (31, Level.RED),
    ]


def test_an_imported_calendar_repeats_nothing():
    works_on = WorkCalendar({date(2026, 3, 14): True, date(2026, 3, 15): True})
    days = every_day("2026-03-13", "2026-03-31")
    made = run(LADDER, due_on=date(2026, 3, 12), days=days, calendars={date(2026, 3, 23): works_on})
    assert [notice.step_on.day for notice in made] == [13, 20, 27]


def test_what_still_waits_in_the_queue_is_not_followed_by_another():
    waiting = Said(step_on=date(2026, 3, 13), level=Level.BLUE, waiting=True)
    found = notice_due(
        LADDER,
        due_on=date(2026, 3, 12),
        answered_on=None,
        today=date(2026, 6, 1),
        calendar=CALENDAR,
        said=waiting,
    )
    assert (found.step_on, found.level, found.occurrence) == (date(2026, 3, 13), Level.BLUE, 0)


def test_of_several_that_remind_ahead_the_one_with_the_shortest_reach_is_nearest():
    far, today = Rule(id=3, kind=SOON, days=10), Rule(id=4, kind=TODAY_KIND, days=0)
    in_order = sorted(
        (far, SOON_RULE, today),
        key=lambda rule: nearness(rule, today=date(2026, 3, 10), calendar=CALENDAR),
    )
    assert in_order == [today, SOON_RULE, far]


def test_calendar_days_are_counted_as_such():
    rule = Rule(id=3, kind=SOON, days=3, unit=DayUnit.CALENDAR)
    assert due("2026-03-16", "2026-03-12", (rule,)) == []
    assert due("2026-03-16", "2026-03-13", (rule,)) == [(SOON, 0)]  # Friday before a Monday


def test_the_office_decides_about_a_day():
    calendar = WorkCalendar({date(2026, 3, 10): False})
    assert due("2026-03-12", "2026-03-06") == []
    assert due("2026-03-12", "2026-03-06", calendar=calendar) == [(SOON, 0)]


def test_unanswered_it_climbs_from_blue_over_orange_to_red_and_no_further():
    assert [colour for _day, _number, colour in ladder(days=every_day("2026-03-12", "2026-04-03"))] == [
        Level.BLUE,
        Level.ORANGE,
        Level.RED,
        Level.RED,
    ]


def test_an_answer_stops_the_climbing_and_it_begins_anew():
    days = every_day("2026-03-12", "2026-04-10")
    answered = {date(2026, 3, 24): date(2026, 3, 24)}
    assert ladder(days=days, answered=answered) == [
        ("03-13", 0, Level.BLUE),
        ("03-20", 1, Level.ORANGE),
        ("03-27", 2, Level.BLUE),
        ("04-03", 3, Level.ORANGE),
    ]


def test_a_notice_not_sent_before_the_answer_came_loses_its_colour():
    red = Said(step_on=date(2026, 3, 27), level=Level.RED, occurrence=2, waiting=True, times=2, unanswered=2)
    found = notice_due(
        LADDER,
        due_on=date(2026, 3, 12),
        answered_on=date(2026, 3, 27),
        today=date(2026, 3, 28),
        calendar=CALENDAR,
        said=red,
    )
    assert (found.step_on, found.level) == (date(2026, 3, 27), Level.BLUE)


def test_a_rule_that_stops_when_answered_says_no_more():
    rule = replace(LADDER, stop=Stop.ANSWERED)
    days = every_day("2026-03-12", "2026-04-10")
    assert len(run(rule, due_on=date(2026, 3, 12), days=days)) > 3
    # What was reported before it was overdue answers nothing.
    early = run(rule, due_on=date(2026, 3, 12), days=days, answered={date(2026, 3, 12): date(2026, 3, 12)})
    assert len(early) > 3
    late = run(rule, due_on=date(2026, 3, 12), days=days, answered={date(2026, 3, 20): date(2026, 3, 20)})
    assert [notice.step_on for notice in late] == [date(2026, 3, 13)]


def test_it_may_start_at_any_colour_and_climb_more_slowly():
    rule = replace(LADDER, level=Level.ORANGE, climb_after=2)
    found = run(rule, due_on=date(2026, 3, 12), days=every_day("2026-03-12", "2026-03-27"))
    assert [notice.level for notice in found] == [Level.ORANGE, Level.ORANGE, Level.RED]


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
    def said(rule: Rule, due_on: date, today: date) -> str:
        days = [due_on + timedelta(days=n) for n in range((today - due_on).days + 1)] or [today]
        return explain(run(rule, due_on=due_on, days=days)[-1], today=today, calendar=CALENDAR)

    assert said(LADDER, date(2026, 3, 12), date(2026, 3, 20)) == (
        "时限2026-03-12，逾期8天（6个工作日）；规则：逾期次日首次催办，此后每5个工作日一次，"
        "本次为第2次（2026-03-20起），下次2026-03-27，橙色"
    )
    soon = said(SOON_RULE, date(2026, 3, 12), date(2026, 3, 10))
    assert soon == "时限2026-03-12，还有2天（2个工作日）；规则：时限在3个工作日内提醒一次（今天至2026-03-13）"
    last = CALENDAR.known_until
    over_new_year = said(LADDER, last - timedelta(days=5), last - timedelta(days=2))
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
    made = [
        notice_due(rule, due_on=due_on, answered_on=None, today=today, calendar=CALENDAR) for rule in rules
    ]
    found = [notice for notice in made if notice is not None]
    expected = []
    if first_day(before, due_on, CALENDAR) <= today <= due_on:
        expected.append(SOON)
    if first_day(late, due_on, CALENDAR) <= today:
        expected.append(OVERDUE)
    assert sorted(notice.kind for notice in found) == sorted(expected)
    until = last_day_noticed(rules, today=today, calendar=CALENDAR)
    assert not found or (until is not None and due_on <= until), "the index's bound leaves nothing out"


@given(due_on=days, late=after, every=st.integers(1, 9))
def test_steps_come_in_order_and_never_within_an_interval(due_on, late, every):
    """However seldom the engine runs, every notice is one more and comes an interval or more after the last."""
    runs = [due_on + timedelta(days=offset) for offset in range(-5, 90, every)]
    made = run(late, due_on=due_on, days=runs)
    assert [notice.occurrence for notice in made] == list(range(len(made)))
    assert made
    for last, following in pairwise(made):
        assert last.next_on is not None
        assert last.next_on <= following.step_on < last.next_on + timedelta(days=every)
