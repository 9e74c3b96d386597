"""Articles that say from when a document holds are no tasks; what orders work under the same words stays one."""

from __future__ import annotations

import pytest

from tracker.plan_document import ParsedPlan, parse_plan

from .support import account_for, left_for

TASKS = "2024年若干措施\n1.推进甲。市财政局牵头，6月底前完成。\n2.推进乙。市教育局牵头，7月底前完成。\n"


def titles(plan: ParsedPlan) -> list[str]:
    return [measure.title for section in plan.sections for measure in section.measures]


@pytest.mark.parametrize(
    "article",
    [
        "3.本措施自印发之日起施行，有效期1年。",
        "3.本措施由市财政局负责解释。",
        "3.本措施自2024年5月1日起施行，有效期至2026年4月30日，由市财政局负责解释。",
        "3.本措施由市政府办公室会同市财政局负责解释，自发布之日起30日后施行。",
        "3.附则。本措施自2024年5月1日起施行，有效期至2026年4月30日。此前有关规定与本措施不一致的，以本措施为准。",
    ],
)
def test_a_closing_article_is_left_over(article: str) -> None:
    text = TASKS + article + "\n"
    plan = parse_plan(text)
    assert titles(plan) == ["推进甲", "推进乙"]
    assert left_for(plan, "结束语") == [article]
    account_for(plan, text)


@pytest.mark.parametrize(
    "task",
    [
        "本措施由市财政局牵头组织实施",
        "本方案实施情况由市政府办每季度通报",
        "本清单自2024年起由各责任单位实施",
        "本措施自印发之日起施行，市审计局要开展跟踪审计",
    ],
)
def test_what_orders_work_stays_a_task(task: str) -> None:
    assert len(titles(parse_plan(f"{TASKS}3.{task}。\n"))) == 3


def test_a_part_of_closing_articles_alone_keeps_them_when_it_was_asked_for() -> None:
    text = "2024年若干措施\n一、附则\n1.本措施由市财政局负责解释。\n2.本措施自印发之日起施行。\n"
    plan = parse_plan(text, action_part="一、")
    assert titles(plan) == ["本措施由市财政局负责解释", "本措施自印发之日起施行"]
    assert left_for(plan, "结束语") == []


def test_a_closing_paragraph_below_a_list_that_runs_on_under_another_heading() -> None:
    """各责任部门要…每季度…: said to all, it gives the last item no cadence, though that is alone under its heading."""
    closing = "各责任部门要于3月31日前将实施方案报省政府，每季度首月5日前报送进展情况。"
    text = (
        "2024年重点工作分工\n一、推进产业升级\n1.制定未来产业规划。（省发展改革委牵头，6月底前印发）\n"
        "二、防范化解风险\n2.健全联动机制。（省住房城乡建设厅牵头，8月底前出台）\n" + closing + "\n"
    )
    plan = parse_plan(text)
    last = plan.sections[-1].measures[-1]
    assert (last.title, last.recurring, str(last.deadline)) == ("健全联动机制", None, "2024-08-31")
    assert last.milestones == ()
    assert left_for(plan, "结束语") == [closing]
    account_for(plan, text)
