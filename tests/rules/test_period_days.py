"""报送日 and 每期时限: which day fits which cadence, what a cell says, and what becomes of them with another period."""

import pytest

from tracker.rules.period_days import (
    cadence_in_words,
    check_cadence_day,
    check_recurrence_by,
    day_stays,
    parse_cadence_day,
    words_stay,
)
from tracker.rules.violations import InvalidInput


@pytest.mark.parametrize(
    ("cadence", "day"),
    [("none", None), ("weekly", None), ("weekly", 1), ("weekly", 7), ("monthly", 1), ("monthly", 31), ("yearly", 31)],
)  # fmt: skip
def test_a_day_that_its_cadence_has(cadence, day):
    check_cadence_day(cadence, day)


@pytest.mark.parametrize(
    ("cadence", "day", "words"),
    [
        ("none", 5, "请先选择报送周期"),
        ("weekly", 8, "星期几（1–7）"),
        ("weekly", 0, "星期几（1–7）"),
        ("monthly", 0, "1 到 31"),
        ("quarterly", 32, "1 到 31"),
        ("yearly", -1, "1 到 31"),
    ],
)
def test_a_day_that_its_cadence_does_not_have(cadence, day, words):
    with pytest.raises(InvalidInput) as refused:
        check_cadence_day(cadence, day)
    assert words in refused.value.message and refused.value.field == "cadence_day"


@pytest.mark.parametrize(
    ("before", "after", "stays"),
    [
        ("monthly", "monthly", True),
        ("weekly", "weekly", True),
        ("monthly", "quarterly", True),
        ("monthly", "weekly", False),
        ("weekly", "yearly", False),
        ("monthly", "none", False),
    ],
)
def test_a_weekday_is_no_day_of_a_month(before, after, stays):
    assert day_stays(before, after) is stays


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (None, None), ("  ", None), (5, 5), (5.0, 5), ("25", 25), ("２５日", 25), ("25号", 25), ("每月5日", 5),
        ("周五", 5), ("星期日", 7), ("每周天", 7),
    ],
)  # fmt: skip
def test_a_cell_names_its_day(cell, day):
    assert parse_cadence_day(cell) == day


@pytest.mark.parametrize("cell", ["月底", "0", "32", "5.5", "-1", "五", "周八", "5日前"])
def test_a_cell_that_names_no_day(cell):
    with pytest.raises(ValueError, match="不是报送日"):
        parse_cadence_day(cell)


def test_words_need_their_period_and_are_not_too_long():
    check_recurrence_by("none", "")
    check_recurrence_by("monthly", "长" * 100)
    for recurrence, words, told in (("none", "每月5日前", "同时选择"), ("monthly", "长" * 101, "100 个字符")):
        with pytest.raises(InvalidInput, match=told) as refused:
            check_recurrence_by(recurrence, words)
        assert refused.value.field == "recurrence_by"


@pytest.mark.parametrize(
    ("words", "before", "after", "stays"),
    [
        ("每月5日前", "monthly", "monthly", True),
        ("每月5日前", "monthly", "quarterly", False),
        ("每季度首月20日前", "quarterly", "monthly", False),
        ("每季度首月20日前", "monthly", "quarterly", True),
        ("每个月5日前", "monthly", "yearly", False),
        ("按月底", "monthly", "weekly", False),
        ("每周五", "weekly", "none", False),
        ("20日前", "monthly", "quarterly", True),
        ("20日前", "monthly", "none", False),
    ],
)
def test_words_go_with_a_period_that_they_name(words, before, after, stays):
    assert words_stay(words, before, after) is stays


@pytest.mark.parametrize(
    ("cadence", "day", "words"),
    [
        ("weekly", 5, "每…（星期五）"),
        ("monthly", 25, "每…25日"),
        ("quarterly", 20, "每…（最后一个月20日）"),
        ("monthly", None, "每…"),
        ("none", None, "每…"),
    ],
)
def test_a_cadence_with_its_day_reads_as_people_say_it(cadence, day, words):
    assert cadence_in_words("每…", cadence, day) == words
