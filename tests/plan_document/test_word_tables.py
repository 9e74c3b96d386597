"""Tables of Word documents as offices build them: content controls, merges both ways, nested tables, text boxes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tracker.plan_document import ParsedPlan, SourceDocument, parse_plan, read_bytes

from .office import box, cell, control, para, row, saved, table, written
from .support import account_for, left_for, measures_of, outline_of

HEADER = row("序号", "任务", "牵头单位", "配合单位", "完成时限")
FIRST = ("1", "修路", "市交通局", "市财政局", "2024年6月底")
SECOND = ("2", "架桥", "市住建局", "市水利局", "2024年9月底")
BOTH = [("修路", "市交通局", "市财政局", "2024-06-30"), ("架桥", "市住建局", "市水利局", "2024-09-30")]


def read(*blocks: str) -> tuple[SourceDocument, ParsedPlan]:
    source = read_bytes(saved(written(*blocks)), "方案.docx")
    plan = parse_plan(source, year=2024)
    account_for(plan, source.text)
    return source, plan


@pytest.mark.parametrize(
    "block",
    [
        control(table(HEADER, row(*FIRST), row(*SECOND))),
        table(HEADER, control(row(*FIRST)), control(control(row(*SECOND)))),
        table(HEADER, control(row(*FIRST) + row(*SECOND))),
        table(HEADER, row(*FIRST), row("2", control(cell("架桥")), *SECOND[2:])),
        table(HEADER, row(*FIRST), row("2", cell(control(para("架桥"))), *SECOND[2:])),
        table(HEADER, f"<w:customXml>{row(*FIRST)}</w:customXml>", row(*SECOND)),
    ],
)
def test_content_controls_around_any_part_of_a_table(block: str) -> None:
    _, plan = read(block)
    assert measures_of(plan) == BOTH


def test_cells_merged_both_ways_and_rows_that_begin_later() -> None:
    across, down, on = "<w:gridSpan w:val='2'/>", "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    _, plan = read(
        table(
            row(cell("重点任务", properties="<w:gridSpan w:val='5'/>")),
            HEADER,
            row("1", "修路", cell("市交通局", properties=down), "市财政局", "2024年6月底"),
            row("2", "架桥", cell("", properties=on), "市水利局", "2024年9月底"),
            row("植树", cell("市林草局", properties=across), "长期", properties="<w:gridBefore w:val='1'/>"),
        )
    )
    assert measures_of(plan) == [
        ("修路", "市交通局", "市财政局", "2024-06-30"),
        ("架桥", "市交通局", "市水利局", "2024-09-30"),
        ("植树", "市林草局", "", None),
    ]


def test_words_left_under_a_merged_cell_are_listed() -> None:
    _, plan = read(
        table(
            HEADER,
            row("1", "修路", cell("市交通局", properties="<w:vMerge w:val='restart'/>"), "", "2024年6月底"),
            row("2", "架桥", cell("市审计局", properties="<w:vMerge/>"), "", "2024年9月底"),
        )
    )
    assert [m[1] for m in measures_of(plan)] == ["市交通局", "市交通局"]
    assert left_for(plan, "隐藏文字") == ["市审计局"]


def test_a_table_in_a_text_box_is_read_once() -> None:
    source, plan = read(
        para("2024年重点工作任务清单"), para(box(table(HEADER, row(*FIRST), row(*SECOND)) + para("")))
    )
    assert source.text.count("市交通局") == 1
    assert measures_of(plan) == BOTH


def test_a_text_box_in_a_cell_is_read_once() -> None:
    source, plan = read(
        table(
            HEADER,
            row(*FIRST),
            row("2", "架桥", cell(para(box(para("市住建局")))), "市水利局", "2024年9月底"),
        )
    )
    assert source.text.count("市住建局") == 1
    assert measures_of(plan) == BOTH


def test_a_nested_table_belongs_to_its_cell_alone() -> None:
    inner = table(row("来源：", "市政府"), row("联系人：", "张某"))
    source, plan = read(table(HEADER, row("1", cell("修路", inner + para("")), *FIRST[2:]), row(*SECOND)))
    assert source.text.count("张某") == 1
    assert [m[1:] for m in measures_of(plan)] == [m[1:] for m in BOTH]
    first = plan.sections[0].measures[0]
    assert "联系人：张某" in first.text
    assert not [left for left in plan.leftovers if "张某" in left.text or "来源" in left.text]


def test_a_wide_span_of_a_hostile_file_costs_nothing() -> None:
    source, _ = read(
        table(row(cell("甲", properties="<w:gridSpan w:val='99999999'/>"), "乙"), row("丙", "丁"))
    )
    assert len(source.cells) < 200


def test_rows_that_word_hides_are_listed() -> None:
    _, plan = read(
        table(
            HEADER,
            row(*FIRST),
            row("9", "旧任务", "市工信局", "", "", properties="<w:hidden/>"),
            row(*SECOND),
        )
    )
    assert measures_of(plan) == BOTH
    assert left_for(plan, "隐藏文字") == ["9 旧任务 市工信局"]


def test_the_last_row_keeps_all_lines_of_its_cells() -> None:
    _, plan = read(
        table(
            HEADER,
            row(*FIRST),
            row(
                "2", "架桥", "市住建局", cell("市水利局", "市林草局"), cell("2024年9月30日", "2024年12月31日")
            ),
        )
    )
    assert measures_of(plan)[1] == ("架桥", "市住建局", "市水利局、市林草局", "2024-12-31")
    assert not plan.leftovers or all(left.reason == "表头或表注" for left in plan.leftovers)


def test_one_number_over_two_tasks_and_one_task_over_two_units() -> None:
    down, on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    _, plan = read(
        table(
            HEADER,
            row(cell("1", properties=down), "修路", "市交通局", "", "2024年6月底"),
            row(cell("", properties=on), "养护", "市公路中心", "", "2024年8月底"),
            row(
                cell("2", properties=down),
                cell("架桥", properties=down),
                "市住建局",
                "市水利局",
                "2024年9月底",
            ),
            row(cell("", properties=on), cell("", properties=on), "市城管局", "市财政局", "2024年10月底"),
        )
    )
    assert measures_of(plan) == [
        ("修路", "市交通局", "", "2024-06-30"),
        ("养护", "市公路中心", "", "2024-08-31"),
        ("架桥", "市住建局、市城管局", "市水利局、市财政局", "2024-10-31"),
    ]
    assert [heading for _, _, heading in outline_of(plan)] == ["修路", "养护", "架桥"]


def test_a_row_without_a_task_is_named_and_listed() -> None:
    _, plan = read(
        table(HEADER, row(*FIRST), row("2", "", "市住建局", "", "2024年9月底"), row("3", *SECOND[1:]))
    )
    assert measures_of(plan) == BOTH
    assert left_for(plan, "没有任务内容的行") == ["2 |  | 市住建局 |  | 2024年9月底"]
    assert [(p.line, p.code) for p in plan.problems] == [(3, "row_without_task"), (4, "numbering_gap")]


def test_a_row_with_neither_number_nor_task_goes_on_with_the_one_above() -> None:
    _, plan = read(
        table(
            HEADER,
            row("1", "修路", "市交通局", "市财政局", ""),
            row("", "", "", "市审计局", "2024年6月底"),
            row(*SECOND),
        )
    )
    assert measures_of(plan) == [("修路", "市交通局", "市财政局、市审计局", "2024-06-30"), BOTH[1]]


def test_totals_are_no_tasks_however_they_are_spaced() -> None:
    _, plan = read(
        table(
            HEADER, row(*FIRST), row("", "小　计", "", "", ""), row(*SECOND), row("合 计", "2项", "", "", "")
        )
    )
    assert measures_of(plan) == BOTH


FIGURES = table(row("序号", "小区", "户数"), row("1", "翠苑", "200"), row("2", "望江", "150"))
PROJECTS = table(
    row("序号", "项目", "责任单位", "完成时限"),
    row("1", "翠苑改造", "市城管局", "2024年9月底"),
    row("2", "望江改造", "", "2024年10月底"),
)


def test_a_table_of_figures_is_part_of_the_task_above_it() -> None:
    _, plan = read(
        para("一、主要任务"),
        para("（一）改造小区。2024年6月底前完成。（牵头单位：市住建局；配合单位：市财政局）"),
        FIGURES,
        para("（二）改造管网。"),
        FIGURES,
        para("责任单位：市水利局"),
    )
    assert measures_of(plan) == [
        ("改造小区", "市住建局", "市财政局", "2024-06-30"),
        ("改造管网", "市水利局", "", None),
    ]
    first, second = plan.sections[0].measures
    assert first.text.endswith("\n1 | 翠苑 | 200\n2 | 望江 | 150")
    assert second.text.endswith("2 | 望江 | 150\n责任单位：市水利局")


def test_a_table_with_units_of_its_own_stands_beside_the_task_above_it() -> None:
    _, plan = read(
        para("一、主要任务"),
        para("（一）改造小区。2024年6月底前完成。（牵头单位：市住建局；配合单位：市财政局）"),
        PROJECTS,
        para("注：以上为初步安排。"),
        para("（二）改造管网。"),
        PROJECTS,
    )
    assert measures_of(plan) == [
        ("改造小区", "市住建局", "市财政局", "2024-06-30"),
        ("翠苑改造", "市城管局", "", "2024-09-30"),
        ("望江改造", "市住建局", "市财政局", "2024-10-31"),
        ("翠苑改造", "市城管局", "", "2024-09-30"),
        ("望江改造", "", "", "2024-10-31"),
    ]
    spans = [(m.start, m.end) for s in plan.sections for m in s.measures]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert left_for(plan, "表后文字") == ["注：以上为初步安排。"]


def test_words_behind_a_table_without_an_item_above_it_are_listed() -> None:
    _, plan = read(
        table(HEADER, row(*FIRST)),
        para("请各单位按期落实上述任务，每月报送进展。"),
        table(HEADER, row(*SECOND)),
    )
    assert measures_of(plan) == BOTH
    assert left_for(plan, "表后文字") == ["请各单位按期落实上述任务，每月报送进展。"]


@pytest.mark.parametrize(
    "form",
    [
        table(
            row("督办事项", "修路"),
            row("牵头单位", "市交通局"),
            row("配合单位", "市财政局"),
            row("完成时限", "2024年6月底"),
        ),
        table(
            row("督办事项", "修路", "牵头单位", "市交通局"),
            row("配合单位", "市财政局", "完成时限", "2024年6月底"),
        ),
        table(
            row(cell("督查督办单", properties="<w:gridSpan w:val='4'/>")),
            row("督办编号", "〔2024〕3号", "完成时限", "2024年6月底"),
            row("督办事项", cell("修路", properties="<w:gridSpan w:val='3'/>")),
            row("牵头单位", "市交通局", "配合单位", "市财政局"),
        ),
    ],
)
def test_a_form_of_labels_and_values_is_one_task(form: str) -> None:
    _, plan = read(para("督查督办通知单"), form)
    assert measures_of(plan) == BOTH[:1]


def test_paragraphs_set_out_with_tabs_are_no_table() -> None:
    def tabbed(number: str, task: str, unit: str) -> str:
        parts = (number, task + "。责任单位：", unit)
        return para("<w:r>" + "<w:tab/>".join(f"<w:t>{part}</w:t>" for part in parts) + "</w:r>")

    _, plan = read(
        para("一、主要任务"), tabbed("（一）", "修路", "市交通局"), tabbed("（二）", "架桥", "市住建局")
    )
    assert [m[:2] for m in measures_of(plan)] == [("修路", "市交通局"), ("架桥", "市住建局")]
