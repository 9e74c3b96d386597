"""A rate without a verb that a period is to reach makes the period a limit; a rate that tells what was makes none."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("上半年开工率100%。", ["2024-06-30"]),
        ("三季度末到位率100%。", ["2024-09-30"]),
        ("年底前覆盖率达95%。", ["2024-12-31"]),
        ("8月份入学率100%。", ["2024-08-31"]),
        ("重点项目上半年开工率100%，年底前竣工率80%。", ["2024-06-30", "2024-12-31"]),
        (
            "一季度投资完成率25%，上半年50%，三季度75%，全年100%。",
            ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"],
        ),
        ("上半年优良天数比率92%，同比提高3个百分点。", []),
        ("上半年完成率45%，较全省平均水平低2个百分点。", []),
        ("全年空气质量优良天数比率不低于85%。", []),
    ],
)
def test_what_a_period_is_to_reach(text: str, days: list[str]) -> None:
    clause = parse_clause(text, 2024)
    assert str(clause.deadline or "") == (days[-1] if days else "")
    assert [str(stage.date) for stage in clause.milestones] == (days if len(days) > 1 else [])
