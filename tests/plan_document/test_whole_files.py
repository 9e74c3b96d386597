"""Whole Word and Excel files as offices make them: outline, sections and tasks of each, first written as truth."""

from __future__ import annotations

import docx

from tracker.plan_document import ParsedPlan, parse_plan, read_bytes

from .office import book_bytes, saved, workbook
from .support import account_for, measures_of, outline_of

STAGES = ["序号", "项目名称", "建设内容", "一季度目标", "上半年目标", "全年目标", "责任单位", "责任人"]


def plan_of(data: bytes, name: str) -> ParsedPlan:
    source = read_bytes(data, name)
    plan = parse_plan(source)
    account_for(plan, source.text)
    return plan


def table(document: docx.document.Document, *rows: tuple[str, ...]) -> None:
    made = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, words in zip(made.add_row().cells, row, strict=True):
            cell.text = words


def test_a_table_of_figures_in_a_styled_plan_sets_no_tasks() -> None:
    document = docx.Document()
    document.add_paragraph("江屏县2024年春季农业生产工作方案", style="Title")
    document.add_heading("重点任务", 1)
    document.add_heading("稳定播种面积", 2)
    document.add_paragraph("3月底前完成复垦撂荒地5000亩。（县农业农村局牵头，各乡镇负责）")
    document.add_heading("加强农技服务", 2)
    document.add_paragraph("开展技术培训150场次。（县农技推广中心负责，4月底前完成）")
    document.add_heading("任务分解", 1)
    document.add_paragraph("各乡镇春播面积任务见下表：")
    rows = [("城关镇", "3.2", "1.1"), ("白石乡", "2.8", "0.9"), ("龙口镇", "4.0", "2.2")]
    table(document, ("乡镇", "早稻（万亩）", "玉米（万亩）"), *rows)
    document.add_heading("保障措施", 1)
    document.add_paragraph("县政府督查室每半月通报一次进度。")
    plan = plan_of(saved(document), "方案.docx")
    assert [node[2] for node in outline_of(plan)] == [
        "重点任务",
        "稳定播种面积",
        "加强农技服务",
        "任务分解",
        "保障措施",
    ]
    assert measures_of(plan) == [
        ("稳定播种面积", "县农业农村局", "各乡镇", "2024-03-31"),
        ("加强农技服务", "县农技推广中心", "", "2024-04-30"),
    ]


def test_counts_in_a_table_are_no_numbers_and_a_mechanism_is_no_task() -> None:
    document = docx.Document()
    document.add_paragraph("青田区2024年为民办实事实施方案")
    document.add_paragraph("一、实施内容")
    document.add_paragraph("（一）新增公办幼儿园学位1800个")
    document.add_paragraph("新建幼儿园6所，8月底前竣工。")
    document.add_paragraph("牵头单位：区教育局    责任单位：区住建局")
    document.add_paragraph("（二）建设便民健身设施")
    document.add_paragraph("具体建设任务如下：")
    places = [
        ("笼式足球场", "4", "东湖公园"),
        ("健身步道", "6", "各街道"),
        ("智慧健身房", "10", "各街道"),
    ]
    table(document, ("设施类型", "数量（处）", "建设地点"), *places)
    document.add_paragraph("牵头单位：区文旅体局    责任单位：各街道办事处")
    document.add_paragraph("二、推进机制")
    document.add_paragraph("1.实行台账管理。各牵头单位于3月15日前制定推进计划。")
    document.add_paragraph("2.实行月报制度。每月28日前将进展情况报区政府督查室。")
    plan = plan_of(saved(document), "方案.docx")
    assert [node[1] for node in outline_of(plan)] == ["一、", "（一）", "（二）", "二、", "1.", "2."]
    assert measures_of(plan) == [
        ("新增公办幼儿园学位1800个", "区教育局", "区住建局", "2024-08-31"),
        ("建设便民健身设施", "区文旅体局", "各街道办事处", None),
    ]


def test_a_table_that_points_at_articles_sets_no_tasks_and_days_of_completion_are_limits() -> None:
    document = docx.Document()
    document.add_paragraph("望江县2025年度县城建设项目计划")
    document.add_paragraph("一、续建项目")
    head = ("序号", "项目名称", "建设规模", "责任单位", "完工时间")
    table(
        document,
        head,
        ("1", "滨河路改造", "长2.3公里", "县住建局", "2025年6月"),
        ("2", "污水处理厂扩建", "日处理2万吨", "县水务集团", "2025年9月"),
    )
    document.add_paragraph("二、强化推进")
    document.add_paragraph("1．实行清单管理。逐项明确进度。")
    document.add_paragraph("2．强化要素保障。优先保障用地。")
    document.add_paragraph("附表：责任分工")
    table(
        document,
        ("措施", "牵头单位", "责任单位"),
        ("第1条、第2条", "县住建局", "县财政局"),
        ("第3条", "县水务集团", "县发改局"),
    )
    plan = plan_of(saved(document), "计划.docx")
    found = measures_of(plan)
    assert found[:2] == [
        ("滨河路改造", "县住建局", "", "2025-06-30"),
        ("污水处理厂扩建", "县水务集团", "", "2025-09-30"),
    ]
    assert not [title for title, *_ in found if title.startswith("第")]


def test_the_whole_years_target_is_the_last_stage() -> None:
    book = workbook(
        [
            ["2023年全区重点项目攻坚任务表"],
            list(STAGES),
            [
                1,
                "智能装备园",
                "新建厂房12万平方米",
                "土地摘牌",
                "桩基施工",
                "主体完工",
                "高新区管委会",
                "孙磊",
            ],
            [2, "冷链基地", "建设冷库5万立方米", "施工许可", "主体50%", "竣工投用", "区商务局", "钱芳"],
        ]
    )
    plan = plan_of(book_bytes(book), "任务表.xlsx")
    assert measures_of(plan) == [
        ("智能装备园", "高新区管委会", "", "2023-12-31"),
        ("冷链基地", "区商务局", "", "2023-12-31"),
    ]
    assert [str(stage.date) for stage in plan.sections[0].measures[0].milestones] == [
        "2023-03-31",
        "2023-06-30",
        "2023-12-31",
    ]


def test_a_row_behind_its_group_keeps_its_number_in_the_outline() -> None:
    book = workbook(
        [
            ["2024年全县重点工作推进台账"],
            ["序号", "类别", "工作任务", "牵头单位", "完成时限"],
            [1, "产业发展", "锂电池产业园建设", "经开区管委会", "2024年12月底前"],
            [2, None, "竹产业精深加工", "县林业局", "2024年10月底"],
            [3, "城乡建设", "老城区雨污分流改造", "县住建局", "2024年9月30日"],
            [4, None, "农村公路提质", "县交通运输局", "11月底前"],
        ]
    )
    sheet = book.active
    assert sheet is not None
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("B5:B6")
    plan = plan_of(book_bytes(book), "台账.xlsx")
    assert outline_of(plan) == [
        [1, "", "产业发展"],
        [2, "1", "锂电池产业园建设"],
        [2, "2", "竹产业精深加工"],
        [1, "", "城乡建设"],
        [2, "3", "老城区雨污分流改造"],
        [2, "4", "农村公路提质"],
    ]
