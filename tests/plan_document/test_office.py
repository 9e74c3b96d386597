"""Word, Excel and saved pages give the outline, units and limits that a person reads in them."""

from __future__ import annotations

import datetime as dt

from docx.oxml import parse_xml

from tracker.plan_document import SourceDocument, parse_plan, read_bytes

from .office import W, book_bytes, new_document, numbered, restart, saved, workbook
from .support import account_for, outline_of


def word(document: object) -> SourceDocument:
    return read_bytes(saved(document), "方案.docx")  # type: ignore[arg-type]


def test_automatic_numbers_are_read_as_word_shows_them() -> None:
    document = new_document()
    document.add_paragraph("柳河县数字乡村建设实施方案", style="Title")
    document.add_paragraph("为推进数字乡村建设，制定本方案。")
    numbered(document, "总体要求", 0)
    document.add_paragraph("坚持需求导向。")
    numbered(document, "主要任务", 0)
    numbered(document, "补齐网络短板。2025年6月底前行政村5G全覆盖。（县工信局牵头）", 1)
    numbered(document, "建设村级平台。统一开发，分步接入。", 1)
    numbered(document, "制定标准。", 2)
    numbered(document, "汇聚数据。", 2)
    numbered(document, "保障措施", 0)
    numbered(document, "加强领导。成立专班。", 1)
    source = word(document)
    plan = parse_plan(source)
    assert plan.title == "柳河县数字乡村建设实施方案"
    assert outline_of(plan) == [
        [1, "一、", "总体要求"],
        [1, "二、", "主要任务"],
        [2, "（一）", "补齐网络短板"],
        [2, "（二）", "建设村级平台"],
        [3, "1.", "制定标准"],
        [3, "2.", "汇聚数据"],
        [1, "三、", "保障措施"],
        [2, "（一）", "加强领导"],
    ]
    assert plan.action_part is not None
    assert plan.action_part.heading == "主要任务"
    assert plan.sections[0].measures[0].deadline == dt.date(2025, 6, 30)
    account_for(plan, source.text)


def test_a_restarted_list_begins_at_one_again() -> None:
    document = new_document()
    restart(document, 91, 2)
    document.add_paragraph("重点工作安排")
    numbered(document, "城建工作。", 0)
    numbered(document, "修路。", 2)
    numbered(document, "架桥。", 2)
    numbered(document, "民生工作。", 0)
    numbered(document, "办学。", 2, number=91)
    numbered(document, "建院。", 2, number=91)
    assert outline_of(parse_plan(word(document))) == [
        [1, "一、", "城建工作"],
        [2, "1.", "修路"],
        [2, "2.", "架桥"],
        [1, "二、", "民生工作"],
        [2, "1.", "办学"],
        [2, "2.", "建院"],
    ]


def test_styled_headings_without_numbers() -> None:
    document = new_document()
    document.add_paragraph("安平区招商引资三年行动", style="Title")
    document.add_paragraph("指导思想", style="Heading 1")
    document.add_paragraph("坚持高质量发展。")
    document.add_paragraph("重点任务", style="Heading 1")
    document.add_paragraph("精准招商", style="Heading 2")
    document.add_paragraph("1.编制招商图谱。由区商务局牵头，5月底前完成。")
    document.add_paragraph("2.开展驻点招商。每季度不少于两次。")
    document.add_paragraph("项目落地", style="Heading 2")
    document.add_paragraph("压实专班责任，推进项目开工。")
    assert outline_of(parse_plan(word(document))) == [
        [1, "", "指导思想"],
        [1, "", "重点任务"],
        [2, "", "精准招商"],
        [3, "1.", "编制招商图谱"],
        [3, "2.", "开展驻点招商"],
        [2, "", "项目落地"],
    ]


def test_numbered_headings_in_styles_with_numbers_in_numbering() -> None:
    document = new_document()
    document.add_paragraph("工作规划")
    numbered(document, "强化监管", 0, style="Heading 1")
    numbered(document, "开展检查", 1, style="Heading 2")
    document.add_paragraph("每月抽查一次。")
    numbered(document, "提升服务", 0, style="Heading 1")
    numbered(document, "减少环节", 1, style="Heading 2")
    document.add_paragraph("压缩办理时间。")
    assert outline_of(parse_plan(word(document))) == [
        [1, "一、", "强化监管"],
        [2, "（一）", "开展检查"],
        [1, "二、", "提升服务"],
        [2, "（一）", "减少环节"],
    ]


