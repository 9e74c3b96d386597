"""A line at the foot of a list that is nothing but units and limits speaks of all tasks above it."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan

from .support import account_for, measures_of

HEAD = "南河市2026年方案\n一、重点任务\n（一）交通\n"
LIST = "1.修路。\n2.架桥。\n3.建站。\n"


@pytest.mark.parametrize(
    "closing",
    [
        "市交通局牵头，市财政局配合，6月底前完成。",
        "以上任务由市交通局牵头，市财政局配合，6月底前完成。",
        "牵头单位：市交通局\n配合单位：市财政局\n完成时限：6月底前",
    ],
)
def test_units_and_limits_at_the_foot_reach_all_tasks(closing: str) -> None:
    text = f"{HEAD}{LIST}{closing}\n（二）民生\n1.建校。（市教育局）\n2.建院。（市卫健委）\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert measures_of(plan) == [
        ("修路", "市交通局", "市财政局", "2026-06-30"),
        ("架桥", "市交通局", "市财政局", "2026-06-30"),
        ("建站", "市交通局", "市财政局", "2026-06-30"),
        ("建校", "市教育局", "", None),
        ("建院", "市卫健委", "", None),
    ]
    sources = [s for s in plan.sections[0].measures[0].provenance if s.field != "title"]
    assert all(s.to_confirm and s.reason.startswith("取自本部分末尾") for s in sources)
    assert {text[s.start : s.end] for s in sources} == {"市交通局", "市财政局", "6月底前"}


@pytest.mark.parametrize(
    "tasks",
    [
        "1.修路。（市公路局）\n2.架桥。\n3.建站。\n市交通局牵头。\n",
        "1.修路。\n2.架桥。\n3.建站。\n由市交通局牵头建设新站，市财政局安排资金。\n",
    ],
    ids=["another names its own", "words of the last task"],
)
def test_what_may_be_of_the_last_task_alone_stays_there(tasks: str) -> None:
    plan = parse_plan(HEAD + tasks + "（二）民生\n1.建校。（市教育局）\n2.建院。（市卫健委）\n")
    assert [row[1] for row in measures_of(plan)][1:3] == ["", "市交通局"]
