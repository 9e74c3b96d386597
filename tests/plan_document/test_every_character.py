"""Any text parses, and every character belongs to an outline node or to a listed leftover."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.plan_document import clause_to_json, parse_clause, parse_plan, plan_to_json, plan_to_text

from .support import account_for

FRAGMENTS = st.sampled_from(
    (
        "一、", 
            "二、"
        , 
            "三、"
        , 
            "（一）"
        , 
            "(二)"
        , 
            "（三）"
        , 
            "1."
        , 
            "2、"
        , 
            "3．"
        , 
            "(1)"
        , 
            "（2）"
        , 
            "①"
        , 
            "②"
        , 
            "一是"
        , 
            "二是"
        , 
            "三要"
        , 
            "第一，"
        ,
        "第二，", 
            "第一章"
        , 
            "第二条 "
        , 
            "一方面，"
        , 
            "另一方面，"
        , 
            "1.1"
        , 
            "1.2 "
        , 
            "附件1"
        , 
            "附件：1.清单"
        , 
            "目录"
        , 
            "……3"
        , 
            "— 2 —"
        ,
        "加快项目建设", 
            "推进改革"
        , 
            "总体要求"
        , 
            "主要任务"
        , 
            "存在问题"
        , 
            "。"
        , 
            "；"
        , 
            "："
        , 
            "，"
        , 
            ","
        , 
            "、"
        , 
            "\n"
        , 
            "\n\n"
        , 
            "  "
        , 
            "\u3000"
        ,
        "（牵头单位：市财政局；配合单位：市教育局、各县（市、区）政府）", 
            "责任单位：市住建局"
        , 
            "2023年6月底前完成"
        , 
            "每月5日前"
        ,
        "|", 
            "│"
        , 
            "─"
        , 
            "<br/>"
        , 
            "&nbsp;"
        , 
            "<p>"
        , 
            "“"
        , 
            "”"
        , 
            "《"
        , 
            "》"
        , 
            "["
        , 
            "]"
        , 
            "各县(市、区)人民政府:"
        , 
            "2023年5月6日"
        ,
        "市人民政府办公室", 
            "关于印发方案的通知"
        , 
            "推荐访问:考察"
        , 
            "十四五”末"
        , 
            "10个工作日内"
        , 
            "\x00"
        , 
            "𠮷"
        , 
            "序号 | 任务 | 责任单位 |"
        , 
            "1 | 修路 | 市交通局 |"
        ,
        "序号", "责任单位", "完成时限", "年底前", "市交通局", "牵头", "配合", "负责", "由",
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
@example("")
@example("\n\n ")
@example("一、")
@example("<br/>")
def test_any_text(text: str) -> None:
    plan = parse_plan(text)
    account_for(plan, text)
    assert plan_to_json(plan)["title"] == plan.title
    assert plan_to_text(plan).startswith("标题：")


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_texts_made_of_the_grammars_own_pieces(text: str) -> None:
    account_for(parse_plan(text, year=2023), text)


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=15).map("".join))
def test_clauses_never_fail_and_names_are_cut_from_the_text(text: str) -> None:
    clause = parse_clause(text, 2023)
    for name in clause.lead + clause.co:
        assert set(name) <= set(text)
    assert set(clause.lead).isdisjoint(clause.co)
    assert set(clause_to_json(clause)) == {"lead", "co", "deadline", "recurring", "milestones"}


def test_closing_prose_below_the_last_item_is_no_part_of_it() -> None:
    text = (
        "全市“清廉村居”建设方案\n一、任务\n1.健全组织。村“两委”班子配备齐全。\n2.严格监督。每月监督一次。\n"
        "各县（市、区）要结合实际制定细则，于4月20日前报市纪委监委。\n本方案自印发之日起施行。\n"
    )
    plan = parse_plan(text, year=2024)
    account_for(plan, text)
    last = plan.sections[-1].measures[-1]
    assert (last.title, last.text, last.deadline) == ("严格监督", "严格监督。每月监督一次。", None)
    assert [left.text.strip()[:4] for left in plan.leftovers if left.reason == "结束语"] == ["各县（市"]


def test_a_paragraph_below_a_heading_of_its_own_line_stays_its_text() -> None:
    text = "一、重点任务\n完成改造。\n二、工作要求\n各单位要高度重视，按时报送。\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert not [left for left in plan.leftovers if left.reason == "结束语"]