def test_table_with_merged_groups_in_word() -> None:
    document = new_document()
    document.add_paragraph("2025年重点工作任务分解表")
    table = document.add_table(rows=4, cols=6)
    rows = [
        ["类别", "序号", "工作任务", "牵头单位", "责任单位", "完成时限"],
        [
            "项目建设",
            "1",
            "开工新建工业园,完成投资2亿元。",
            "县发改局",
            "县工信局、县自然资源局",
            "2025年6月底",
        ],
        ["", "2", "建成物流中心。", "县商务局", "各乡镇（街道）", "2025年12月"],
        ["民生保障", "3", "改造老旧小区10个。", "县住建局", "县财政局\n县供电公司", "长期坚持"],
    ]
    for at, row in enumerate(rows):
        for column, words in enumerate(row):
            table.cell(at, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    source = word(document)
    plan = parse_plan(source)
    assert plan.title == "2025年重点工作任务分解表"
    assert outline_of(plan) == [
        [1, "", "项目建设"],
        [2, "1", "开工新建工业园"],
        [2, "2", "建成物流中心"],
        [1, "", "民生保障"],
        [2, "3", "改造老旧小区10个"],
    ]
    first, second = plan.sections[0].measures
    third = plan.sections[1].measures[0]
    assert (first.lead, first.co) == (("县发改局",), ("县工信局", "县自然资源局"))
    assert first.deadline == dt.date(2025, 6, 30)
    assert second.co == ("各乡镇（街道）",)
    assert first.text == "开工新建工业园，完成投资2亿元。"
    assert third.co == ("县财政局", "县供电公司")
    assert third.standing and third.deadline is None
    lead = next(source_ for source_ in first.provenance if source_.field == "lead")
    assert source.text[lead.start : lead.end] == "县发改局"
    account_for(plan, source.text)


def test_task_and_number_merged_over_several_measures() -> None:
    document = new_document()
    table = document.add_table(rows=4, cols=4)
    rows = [
        ["序号", "重点任务", "工作措施", "责任单位"],
        ["1", "优化环境", "压减审批材料。", "区行政审批局"],
        ["", "", "推行一窗受理。", "区政务服务中心"],
        ["2", "扩大开放", "举办招商大会。", "区商务局"],
    ]
    for at, row in enumerate(rows):
        for column, words in enumerate(row):
            table.cell(at, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 1).merge(table.cell(2, 1))
    plan = parse_plan(word(document))
    assert [node.heading for node in plan.outline[0].children] == [
        "压减审批材料",
        "推行一窗受理",
    ]
    assert plan.outline[0].heading == "优化环境"
    assert [m.lead for s in plan.sections for m in s.measures] == [
        ("区行政审批局",),
        ("区政务服务中心",),
        ("区商务局",),
    ]


def test_tracked_changes_are_accepted_and_told() -> None:
    document = new_document()
    paragraph = document.add_paragraph("一、推进改革。")
    paragraph._p.append(
        parse_xml(
            f"<w:del {W} w:id='1' w:author='甲'><w:r><w:delText>6月底前完成。</w:delText></w:r></w:del>"
        )
    )
    paragraph._p.append(
        parse_xml(f"<w:ins {W} w:id='2' w:author='甲'><w:r><w:t>9月底前完成。</w:t></w:r></w:ins>")
    )
    document.add_paragraph("二、加强监管。由县司法局负责。")
    source = word(document)
    assert "6月底前" not in source.text
    assert "一、推进改革。9月底前完成。" in source.text
    plan = parse_plan(source, year=2024)
    assert plan.sections[0].measures[0].deadline == dt.date(2024, 9, 30)
    assert any("修订" in note for note in plan.notes)


LEDGER: list[list[object]] = [
    ["2024年督查事项台账", None, None, None, None],
    ["序号", "督查事项", "牵头单位", "配合单位", "完成时限"],
    [1, "建设社区养老中心，新增床位200张。", "市民政局", "市卫健委、市住建局", dt.date(2024, 10, 31)],
    [2, "=SUM(1) 是原文，不是公式", "市财政局", None, "每月10日前"],
    [3, "整治校园周边环境。", "市城管局", "市公安局、各县（市、区）政府", "8月底前"],
]


def test_ledger_with_a_title_row_and_dates() -> None:
    book = workbook(LEDGER, merges=("A1:E1",))
    sheet = book.active
    assert sheet is not None
    sheet["B4"].data_type = "s"
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source)
    assert plan.title == "2024年督查事项台账"
    assert outline_of(plan) == [
        [1, "1", "建设社区养老中心"],
        [1, "2", "=SUM(1) 是原文"],
        [1, "3", "整治校园周边环境"],
    ]
    first, second, third = plan.sections[0].measures
    assert first.deadline == dt.date(2024, 10, 31)
    assert first.co == ("市卫健委", "市住建局")
    assert (second.recurring, second.deadline) == ("monthly", None)
    assert third.deadline == dt.date(2024, 8, 31)
    assert third.co == ("市公安局", "各县（市、区）政府")
    account_for(plan, source.text)


