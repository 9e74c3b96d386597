"""Periods that name their day, limits counted from the year's beginning, and limits that are no day."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause


@pytest.mark.parametrize(
    ("text", "recurring", "by"),
    [
        ("每月5日前报送治理进展。", "monthly", "每月5日前"),
        ("每月底前报送。", "monthly", "每月底前"),
        ("每周五报送。", "weekly", "每周五"),
        ("每季度首月20日前通报。", "quarterly", "每季度首月20日前"),
        ("每季度末月20日前通报。", "quarterly", "每季度末月20日前"),
        ("每年6月底前、12月底前各通报一次。", "yearly", "每年6月底前、12月底前"),
        ("每年一季度完成修订。", "yearly", "每年一季度"),
        # How often, not on which day.
        ("每周一次调度。", "weekly", None),
        ("每周三次巡查。", "weekly", None),
        ("每周一至周五巡查。", "weekly", None),
        ("每月调度一次。", "monthly", None),
        ("每月组织5场招聘会。", "monthly", None),
        ("每年完成10项。", "yearly", None),
    ],
)
def test_a_period_keeps_the_day_that_it_names(text: str, recurring: str, by: str | None) -> None:
    clause = parse_clause(text, 2026)
    assert (clause.recurring, clause.recurring_by, clause.deadline) == (recurring, by, None)
    place = next(s for s in clause.sources if s.field == "recurring")
    assert by is None or text[place.start : place.end] == by


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("完成时限：2026年前三季度", "2026-09-30"),
        ("（市水利局，2026年前三季度）", "2026-09-30"),
        ("市水利局2026年前三季度完成立项。", "2026-09-30"),
        ("完成时限：前两个季度", "2026-06-30"),
        ("完成时限：2026年前10个月", "2026-10-31"),
        ("（市水利局，2026年前十个月）", "2026-10-31"),
        # Counted back from something else, or a plain limit.
        ("开工前3个月完成招标。", None),
        ("汛期前三个月完成招标。", None),
        ("完成时限：2026年底前", "2026-12-31"),
        ("完成时限：2026年6月前", "2026-06-30"),
    ],
)
def test_the_first_months_and_quarters_count_from_the_year_s_beginning(
    text: str, deadline: str | None
) -> None:
    clause = parse_clause(text, 2026)
    assert (str(clause.deadline) if clause.deadline else None) == deadline
    assert clause.milestones == ()


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("压缩审批时限至70个工作日以内，2026年6月底前完成。", None),
        ("将办理时间由10个工作日缩短到3个工作日内，2026年6月底前完成。", None),
        ("优化流程，收到申请后3个工作日内办结，2026年6月底前完成。", "收到申请后3个工作日内"),
        ("压缩层级，自受理之日起5日内答复，2026年6月底前完成。", "自受理之日起5日内"),
    ],
)
def test_how_long_a_service_takes_is_no_limit_of_the_work(text: str, relative: str | None) -> None:
    clause = parse_clause(text, 2026)
    assert (clause.relative, str(clause.deadline)) == (relative, "2026-06-30")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("推进治理，长期坚持。", "长期坚持"),
        ("治理。责任单位：市水利局；完成时限：持续推进", "持续推进"),
        ("收到来信后3个工作日内办结。", "收到来信后3个工作日内"),
        ("治理。责任单位：市水利局；办理时限：3个工作日", "3个工作日"),
    ],
)
def test_a_limit_without_a_day_keeps_its_words_and_a_reason(text: str, words: str) -> None:
    clause = parse_clause(text, 2026)
    assert clause.deadline is None and (clause.standing or clause.relative)
    limits = [s for s in clause.sources if s.field == "deadline"]
    assert [text[s.start : s.end] for s in limits] == [words]
    assert limits[0].reason
