"""What looks like the sign or number of an item and is none stays text of the item it stands in."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan

from .support import account_for, measures_of, outline_of


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        pytest.param(
            "一、加强管理。具体是：\n●提高认识，统一思想\n●落实责任\n●严格考核\n二、落实责任。\n",
            [[1, "一、", "加强管理"], [1, "二、", "落实责任"]],
            id="bullets",
        ),
        pytest.param(
            "一、依据。根据条例第三条第（一）项，要（一）次办好。\n二、落实。\n",
            [[1, "一、", "依据"], [1, "二、", "落实"]],
            id="a bracketed figure without its next",
        ),
        pytest.param(
            "一、进度\n1 月启动改造，3 月完工。\n2 月验收，全部交付。\n二、落实\n做好工作。\n",
            [[1, "一、", "进度"], [1, "二、", "落实"]],
            id="months at the head of lines",
        ),
        pytest.param(
            "一、分组\n甲组负责道路。\n乙组负责管网。\n二、落实\n做好工作。\n",
            [[1, "一、", "分组"], [1, "二、", "落实"]],
            id="groups named by a stem",
        ),
    ],
)
def test_what_numbers_nothing(text: str, outline: list[list[object]]) -> None:
    plan = parse_plan(text)
    account_for(plan, text)
    assert outline_of(plan) == outline


def test_signs_of_two_kinds_nest() -> None:
    text = "■产业\n●签约项目5个（责任单位：招商局）\n●开工项目2个（责任单位：建设局）\n■城建\n●修路（责任单位：交通局）\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert [(level, marker) for level, marker, _ in outline_of(plan)] == [
        (1, "■"), (2, "●"), (2, "●"), (1, "■"), (2, "●"),
    ]  # fmt: skip
    assert [section.title for section in plan.sections] == ["产业", "城建"]


@pytest.mark.parametrize(
    "signs",
    [("★", "★", "★"), ("● ", "● ", "● "), ("▲", "★", "▲")],
)
def test_a_list_of_nothing_but_signs_is_the_plan(signs: tuple[str, str, str]) -> None:
    one, two, three = signs
    text = (
        f"2025年城市更新工作安排\n{one}改造老旧小区10个。市住建局牵头，6月底前完成。\n"
        f"{two}新建公园3处。由市园林局负责，9月底前完成。\n{three}打通断头路5条。（市住建局）\n"
    )
    plan = parse_plan(text)
    account_for(plan, text)
    assert [row[:2] for row in measures_of(plan)] == [
        ("改造老旧小区10个", "市住建局"), ("新建公园3处", "市园林局"), ("打通断头路5条", "市住建局"),
    ]  # fmt: skip
    assert {level for level, _, _ in outline_of(plan)} == {1}


def test_a_list_of_signs_that_names_nobody_is_the_plan_too() -> None:
    text = "2025年党建工作要点\n●开展主题党日12次。\n●培训党员200名，6月底前完成。\n●完成换届选举。\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert [row[0] for row in measures_of(plan)] == ["开展主题党日12次", "培训党员200名", "完成换届选举"]


def test_signed_tasks_stand_below_their_numbered_heading_with_labels_on_lines_of_their_own() -> None:
    text = (
        "2025年民生实事\n一、城建\n●改造老旧小区10个，惠及2000户。\n责任单位：区住建局\n●新建公园3处，面积2公顷。\n"
        "责任单位：区园林局\n二、要求\n各单位要高度重视。\n"
    )
    plan = parse_plan(text)
    account_for(plan, text)
    assert [row[:2] for row in measures_of(plan)] == [
        ("改造老旧小区10个", "区住建局"), ("新建公园3处", "区园林局"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "区教育局召开会议\n会议强调：\n●要提高认识。\n会议指出，要抓紧抓实。\n●要压实责任。\n各科室要行动。\n全体干部参加。\n区教育局供稿。\n",
        "一、加强管理。具体是：\n●提高认识\n●市住建局牵头整治\n●严格考核\n二、落实责任。\n",
    ],
)
def test_signs_within_a_text_open_no_item(text: str) -> None:
    plan = parse_plan(text)
    account_for(plan, text)
    assert not [marker for _, marker, _ in outline_of(plan) if marker == "●"]
