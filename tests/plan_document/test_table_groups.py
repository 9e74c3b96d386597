"""A table's tasks stand under the group that its cells name, wherever the column of groups is."""

from __future__ import annotations

import pytest

from tracker.plan_document import DocumentError, ParsedPlan, parse_plan, read_bytes

from .office import book_bytes, para, row, saved, table, workbook, written
from .support import account_for, measures_of

NUMBERED = [
    ("1", "产业", "建成园区3个", "市工信局", "2025年9月底前"),
    ("2", "产业", "引进项目10个", "市商务局", "年底前"),
    ("3", "民生", "新增学位3000个", "市教育局", "8月底"),
    ("4", "民生", "改造公厕", "市城管局", "长期坚持"),
]
GROUPS = [("产业", ["建成园区3个", "引进项目10个"]), ("民生", ["新增学位3000个", "改造公厕"])]


def groups_of(plan: ParsedPlan) -> list[tuple[str, list[str]]]:
    return [(section.title, [measure.title for measure in section.measures]) for section in plan.sections]


@pytest.mark.parametrize("category", ["类别", "重点任务"])
@pytest.mark.parametrize("columns", [(0, 1, 2, 3, 4), (1, 0, 2, 3, 4)])
def test_merged_categories_before_and_behind_the_numbers(category: str, columns: tuple[int, ...]) -> None:
    header = ["序号", category, "具体措施", "责任单位", "完成时限"]
    book = workbook([["2025年重点任务台账"], *[[row[at] for at in columns] for row in [header, *NUMBERED]]])
    sheet = book.active
    assert sheet is not None
    column = "AB"[columns.index(1)]
    sheet.merge_cells(f"{column}3:{column}4")
    sheet.merge_cells(f"{column}5:{column}6")
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert groups_of(plan) == GROUPS
    measures = [measure for section in plan.sections for measure in section.measures]
    assert [measure.marker for measure in measures] == ["1", "2", "3", "4"]
    for measure, (_, _, task, unit, _) in zip(measures, NUMBERED, strict=True):
        words = source.text[measure.start : measure.end]
        assert f"{task} | {unit}" in words
        assert words.count("\n") == 1


def test_a_category_repeated_in_each_row() -> None:
    rows = [("序号", "类别", "具体措施", "责任单位", "完成时限"), *NUMBERED]
    text = "\n".join(" | ".join(row) for row in [("2025年重点任务台账",), *rows])
    plan = parse_plan(text)
    account_for(plan, text)
    assert groups_of(plan) == GROUPS
    book = workbook([list(row) for row in rows])
    assert groups_of(parse_plan(read_bytes(book_bytes(book), "台账.xlsx"), year=2025)) == GROUPS


def test_a_category_of_one_task_at_the_end_is_no_task() -> None:
    book = workbook([["序号", "类别", "任务", "责任单位", "时限"], *[list(row) for row in NUMBERED[:3]]])
    plan = parse_plan(read_bytes(book_bytes(book), "台账.xlsx"), year=2025)
    assert groups_of(plan) == [GROUPS[0], ("民生", ["新增学位3000个"])]
    assert [measure.lead for section in plan.sections for measure in section.measures] == [
        ("市工信局",),
        ("市商务局",),
        ("市教育局",),
    ]


def test_groups_of_two_columns_stand_inside_one_another() -> None:
    rows: list[list[object]] = [
        ["序号", "类别", "领域", "任务", "责任单位", "时限"],
        [1, "产业", "工业", "建成园区3个", "市工信局", "9月底前"],
        [2, "产业", "其他", "引进项目10个", "市商务局", "年底前"],
        [3, "民生", "其他", "新增学位3000个", "市教育局", "8月底前"],
        [4, "民生", "其他", "改造公厕", "市城管局", "长期坚持"],
    ]
    source = read_bytes(book_bytes(workbook(rows)), "台账.xlsx")
    plan = parse_plan(source, year=2025)
    account_for(plan, source.text)
    assert [
        (section.parent, *group) for section, group in zip(plan.sections, groups_of(plan), strict=True)
    ] == [
        ("产业", "工业", ["建成园区3个"]),
        ("产业", "其他", ["引进项目10个"]),
        ("民生", "其他", ["新增学位3000个", "改造公厕"]),
    ]


HEADER: list[object] = ["序号", "任务", "责任单位", "完成时限"]


