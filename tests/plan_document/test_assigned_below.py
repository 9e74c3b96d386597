"""A table that assigns units by the numbers of articles gives them to those articles, and to no other item."""

from __future__ import annotations

import pytest

from tracker.plan_document import parse_plan

from .support import measures_of

_ARTICLES = (
    "河东区惠企若干措施\n\n第一条 降低用地成本。推行弹性出让。\n第二条 加大融资支持。设立资金池。\n"
    "第三条 强化用工保障。由区人社局牵头。\n第四条 优化兑现。2024年3月底前建成平台。\n\n附件：任务分工表\n\n"
)


@pytest.mark.parametrize(
    ("rows", "second"),
    [
        ("条款\t责任单位\n第一条至第二条\t区财政局、区工信局\n第三条、第四条\t区委办\n", "区财政局"),
        (
            "条款\t责任单位\t完成时限\n第1条\t区财政局、区工信局\t长期\n第2条\t区科技局\t长期\n第3-4条\t区委办\t2024年6月\n",
            "区科技局",
        ),
    ],
)
def test_articles_take_the_units_of_their_row(rows: str, second: str) -> None:
    read = {title: (lead, due) for title, lead, _, due in measures_of(parse_plan(_ARTICLES + rows))}
    assert read["降低用地成本"] == ("区财政局", None)
    assert read["加大融资支持"][0] == second
    assert read["强化用工保障"][0] == "区人社局"  # what the article says itself stands
    assert read["优化兑现"] == ("区委办", "2024-03-31")
    assert len(read) == 4


def test_a_number_that_two_items_bear_is_given_nothing() -> None:
    text = (
        "河东区工作方案\n一、主要任务\n（一）抓建设\n1.推进道路改造。\n2.推进管网改造。\n（二）抓服务\n1.推进一网通办。\n"
        "2.推进上门服务。\n附件：责任分工\n序号\t措施\t责任单位\n1\t第1项\t区住建局\n2\t第2项\t区委办\n"
    )
    assert [lead for _, lead, *_ in measures_of(parse_plan(text))][:4] == [""] * 4


def test_the_number_of_a_record_is_no_word_of_the_record_above() -> None:
    text = "".join(
        f"编号：{n}\n交办事项：推进第{name}水厂建设\n牵头单位：县水利局\n办结时限：2024年{n}月底\n\n"
        for n, name in ((3, "一"), (4, "二"))
    )
    plan = parse_plan("县政府督办事项\n\n" + text)
    assert [due for *_, due in measures_of(plan)] == ["2024-03-31", "2024-04-30"]
    assert "编号" not in plan.sections[0].measures[0].text
    assert any("编号：4" in left.text for left in plan.leftovers)
