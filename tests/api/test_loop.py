"""The rest of the loop over HTTP: objections, more time, review, files, claims, arrangements; by whom, and by whom not."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.actions.support import assert_trail
from tests.admin.addresses import page_of
from tests.api.callers import ROOT, client_of
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import actions
from tracker.admin.measure_forms import STEPS
from tracker.models import (
    Attachment,
    Indicator,
    Measure,
    Milestone,
    Occurrence,
    ProgressReport,
    Regime,
    StageTemplate,
)
from tracker.rules import lengths
from tracker.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%fine\n"
LATER = "2099-01-01"
REPORT = {"percent": 40, "progress": "可研报告已报送审批"}


@pytest.fixture(autouse=True)
def attachments_in(settings, tmp_path):
    storage = Attachment._meta.get_field("file").storage
    settings.ATTACHMENT_DIR = tmp_path
    kept = {
        name: storage.__dict__.pop(name) for name in ("base_location", "location") if name in storage.__dict__
    }
    location, storage._location = storage._location, str(tmp_path)
    yield tmp_path
    storage._location = location
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    storage.__dict__.update(kept)


def at(measure, step=""):
    return f"{ROOT}measures/{measure.pk}/{step}"


def ok(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.json() if answer.content else None


def post(client, address, body=None, **extra):
    return client.post(address, {} if body is None else body, format="json", **extra)


def upload(client, measure, name="批复.pdf", content=PDF, **extra):
    return client.post(
        at(measure, "attachments/"), {"file": SimpleUploadedFile(name, content)}, format="multipart", **extra
    )


def fresh(measure):
    return Measure.objects.get(pk=measure.pk)


class TestObjection:
    def test_upheld_and_rejected(self):
        lead, other = make_department(), make_department()
        office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
        for decide, body, status in (
            ("uphold", {}, "draft"),
            ("reject", {"answer": "是你局职责"}, "assigned"),
        ):
            measure = make_measure(lead=lead, acknowledged=False, now=timezone.now())
            made = post(liaison, at(measure, "objections/"), {"reason": "不属我局"})
            assert ok(made, 201)["state"] == "pending" and made["ETag"] == f'"{measure.version + 1}"'
            seen = ok(liaison.get(at(measure)))
            assert seen["objection_pending"] and "acknowledge" not in seen["allowed_actions"]
            again = post(liaison, at(measure, "objections/"), {"reason": "再提"})
            assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
            assert ok(post(office, at(measure, f"{decide}-objection/"), body))["status"] == status
            (row,) = ok(office.get(at(measure, "objections/")))["results"]
            assert row["answer"] == body.get("answer", "") and row["decided_by"]
        # Whoever leads after an upheld one does not learn who had objected.
        upheld = Measure.objects.filter(status="draft").get()
        body = {"lead": other.code, "due_on": LATER}
        ok(post(office, at(upheld, "assign/"), body))
        assert ok(client_of(liaison_of(other)).get(at(upheld, "objections/")))["results"] == []

    def test_too_late(self):
        lead = make_department()
        measure = make_measure(lead=lead, acknowledged=False, now=timezone.now() - timedelta(days=30))
        answer = post(client_of(liaison_of(lead)), at(measure, "objections/"), {"reason": "不属我局"})
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
        row = client_of(liaison_of(lead)).get(at(measure)).json()
        assert row["allowed_actions"] == ["acknowledge"]


class TestExtension:
    def test_asked_granted_and_the_first_deadline_kept(self):
        lead = make_department()
        measure = make_measure(lead=lead)
        office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
        body = {"reason": "征地", "proposed_due_on": "2098-01-01", "progress": "一半"}
        row = ok(post(liaison, at(measure, "extensions/"), body), 201)
        assert (row["late"], row["due_on"], row["state"]) == (True, measure.due_on.isoformat(), "pending")
        assert "request_extension" not in ok(liaison.get(at(measure)))["allowed_actions"]
        granted = ok(post(office, at(measure, "approve-extension/"), {"due_on": LATER, "answer": "同意"}))
        assert (granted["due_on"], granted["original_due_on"]) == (LATER, measure.due_on.isoformat())
        (row,) = ok(liaison.get(at(measure, "extensions/")))["results"]
        assert (row["granted_due_on"], row["answer"], row["state"]) == (LATER, "同意", "approved")
        assert_trail(fresh(measure))

    def test_where_the_regime_says_so_the_leader_decides(self, django_assert_max_num_queries):
        leader = make_user("leader")
        lead = make_department(leader_in_charge=leader)
        regime = Regime.objects.create(code="own", name="自定", extension_decider="leader")
        measures = [make_measure(lead=lead, regime=regime) for _ in range(4)]
        liaison, office, client = (
            client_of(user) for user in (liaison_of(lead), make_user("office"), leader)
        )
        for measure in measures:
            ok(post(liaison, at(measure, "extensions/"), {"reason": "征地", "proposed_due_on": LATER}), 201)
        refused = post(office, at(measures[0], "approve-extension/"))
        assert refused.status_code == 403
        with django_assert_max_num_queries(9):
            rows = ok(client.get(f"{ROOT}measures/"))["results"]
        assert all("approve_extension" in row["allowed_actions"] and row["regime"] == "own" for row in rows)
        assert ok(post(client, at(measures[0], "approve-extension/")))["due_on"] == LATER


class TestReview:
    def test_returned_reported_again_and_accepted(self):
        lead = make_department()
        measure = make_measure(lead=lead)
        office, liaison = client_of(make_user("office")), client_of(liaison_of(lead))
        first = ok(post(liaison, at(measure, "reports/"), REPORT), 201)
        day = (timezone.localdate() + timedelta(days=5)).isoformat()
        returned = post(
            office, f"{ROOT}reports/{first['id']}/return/", {"reason": "太简略", "report_by": day}
        )
        assert ok(returned)["state"] == "returned" and returned["ETag"] == f'"{fresh(measure).version}"'
        assert returned.json()["resubmit_by"] == day
        assert ok(liaison.get(at(measure)))["report_by"] == day
        second = ok(post(liaison, at(measure, "reports/"), {**REPORT, "progress": "详细说明"}), 201)
        accepted = post(office, f"{ROOT}reports/{second['id']}/accept/", {"note": "好"})
        assert ok(accepted)["state"] == "accepted"
        again = post(office, f"{ROOT}reports/{second['id']}/return/", {"reason": "悔"})
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
        stale = post(office, f"{ROOT}reports/{first['id']}/accept/", {}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412

    @pytest.mark.parametrize("step", ["accept", "return"])
    def test_by_whom(self, town, step):
        report = ProgressReport.objects.get(measure=town.led)
        seen = {}
        for role, user in {**town.users, "nobody": None}.items():
            if role != "office":
                seen[role] = post(
                    client_of(user), f"{ROOT}reports/{report.pk}/{step}/", {"reason": "x"}
                ).status_code
        assert seen == {
            "liaison": 403,
            "head": 403,
            "leader": 403,
            "other liaison": 404,
            "other leader": 404,
            "none": 404,
            "nobody": 401,
        }
        assert (
            post(
                client_of(town.users["office"]), f"{ROOT}reports/999999/{step}/", {"reason": "x"}
            ).status_code
            == 404
        )

    def test_milestones_indicators_and_pieces_with_a_report(self):
        lead, office = make_department(), make_user("office")
        measure = make_draft()
        stages = [{"due_on": "2026-05-01", "text": "选址"}, {"due_on": "2026-09-01", "text": "开工"}]
        body = {
            "lead": lead.code,
            "due_on": LATER,
            "recurrence": "yearly",
            "recurrence_target": 10,
            "milestones": stages,
        }
        ok(post(client_of(office), at(measure, "assign/"), body))
        indicator = measure.indicators.create(name="投资", unit="亿元", target=50)
        liaison = client_of(liaison_of(lead))
        ok(post(liaison, at(measure, "acknowledge/")))
        rows = ok(liaison.get(at(measure, "milestones/")))["results"]
        assert [(row["text"], row["done_on"]) for row in rows] == [("选址", None), ("开工", None)]
        given = {
            **REPORT,
            "count": 3,
            "milestones": [{"id": rows[0]["id"], "done_on": "2026-04-28"}],
            "indicators": [{"id": indicator.pk, "current": 12.5}],
        }
        ok(post(liaison, at(measure, "reports/"), given), 201)
        assert ok(liaison.get(at(measure, "milestones/")))["results"][0]["done_on"] == "2026-04-28"
        assert ok(liaison.get(at(measure)))["indicators"][0]["current"] == "12.50"
        (period,) = ok(liaison.get(at(measure, "occurrences/")))["results"]
        assert (period["target"], period["done"]) == (10, 3)
        assert {row["kind"] for row in ok(liaison.get(at(measure, "checkpoints/")))["results"]} >= {
            "acknowledge",
            "first_report",
        }
        for wrong in (
            {"milestones": [{"id": 999999, "done_on": None}]},
            {"indicators": [{"id": indicator.pk, "current": 1.234}]},
            {"indicators": [{"id": indicator.pk, "current": True}]},
            {"indicators": [{"id": indicator.pk, "current": "1e5000"}]},
            {"milestones": {"id": 1}},
            {"milestones": [5]},
            {"count": -1},
        ):
            answer = post(liaison, at(measure, "reports/"), {**REPORT, **wrong})
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), wrong
        assert measure.reports.count() == 1


class TestDraft:
    def test_a_draft_is_the_departments_own(self, town):
        client, head = client_of(town.users["liaison"]), client_of(town.users["head"])
        address = at(town.led, "draft/")
        assert client.get(address).status_code == 404
        assert ok(client.put(address, {"progress": "写到一半"}, format="json"))["state"] == "draft"
        saved = ok(client.put(address, {"progress": "写完", "percent": 30}, format="json"))
        assert (saved["progress"], saved["percent"]) == ("写完", 30)
        assert ok(head.get(address))["progress"] == "写完"
        for role in ("office", "leader", "other liaison", "none"):
            other = client_of(town.users[role])
            assert other.get(address).status_code == 404
            assert "写完" not in other.get(at(town.led, "reports/")).content.decode()
        assert head.delete(address).status_code == 403
        # The report takes it up.
        ok(post(client, at(town.led, "reports/"), REPORT), 201)
        assert client.get(address).status_code == 404
        ok(client.put(address, {"progress": "又写"}, format="json"))
        assert client.delete(address).status_code == 204 == client.delete(address).status_code
        assert client.put(address, {"percent": 101}, format="json").status_code == 400
        assert fresh(town.led).version == town.led.version + 1

    def test_a_draft_keeps_all_that_a_report_says(self, town):
        client = client_of(town.users["liaison"])
        stage = Milestone.objects.create(measure=town.led, due_on=TODAY, text="选址")
        value = Indicator.objects.create(measure=town.led, name="里程", target=10)
        given = {
            "progress": "写到一半",
            "count": 4,
            "milestones": [{"id": stage.pk, "done_on": "2026-03-01"}],
            "indicators": [{"id": value.pk, "current": 2.5}],
        }
        address = at(town.led, "draft/")
        ok(client.put(address, given, format="json"))
        kept = ok(client.get(address))
        assert kept["count"] == 4
        assert kept["milestones"] == [{"id": stage.pk, "done_on": "2026-03-01"}]
        assert kept["indicators"] == [{"id": value.pk, "current": "2.50"}]
        # The admin's form goes on with the same draft.
        browser = Client()
        browser.force_login(town.users["liaison"], backend="django.contrib.auth.backends.ModelBackend")
        form = browser.get(page_of(town.led, "report")).context["form"]
        assert form[f"milestone_{stage.pk}"].value() == "2026-03-01"
        assert form[f"indicator_{value.pk}"].value() == "2.50"

    def test_a_draft_names_the_files_that_wait_for_it(self, town):
        """Added, listed, downloaded and removed before anything is filed, as on the admin's form; by its own department."""
        own, address = client_of(town.users["liaison"]), at(town.led, "draft/")
        first = ok(upload(own, town.led, name="草图.pdf"), 201)
        assert ok(own.put(address, {"progress": "写"}, format="json"))["attachments"] == [first]
        second = ok(upload(own, town.led, name="批复.pdf", content=PDF + b"2"), 201)
        assert ok(client_of(town.users["head"]).get(address))["attachments"] == [first, second]
        file = f"{ROOT}attachments/{first['id']}/"
        assert b"".join(own.get(f"{file}content/").streaming_content) == PDF
        for role in ("office", "leader", "other liaison", "none"):
            other = client_of(town.users[role])
            assert other.get(address).status_code == other.get(f"{file}content/").status_code == 404, role
            assert other.delete(file).status_code == 404, role
            assert "草图" not in other.get(at(town.led, "attachments/")).content.decode(), role
        assert upload(client_of(town.users["office"]), town.led).status_code == 403
        browser = Client()
        browser.force_login(town.users["liaison"], backend="django.contrib.auth.backends.ModelBackend")
        assert "草图.pdf" in browser.get(page_of(town.led, "report")).content.decode()
        assert own.delete(file).status_code == 204
        assert ok(own.get(address))["attachments"] == [second]
        sent = ok(post(own, at(town.led, "reports/"), {**REPORT, "attachments": [second["id"]]}), 201)
        assert [row["id"] for row in sent["attachments"]] == [second["id"]]
        assert ok(own.put(address, {"progress": "下一份"}, format="json"))["attachments"] == []

    def test_a_draft_is_not_saved_over_a_version_that_moved_on(self, town):
        client = client_of(town.users["liaison"])
        address, tag = at(town.led, "draft/"), client.get(at(town.led))["ETag"]
        ok(client.put(address, {"progress": "一"}, format="json", HTTP_IF_MATCH=tag))
        actions.urge(measure_id=town.led.pk, actor=None, now=NOW)
        refused = client.put(address, {"progress": "二"}, format="json", HTTP_IF_MATCH=tag)
        assert (refused.status_code, refused.json()["code"]) == (412, "outdated")
        assert ok(client.get(address))["progress"] == "一"


