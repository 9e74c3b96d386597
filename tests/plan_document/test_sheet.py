"""Ledgers as offices keep them in Excel: errors, lost formats, struck and hidden rows, notes, several tables."""

from __future__ import annotations

import datetime as dt
import tracemalloc

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tracker.plan_document import DocumentError, ParsedPlan, SourceDocument, parse_plan, read_bytes

from .office import book_bytes, with_parts, workbook
from .support import account_for, left_for, measures_of

HEADER: list[object] = ["序号", "任务", "牵头单位", "配合单位", "完成时限"]
FIRST: list[object] = [1, "修路", "市交通局", "市财政局", "2024年6月底"]
SECOND: list[object] = [2, "架桥", "市住建局", "市水利局", "2024年9月底"]
BOTH = [("修路", "市交通局", "市财政局", "2024-06-30"), ("架桥", "市住建局", "市水利局", "2024-09-30")]


def ledger(*rows: list[object]) -> tuple[Workbook, Worksheet]:
    book = workbook([HEADER, *rows])
    sheet = book.active
    assert sheet is not None
    return book, sheet


def read(book: Workbook) -> tuple[SourceDocument, ParsedPlan]:
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source, year=2024)
    account_for(plan, source.text)
    return source, plan


def test_a_row_whose_task_is_an_uncomputed_formula_is_listed_whole() -> None:
    book, _ = ledger(
        FIRST, [2, "=B9", "市住建局", "市水利局", "2024年9月底"], [3, "植树", "市林草局", None, "=E2"]
    )
    _, plan = read(book)
    assert measures_of(plan) == [BOTH[0], ("植树", "市林草局", "", None)]
    assert left_for(plan, "没有任务内容的行") == ["2 |  | 市住建局 | 市水利局 | 2024年9月底"]
    codes = [problem.code for problem in plan.problems]
    assert codes.count("formula_without_value") == 1  # one for the sheet, with its cells and its first line
    told = next(problem for problem in plan.problems if problem.code == "formula_without_value")
    assert "的B3、E4是公式" in told.message and told.line == 3
    assert not any("个公式" in note for note in plan.notes)  # none was read by a saved result
    assert "row_without_task" in codes


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#NAME?", "#DIV/0!", "#VALUE!"])
def test_an_error_value_is_a_problem_with_its_cell(error: str) -> None:
    book, sheet = ledger(
        FIRST, [2, error, "市住建局", "市水利局", "2024年9月底"], [3, "植树", error, None, None]
    )
    sheet["B3"].data_type = sheet["C4"].data_type = "e"
    source, plan = read(book)
    assert error not in source.text
    assert [m[:2] for m in measures_of(plan)] == [("修路", "市交通局"), ("植树", "")]
    told = [problem.message for problem in plan.problems if problem.code == "error_value"]
    assert len(told) == 2
    assert "“台账”的B3是错误值" + error in told[0]
    assert "C4" in told[1]


def test_a_bare_serial_in_a_column_of_limits_is_a_date_to_confirm() -> None:
    book, _ = ledger(
        [1, "修路", "市交通局", None, 45473],
        [2, "架桥", "市住建局", None, "45565"],
        [3, "发放补贴45473元", "市财政局", None, 12],
    )
    _, plan = read(book)
    assert [m[3] for m in measures_of(plan)] == ["2024-06-30", "2024-09-30", None]
    told = [problem.message for problem in plan.problems if problem.code == "date_serial"]
    assert len(told) == 2
    assert "E2" in told[0] and "45473" in told[0] and "2024年6月30日" in told[0] and "核对" in told[0]


def test_a_month_that_lost_its_nought_is_told_with_its_cell() -> None:
    book, sheet = ledger(
        [1, "修路", "市交通局", None, 2026.1],
        [2, "架桥", "市住建局", None, 2026.1],
        [3, "植树", "市林草局", None, "2026.1"],
        [4, "治污", "市环境局", None, 2026.11],
        [5, "办学", "市教育局", None, 2026.9],
        [6, "投资2026.1万元", "市财政局", None, "2026年6月"],
    )
    sheet["E3"].number_format = "0.00"  # shows 2026.10
    _, plan = read(book)
    days = ["2026-01-31", "2026-10-31", "2026-01-31", "2026-11-30", "2026-09-30", "2026-06-30"]
    assert [m[3] for m in measures_of(plan)] == days
    told = [problem.message for problem in plan.problems]
    assert len(told) == 1
    assert "的E2是数字2026.1" in told[0] and "2026.10" in told[0] and "核对" in told[0]


