"""Units and limits stated on an item that has tasks below it reach those tasks, or are told; none vanishes."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan, read_bytes

from .support import account_for, measures_of

STATED = [
    "（一）推进建设。市发改委牵头，市财政局配合，2026年11月底前完成。\n",
    "（一）推进建设。（市发改委牵头，市财政局配合，2026年11月底前完成）\n",
    "（一）推进建设\n牵头单位：市发改委\n配合单位：市财政局\n完成时限：2026年11月底前\n",
    "（一）推进建设，市发改委牵头，市财政局配合，2026年11月底前完成\n",
]


@pytest.mark.parametrize("head", STATED)
def test_tasks_take_units_and_limit_of_their_item_and_keep_their_own(head: str) -> None:
    text = f"南河市2026年方案\n一、重点任务\n{head}1.梳理清单。\n2.建立台账。（市审计局）\n3.组织施工，9月底前完成。\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert [row[1:] for row in measures_of(plan)] == [
        ("市发改委", "市财政局", "2026-11-30"),
        ("市审计局", "", "2026-11-30"),
        ("市发改委", "市财政局", "2026-09-30"),
    ]
    first = [source for source in plan.sections[0].measures[0].provenance if source.field != "title"]
    assert {text[s.start : s.end] for s in first} == {"市发改委", "市财政局", "2026年11月底前"}
    assert all(source.to_confirm and source.reason.startswith("取自所在部分") for source in first)


def test_an_open_end_reaches_the_tasks_with_its_place() -> None:
    text = "南河市2026年方案\n一、重点任务\n（一）修路\n责任单位：市交通局\n完成时限：长期坚持\n1.修东路。\n2.修西路。\n"
    measures = parse_plan(text).sections[0].measures
    assert [(m.lead, m.deadline, m.standing) for m in measures] == [(("市交通局",), None, True)] * 2
    limit = next(source for source in measures[0].provenance if source.field == "deadline")
    assert (text[limit.start : limit.end], limit.to_confirm) == ("长期坚持", True)


def test_words_that_open_a_part_charge_nobody_with_its_tasks() -> None:
    text = "南河市2026年方案\n一、重点任务\n各部门要高度重视，抓好落实。\n1.修东路。\n2.修西路。\n"
    assert [row[1] for row in measures_of(parse_plan(text))] == ["", ""]


def test_what_no_task_needed_is_told_with_its_line() -> None:
    text = (
        f"南河市2026年方案\n一、重点任务\n{STATED[0]}1.梳理。（市统计局，2026年3月底前完成）\n"
        "2.建账。（市审计局，2026年5月底前完成）\n"
    )
    plan = parse_plan(text)
    told = [problem for problem in plan.problems if problem.code == "stated_above_unused"]
    assert [(p.line, "责任单位和完成时限" in p.message) for p in told] == [(3, True)]
    assert [row[1] for row in measures_of(plan)] == ["市统计局", "市审计局"]


def test_an_item_of_a_page_that_says_who_stays_a_task_beside_the_table_below_it() -> None:
    page = (
        "<html><body><h1>青山市2026年重点任务</h1><p>一、经济发展</p><p>（一）新增企业30家。市工信局负责，11月底前完成。</p>"
        "<ol><li>推进建设。</li><li>抓好招商，市商务局牵头，2026年12月底前完成。</li></ol><table><tr><th>序号</th><th>任务</th>"
        "<th>牵头单位</th><th>完成时限</th></tr><tr><td>1</td><td>修路</td><td>市住建局</td><td>10月底前</td></tr></table></body></html>"
    )
    plan = parse_plan(read_bytes(page.encode(), "页面.html"))
    assert [row[1:] for row in measures_of(plan)] == [
        ("市工信局", "", "2026-11-30"),
        ("市商务局", "", "2026-12-31"),
        ("市住建局", "", "2026-10-31"),
    ]


def test_items_without_sub_items_stay_in_the_part_of_their_heading() -> None:
    text = (
        "安远市2024年民生方案\n一、主要任务\n（一）教育工程\n责任领导：张三\n1.新建幼儿园10所。（市教育局）\n2.新建食堂5个。（市市场监管局）\n"
        "3.新增学位\n①公办学位3000个。市发改委牵头。\n②民办学位2000个。市民政局牵头。\n"
    )
    plan = parse_plan(text)
    account_for(plan, text)
    assert [(section.title, [m.title for m in section.measures]) for section in plan.sections] == [
        ("教育工程", ["新建幼儿园10所", "新建食堂5个"]),
        ("新增学位", ["公办学位3000个", "民办学位2000个"]),
    ]
