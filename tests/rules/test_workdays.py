"""Working days: real holiday notices, the office's own days, and the laws that adding and counting obey."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import days_off
from tracker.rules.reminder_hours import Hours, may_send
from tracker.rules.workdays import DaySource, WorkCalendar

CALENDAR = WorkCalendar()
LAST_STATUTORY_YEAR = max(day.year for day in chinese_calendar.holidays)
UNKNOWN_YEAR = LAST_STATUTORY_YEAR + 10

# Twenty years, the last ones beyond the notices known today.
days = st.dates(min_value=date(2012, 1, 1), max_value=date(2031, 12, 31))
amounts = st.integers(min_value=0, max_value=600)
calendars = st.dictionaries(days, st.booleans(), max_size=30).map(WorkCalendar)


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


# The 国务院办公厅 notice for 2026; the make-up days below are from the same notice.
@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(date(2026, 1, 1), date(2026, 1, 3), id="元旦"),
        pytest.param(date(2026, 2, 15), date(2026, 2, 23), id="春节"),
        pytest.param(date(2026, 4, 4), date(2026, 4, 6), id="清明节"),
        pytest.param(date(2026, 5, 1), date(2026, 5, 5), id="劳动节"),
        pytest.param(date(2026, 6, 19), date(2026, 6, 21), id="端午节"),
        pytest.param(date(2026, 9, 25), date(2026, 9, 27), id="中秋节"),
        pytest.param(date(2026, 10, 1), date(2026, 10, 7), id="国庆节"),
    ],
)
def test_holidays_of_2026_are_days_off(first: date, last: date) -> None:
    assert [day for day in span(first, last) if CALENDAR.is_workday(day)] == []
    assert CALENDAR.is_workday(last + timedelta(days=1))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ],
)
def test_make_up_weekend_days_of_2026_are_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_workday(day)


def test_agrees_with_the_package_on_every_day_it_covers() -> None:
    covered = span(date(2004, 1, 1), date(LAST_STATUTORY_YEAR, 12, 31))
    assert [day for day in covered if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("day", "amount", "expected"),
    [
        pytest.param(date(2026, 9, 30), 1, date(2026, 10, 8), id="over 国庆"),
        pytest.param(date(2026, 9, 30), 3, date(2026, 10, 10), id="onto a make-up Saturday"),
        pytest.param(date(2026, 2, 13), 2, date(2026, 2, 24), id="make-up Saturday, then over 春节"),
        pytest.param(date(2026, 10, 3), 1, date(2026, 10, 8), id="from a day off"),
        pytest.param(date(2026, 10, 8), -1, date(2026, 9, 30), id="back over 国庆"),
        pytest.param(date(2026, 10, 3), -1, date(2026, 9, 30), id="back from a day off"),
        pytest.param(date(2026, 10, 3), 0, date(2026, 10, 3), id="zero stays, working or not"),
        pytest.param(date(2025, 12, 31), 1, date(2026, 1, 4), id="into the next year"),
        pytest.param(date(2026, 1, 4), -1, date(2025, 12, 31), id="into the year before"),
    ],
)
def test_adds_working_days(day: date, amount: int, expected: date) -> None:
    assert CALENDAR.add_workdays(day, amount) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(date(2026, 9, 30), date(2026, 10, 7), 0, id="国庆 alone"),
        pytest.param(date(2026, 9, 30), date(2026, 10, 10), 3, id="the end counts"),
        pytest.param(date(2026, 10, 10), date(2026, 9, 30), -3, id="reversed"),
        pytest.param(date(2026, 10, 9), date(2026, 10, 9), 0, id="same day"),
        pytest.param(date(2024, 12, 31), date(2026, 12, 31), 248 + 248, id="two whole years"),
    ],
)
def test_counts_working_days(start: date, end: date, expected: int) -> None:
    assert CALENDAR.count_workdays(start, end) == expected


def test_the_offices_own_days_win() -> None:
    calendar = WorkCalendar({date(2026, 10, 8): False, date(2026, 10, 4): True})
    assert not calendar.is_workday(date(2026, 10, 8))
    assert calendar.is_workday(date(2026, 10, 4))
    assert calendar.add_workdays(date(2026, 9, 30), 2) == date(2026, 10, 9)
    assert CALENDAR.is_workday(date(2026, 10, 8)), "one calendar's days must not leak into another"


def test_overrides_are_copied() -> None:
    overrides = {date(2026, 10, 8): False}
    calendar = WorkCalendar(overrides)
    overrides[date(2026, 10, 9)] = False
    assert calendar.is_workday(date(2026, 10, 9))


def test_a_year_without_its_notice_is_monday_to_friday_but_the_laws_own_days_and_provisional() -> None:
    """By the regulation in force since 2025: the lunar holidays too, 春节 with its eve, and what falls on a weekend made good."""
    off = {
        day
        for day in span(date(2027, 1, 1), date(2027, 12, 31))
        if day.weekday() < 5 and not CALENDAR.is_workday(day)
    }
    assert off == {
        date(2027, month, day)
        for month, day in (
            *((1, 1), (4, 5), (6, 9), (9, 15)),
            # 除夕 on Friday, 初三 on Monday; 初一 and 初二 lie on the weekend.
            *((2, 5), (2, 8), (2, 9), (2, 10)),
            # Both days of 劳动节 and two of 国庆节 as well.
            *((5, 3), (5, 4), (10, 1), (10, 4), (10, 5)),
        )
    }
    assert all(CALENDAR.source(day) == DaySource.LAW for day in off)
    assert all(CALENDAR.is_provisional(day) for day in span(date(2027, 1, 1), date(2027, 12, 31)))
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(2003, 12, 31))


@pytest.mark.parametrize(
    ("year", "new_year"), [(2028, (1, 26)), (2033, (1, 31)), (2034, (2, 19)), (2050, (1, 23))]
)
def test_spring_festival_by_the_moon_with_its_eve(year: int, new_year: tuple[int, int]) -> None:
    """Leap months included: 2033 has the one that many tables have wrong."""
    first = date(year, *new_year)
    for day in span(first - timedelta(days=1), first + timedelta(days=2)):
        assert not CALENDAR.is_workday(day)
    assert CALENDAR.is_workday(first - timedelta(days=2)) == ((first - timedelta(days=2)).weekday() < 5)


def test_beyond_what_is_reckoned_the_days_of_a_fixed_date_stay_off() -> None:
    off = [
        d
        for d in span(date(2150, 1, 1), date(2150, 12, 31))
        if d.weekday() < 5 and not CALENDAR.is_workday(d)
    ]
    assert {(day.month, day.day) for day in off} <= {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
    assert off


def test_where_a_day_is_made_good_is_the_notices_to_say() -> None:
    """2027: the law gives two days for a weekend in 春节; once the notice is entered, its own days count."""
    entered = WorkCalendar({**days_off(2027), date(2027, 2, 9): False})
    assert not entered.is_provisional(date(2027, 2, 10))
    assert not entered.is_workday(date(2027, 2, 8)), "初三 is off whatever the notice"
    assert entered.is_workday(date(2027, 2, 10)) and not CALENDAR.is_workday(date(2027, 2, 10))


def test_the_days_that_the_law_fixes_are_off_before_a_year_is_announced() -> None:
    new_year = date(UNKNOWN_YEAR, 1, 1)
    assert not CALENDAR.is_workday(new_year) and CALENDAR.is_provisional(new_year)
    assert CALENDAR.add_workdays(new_year - timedelta(days=1), 1) > new_year
    # The office's own word wins, and the law of today says nothing of the years before it.
    assert WorkCalendar({new_year: True}).is_workday(new_year)
    assert CALENDAR.is_workday(date(2003, 10, 1))


def test_days_off_for_all_seven_holidays_announce_their_year_and_nothing_less_does() -> None:
    make_up = date(UNKNOWN_YEAR + 1, 10, 10)
    notice = days_off(UNKNOWN_YEAR)
    calendar = WorkCalendar({**notice, make_up: True})
    assert not calendar.is_provisional(date(UNKNOWN_YEAR, 3, 1))
    assert calendar.missing_holidays(UNKNOWN_YEAR) == ()
    assert calendar.is_provisional(make_up)
    for left_out in notice:
        partly = WorkCalendar({day: works for day, works in notice.items() if day != left_out})
        assert partly.is_provisional(left_out)
        assert len(partly.missing_holidays(UNKNOWN_YEAR)) == 1
    local = WorkCalendar({date(UNKNOWN_YEAR, 10, 1): False, date(UNKNOWN_YEAR, 7, 7): False})
    assert local.missing_holidays(UNKNOWN_YEAR) == ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节")
    assert CALENDAR.missing_holidays(2026) == ()
    # 中秋 on 3 October 2028 lies within 国庆: eight days off say both.
    golden_week = {date(UNKNOWN_YEAR, 10, day): False for day in range(1, 9)}
    assert "中秋节" not in WorkCalendar(golden_week).missing_holidays(UNKNOWN_YEAR)


def test_every_year_of_the_library_would_count_as_announced() -> None:
    """The spans are wide enough for every notice there has been: each year's own days off, typed in, make it known."""
    for year in range(2008, LAST_STATUTORY_YEAR + 1):
        off = {
            day.replace(year=UNKNOWN_YEAR)
            for day in span(date(year, 1, 1), date(year, 12, 31))
            if not CALENDAR.is_workday(day) and (day.month, day.day) != (2, 29)
        }
        assert WorkCalendar(dict.fromkeys(off, False)).missing_holidays(UNKNOWN_YEAR) == (), year


