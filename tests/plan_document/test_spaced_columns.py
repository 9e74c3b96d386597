"""Tables set out with nothing but blanks: names apart by one blank, empty columns, rows that go on, no header at all."""

from __future__ import annotations

from tracker.plan_document import ParsedPlan, parse_plan

from .support import account_for, measures_of, outline_of

TITLE = "2024年重点任务分解表\n"


def read(text: str) -> ParsedPlan:
    plan = parse_plan(TITLE + text)
    account_for(plan, TITLE + text)
    return plan


def test_names_that_one_blank_parts_are_one_cell() -> None:
    plan = read(
        "序号 工作任务 责任单位 完成时限\n1 新建口袋公园10处 市园林局 6月底前\n"
        "2 改造老旧小区20个 市住建局 市财政局 10月底前\n3 排查燃气隐患 市城管局 每季度\n"
    )
    assert measures_of(plan) == [
        ("新建口袋公园10处", "市园林局", "", "2024-06-30"),
        ("改造老旧小区20个", "市住建局", "市财政局", "2024-10-31"),
        ("排查燃气隐患", "市城管局", "", None),
    ]


def test_empty_columns_leave_each_cell_in_the_column_of_its_kind() -> None:
    plan = read(
        "序号  工作任务  牵头单位  配合单位  完成时限  备注\n1  新建口袋公园10处  市园林局  6月底前  民生实事\n"
        "2  改造老旧小区20个  市住建局  市财政局  10月底前\n3  排查燃气隐患  市城管局  每季度\n4  建设智慧灯杆  市数据局\n"
    )
    assert measures_of(plan) == [
        ("新建口袋公园10处", "市园林局", "", "2024-06-30"),
        ("改造老旧小区20个", "市住建局", "市财政局", "2024-10-31"),
        ("排查燃气隐患", "市城管局", "", None),
        ("建设智慧灯杆", "市数据局", "", None),
    ]
    assert plan.sections[0].measures[2].recurring == "quarterly"


def test_a_row_set_in_goes_on_with_the_one_above() -> None:
    plan = read(
        "任务名称    责任领导    责任单位    完成时间\n新建口袋公园    张三    市园林局    6月底\n"
        "改造老旧小区    李四    市住建局\n                        市财政局    10月底\n"
    )
    assert measures_of(plan) == [
        ("新建口袋公园", "市园林局", "", "2024-06-30"),
        ("改造老旧小区", "市住建局", "市财政局", "2024-10-31"),
    ]


def test_rows_without_a_header_below_headings() -> None:
    plan = read(
        "一、城市更新\n新建口袋公园10处      市园林局      6月底前\n改造老旧小区20个      市住建局      10月底前\n"
        "二、安全生产\n排查燃气隐患      市城管局      9月底前\n检查电梯500台        市市场监管局   11月底前\n"
    )
    assert outline_of(plan) == [
        [1, "一、", "城市更新"],
        [2, "", "新建口袋公园10处"],
        [2, "", "改造老旧小区20个"],
        [1, "二、", "安全生产"],
        [2, "", "排查燃气隐患"],
        [2, "", "检查电梯500台"],
    ]
    assert measures_of(plan)[3] == ("检查电梯500台", "市市场监管局", "", "2024-11-30")


def test_one_line_with_gaps_alone_is_no_table() -> None:
    plan = read(
        "一、城市更新\n新建口袋公园  市园林局  6月底前\n二、安全生产\n市城管局排查燃气隐患，9月底前完成。\n"
    )
    assert outline_of(plan) == [[1, "一、", "城市更新"], [1, "二、", "安全生产"]]
