"""Who leads and helps where brackets behind the names say so, and where in a cell each name stands."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tracker.plan_document import FieldSource, ParsedPlan, parse_clause, parse_plan, read_bytes

from .support import measures_of


@pytest.mark.parametrize(
    ("text", "lead", "co"),
    [
        ("治理。牵头单位：市水利局、市环境局（牵头）、市住建局", "市环境局", "市水利局、市住建局"),
        ("治理。主办单位：市水利局（牵头）、市住建局", "市水利局", "市住建局"),
        ("治理。牵头单位：市水利局、市住建局", "市水利局、市住建局", ""),
        ("治理。牵头单位：市水利局、市住建局（共同牵头）", "市水利局、市住建局", ""),
        ("治理。（市水利局（市环境局配合），6月底）", "市水利局", "市环境局"),
        ("治理。责任单位：市水利局（市环境局配合）、市住建局", "市水利局", "市环境局、市住建局"),
        ("治理。牵头单位：市水利局（市环境局配合）", "市水利局", "市环境局"),
        ("治理。市水利局（市环境局配合），6月底前完成。", "市水利局", "市环境局"),
        ("治理。市水利局牵头（市环境局、市财政局配合），6月底前完成。", "市水利局", "市环境局、市财政局"),
        ("市水利局负责治理河道（市环境局配合）。", "市水利局", "市环境局"),
        # What stands before the bracket is no unit: nobody is said to lead.
        ("治理河道（市环境局配合），6月底前完成。", "", "市环境局"),
        ("配合单位：市水利局（市环境局配合）", "", "市水利局、市环境局"),
        # A section of the office itself is no other unit.
        ("治理。责任单位：市住建局、市水利局（供水科配合）", "市住建局", "市水利局"),
    ],
)
def test_a_bracket_behind_a_name_says_who_leads_and_who_helps(text: str, lead: str, co: str) -> None:
    clause = parse_clause(text, 2026)
    assert ("、".join(clause.lead), "、".join(clause.co)) == (lead, co)
    assert all(s.reason for s in clause.sources)


def sheet(*rows: list[object]) -> tuple[str, ParsedPlan]:
    """A workbook of one sheet whose first row is its header."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    source = read_bytes(stream.getvalue(), "台账.xlsx")
    return source.text, parse_plan(source, year=2026)


def said(text: str, plan: ParsedPlan) -> list[list[tuple[str, str]]]:
    """Of each measure the fields with the words they were read from, title and marker left out."""

    def shown(source: FieldSource) -> tuple[str, str]:
        return source.field, text[source.start : source.end]

    return [
        [shown(s) for s in m.provenance if s.field not in {"title", "marker"}]
        for section in plan.sections
        for m in section.measures
    ]


def test_a_lead_marked_in_a_column_of_leads_leaves_the_others_to_help() -> None:
    _, plan = sheet(
        ["序号", "重点任务", "牵头单位", "完成时限"],
        [1, "治理甲河", "市水利局、市环境局（牵头）、市住建局", "2026年6月底"],
        [2, "治理乙河", "市水利局（市环境局配合）", "2026年6月底"],
        [3, "治理丙河", "市水利局、市住建局", "2026年6月底"],
    )
    assert measures_of(plan) == [
        ("治理甲河", "市环境局", "市水利局、市住建局", "2026-06-30"),
        ("治理乙河", "市水利局", "市环境局", "2026-06-30"),
        ("治理丙河", "市水利局、市住建局", "", "2026-06-30"),
    ]


def test_each_name_and_limit_of_a_cell_has_its_own_place() -> None:
    text, plan = sheet(
        ["序号", "重点任务", "责任单位", "完成时限"],
        [1, "共享数据", "市大数据局\n市发改委", "6月底前完成设计；12月底前完成建设"],
        [2, "压减时限", "市行政审批局（牵头） 各县区", "长期坚持"],
        [3, "报送进展", "市政府办", "每月25日前"],
        [4, "办结来信", "市信访局", "收到后5个工作日内"],
    )
    assert said(text, plan) == [
        [
            ("lead", "市大数据局"),
            ("co", "市发改委"),
            ("deadline", "12月底前"),
            ("milestones", "6月底前"),
            ("milestones", "12月底前"),
        ],
        [("lead", "市行政审批局"), ("co", "各县区"), ("deadline", "长期坚持")],
        [("lead", "市政府办"), ("recurring", "每月25日前")],
        [("lead", "市信访局"), ("deadline", "收到后5个工作日内")],
    ]
    first = plan.sections[0].measures[0]
    assert [stage.text for stage in first.milestones] == ["6月底前完成设计", "12月底前完成建设"]
