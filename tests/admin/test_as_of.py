"""往日情况: 督查室 sees how all stood at the end of a past day, in figures and in a list that lead to each other."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.makers import NOW, TODAY, liaison_of, make_measure
from tracker import actions

pytestmark = pytest.mark.django_db
URL = reverse("admin:as_of")


def day(n):
    return (TODAY + timedelta(days=n)).isoformat()


@pytest.fixture
def look(town, signed_in):
    """`look(n, …)`: the page as of day n after the town's first."""
    client = signed_in(town.office)

    def look(n, **query):
        answer = client.get(URL, {"as_of": day(n), **query})
        assert answer.status_code == 200
        return answer

    return look


def shown(page):
    return [
        (row["measure"].title, str(row["measure"].lead or ""), row["measure"].due_on, row["measure"].status)
        for row in page.context["rows"]
    ]


def figures(page):
    return {tile["kind"]: tile["n"] for tile in page.context["tiles"]}


def test_figures_and_rows_are_those_of_then(town, look):
    measure, then = town.led, town.led.due_on
    at = {"measure_id": measure.pk, "actor": town.office}
    actions.edit(**at, now=NOW + timedelta(days=5), title="新题")
    actions.transfer(
        **at,
        now=NOW + timedelta(days=30),
        lead=town.other,
        reason="调整",
        due_on=then + timedelta(days=60),
    )
    rest = [
        ("建公园", "乙局", town.assisted.due_on, "in_progress"),
        ("秘密工程", "丙局", town.foreign.due_on, "in_progress"),
        ("待议事项", "", None, "draft"),
    ]
    assert shown(look(0)) == [("打通断头路", "甲局", then, "in_progress"), *rest]
    assert shown(look(5))[0] == ("新题", "甲局", then, "in_progress")
    assert shown(look(30))[0] == ("新题", "乙局", then + timedelta(days=60), "assigned")
    assert figures(look(0))["late"] == 0
    assert figures(look(25)) == {"all": 4, "late": 3, "red": 3, "yellow": 0, "green": 0, "done": 0}
    assert figures(look(30))["late"] == 2
    page = look(25).content.decode()
    assert "逾期5天" in page and reverse("admin:tracker_measure_change", args=[measure.pk]) in page
    assert [(item["name"], item["n"]) for item in look(30).context["statuses"]] == [
        ("拟办", 1),
        ("待签收", 1),
        ("办理中", 2),
    ]


def test_each_figure_leads_to_as_many_rows(town, look, signed_in):
    actions.transfer(
        measure_id=town.led.pk, actor=town.office, now=NOW, lead=town.other, reason="调整", due_on=TODAY
    )
    page, client = look(25), signed_in(town.office)
    links = [(tile["n"], tile["url"]) for tile in page.context["tiles"]]
    links += [(status["n"], status["url"]) for status in page.context["statuses"]]
    assert sum(n for n, _url in links) > 10
    for n, url in links:
        assert client.get(url).context["page"].paginator.count == n, url


def test_narrowed_by_what_was_then(town, look):
    actions.transfer(
        measure_id=town.led.pk,
        actor=town.office,
        now=NOW + timedelta(days=3),
        lead=town.other,
        reason="调整",
    )
    own, other = {"lead": town.own.pk}, {"lead": town.other.pk}
    assert [row[0] for row in shown(look(2, **own))] == ["打通断头路"]
    assert [row[0] for row in shown(look(3, **own))] == []
    assert [row[0] for row in shown(look(3, **other))] == ["打通断头路", "建公园"]
    assert figures(look(3, **other))["all"] == 2, "the figures are the lead's too"
    assert [row[0] for row in shown(look(3, status="assigned"))] == ["打通断头路"]
    assert [row[0] for row in shown(look(25, overdue="yes", plan=town.foreign.plan_id))] == ["秘密工程"]
    assert [row[0] for row in shown(look(25, overdue="no"))] == ["待议事项"]
    assert "当时没有符合条件的事项。" in look(0, status="closed").content.decode()


def test_before_anything_was_registered(look):
    page = look(-1)
    assert figures(page)["all"] == 0 and "当时还没有登记" in page.content.decode()


def test_without_a_day_it_is_the_end_of_the_last_month(town, signed_in):
    page = signed_in(town.office).get(URL)
    first = timezone.localdate().replace(day=1)
    assert page.context["day"] == first - timedelta(days=1)
    assert page.context["form"]["as_of"].value() == first - timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"as_of": ""}, "as_of", "该字段是必填项。"),
        ({"as_of": "明天"}, "as_of", "输入一个有效的日期。"),
        ({"as_of": "2999-01-01"}, "as_of", "不能是将来的日期。"),
        ({"as_of": "1999-12-31"}, "as_of", "日期不能早于2000年。"),
        ({"as_of": "2026-03-10", "lead": "999999"}, "lead", "选择一个有效的选项"),
        ({"as_of": "2026-03-10", "light": "blue"}, "light", "选择一个有效的选项"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(town, signed_in, given, field, message):
    answer = signed_in(town.office).get(URL, given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert message in str(answer.context["form"].errors[field]) and "rows" not in answer.context


def test_a_page_costs_the_same_however_many(town, signed_in, django_assert_max_num_queries):
    client = signed_in(town.office)
    for _ in range(60):
        make_measure(lead=town.own, draft={"section": town.led.section})
    actions.report(measure_id=town.led.pk, actor=liaison_of(town.own), now=NOW, percent=5, progress="推进")
    with django_assert_max_num_queries(20):
        page = client.get(URL, {"as_of": day(0), "p": "2"})
    assert (len(page.context["rows"]), page.context["page"].paginator.count) == (14, 64)
    assert f"?as_of={day(0)}&amp;p=1" in page.content.decode()