class TestParity:
    """What the forms of the admin take, the API takes."""

    def test_a_measure_comes_back_with_a_new_deadline(self, town):
        office = client_of(town.users["office"])
        ok(post(office, at(town.led, "suspend/"), {"reason": "用地未落实"}))
        body = ok(post(office, at(town.led, "resume/"), {"due_on": "2099-03-01"}))
        assert (body["status"], body["due_on"]) == ("in_progress", "2099-03-01")
        ok(post(office, at(town.led, "cancel/"), {"reason": "并入他项"}))
        body = ok(post(office, at(town.led, "reopen/"), {"reason": "恢复", "due_on": "2099-04-01"}))
        assert (body["status"], body["due_on"]) == ("in_progress", "2099-04-01")
        assert body["original_due_on"] == town.led.original_due_on.isoformat()

    def test_indicators_are_set_and_keep_what_was_reported(self, town):
        office, address = client_of(town.users["office"]), at(town.led)
        kept = Indicator.objects.create(measure=town.led, name="里程", target=10, current=4)
        body = {
            "indicators": [
                {"name": "里程", "target": 12, "unit": "公里"},
                {"name": "时间", "comparison": "le", "target": "1.5", "unit": "小时", "baseline": 3},
            ]
        }
        answer = office.patch(address, body, format="json", HTTP_IF_MATCH=office.get(address)["ETag"])
        first, second = ok(answer)["indicators"]
        assert (first["id"], first["target"], first["current"]) == (kept.pk, "12.00", "4.00")
        assert (second["comparison"], second["target"], second["baseline"]) == ("le", "1.50", "3.00")
        twice = {"indicators": [body["indicators"][0]] * 2}
        answer = office.patch(address, twice, format="json", HTTP_IF_MATCH=office.get(address)["ETag"])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "indicators")

    def test_reasons_are_as_long_as_in_the_forms(self, town):
        office = client_of(town.users["office"])
        reason = "因" * lengths.REASON
        assert post(office, at(town.led, "suspend/"), {"reason": reason + "因"}).status_code == 400
        ok(post(office, at(town.led, "suspend/"), {"reason": reason}))
        form = STEPS[Verb.SUSPEND].form.base_fields["reason"]
        assert form.max_length == lengths.REASON

    def test_days_of_a_year_without_announced_holidays_say_so(self, town):
        office, address = client_of(town.users["office"]), at(town.led)
        assert ok(office.get(address))["provisional"] is False
        ok(post(office, at(town.led, "extend/"), {"due_on": "2099-03-01", "reason": "顺延"}))
        assert ok(office.get(address))["provisional"] is True
        (row,) = (r for r in ok(office.get(f"{ROOT}measures/"))["results"] if r["id"] == town.led.pk)
        assert row["provisional"] is True
        points = ok(office.get(at(town.led, "checkpoints/")))["results"]
        assert {point["provisional"] for point in points if point["due_on"] < "2026-12-31"} == {False}
        asked = {"reason": "再延", "proposed_due_on": "2099-06-01"}
        made = ok(post(client_of(town.users["liaison"]), at(town.led, "extensions/"), asked), 201)
        assert made["provisional"] is True

    def test_periods_keep_a_total(self, town):
        for number, (start, done) in enumerate(((date(2024, 1, 1), 3), (date(2025, 1, 1), 4)), start=1):
            Occurrence.objects.create(
                measure=town.led,
                name=f"第{number}期",
                starts_on=start,
                ends_on=start.replace(month=12, day=31),
                target=5,
                done=done,
            )
        rows = ok(client_of(town.users["liaison"]).get(at(town.led, "occurrences/")))["results"]
        assert [row["done_total"] for row in rows] == [3, 7]

    def test_regimes_say_by_which_lights_and_points(self, town):
        (row,) = (
            r
            for r in ok(client_of(town.users["liaison"]).get(f"{ROOT}regimes/"))["results"]
            if r["code"] == "13710"
        )
        assert {"yellow_behind", "red_behind", "near_workdays"} <= row.keys()
        stored = Regime.objects.get(code="13710")
        points = {name: value for name, value in row.items() if name.startswith("score_")}
        assert len(points) == 11
        assert points == {name: getattr(stored, name) for name in points}


