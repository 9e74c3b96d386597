"""Milestones as lines of text: every way an office writes a date, read back to the same; what is none is named."""

from datetime import date

import pytest

from tracker.rules.milestones import (
    TEXT_LIMIT,
    Milestone,
    MilestoneError,
    format_milestones,
    in_order,
    parse_milestones,
)


@pytest.mark.parametrize(
    ("line", "due_on", "text"),
    [
        ("2026-06-30 完成选址", date(2026, 6, 30), "完成选址"),
        ("2026年6月30日前完成选址", date(2026, 6, 30), "完成选址"),
        ("2026年6月30日：完成选址", date(2026, 6, 30), "完成选址"),
        ("2026．6.30，开工", date(2026, 6, 30), "开工"),
        ("２０２６－０６－３０　完成（一期）", date(2026, 6, 30), "完成（一期）"),
        ("2026/12/1", date(2026, 12, 1), ""),
        ("  2026-06-30   完成：选址  ", date(2026, 6, 30), "完成：选址"),
    ],
)
def test_a_line_is_a_date_and_its_words(line, due_on, text):
    assert parse_milestones(line) == (Milestone(due_on, text),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("完成选址", "应为"),
        ("6月30日 完成选址", "应为"),
        ("2026-02-30 完成选址", "日期不存在"),
        ("0000-01-01 完成选址", "日期不存在"),
        ("2026-06-300 完成选址", "应为"),
        (f"2026-06-30 {'长' * (TEXT_LIMIT + 1)}", "300"),
    ],
)
def test_what_is_no_milestone_is_named(line, words):
    with pytest.raises(MilestoneError, match=words):
        parse_milestones(f"2026-01-01 动工\n{line}")


def test_they_stand_in_order_once_each_and_read_back():
    text = "2026-12-31 竣工\n\n2026-06-30 开工\n2026-12-31 竣工\n2026-12-31"
    found = parse_milestones(text)
    assert format_milestones(found) == "2026-06-30 开工\n2026-12-31 竣工\n2026-12-31"
    assert parse_milestones(format_milestones(found)) == found == in_order(reversed(found[:2])) + found[2:]
    assert parse_milestones(" \n") == ()
