"""Who leads where one clause names several: beside 统筹, behind a bracket, under a star, behind 由, by a bracket of its own."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause, parse_plan


def read(text: str) -> tuple[str, str]:
    """Lead and co of a clause of 2024, names joined by 、."""
    clause = parse_clause(text, 2024)
    return "、".join(clause.lead), "、".join(clause.co)


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("市发改委统筹，市财政局牵头，市教育局、市人社局配合。", "市财政局", "市发改委、市教育局、市人社局"),
        ("建平台。（市发改委统筹，市财政局牵头，市教育局配合）", "市财政局", "市发改委、市教育局"),
        ("由市发改委统筹协调，市财政局具体牵头，6月底前完成。", "市财政局", "市发改委"),
        ("由市财政局牵头、市教育局配合，市发改委统筹推进。", "市财政局", "市教育局、市发改委"),
        ("（市发改委牵头统筹，市教育局配合）", "市发改委", "市教育局"),
        ("（市发改委统筹，市财政局、市教育局配合）", "市发改委", "市财政局、市教育局"),
        ("由市数据局统筹，各县区配合。", "市数据局", "各县区"),
    ],
)
def test_who_only_coordinates_leads_nothing_that_another_leads(text: str, lead: str, co: str) -> None:
    assert read(text) == (lead, co)


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("建平台。牵头单位：市水利局、市住建局（配合）", "市水利局", "市住建局"),
        ("（牵头单位：市水利局、市住建局（配合）、市财政局（协助））", "市水利局", "市住建局、市财政局"),
        ("牵头单位：市水利局、市住建局（协助），市财政局（参与）", "市水利局", "市住建局、市财政局"),
        ("牵头单位：市水利局、市住建局（协办）；责任单位：市财政局", "市水利局", "市住建局、市财政局"),
        ("责任单位：市水利局（配合）、市住建局、市财政局", "市住建局", "市水利局、市财政局"),
        ("市水利局牵头、市住建局（配合）。", "市水利局", "市住建局"),
        ("牵头单位：市水利局（配合）", "市水利局", ""),
        ("牵头单位：市水利局（统筹）、市住建局", "市水利局、市住建局", ""),
        ("责任单位：市水利局、市住建局（督导科）", "市水利局", "市住建局（督导科）"),
    ],
)
def test_a_bracket_says_who_assists(text: str, lead: str, co: str) -> None:
    assert read(text) == (lead, co)


@pytest.mark.parametrize(
    "text",
    [
        "责任单位（★为牵头单位）：市财政局、★市教育局",
        "责任单位（★为牵头单位）：市财政局、市教育局★",
        "责任单位（“▲”为牵头）：市财政局、▲市教育局",
        "责任单位（★者为牵头单位，下同）：市财政局、★市教育局",
        "责任单位（*号为牵头）：市财政局、市教育局*",
        "（责任单位：市财政局、★市教育局，★为牵头单位）",
    ],
)
def test_a_star_rule_without_a_verb_of_marking(text: str) -> None:
    assert read(text) == ("市教育局", "市财政局")


def test_a_star_rule_in_a_column_head_holds_for_all_rows() -> None:
    plan = parse_plan(
        "2024年任务分解表\n|序号|工作任务|责任单位（★为牵头单位）|完成时限|\n"
        "|1|修订应急预案|市财政局、★市教育局|6月底前|\n|2|开展校舍排查|★市住建局、市教育局|9月底前|\n"
    )
    assert [(m.lead, m.co) for section in plan.sections for m in section.measures] == [
        (("市教育局",), ("市财政局",)),
        (("市住建局",), ("市教育局",)),
    ]


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("此项工作由发改委牵头，9月底前完成。", "发改委", ""),
        ("公共数据目录由数据局负责，10月底前发布。", "数据局", ""),
        ("资金由财政负责。", "财政", ""),
        ("由发改牵头，财政、住建配合。", "发改", "财政、住建"),
        ("由组织负责。", "", ""),
        ("由业主负责。", "", ""),
    ],
)
def test_a_short_name_behind_by(text: str, lead: str, co: str) -> None:
    assert read(text) == (lead, co)


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("建停车场（责任单位：市城管局）。改造公厕5座（责任单位：市住建局）。", "市城管局、市住建局", ""),
        (
            "建停车场2处（市城管局、市财政局）；改造公厕5座（市住建局、市财政局）。",
            "市城管局、市住建局",
            "市财政局",
        ),
        (
            "修订预案（牵头单位：市应急局；配合单位：市水利局）。开展演练（牵头单位：市水利局；配合单位：市教育局）。",
            "市应急局、市水利局",
            "市教育局",
        ),
        ("建设平台（市数据局牵头）；推广应用平台（各县区）。", "市数据局", "各县区"),
        ("优化办事流程（市政务局牵头）。全面梳理事项（市数据局）", "市政务局", "市数据局"),
        ("建设平台。（牵头单位：市数据局）（配合单位：市财政局）", "市数据局", "市财政局"),
        ("优化流程（市政务局）\n全面梳理事项，压减材料。（市数据局）", "市政务局", "市数据局"),
    ],
)
def test_each_task_of_a_clause_has_its_own_bracket(text: str, lead: str, co: str) -> None:
    assert read(text) == (lead, co)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("市教育局 2024年6月底前出台方案。", "市教育局"),
        ("市教育局 2024年 6月底前 出台方案。", "市教育局"),
        ("市教育局、市财政局 6月底前 联合出台办法。", "市教育局、市财政局"),
        ("市教育局力争6月底前出台方案。", "市教育局"),
        ("市教育局拟于6月底前出台方案。", "市教育局"),
        ("市教育局争取年内出台方案。", "市教育局"),
        ("市教育局尽快出台方案。", "市教育局"),
        ("市教育局2023年出台的方案继续执行。", ""),
    ],
)
def test_a_limit_or_haste_behind_a_subject_is_an_order(text: str, lead: str) -> None:
    assert read(text) == (lead, "")
