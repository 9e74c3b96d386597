"""Each part of a plan has a name of its own, holds its tasks once, and each character belongs to one of them."""

from __future__ import annotations

from tracker.importing.colouring import colour
from tracker.plan_document import ParsedPlan, parse_plan

from .support import account_for, outline_of

CHARGES = "（市交通局，6月底前）", "（市住建局，7月底前）"


def read(text: str) -> ParsedPlan:
    plan = parse_plan(text, year=2026)
    account_for(plan, text)
    return plan


def parts_of(plan: ParsedPlan) -> list[tuple[str, list[str]]]:
    return [(section.title, [measure.title for measure in section.measures]) for section in plan.sections]


def test_a_part_without_words_is_called_by_its_number_not_by_the_document() -> None:
    plan = read(
        f"南河市2026年方案\n一、\n1.修路。{CHARGES[0]}\n2.架桥。{CHARGES[1]}\n二、民生\n1.建校。{CHARGES[0]}\n2.建院。{CHARGES[1]}\n"
    )
    assert parts_of(plan) == [("一", ["修路", "架桥"]), ("民生", ["建校", "建院"])]


def test_parts_of_an_annex_bear_its_name_beside_those_of_the_text() -> None:
    annex = f"附件\n民生实事清单\n一、教育\n1.建校。{CHARGES[0]}\n2.建馆。{CHARGES[1]}\n二、卫生\n1.建院。{CHARGES[0]}\n2.建站。{CHARGES[1]}\n"
    body = f"南河市2026年方案\n一、重点任务\n（一）修路。{CHARGES[0]}\n（二）架桥。{CHARGES[1]}\n"
    assert [title for title, _ in parts_of(read(body + annex))] == [
        "重点任务",
        "民生实事清单：教育",
        "民生实事清单：卫生",
    ]
    notice = "关于印发清单的通知\n各部门：\n现印发给你们。\n南河市政府办公室\n2026年1月5日\n"
    assert [title for title, _ in parts_of(read(notice + annex))] == ["教育", "卫生"]  # nothing stands beside


def test_a_dash_begins_the_words_of_an_item() -> None:
    plan = read(
        "南河市2026年方案\n一、重点任务\n（一）产业提升行动——建设三大园区，引进十个项目。（市工信局）\n"
        "（二）民生行动——新建学校五所。建成“双园——校区”。（市教育局）\n二、保障——强化支撑\n（一）资金——足额到位。（市财政局）\n"
        "（二）用地——优先安排。（市自然资源局）\n"
    )
    assert [heading for _, _, heading in outline_of(plan)] == [
        "重点任务",
        "产业提升行动",
        "民生行动",
        "保障——强化支撑",
        "资金",
        "用地",
    ]


def test_a_line_of_a_table_without_a_task_of_its_own_stands_beside_the_groups() -> None:
    plan = read(
        "南河市2026年任务表\n类别 | 任务 | 责任单位 | 完成时限\n产业 | 建园区 | 市工信局 | 6月底前\n"
        " | 引项目 | 市商务局 | 7月底前\n生态 |  | 市林业局 | 9月底前\n安全 | 查隐患 | 市应急局 | 9月底前\n"
    )
    assert parts_of(plan) == [
        ("产业", ["建园区", "引项目"]),
        ("生态", ["生态"]),
        ("安全", ["查隐患"]),
    ]
    assert [level for level, _, _ in outline_of(plan)] == [1, 2, 2, 1, 1, 2]
    assert [m.lead for section in plan.sections for m in section.measures][2] == ("市林业局",)


def test_the_number_of_a_row_is_coloured_as_its_own_though_the_name_of_the_group_stands_behind_it() -> None:
    text = (
        "南河市2026年任务表\n序号 | 类别 | 任务 | 责任单位 | 完成时限\n1 | 产业 | 建园区 | 市工信局 | 6月底前\n"
        "2 | 产业 | 引项目 | 市商务局 | 7月底前\n3 | 民生 | 建学校 | 市教育局 | 8月底前\n"
    )
    plan = read(text)
    assert [m.marker for section in plan.sections for m in section.measures] == ["1", "2", "3"]
    pieces = colour(text, plan)
    assert [(p.text, p.kind, p.number, p.begins) for p in pieces if p.text in {"1", "3"}] == [
        ("1", "measure", "1.1", True),
        ("3", "measure", "2.1", True),
    ]
    assert next(p for p in pieces if "产业" in p.text).kind == "section"


def test_parts_and_the_tasks_beside_them_keep_the_order_of_the_document() -> None:
    plan = read(
        f"南河市2026年方案\n一、重点任务\n（一）修路。{CHARGES[0]}\n（二）建园区\n1.征地。{CHARGES[0]}\n2.招标。{CHARGES[1]}\n（三）架桥。{CHARGES[1]}\n"
    )
    assert parts_of(plan) == [("重点任务", ["修路"]), ("建园区", ["征地", "招标"]), ("重点任务", ["架桥"])]
    starts = [measure.start for section in plan.sections for measure in section.measures]
    assert starts == sorted(starts)
    assert [section.parent for section in plan.sections] == ["", "一、重点任务", ""]
    assert not [problem for problem in plan.problems if problem.code == "numbering_gap"]


def test_chapters_above_parts_stand_apart_from_their_titles() -> None:
    tasks = f"一、工业\n1.技改。{CHARGES[0]}\n2.入规。{CHARGES[1]}\n二、农业\n1.种粮。{CHARGES[0]}\n2.养殖。{CHARGES[1]}\n"
    plan = read(f"某办法\n第一章 产业任务\n{tasks}第二章 民生任务\n{tasks.replace('工业', '就业')}")
    assert [section.path for section in plan.sections] == [
        "第一章 产业任务／一、工业",
        "第一章 产业任务／二、农业",
        "第二章 民生任务／一、就业",
        "第二章 民生任务／二、农业",
    ]
