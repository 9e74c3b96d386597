"""A plan whose limits name no year: the desk asks for it, reads again with it, and imports nothing that nobody has seen."""

from datetime import date

import pytest

from tests.admin.import_support import DESK, JSON, everything, shown_form, upload
from tests.makers import make_department
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db
YEARLESS = "城建方案\n一、重点任务\n（一）修路。市财政局牵头，10月底前完成。\n（二）架桥。市财政局牵头，年底前完成。\n"
ASKED = "文件没有写明年份"


@pytest.fixture
def address(office):
    """Of the preview of a plan without a year."""
    make_department("市财政局")
    upload(office, YEARLESS)
    return f"{DESK}{ImportDraft.objects.get().pk}/"


def post(office, address, **changed):
    """The form as the page shows it now, with changes."""
    return office.post(address, {**shown_form(office.get(address)), "do": "year", **changed})


def limits(office, address):
    page = office.get(address)
    return [row.shown["due_on"] for group in page.context["groups"] for row in group["rows"]]


def test_it_asks_says_what_for_and_reads_again_keeping_what_was_corrected(office, address):
    page = office.get(address).content.decode()
    assert ASKED in page
    assert "有 2 处时限只写了月份、季度或“年底”" in page
    assert "时限“10月底前”没有写年份，没有换算成日期" in page
    assert "--year" not in page
    assert limits(office, address) == ["", ""]
    answer = post(office, address, year="2031", **{"title-1.1": "修通环城路"})
    assert (answer.status_code, answer.url) == (302, address)
    again = office.get(address)
    assert limits(office, address) == ["2031-10-31", "2031-12-31"]
    words = again.content.decode()
    assert ASKED not in words
    assert "年份 2031（人工填写）" in words
    assert "年份由人工填写" in words
    assert "年份取自文件" not in words
    assert 'value="2031"' in words
    assert "修通环城路" in words
    assert not Measure.objects.exists()


def test_a_year_typed_beside_the_confirm_button_is_read_first(office, address):
    answer = post(office, address, year="2031", do="import")
    assert answer.url == address
    assert not Measure.objects.exists()
    assert "已按2031年重新读取时限，尚未导入" in office.get(address).content.decode()
    post(office, address, do="import")
    assert set(Measure.objects.values_list("due_on", flat=True)) == {date(2031, 10, 31), date(2031, 12, 31)}


def test_the_page_s_script_is_led_there_too(office, address):
    page = office.get(address)
    posted = {"version": page.context["version"], "year": "2031", "do": "import"}
    answer = office.post(address, posted, **JSON)
    assert answer.json() == {"next": address}
    assert not Measure.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "请填写年份"),
        ("明年", "应为四位数字"),
        ("1826", "应在2000到2100之间"),
        ("99999999", "应为四位数字"),
    ],
)
def test_what_is_no_year_is_refused_and_nothing_changes(office, address, typed, words):
    before = everything()
    answer = post(office, address, year=typed, **{"title-1.1": "修通环城路"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "修通环城路" in page
    assert everything() == before


def test_the_year_of_the_document_is_shown_and_may_be_overruled_and_given_back(office):
    make_department("市财政局")
    upload(office, YEARLESS.replace("城建方案", "2030年城建方案"))
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    assert "年份 2030（取自文件）" in office.get(address).content.decode()
    assert limits(office, address) == ["2030-10-31", "2030-12-31"]
    post(office, address, year="2031")
    assert limits(office, address) == ["2031-10-31", "2031-12-31"]
    post(office, address, year="")
    assert limits(office, address) == ["2030-10-31", "2030-12-31"]


def test_of_two_clerks_the_second_is_told(office, address):
    stale = office.get(address).context["version"]
    post(office, address, year="2031")
    answer = office.post(address, {"version": stale, "year": "2030", "do": "year"})
    assert answer.status_code == 422
    assert "已被他人修改" in answer.content.decode()
    assert ImportDraft.objects.get().year == 2031


def test_what_rows_lack_is_counted_and_leads_to_the_first(office):
    make_department("市财政局")
    upload(
        office,
        "重点任务\n一、城建\n（一）修路。2030年底前完成。\n（二）架桥。市财政局牵头。\n（三）植树。市财政局牵头，2020年底前完成。\n",
    )
    page = office.get(f"{DESK}{ImportDraft.objects.get().pk}/")
    assert [(note["lack"], note["count"], note["number"]) for note in page.context["missing"]] == [
        ("lead", 1, "1.1"),
        ("deadline", 1, "1.2"),
        ("passed", 1, "1.3"),
    ]
    words = page.content.decode()
    assert 'href="#r1.3" data-step="[data-lacks~=passed]"' in words
    assert 'data-measure="1.2" data-lacks="deadline"' in words
