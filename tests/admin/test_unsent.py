"""Throwing away what was not sent: an uploaded file or a draft, by its own department alone, after being asked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.addresses import page_of
from tests.makers import NOW, liaison_of
from tracker import actions
from tracker.models import Attachment, ProgressReport

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%fine\n"


@pytest.fixture(autouse=True)
def storage(tmp_path, monkeypatch):
    from django.core.files.storage import FileSystemStorage

    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)
    return storage


def upload(measure, actor, name="证据.pdf", content=PDF):
    return actions.attach(measure_id=measure.pk, actor=actor, now=NOW, name=name, content=content)


def of_file(measure, file):
    return reverse("admin:tracker_measure_file_delete", args=[measure.pk, file.pk])


def of_draft(measure):
    return reverse("admin:tracker_measure_draft_delete", args=[measure.pk])


def test_a_file_goes_when_it_is_confirmed(town, signed_in, storage, django_capture_on_commit_callbacks):
    liaison, file = signed_in(town.liaison), upload(town.led, town.liaison)
    address = of_file(town.led, file)
    page = liaison.get(page_of(town.led)).content.decode()
    assert "尚未报送的附件" in page and address in page
    asked = liaison.get(address)
    assert "确定删除附件“证据.pdf”" in asked.content.decode() and Attachment.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = liaison.post(address, follow=True)
    assert "已删除附件“证据.pdf”。" in answer.content.decode()
    assert not Attachment.objects.exists()
    # Its bytes go with the next sweep, since somebody may be storing the same ones at this moment.
    assert storage.exists(file.file.name)
    assert actions.sweep_files(now=timezone.now() + timedelta(hours=25)) == 1
    assert not storage.exists(file.file.name)
    assert "尚未报送的附件" not in answer.content.decode()
    assert liaison.post(address).status_code == 404


def test_a_draft_goes_when_it_is_confirmed(town, signed_in):
    liaison = signed_in(town.liaison)
    assert liaison.get(of_draft(town.led)).status_code == 404
    actions.save_draft(measure_id=town.led.pk, actor=town.liaison, now=NOW, progress="半句话")
    page = liaison.get(page_of(town.led)).content.decode()
    assert "继续填写" in page and of_draft(town.led) in page
    assert "半句话" in liaison.get(of_draft(town.led)).content.decode()
    assert "已删除报告草稿。" in liaison.post(of_draft(town.led), follow=True).content.decode()
    assert not ProgressReport.objects.exists()
    assert town.led.version == type(town.led).objects.get(pk=town.led.pk).version, "no step was taken"


def test_what_went_out_with_a_report_stays(town, signed_in):
    file = upload(town.led, town.liaison)
    actions.report(
        measure_id=town.led.pk, actor=town.liaison, now=NOW, percent=5, progress="x", attachments=[file.pk]
    )
    assert signed_in(town.liaison).post(of_file(town.led, file)).status_code == 404
    assert Attachment.objects.get().report is not None


def test_of_another_department_or_measure_nothing_can_be_thrown_away(town, signed_in):
    lead = liaison_of(town.other)
    theirs = upload(town.assisted, lead, name="牵头.pdf")
    own = upload(town.assisted, town.liaison, name="配合.pdf", content=PDF + b"2")
    foreign = upload(town.foreign, liaison_of(town.stranger), content=PDF + b"3")
    for actor in (lead, liaison_of(town.stranger)):
        measure = town.assisted if actor is lead else town.foreign
        actions.save_draft(measure_id=measure.pk, actor=actor, now=NOW, progress="别人的草稿")
    liaison = signed_in(town.liaison)
    for address in (
        of_file(town.assisted, theirs),
        of_file(town.led, own),
        of_file(town.led, foreign),
        of_draft(town.assisted),
    ):
        assert liaison.get(address).status_code == liaison.post(address).status_code == 404
    for address in (of_file(town.foreign, foreign), of_draft(town.foreign)):
        assert liaison.post(address).status_code == 302  # there is no such measure for him
    for person in (town.office, town.head, town.leader, town.admin):
        client = signed_in(person)
        assert client.post(of_file(town.assisted, own)).status_code == 403
        assert client.post(of_draft(town.assisted)).status_code == 403
        assert "删除草稿" not in client.get(page_of(town.assisted)).content.decode()
    assert Attachment.objects.count() == 3 and ProgressReport.objects.count() == 2