def book_of(*sheets: tuple[str, list[list[object]]]) -> ParsedPlan:
    """The plan of a book with these sheets."""
    book = workbook(sheets[0][1], title=sheets[0][0])
    for name, rows in sheets[1:]:
        sheet = book.create_sheet(name)
        for line in rows:
            sheet.append(line)
    source = read_bytes(book_bytes(book), "台账.xlsx")
    plan = parse_plan(source, year=2025)
    account_for(plan, source.text)
    return plan


@pytest.mark.parametrize("second", ["附表", "附表2", "民生", "考核目标", "Sheet2"])
def test_a_group_ends_with_its_sheet(second: str) -> None:
    first: list[list[object]] = [["2025年重点任务台账"], ["序号", "类别", "任务", "责任单位", "完成时限"]]
    first += [list(row) for row in NUMBERED[:3]]
    other: list[list[object]] = [
        HEADER,
        [1, "开展体检", "市卫健委", "6月底前"],
        [2, "开展培训", "市卫健委", "年底前"],
    ]
    plan = book_of(("重点任务", first), (second, other))
    assert plan.title == "2025年重点任务台账"
    assert groups_of(plan) == [
        ("产业", ["建成园区3个", "引进项目10个"]),
        ("民生", ["新增学位3000个"]),
        (second, ["开展体检", "开展培训"]),
    ]


def test_each_sheet_without_groups_is_a_part_under_its_name() -> None:
    plan = book_of(
        (
            "城建",
            [
                ["2025年民生实事台账"],
                HEADER,
                [1, "修路", "市交通局", "6月底前"],
                [2, "架桥", "市住建局", "年底前"],
            ],
        ),
        ("教育", [["填报单位：市教育局"], HEADER, [1, "建校", "市教育局", "8月底前"]]),
        ("卫生", [HEADER, [1, "建院", "市卫健委", "9月底前"]]),
    )
    assert plan.title == "2025年民生实事台账"
    assert groups_of(plan) == [("城建", ["修路", "架桥"]), ("教育", ["建校"]), ("卫生", ["建院"])]


def test_sheets_whose_names_nobody_gave_are_one_list() -> None:
    rows: list[list[object]] = [HEADER, [1, "修路", "市交通局", "6月底前"]]
    more: list[list[object]] = [HEADER, [2, "架桥", "市住建局", "年底前"]]
    assert groups_of(book_of(("Sheet1", rows), ("Sheet2", more))) == [("工作任务", ["修路", "架桥"])]
    assert groups_of(book_of(("台账", rows), ("Sheet2", []))) == [("工作任务", ["修路"])]


def test_the_name_that_the_program_gave_a_sheet_with_groups_is_no_part() -> None:
    first = [
        ["2025年重点任务台账"],
        ["序号", "类别", "任务", "责任单位", "完成时限"],
        *map(list, NUMBERED[:3]),
    ]
    second = [
        ["序号", "类别", "任务", "责任单位", "完成时限"],
        [1, "生态", "植树造林", "市林业局", "6月底前"],
    ]
    plan = book_of(("Sheet1", first), ("Sheet2", second))
    assert plan.title == "2025年重点任务台账"
    assert groups_of(plan) == [
        ("产业", ["建成园区3个", "引进项目10个"]),
        ("民生", ["新增学位3000个"]),
        ("生态", ["植树造林"]),
    ]
    assert {section.parent for section in plan.sections} == {""}


SCHOOLS = "新建公办幼儿园8所，2025年6月底前完成。（市教育局牵头）"
ROADS = table(
    row("序号", "任务", "责任单位", "完成时限"),
    row("1", "改造公路", "市交通局", "10月底前"),
    row("2", "新增停车位", "市城管局", "11月底前"),
)
FIGURES = table(row("序号", "幼儿园", "班数"), row("1", "东城", "9"), row("2", "西城", "6"))


def written_plan(*blocks: str) -> ParsedPlan:
    source = read_bytes(saved(written(*blocks)), "方案.docx")
    plan = parse_plan(source, year=2025)
    account_for(plan, source.text)
    return plan


