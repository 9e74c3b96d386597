"""Every role at every address with every kind of object; a new address without a row here fails."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.generics import GenericAPIView

from tests.api.callers import ROOT, Town, client_of
from tests.makers import NOW, liaison_of, make_department, make_user
from tracker import actions
from tracker.api.urls import urlpatterns
from tracker.models import Measure, StageTemplate, User

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
BY_OFFICE, BY_LEAD, BY_CO, BY_EITHER = (
    "office's step",
    "lead's step",
    "assistant's step",
    "lead's or assistant's",
)
# Shown role by role in the test file of that name.
IN_BULK, BY_HAND, IN_CALENDAR = "test_bulk", "test_registering", "test_calendar"
IN_LOOP = "test_loop, test_files, test_arrangements"
BY_ITSELF = "test_notices"
ASSISTS = {"liaison": {"assisted"}}
LATER = "2099-01-01"


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


def just_assigned(measure: Measure) -> None:
    not_begun(measure)
    Measure.objects.filter(pk=measure.pk, status="assigned").update(object_until=timezone.localdate())


def objected(measure: Measure) -> None:
    just_assigned(measure)
    if measure.lead is not None:
        actions.object_to_assignment(
            measure_id=measure.pk, actor=liaison_of(measure.lead), now=timezone.now(), reason="不属我局"
        )


def more_time_asked(measure: Measure) -> None:
    if measure.lead is not None:
        actions.request_extension(
            measure_id=measure.pk,
            actor=liaison_of(measure.lead),
            now=NOW,
            reason="征地",
            proposed_due_on=date.fromisoformat(LATER),
            progress="过半",
        )


def cancelled(measure: Measure) -> None:
    if measure.lead is not None:
        actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason="停")


# Address: who may, the state from which the step is allowed, a body, and whether a draft allows it too.
ROWS: dict[tuple[str, str], tuple[str, Callable[[Measure], None], Any, bool]] = {
    ("GET", "api-root"): (LISTS, as_it_is, None, True),
    ("GET", "api-measures"): (LISTS, as_it_is, None, True),
    ("GET", "api-measure"): (READ, as_it_is, None, True),
    ("GET", "api-measure-reports"): (READ, as_it_is, None, True),
    ("GET", "api-measure-timeline"): (READ, as_it_is, None, True),
    ("POST", "api-measures"): (BY_HAND, as_it_is, None, False),
    ("PATCH", "api-measure"): (BY_OFFICE, as_it_is, {"importance": "major"}, True),
    ("POST", "api-measure-assign"): (BY_OFFICE, not_begun, {"lead": "OWN", "due_on": "2030-01-01"}, True),
    ("GET", "api-measure-extensions"): (READ, as_it_is, None, True),
    ("GET", "api-measure-objections"): (READ, as_it_is, None, True),
    ("GET", "api-measure-claims"): (READ, as_it_is, None, True),
    ("GET", "api-measure-checkpoints"): (READ, as_it_is, None, True),
    ("GET", "api-measure-milestones"): (READ, as_it_is, None, True),
    ("GET", "api-measure-occurrences"): (READ, as_it_is, None, True),
    ("GET", "api-measure-roles"): (READ, as_it_is, None, True),
    ("GET", "api-measure-exemptions"): (READ, as_it_is, None, True),
    ("GET", "api-measure-attachments"): (READ, as_it_is, None, True),
    ("POST", "api-measure-attachments"): (IN_LOOP, as_it_is, None, False),
    ("GET", "api-measure-draft"): (IN_LOOP, as_it_is, None, False),
    ("PUT", "api-measure-draft"): (BY_EITHER, as_it_is, {"progress": "起草"}, False),
    ("DELETE", "api-measure-draft"): (BY_EITHER, as_it_is, None, False),
    ("POST", "api-measure-part-report"): (BY_CO, as_it_is, {"progress": "已配合"}, False),
    ("POST", "api-measure-extensions"): (
        BY_LEAD,
        as_it_is,
        {"reason": "征地", "proposed_due_on": LATER, "progress": "过半"},
        False,
    ),
    ("POST", "api-measure-withdraw-extension"): (BY_LEAD, more_time_asked, {}, False),
    ("POST", "api-measure-approve-extension"): (BY_OFFICE, more_time_asked, {}, False),
    ("POST", "api-measure-refuse-extension"): (BY_OFFICE, more_time_asked, {"answer": "不必"}, False),
    ("POST", "api-measure-extend"): (BY_OFFICE, as_it_is, {"due_on": LATER, "reason": "调整"}, False),
    ("POST", "api-measure-objections"): (BY_LEAD, just_assigned, {"reason": "不属我局"}, False),
    ("POST", "api-measure-uphold-objection"): (BY_OFFICE, objected, {}, False),
    ("POST", "api-measure-reject-objection"): (BY_OFFICE, objected, {"answer": "属你局"}, False),
    ("POST", "api-measure-transfer"): (BY_OFFICE, as_it_is, {"lead": "THIRD", "reason": "职责调整"}, False),
    ("POST", "api-measure-set-stages"): (BY_OFFICE, as_it_is, {"template": "TEMPLATE", "dates": {}}, True),
    ("POST", "api-measure-set-roles"): (
        BY_OFFICE,
        as_it_is,
        {"roles": [{"name": "链长", "person": "李"}]},
        True,
    ),
    ("POST", "api-measure-exempt"): (
        BY_OFFICE,
        as_it_is,
        {"reason": "先行先试", "approver": "常委会"},
        False,
    ),
    ("POST", "api-measure-apply-regime"): (BY_OFFICE, as_it_is, {"regime": "710"}, False),
    ("POST", "api-measure-publish"): (IN_LOOP, as_it_is, None, True),
    ("POST", "api-measure-unpublish"): (IN_LOOP, as_it_is, None, False),
    ("POST", "api-measure-claims"): (IN_LOOP, as_it_is, None, False),
    ("POST", "api-accept-claim"): (IN_LOOP, as_it_is, None, False),
    ("POST", "api-decline-claim"): (IN_LOOP, as_it_is, None, False),
    ("POST", "api-withdraw-claim"): (IN_LOOP, as_it_is, None, False),
    ("POST", "api-accept-report"): (IN_LOOP, as_it_is, None, False),
    ("POST", "api-return-report"): (IN_LOOP, as_it_is, None, False),
    ("GET", "api-attachment"): (IN_LOOP, as_it_is, None, False),
    ("DELETE", "api-attachment"): (IN_LOOP, as_it_is, None, False),
    ("GET", "api-attachment-content"): (IN_LOOP, as_it_is, None, False),
    ("GET", "api-regimes"): (LISTS, as_it_is, None, True),
    ("GET", "api-stage-templates"): (LISTS, as_it_is, None, True),
    ("POST", "api-measures-bulk"): (IN_BULK, as_it_is, None, False),
    ("POST", "api-measure-acknowledge"): (BY_LEAD, not_begun, {}, False),
    ("POST", "api-measure-reports"): (BY_LEAD, as_it_is, {"percent": 90, "progress": "好"}, False),
    ("POST", "api-measure-apply-to-close"): (BY_LEAD, as_it_is, {"result": "好"}, False),
    ("POST", "api-measure-return"): (BY_OFFICE, waiting, {"reason": "缺"}, False),
    ("POST", "api-measure-close"): (BY_OFFICE, waiting, {"grade": "good"}, False),
    ("POST", "api-measure-suspend"): (BY_OFFICE, as_it_is, {"reason": "等"}, False),
    ("POST", "api-measure-resume"): (BY_OFFICE, suspended, {}, False),
    ("POST", "api-measure-cancel"): (BY_OFFICE, as_it_is, {"reason": "停"}, True),
    ("POST", "api-measure-reopen"): (BY_OFFICE, cancelled, {"reason": "查"}, False),
    ("POST", "api-measure-urge"): (BY_OFFICE, as_it_is, {"note": "请抓紧"}, False),
    ("GET", "api-plans"): (LISTS, as_it_is, None, True),
    ("GET", "api-plan"): (LISTS, as_it_is, None, True),
    ("GET", "api-sections"): (LISTS, as_it_is, None, True),
    ("GET", "api-departments"): (LISTS, as_it_is, None, True),
    ("GET", "api-calendar"): (LISTS, as_it_is, None, True),
    ("POST", "api-calendar"): (IN_CALENDAR, as_it_is, None, False),
    ("GET", "api-calendar-day"): (IN_CALENDAR, as_it_is, None, False),
    ("PUT", "api-calendar-day"): (IN_CALENDAR, as_it_is, None, False),
    ("DELETE", "api-calendar-day"): (IN_CALENDAR, as_it_is, None, False),
    ("GET", "api-scorecard"): (LISTS, as_it_is, None, True),
    ("GET", "api-notices"): (LISTS, as_it_is, None, True),
    ("POST", "api-notices-read"): (BY_ITSELF, as_it_is, None, False),
    ("GET", "api-me"): (LISTS, as_it_is, None, True),
    ("GET", "api-schema"): (OPEN, as_it_is, None, True),
    ("GET", "api-docs"): (OPEN, as_it_is, None, True),
}
STEPS = [route for route, row in ROWS.items() if row[0] in (READ, BY_OFFICE, BY_LEAD, BY_CO, BY_EITHER)]


def body_of(given: Any, town: Town) -> Any:
    """The row's body with the rows that stand in it only by name."""
    if not given:
        return given
    names = {"OWN": lambda: town.own.code, "THIRD": lambda: make_department().code}
    body = {
        name: names[value]() if isinstance(value, str) and value in names else value
        for name, value in given.items()
    }
    if given.get("template") == "TEMPLATE":
        template = StageTemplate.objects.get()
        dates = {stage.name: "2026-03-20" for stage in template.stages.all()}
        body |= {"template": template.pk, "dates": dates}
    return body


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
    leads, assists = kind in LEADS.get(role, ()), kind in ASSISTS.get(role, ())
    allowed = {
        BY_OFFICE: role in OFFICE,
        BY_LEAD: leads,
        BY_CO: assists,
        BY_EITHER: leads or assists,
    }[who]
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
    body = body_of(row[2], town)
    observed, wanted = {}, {}
    clients = {role: client_of(user) for role, user in callers.items()}
    for kind in OBJECTS:
        measure = getattr(town, kind)
        with transaction.atomic():
            row[1](measure)
            measure.refresh_from_db()
            extra = {"HTTP_IF_MATCH": f'"{measure.version}"'} if method == "PATCH" else {}
            given = {} if body is None else {"data": body, "format": "json"}
            if kind == "assisted" and name == "api-measure-assign":
                given["data"] = {**given["data"], "co": []}
            for role, client in clients.items():
                # Undone afterwards: everyone meets the same state.
                with transaction.atomic():
                    answer = getattr(client, method.lower())(address(name, measure.pk), **given, **extra)
                    transaction.set_rollback(True)
                status = 200 if answer.status_code in (201, 204) else answer.status_code
                observed[role, kind], wanted[role, kind] = status, expected(role, kind, row)
                if status >= 400:
                    assert answer["Content-Type"] == "application/problem+json"
                    assert measure.title not in answer.content.decode()
            transaction.set_rollback(True)
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
    assert (len(rows(client, "api-regimes")) >= 2) == (role != "none")
    assert bool(rows(client, "api-stage-templates")) == (role in OFFICE)
    links = client.get(address("api-root")).json()
    assert {client.get(link).status_code for link in links.values()} == {200}
    assert all(link.startswith(f"http://testserver{ROOT}") for link in links.values())
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
        ("api-sections", {"id", "plan", "number", "marker", "title", "above", "intro", "in_text"}),
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
