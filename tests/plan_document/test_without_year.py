"""A limit whose year nobody names gives no date, but is told at its place; Chinese figures name a year too."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan, read_bytes

from .office import book_bytes, workbook
from .support import measures_of

TEXT = (
    "关于城市建设的方案\n一、重点任务\n（一）修路。市交通局牵头，10月底前完成。\n（二）架桥\n牵头单位：市住建局\n"
    "完成时限：年底前\n（三）植树。市林草局牵头，三季度末前完成。\n1.种东边。\n2.种西边，9月底前完成。\n"
)


def test_limits_without_a_year_are_told_and_coloured_where_they_stand() -> None:
    plan = parse_plan(TEXT)
    assert [row[3] for row in measures_of(plan)] == [None] * 4
    told = [problem for problem in plan.problems if problem.code == "limit_without_year"]
    assert [problem.line for problem in told] == [3, 6, 7, 9]
    assert all("--year" in problem.message and "年份" in problem.message for problem in told)
    limits = [
        [TEXT[s.start : s.end] for s in measure.provenance if s.field == "deadline"]
        for section in plan.sections
        for measure in section.measures
    ]
    assert limits == [["10月底前"], ["年底前"], ["三季度末前"], ["9月底前"]]


def test_a_year_given_settles_them_all() -> None:
    plan = parse_plan(TEXT, year=2026)
    assert [row[3] for row in measures_of(plan)] == ["2026-10-31", "2026-12-31", "2026-09-30", "2026-09-30"]
    assert not [problem for problem in plan.problems if problem.code == "limit_without_year"]


def test_a_ledger_cell_without_a_year_is_told_once() -> None:
    rows: list[list[object]] = [["序号", "任务", "牵头单位", "完成时限"], [1, "修路", "市交通局", "10月底前"]]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "台账.xlsx"))
    codes = [problem.code for problem in plan.problems]
    assert (codes.count("limit_without_year"), codes.count("unread_limit")) == (1, 0)


@pytest.mark.parametrize(
    "before",
    [
        "二〇二六年三月五日\n",
        "为落实二〇二六年部署，制定本方案。\n",
        "（零）立项。市发改委牵头，二〇二六年五月底前完成。\n",
    ],
)
def test_a_year_in_chinese_figures_is_the_documents_year(before: str) -> None:
    assert parse_plan(TEXT.replace("一、重点任务\n", f"{before}一、重点任务\n", 1)).year == 2026