class TestAttachments:
    def test_sent_with_a_report_and_given_out_safely(self, town):
        client = client_of(town.users["liaison"])
        made = ok(upload(client, town.led, "../../可研\u202e批复.pdf"), 201)
        assert (made["name"], made["size"], made["report"]) == ("可研批复.pdf", len(PDF), None)
        assert ok(upload(client, town.led), 201)["id"] == made["id"]
        report = ok(post(client, at(town.led, "reports/"), {**REPORT, "attachments": [made["id"]]}), 201)
        assert [file["id"] for file in report["attachments"]] == [made["id"]]
        answer = client_of(town.users["office"]).get(f"{ROOT}attachments/{made['id']}/content/")
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"
        assert int(answer["Content-Length"]) == len(PDF)
        gone = client.delete(f"{ROOT}attachments/{made['id']}/")
        assert (gone.status_code, gone.json()["code"]) == (409, "wrong_state")
        twice = post(client, at(town.led, "reports/"), {**REPORT, "attachments": [made["id"]]})
        assert (twice.status_code, twice.json()["errors"][0]["field"]) == (400, "attachments")

    def test_each_role(self, town):
        """One that waits is its department's alone; one that was sent is for those who see the report."""
        client = client_of(town.users["liaison"])
        waiting, sent = (
            ok(upload(client, town.led), 201),
            ok(upload(client, town.led, "b.txt", "好".encode()), 201),
        )
        ok(post(client, at(town.led, "reports/"), {**REPORT, "attachments": [sent["id"]]}), 201)
        expected = {
            "office": (404, 200),
            "liaison": (200, 200),
            "head": (200, 200),
            "leader": (404, 200),
            "other liaison": (404, 404),
            "other leader": (404, 404),
            "none": (404, 404),
        }
        for role, statuses in expected.items():
            reader = client_of(town.users[role])
            for file, status in zip((waiting, sent), statuses, strict=True):
                assert reader.get(f"{ROOT}attachments/{file['id']}/").status_code == status, role
                assert reader.get(f"{ROOT}attachments/{file['id']}/content/").status_code == status, role
            if 200 in statuses:
                listed = {row["id"] for row in ok(reader.get(at(town.led, "attachments/")))["results"]}
                both = zip((waiting, sent), statuses, strict=True)
                assert listed == {file["id"] for file, status in both if status == 200}
            if role != "liaison":
                assert reader.delete(f"{ROOT}attachments/{waiting['id']}/").status_code in (403, 404)
        assert client_of(None).get(f"{ROOT}attachments/{sent['id']}/content/").status_code == 401
        assert client.delete(f"{ROOT}attachments/{waiting['id']}/").status_code == 204
        assert client.get(f"{ROOT}attachments/{waiting['id']}/").status_code == 404

    @pytest.mark.parametrize(
        ("role", "kind", "status"),
        [
            ("office", "led", 403),
            ("head", "led", 403),
            ("leader", "led", 403),
            ("liaison", "led", 201),
            ("liaison", "assisted", 201),
            ("liaison", "foreign", 404),
            ("other liaison", "led", 404),
            ("none", "led", 404),
        ],
    )
    def test_who_uploads(self, town, role, kind, status):
        assert upload(client_of(town.users[role]), getattr(town, kind)).status_code == status
        assert Attachment.objects.exists() == (status == 201)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.pdf", b"MZ\x90\x00" + b"\0" * 300),
            ("a.exe", b"MZ\x90\x00" + b"\0" * 300),
            ("a.txt", PDF),
            ("a.html", b"<html><script>alert(1)</script>"),
            ("a.txt", b"<script>alert(1)</script>"),
            ("a", PDF),
            ("a.pdf", b""),
        ],
    )
    def test_what_is_no_evidence(self, town, name, content, attachments_in):
        answer = upload(client_of(town.users["liaison"]), town.led, name, content)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
        assert not Attachment.objects.exists() and not [
            p for p in Path(attachments_in).rglob("*") if p.is_file()
        ]

    def test_bodies_that_are_no_upload(self, town, settings):
        client, address = client_of(town.users["liaison"]), at(town.led, "attachments/")
        for content_type, body, status, code in (
            ("application/json", b"{}", 415, "unsupported_media_type"),
            ("multipart/form-data", b"x", 400, "malformed_multipart"),
            ("multipart/form-data; boundary=x", b"nonsense", 400, "invalid_input"),
        ):
            answer = client.generic("POST", address, body, content_type)
            assert (answer.status_code, answer.json()["code"]) == (status, code), content_type
        settings.ATTACHMENT_MAX_BYTES = 1024
        large = upload(client, town.led, content=PDF + b"x" * 80_000)
        assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
        slightly = upload(client, town.led, content=PDF + b"x" * 2000)
        assert (slightly.status_code, slightly.json()["code"]) == (400, "invalid_input")

    def test_a_key_tells_files_apart(self, town):
        client = client_of(town.users["liaison"])
        first = upload(client, town.led, headers={"Idempotency-Key": "k"})
        again = client.post(
            at(town.led, "attachments/"),
            {"file": SimpleUploadedFile("批复.pdf", PDF)},
            format="multipart",
            headers={"Idempotency-Key": "k"},
        )
        assert again["Idempotency-Replayed"] == "true" and again.content == first.content
        other = upload(client, town.led, content=PDF + b"%2", headers={"Idempotency-Key": "k"})
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    def test_a_file_that_is_gone_is_said(self, town, attachments_in):
        client = client_of(town.users["liaison"])
        made = ok(upload(client, town.led), 201)
        for path in Path(attachments_in).rglob("*"):
            if path.is_file():
                path.unlink()
        answer = client.get(f"{ROOT}attachments/{made['id']}/content/")
        assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")


