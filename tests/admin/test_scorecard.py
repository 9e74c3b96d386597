"""考核得分 in the admin: each sees the departments that are his to see, every point with its measure, and the same as Excel."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.makers import NOW, TODAY, make_department, make_measure
from tracker import actions
from tracker.models import Department, Measure

pytestmark = pytest.mark.django_db
MARCH = "?period=2026-03"


def page(client, query=MARCH, status=200):
    answer = client.get(reverse("admin:scorecard") + query)
    assert answer.status_code == status
    return answer


def department_page(client, department, query=MARCH):
    return client.get(reverse("admin:scorecard_department", args=[department.pk]) + query)


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("office", {"甲局", "乙局", "丙局"}),
        ("admin", {"甲局", "乙局", "丙局"}),
        ("liaison", {"甲局"}),
        ("head", {"甲局"}),
        ("leader", {"甲局"}),
        ("nobody", set()),
    ],
)
def test_each_role_sees_its_own(town, signed_in, role, seen):
    client = signed_in(getattr(town, role))
    scored = page(client).context["scored"]
    assert {row["department"].name for row in scored} == seen
    for department in (town.own, town.other, town.stranger):
        status = 200 if department.name in seen else 404
        assert department_page(client, department).status_code == status
    # The sheet holds no more than the page.
    names = {row[0] for sheet in exported(client).values() for row in sheet[1:]}
    assert names == seen
    text = page(client).content.decode()
    for name in {"甲局", "乙局", "丙局"} - seen - ({"甲局"} if role == "nobody" else set()):
        assert name not in text


def exported(client, query=MARCH):
    answer = client.get(reverse("admin:scorecard_export") + query)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    book = load_workbook(BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_page_shows_the_arithmetic_with_its_measures(town, signed_in):
    late = make_measure(
        lead=town.own, due_on=TODAY + timedelta(days=1), percent=99, draft={"title": "修水渠"}
    )
    text = department_page(signed_in(town.liaison), town.own).content.decode()
    # The town's own two were due the day before the month ended.
    assert "基础分 80，逾期 -2.5，" in text and "，合计 " in text
    assert "牵头 2 项，每项 -1 分，计 -2 分" in text and "配合 1 项，每项 -0.5 分，计 -0.5 分" in text
    assert "时限 2026年3月11日，逾期 20 天" in text
    assert reverse("admin:tracker_measure_change", args=[late.pk]) in text and "修水渠" in text


def test_what_was_handed_over_costs_its_point_without_its_title(town, signed_in):
    """The former lead missed a day of a measure that it no longer sees."""
    measure = make_measure(lead=town.own, acknowledged=False, draft={"title": "移交的机密"})
    other = make_department("丁局")
    at = NOW + timedelta(days=2)
    actions.transfer(measure_id=measure.pk, actor=town.office, now=at, lead=other, reason="调整")
    client = signed_in(town.liaison)
    text = department_page(client, town.own).content.decode()
    assert "（已转由其他单位办理）" in text and "曾牵头 1 次，每次 -0.5 分" in text
    sheets = str(exported(client))
    assert "（已转由其他单位办理）" in sheets
    for shown in (text, sheets):
        assert "移交的机密" not in shown and "丁局" not in shown
    # There is something to leak.
    assert "移交的机密" in department_page(signed_in(town.office), town.own).content.decode()


def test_periods_plans_and_regimes(town, signed_in):
    client = signed_in(town.office)
    assert page(client, "").context["card"].period.code == page(client, "").context["card"].until.strftime(
        "%Y"
    )
    days = page(client, "?start=2026-03-01&end=2026-03-20&period=2026").context["card"]
    assert (str(days.period.first), str(days.until)) == ("2026-03-01", "2026-03-20")
    plan = page(client, f"{MARCH}&plan={town.foreign.plan_id}")
    assert [row["department"].name for row in plan.context["scored"]] == ["丙局"]
    assert page(client, "?period=2025").context["scored"] == []
    assert "本期没有可以计分的事项" in page(client, "?period=2025").content.decode()
    assert f"plan={town.foreign.plan_id}" in plan.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?period=2026Q9", "考核时段应写成"),
        ("?period=2099", "还没有开始"),
        ("?start=2026-03-01", "须一并给出"),
        ("?start=2026-03-02&end=2026-03-01", "早于开始日期"),
        ("?start=1066-01-01&end=2026-03-01", "2000 年到 2100 年"),
        ("?plan=999999", "选择"),
        ("?start=x&end=y", "有效"),
        ("?period=%00", ""),
    ],
)
def test_a_wrong_period_is_a_sentence(town, signed_in, query, words):
    client = signed_in(town.office)
    assert words in page(client, query, status=400).content.decode()
    assert department_page(client, town.own, query).status_code == 400
    assert client.get(reverse("admin:scorecard_export") + query).status_code == 404


def test_a_plan_of_others_cannot_be_asked_for(town, signed_in):
    page(signed_in(town.liaison), f"{MARCH}&plan={town.foreign.plan_id}", status=400)


def test_cells_are_data(town, signed_in):
    Department.objects.filter(pk=town.own.pk).update(name="=1+1")
    Measure.objects.filter(pk=town.led.pk).update(title="@SUM(A1)")
    answer = signed_in(town.office).get(reverse("admin:scorecard_export") + "?period=2026")
    book = load_workbook(BytesIO(answer.content))
    scores, facts = book.worksheets
    cells = [cell for sheet in (scores, facts) for row in sheet.iter_rows() for cell in row]
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value[0:1] in "=+-@"]
    assert {cell.value for cell in risky} >= {"=1+1", "@SUM(A1)"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)
    values = [row for row in scores.iter_rows(values_only=True) if row[0] == "=1+1"]
    assert isinstance(values[0][1], int | float)


def test_the_sheet_adds_up(town, signed_in):
    make_measure(lead=town.own, due_on=TODAY + timedelta(days=1), percent=99)
    scores, facts = exported(signed_in(town.office)).values()
    header = list(facts[0])
    for row in scores[1:]:
        points = sum(fact[header.index("分值")] for fact in facts[1:] if fact[0] == row[0])
        assert row[1] == pytest.approx(row[2] + points)


def test_queries_do_not_grow_with_departments(town, signed_in, django_assert_num_queries):
    client = signed_in(town.office)
    page(client)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        page(client)
    for _ in range(3):
        make_measure(lead=make_department())
    with django_assert_num_queries(len(before)):
        page(client)
    with CaptureQueriesContext(connection) as one:
        department_page(client, town.own)
    for _ in range(3):
        make_measure(lead=town.own, due_on=TODAY)
    with django_assert_num_queries(len(one)):
        department_page(client, town.own)
