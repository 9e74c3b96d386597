"""Who runs a web page, and notes on all tasks, below the last item: they are no words of that item."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan, read_bytes

from .support import account_for, left_for, measures_of

TASK = "2026年重点任务\n一、治理\n1.治理甲河。市水利局牵头，2026年6月底前完成。\n"
READ = [("治理甲河", "市水利局", "", "2026-06-30")]


@pytest.mark.parametrize(
    "foot",
    [
        "\n主办单位：清源市人民政府办公室\n",
        "\n主办单位：清源市人民政府办公室\n技术支持：清源市大数据局\n",
        "主办单位：清源市人民政府办公室\n承办单位：清源市大数据局\n网站标识码：1310000001\n",
        "主办：清源市人民政府办公室 ICP备10000001号\n",
        "清源市人民政府办公室\n2026年1月5日\n\n主办单位：清源市人民政府办公室\n",
        "主办：清源市人民政府办公室\n运行维护：清源市大数据局\n联系电话：0300-1234567\n",
    ],
)
def test_who_runs_the_page_leads_no_task(foot: str) -> None:
    text = TASK + foot
    plan = parse_plan(text)
    account_for(plan, text)
    assert measures_of(plan) == READ
    assert plan.problems == ()
    assert any("主办" in words for words in left_for(plan, "网页残留"))


@pytest.mark.parametrize(
    ("below", "read"),
    [
        # The label that the document gives its tasks.
        (
            "主办单位：市水利局\n2.治理乙河。\n\n主办单位：市住建局\n",
            [*READ, ("治理乙河", "市住建局", "", None)],
        ),
        # A task that nobody is named for otherwise.
        ("2.治理乙河。\n\n主办单位：市住建局\n", [*READ, ("治理乙河", "市住建局", "", None)]),
        ("承办单位：市水利局\n", READ),
    ],
)
def test_a_labelled_line_of_a_task_stays_its_own(below: str, read: list[object]) -> None:
    plan = parse_plan(TASK + below)
    assert measures_of(plan) == read
    assert plan.problems == ()


def test_a_labelled_line_that_names_another_lead_than_the_sentence_is_told() -> None:
    plan = parse_plan(TASK + "牵头单位：市住建局\n2.治理乙河。市水利局牵头。\n牵头单位：市水利局\n")
    assert [m[1] for m in measures_of(plan)] == ["市住建局", "市水利局"]
    assert [(p.line, p.code) for p in plan.problems] == [(4, "lead_contradicted")]
    assert "市水利局" in plan.problems[0].message and "牵头单位：市住建局" in plan.problems[0].message


@pytest.mark.parametrize("tag", ["footer", "nav", "aside"])
def test_the_frame_of_a_page_is_no_text_of_the_plan(tag: str) -> None:
    page = (
        "<html><body><h1>2026年重点任务</h1><p>一、治理</p><p>1.治理甲河。市水利局牵头，2026年6月底前完成。</p>"
        f"<{tag}><p>主办单位：清源市人民政府办公室</p><p>2.治理乙河。市住建局牵头。</p></{tag}></body></html>"
    )
    source = read_bytes(page.encode(), "任务.html")
    plan = parse_plan(source)
    account_for(plan, source.text)
    assert measures_of(plan) == READ
    assert left_for(plan, "网页残留") == ["主办单位：清源市人民政府办公室", "2.治理乙河。市住建局牵头。"]
    in_text = read_bytes(page.replace(tag, "section").encode(), "任务.html")
    assert len(measures_of(parse_plan(in_text))) == 2


@pytest.mark.parametrize(
    "note",
    ["备注：以上任务纳入年度考核。\n", "注：本清单所列任务实行动态调整。\n\n清源市人民政府\n2026年1月5日\n"],
)
def test_a_note_on_all_tasks_is_no_words_of_the_last_one(note: str) -> None:
    text = TASK + "2.治理乙河。市住建局牵头。\n" + note
    plan = parse_plan(text)
    account_for(plan, text)
    assert plan.sections[0].measures[1].text == "治理乙河。市住建局牵头。"
    assert left_for(plan, "备注") == [note.split("\n")[0]]


def test_a_remark_on_the_last_task_stays_its_own() -> None:
    plan = parse_plan(TASK + "备注：需省级资金支持。\n")
    assert plan.sections[0].measures[0].text.endswith("备注：需省级资金支持。")