class TestClaims:
    @pytest.fixture
    def published(self, town):
        office = client_of(town.users["office"])
        assert ok(post(office, at(town.draft, "publish/"), {"claim_until": LATER}))["status"] == "published"
        return town.draft

    def test_published_claimed_and_given(self, town, published):
        office, own, other = (client_of(town.users[role]) for role in ("office", "liaison", "other liaison"))
        for role, status in {"leader": 404, "none": 404, "head": 403, "office": 403}.items():
            answer = post(client_of(town.users[role]), at(published, "claims/"), {"reason": "我来"})
            assert answer.status_code == status, role
        mine = ok(post(own, at(published, "claims/"), {"reason": "甲局的方案"}), 201)
        theirs = ok(post(other, at(published, "claims/"), {"reason": "乙局的方案"}), 201)
        # Neither learns of the other, in whatever way.
        for client, secret in ((own, "乙局"), (other, "甲局")):
            for part in ("claims/", "timeline/"):
                assert secret not in client.get(at(published, part)).content.decode(), part
        assert len(ok(office.get(at(published, "claims/")))["results"]) == 2
        assert len(ok(office.get(at(published, "timeline/")))["results"]) == 4
        for client, status in ((other, 404), (own, 403)):
            assert post(client, f"{ROOT}claims/{mine['id']}/accept/", {"due_on": LATER}).status_code == status
            assert post(client, f"{ROOT}claims/{mine['id']}/decline/", {"answer": "x"}).status_code == status
        assert post(other, f"{ROOT}claims/{mine['id']}/withdraw/").status_code == 404
        given = post(office, f"{ROOT}claims/{theirs['id']}/accept/", {"due_on": LATER})
        assert ok(given)["state"] == "approved" and given["ETag"] == f'"{fresh(published).version}"'
        measure = fresh(published)
        assert (measure.lead, measure.status) == (town.other, "assigned")
        assert own.get(at(published)).status_code == 404
        assert_trail(measure)

    def test_offered_until_claimed_and_again_once_withdrawn(self, town, published, django_assert_num_queries):
        own, other = (client_of(town.users[role]) for role in ("liaison", "other liaison"))

        def offered(client):
            (row,) = [
                row for row in ok(client.get(f"{ROOT}measures/"))["results"] if row["id"] == published.pk
            ]
            alone = ok(client.get(at(published)))
            assert alone["allowed_actions"] == row["allowed_actions"]
            return row["allowed_actions"]

        assert offered(own) == offered(other) == ["claim"]
        mine = ok(post(own, at(published, "claims/"), {"reason": "方案"}), 201)
        assert (offered(own), offered(other)) == ([], ["claim"])
        again = post(own, at(published, "claims/"), {"reason": "再来"})
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
        (seen,) = ok(own.get(at(published, "claims/")))["results"]
        assert (seen["id"], seen["state"]) == (mine["id"], "pending")
        assert ok(other.get(at(published, "claims/")))["results"] == []
        ok(post(own, f"{ROOT}claims/{mine['id']}/withdraw/"))
        assert offered(own) == ["claim"]
        # A list of what is published costs no query a row.
        with CaptureQueriesContext(connection) as one:
            own.get(f"{ROOT}measures/")
        for _ in range(3):
            actions.publish(measure_id=make_draft().pk, actor=None, now=timezone.now())
        with django_assert_num_queries(len(one)):
            own.get(f"{ROOT}measures/")

    def test_withdrawn_declined_and_taken_down(self, town, published):
        office, own = client_of(town.users["office"]), client_of(town.users["liaison"])
        first = ok(post(own, at(published, "claims/"), {"reason": "方案"}), 201)
        assert ok(post(own, f"{ROOT}claims/{first['id']}/withdraw/"))["state"] == "withdrawn"
        second = ok(post(own, at(published, "claims/"), {"reason": "方案"}), 201)
        declined = ok(post(office, f"{ROOT}claims/{second['id']}/decline/", {"answer": "条件不足"}))
        assert (declined["state"], declined["answer"]) == ("refused", "条件不足")
        for role, status in {"liaison": 403, "head": 403, "leader": 404, "none": 404}.items():
            assert post(client_of(town.users[role]), at(published, "unpublish/")).status_code == status
            assert post(client_of(town.users[role]), at(published, "publish/")).status_code == status
        assert ok(post(office, at(published, "unpublish/")))["status"] == "draft"
        assert own.get(at(published)).status_code == 404


