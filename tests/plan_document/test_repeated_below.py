"""A task of the text and the row of an annexed table that repeats it are one measure, or a person is told."""

from __future__ import annotations

from tracker.plan_document import ParsedPlan, parse_plan

from .support import account_for, left_for, measures_of

TEXT = "南河市2026年方案\n一、重点任务\n（一）修建东西干道。全长20公里。\n（二）建设跨河大桥，连通两岸。\n（三）新建学校。（市教育局）\n"
HEADER = "附件\n任务分工表\n序号 | 任务 | 责任单位 | 完成时限\n"
ROWS = [
    "1 | 修建东西干道 | 市交通局、市财政局 | 2026年6月底前\n",
    "2 | 建设跨河大桥，连通两岸 | 市住建局 | 2026年7月底前\n",
    "3 | 新建学校 | 市教育局 | 2026年8月底前\n",
]
ONCE = [
    ("修建东西干道", "市交通局", "市财政局", "2026-06-30"),
    ("建设跨河大桥", "市住建局", "", "2026-07-31"),
    ("新建学校", "市教育局", "", "2026-08-31"),
]


def read(text: str) -> ParsedPlan:
    plan = parse_plan(text)
    account_for(plan, text)
    return plan


def told(plan: ParsedPlan) -> list[str]:
    return [problem.message for problem in plan.problems if problem.code == "repeated_task"]


def test_rows_that_repeat_the_text_say_who_and_by_when_and_are_no_measures() -> None:
    plan = read(TEXT + HEADER + "".join(ROWS))
    assert measures_of(plan) == ONCE
    assert [section.title for section in plan.sections] == ["重点任务"]
    assert left_for(plan, "与正文同一任务的表格行") == [row.strip() for row in ROWS]
    assert told(plan) == []
    lead = next(s for s in plan.sections[0].measures[0].provenance if s.field == "lead")
    assert lead.reason == "取自附表中同一任务的一行"


def test_a_row_that_only_the_table_has_stays_a_measure() -> None:
    plan = read(TEXT + HEADER + "".join(ROWS) + "4 | 植树造林 | 市林业局 | 2026年9月底前\n")
    assert measures_of(plan) == [*ONCE, ("植树造林", "市林业局", "", "2026-09-30")]


def test_other_units_more_words_and_titles_that_only_begin_alike_are_told() -> None:
    rows = [ROWS[0], ROWS[1].replace("，连通两岸", "工程二期"), ROWS[2].replace("市教育局", "市住建局")]
    plan = read(TEXT + HEADER + "".join(rows))
    assert len(measures_of(plan)) == 5
    assert [message.split("，")[0] for message in told(plan)] == [
        "第10行表格中的“建设跨河大桥工程二期”与第4行的任务可能是同一件事（开头相同）",
        "第11行表格中的“新建学校”与第5行的任务可能是同一件事（责任单位不同）",
    ]
    detailed = HEADER.replace("责任单位", "具体措施 | 责任单位")
    plan = read(TEXT + detailed + "1 | 修建东西干道 | 先修东段 | 市交通局 | 2026年6月底前\n")
    assert [message.partition("（")[2][:7] for message in told(plan)] == ["表格中另有内容"]


def test_a_title_that_comes_twice_is_told() -> None:
    twice = "二、其他任务\n（一）修建东西干道。补栽行道树。（市林业局）\n"
    plan = read(TEXT + twice + HEADER + ROWS[0])
    assert len(measures_of(plan)) == 5
    assert len(told(plan)) == 1
    assert "同名的不止一条" in told(plan)[0]
