"""A ledger's figures, sums and notes are none of its tasks and do not hide them."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan, read_bytes

from .office import book_bytes, para, row, saved, table, workbook, written
from .support import account_for, measures_of, outline_of


def test_figures_in_a_column_of_its_own_words_above_a_sum() -> None:
    rows = [
        ["序号", "项目名称", "年度投资", "责任单位及责任人", "投产时间"],
        ["1", "高铁站枢纽", "3.5", "牵头：市交通局\n配合：市城投集团", "2025年10月"],
        ["2", "污水厂提标", "1.2亿元", "市住建局", "2023年11月"],
        ["合计", "", "4.7", "", ""],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "台账.xlsx"))
    assert measures_of(plan) == [
        ("高铁站枢纽", "市交通局", "市城投集团", "2025-10-31"),
        ("污水厂提标", "市住建局", "", "2023-11-30"),
    ]


def test_a_first_column_that_counts_is_the_number() -> None:
    text = "跟進事項一覽\n項目\t措施\t負責政策局／部門\t推行時間\n1\t增設中心四間\t社會福利署\t2024年第四季\n2\t試行電子收費\t運輸署\t2024年中\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert outline_of(plan) == [[1, "1", "增設中心四間"], [1, "2", "試行電子收費"]]
    assert [row[1:] for row in measures_of(plan)] == [
        ("社會福利署", "", "2024-12-31"),
        ("運輸署", "", "2024-06-30"),
    ]


@pytest.mark.parametrize(
    "notes",
    [
        ["注：1.目标值为年底水平。2.牵头单位每季度末报送。"],
        ["注：1.目标值为年底水平。", "2.牵头单位每季度末报送。"],
    ],
)
def test_points_of_a_note_below_a_table_are_no_tasks(notes: list[str]) -> None:
    body = table(
        row("序号", "重点任务", "牵头单位", "完成时限"),
        row("1", "提高参保率", "市医保局", "2024年12月"),
        row("2", "培训医师", "市卫健委", "2024年6月"),
    )
    source = read_bytes(saved(written(para("医改任务清单"), body, *map(para, notes))), "清单.docx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert [title for title, *_ in measures_of(plan)] == ["提高参保率", "培训医师"]


def test_items_below_the_note_of_a_table_stay_tasks() -> None:
    body = table(
        row("序号", "重点任务", "牵头单位", "完成时限"),
        row("1", "提高参保率", "市医保局", "2024年12月"),
    )
    more = ["注：目标值为年底水平。", "2.培训医师。（市卫健委，2024年6月底前）"]
    plan = parse_plan(read_bytes(saved(written(para("医改任务清单"), body, *map(para, more))), "清单.docx"))
    assert "培训医师" in [title for title, *_ in measures_of(plan)]


def test_a_day_within_the_month_of_its_column() -> None:
    rows = [
        ["工作任务", "7月", "8月", "9月", "牵头单位"],
        ["编制预算", "", "8月15日前报批", "", "区财政局"],
        ["布置场馆", "完成设计", "", "9月25日前布置完毕", "区文化馆"],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "2024年推进表.xlsx"), year=2024)
    assert [(title, due) for title, _, _, due in measures_of(plan)] == [
        ("编制预算", "2024-08-15"),
        ("布置场馆", "2024-09-25"),
    ]


def test_a_row_without_a_remark_above_the_number_of_a_group() -> None:
    lines = [
        "序号",
        "工程",
        "责任单位",
        "完成时间",
        "备注",
        "一",
        "泵站",
        "1",
        "扩容",
        "市水务局",
        "5月底",
        "已开工",
    ]
    lines += ["2", "更新", "市水务局", "4月底", "二", "管网", "3", "清淤", "市城管局", "6月15日", "分段"]
    text = "2023年任务表\n" + "\n".join(lines) + "\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert outline_of(plan) == [
        [1, "一", "泵站"],
        [2, "1", "扩容"],
        [2, "2", "更新"],
        [1, "二", "管网"],
        [2, "3", "清淤"],
    ]


def test_sums_behind_the_cell_of_a_group() -> None:
    rows = [
        ["乡镇", "序号", "项目名称", "计划投资", "责任单位", "开工时间", "完工时间"],
        ["城关镇", "1", "水厂扩建", "5200", "县水务公司", "2024.3", "2025.6"],
        ["城关镇", "", "小计", "5200", "", "", ""],
        ["云湖镇", "2", "水厂改造", "1300", "云湖镇政府", "2024.4", "2024.12"],
        ["云湖镇", "", "小 计", "1300", "", "", ""],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "推进表.xlsx"))
    assert measures_of(plan) == [
        ("水厂扩建", "县水务公司", "", "2025-06-30"),
        ("水厂改造", "云湖镇政府", "", "2024-12-31"),
    ]


def test_when_and_whom_an_inspection_checked() -> None:
    rows = [
        [
            "编号",
            "检查时间",
            "被检查单位",
            "存在问题",
            "隐患等级",
            "整改措施",
            "整改责任单位",
            "监管部门",
            "整改时限",
        ],
        [
            "1",
            "2023年6月5日",
            "化工公司",
            "报警器未检测",
            "一般",
            "委托检测",
            "化工公司",
            "市应急局",
            "2023年6月20日",
        ],
        [
            "2",
            "2023年6月6日",
            "东岭商场",
            "通道堆物",
            "一般",
            "立即清理",
            "东岭商场",
            "市消防支队",
            "立即整改",
        ],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "台账.xlsx"))
    assert measures_of(plan) == [
        ("委托检测", "化工公司", "", "2023-06-20"),
        ("立即清理", "东岭商场", "", None),
    ]


@pytest.mark.parametrize("head", ["实施单位及责任人", "责任单位和联系人", "牵头单位、责任人"])
def test_units_and_persons_in_one_column(head: str) -> None:
    rows = [["项目名称", head, "时间安排"], ["改扩建学校", "区教体局\n局长 张伟", "3月开工，8月投用"]]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "安排.xlsx"), year=2023)
    assert measures_of(plan) == [("改扩建学校", "区教体局", "", "2023-08-31")]