class TestArrangements:
    def test_transfer_and_roles(self, town):
        office, third = client_of(town.users["office"]), make_department()
        named = make_user("leader", username="chain")
        roles = {"roles": [{"name": "链长", "user": "chain"}, {"name": "专班", "department": third.code}]}
        assert client_of(named).get(at(town.led)).status_code == 404
        assert ok(post(office, at(town.led, "set-roles/"), roles))["id"] == town.led.pk
        assert client_of(named).get(at(town.led)).status_code == 200
        listed = ok(client_of(town.users["liaison"]).get(at(town.led, "roles/")))["results"]
        assert [(row["name"], row["user"]) for row in listed] == [("链长", str(named)), ("专班", None)]
        for wrong in (
            [{"name": "链长"}],
            [{"name": "链长", "user": "nobody"}],
            [{"name": "", "person": "李"}],
            [3],
        ):
            assert post(office, at(town.led, "set-roles/"), {"roles": wrong}).status_code == 400
        moved = ok(post(office, at(town.led, "transfer/"), {"lead": third.code, "reason": "职责调整"}))
        assert (moved["lead"]["code"], moved["status"]) == (third.code, "assigned")
        assert client_of(town.users["liaison"]).get(at(town.led)).status_code == 404

    def test_stages_exemption_and_regime(self, town):
        office = client_of(town.users["office"])
        (template,) = ok(office.get(f"{ROOT}stage-templates/"))["results"]
        assert [stage["name"] for stage in template["stages"]] == ["签约", "开工", "投产"]
        body = {"template": template["id"], "dates": {"签约": "2026-03-20"}}
        ok(post(office, at(town.led, "set-stages/"), body))
        stages = ok(office.get(at(town.led, "milestones/")))["results"]
        planned = {row["text"]: row["due_on"] for row in stages}
        assert (planned["签约"], planned["投产"]) == ("2026-03-20", town.led.due_on.isoformat())
        StageTemplate.objects.update(active=False)
        assert post(office, at(town.led, "set-stages/"), body).status_code == 400
        ok(post(office, at(town.led, "exempt/"), {"reason": "先行先试", "approver": "市委常委会"}))
        (exemption,) = ok(client_of(town.users["liaison"]).get(at(town.led, "exemptions/")))["results"]
        assert (exemption["approver"], exemption["recorded_by"]) == ("市委常委会", str(town.users["office"]))
        assert ok(office.get(at(town.led)))["regime"] == "13710"
        assert ok(post(office, at(town.led, "apply-regime/"), {"regime": "710"}))["regime"] == "710"
        assert post(office, at(town.led, "apply-regime/"), {"regime": "999"}).status_code == 400
        regimes = {row["code"]: row for row in ok(office.get(f"{ROOT}regimes/"))["results"]}
        assert regimes["13710"]["is_default"] and {node["kind"] for node in regimes["13710"]["nodes"]} == {
            "acknowledge",
            "first_report",
            "resolve",
        }

    def test_assigning_under_a_regime_counts_the_deadline(self):
        lead, measure = make_department(), make_draft()
        answer = post(
            client_of(make_user("office")), at(measure, "assign/"), {"lead": lead.code, "regime": "13710"}
        )
        due = timezone.localdate() + timedelta(days=7)
        assert (ok(answer)["due_on"], answer.json()["regime"]) == (due.isoformat(), "13710")
