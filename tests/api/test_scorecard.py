"""GET scorecard/: each caller's departments, the same figures as the page, and wrong periods as problems."""

from datetime import timedelta

import pytest

from tests.api.callers import ROOT, client_of
from tests.makers import NOW, TODAY, make_department, make_measure, make_user
from tracker import actions
from tracker.models import Regime

pytestmark = pytest.mark.django_db
ADDRESS = f"{ROOT}scorecard/"
ROW = {
    "department", "score", "base", "cap", "led", "assisted", "exempted", "in_time", "overdue_days", "grades", "lines",
    "facts",
}  # fmt: skip
FACT = {"measure", "role", "part", "kind", "on", "days", "points", "exempt", "words"}


def ask(user, query="?period=2026-03", status=200):
    answer = client_of(user).get(ADDRESS + query)
    assert answer.status_code == status, answer.content.decode()
    return answer


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("office", {"甲局", "乙局"}),
        ("liaison", {"甲局"}),
        ("head", {"甲局"}),
        ("leader", {"甲局"}),
        ("other liaison", {"乙局"}),
        ("other leader", {"乙局"}),
        ("none", set()),
    ],
)
def test_each_caller_sees_its_own(town, role, seen):
    user = town.users[role]
    answer = ask(user)
    assert {row["department"]["name"] for row in answer.json()["results"]} == seen
    assert answer["Cache-Control"] == "private, no-store"
    for department in (town.own, town.other):
        given = ask(
            user, f"?period=2026-03&department={department.code}", 200 if department.name in seen else 400
        )
        if department.name not in seen:
            assert given.json()["errors"][0]["field"] == "department"
            assert department.name not in given.content.decode()
    if role != "office":
        assert "乙局机密" not in answer.content.decode()


def test_nobody_is_asked_to_sign_in():
    assert client_of(None).get(ADDRESS).status_code == 401


def test_the_figures_and_the_facts_behind_them(town):
    late = make_measure(lead=town.own, due_on=TODAY + timedelta(days=1), percent=99)
    body = ask(town.users["liaison"], f"?period=2026-03&department={town.own.code}").json()
    assert (body["name"], body["first"], body["last"], body["as_of"]) == (
        "2026年3月", "2026-03-01", "2026-03-31", "2026-03-31",
    )  # fmt: skip
    [row] = body["results"]
    assert set(row) == ROW and all(set(fact) == FACT for fact in row["facts"])
    assert row["score"] == pytest.approx(row["base"] + sum(fact["points"] for fact in row["facts"]))
    assert row["score"] == pytest.approx(row["base"] + sum(line["points"] for line in row["lines"]))
    [fact] = [fact for fact in row["facts"] if fact["part"] == "late" and fact["measure"] == late.pk]
    assert (fact["on"], fact["days"], fact["points"]) == ("2026-03-11", 20, -1)
    # The office gets the same, and without a department no facts.
    assert ask(town.users["office"], f"?period=2026-03&department={town.own.code}").json() == body
    [own] = [
        r for r in ask(town.users["office"]).json()["results"] if r["department"]["code"] == town.own.code
    ]
    assert own == {**row, "facts": None}


def test_a_measure_handed_over_has_no_number(town):
    measure = make_measure(lead=town.own, acknowledged=False)
    later = NOW + timedelta(days=2)
    actions.transfer(measure_id=measure.pk, actor=None, now=later, lead=make_department(), reason="调整")
    query = f"?period=2026-03&department={town.own.code}"
    for role, number in (("liaison", None), ("office", measure.pk)):
        [row] = ask(town.users[role], query).json()["results"]
        assert [f["measure"] for f in row["facts"] if f["role"] == "former"] == [number]


def test_plan_and_regime_narrow(town):
    office = town.users["office"]
    only = ask(office, f"?period=2026-03&plan={town.foreign.plan_id}").json()
    assert [row["department"]["name"] for row in only["results"] if row["score"] is not None] == ["乙局"]
    assert only["plan"] == town.foreign.plan_id
    other = ask(office, "?start=2026-03-01&end=2026-03-31&regime=710").json()
    assert other["regime"] == "710" and {row["score"] for row in other["results"]} == {None}
    default = Regime.objects.get(is_default=True)
    assert ask(office, f"?period=2026-03&regime={default.code}").json()["results"][0]["score"] is not None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?period=2026Q9", "period"),
        ("?period=x%00", "period"),
        ("?period=2099", "period"),
        ("?period=2026&start=2026-01-01&end=2026-02-01", "period"),
        ("?start=2026-03-01", "end"),
        ("?end=2026-03-01", "start"),
        ("?start=2026-03-02&end=2026-03-01", "end"),
        ("?start=1066-01-01&end=2026-03-01", "start"),
        ("?start=2099-01-01&end=2099-03-01", "start"),
        ("?plan=0", "plan"),
        ("?plan=99999999999999999999999", "plan"),
        ("?plan=999999", "plan"),
        ("?regime=nix", "regime"),
        ("?department=nix", "department"),
        ("?department=a%00b", "department"),
        ("?month=3", "month"),
    ],
)
def test_wrong_questions_are_problems(query, field):
    answer = ask(make_user("office"), query, 400)
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.json()["errors"][0]["message"])


def test_a_plan_of_others_cannot_be_asked_for(town):
    answer = ask(town.users["liaison"], f"?plan={town.foreign.plan_id}", 400)
    assert answer.json()["errors"][0]["field"] == "plan"
