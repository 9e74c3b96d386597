"""The delegation's report in its two printings gives one and the same plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tracker.plan_document import (
    DocumentError,
    ParsedPlan,
    check_plan,
    parse_plan,
    plan_to_json,
    plan_to_text,
    read_document,
)

from .support import HERE, PLANS, account_for

PRINTINGS = ("report-halfwidth.txt", "report-fullwidth.txt")


def read(name: str) -> tuple[str, ParsedPlan]:
    text = read_document(PLANS / name).text
    return text, parse_plan(text)


@pytest.mark.parametrize("name", PRINTINGS)
def test_seven_sections_and_22_measures_of_part_three(name: str) -> None:
    text, plan = read(name)
    assert plan.action_part is not None
    assert plan.action_part.marker == "三、"
    assert [len(section.measures) for section in plan.sections] == [4, 3, 3, 3, 3, 3, 3]
    assert [section.number for section in plan.sections] == [1, 2, 3, 4, 5, 6, 7]
    assert plan.title is None
    assert plan.problems == ()
    assert len(plan.outline) == 3
    account_for(plan, text)


def test_both_printings_give_the_same_sections() -> None:
    bare = []
    for name in PRINTINGS:
        _, plan = read(name)
        bare.append(
            [
                replace(
                    section,
                    start=0,
                    end=0,
                    measures=tuple(m._replace(start=0, end=0, provenance=()) for m in section.measures),
                )
                for section in plan.sections
            ]
        )
    assert bare[0] == bare[1]


def test_measure_begun_in_the_middle_of_a_paragraph() -> None:
    text, plan = read("report-halfwidth.txt")
    third, fourth = plan.sections[0].measures[2:]
    assert (third.marker, third.title) == ("三是", "作风破局")
    assert (fourth.number, fourth.marker, fourth.title) == ("1.4", "四是", "导向破茧")
    assert text[fourth.start :].startswith("四是导向破茧。")
    assert "导向破茧" not in third.text
    assert fourth.text.endswith("的鲜明导向。")


def test_words_are_whole_and_in_one_typography() -> None:
    _, plan = read("report-halfwidth.txt")
    first = plan.sections[0].measures[0]
    assert first.text.startswith(
        "思想破冰。坚持解放思想、更新观念，打破“盆地”意识、惯性思维，主动对标先进地区，"
    )
    assert first.text.endswith("占得先机、拼出地位。")
    assert plan.sections[0].marker == "（一）"
    assert plan.sections[0].title == "“四个极限”谋跨越"
    assert plan.sections[0].intro.startswith("深入开展“观念能力作风提升年”活动，")
    assert plan.sections[1].measures[2].title == "用好“主阵地”"


def test_yearly_measure_and_nobody_invented() -> None:
    _, plan = read("report-halfwidth.txt")
    measures = [measure for section in plan.sections for measure in section.measures]
    assert [m.number for m in measures if m.recurring == "yearly"] == ["7.2"]
    assert all(not m.lead and not m.co and m.deadline is None for m in measures)


def test_page_debris_is_left_over_with_a_reason() -> None:
    text, plan = read("report-halfwidth.txt")
    assert plan.leftovers[0].text.startswith("下面是小编")
    assert plan.leftovers[0].reason == "网页残留"
    assert plan.leftovers[-1].text.startswith("推荐访问")
    assert plan.leftovers[-1].end == len(text)
    assert plan.sections[-1].measures[-1].text.endswith("文旅产业强市转变。")


def test_action_part_is_found_without_its_literal_heading() -> None:
    text, _ = read("report-halfwidth.txt")
    renamed = text.replace("三、笃行:该怎么干", "三、南阳篇")
    plan = parse_plan(renamed)
    assert plan.action_part is not None
    assert plan.action_part.heading == "南阳篇"
    assert sum(len(section.measures) for section in plan.sections) == 22


@pytest.mark.parametrize("wanted", ["三、", "3", "三", "笃行", "笃行：该怎么干"])
def test_action_part_can_be_named(wanted: str) -> None:
    text, _ = read("report-halfwidth.txt")
    plan = parse_plan(text, action_part=wanted)
    assert plan.action_part is not None
    assert plan.action_part.marker == "三、"


def test_another_part_can_be_named() -> None:
    text, _ = read("report-halfwidth.txt")
    plan = parse_plan(text, action_part="深学")
    assert plan.action_part is not None
    assert plan.action_part.marker == "一、"
    assert [len(section.measures) for section in plan.sections] == [3, 3, 2, 3]
    assert plan.sections[2].measures[0].marker == "一方面，"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("四、", "action_part_not_found"),
        ("没有这一部分", "action_part_not_found"),
        ("一是", "action_part_ambiguous"),
    ],
)
def test_action_part_that_fits_nothing_or_much_is_refused(wanted: str, code: str) -> None:
    text, _ = read("report-halfwidth.txt")
    with pytest.raises(DocumentError) as caught:
        parse_plan(text, action_part=wanted)
    assert caught.value.code == code
    assert wanted in caught.value.message


def test_progress_is_told_and_ends_at_the_end() -> None:
    text, _ = read("report-halfwidth.txt")
    seen: list[tuple[int, int]] = []
    parse_plan(text, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(text), len(text))
    assert all(before[0] <= after[0] for before, after in pairwise(seen[-10:]))


def test_json_and_preview_hold_the_plan() -> None:
    _, plan = read("report-fullwidth.txt")
    data = plan_to_json(plan)
    assert data["sections"][0]["measures"][0]["number"] == "1.1"
    assert data["outline"][2]["marker"] == "三、"
    assert set(data) >= {"title", "outline", "sections", "leftovers", "problems"}
    preview = plan_to_text(plan)
    assert "共 7 个部分、22 项措施" in preview
    assert "7.2 二是培育文旅产业新亮点" in preview
    assert "问题：无" in preview


def test_two_sections_with_one_number_are_an_error() -> None:
    text, _ = read("report-halfwidth.txt")
    plan = parse_plan(text.replace("(三)项目招商增动能", "(二)项目招商增动能"))
    errors = check_plan(plan)
    assert [problem.code for problem in errors] == ["duplicate_section_number"]
    assert text.split("\n")[errors[0].line - 1].startswith("(三)项目招商")


def test_missing_number_is_pointed_out() -> None:
    text, _ = read("report-halfwidth.txt")
    plan = parse_plan(text.replace("三是持续创优环境", "四是持续创优环境"))
    assert [problem.code for problem in plan.problems] == ["numbering_gap"]
    assert plan.problems[0].severity == "warning"


def test_findings_alone_are_no_plan() -> None:
    plan = parse_plan("当前的短板主要有三个方面。第一，储备不足。大项目少。第二，要素趋紧。用地接近上限。")
    assert [problem.code for problem in check_plan(plan)] == ["no_action_part"]
    assert plan.sections == ()


def test_a_numbering_that_begins_anew_is_told_and_does_not_stop_an_import() -> None:
    plan = parse_plan(read_document(HERE / "documents" / "721.txt"))
    assert check_plan(plan) == ()
    told = [problem for problem in plan.problems if problem.code == "numbering_restarts"]
    assert [problem.line for problem in told] == [15]
