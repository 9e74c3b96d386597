"""The part that orders work is chosen by what it says, and what is left out or guessed is told."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, check_plan, parse_plan, read_document

from .support import HERE

OWN = HERE / "documents"
GIVEN = HERE / "examples" / "documents"


def plan_of(name: str, given: bool = False) -> ParsedPlan:
    return parse_plan(read_document((GIVEN if given else OWN) / name))


def titles(plan: ParsedPlan) -> list[list[str]]:
    return [[measure.title for measure in section.measures] for section in plan.sections]


@pytest.mark.parametrize(
    ("name", "marker", "measures"),
    [
        ("02.txt", "二、", [["建设算力中心", "扩大千兆覆盖"], ["培育龙头企业"]]),
        ("14.txt", "第三部分", [["加快规划编制", "创新投融资机制"]]),
        ("27.txt", "二、", [["加快构建现代化产业体系", "全力扩大内需"]]),
        ("44.txt", "三、", [["完善台账管理", "提升办理质效"]]),
        ("06.txt", "二、", [["完善基础设施", "提升环境品质"]]),
    ],
)
def test_plans_among_findings_goals_and_frames(name: str, marker: str, measures: list[list[str]]) -> None:
    plan = plan_of(name)
    assert plan.action_part is not None
    assert plan.action_part.marker == marker
    assert titles(plan) == measures
    assert check_plan(plan) == ()


def test_a_list_of_tasks_is_itself_the_action_part() -> None:
    plan = plan_of("32.txt")
    assert plan.action_part is None
    assert titles(plan) == [["加强政治建设", "规范权力运行", "深化廉洁教育"]]
    assert plan.sections[0].title == plan.title == "关于推进清廉机关建设的若干措施"


def test_tasks_carry_duties_at_the_third_level() -> None:
    plan = plan_of("07.txt", given=True)
    assert [section.title for section in plan.sections] == ["深化登记便利化", "压缩投资审批时间"]
    assert plan.action_part is not None
    assert plan.action_part.heading == "继续精简办事环节"
    assert plan.sections[0].measures[2].lead == ("市税务局",)


def test_demands_are_tasks_and_problems_are_not() -> None:
    plan = plan_of("15.txt", given=True)
    assert titles(plan) == [["挂图作战", "靠前服务", "严格奖惩"]]
    told = [problem.message for problem in plan.problems if problem.code == "part_not_imported"]
    assert len(told) == 4
    assert "储备偏少" in told[0]


def test_an_item_with_steps_and_labels_below_is_one_measure() -> None:
    plan = plan_of("28.txt")
    measures = [measure for section in plan.sections for measure in section.measures]
    assert [measure.lead for measure in measures] == [("办公室",), ("财务科",)]
    assert "1.修订经费管理办法。2.开展专项清理。" in measures[1].text


def test_a_plan_without_clear_orders_is_guessed_with_a_warning() -> None:
    plan = plan_of("25.txt")
    codes = [problem.code for problem in plan.problems]
    assert "action_part_guessed" in codes
    assert titles(plan) == [["人员密集场所", "“三合一”场所"]]
    assert check_plan(plan) == ()


def test_another_part_with_tasks_is_pointed_out() -> None:
    plan = plan_of("06.txt")
    told = [problem.message for problem in plan.problems if problem.code == "part_not_imported"]
    assert any("2024年改造项目清单" in message for message in told)


def test_numbers_without_words_are_an_error() -> None:
    plan = parse_plan("一、加强监管\n1.开展检查。\n2.\n3.推进整改。\n")
    errors = check_plan(plan)
    assert [(problem.code, problem.line) for problem in errors] == [("empty_measure", 3)]


def test_text_without_any_outline_is_refused() -> None:
    assert [problem.code for problem in check_plan(parse_plan("今天天气很好。"))] == ["no_action_part"]
    assert [problem.code for problem in check_plan(parse_plan(" \n"))] == ["empty"]


def shown(text: str) -> list[tuple[str, list[str]]]:
    """(section, titles of its measures) in reading order."""
    plan = parse_plan(text)
    return [(section.title, [m.title for m in section.measures]) for section in plan.sections]


def test_parts_of_a_plan_side_by_side_are_all_tasks() -> None:
    text = (
        "松岭区食品安全工作要点\n一、强化责任落实\n1.落实党政同责。（区食安办）\n二、强化源头治理\n"
        "2.产地环境更加洁净。（区农业农村局）\n三、狠抓专项行动\n3.整治网络餐饮。（区市场监管局）\n"
    )
    assert shown(text) == [
        ("强化责任落实", ["落实党政同责"]),
        ("强化源头治理", ["产地环境更加洁净"]),
        ("狠抓专项行动", ["整治网络餐饮"]),
    ]


def test_goals_that_name_their_leads_are_tasks_beside_the_part_called_tasks() -> None:
    text = (
        "目标任务责任分解\n一、2021年主要预期目标\n1.生产总值增长8%。\n牵头单位：县发改局\n2.投资增长10%。\n"
        "牵头单位：县发改局\n二、2021年重点工作\n3.建设美丽庭院。\n牵头单位：县妇联\n"
    )
    assert [titles for _, titles in shown(text)] == [["生产总值增长8%", "投资增长10%"], ["建设美丽庭院"]]


def test_a_label_below_the_last_step_speaks_of_the_whole_task() -> None:
    text = (
        "工作方案\n一、重点任务\n1.加强质量监管。\n（1）开展检测2000批次；\n（2）建设追溯点50个。\n"
        "责任单位：市农业局\n2.发展电商。\n（1）建成中心2个。\n责任单位：市商务局\n"
    )
    plan = parse_plan(text)
    assert [(m.title, m.lead) for s in plan.sections for m in s.measures] == [
        ("加强质量监管", ("市农业局",)),
        ("发展电商", ("市商务局",)),
    ]


def test_tasks_of_which_some_have_steps_stay_one_measure_each() -> None:
    text = "关于做好“三夏”工作的通知\n1.抓好抢收。\n2.抓好禁烧。\n（1）网格管理。\n（2）落实值班。\n3.抓好安全。\n"
    assert [titles for _, titles in shown(text)] == [["抓好抢收", "抓好禁烧", "抓好安全"]]


def test_a_heading_and_labelled_lines_keep_their_lines_in_the_text() -> None:
    text = "工作方案\n一、重点任务\n（一）修路\n6月底前完工。\n牵头单位：县交通局\n责任单位：各镇\n（二）架桥\n年内开工。\n"
    measure = parse_plan(text).sections[0].measures[0]
    assert measure.text == "修路\n6月底前完工。\n牵头单位：县交通局\n责任单位：各镇"
