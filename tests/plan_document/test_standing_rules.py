"""Rules that a document states once hold for the tasks after them, and each field says where it came from."""

from __future__ import annotations

import datetime as dt

import pytest

from tracker.plan_document import ParsedMeasure, parse_clause, parse_plan, read_bytes

from .office import book_bytes, workbook
from .support import account_for, left_for, measures_of

TEXT = """2024年整治方案
一、加强监管
1.完善制度。（责任单位：市财政局、市审计局）
2.明确分工。（责任单位：市财政局、市审计局，列首位者为牵头单位，下同）
3.开展检查。（责任单位：市应急局、市公安局）
4.普查隐患。（市住建局牵头。以下各项任务均需各县（市、区）人民政府落实，不再列出）
5.推进整改。6月底前完成。（市住建局牵头）
二、优化服务（牵头单位：市行政审批局）
6.压缩时限。
7.减少材料。责任单位：市司法局。
"""


def measures() -> dict[str, ParsedMeasure]:
    plan = parse_plan(TEXT)
    return {measure.title: measure for section in plan.sections for measure in section.measures}


def sources(measure: ParsedMeasure, field: str) -> list[tuple[str, str, bool]]:
    return [(TEXT[s.start : s.end], s.reason, s.to_confirm) for s in measure.provenance if s.field == field]


def test_first_listed_leads_to_confirm_until_the_document_says_so() -> None:
    found = measures()
    assert sources(found["完善制度"], "lead") == [("市财政局", "只列责任单位，列首位者视为牵头单位", True)]
    assert sources(found["开展检查"], "lead") == [("市应急局", "文中规定列首位者为牵头单位", False)]
    assert found["明确分工"].co == ("市审计局",)


def test_units_for_all_later_tasks_are_not_given_to_earlier_ones() -> None:
    found = measures()
    assert found["开展检查"].co == ("市公安局",)
    assert found["普查隐患"].lead == ("市住建局",)
    assert found["普查隐患"].co == ("各县（市、区）人民政府",)
    assert found["推进整改"].co == ("各县（市、区）人民政府",)
    text, reason, to_confirm = sources(found["推进整改"], "co")[0]
    assert text.startswith("以下各项任务均需各县（市、区）人民政府落实")
    assert reason == "文中对以下各项统一作出的规定"
    assert not to_confirm


def test_units_of_a_section_reach_its_measures_to_confirm() -> None:
    found = measures()
    assert found["压缩时限"].lead == ("市行政审批局",)
    assert sources(found["压缩时限"], "lead") == [("市行政审批局", "取自所在部分的责任单位", True)]
    assert found["减少材料"].lead == ("市司法局",)


def test_year_from_the_document_is_to_confirm() -> None:
    found = measures()
    assert found["推进整改"].deadline == dt.date(2024, 6, 30)
    text, reason, to_confirm = sources(found["推进整改"], "deadline")[0]
    assert (text, to_confirm) == ("6月底前", True)
    assert "年份取自文件" in reason


def test_clause_sources_point_at_the_words() -> None:
    text = "（牵头单位：市科技局；配合单位：市教育局；完成时限：2025年9月底前）"
    clause = parse_clause(text)
    shown = {(s.field, text[s.start : s.end]) for s in clause.sources}
    assert shown == {("lead", "市科技局"), ("co", "市教育局"), ("deadline", "2025年9月底前")}


def test_relative_and_standing_limits_are_told() -> None:
    assert parse_clause("会后3个工作日内反馈。").relative == "会后3个工作日内"
    assert parse_clause("完成时限：长期坚持").standing is True
    assert parse_clause("2024年6月底前完成。").standing is False


@pytest.mark.parametrize("note", ["注：标▲的为牵头单位。", "注：带“▲”号者为牵头单位。"])
def test_a_sign_at_a_name_says_that_it_leads(note: str) -> None:
    text = (
        "2024年任务清单\n序号 | 任务 | 责任单位 | 完成时限\n1 | 改造管网 | 市财政局、市住建局▲ | 6月底\n"
        f"2 | 建成公园 | ▲市园林局、市财政局 | 9月底\n3 | 修订办法 | 市司法局、市财政局 | 年底\n{note}\n"
    )
    assert [row[1:3] for row in measures_of(parse_plan(text))] == [
        ("市住建局", "市财政局"),
        ("市园林局", "市财政局"),
        ("市司法局", "市财政局"),
    ]


def test_a_note_below_a_table_speaks_of_the_rows_above_and_is_no_task() -> None:
    rows: list[list[object]] = [
        ["序号", "任务", "责任单位", "完成时限"],
        [1, "建设医院", "市卫健委", "2024年9月底"],
        [2, "建设书房", "市教育局", ""],
        ["注：各县区政府负责落实以上各项任务，不再单独列出。"],
        ["除注明时限外，均须于2024年11月30日前完成。"],
    ]
    source = read_bytes(book_bytes(workbook(rows)), "台账.xlsx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert [row[0] for row in measures_of(plan)] == ["建设医院", "建设书房"]
    assert [row[2:] for row in measures_of(plan)] == [
        ("各县区政府", "2024-09-30"),
        ("各县区政府", "2024-11-30"),
    ]
    notes = [line.rstrip(" |") for line in left_for(plan, "对各项任务的统一规定")]
    assert notes == [str(rows[3][0]), str(rows[4][0])]
    by_note = [s for m in plan.sections[0].measures for s in m.provenance if s.field == "co"]
    assert {(s.reason, s.to_confirm) for s in by_note} == {("文中对以上各项统一作出的规定", True)}


def test_a_rule_that_is_numbered_like_a_task_is_none_and_holds_from_there_on() -> None:
    text = "2024年方案\n一、任务\n1.建公园。（市城管局）\n2.以下各项由市卫健委牵头，各县区配合，不再逐一列出。\n3.建医院。\n4.建急救站。\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert [(title, lead) for title, lead, *_ in measures_of(plan)] == [
        ("建公园", "市城管局"),
        ("建医院", "市卫健委"),
        ("建急救站", "市卫健委"),
    ]
    assert left_for(plan, "对各项任务的统一规定") == ["2.以下各项由市卫健委牵头，各县区配合，不再逐一列出。"]