def test_a_task_with_a_table_is_no_part_and_stays_beside_its_rows_under_its_heading() -> None:
    plan = written_plan(
        para("一、就业促进"),
        para("（一）稳岗扩就业"),
        para("1.新增就业5万人。（市人社局牵头，12月底前完成）"),
        para("2.建设零工市场。责任单位：市人社局"),
        para("二、教育提升"),
        para("（一）新建幼儿园"),
        para("3." + SCHOOLS),
        ROADS,
    )
    assert [
        (section.parent, *group) for section, group in zip(plan.sections, groups_of(plan), strict=True)
    ] == [
        ("一、就业促进", "稳岗扩就业", ["新增就业5万人", "建设零工市场"]),
        ("二、教育提升", "新建幼儿园", ["新建公办幼儿园8所，2025年6月底前完成", "改造公路", "新增停车位"]),
    ]
    task, first, _ = plan.sections[1].measures
    assert (task.lead, first.lead) == (("市教育局",), ("市交通局",))
    assert task.end <= first.start
    assert "改造公路" not in task.text


@pytest.mark.parametrize(
    ("below", "rows"), [(ROADS, ["改造公路", "新增停车位"]), (FIGURES, [])], ids=["tasks", "figures"]
)
def test_tasks_of_one_part_stay_together_whatever_table_one_of_them_has(below: str, rows: list[str]) -> None:
    tasks = (para("（一）发展养老。（市民政局牵头）"), para("（二）" + SCHOOLS), below)
    after = para("（三）治理水体。（市水利局牵头）")
    titles = ["发展养老", "新建公办幼儿园8所，2025年6月底前完成", *rows, "治理水体"]
    plan = written_plan(para("一、主要任务"), *tasks, after)
    assert groups_of(plan) == [("主要任务", titles)]


def test_a_heading_over_a_table_is_still_its_part() -> None:
    plan = written_plan(
        para("一、主要任务"),
        para("（一）发展养老"),
        ROADS,
        para("（二）" + SCHOOLS),
        para("（三）治理水体。（市水利局牵头）"),
    )
    assert groups_of(plan)[0] == ("发展养老", ["改造公路", "新增停车位"])


def test_a_sheet_far_too_long_is_refused_by_name_beside_another() -> None:
    book = workbook([["标题"]], title="过长")
    sheet = book.active
    assert sheet is not None
    sheet["A1048576"] = "末行"
    other = book.create_sheet("附表")
    other.append(HEADER)
    other.append([1, "修路", "市交通局", "6月底前"])
    with pytest.raises(DocumentError) as caught:
        read_bytes(book_bytes(book), "台账.xlsx")
    assert caught.value.code == "too_large"
    assert "过长" in caught.value.message


def test_a_day_that_does_not_exist_is_told_though_its_task_is_merged_with_the_row_above() -> None:
    rows = [HEADER, [1, "修路", "市交通局", "2025年6月"], [2, "", "市住建局", "2025年13月"]]
    for limits in (("2025年6月", "2025年13月"), ("2025年13月", "2025年6月")):
        rows[1][3], rows[2][3] = limits
        plan = parse_plan(read_bytes(book_bytes(workbook(rows, merges=("B2:B3",))), "台账.xlsx"))
        told = [problem.message for problem in plan.problems if problem.code == "unread_limit"]
        line = 2 + limits.index("2025年13月")
        assert told == [f"第{line}行的“2025年13月”不是日历上的日期，没有读作时限，请核对后补上"]


def test_a_group_of_one_line_without_a_measure_of_its_own_is_a_task_with_its_own_cells() -> None:
    rows: list[list[object]] = [
        ["序号", "工作任务", "具体措施", "牵头单位", "配合单位", "完成时间"],
        [1, "重大项目", "建高铁站", "市交通局", None, "2024年12月"],
        [None, None, "扩建机场", "市发改委", None, "2024年11月"],
        [2, "科技创新", None, "市科技局", "市财政局", "2024年9月"],
        [3, "修路", "修20公里", "市住建局", None, "2024年10月"],
    ]
    source = read_bytes(book_bytes(workbook(rows, merges=("A2:A3", "B2:B3"))), "台账.xlsx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert [section.title for section in plan.sections] == ["重大项目", "科技创新", "修路"]
    assert measures_of(plan) == [
        ("建高铁站", "市交通局", "", "2024-12-31"),
        ("扩建机场", "市发改委", "", "2024-11-30"),
        ("科技创新", "市科技局", "市财政局", "2024-09-30"),
        ("修20公里", "市住建局", "", "2024-10-31"),
    ]
    assert {left.reason for left in plan.leftovers} == {"表头或表注"}  # no number is cut off its row
