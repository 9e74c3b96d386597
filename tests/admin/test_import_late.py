"""Somebody imports a document while another still corrects it: the other's corrections are named with their measures and kept."""

import pytest

from tests.admin.import_support import DESK, JSON, shown_form, upload
from tests.makers import make_department, make_user
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(signed_in):
    return signed_in(make_user("office", name="小李"))


@pytest.mark.parametrize("headers", [{}, JSON])
@pytest.mark.parametrize("do", ["import", "save", "page-2"])
def test_corrections_that_came_too_late_are_listed_with_their_measures_and_kept(
    office, other, draft, headers, do
):
    make_department("市财政局")
    address = f"{DESK}{draft.pk}/"
    mine, theirs = shown_form(office.get(address)), shown_form(other.get(address))
    assert other.post(address, {**theirs, "title-1.2": "小李的改法", "do": "import"}).status_code == 302
    typed = {
        "lead-1.1": "市财政局",
        "title-1.1": "抓牢链条",
        "due_on-1.2": "2031-06-30",
        "standing-1.1": "on",
    }
    before = list(Measure.objects.order_by("pk").values())
    answer = office.post(address, {**mine, **typed, "do": do}, **headers)
    assert (answer.json()["next"] if headers else answer.url) == address
    for _look in range(2):
        page = office.get(address).content.decode()
        first, second = Measure.objects.order_by("position")
        assert "您的修改没有写入" in page
        assert "（小李）" in page
        assert f'href="/admin/tracker/measure/{first.pk}/change/">1.1 抓链条</a>' in page
        assert f'href="/admin/tracker/measure/{second.pk}/change/">1.2 小李的改法</a>' in page
        for words in (
            "措施：您填写“抓牢链条”，现为“抓链条”",
            "牵头单位：您填写“市财政局”，现为“（空）”",
            "长期坚持：您填写“是”，现为“否”",
            "完成时限：您填写“2031-06-30”，现为“（空）”",
        ):
            assert words in page
        # What the other one typed is no correction of this person's.
        assert "您填写“小李的改法”" not in page
    assert "您的修改没有写入" in office.get(DESK).content.decode()
    assert "您的修改没有写入" not in other.get(DESK).content.decode()
    assert list(Measure.objects.order_by("pk").values()) == before
    assert office.post(address, {"do": "forget"}).status_code == 302
    assert "您的修改没有写入" not in office.get(DESK).content.decode()
    assert "没有再次写入" in office.get(address, follow=True).content.decode()


def test_who_typed_nothing_or_the_same_is_only_told(office, other, draft):
    address = f"{DESK}{draft.pk}/"
    mine, theirs = shown_form(office.get(address)), shown_form(other.get(address))
    assert other.post(address, {**theirs, "title-1.1": "抓牢链条", "do": "import"}).status_code == 302
    for typed in ({}, {"title-1.1": "抓牢链条"}):
        page = office.post(address, {**mine, **typed, "do": "import"}, follow=True).content.decode()
        assert "该文件已经导入，没有再次写入" in page
        assert "您的修改没有写入" not in page


def test_the_same_file_imported_from_another_draft_is_named_in_the_conflict(office, other):
    make_department("市财政局")
    upload(office)
    upload(other)
    first, later = (f"{DESK}{draft.pk}/" for draft in ImportDraft.objects.order_by("pk"))
    form = shown_form(other.get(later))
    assert office.post(first, {**shown_form(office.get(first)), "do": "import"}).status_code == 302
    answer = other.post(later, {**form, "lead-1.1": "市财政局", "do": "import"}, **JSON)
    assert "本条由“新增”改为“已有事项 1.1”" in answer.json()["errors"]["1.1"]
    assert "事项已变化" not in answer.json()["errors"]["1.1"]


def test_what_a_decision_hides_is_named_when_it_changes(office, other, draft):
    """The row shows what was decided; the measure below it got another lead meanwhile."""
    from tests.makers import NOW
    from tracker import actions

    for name in ("市财政局", "市教育局"):
        make_department(name)
    address = f"{DESK}{draft.pk}/"
    assert office.post(address, {**shown_form(office.get(address)), "do": "import"}).status_code == 302
    upload(office)
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    decided = {**shown_form(office.get(address)), "lead-1.1": "市财政局", "do": "save"}
    assert office.post(address, decided).status_code == 302
    form = shown_form(other.get(address))
    education = make_department("市体育局")
    actions.edit(measure_id=Measure.objects.get(number="1.1").pk, actor=None, now=NOW, lead=education)
    answer = other.post(address, {**form, "title-1.1": "乙的改法", "do": "save"}, **JSON)
    assert "事项现有的牵头单位由“（空）”改为“市体育局”" in answer.json()["errors"]["1.1"]