def test_known_until_grows_only_without_a_gap() -> None:
    last = date(LAST_STATUTORY_YEAR, 12, 31)
    following, later = days_off(LAST_STATUTORY_YEAR + 1), days_off(LAST_STATUTORY_YEAR + 3)
    assert CALENDAR.known_until == last
    assert WorkCalendar(later).known_until == last
    assert WorkCalendar(following | later).known_until == date(LAST_STATUTORY_YEAR + 1, 12, 31)


def test_leaving_the_range_of_dates_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        CALENDAR.add_workdays(date(9999, 12, 1), 60)
    with pytest.raises(OverflowError):
        CALENDAR.add_workdays(date(1, 1, 10), -60)


@given(calendar=calendars, day=days, amount=amounts)
def test_counting_undoes_adding(calendar: WorkCalendar, day: date, amount: int) -> None:
    end = calendar.add_workdays(day, amount)
    assert calendar.count_workdays(day, end) == amount
    assert amount == 0 or calendar.is_workday(end)


@given(calendar=calendars, day=days, amount=amounts)
def test_going_back_is_the_mirror_of_going_forward(calendar: WorkCalendar, day: date, amount: int) -> None:
    start = calendar.add_workdays(day, 1)
    assert calendar.add_workdays(calendar.add_workdays(start, amount), -amount) == start
    assert calendar.count_workdays(start, calendar.add_workdays(start, -amount)) == -amount


