"""The import desk's rights and refusals: 督查室 alone, one clear reason each, nothing written before it is confirmed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.makers import make_department, make_user
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db
DESK = "/admin/import/"
PLAN = "重点任务\n一、产业\n（一）抓链条。做强链条。\n（二）抓项目。推进项目。\n"


def upload(client, text=PLAN, **fields):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(DESK, {"document": SimpleUploadedFile("任务.txt", content), **fields})


@pytest.fixture
def office(signed_in):
    return signed_in(make_user("office"))


@pytest.fixture
def draft(office):
    response = upload(office)
    assert response.status_code == 302
    return ImportDraft.objects.get()


def fields(draft, **changed):
    """The form as the page shows it, with changes."""
    posted = {"version": draft.version, "do": "import"}
    for number, title in (("1.1", "抓链条"), ("1.2", "抓项目")):
        posted |= {f"title-{number}": title, f"lead-{number}": "", f"co-{number}": "", f"due_on-{number}": ""}
    return {**posted, **changed}


@pytest.mark.parametrize("role", ["liaison", "head", "leader"])
def test_others_are_kept_out(signed_in, draft, role):
    client = signed_in(make_user(role))
    for address in (DESK, f"{DESK}{draft.pk}/"):
        assert client.get(address).status_code == 403
        assert client.post(address, fields(draft)).status_code == 403
    assert not Measure.objects.exists()


def test_uploading_writes_no_measure_and_confirming_once_writes_all(office, draft):
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert "抓链条" in page
    assert not Measure.objects.exists()
    assert office.post(f"{DESK}{draft.pk}/", fields(draft)).status_code == 302
    assert Measure.objects.count() == 2
    again = office.post(f"{DESK}{draft.pk}/", fields(draft))
    assert again.status_code == 302
    assert Measure.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b"\x00\x01\x02" * 99, "不是文本"),
        ("今天天气很好。".encode(), "任务"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "docx"),
        (b"%PDF-1.4 ...", "PDF"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(office, content, words):
    response = upload(office, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_a_bad_sheet_names_its_cells(office):
    make_department("甲局")
    workbook = Workbook()
    workbook.active.append(["序号", "牵头单位", "完成时限"])
    workbook.active.append(["1.1", "梦想局", "尽快"])
    stream = io.BytesIO()
    workbook.save(stream)
    response = upload(office, sheet=SimpleUploadedFile("分解.xlsx", stream.getvalue()))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Sheet!B2" in page
    assert "Sheet!C2" in page
    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lead-1.1": "梦想局"}, "不在单位名录中"),
        ({"co-1.1": "甲局、梦想局"}, "不在单位名录中"),
        ({"lead-1.1": "甲局", "co-1.1": "甲局"}, "已是牵头单位"),
        ({"title-1.2": " "}, "标题不能为空"),
        ({"title-1.2": "长" * 301}, "300"),
        ({"due_on-1.1": "明天"}, "不是日期"),
        ({"due_on-1.1": "2026-12-31", "standing-1.1": "on"}, "不能有完成时限"),
        ({"assign-1.1": "on"}, "必须有牵头单位"),
        ({"assign-1.1": "on", "lead-1.1": "甲局"}, "必须有牵头单位"),
        ({"version": "99"}, "已被他人修改"),
        ({"version": "x"}, "表单已失效"),
    ],
)
def test_a_wrong_correction_is_refused_and_nothing_is_written(office, draft, changed, words):
    make_department("甲局")
    response = office.post(f"{DESK}{draft.pk}/", fields(draft, **changed))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Measure.objects.exists()
    draft.refresh_from_db()
    assert draft.decisions == {}


def test_corrections_are_kept_and_shown_again(office, draft):
    make_department("甲局")
    posted = fields(
        draft, **{"do": "save", "title-1.1": "抓牢链条", "lead-1.2": "甲局", "due_on-1.2": "2030-01-01"}
    )
    assert office.post(f"{DESK}{draft.pk}/", posted).status_code == 302
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert 'value="抓牢链条"' in page
    assert 'value="2030-01-01"' in page
    assert not Measure.objects.exists()


def test_discarding(office, draft):
    assert office.post(f"{DESK}{draft.pk}/", {"do": "discard"}).status_code == 302
    assert not ImportDraft.objects.exists()
    assert office.get(f"{DESK}{draft.pk}/").status_code == 404


def test_names_in_the_document_are_escaped(office):
    response = upload(
        office, "一、任务\n（一）<script>alert(1)</script>抓项目。<img src=x onerror=alert(2)>推进。\n"
    )
    assert response.status_code == 302
    page = office.get(response.url).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_a_file_over_the_set_size_is_refused_before_it_is_read(office, settings):
    settings.MAX_DOCUMENT_BYTES = 100
    response = upload(office, PLAN * 3)
    assert response.status_code == 422
    assert "上限" in response.content.decode()
    assert not ImportDraft.objects.exists()
