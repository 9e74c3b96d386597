"""A period is read as it is written, and one that is no period is refused with a sentence."""

from datetime import date

import pytest

from tracker.rules.periods import between, check_begun, periods_before, read_period
from tracker.rules.violations import InvalidInput


@pytest.mark.parametrize(
    ("text", "first", "last", "name", "code"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年", "2026"),
        (" 2026Q1 ", date(2026, 1, 1), date(2026, 3, 31), "2026年第1季度", "2026Q1"),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第4季度", "2026Q4"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月", "2024-02"),
    ],
)
def test_read(text, first, last, name, code):
    period = read_period(text)
    assert (period.first, period.last, period.name, period.code) == (first, last, name, code)
    assert read_period(period.code) == period


@pytest.mark.parametrize(
    "text", ["", "26", "2026Q5", "2026-13", "2026-0", "1999", "2101", "２０２６", "今年"]
)
def test_no_period(text):
    with pytest.raises(InvalidInput) as refused:
        read_period(text)
    assert refused.value.field == "period"


def test_two_days():
    period = between(date(2026, 3, 10), date(2026, 3, 10))
    assert (period.name, period.code) == ("2026-03-10至2026-03-10", "")
    with pytest.raises(InvalidInput) as refused:
        between(date(2026, 3, 11), date(2026, 3, 10))
    assert refused.value.field == "end"


def test_only_what_has_begun_is_offered_and_taken():
    today = date(2026, 2, 1)
    codes = [period.code for period in periods_before(today)]
    assert codes[:5] == ["2026", "2026Q1", "2026-02", "2026-01", "2025"]
    assert len(codes) == 4 + 17
    check_begun(read_period("2026-02"), today=today)
    with pytest.raises(InvalidInput, match="还没有开始") as refused:
        check_begun(read_period("2026-03"), today=today)
    assert refused.value.field == "period"
    with pytest.raises(InvalidInput) as refused:
        check_begun(between(date(2026, 2, 2), date(2026, 2, 3)), today=today)
    assert refused.value.field == "start"


def test_what_is_not_over_is_judged_until_today():
    assert read_period("2026").until(date(2026, 3, 10)) == date(2026, 3, 10)
    assert read_period("2025").until(date(2026, 3, 10)) == date(2025, 12, 31)