def test_hidden_rows_and_sheets_are_reported() -> None:
    book = workbook(LEDGER, merges=("A1:E1",))
    sheet = book.active
    assert sheet is not None
    sheet["B4"] = "规范收费"
    sheet.row_dimensions[4].hidden = True
    other = book.create_sheet("旧账")
    other.append(["序号", "事项", "责任单位"])
    other.append([1, "不该读", "某局"])
    other.sheet_state = "hidden"
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source)
    assert "不该读" not in source.text
    assert [m.title for s in plan.sections for m in s.measures] == ["建设社区养老中心", "整治校园周边环境"]
    assert any("第4行是隐藏行" in note for note in plan.notes)
    assert any("“旧账”是隐藏的" in note for note in plan.notes)
    assert any(left.reason == "隐藏行" and "规范收费" in left.text for left in plan.leftovers)


def test_several_sheets_make_one_plan() -> None:
    book = workbook(LEDGER[1:3])
    other = book.create_sheet("续")
    for row in (["序号", "任务", "责任单位", "时限"], [2, "修订预案。", "市应急局", "2024年底前"]):
        other.append(row)
    plan = parse_plan(read_bytes(book_bytes(book), "台账.xlsx"))
    measures = [m for s in plan.sections for m in s.measures]
    assert [(m.title, m.lead) for m in measures] == [
        ("建设社区养老中心", ("市民政局",)),
        ("修订预案", ("市应急局",)),
    ]


PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>通知</title><script>var a="一、脚本";</script></head>
<body><div class="nav">首页 &gt; 政务公开 &gt; 政策文件</div><h1>清江区促进消费若干措施</h1>
<p>发布时间：2024-04-02 10:30　来源：区商务局</p>
<p>　　一、支持汽车消费。发放购车补贴，2024年6月底前兑现。（区商务局牵头，区财政局配合）</p>
<p>　　二、发展夜间经济。</p><p>　　打造夜市街区。（区城管局、各街道）</p>
<table><tr><th>序号</th><th>项目</th><th>责任单位</th><th>完成时间</th></tr>
<tr><td>1</td><td>美食街改造</td><td rowspan="2">区住建局</td><td>5月底</td></tr>
<tr><td>2</td><td>江边步道</td><td>7月底</td></tr></table>
<p>【打印】【关闭】</p></body></html>"""


def test_saved_page_in_its_own_encoding() -> None:
    source = read_bytes(PAGE.encode("gb18030"), "措施.html")
    assert source.format == "html"
    assert "脚本" not in source.text
    plan = parse_plan(source)
    assert plan.title == "清江区促进消费若干措施"
    assert outline_of(plan) == [
        [1, "一、", "支持汽车消费"],
        [1, "二、", "发展夜间经济"],
        [2, "1", "美食街改造"],
        [2, "2", "江边步道"],
    ]
    account_for(plan, source.text)
    rows = [m for s in plan.sections for m in s.measures if m.marker in {"1", "2"}]
    assert [(m.lead, m.deadline) for m in rows] == [
        (("区住建局",), dt.date(2024, 5, 31)),
        (("区住建局",), dt.date(2024, 7, 31)),
    ]
