"""Names, labels, verbs and dates that a hand broke into two lines are read whole."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause, parse_plan

from .support import account_for, measures_of

WRAPPED = """清河市停车管理提升方案
为加快推进停车设施建设，全面提升管理水平，结合我市实际，制
定本方案。
一、工作任务
（一）规范路内停车。对主次干道两侧停车泊位统一施划，分区收
费，设立举报电话，6月底前完成主干道。（责任单
位：市城管局、市公安局，各县（市、区）人民政府；完成时
限：2024年6月底前）
（二）增加车位供给。新增公共停车泊位3000个，推进机关停车
场错时开放，此项工作由市住建局牵头，市机关事务中心、市公
安局配合，9月底前完成。
（三）清理占用道路。全面排查占用道路的地锁、石墩，建立台账，
每月通报一次进展。（市城管局牵头，市自然资源和规划
局、市市场监管局，市委
组织部配合，各县（市、区）人民政府按职
责分工负责）
"""


def test_a_document_broken_at_a_fixed_width_is_read_as_if_it_were_not() -> None:
    plan = parse_plan(WRAPPED)
    account_for(plan, WRAPPED)
    assert measures_of(plan) == [
        ("规范路内停车", "市城管局", "市公安局、各县（市、区）人民政府", "2024-06-30"),
        ("增加车位供给", "市住建局", "市机关事务中心、市公安局", "2024-09-30"),
        (
            "清理占用道路",
            "市城管局",
            "市自然资源和规划局、市市场监管局、市委组织部、各县（市、区）人民政府",
            None,
        ),
    ]


def test_each_name_keeps_its_place_in_the_source_break_and_all() -> None:
    measure = parse_plan(WRAPPED).sections[0].measures[1]
    shown = {
        source.field: WRAPPED[source.start : source.end]
        for source in measure.provenance
        if source.field != "co"
    }
    named = [WRAPPED[s.start : s.end] for s in measure.provenance if s.field == "co"]
    assert shown["lead"] == "市住建局"
    assert named == ["市机关事务中心", "市公\n安局"]


@pytest.mark.parametrize(
    "text",
    [
        "（责任单\n位：市教育局、市财\n政局；完成时\n限：2024年6\n月底前）",
        "（市教育局牵\n头，市财政局配\n合，2024年\n6月底前完成）",
        "（市教育局牵头，市财\n    政局配合，2024年6月底\n前完成）",
        "责任单位：市教育局、市财\n政局\n完成时限：2024年6月底前",
        "（责任单位：\n市教育局\n市财政局\n完成时限：2024年6月底前）",
        "（市教育局牵头\n市财政局配合\n2024年6月底前）",
    ],
)
def test_a_break_inside_a_label_a_name_a_verb_or_a_date_is_none(text: str) -> None:
    clause = parse_clause(f"推进校园周边整治。{text}")
    assert (clause.lead, clause.co, str(clause.deadline)) == (("市教育局",), ("市财政局",), "2024-06-30")


def test_names_on_lines_of_their_own_stay_apart() -> None:
    assert parse_clause("（责任单位：县水务局\n县住建局\n县委组织部）").co == ("县住建局", "县委组织部")


def test_an_unfinished_name_at_the_end_of_a_line_takes_no_other_item_with_it() -> None:
    clause = parse_clause("责任单位：市教育局、待定\n2.推进改革。")
    assert (clause.lead, clause.co) == (("市教育局",), ())