def test_a_header_in_words_nobody_knows_is_no_measure() -> None:
    _, plan = read(
        workbook(
            [
                ["编码", "干什么", "谁来干", "谁帮忙", "干到啥时候"],
                FIRST,
                SECOND,
                [3, "植树造林", "市林草局", "各县区政府", "长期坚持"],
            ]
        )
    )
    assert measures_of(plan) == [*BOTH, ("植树造林", "市林草局", "各县区政府", None)]
    assert "干什么" in "".join(left_for(plan, "表头或表注"))


def test_rows_without_a_header_are_all_measures() -> None:
    _, plan = read(workbook([FIRST, SECOND]))
    assert measures_of(plan) == BOTH


def test_struck_rows_and_words_are_listed_and_told() -> None:
    book, sheet = ledger(FIRST, [9, "旧任务", "市工信局", None, None], SECOND)
    for place in ("A3", "B3", "C3"):
        sheet[place].font = Font(strike=True)
    sheet["C4"] = CellRichText("市住建局", TextBlock(InlineFont(strike=True), "、市城管局"))
    _, plan = read(book)
    assert measures_of(plan) == BOTH
    assert left_for(plan, "删除线文字") == ["9", "旧任务", "市工信局", "、市城管局"]
    assert any("删除线文字4处" in note for note in plan.notes)


def test_hidden_rows_do_not_cut_the_table_and_are_told_in_one_line() -> None:
    unknown: list[object] = ["编码", "干什么", "谁来干", "谁帮忙", "干到啥时候"]
    book = workbook([unknown, FIRST, [7, "甲"], [8, "乙"], [9, "丙"], SECOND])
    sheet = book.active
    assert sheet is not None
    for number in (3, 4, 5):
        sheet.row_dimensions[number].hidden = True
    _, plan = read(book)
    assert measures_of(plan) == BOTH
    assert left_for(plan, "隐藏行") == ["7 | 甲", "8 | 乙", "9 | 丙"]
    assert [note for note in plan.notes if "隐藏行，" in note] == [
        "工作表“台账”第3至5行是隐藏行，没有列为事项"
    ]


def test_a_hidden_row_with_a_comment_is_listed_once_and_belongs_to_no_measure() -> None:
    book, sheet = ledger(FIRST, [9, "旧任务", "市工信局", None, None], SECOND)
    sheet.row_dimensions[3].hidden = True
    sheet["B3"].comment = Comment("领导说不办了", "甲")
    sheet["B4"].comment = Comment("请加快", "甲")
    source, plan = read(book)
    assert measures_of(plan) == BOTH
    assert source.text.count("旧任务") == 1
    assert left_for(plan, "批注") == ["领导说不办了", "请加快"]
    taken = [source.text[m.start : m.end] for s in plan.sections for m in s.measures]
    assert not any(words in text for text in taken for words in ("旧任务", "请加快", "领导"))


