"""Limits that name an event, a season or another calendar give no day of their own accord, and are told."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, parse_clause, parse_plan


def plan_with(limit: str) -> ParsedPlan:
    return parse_plan(
        f"2025年工作方案\n1.推进甲。市财政局牵头，{limit}。\n2.推进乙。市教育局牵头，6月底前完成。\n"
    )


def told(plan: ParsedPlan) -> list[str]:
    return [problem.message for problem in plan.problems if problem.code == "unread_limit"]


@pytest.mark.parametrize(
    "limit",
    [
        "2025年度考核前完成",
        "2025年年终考核前完成整改",
        "2025年度审计前完成整改",
        "2025年底考核前完成整改",
        "年度考核前完成",
        "年终验收前整改到位",
        "省“两会”前完成",
        "2026年全国两会前完成",
        "换届前完成",
    ],
)
def test_an_event_is_no_day_and_is_told(limit: str) -> None:
    plan = plan_with(limit)
    assert plan.sections[0].measures[0].deadline is None
    assert len(told(plan)) == 1
    assert "以活动或工作环节为限" in told(plan)[0]


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("2025年底前完成年度考核。", "2025-12-31"),
        ("2025年12月底前通过年度考核验收。", "2025-12-31"),
        ("2025年度考核于12月20日前完成。", "2025-12-20"),
        ("2025年底前完成考核前的准备工作。", "2025-12-31"),
        ("到2025年，考核成绩进入全省前列。", "2025-12-31"),
        ("2025年上半年完成验收。", "2025-06-30"),
    ],
)
def test_a_day_beside_such_an_event_stays(text: str, deadline: str) -> None:
    assert str(parse_clause(text, 2025).deadline) == deadline


@pytest.mark.parametrize(
    "limit", ["2025年暑期完成", "暑假期间完成", "2025年寒假完成维修", "暑期前完成", "2025年汛期前完成"]
)
def test_a_season_is_no_day_and_is_told(limit: str) -> None:
    plan = plan_with(limit)
    assert plan.sections[0].measures[0].deadline is None
    assert len(told(plan)) == 1


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("2025年8月底前（暑期）完成校舍维修。", "2025-08-31"),
        ("暑期安全管理方案于6月底前印发。", "2025-06-30"),
        ("8月31日暑期结束前完成。", "2025-08-31"),
    ],
)
def test_a_day_beside_a_season_stays(text: str, deadline: str) -> None:
    assert str(parse_clause(text, 2025).deadline) == deadline


@pytest.mark.parametrize("limit", ["9月1日前后完成", "6月底前后完成", "2025年10月中旬左右完成"])
def test_a_day_that_is_only_about_is_dated_and_told(limit: str) -> None:
    plan = plan_with(limit)
    assert plan.sections[0].measures[0].deadline is not None
    assert [message for message in told(plan) if "不是确定的期限" in message]


@pytest.mark.parametrize(
    "text",
    [
        "年度评价于次年1月进行，结果于次年2月公布。",
        "考核结果于翌年3月公布。",
        "年度述职于次年1月开展。",
    ],
)
def test_when_a_yearly_round_is_held_is_no_limit(text: str) -> None:
    clause = parse_clause(text, 2025)
    assert (clause.deadline, clause.milestones) == (None, ())


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("市考核办于次年1月底前完成考核。", ["2026-01-31"]),
        ("年度评价于次年1月底前完成，结果于次年2月底前公布。", ["2026-01-31", "2026-02-28"]),
        (
            "2025年11月底前完成招标，次年3月底前开工，次年10月底前完工。",
            ["2025-11-30", "2026-03-31", "2026-10-31"],
        ),
        ("项目于次年1月建成投用。", ["2026-01-31"]),
    ],
)
def test_each_next_year_of_a_sentence_is_the_same_one(text: str, dates: list[str]) -> None:
    clause = parse_clause(text, 2025)
    assert str(clause.deadline) == dates[-1]
    assert [str(stage.date) for stage in clause.milestones] == (dates if len(dates) > 1 else [])


@pytest.mark.parametrize("limit", ["民国24年6月底前完成", "民国三十八年底前完成", "民国二十四年六月完成"])
def test_years_of_another_calendar_are_no_limit_and_are_told(limit: str) -> None:
    plan = plan_with(limit)
    assert plan.sections[0].measures[0].deadline is None
    assert [message for message in told(plan) if "民国" in message]


def test_what_stands_from_that_time_keeps_its_own_limit() -> None:
    clause = parse_clause("修缮民国24年建成的老校舍，10月底前完成。", 2025)
    assert str(clause.deadline) == "2025-10-31"
    assert str(parse_clause("修缮民国建筑3处，2025年10月底前完成。").deadline) == "2025-10-31"
