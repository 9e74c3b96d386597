"""Drafts and files as evidence over HTTP: whose they are, what is taken, how they go out."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.admin.addresses import page_of
from tests.api.callers import ROOT, client_of
from tests.api.loop_support import PDF, REPORT, at, fresh, ok, post, upload
from tests.makers import NOW, TODAY
from tracker import actions
from tracker.models import (
    Attachment,
    Indicator,
    Milestone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("attachments_in")]


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


class TestAttachments:
    def test_sent_with_a_report_and_given_out_safely(self, town):
        client = client_of(town.users["liaison"])
        made = ok(upload(client, town.led, "../../可研\u202e批复.pdf"), 201)
        assert (made["name"], made["size"], made["report"]) == ("可研批复.pdf", len(PDF), None)
        assert ok(upload(client, town.led, "可研批复.pdf"), 201)["id"] == made["id"]
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