def test_words_drawn_over_the_sheet_and_print_margins_are_listed() -> None:
    book, sheet = ledger(FIRST, SECOND)
    sheet.oddHeader.center.text = "内部资料"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    drawing = (
        "<xdr:wsDr xmlns:xdr='http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing' "
        "xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><xdr:sp><xdr:txBody>"
        "<a:p><a:r><a:t>每月5日前</a:t></a:r><a:r><a:t>报送</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    data = with_parts(book_bytes(book), {"xl/drawings/drawing1.xml": drawing.encode()})
    source = read_bytes(data, "台账.xlsx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert measures_of(plan) == BOTH
    assert left_for(plan, "文本框") == ["每月5日前报送"]
    assert left_for(plan, "页眉") == ["内部资料"]
    assert not left_for(plan, "页脚")


def test_two_tables_on_a_sheet_keep_their_own_columns() -> None:
    _, plan = read(
        workbook(
            [
                HEADER,
                FIRST,
                [None, None, None, None, None],
                ["序号", "完成时限", "责任单位", "重点工作", "备注"],
                [1, "2024年9月底", "市住建局", "架桥", None],
            ]
        )
    )
    assert measures_of(plan) == [BOTH[0], ("架桥", "市住建局", "", "2024-09-30")]


def test_sheets_with_the_same_header() -> None:
    book, _ = ledger(FIRST)
    other = book.create_sheet("续表")
    other.append(HEADER)
    other.append(SECOND)
    _, plan = read(book)
    assert measures_of(plan) == BOTH


def test_cells_merged_both_ways_and_totals() -> None:
    book, sheet = ledger(
        FIRST,
        [2, "架桥", None, "市水利局", "2024年9月底"],
        ["合 计", None, None, "2项", None],
        ["注：每月更新", None, None, None, None],
    )
    sheet.merge_cells("C2:C3")
    sheet.merge_cells("A5:E5")
    _, plan = read(book)
    assert measures_of(plan) == [BOTH[0], ("架桥", "市交通局", "市水利局", "2024-09-30")]


def test_chinese_figures_and_number_formats() -> None:
    book, sheet = ledger(
        [1, "修路", "市交通局", None, dt.date(2024, 6, 30)], [2, "架桥", "市住建局", None, None]
    )
    for place in ("A2", "A3"):
        sheet[place].number_format = "[DBNum1][$-804]General"
    _, plan = read(book)
    assert [m.marker for s in plan.sections for m in s.measures] == ["一", "二"]


def test_columns_grouped_and_folded_are_read_and_told_only_where_they_hold_something() -> None:
    book, sheet = ledger(FIRST, SECOND)
    sheet.column_dimensions.group("D", "D", hidden=True)
    sheet.column_dimensions.group("H", "ZZ", hidden=True)
    _, plan = read(book)
    assert measures_of(plan) == BOTH
    assert [note for note in plan.notes if "隐藏列" in note] == [
        "工作表“台账”的D列是隐藏列，与其他各列一样读取或列为未归入提纲的文字，请核对"
    ]


def test_an_area_merged_beyond_all_ledgers_is_refused_at_once() -> None:
    book, _ = ledger(FIRST)
    data = book_bytes(book)
    area = b"<mergeCells count='1'><mergeCell ref='A1:XFD1048576'/></mergeCells><pageMargins"
    with pytest.raises(DocumentError) as caught:
        read_bytes(with_parts(data, {}, {"xl/worksheets/sheet1.xml": (b"<pageMargins", area)}), "大.xlsx")
    assert caught.value.code == "too_large"


def test_a_book_of_one_hidden_sheet_is_empty() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("空")
    book["Sheet"].append(HEADER)
    book["Sheet"].append(FIRST)
    book["Sheet"].sheet_state = "hidden"
    book.active = 1
    with pytest.raises(DocumentError) as caught:
        read_bytes(book_bytes(book), "台账.xlsx")
    assert caught.value.code == "empty"


def milestones_of(plan: ParsedPlan) -> list[list[tuple[str, str]]]:
    return [
        [(m.date.isoformat(), m.text) for m in measure.milestones]
        for s in plan.sections
        for measure in s.measures
    ]


def test_columns_headed_by_stages_of_the_year_give_milestones() -> None:
    _, plan = read(
        workbook(
            [
                ["序号", "任务", "责任单位", "一季度", "上半年", "三季度目标", "年底前"],
                [1, "修路", "市交通局", "立项", "招标", None, "完工"],
                [2, "架桥", "市住建局", None, None, "通车", None],
            ]
        )
    )
    assert milestones_of(plan) == [
        [("2024-03-31", "立项"), ("2024-06-30", "招标"), ("2024-12-31", "完工")],
        [("2024-09-30", "通车")],
    ]
    assert [m[3] for m in measures_of(plan)] == ["2024-12-31", "2024-09-30"]
    first = plan.sections[0].measures[0]
    assert [s.to_confirm for s in first.provenance if s.field == "deadline"] == [True]
    assert first.text == "修路\n立项\n招标\n完工"


def test_stages_below_a_spanning_header_and_a_stated_limit() -> None:
    book = workbook(
        [
            ["序号", "任务", "责任单位", "进度安排", None, "完成时限"],
            [None, None, None, "6月底", "9月底", None],
            [1, "修路", "市交通局", "招标", "开工", "2025年6月底"],
        ],
        merges=("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"),
    )
    _, plan = read(book)
    assert measures_of(plan) == [("修路", "市交通局", "", "2025-06-30")]
    assert milestones_of(plan) == [[("2024-06-30", "招标"), ("2024-09-30", "开工")]]


def test_a_limit_that_says_no_day_is_named() -> None:
    _, plan = read(
        workbook(
            [HEADER, FIRST, [2, "架桥", "市住建局", None, "尽早"], [3, "植树", "市林草局", None, "长期坚持"]]
        )
    )
    assert [(p.code, "尽早" in p.message) for p in plan.problems] == [("unread_limit", True)]


def test_year_month_and_day_in_eight_figures() -> None:
    _, plan = read(
        workbook([HEADER, [1, "修路", "市交通局", None, 20240630], [2, "架桥", "市住建局", None, 20241399]])
    )
    assert [m[3] for m in measures_of(plan)] == ["2024-06-30", None]
    assert sorted(p.code for p in plan.problems) == ["date_serial", "unread_limit"]


def test_empty_columns_before_and_between_are_no_columns() -> None:
    _, plan = read(
        workbook(
            [
                [None, *HEADER[:2], None, *HEADER[2:]],
                [None, *FIRST[:2], None, *FIRST[2:]],
                [],
                [None, *SECOND[:2], None, *SECOND[2:]],
            ]
        )
    )
    assert measures_of(plan) == BOTH


@pytest.mark.parametrize("heading", [["一", "产业发展"], ["产业发展"], None])
def test_a_group_merged_behind_the_numbers_goes_before_its_first_row(heading: list[object] | None) -> None:
    header: list[object] = ["序号", "重点任务", "具体措施", "牵头单位", "完成时限"]
    rows: list[list[object]] = [
        [1, "道路", "修路", "市交通局", "2024年6月底"],
        [2, None, "架桥", "市住建局", "2024年9月底"],
        [3, "民生实事", "植树", "市林草局", "2024年13月"],
    ]
    first = 3 if heading else 2
    merged = (f"B{first}:B{first + 1}",)
    _, plan = read(workbook([header, *([heading] if heading else []), *rows], merges=merged))
    found = [m for section in plan.sections for m in section.measures]
    assert [(m.marker, m.title, m.lead) for m in found] == [
        ("1", "修路", ("市交通局",)),
        ("2", "架桥", ("市住建局",)),
        ("3", "植树", ("市林草局",)),
    ]
    assert [(p.code, "2024年13月" in p.message) for p in plan.problems] == [("unread_limit", True)]


@pytest.mark.parametrize("state", ["visible", "hidden"])
def test_one_stray_far_cell_beside_a_formula_costs_no_walk_over_the_sheet(state: str) -> None:
    book, _ = ledger(FIRST, [2, "=B9", "市住建局", "市水利局", "2024年9月底"])
    far = book.create_sheet("远处")
    far["XFD1048576"] = "x"
    far["A1"].comment = Comment("注", "办公室")
    far.row_dimensions[3].hidden = True
    far.sheet_state = state
    tracemalloc.start()
    try:
        if state == "visible":
            with pytest.raises(DocumentError) as refused:
                read_bytes(book_bytes(book), "台账.xlsx")
            assert refused.value.code == "too_large" and "“远处”" in str(refused.value)
        else:
            assert "工作表“远处”是隐藏的，没有读取" in read(book)[1].notes
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_sheet_that_tells_how_to_fill_in_the_others_holds_no_tasks() -> None:
    book, _ = ledger(FIRST, SECOND)
    notes = book.create_sheet("说明")
    for words in ("1. 时限请写到月", "2. 每月25日前报市督查室"):
        notes.append([words])
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert measures_of(plan) == BOTH
    assert left_for(plan, "表头或表注")[-2:] == ["1. 时限请写到月", "2. 每月25日前报市督查室"]