@given(calendar=calendars, start=days, length=st.integers(min_value=0, max_value=400))
def test_counting_is_counting_one_by_one(calendar: WorkCalendar, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    one_by_one = sum(calendar.is_workday(day) for day in span(start, end)[1:])
    assert calendar.count_workdays(start, end) == one_by_one
    assert calendar.count_workdays(end, start) == -one_by_one


FIRST, LAST = date(2012, 1, 1), date(2031, 12, 31)
# Small amounts reach the neighbourhood of every day, the others over years that are known and years that are not.
AMOUNTS = (*range(0, 16), 22, 61, 125, 250, 251, 600)


def every_third_turned() -> WorkCalendar:
    """The office's own word on a third of all days, without pattern to the week: weekends worked, weekdays off."""
    turned = (day for day in span(FIRST, LAST) if day.toordinal() % 29 in (0, 4, 7, 11, 13, 18, 19, 20, 26))
    return WorkCalendar({day: not CALENDAR.is_workday(day) for day in turned})


def notices_of_later_years() -> WorkCalendar:
    """What the office enters in November: 元旦, 春节 and 国庆 off, the weekend before worked, for every year not known."""
    days: dict[date, bool] = {}
    for year in range(LAST_STATUTORY_YEAR + 1, LAST.year + 1):
        for first, length in ((date(year, 1, 1), 3), (date(year, 2, 10), 8), (date(year, 10, 1), 7)):
            days |= dict.fromkeys(span(first, first + timedelta(days=length - 1)), False)
            weekend = first - timedelta(days=(first.isoweekday() % 7) or 7)
            days[weekend] = True
    return WorkCalendar(days)


@pytest.mark.parametrize("make", [WorkCalendar, every_third_turned, notices_of_later_years])
def test_adding_then_counting_agrees_on_every_day_of_twenty_years(make) -> None:
    """Each of 7,305 days, forwards and backwards, against the days counted one by one."""
    calendar = make()
    around = span(FIRST - timedelta(days=1100), LAST + timedelta(days=1100))
    worked = [day for day in around if calendar.is_workday(day)]
    every_day = span(FIRST, LAST)
    assert len(every_day) == 7305
    after = {}  # how many worked days of `around` lie up to and including the day
    count = 0
    for day in around:
        count += calendar.is_workday(day)
        after[day] = count
    wrong = []
    for day in every_day:
        before = after[day] - calendar.is_workday(day)
        for amount in AMOUNTS:
            end = calendar.add_workdays(day, amount)
            start = calendar.add_workdays(day, -amount)
            if (
                end != (worked[after[day] + amount - 1] if amount else day)
                or start != (worked[before - amount] if amount else day)
                or calendar.count_workdays(day, end) != amount
                or calendar.count_workdays(end, day) != -amount
                or calendar.count_workdays(start, day)
                != amount + (calendar.is_workday(day) - 1 if amount else 0)
            ):
                wrong.append((day, amount))
    assert wrong == []


def test_nothing_is_sent_in_a_spring_festival_that_is_not_announced_yet() -> None:
    hours = Hours(workdays_only=True)
    assert not may_send(datetime(2027, 2, 8, 10), hours=hours, calendar=CALENDAR)
    assert may_send(datetime(2027, 2, 11, 10), hours=hours, calendar=CALENDAR)
