"""What stands around a plan (the notice that issues it) and what happened to its text on the way (flattened, cut)."""

from __future__ import annotations

from tracker.plan_document import ParsedPlan, check_plan, parse_plan, read_document

from .support import HERE, account_for, left_for, measures_of, outline_of


def read(text: str) -> ParsedPlan:
    plan = parse_plan(text, year=2026)
    account_for(plan, text)
    return plan


def test_the_points_of_a_notice_are_set_aside_and_told_beside_the_plan_that_it_issues() -> None:
    plan = parse_plan(read_document(HERE / "documents" / "712.txt"))
    assert check_plan(plan) == ()
    assert [section.title for section in plan.sections] == ["经济社会发展主要预期目标", "抓好开工"]
    told = [problem.message for problem in plan.problems if problem.code == "part_not_imported"]
    assert len(told) == 3
    assert told[0].startswith("“一、各责任单位要高度重视")
    assert left_for(plan, "标题")[-2:] == ["2026年区《政府工作报告》目标任务", "分解方案"]
    assert {"芦塘区人民政府办公室"} <= set(left_for(plan, "落款"))


def test_a_notice_with_points_and_nothing_behind_its_date_is_read_itself() -> None:
    plan = read(
        "关于做好防汛工作的通知\n各乡镇：\n一、排查隐患。县水利局牵头，5月底前完成。\n二、储备物资。县应急局牵头。\n河东县政府办公室\n2026年4月2日\n"
    )
    assert [row[0] for row in measures_of(plan)] == ["排查隐患", "储备物资"]


def test_points_that_are_only_named_number_nothing() -> None:
    plan = read(
        "南河市2026年方案\n一、重点任务\n1.加强审批。依据《条例》第五条（一）项、（二）项规定，对符合第八条（一）（二）（三）情形的，由市财政局负责。\n"
        "2.细化标准。对（一）中所列事项：应当从快；对（二）中所列事项：应当从严。（市司法局）\n"
    )
    assert [marker for _, marker, _ in outline_of(plan)] == ["一、", "1.", "2."]


def test_paragraphs_of_which_one_names_nobody_stay_one_task() -> None:
    plan = read(
        "南河市2026年方案\n一、重点任务\n（一）治理污染。取缔小作坊，逐户登记。（市环保局牵头）\n建立长效机制，巩固成果。\n整治重点行业，分类改造。（市工信局牵头）\n（二）修路。（市交通局）\n"
    )
    assert [row[0] for row in measures_of(plan)] == ["治理污染", "修路"]


def test_charged_paragraphs_below_one_number_are_tasks_and_no_entries_of_the_outline() -> None:
    plan = parse_plan(read_document(HERE / "documents" / "710.txt"))
    assert [(section.title, len(section.measures)) for section in plan.sections] == [
        ("狠抓工业污染防治", 3),
        ("全面控制污染物排放", 1),
        ("着力节约水资源", 1),
    ]
    assert [marker for _, marker, _ in outline_of(plan)] == ["一、", "（一）", "（二）", "二、", "（三）"]


def test_cells_that_excel_quotes_are_one_cell_each_and_lines_are_those_of_the_source() -> None:
    text = (
        "南河市2026年任务清单\n序号\t任务\t责任单位\t完成时限\n"
        '1\t建设医院\t"市财政局\n市卫健委"\t2026年9月底\n2\t"建设""智慧""公园"\t市城管局\t元旦前\n3\t建馆\t市文旅局\t2026年12月底\n'
    )
    plan = parse_plan(text)
    account_for(plan, text)
    assert measures_of(plan) == [
        ("建设医院", "市财政局", "市卫健委", "2026-09-30"),
        ("建设“智慧”公园", "市城管局", "", None),
        ("建馆", "市文旅局", "", "2026-12-31"),
    ]
    first = plan.sections[0].measures[0]
    assert ["市财政局" in text[s.start : s.end] for s in first.provenance if s.field == "lead"] == [True]
    told = [problem for problem in plan.problems if problem.code == "unread_limit"]
    assert [(problem.line, problem.message[:4]) for problem in told] == [(5, "第5行的")]
