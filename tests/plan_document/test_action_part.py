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
