"""Idempotency-Key: the same request twice takes effect once, another one under the same key is refused, twins too."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from tests.api.callers import ROOT, client_of
from tests.makers import liaison_of, make_department, make_measure, make_user
from tracker import actions, tasks
from tracker.api.urls import urlpatterns
from tracker.api.views.measures import MeasureView
from tracker.models import KeyedRequest, Measure, MeasureEvent, ProgressReport
from tracker.models.idempotency import KeyedRequestQuerySet

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
REPORT = {"percent": 40, "progress": "可研报告已报送审批"}


def send(client, measure, body=None, *, step="reports/", key=KEY, **extra):
    return client.post(
        f"{ROOT}measures/{measure.pk}/{step}",
        REPORT if body is None else body,
        format="json",
        headers={"Idempotency-Key": key, **extra},
    )


def act_instead(patched, act):
    """Every step does this from now on."""
    real = MeasureView.take
    patched.setattr(
        MeasureView, "take", lambda self, row, *args, **kw: real(self, replace(row, act=act), *args, **kw)
    )


@pytest.fixture
def lead(db):
    return liaison_of(make_department())


@pytest.fixture
def measure(lead):
    return make_measure(lead=lead.department)


def test_the_second_time_gives_the_first_answer_and_does_nothing(lead, measure):
    client = client_of(lead)
    first = send(client, measure)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first
    # Meanwhile the measure moves on: the answer stays that of the first time.
    actions.report(measure_id=measure.pk, actor=lead, now=timezone.now(), percent=70, progress="主体完工")
    second = send(client, measure)
    assert second["Idempotency-Replayed"] == "true"
    assert (second.status_code, second.content, second["ETag"]) == (201, first.content, first["ETag"])
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert second["Cache-Control"] == "private, no-store"
    assert ProgressReport.objects.filter(measure=measure).count() == 2
    # Another key is another report.
    assert "Idempotency-Replayed" not in send(client, measure, {**REPORT, "percent": 80}, key="another")
    assert ProgressReport.objects.filter(measure=measure).count() == 3


@pytest.mark.parametrize("first, second", [(KEY, f'"{KEY}"'), (f'"{KEY}"', KEY), (KEY, f" {KEY} ")])
def test_a_key_may_stand_in_quotes(lead, measure, first, second):
    client = client_of(lead)
    assert send(client, measure, key=first).status_code == 201
    assert send(client, measure, key=second)["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", " ", '""', "a b", '"', 'a"b', "键", "x" * 201, "\\", "a\tb"])
def test_what_is_no_key_is_refused(lead, measure, key):
    answer = send(client_of(lead), measure, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")
    assert not KeyedRequest.objects.exists() and not measure.reports.exists()


def test_the_same_key_for_something_else_is_a_conflict(lead, measure):
    client = client_of(lead)
    other = make_measure(lead=lead.department)
    assert send(client, measure).status_code == 201
    for answer in (
        send(client, measure, {**REPORT, "percent": 41}),
        send(client, other),
        send(client, measure, {"result": "好"}, step="apply-to-close/"),
        send(client, measure, **{"If-Match": '"3"'}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
        assert answer["Content-Type"] == "application/problem+json"
    assert measure.reports.count() == 1 and not other.reports.exists()


def test_every_caller_has_keys_of_his_own_over_all_his_tokens(lead, measure):
    colleague = make_user("liaison", department=lead.department)
    assert send(client_of(lead), measure).status_code == 201
    assert "Idempotency-Replayed" not in send(client_of(colleague), measure)
    # A new token of the same account goes on where the old one left off.
    assert send(client_of(lead), measure)["Idempotency-Replayed"] == "true"
    assert measure.reports.count() == 2
    # A read token does not get at what a write token was answered.
    refused = send(client_of(lead, scope="read"), measure)
    assert (refused.status_code, refused.json()["code"]) == (403, "token_read_only")


@pytest.mark.parametrize(
    ("body", "step", "status", "code"),
    [
        ({"percent": 400, "progress": "x"}, "reports/", 400, "invalid_input"),
        ({"grade": "good"}, "close/", 403, "not_allowed"),
        ({}, "acknowledge/", 409, "wrong_state"),
    ],
)
def test_refusals_are_kept_too(lead, measure, body, step, status, code):
    client = client_of(lead)
    first, second = (send(client, measure, body, step=step) for _ in range(2))
    assert (first.status_code, first.json()["code"]) == (status, code)
    assert (second.status_code, second.content) == (status, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert second["Content-Type"] == "application/problem+json"
    assert measure.events.count() == measure.version


def test_a_lost_update_stays_lost(lead, measure):
    client = client_of(lead)
    first, second = (send(client, measure, **{"If-Match": '"1"'}) for _ in range(2))
    assert first.status_code == second.status_code == 412
    assert second["Idempotency-Replayed"] == "true"


def test_a_server_error_is_not_kept_and_leaves_nothing(lead, measure, monkeypatch):
    client = client_of(lead)
    real, calls = actions.report, []

    def explode(**given):
        calls.append(real(**given))
        raise RuntimeError("after the report was written")

    with monkeypatch.context() as patched:
        act_instead(patched, explode)
        failed = send(client, measure)
    assert (failed.status_code, failed.json()["code"], len(calls)) == (500, "internal_error", 1)
    assert not KeyedRequest.objects.exists()
    assert not measure.reports.exists()
    again = send(client, measure)
    assert again.status_code == 201 and "Idempotency-Replayed" not in again
    assert measure.reports.count() == 1


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("text/plain", b"{}", 415),
        ("application/json", b'{"progress": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_what_is_refused_before_it_begins_takes_no_key(lead, measure, content_type, body, status):
    client = client_of(lead)
    address = f"{ROOT}measures/{measure.pk}/reports/"
    answer = client.generic("POST", address, body, content_type, headers={"Idempotency-Key": KEY})
    assert answer.status_code == status
    assert not KeyedRequest.objects.exists()
    assert send(client, measure).status_code == 201


def test_an_edit_takes_a_key_as_well(measure):
    client = client_of(make_user("office"))

    def edit():
        return client.patch(
            f"{ROOT}measures/{measure.pk}/",
            {"remark": "提前"},
            format="json",
            headers={"Idempotency-Key": KEY, "If-Match": f'"{measure.version}"'},
        )

    first, second = edit(), edit()
    assert first.status_code == second.status_code == 200
    assert second.content == first.content and second["ETag"] == first["ETag"]


def test_every_post_takes_a_key(lead, measure):
    """Whatever the answer: the same key with another body is a conflict at every address that takes a POST."""
    client = client_of(lead)
    tried = 0
    for pattern in urlpatterns:
        if not hasattr(pattern.callback.view_class, "post") or pattern.name == "api-no-such-address":
            continue
        address = ROOT + str(pattern.pattern).replace("<int:pk>", str(measure.pk))
        assert "<" not in address
        key = {"Idempotency-Key": f"{KEY}-{tried}"}
        for body, conflict in (({"x": 1}, False), ({"x": 2}, True)):
            form = "multipart" if pattern.name == "api-measure-attachments" else "json"
            answer = client.post(address, body, format=form, headers=key)
            assert (answer.json().get("code") == "idempotency_key_reused") == conflict, pattern.name
        tried += 1
    assert tried >= 30


def test_a_key_is_forgotten_after_the_set_time(lead, measure, settings):
    settings.IDEMPOTENCY_KEEP_HOURS = 2
    client = client_of(lead)
    assert send(client, measure).status_code == 201
    KeyedRequest.objects.update(started_at=timezone.now() - timedelta(hours=1, minutes=59))
    tasks.purge_kept_answers()
    assert send(client, measure)["Idempotency-Replayed"] == "true"
    KeyedRequest.objects.update(started_at=timezone.now() - timedelta(hours=2, minutes=1))
    # Purged or not: its time is over.
    again = send(client, measure, {**REPORT, "percent": 50})
    assert again.status_code == 201 and "Idempotency-Replayed" not in again
    KeyedRequest.objects.update(started_at=timezone.now() - timedelta(hours=2, minutes=1))
    tasks.purge_kept_answers()
    assert not KeyedRequest.objects.exists()


def test_purging_is_bounded_and_takes_the_oldest(lead):
    now = timezone.now()
    KeyedRequest.objects.bulk_create(
        KeyedRequest(user=lead, key=str(n), fingerprint="0" * 64, started_at=now - timedelta(hours=n))
        for n in range(10)
    )
    purge = KeyedRequestQuerySet(KeyedRequest).purge
    assert purge(before=now - timedelta(hours=3, minutes=30), most=4) == 4
    assert {int(row.key) for row in KeyedRequest.objects.all()} == {0, 1, 2, 3, 4, 5}
    assert purge(before=now - timedelta(hours=3, minutes=30), most=4) == 2


@pytest.mark.django_db(transaction=True)
def test_a_claim_left_behind_is_taken_over_and_its_owner_comes_too_late(postgres, monkeypatch):
    """A process that stood still for minutes and then goes on takes no effect beside its successor."""
    lead = liaison_of(make_department())
    measure, client = make_measure(lead=lead.department), client_of(lead)
    real, successor, calls = actions.report, [], []

    def successors():
        try:
            KeyedRequest.objects.update(started_at=timezone.now() - timedelta(minutes=10))
            successor.append(send(client, measure))
        finally:
            connection.close()

    def slow(**given):
        calls.append(given)
        if len(calls) == 1:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(successors).result()
        return real(**given)

    act_instead(monkeypatch, slow)
    late = send(client, measure)
    assert [answer.status_code for answer in successor] == [201]
    assert (late.status_code, late.json()["code"]) == (409, "idempotency_in_progress")
    assert ProgressReport.objects.count() == 1
    assert send(client, measure).content == successor[0].content


@pytest.mark.django_db(transaction=True)
def test_a_fresh_claim_is_nobodys_to_take(postgres, monkeypatch):
    lead = liaison_of(make_department())
    measure, client = make_measure(lead=lead.department), client_of(lead)
    real, twin = actions.report, []

    def slow(**given):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: (twin.append(send(client, measure)), connection.close())).result()
        return real(**given)

    act_instead(monkeypatch, slow)
    assert send(client, measure).status_code == 201
    assert [answer.json()["code"] for answer in twin] == ["idempotency_in_progress"]
    assert ProgressReport.objects.count() == 1


def test_a_first_one_still_at_work_is_waited_for(lead, measure):
    client = client_of(lead)
    assert send(client, measure).status_code == 201
    KeyedRequest.objects.update(finished_at=None, status=None, body="")
    answer = send(client, measure)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    assert answer["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_of_eight_twins_one_takes_effect(postgres):
    lead = liaison_of(make_department())
    measure = make_measure(lead=lead.department)
    clients = [client_of(lead) for _ in range(8)]
    events = MeasureEvent.objects.count()
    for turn in range(5):
        start = Barrier(len(clients))

        def work(client, turn=turn, start=start):
            start.wait(timeout=60)
            try:
                while True:
                    answer = send(client, measure, {"percent": turn, "progress": "好"}, key=f"turn-{turn}")
                    if answer.status_code != 409:
                        return answer
                    assert answer.json()["code"] == "idempotency_in_progress"
            finally:
                connection.close()

        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(work, clients))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert ProgressReport.objects.count() == MeasureEvent.objects.count() - events == 5
    assert Measure.objects.get(pk=measure.pk).percent == 4
