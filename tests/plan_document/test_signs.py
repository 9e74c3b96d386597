"""What looks like the sign or number of an item and is none stays text of the item it stands in."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan

from .support import account_for, outline_of


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
