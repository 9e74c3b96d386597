"""Tracked changes, hidden and struck words in Word: what the reader of the page sees is read, the rest is listed."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, parse_plan, read_bytes

from .office import para, row, run, saved, table, written
from .support import account_for, left_for, measures_of

WHO = "w:id='1' w:author='甲'"
MARK_DELETED = f"<w:rPr><w:del {WHO}/></w:rPr>"


def plan_of(*blocks: str, year: int | None = 2024) -> ParsedPlan:
    source = read_bytes(saved(written(para("一、主要任务"), *blocks)), "方案.docx")
    plan = parse_plan(source, year=year)
    account_for(plan, source.text)
    return plan


def test_a_deleted_paragraph_mark_joins_the_paragraphs() -> None:
    plan = plan_of(
        para("（一）改造管网。由县水利局牵头，", MARK_DELETED),
        para("县财政局配合，", MARK_DELETED),
        para("9月底前完成。"),
        para("（二）整治河道。由县住建局负责。"),
    )
    assert measures_of(plan) == [
        ("改造管网", "县水利局", "县财政局", "2024-09-30"),
        ("整治河道", "县住建局", "", None),
    ]
    assert any("修订" in note for note in plan.notes)


def test_joined_paragraphs_count_one_automatic_number() -> None:
    numbered = "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='90'/></w:numPr>"
    plan = plan_of(
        para("改造管网。", numbered + MARK_DELETED),
        para("由县水利局负责。", numbered),
        para("整治河道。由县住建局负责。", numbered),
    )
    assert [(m.marker, m.title) for s in plan.sections for m in s.measures] == [
        ("（一）", "改造管网"),
        ("（二）", "整治河道"),
    ]


def test_a_deleted_paragraph_before_a_table_and_at_the_end_leaves_nothing() -> None:
    gone = f"<w:del {WHO}><w:r><w:delText>作废。</w:delText></w:r></w:del>"
    source = read_bytes(
        saved(
            written(
                para("一、修路。由市交通局负责。"),
                para(gone, MARK_DELETED),
                table(row("甲", "乙")),
                para("二、架桥。", MARK_DELETED),
            )
        ),
        "方案.docx",
    )
    assert source.text == "一、修路。由市交通局负责。\n甲 | 乙\n二、架桥。\n"


def test_deleted_rows_go_and_inserted_rows_stay() -> None:
    plan = plan_of(
        table(
            row("序号", "任务", "责任单位"),
            row("1", "修路", "市交通局"),
            row("2", "旧任务", "市财政局", properties=f"<w:del {WHO}/>"),
            row("2", "架桥", "市住建局", properties=f"<w:ins {WHO}/>"),
        )
    )
    assert measures_of(plan) == [("修路", "市交通局", "", None), ("架桥", "市住建局", "", None)]
    assert any("修订" in note for note in plan.notes)


def test_moved_words_stand_where_they_were_moved_to() -> None:
    away = f"<w:moveFrom {WHO}><w:r><w:t>由县司法局负责。</w:t></w:r></w:moveFrom>"
    here = f"<w:moveTo {WHO}><w:r><w:t>由县司法局负责。</w:t></w:r></w:moveTo>"
    plan = plan_of(
        para("（一）推进改革。" + "由县委改革办负责。"),
        para(away, f"<w:rPr><w:moveFrom {WHO}/></w:rPr>"),
        para(run("（二）加强普法。") + here),
    )
    assert measures_of(plan) == [("推进改革", "县委改革办", "", None), ("加强普法", "县司法局", "", None)]
    assert any("修订" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ("<w:vanish/>", "隐藏文字"),
        ("<w:vanish w:val='true'/>", "隐藏文字"),
        ("<w:strike/>", "删除线文字"),
        ("<w:dstrike/>", "删除线文字"),
        ("<w:rStyle w:val='Unseen'/>", "隐藏文字"),
    ],
)
def test_words_that_do_not_stand_are_listed_and_belong_to_no_measure(switch: str, reason: str) -> None:
    document = written(
        para("一、主要任务"),
        para(
            run("（一）修路。由市交通局负责。") + run("6月底", switch) + run("前完成，市财政局牵头。", switch)
        ),
        para("（二）架桥。由市住建局负责。"),
    )
    style = document.styles.add_style("Unseen", 2)
    style.font.hidden = True
    source = read_bytes(saved(document), "方案.docx")
    plan = parse_plan(source, year=2024)
    account_for(plan, source.text)
    assert measures_of(plan) == [("修路", "市交通局", "", None), ("架桥", "市住建局", "", None)]
    assert left_for(plan, reason) == ["6月底前完成，市财政局牵头。"]
    assert all("6月底" not in source.text[m.start : m.end] for s in plan.sections for m in s.measures)
    assert any(f"{reason}1处" in note for note in plan.notes)


def test_a_switch_that_is_off_hides_nothing() -> None:
    source = read_bytes(
        saved(written(para(run("一、修路。", "<w:vanish w:val='0'/><w:strike w:val='false'/>")))), "a.docx"
    )
    assert source.text == "一、修路。\n"
