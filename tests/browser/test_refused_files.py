"""A refused file is named on the form without breaking the page, on a phone too."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.signing_in import let_in
from tests.makers import liaison_of, make_measure
from tracker.models import Attachment

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_refusal_of_a_file_stays_in_its_box(page, live_server, tmp_path, monkeypatch):
    storage = FileSystemStorage(location=tmp_path / "kept")
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)
    measure = make_measure(now=timezone.now())
    bad, good = tmp_path / f"evil{'x' * 60}.pdf", tmp_path / "批复.pdf"
    bad.write_bytes(b"<html><script>alert(1)</script>")
    good.write_bytes(b"%PDF-1.7\n%fine\n")
    let_in(page, liaison_of(measure.lead).username)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{live_server.url}/admin/tracker/measure/{measure.pk}/step/report/")
    page.fill("[name=percent]", "20")
    page.fill("[name=progress]", "推进")
    page.set_input_files("[name=evidence]", [bad, good])
    page.get_by_role("button", name="确认报告进展").click()
    expect(page.locator(".errors")).to_contain_text("不接受这种文件")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_label("批复.pdf")).to_be_checked()
