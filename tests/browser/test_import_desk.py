"""The import desk in a real browser: upload a Word file, correct two fields in place, confirm, find the measures."""

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.makers import make_user
from tracker.importing.departments import load_departments
from tracker.models import Measure

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def word_file(tmp_path):
    document = Document()
    document.add_heading("全市重点工作任务分解方案", 0)
    document.add_paragraph("为确保各项任务落到实处，制定本方案。")
    document.add_paragraph("一、抓产业")
    document.add_paragraph(
        "（一）做强产业链。培育链主企业。（牵头单位：市工信局；配合单位：市财政局；完成时限：2026年9月底前）"
    )
    document.add_paragraph("（二）狠抓招商引资。开展以商招商。")
    document.add_paragraph("二、抓民生")
    document.add_paragraph("（一）改造老旧小区。（市住建局牵头，长期坚持）")
    path = tmp_path / "任务分解.docx"
    document.save(path)
    return path


def sign_in(page, live_server, user):
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", "correct-horse-9")
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server.url}/admin/")


def test_upload_correct_and_confirm(page, live_server, screenshot, word_file):
    load_departments(FIXTURES / "departments.json")
    sign_in(page, live_server, make_user("office"))
    page.goto(f"{live_server.url}/admin/import/")
    page.set_input_files("input[name=document]", word_file)
    screenshot("import-desk")
    page.click("text=上传并核对")
    expect(page.locator(".import-row")).to_have_count(3)
    expect(page.locator("[name='lead-1.1']")).to_have_value("市工业和信息化局")
    expect(page.locator("[name='due_on-1.1']")).to_have_value("2026-09-30")
    expect(page.locator(".import-text .piece-lead").first).to_contain_text("市工信局")
    page.click("#r1\\.2 .suggestion >> nth=0")
    expect(page.locator("[name='lead-1.2']")).to_have_value("市投资促进局")
    page.fill("[name='title-1.1']", "做强重点产业链")
    page.fill("[name='due_on-1.2']", "2026-12-31")
    page.fill("[name='lead-2.1']", "没有的局")
    screenshot("import-preview")
    page.click("button[value=import]")
    expect(page.locator("#r2\\.1 .refusal")).to_contain_text("“没有的局”不在单位名录中")
    expect(page.locator("[name='title-1.1']")).to_have_value("做强重点产业链")
    assert not Measure.objects.exists()
    page.fill("[name='lead-2.1']", "住建局")
    page.check("[name='assign-1.1']")
    page.click("button[value=import]")
    page.wait_for_url("**/admin/tracker/measure/?plan=*")
    by_number = {measure.number: measure for measure in Measure.objects.all()}
    assert by_number["1.1"].title == "做强重点产业链"
    assert by_number["1.1"].status == "assigned"
    assert (by_number["1.2"].lead.name, by_number["1.2"].due_on) == ("市投资促进局", date(2026, 12, 31))
    assert (by_number["2.1"].lead.name, by_number["2.1"].standing) == ("市住房和城乡建设局", True)


def test_on_a_phone(page, live_server, screenshot, word_file):
    load_departments(FIXTURES / "departments.json")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, live_server, make_user("office"))
    page.goto(f"{live_server.url}/admin/import/")
    page.set_input_files("input[name=document]", word_file)
    page.click("text=上传并核对")
    expect(page.locator(".import-row")).to_have_count(3)
    screenshot("import-preview-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
