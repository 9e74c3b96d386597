"""Limits, labels and parts that become no field are said with their line, never dropped in silence."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, parse_clause, parse_plan


def told(plan: ParsedPlan, code: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in plan.problems if problem.code == code]


def plan_with(limit: str) -> ParsedPlan:
    return parse_plan(
        f"2024年工作方案\n1.推进甲。市财政局牵头，{limit}完成。\n2.推进乙。市教育局牵头，6月底前完成。\n"
    )


@pytest.mark.parametrize(
    ("limit", "eve"),
    [
        ("2024年国庆节前", "2024年9月30日"),
        ("“五一”前", "2024年4月30日"),
        ("五一国际劳动节前", "2024年4月30日"),
        ("元旦前", "2024年12月31日"),
        ("2025年元旦前", "2024年12月31日"),
        ("“双十一”前", "2024年11月10日"),
    ],
)
def test_a_feast_of_a_fixed_day_is_told_with_its_eve(limit: str, eve: str) -> None:
    plan = plan_with(limit)
    shown = [(2, f"第2行的“{limit}”以节日为限，没有换算成日期；节前最后一天是{eve}，请核对后补上")]
    assert told(plan, "unread_limit") == shown
    assert plan.sections[0].measures[0].deadline is None


@pytest.mark.parametrize("limit", ["春节前", "2024年中秋节前", "端午假期前"])
def test_a_feast_of_the_lunar_calendar_is_told_without_a_day(limit: str) -> None:
    shown = [(2, f"第2行的“{limit}”以农历节日为限，没有换算成日期，请对照放假安排补上")]
    assert told(plan_with(limit), "unread_limit") == shown


@pytest.mark.parametrize("limit", ["汛前", "2024年春播前", "秋季开学前", "采暖季前", "2024年主汛期到来前"])
def test_a_season_that_begins_on_no_day_is_told(limit: str) -> None:
    plan = plan_with(limit)
    assert told(plan, "unread_limit") == [(2, f"第2行的“{limit}”以时令为限，没有换算成日期，请核对后补上")]
    assert plan.sections[0].measures[0].deadline is None


@pytest.mark.parametrize("limit", ["2024年13月底前", "2023年2月30日前", "6月31日前", "0月底前", "2024-02-31"])
def test_a_day_that_does_not_exist_is_told(limit: str) -> None:
    shown = [(2, f"第2行的“{limit}”不是日历上的日期，没有读作时限，请核对后补上")]
    assert told(plan_with(limit), "unread_limit") == shown


@pytest.mark.parametrize(
    "limit",
    [
        "2024年12月底前",
        "2月29日前",
        "2024年2月29日前",
        "国庆前后",
        "汛期前后",
        "4月15日入汛前",
        "12个月前",
        "2024-02-29",
    ],
)
def test_days_that_exist_and_no_limits_are_not_told(limit: str) -> None:
    assert told(plan_with(limit), "unread_limit") == []


def test_a_feast_outside_the_measures_is_not_told() -> None:
    plan = parse_plan(
        "2024年工作方案\n春节前召开了会议。\n1.推进甲。市财政局牵头，6月底前完成。\n2.推进乙。\n"
    )
    assert told(plan, "unread_limit") == []


def test_work_in_batches_ends_with_its_span() -> None:
    assert str(parse_clause("2023年4月至10月分批办理。（市教育局）", 2023).deadline) == "2023-10-31"


def test_labels_of_those_who_watch_are_told_once_a_kind() -> None:
    plan = parse_plan(
        "2024年工作方案\n1.推进甲。（牵头单位：市财政局；督办单位：市政府督查室）\n"
        "2.推进乙。（牵头单位：市教育局；督办单位：市政府督查室；监管单位：市住建局）\n"
    )
    assert told(plan, "unread_label") == [
        (2, "第2行等2处的“督办单位”只留在正文里，没有列为牵头或配合单位，需要时请补上"),
        (3, "第3行的“监管单位”只留在正文里，没有列为牵头或配合单位，需要时请补上"),
    ]
    assert [measure.co for measure in plan.sections[0].measures] == [(), ()]


FRAMED = """2024年方案
一、总体要求
坚持改革。{first}
二、主要任务
（一）推进乙。市财政局牵头，市教育局参与，2024年6月底前完成。
（二）推进丙。市教育局牵头，2024年7月底前完成。
三、组织保障
{last}
"""


def test_parts_beside_the_tasks_that_name_who_and_when_are_told() -> None:
    plan = parse_plan(
        FRAMED.format(first="市财政局要在2024年5月底前完成绩效评价。", last="市审计局要加大审计力度。")
    )
    assert told(plan, "part_not_imported") == [
        (3, "“一、总体要求”没有列为事项，但第3行写明了单位和时限；需要时请指定任务部分"),
        (8, "“三、组织保障”没有列为事项，但第8行写明了责任单位；需要时请指定任务部分"),
    ]


def test_every_line_of_a_part_beside_the_tasks_that_charges_somebody_is_named() -> None:
    tasks = "市审计局要加大审计力度。\n（一）强化督查。由市财政局牵头。\n（二）做好宣传。\n（三）严格考核。市教育局负责，2024年9月底前完成。"
    plan = parse_plan(FRAMED.format(first="", last=tasks))
    assert told(plan, "part_not_imported") == [
        (8, "“三、组织保障”没有列为事项，但第8行、第9行、第11行写明了单位和时限；需要时请指定任务部分"),
    ]


def test_frames_that_charge_nobody_by_name_are_not_told() -> None:
    plan = parse_plan(FRAMED.format(first="", last="各部门要加强领导。本方案由市财政局负责解释。"))
    assert told(plan, "part_not_imported") == []


def test_a_rule_on_a_line_of_its_own_holds_from_the_next_task_on() -> None:
    plan = parse_plan(
        "2024年方案\n一、发展产业\n（一）推进甲。责任单位：市工信局\n（二）推进乙。责任单位：市教育局\n"
        "以下均由各区县人民政府落实，不再列出责任单位。\n（三）推进丙。责任单位：市住建局\n"
    )
    assert [measure.co for measure in plan.sections[0].measures] == [(), (), ("各区县人民政府",)]
