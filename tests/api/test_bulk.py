"""Many steps in one request: each as if it had come alone, none hidden by another, none done twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.actions.support import assert_trail
from tests.api import test_matrix as matrix
from tests.api.callers import ROOT, client_of
from tests.makers import NOW, liaison_of, make_department, make_measure, make_section, make_user
from tracker import actions
from tracker.api import steps
from tracker.api.views.bulk import MeasuresBulk
from tracker.models import KeyedRequest, Measure, MeasureEvent
from tracker.rules.lifecycle import Verb

BULK = f"{ROOT}measures/bulk/"
REPORT = {"percent": 40, "progress": "可研报告已报送审批"}
pytestmark = pytest.mark.django_db


def send(client, *items, **headers):
    answer = client.post(BULK, {"items": list(items)}, format="json", headers=headers)
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.fixture
def lead(db):
    return liaison_of(make_department())


def measures(lead, count, **kw):
    section = make_section()
    return [make_measure(lead=lead.department, draft={"section": section}, **kw) for _ in range(count)]


def with_copies(measure, count):
    """A measure and `count - 1` more of the same history, written together: made one by one, 500 take longer than their test."""
    rows = [replaced(measure) for _ in range(1, count)]
    Measure.objects.bulk_create(rows)
    for beside in (measure.events, measure.checkpoints):
        beside.model.objects.bulk_create(
            replaced(one, measure_id=row.pk) for one in beside.all() for row in rows
        )
    return [measure, *rows]


def replaced(row, **other):
    """A new row of the same values but these."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, "id": None, **other})


def test_each_item_has_its_own_result_in_order(town):
    client = client_of(town.users["liaison"])
    before = {kind: getattr(town, kind).version for kind in ("led", "assisted", "foreign", "draft")}
    body = send(
        client,
        {"id": town.foreign.pk, "action": "report", "body": REPORT},
        {"id": town.led.pk, "action": "report", "version": before["led"] + 7, "body": REPORT},
        {"id": town.led.pk, "action": "report", "version": before["led"], "body": REPORT},
        {"id": town.assisted.pk, "action": "report", "body": REPORT},
        {"id": town.led.pk, "action": "report", "body": {"percent": 400, "progress": ""}},
        {"id": town.draft.pk, "action": "acknowledge"},
        {"id": town.led.pk, "action": "acknowledge"},
        {"id": town.led.pk, "action": "apply_to_close", "body": {"result": "好"}},
        {"id": 999_999_999, "action": "acknowledge"},
        {"id": town.led.pk, "action": "reword"},
        {"id": "12", "action": "acknowledge"},
        {"id": town.led.pk, "action": "acknowledge", "bod": {}},
        "nonsense",
        {"action": "acknowledge"},
    )
    assert [(row["status"], (row["problem"] or {}).get("code")) for row in body["results"]] == [
        (404, "not_found"),
        (412, "outdated"),
        (201, None),
        (403, "not_allowed"),
        (400, "invalid_input"),
        (404, "not_found"),
        (409, "wrong_state"),
        (200, None),
        (404, "not_found"),
        (400, "invalid_input"),
        (400, "invalid_input"),
        (400, "invalid_input"),
        (400, "invalid_input"),
        (400, "invalid_input"),
    ]
    assert (body["succeeded"], body["failed"]) == (2, 12)
    done = body["results"][2]
    assert done == {
        "id": town.led.pk,
        "status": 201,
        "version": before["led"] + 1,
        "measure_status": "in_progress",
        "problem": None,
    }
    assert body["results"][7]["measure_status"] == "closing"
    assert [row["id"] for row in body["results"]][-4:] == [None, town.led.pk, None, None]
    fields = [error["field"] for error in body["results"][4]["problem"]["errors"]]
    assert fields == ["percent", "progress"]
    assert all(
        set(row) == {"id", "status", "version", "measure_status", "problem"} for row in body["results"]
    )
    assert "机密" not in str(body)
    for kind in ("assisted", "foreign", "draft"):
        assert Measure.objects.get(pk=getattr(town, kind).pk).version == before[kind]
    town.led.refresh_from_db()
    assert_trail(town.led)


# Addresses that are no step's name.
VERBS = {
    "api-measure": "edit",
    "api-measure-reports": "report",
    "api-measure-extensions": "request_extension",
    "api-measure-objections": "object",
}


