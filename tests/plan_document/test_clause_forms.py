"""Forms of one clause that once lost the unit or the day without a word."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_clause, parse_plan

from .support import account_for, measures_of


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
        ("市水务局2025年完成管网改造50公里。", "2025-12-31"),
        ("市水务局2025年新建管网50公里。", "2025-12-31"),
        ("市水务局9月完成招标。", "2024-09-30"),
        ("整治隐患——市水务局牵头，年底前完成。", "2024-12-31"),
        ("整治隐患——市水务局要在6月底前完成排查。", "2024-06-30"),
    ],
)
def test_the_subject_beside_its_limit_leads(text: str, deadline: str) -> None:
    clause = parse_clause(text, 2024)
    assert clause.lead == ("市水务局",)
    assert str(clause.deadline) == deadline


def test_a_report_of_what_was_done_names_no_lead() -> None:
    assert parse_clause("各部门上半年完成情况较好。", 2024).lead == ()
    assert parse_clause("市水务局2024年完成了管网改造50公里。", 2024).lead == ()


@pytest.mark.parametrize(
    "said",
    [
        "行动时间：2025年1月—12月\n一、主要任务",
        "一、行动时间\n2025年1月—12月\n二、主要任务",
        "一、整治时间安排\n自2025年3月起至2025年12月底，分三个阶段。\n二、主要任务",
    ],
)
def test_the_span_in_which_all_is_done_gives_the_year(said: str) -> None:
    plan = parse_plan(
        f"全市安全生产整治方案\n{said}\n1.排查隐患。市应急局牵头，6月底前完成。\n2.整改隐患。\n"
    )
    assert plan.year == 2025
    assert measures_of(plan)[0] == ("排查隐患", "市应急局", "", "2025-06-30")


def test_how_long_a_policy_holds_gives_no_year() -> None:
    plan = parse_plan(
        "若干措施\n1.发放补贴。市商务局牵头，6月底前完成。\n2.政策执行期限：2025年1月至12月。\n"
    )
    assert plan.year is None


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


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u2066"])
def test_a_character_that_nobody_sees_hides_no_verb_label_or_date(unseen: str) -> None:
    text = (
        f"{unseen}2024年工作方案\n一、推{unseen}进改革（牵{unseen}头单位：市财政局；完成{unseen}时限：6{unseen}月底前）\n"
        f"二、{unseen}加强{unseen}监管。市教育局牵{unseen}头，市卫健委配{unseen}合，9月{unseen}底前完成。{unseen}\n"
    )
    plan = parse_plan(text)
    account_for(plan, text)
    assert measures_of(plan) == [
        ("推进改革", "市财政局", "", "2024-06-30"),
        ("加强监管", "市教育局", "市卫健委", "2024-09-30"),
    ]
    first, second = plan.sections[0].measures
    shown = [text[source.start : source.end] for source in (*first.provenance, *second.provenance)]
    assert shown == [
        f"推{unseen}进改革", "市财政局", f"6{unseen}月底前",
        f"加强{unseen}监管", "市教育局", "市卫健委", f"9月{unseen}底前",
    ]  # fmt: skip


def test_nothing_but_unseen_characters_is_left_over() -> None:
    account_for(parse_plan("\u00ad\ufeff"), "\u00ad\ufeff")


def test_a_hard_blank_within_a_verb_or_label_is_closed_up() -> None:
    clause = parse_clause("市财政局牵\u00a0头，市教育局配\u00a0合，完成时\u00a0限：2024年6\u00a0月底前。")
    assert (clause.lead, clause.co, str(clause.deadline)) == (("市财政局",), ("市教育局",), "2024-06-30")
    assert parse_clause("调配 合格人员，市人社局牵头。").co == ()


@pytest.mark.parametrize("pair", ["〈〉", "＜＞", "｛｝", "〔〕", "〖〗", "❨❩", "﹝﹞"])
def test_any_bracket_within_a_name_keeps_it_whole(pair: str) -> None:
    name = f"各区{pair[0]}市、县{pair[1]}政府"
    clause = parse_clause(f"（牵头单位：{name}；配合单位：市民政局）")
    assert (clause.lead, clause.co) == ((name,), ("市民政局",))


@pytest.mark.parametrize(
    "text",
    [
        "申报期限为2024年6月30日前，市财政局负责。",
        "对企业给予奖励，申报期限为2024年1月1日至2024年6月30日。（市财政局）",
        "申请时间：2024年3月1日至2024年6月30日。（市财政局）",
        "受理时间截至2024年12月31日。市财政局负责",
        "报名时间为2024年5月1日至5月31日。（市财政局）",
        "补贴申领时间从2024年3月1日起至12月31日止，市财政局负责。",
        "消费券发放时间为2024年5月1日至10月7日，由市财政局负责。",
        "公示时间为二〇二四年五月一日至五月十日。（市财政局）",
        "政策执行期限自2024年1月1日至2025年12月31日。市财政局牵头。",
        "（牵头单位：市财政局；征集时间：2024年6月30日）",
        "免征房产税至2025年12月31日。（市财政局）",
        "对小微企业减按50%征收至2025年12月31日。（市财政局）",
    ],
)
def test_a_window_for_applicants_and_how_long_a_grant_holds_are_no_deadline(text: str) -> None:
    clause = parse_clause(text, 2024)
    assert (clause.lead, clause.deadline, clause.milestones) == (("市财政局",), None, ())


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("建设时间：2024年3月1日至2024年11月30日。（市住建局）", "2024-11-30"),
        ("2024年3月开工，2024年11月底前建成。（市住建局）", "2024-11-30"),
        ("市住建局2024年6月30日前完成申报工作。", "2024-06-30"),
        ("申报材料于2024年6月30日前报送。（市住建局）", "2024-06-30"),
        ("市住建局2024年9月底前发放补贴。", "2024-09-30"),
        ("受理时间压缩至3个工作日，2024年9月底前实现。（市住建局）", "2024-09-30"),
        ("免征房产税至2025年12月31日，2024年6月底前出台细则。（市住建局）", "2024-06-30"),
        ("补贴标准提高，项目推进到2024年底。（市住建局）", "2024-12-31"),
    ],
)
def test_the_time_of_the_work_itself_stays_a_deadline(text: str, deadline: str) -> None:
    clause = parse_clause(text, 2024)
    assert (clause.lead, str(clause.deadline)) == (("市住建局",), deadline)
