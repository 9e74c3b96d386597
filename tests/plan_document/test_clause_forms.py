"""Forms of one clause that once lost the unit or the day without a word."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause, parse_plan


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("市水务局2025年底前完成管网50公里。", "2025-12-31"),
        ("市水务局2025年内完成管网50公里。", "2025-12-31"),
        ("市水务局2025年三季度末前完成管网50公里。", "2025-09-30"),
        ("市水务局一季度完成管网50公里。", "2024-03-31"),
        ("市水务局2025年上半年建成管网50公里。", "2025-06-30"),
        ("2025年底前市水务局完成管网50公里。", "2025-12-31"),
        ("市水务局明年6月底前完成管网50公里。", "2025-06-30"),
        ("市水务局今年底前完成管网50公里。", "2024-12-31"),
        ("明年6月底前市水务局完成管网50公里。", "2025-06-30"),
        ("市水务局今年内建成管网50公里。", "2024-12-31"),
        ("明年底前市水务局完成管网50公里。", "2025-12-31"),
        ("三季度末前市水务局完成管网50公里。", "2024-09-30"),
    ],
)
def test_the_subject_beside_its_limit_leads(text: str, deadline: str) -> None:
    clause = parse_clause(text, 2024)
    assert clause.lead == ("市水务局",)
    assert str(clause.deadline) == deadline


def test_a_report_of_what_was_done_names_no_lead() -> None:
    assert parse_clause("各部门上半年完成情况较好。", 2024).lead == ()


@pytest.mark.parametrize(
    "before",
    [
        "【市属国企改革】",
        "14.【重点任务】",
        "（六）〔重点〕",
        "6.★",
        "▲",
        "6.☆",
        "●",
        "※",
        "◆【重点】",
        "【重点】★",
    ],
)
def test_a_tag_or_a_star_before_the_subject_is_no_part_of_its_name(before: str) -> None:
    clause = parse_clause(f"{before}市国资委牵头，市财政局配合。")
    assert (clause.lead, clause.co) == (("市国资委",), ("市财政局",))


def test_a_bracket_that_is_part_of_the_name_stays() -> None:
    assert parse_clause("〔市、区〕住建部门会同消防部门开展联合检查。").lead == ("〔市、区〕住建部门",)


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200d", "\u200e", "\u202e"])
def test_names_are_free_of_characters_that_nobody_sees(unseen: str) -> None:
    text = f"（市财{unseen}政局牵头，市教{unseen}育局配合，2024年6月底前完成）"
    clause = parse_clause(text)
    assert (clause.lead, clause.co) == (("市财政局",), ("市教育局",))
    lead = next(source for source in clause.sources if source.field == "lead")
    assert text[lead.start : lead.end] == f"市财{unseen}政局"


@pytest.mark.parametrize("mark", ["．", "、"])
def test_items_are_counted_on_from_1000(mark: str) -> None:
    lines = [f"{number}{mark}推进项目{number}建设。市财政局牵头。" for number in range(997, 1004)]
    plan = parse_plan("2024年工作方案\n" + "\n".join(lines))
    measures = [measure for section in plan.sections for measure in section.measures]
    assert [measure.title for measure in measures] == [f"推进项目{number}建设" for number in range(997, 1004)]


def test_a_year_at_the_start_of_a_line_opens_no_item() -> None:
    plan = parse_plan(
        "2024年工作方案\n1.推进甲。市财政局牵头。\n2025、2026年继续实施。\n2.推进乙。市财政局牵头。"
    )
    measures = [measure for section in plan.sections for measure in section.measures]
    assert [measure.title for measure in measures] == ["推进甲", "推进乙"]


@pytest.mark.parametrize("year", [9999, 99999])
def test_a_year_beyond_the_calendar_gives_no_day(year: int) -> None:
    clause = parse_clause("市水务局明年6月底前完成。", year)
    assert (clause.lead, clause.deadline) == (("市水务局",), None)