@pytest.mark.parametrize("route", [r for r in matrix.STEPS if r[0] in ("POST", "PATCH")], ids=" ".join)
def test_an_item_is_judged_as_the_step_alone(town, route):
    """Every role, every verb, every kind of measure, all kinds in one request: status and words as at the verb's own address."""
    method, name = route
    _who, prepare, given, _draft = matrix.ROWS[route]
    verb = VERBS.get(name, name.removeprefix("api-measure-").replace("-", "_"))
    assert Verb(verb) in steps.IN_BULK
    callers = {**town.users, "superuser": make_user("none", is_superuser=True)}
    seen = set()
    for user in callers.values():
        client = client_of(user)
        alone, items = [], []
        with transaction.atomic():
            for measure in (getattr(town, kind) for kind in matrix.OBJECTS):
                body = matrix.body_of(given, town)
                if name == "api-measure-assign":
                    body["co"] = []
                prepare(measure)
                measure.refresh_from_db()
                headers = {"If-Match": f'"{measure.version}"'} if method == "PATCH" else {}
                with transaction.atomic():
                    alone.append(
                        getattr(client, method.lower())(
                            matrix.address(name, measure.pk), body, format="json", headers=headers
                        )
                    )
                    transaction.set_rollback(True)
                item = {"id": measure.pk, "action": verb, "body": body}
                if method == "PATCH":
                    item["version"] = measure.version
                items.append(item)
            results = send(client, *items)["results"]
            transaction.set_rollback(True)
        for row, answer in zip(results, alone, strict=True):
            assert row["status"] == answer.status_code
            assert row["problem"] == (answer.json() if answer.status_code >= 400 else None)
            seen.add(row["status"])
    assert {404, 403} < seen and seen & {200, 201}


