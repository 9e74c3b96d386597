"""Text pasted on the import desk is a document like an uploaded one."""

import pytest

from tests.admin.import_support import DESK, PLAN, fields, upload
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db


def test_pasted_text_is_a_document_that_bears_the_title(office):
    response = office.post(DESK, {"pasted": PLAN.replace("\n", "\r\n"), "title": "年度重点任务"})
    assert response.status_code == 302
    draft = ImportDraft.objects.get()
    assert draft.document_name == "年度重点任务.txt"
    assert bytes(draft.document) == PLAN.encode()
    assert office.post(response.url, fields(draft)).status_code == 302
    plan = Measure.objects.first().plan
    assert (plan.title, plan.documents.get().name) == ("年度重点任务", "年度重点任务.txt")
    # The same words as a file are the same document.
    assert upload(office).status_code == 302
    again = office.get(f"{DESK}{ImportDraft.objects.latest('pk').pk}/")
    assert again.context["proposal"].plan == plan
    assert not again.context["proposal"].changes_anything


def test_pasted_text_without_a_title_bears_its_own(office):
    assert office.post(DESK, {"pasted": f"关于做好全市重点工作的实施方案\n{PLAN}"}).status_code == 302
    assert ImportDraft.objects.get().document_name == "关于做好全市重点工作的实施方案.txt"


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({}, "请选择方案文件，或粘贴方案的文字"),
        ({"pasted": " \r\n　"}, "请选择方案文件，或粘贴方案的文字"),
        ({"pasted": "今天天气很好。"}, "任务"),
        ({"pasted": "一、任务\n（一）抓\0项目。"}, "空字符|null|NULL|不允许"),
        ({"pasted": PLAN, "title": "任\u202e务"}, "U+202E"),
        ({"pasted": PLAN * 4000}, "上限"),
    ],
)
def test_pasted_text_is_refused_as_a_file_is(office, settings, posted, words):
    settings.MAX_DOCUMENT_BYTES = 300_000
    response = office.post(DESK, posted)
    assert response.status_code == 422
    page = response.content.decode()
    assert any(word in page for word in words.split("|")), words
    assert not ImportDraft.objects.exists()


def test_a_file_and_pasted_text_together_are_refused(office):
    response = upload(office, pasted=PLAN)
    assert response.status_code == 422
    assert "只能给其中一样" in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_more_than_a_form_may_carry_is_refused_as_a_page(office, settings):
    settings.MAX_DOCUMENT_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000, 5000
    assert office.post(DESK, {"pasted": PLAN * 100}).status_code == 400
    assert not ImportDraft.objects.exists()
