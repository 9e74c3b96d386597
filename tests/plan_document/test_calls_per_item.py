"""Reading takes as many steps for an item of a long plan as for one of a short plan, counted in calls and not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from tracker.plan_document import parse_plan
from tracker.plan_document.date_words import DATES, DateParts

SHORT = "{n}．推进项目{n}建设。市财政局牵头，市教育局配合，2024年6月底前完成。\n"
RUN_IN = "{n}是市财政局牵头，6月底前完成；"
FIGURES = "一二三四五六七八九十"


def short_items(count: int) -> str:
    return "2024年工作方案\n" + "".join(SHORT.format(n=n) for n in range(1, count + 1))


def run_in_items(count: int) -> str:
    items = "".join(RUN_IN.format(n=FIGURES[n % 10]) for n in range(count))
    return "2024年工作方案\n一、任务\n（一）推进改革。" + items


def calls_of(text: str) -> int:
    """How many functions are called while a text is read."""
    called = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        parse_plan(text)
    finally:
        sys.setprofile(before)
    return called


# The most calls of functions, methods and built-ins that one item may take: 520 and 350 when this was last set, and room for grammar.
@pytest.mark.parametrize(("made", "most"), [(short_items, 650), (run_in_items, 450)])
def test_each_further_item_takes_as_many_calls_as_those_before(made: Callable[[int], str], most: int) -> None:
    parse_plan(made(20))  # patterns are compiled and tables made at their first use
    few, more, many = (calls_of(made(count)) for count in (100, 200, 400))
    assert parse_plan(made(400)).sections[-1].measures, "nothing was read"
    assert (many - more) / 200 == pytest.approx((more - few) / 100, rel=0.15)
    assert (many - more) / 200 < most


def test_the_parts_of_a_date_are_named_as_its_groups() -> None:
    assert tuple(DATES.groupindex) == DateParts._fields
    assert DATES.groups == len(DateParts._fields)