def test_an_edit_needs_the_version_in_bulk_too(town):
    client = client_of(town.users["office"])
    item = {"id": town.led.pk, "action": "edit", "body": {"remark": "提前"}}
    (row,) = send(client, item)["results"]
    assert (row["status"], row["problem"]["code"]) == (428, "precondition_required")
    (row,) = send(client, {**item, "version": town.led.version})["results"]
    assert (row["status"], row["version"]) == (200, town.led.version + 1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_input"),
        ({"items": []}, 400, "invalid_input"),
        ({"items": {}}, 400, "invalid_input"),
        ({"items": None}, 400, "invalid_input"),
        ({"items": [], "all_or_nothing": True}, 400, "invalid_input"),
        ([{"id": 1, "action": "acknowledge"}], 400, "invalid_input"),
        ({"items": [{"id": 1, "action": "acknowledge"}] * 501}, 413, "too_many_items"),
        (
            {"items": [{"id": 1, "action": "report", "body": {"progress": "x" * 1_100_000}}]},
            413,
            "body_too_large",
        ),
    ],
)
def test_what_is_no_list_of_items_is_refused_as_a_whole(lead, body, status, code):
    answer = client_of(lead).post(BULK, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_read_token_and_nobody_do_nothing(lead):
    (measure,) = measures(lead, 1)
    item = {"items": [{"id": measure.pk, "action": "report", "body": REPORT}]}
    assert client_of(lead, scope="read").post(BULK, item, format="json").status_code == 403
    assert client_of(None).post(BULK, item, format="json").status_code == 401
    assert not measure.reports.exists()


def test_five_hundred_at_once(lead):
    rows = with_copies(*measures(lead, 1, acknowledged=False), 500)
    body = send(client_of(lead), *({"id": row.pk, "action": "acknowledge"} for row in rows))
    assert (body["succeeded"], body["failed"]) == (500, 0)
    assert [row["id"] for row in body["results"]] == [row.pk for row in rows]
    assert set(Measure.objects.values_list("status", flat=True)) == {"in_progress"}
    assert_trail(rows[-1])


# What is done today is done to measures assigned in March: each also gets the report days missed since, in two statements.
@pytest.mark.parametrize(
    ("action", "body", "headers", "most"),
    [
        ("acknowledge", {}, {}, 10),
        ("report", REPORT, {}, 16),
        # Savepoint, its release and the answer kept; claims are made fifty at a time.
        ("report", REPORT, {"Idempotency-Key": "k"}, 19),
    ],
)
def test_the_cost_of_an_item_does_not_grow_with_their_number(lead, action, body, headers, most):
    client = client_of(lead)

    def cost(count):
        rows = measures(lead, count, acknowledged=action != "acknowledge")
        items = [{"id": row.pk, "action": action, "body": body} for row in rows]
        key = {name: f"{value}{count}" for name, value in headers.items()}
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert send(client, *items, **key)["succeeded"] == count
        return len(queries)

    one, ten, twenty = cost(1), cost(10), cost(20)
    assert twenty - ten == 10 * (ten - one) // 9
    assert (ten - one) // 9 <= most


def test_what_was_claimed_ahead_and_not_come_to_is_free_again(lead, monkeypatch):
    rows = measures(lead, 3)
    items = [{"id": row.pk, "action": "report", "body": REPORT} for row in rows]
    client = client_of(lead)

    def stop(self, number, item, once=MeasuresBulk._once):
        if number == 2:
            raise KeyboardInterrupt
        return once(self, number, item)

    with monkeypatch.context() as patched:
        patched.setattr(MeasuresBulk, "_once", stop)
        with pytest.raises(KeyboardInterrupt):
            client.post(BULK, {"items": items}, format="json", headers={"Idempotency-Key": "one"})
    kept = KeyedRequest.objects.filter(key="one").exclude(part=0)
    assert [(row.part, row.status) for row in kept] == [(1, 201)]
    # Its own claim, left behind, goes with its time.
    KeyedRequest.objects.filter(part=0).delete()
    again = send(client, *items, **{"Idempotency-Key": "one"})
    assert again["succeeded"] == 3
    assert [row.reports.count() for row in rows] == [1, 1, 1]


def test_one_that_fails_inside_hides_no_other(lead, monkeypatch):
    rows = measures(lead, 3)
    items = [{"id": row.pk, "action": "report", "body": REPORT} for row in rows]

    def explode(**given):
        report = actions.report(**given)
        if given["measure_id"] == rows[1].pk:
            raise RuntimeError("secret")
        return report

    client = client_of(lead)
    with monkeypatch.context() as patched:
        patched.setitem(steps.IN_BULK, Verb.REPORT, replace(steps.REPORT, act=explode))
        body = send(client, *items, **{"Idempotency-Key": "one"})
    assert [row["status"] for row in body["results"]] == [201, 500, 201]
    assert body["results"][1]["problem"]["instance"].startswith("urn:uuid:") and "secret" not in str(body)
    assert [row.reports.count() for row in rows] == [1, 0, 1]
    # Sent again under the same key, only what our own error stopped is done.
    again = send(client, *items, **{"Idempotency-Key": "one"})
    assert [row["status"] for row in again["results"]] == [201, 201, 201]
    assert [row.reports.count() for row in rows] == [1, 1, 1]


def test_the_same_key_does_no_item_twice(lead):
    rows = measures(lead, 3)
    items = [{"id": row.pk, "action": "report", "body": REPORT} for row in rows]
    client = client_of(lead)
    first = client.post(BULK, {"items": items}, format="json", headers={"Idempotency-Key": "one"})
    second = client.post(BULK, {"items": items}, format="json", headers={"Idempotency-Key": "one"})
    assert second["Idempotency-Replayed"] == "true" and second.content == first.content
    # A process that died in the middle leaves the parts that it had done.
    KeyedRequest.objects.filter(part__in=(0, 3)).delete()
    rows[2].reports.all().delete()
    third = client.post(BULK, {"items": items}, format="json", headers={"Idempotency-Key": "one"})
    assert [row["status"] for row in third.json()["results"]] == [201, 201, 201]
    assert [row.reports.count() for row in rows] == [1, 1, 1]
    other = client.post(BULK, {"items": items[:1]}, format="json", headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.django_db(transaction=True)
def test_two_that_take_the_same_measures_in_opposite_order_do_not_lock_each_other_out(postgres):
    lead = liaison_of(make_department())
    rows = measures(lead, 30)
    events = MeasureEvent.objects.count()
    start = Barrier(4)

    def work(turn):
        order = rows if turn % 2 else rows[::-1]
        items = [{"id": row.pk, "action": "report", "body": REPORT} for row in order]
        start.wait(timeout=60)
        try:
            return send(client_of(lead), *items, **{"Idempotency-Key": f"turn-{turn}"})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        bodies = list(pool.map(work, range(4)))
    assert [body["succeeded"] for body in bodies] == [30] * 4
    assert MeasureEvent.objects.count() - events == 120
    for measure in Measure.objects.all():
        assert_trail(measure)


def test_reports_in_bulk_and_alone_leave_the_same_rows(lead):
    alone, bulk = measures(lead, 2)
    client = client_of(lead)
    assert client.post(f"{ROOT}measures/{alone.pk}/reports/", REPORT, format="json").status_code == 201
    send(client, {"id": bulk.pk, "action": "report", "body": REPORT})

    def trace(measure):
        event = measure.events.last()
        report = measure.reports.get()
        return (
            event.verb,
            event.actor,
            event.department,
            event.changes,
            event.note,
            report.percent,
            report.progress,
        )

    assert trace(alone) == trace(bulk)
    assert trace(bulk)[0] == "report" and bulk.events.last().at > NOW
