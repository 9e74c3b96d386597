"""What Word and Excel show but do not store as text: numbers in cells, margins, date formats, formulas."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
from docx.oxml import parse_xml
from openpyxl.workbook import Workbook

from tracker.plan_document import SourceDocument, parse_plan, read_bytes

from .office import W, new_document, saved
from .support import account_for, measures_of, outline_of


def book(workbook: Workbook) -> SourceDocument:
    target = io.BytesIO()
    workbook.save(target)
    return read_bytes(target.getvalue(), "台账.xlsx")


def test_a_column_of_automatic_numbers_in_a_word_table() -> None:
    document = new_document()
    document.add_paragraph("2024年河口县民生实事任务分解表")
    table = document.add_table(rows=3, cols=5)
    rows = [
        ("序号", "工作任务", "牵头单位", "责任单位", "完成时限"),
        ("", "新建口袋公园5个", "县住建局", "各乡镇", "2024年9月"),
        ("", "为老年人免费体检", "县卫健局", "县财政局", "长期坚持"),
    ]
    for row, words in zip(table.rows, rows, strict=True):
        for cell, shown in zip(row.cells, words, strict=True):
            cell.text = shown
        if not words[0]:
            properties = row.cells[0].paragraphs[0]._p.get_or_add_pPr()
            properties.append(parse_xml(f"<w:numPr {W}><w:ilvl w:val='2'/><w:numId w:val='90'/></w:numPr>"))
    source = read_bytes(saved(document), "任务.docx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert outline_of(plan) == [[1, "1.", "新建口袋公园5个"], [1, "2.", "为老年人免费体检"]]
    assert measures_of(plan) == [
        ("新建口袋公园5个", "县住建局", "各乡镇", "2024-09-30"),
        ("为老年人免费体检", "县卫健局", "县财政局", None),
    ]


def test_headers_and_footers_are_leftovers_with_a_note() -> None:
    document = new_document()
    document.sections[0].header.paragraphs[0].text = "河口县人民政府公报"
    document.sections[0].footer.paragraphs[0].text = "内部资料 注意保存"
    document.add_paragraph("河口县食品安全工作方案")
    document.add_paragraph("一、抓抽检。6月底前完成。（县市场监管局负责）")
    document.add_paragraph("二、抓宣传。每月一次。")
    source = read_bytes(saved(document), "方案.docx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    asides = {left.reason: left.text.strip() for left in plan.leftovers}
    assert asides["页眉"] == "河口县人民政府公报"
    assert asides["页脚"] == "内部资料 注意保存"
    assert any("页眉1处、页脚1处" in note for note in plan.notes)
    assert [m[0] for m in measures_of(plan)] == ["抓抽检", "抓宣传"]


def test_a_date_without_a_day_ends_with_its_month() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["序号", "工作事项", "牵头单位", "完成时间"])
    sheet.append([1, "道路硬化", "县交通局", dt.datetime(2024, 6, 1)])
    sheet["D2"].number_format = 'yyyy"年"m"月"'
    sheet.append([2, "高标准农田", "县农业农村局", dt.datetime(2024, 11, 20)])
    sheet["D3"].number_format = "yyyy/m/d"
    sheet.append([3, "入户率", 0.85, None])
    sheet["C4"].number_format = "0%"
    source = book(workbook)
    assert "85%" in source.text
    assert [m[3] for m in measures_of(parse_plan(source))[:2]] == ["2024-06-30", "2024-11-20"]


def test_a_formula_without_a_saved_value_is_a_problem() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "台账"
    sheet.append(["序号", "任务", "责任单位", "完成时限"])
    sheet.append(["=ROW()-1", "修桥", "县交通局", "2024年5月底"])
    plan = parse_plan(book(workbook))
    problem = next(p for p in plan.problems if p.code == "formula_without_value")
    assert "A2" in problem.message and "台账" in problem.message
    assert problem.severity == "warning"
    assert not any("个公式" in note for note in plan.notes)  # said once, by the problem
    assert measures_of(plan) == [("修桥", "县交通局", "", "2024-05-31")]


def test_hidden_columns_are_said() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["序号", "任务", "责任单位", "备注"])
    sheet.append([1, "修桥", "县交通局", "无"])
    sheet.column_dimensions["D"].hidden = True
    assert any("D列是隐藏列" in note for note in parse_plan(book(workbook)).notes)


def test_ordered_lists_of_a_page_get_the_numbers_a_browser_shows() -> None:
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><h1>青石县工作方案</h1>'
        "<p><strong>一、主要任务</strong></p><ol><li>编制清单。</li><li>公开流程。</li></ol></body></html>"
    )
    plan = parse_plan(read_bytes(page.encode(), "p.html"))
    assert outline_of(plan) == [[1, "一、", "主要任务"], [2, "1.", "编制清单"], [2, "2.", "公开流程"]]


def test_two_header_rows_and_groups_merged_over_all_columns() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (
        ("2024年全市重点工作任务分工表", None, None, None, None, None),
        ("序号", "重点任务", "工作目标", "责任单位", None, "完成时限"),
        (None, None, None, "牵头单位", "配合单位", None),
        ("一", "产业升级", None, None, None, None),
        (1, "壮大主导产业", "产值突破500亿元", "市工信局", "市商务局、各县区", "2024年12月"),
        ("二", "乡村振兴", None, None, None, None),
        (2, "建设高标准农田", "新建10万亩", "市农业农村局", "市财政局\n市水利局", "2024/10/31"),
        ("填表人：张某", None, None, None, None, "填表日期：2024年1月5日"),
    ):
        sheet.append(row)
    for area in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3", "B4:F4", "B6:F6"):
        sheet.merge_cells(area)
    source = book(workbook)
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert plan.title == "2024年全市重点工作任务分工表"
    assert outline_of(plan) == [
        [1, "一", "产业升级"],
        [2, "1", "壮大主导产业"],
        [1, "二", "乡村振兴"],
        [2, "2", "建设高标准农田"],
    ]
    assert measures_of(plan) == [
        ("壮大主导产业", "市工信局", "市商务局、各县区", "2024-12-31"),
        ("建设高标准农田", "市农业农村局", "市财政局、市水利局", "2024-10-31"),
    ]


def test_roles_written_inside_one_column() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["序号", "任务内容", "牵头单位及配合单位", "时限要求"])
    sheet.append([1, "开展扫黑除恶。深挖彻查。", "牵头单位：县公安局\n配合单位：县法院、县检察院", "常态化"])
    sheet.append([2, "化解矛盾纠纷", "县司法局牵头，各乡镇配合", "每季度"])
    plan = parse_plan(book(workbook))
    assert measures_of(plan) == [
        ("开展扫黑除恶", "县公安局", "县法院、县检察院", None),
        ("化解矛盾纠纷", "县司法局", "各乡镇", None),
    ]
    assert [m.recurring for s in plan.sections for m in s.measures] == [None, "quarterly"]


def test_a_table_of_public_information_is_no_table_of_tasks() -> None:
    page = (
        '<html><head><meta charset="utf-8"/></head><body><table><tr><td>索引号</td><td>000-2023-001</td>'
        "<td>发文日期</td><td>2023-05-06</td></tr><tr><td>标题</td><td colspan=3>双桥县饮水安全方案</td></tr></table>"
        "<p><b>双桥县饮水安全方案</b></p><p>一、主要任务</p><p>（一）维修管网。年内完成。<br>责任单位：县水利局</p>"
        "<p>（二）建设水厂。6月底前完成。<br>责任单位：县住建局</p><div>附件下载：<a>方案.pdf</a></div></body></html>"
    )
    source = read_bytes(page.encode(), "p.html")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert plan.title == "双桥县饮水安全方案"
    assert outline_of(plan) == [[1, "一、", "主要任务"], [2, "（一）", "维修管网"], [2, "（二）", "建设水厂"]]
    assert measures_of(plan) == [
        ("维修管网", "县水利局", "", "2023-12-31"),
        ("建设水厂", "县住建局", "", "2023-06-30"),
    ]
