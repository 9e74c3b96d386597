"""The words of an office's own that head its columns, and tables that one task or one group has to itself."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan, read_bytes

from .office import book_bytes, para, row, saved, table, workbook, written
from .support import account_for, measures_of, outline_of


@pytest.mark.parametrize(
    ("lead", "co"),
    [
        ("牵头股室", "配合股室"),
        ("牵头站所", "协办站所"),
        ("主办机关", "协办机关"),
        ("责任处（科）室", "配合部室"),
    ],
)
@pytest.mark.parametrize("due", ["计划完工", "预计竣工", "起止时间", "时间节点", "完成时限"])
def test_heads_of_units_and_limits(lead: str, co: str, due: str) -> None:
    rows = [
        ["任务事项", lead, co, "计划开工", due],
        ["新建县城小学", "项目办", "计财股", "2024年3月", "2025年7月"],
        ["改造实验楼", "计财股", "基教股", "2024年2月", "2024年8月"],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "清单.xlsx"))
    assert measures_of(plan) == [
        ("新建县城小学", "项目办", "计财股", "2025-07-31"),
        ("改造实验楼", "计财股", "基教股", "2024-08-31"),
    ]


def test_a_start_is_no_limit_where_no_column_names_the_end() -> None:
    rows = [["序号", "项目", "责任单位", "开工时间"], ["1", "新建水厂", "市水务局", "2024年3月"]]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "清单.xlsx"))
    assert measures_of(plan) == [("新建水厂", "市水务局", "", None)]


def test_what_is_asked_and_its_limits_in_one_column() -> None:
    rows = [
        ["任务事项", "工作要求及时间节点", "牵头股室"],
        ["开展实践活动", "5月底前遴选基地10个；11月底前形成案例集。", "德育股"],
        ["招聘教师", "公开招聘120人，8月20日前上岗。", "人事股"],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "2024年清单.xlsx"), year=2024)
    assert measures_of(plan) == [
        ("开展实践活动", "德育股", "", "2024-11-30"),
        ("招聘教师", "人事股", "", "2024-08-20"),
    ]
    (milestones,) = [
        [stage.date.isoformat() for stage in measure.milestones]
        for section in plan.sections
        for measure in section.measures
        if measure.milestones
    ]
    assert milestones == ["2024-05-31", "2024-11-30"]


def test_codes_number_the_rows() -> None:
    rows = [
        ["编号", "改革事项", "主责单位", "完成时限"],
        ["GG-01", "机关事务集中管理", "市机关事务中心", "2024年12月"],
        ["GG-02", "数字档案室建设", "市档案馆", "2024年11月"],
    ]
    plan = parse_plan(read_bytes(book_bytes(workbook(rows)), "计划.xlsx"))
    assert [node[1] for node in outline_of(plan)] == ["GG-01", "GG-02"]


def test_a_card_for_each_project_under_its_count() -> None:
    def card(count: str, name: str, unit: str, due: str) -> list[str]:
        fields = [["项目名称", name, "总投资", "3.2亿元"], ["牵头单位", unit, "完成时限", due]]
        return [para(f"项目{count}"), table(*(row(*line) for line in fields))]

    body = [
        para("2023年重大项目推进卡"),
        *card("一", "轴承产业园", "投资促进局", "2024年10月底"),
        *card("二", "污水处理厂", "生态环境分局", "2023年12月底"),
    ]
    source = read_bytes(saved(written(*body)), "卡片.docx")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert outline_of(plan) == [
        [1, "", "项目一"],
        [2, "", "轴承产业园"],
        [1, "", "项目二"],
        [2, "", "污水处理厂"],
    ]
    assert [row[1:] for row in measures_of(plan)] == [
        ("投资促进局", "", "2024-10-31"),
        ("生态环境分局", "", "2023-12-31"),
    ]


def test_limits_by_the_parts_of_a_column() -> None:
    text = (
        "灾后重建项目表\n| 项目 | 内容 | 牵头部门 | 实施单位 | 进度要求 | | |\n| | | | | 开工 | 主体完工 | 验收 |\n"
        "| 农房重建 | 重建186户 | 县住建局 | 各受灾乡镇 | 9月15日 | 11月底 | 12月20日 |\n"
        "| 水利设施 | 加固堤防12处 | 县水利局 | 县河道所 | 10月1日 | 次年3月底 | 次年4月底 |\n"
        "注：以上时间除注明外均为2021年。\n"
    )
    plan = parse_plan(text)
    account_for(plan, text)
    assert measures_of(plan) == [
        ("农房重建", "县住建局", "各受灾乡镇", "2021-12-20"),
        ("水利设施", "县水利局", "县河道所", "2022-04-30"),
    ]


def test_the_first_task_is_no_second_header_though_it_is_short() -> None:
    text = "任务表\n| 任务 | 责任单位 | 完成时限 | 备注 |\n| 建园 | 园林局 | 年底 | |\n| 修路 | 交通局 | 年底 | |\n"
    assert [row[0] for row in measures_of(parse_plan(text))] == ["建园", "修路"]


LEDGERS = {
    "units by level": (
        ["序号", "任务", "市级牵头单位", "市级配合单位", "县区责任单位", "完成时间"],
        ["1", "新增规上企业50家", "市工信局", "市商务局", "各县区政府", "12月底"],
        ("新增规上企业50家", "市工信局", "市商务局、各县区政府", "2023-12-31"),
    ),
    "a working group": (
        ["工作组", "组长单位", "成员单位", "工作职责", "完成时限"],
        ["会务组", "市政府办公室", "市接待办", "负责会议组织和接待", "9月10日前"],
        ("会务组", "市政府办公室", "市接待办", "2023-09-10"),
    ),
    "a role in brackets": (
        ["No", "事项", "责任（牵头）科室", "协同科室", "办结日期"],
        ["1", "修订考勤制度", "人事科", "办公室", "4.30"],
        ("修订考勤制度", "人事科", "办公室", "2023-04-30"),
    ),
    "a place that is no unit": (
        ["镇街", "隐患点位置", "治理措施", "包保领导", "责任单位", "完成日期"],
        ["云湖镇", "杨村滑坡", "削坡护面", "周敏", "云湖镇政府、县自规局", "5.31"],
        ("削坡护面", "云湖镇政府", "县自规局", "2023-05-31"),
    ),
    "a place that does it": (
        ["县区", "任务", "完成时限"],
        ["东城区", "清理河道垃圾", "5月底"],
        ("清理河道垃圾", "东城区", "", "2023-05-31"),
    ),
    "kinds of responsibility": (
        ["批次", "任务清单", "主体责任", "监管责任", "属地责任", "时限"],
        ["第一批", "拆除违建12处", "市城管局", "市自规局", "东城区政府", "6月底"],
        ("拆除违建12处", "市城管局", "东城区政府", "2023-06-30"),
    ),
}


@pytest.mark.parametrize("kind", LEDGERS)
def test_ledgers_by_their_heads(kind: str) -> None:
    head, line, wanted = LEDGERS[kind]
    other = [f"另{cell}" if cell == wanted[0] else cell for cell in line]
    other[0] = "2" if line[0] == "1" else line[0]
    plan = parse_plan(read_bytes(book_bytes(workbook([head, line, other])), "台账.xlsx"), year=2023)
    (first, second) = measures_of(plan)
    assert first == wanted
    assert second[1:] == wanted[1:]
