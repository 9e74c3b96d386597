"""The calendar's page: how far it reaches, and the table that is shown before it is written."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.importing.test_calendar_days import NOTICE
from tests.makers import announce, make_measure
from tracker.models import CalendarDay, load_calendar

pytestmark = pytest.mark.django_db
IMPORT, LIST = "/admin/tracker/calendarday/import/", "/admin/tracker/calendarday/"
FAR = date(2032, 6, 30)


def upload(client, text=NOTICE):
    return client.post(IMPORT, {"table": SimpleUploadedFile("2032.csv", text.encode("gb18030"))})


def test_uploaded_shown_confirmed(town, signed_in):
    client = signed_in(town.office)
    shown = upload(client)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "2032-02-08" in page and "上班（春节调休上班）" in page and "2032年还没有" in page
    assert not CalendarDay.objects.exists()
    given = {"text": shown.context["text"], "agreed": shown.context["proposal"].digest()}
    # A browser sends its text areas with CRLF.
    given["text"] = given["text"].replace("\n", "\r\n")
    answer = client.post(IMPORT, given, follow=True)
    assert "已写入 3 天，另有 0 天不变。" in answer.content.decode()
    assert CalendarDay.objects.count() == 3
    assert "没有改动" in upload(client).content.decode()


def test_a_wrong_row_writes_nothing_and_is_named(town, signed_in):
    answer = upload(signed_in(town.office), NOTICE + "2032-02-31,休,\n")
    assert answer.status_code == 422 and "第5行：日期“2032-02-31”不存在。" in answer.content.decode()
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"text": NOTICE, "agreed": "0" * 64}, 409),
        ({"text": NOTICE}, 409),
        ({"text": "日期,类型\n2032-02-31,休", "agreed": ""}, 422),
        ({"text": "", "agreed": ""}, 422),
    ],
)
def test_what_was_not_agreed_to_is_not_written(town, signed_in, given, status):
    assert signed_in(town.office).post(IMPORT, given).status_code == status
    assert not CalendarDay.objects.exists()


def test_words_of_the_table_are_escaped(town, signed_in):
    page = upload(
        signed_in(town.office), "日期,类型,说明\n2032-01-01,休,</textarea><script>x\n"
    ).content.decode()
    assert "&lt;/textarea&gt;&lt;script&gt;x" in page and "<script>x" not in page


@pytest.mark.parametrize("role", ["liaison", "head", "leader", "nobody"])
def test_the_import_is_for_the_office(town, signed_in, role):
    client = signed_in(getattr(town, role))
    assert client.get(IMPORT).status_code == 403
    assert upload(client).status_code == 403
    assert client.post(IMPORT, {"text": NOTICE, "agreed": ""}).status_code == 403


def test_the_office_is_told_what_lies_beyond_the_known_days(town, signed_in):
    until = load_calendar().known_until
    sentence = f"{until.year + 1}年放假安排尚未录入"
    client = signed_in(town.office)
    assert sentence not in client.get("/admin/").content.decode() or date.today() > until
    make_measure(lead=town.own, due_on=FAR)
    make_measure(lead=town.own, due_on=until)
    for address in ("/admin/", LIST):
        page = client.get(address).content.decode()
        assert f"{sentence}，1项未办结事项的时限在其后" in page
        assert reverse("admin:tracker_calendarday_import") in page
    for role in ("liaison", "leader"):
        assert sentence not in signed_in(getattr(town, role)).get("/admin/").content.decode()
    announce(*range(until.year + 1, FAR.year + 1))
    assert "尚未录入" not in client.get("/admin/").content.decode()


def test_marks_on_the_pages_of_a_measure_beyond(town, signed_in):
    """暂估 beside the deadline, its checkpoints and requests, and a note on the forms that ask for a day."""
    far = make_measure(lead=town.own, due_on=FAR)
    far.checkpoints.create(kind="period_report", department=town.own, due_on=date(2032, 3, 25))
    client = signed_in(town.office)
    page = client.get(reverse("admin:tracker_measure_change", args=[far.pk])).content.decode()
    deadline, checkpoint = (
        '2032年6月30日 <span class="provisional"',
        '<b class="due">2032-03-25</b> <span class="provisional"',
    )
    assert deadline in page and checkpoint in page
    form = client.get(reverse("admin:tracker_measure_step", args=[far.pk, "extend"])).content.decode()
    until = load_calendar().known_until
    assert f"放假安排已知至 {until.year}年12月31日" in form
    announce(*range(until.year + 1, FAR.year + 1))
    page = client.get(reverse("admin:tracker_measure_change", args=[far.pk])).content.decode()
    assert "2032年6月30日" in page and "暂估" not in page


def test_a_day_by_the_form_is_as_near_as_in_the_table(town, signed_in):
    client = signed_in(town.office)
    add = reverse("admin:tracker_calendarday_add")
    for day in ("1999-01-01", "2101-01-01"):
        answer = client.post(add, {"day": day, "name": "很远"})
        assert "日期应在2000年至2100年之间。" in answer.content.decode()
    assert not CalendarDay.objects.exists()
    assert client.post(add, {"day": "2032-01-01", "name": "元旦"}).status_code == 302
