"""Columns that are no field: targets stand in the task's words under their head, the rest is listed by its column."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, parse_plan, read_bytes

from .office import book_bytes, workbook
from .support import account_for, left_for, measures_of

HEADER = ["序号", "重点任务", "年度目标", "完成标准", "牵头单位", "责任人", "完成时限", "进展情况", "备注"]
FIRST = [1, "建设口袋公园", "20处", "验收合格", "市城管局", "张三", "2026年9月底", "已开工", "省级督办"]


def read(*rows: list[object], merges: tuple[str, ...] = ()) -> ParsedPlan:
    book = workbook([list(row) for row in rows], merges=merges)
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source, year=2026)
    account_for(plan, source.text)
    return plan


def texts(plan: ParsedPlan) -> list[str]:
    return [measure.text for section in plan.sections for measure in section.measures]


def test_targets_stand_in_the_words_and_the_rest_is_listed_by_its_column() -> None:
    plan = read(HEADER, FIRST)
    assert measures_of(plan) == [("建设口袋公园", "市城管局", "", "2026-09-30")]
    assert texts(plan) == ["建设口袋公园\n年度目标：20处\n完成标准：验收合格"]
    columns = [(left.reason, left.text) for left in plan.leftovers if "一栏" in left.reason]
    assert columns == [
        ("表格的“责任人”一栏", "张三"),
        ("表格的“进展情况”一栏", "已开工"),
        ("表格的“备注”一栏", "省级督办"),
    ]


def test_another_target_is_another_text() -> None:
    changed = [*FIRST[:2], "50处", *FIRST[3:]]
    assert texts(read(HEADER, FIRST)) != texts(read(HEADER, changed))


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("工作目标", True),
        ("成果形式", True),
        ("验收标准", True),
        ("评分标准", False),
        ("联系电话", False),
        ("下一步措施", False),
        ("落实情况", False),
        ("责任领导", False),
        ("开工时间", False),
    ],
)
def test_which_columns_are_of_the_task(head: str, kept: bool) -> None:
    plan = read(
        ["序号", "重点任务", head, "牵头单位", "完成时限"],
        [1, "建设公园", "2026年2月", "市城管局", "2026年9月底"],
        [2, "修缮校舍", "2026年3月", "市教育局", "2026年8月底"],
    )
    assert [m[3] for m in measures_of(plan)] == ["2026-09-30", "2026-08-31"]
    words = [f"\n{head}：2026年2月", f"\n{head}：2026年3月"] if kept else ["", ""]
    assert texts(plan) == [f"建设公园{words[0]}", f"修缮校舍{words[1]}"]
    assert left_for(plan, f"表格的“{head}”一栏") == ([] if kept else ["2026年2月", "2026年3月"])


def test_a_cell_merged_over_rows_is_listed_once_and_an_empty_one_not_at_all() -> None:
    plan = read(
        ["序号", "重点任务", "年度目标", "牵头单位", "备注"],
        [1, "建设公园", "20处", "市城管局", "省级督办"],
        [2, "修缮校舍", None, "市教育局", None],
        [3, "铺设管网", "无", "市水利局", None],
        merges=("E2:E3",),
    )
    assert texts(plan) == ["建设公园\n年度目标：20处", "修缮校舍", "铺设管网"]
    assert left_for(plan, "表格的“备注”一栏") == ["省级督办"]


def test_columns_of_a_table_in_a_text_are_kept_alike() -> None:
    text = "2026年重点任务\n| 序号 | 重点任务 | 年度目标 | 牵头单位 | 备注 |\n| 1 | 建设公园 | 20处 | 市城管局 | 续建 |\n"
    plan = parse_plan(text)
    account_for(plan, text)
    assert texts(plan) == ["建设公园\n年度目标：20处"]
    assert left_for(plan, "表格的“备注”一栏") == ["续建"]
