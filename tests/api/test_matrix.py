"""Every role at every address with every kind of object; a new address without a row here fails."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from rest_framework.generics import GenericAPIView

from tests.api.callers import ROOT, Town, client_of
from tests.makers import NOW, liaison_of, make_user
from tracker import actions
from tracker.api.urls import urlpatterns
from tracker.models import Measure, User

pytestmark = pytest.mark.django_db

OBJECTS = ("led", "assisted", "foreign", "draft")
SEES: dict[str, set[str]] = {
    "office": set(OBJECTS),
    "superuser": set(OBJECTS),
    "liaison": {"led", "assisted"},
    "head": {"led", "assisted"},
    "leader": {"led", "assisted"},
    "other liaison": {"assisted", "foreign"},
    "other leader": {"assisted", "foreign"},
    "none": set(),
}
LEADS = {"liaison": {"led"}, "other liaison": {"assisted", "foreign"}}
OFFICE = {"office", "superuser"}
READ, LISTS, OPEN = "reads a measure", "lists", "open to all"
BY_OFFICE, BY_LEAD = "office's step", "lead's step"


def as_it_is(measure: Measure) -> None:
    """In progress, or a draft."""


def not_begun(measure: Measure) -> None:
    Measure.objects.filter(pk=measure.pk, status="in_progress").update(status="assigned")


def waiting(measure: Measure) -> None:
    if measure.lead is not None:
        actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(measure.lead), now=NOW, result="好")


def suspended(measure: Measure) -> None:
    if measure.lead is not None:
        actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等")


def cancelled(measure: Measure) -> None:
    if measure.lead is not None:
        actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason="停")


# Address: who may, the state from which the step is allowed, a body, and whether a draft allows it too.
ROWS: dict[tuple[str, str], tuple[str, Callable[[Measure], None], Any, bool]] = {
    ("GET", "api-measures"): (LISTS, as_it_is, None, True),
    ("GET", "api-measure"): (READ, as_it_is, None, True),
    ("GET", "api-measure-reports"): (READ, as_it_is, None, True),
    ("GET", "api-measure-timeline"): (READ, as_it_is, None, True),
    ("PATCH", "api-measure"): (BY_OFFICE, as_it_is, {"importance": "major"}, True),
    ("POST", "api-measure-assign"): (BY_OFFICE, not_begun, {"lead": "OWN", "due_on": "2030-01-01"}, True),
    ("POST", "api-measure-acknowledge"): (BY_LEAD, not_begun, {}, False),
    ("POST", "api-measure-reports"): (BY_LEAD, as_it_is, {"percent": 90, "progress": "好"}, False),
    ("POST", "api-measure-apply-to-close"): (BY_LEAD, as_it_is, {"result": "好"}, False),
    ("POST", "api-measure-return"): (BY_OFFICE, waiting, {"reason": "缺"}, False),
    ("POST", "api-measure-close"): (BY_OFFICE, waiting, {"grade": "good"}, False),
    ("POST", "api-measure-suspend"): (BY_OFFICE, as_it_is, {"reason": "等"}, False),
    ("POST", "api-measure-resume"): (BY_OFFICE, suspended, {}, False),
    ("POST", "api-measure-cancel"): (BY_OFFICE, as_it_is, {"reason": "停"}, True),
    ("POST", "api-measure-reopen"): (BY_OFFICE, cancelled, {"reason": "查"}, False),
    ("GET", "api-plans"): (LISTS, as_it_is, None, True),
    ("GET", "api-plan"): (LISTS, as_it_is, None, True),
    ("GET", "api-sections"): (LISTS, as_it_is, None, True),
    ("GET", "api-departments"): (LISTS, as_it_is, None, True),
    ("GET", "api-me"): (LISTS, as_it_is, None, True),
    ("GET", "api-schema"): (OPEN, as_it_is, None, True),
    ("GET", "api-docs"): (OPEN, as_it_is, None, True),
}
STEPS = [route for route, row in ROWS.items() if row[0] in (READ, BY_OFFICE, BY_LEAD)]


def address(name: str, pk: int | None = None) -> str:
    route = next(str(pattern.pattern) for pattern in urlpatterns if pattern.name == name)
    return ROOT + route.replace("<int:pk>", str(pk))


def test_every_address_has_a_row():
    found = set()
    for pattern in urlpatterns:
        view = pattern.callback.view_class
        methods = {name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
        if pattern.name != "api-no-such-address":
            found |= {(method, pattern.name) for method in methods}
        assert (
            ROWS.keys() & {("GET", pattern.name)}
            or not issubclass(view, GenericAPIView)
            or methods == {"POST"}
        )
    assert found == set(ROWS)


def expected(role: str, kind: str, row: tuple[str, Any, Any, bool]) -> int:
    who, _state, _body, draft_too = row
    if role == "nobody":
        return 401
    if kind not in SEES[role]:
        return 404
    if who == READ:
        return 200
    allowed = role in OFFICE if who == BY_OFFICE else kind in LEADS.get(role, ())
    if not allowed:
        return 403
    return 200 if kind != "draft" or draft_too else 409


@pytest.fixture
def callers(town) -> dict[str, User | None]:
    return {**town.users, "superuser": make_user("none", is_superuser=True), "nobody": None}


@pytest.mark.parametrize("route", STEPS, ids=" ".join)
def test_measure_addresses(town: Town, callers, route):
    method, name = route
    row = ROWS[route]
    body = row[2]
    if body and body.get("lead") == "OWN":
        body = {**body, "lead": town.own.code}
    observed, wanted = {}, {}
    for role, user in callers.items():
        client = client_of(user)
        for kind in OBJECTS:
            measure = getattr(town, kind)
            # Undone afterwards: everyone meets the same state.
            with transaction.atomic():
                row[1](measure)
                measure.refresh_from_db()
                extra = {"HTTP_IF_MATCH": f'"{measure.version}"'} if method == "PATCH" else {}
                given = {} if body is None else {"data": body, "format": "json"}
                if kind == "assisted" and "lead" in given.get("data", {}):
                    given["data"] = {**given["data"], "co": []}
                answer = getattr(client, method.lower())(address(name, measure.pk), **given, **extra)
                transaction.set_rollback(True)
            status = 200 if answer.status_code == 201 else answer.status_code
            observed[role, kind], wanted[role, kind] = status, expected(role, kind, row)
            if status >= 400:
                assert answer["Content-Type"] == "application/problem+json"
                assert measure.title not in answer.content.decode()
    assert observed == wanted
    # There was something to be refused, and something to be seen.
    assert {200, 401, 404} <= set(observed.values())


def rows(client, name, query=""):
    answer = client.get(address(name) + query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["results"]


@pytest.mark.parametrize("role", [*SEES, "nobody"])
def test_lists_hold_what_the_role_sees(town: Town, callers, role):
    client = client_of(callers[role])
    plain = [name for (_method, name), row in ROWS.items() if row[0] == LISTS and name != "api-plan"]
    if role == "nobody":
        assert {client.get(address(name)).status_code for name in plain} == {401}
        return
    seen = [getattr(town, kind) for kind in SEES[role]]
    assert {row["id"] for row in rows(client, "api-measures")} == {measure.pk for measure in seen}
    assert {row["id"] for row in rows(client, "api-plans")} == {measure.plan_id for measure in seen}
    assert {row["id"] for row in rows(client, "api-sections")} == {measure.section_id for measure in seen}
    for kind in OBJECTS:
        plan_id = getattr(town, kind).plan_id
        status = 200 if plan_id in {measure.plan_id for measure in seen} else 404
        assert client.get(address("api-plan", plan_id)).status_code == status
        inside = rows(client, "api-sections", f"?plan={plan_id}")
        assert {row["id"] for row in inside} <= {measure.section_id for measure in seen}
    me = client.get(address("api-me")).json()
    assert (me["username"], me["is_office"]) == (callers[role].username, role in OFFICE)


@pytest.mark.parametrize("role", SEES)
def test_directory_of_departments_gives_names_only_outside_the_office(town: Town, callers, role):
    client = client_of(callers[role])
    answer = client.get(address("api-departments"))
    text, listed = answer.content.decode(), answer.json()["results"]
    secrets = (town.other.mailbox, "乙局的分管领导", "乙别名")
    assert all(set(row) == {"code", "name", "kind", "details"} for row in listed)
    if role in OFFICE:
        assert all(secret in text for secret in secrets)
        details = next(row["details"] for row in listed if row["code"] == town.other.code)
        assert set(details) == {"aliases", "mailbox", "leader_in_charge", "active"}
    else:
        assert not any(secret in text for secret in secrets)
        assert all(row["details"] is None for row in listed)
        assert len(listed) == (0 if role == "none" else 2)
        # Nor can one search for what is not shown.
        assert client.get(address("api-departments") + "?search=别名").json()["results"] == []


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("api-plans", {"id", "title", "starts_on", "created_at"}),
        ("api-sections", {"id", "plan", "number", "marker", "title", "intro", "in_text"}),
    ],
)
def test_exactly_the_listed_fields(town: Town, name, keys):
    for role in ("office", "liaison"):
        found = rows(client_of(town.users[role]), name)
        assert found
        assert all(set(row) == keys for row in found)


def test_me_shows_exactly_the_listed_fields(town: Town):
    me = client_of(town.users["liaison"]).get(address("api-me")).json()
    assert set(me) == {"id", "username", "name", "role", "role_name", "department", "is_office", "token"}
    assert set(me["token"]) == {"name", "scope", "expiry"}
    assert me["department"] == {"code": town.own.code, "name": "甲局", "kind": "department"}


def test_directory_costs_the_same_however_many(town: Town, django_assert_max_num_queries):
    client = client_of(town.users["office"])
    with django_assert_max_num_queries(4):
        assert client.get(address("api-departments")).json()["count"] == 2
    with django_assert_max_num_queries(3):
        client.get(address("api-sections"))
    with django_assert_max_num_queries(1):
        client.get(address("api-me"))


@pytest.mark.parametrize("method", ["put", "delete", "options", "trace"])
@pytest.mark.parametrize("name", ["api-measures", "api-measure", "api-measure-close", "api-me"])
def test_other_methods_are_refused_as_problems(town: Town, method, name):
    answer = client_of(town.users["office"]).generic(method.upper(), address(name, town.led.pk))
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert client_of(None).generic(method.upper(), address(name, town.led.pk)).status_code == 401
