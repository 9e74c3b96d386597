"""Rows that a person leaves out on the import desk: not written, remembered, taken in again, and no measure lost by it."""

import re

import pytest

from tests.admin.import_support import DESK, everything, fields, upload
from tests.admin.test_import_meanwhile import as_shown
from tests.makers import NOW, make_department
from tracker import actions
from tracker.models import ImportDraft, Measure, Plan, PlanDocument, Section

pytestmark = pytest.mark.django_db
# The first row is numbered otherwise, its words are the same.
MOVED = "重点任务\n一、产业\n（一）抓人才。引进人才。\n（二）抓链条。做强链条。\n（三）抓项目。推进项目。\n"
REWORDED = "重点任务\n一、产业\n（一）抓链条。做强链条，培育链主企业。\n（二）抓项目。推进项目。\n"


def titles():
    return list(Measure.objects.filter(in_text=True).order_by("position").values_list("number", "title"))


def again(office, text=None, **options):
    """The desk's page of a document uploaded once more, and its address."""
    given = () if text is None else (text,)
    assert upload(office, *given, **options).status_code == 302
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    return address, office.get(address)


def row_of(page, number):
    return next(row for row in page.context["page"].rows if row.number == number)


@pytest.fixture
def without_the_first(office, draft):
    """The short plan, imported without its first row."""
    answer = office.post(f"{DESK}{draft.pk}/", fields(draft, **{"leave_out-1.1": "on"}), follow=True)
    return answer.content.decode()


def test_all_others_are_written_and_the_summary_names_what_is_not(without_the_first):
    assert titles() == [("1.2", "抓项目")]
    assert "有1条没有导入：1.1 抓链条。" in without_the_first
    assert [row["title"] for row in PlanDocument.objects.get().left_out] == ["抓链条"]


def test_it_is_counted_shown_and_taken_back_before_confirming(office, draft):
    address = f"{DESK}{draft.pk}/"
    assert 'name="leave_out-1.1" >' in office.get(address).content.decode()
    office.post(address, fields(draft, do="save", **{"leave_out-1.1": "on", "title-1.1": "抓牢链条"}))
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"title": "抓牢链条", "leave_out": True}}
    page = office.get(address)
    words = page.content.decode()
    assert 'data-step=".change-left_out">不导入 1</a>' in words
    assert 'name="leave_out-1.1" checked>' in words
    assert {note["words"]: note["count"] for note in page.context["missing"]}["未定牵头单位"] == 1
    assert {piece.kind for piece in page.context["pieces"] if piece.number == "1.1"} == {"left_out"}
    office.post(address, fields(draft, do="save", **{"title-1.1": "抓牢链条"}))
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"title": "抓牢链条"}}
    assert office.post(address, fields(draft, **{"title-1.1": "抓牢链条"})).status_code == 302
    assert titles() == [("1.1", "抓牢链条"), ("1.2", "抓项目")]


def test_what_is_not_imported_need_not_be_right(office, draft):
    wrong = {"lead-1.1": "梦想局", "title-1.1": ""}
    assert office.post(f"{DESK}{draft.pk}/", fields(draft, **wrong)).status_code == 422
    assert (
        office.post(f"{DESK}{draft.pk}/", fields(draft, **wrong, **{"leave_out-1.1": "on"})).status_code
        == 302
    )
    assert titles() == [("1.2", "抓项目")]


def test_a_chosen_unit_out_of_use_does_not_stop_an_import_without_its_row(office, draft):
    chosen = make_department("甲局")
    office.post(f"{DESK}{draft.pk}/", fields(draft, do="save", **{"lead-1.1": "甲局", "leave_out-1.1": "on"}))
    chosen.active = False
    chosen.save()
    assert office.post(f"{DESK}{draft.pk}/", {"version": 2, "do": "import"}).status_code == 302
    assert titles() == [("1.2", "抓项目")]


def test_a_new_plan_of_nothing_is_refused(office, draft):
    both = {"leave_out-1.1": "on", "leave_out-1.2": "on"}
    refused = office.post(f"{DESK}{draft.pk}/", fields(draft, **both))
    assert refused.status_code == 422
    assert "所有事项都标为“不导入”" in refused.content.decode()
    assert not Plan.objects.exists()


def test_the_same_document_again_leaves_it_out_and_says_so(office, without_the_first):
    before = {name: rows for name, rows in everything().items() if name != "ImportDraft"}
    address, page = again(office)
    row = row_of(page, "1.1")
    assert (row.change_name, row.shown["leave_out"]) == ("不导入", True)
    words = page.content.decode()
    assert "上次导入时决定不导入本条。要导入，请取消勾选。" in words
    assert 'data-step=".change-left_out">不导入 1</a>' in words
    assert office.post(address, as_shown(page)).status_code == 302
    assert {name: rows for name, rows in everything().items() if name != "ImportDraft"} == before


def test_it_is_taken_in_by_the_next_import_when_a_person_says_so(office, without_the_first):
    address, page = again(office)
    posted = as_shown(page)
    del posted["leave_out-1.1"]
    assert office.post(address, posted).status_code == 302
    assert titles() == [("1.1", "抓链条"), ("1.2", "抓项目")]
    # It is the text that was imported before: no new version of it.
    assert PlanDocument.objects.get().left_out == []
    _address, page = again(office)
    assert row_of(page, "1.1").change_name == "不变"


def test_a_new_version_with_the_same_words_keeps_it_out(office, without_the_first):
    address, page = again(office, MOVED, plan=Plan.objects.get().pk)
    assert [row.change_name for row in page.context["page"].rows] == ["新增", "不导入", "调整编号"]
    assert office.post(address, as_shown(page)).status_code == 302
    assert titles() == [("1.1", "抓人才"), ("1.3", "抓项目")]
    assert PlanDocument.objects.order_by("version").last().left_out[0]["number"] == "1.2"


def test_a_new_version_with_other_words_is_a_new_question(office, without_the_first):
    _address, page = again(office, REWORDED, plan=Plan.objects.get().pk)
    row = row_of(page, "1.1")
    assert (row.change_name, row.shown["leave_out"]) == ("新增", False)


SHORTENED = "重点任务\n一、产业\n（一）抓项目。推进项目。\n"


def test_every_row_has_an_id_of_its_own_though_numbers_moved(office, draft):
    office.post(f"{DESK}{draft.pk}/", fields(draft))
    # The second row becomes the first, and the first is gone.
    _address, page = again(office, SHORTENED, plan=Plan.objects.get().pk)
    rows = page.context["page"].rows
    assert [(row.number, row.change_name) for row in rows] == [("1.1", "调整编号"), ("1.1", "撤销")]
    ids = re.findall(r' id="([^"]+)"', page.content.decode())
    assert {"r1.1", "gone-1.1"} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.fixture
def imported(office, draft):
    office.post(f"{DESK}{draft.pk}/", fields(draft))
    return Plan.objects.get()


def leave_out(page, number):
    return {**as_shown(page), f"leave_out-{number}": "on"}


def test_the_measure_of_a_row_left_out_stays_as_it_is_and_the_screen_names_it(office, imported):
    address, page = again(office, REWORDED, plan=imported.pk)
    assert office.post(address, {**leave_out(page, "1.1"), "do": "save"}).status_code == 302
    page = office.get(address)
    assert "已有事项“1.1 抓链条”保持原样，不改写，也不撤销。" in page.content.decode()
    assert office.post(address, as_shown(page)).status_code == 302
    chain = Measure.objects.get(title="抓链条")
    assert (chain.text, chain.status, chain.in_text) == ("抓链条。做强链条。", "draft", True)
    assert list(imported.documents.values_list("version", flat=True)) == [2, 1]
    before = list(Measure.objects.order_by("pk").values())
    address, page = again(office, REWORDED)
    assert row_of(page, "1.1").change_name == "不导入"
    assert office.post(address, as_shown(page)).status_code == 302
    assert list(Measure.objects.order_by("pk").values()) == before


def test_its_number_follows_the_document_so_that_no_two_measures_share_one(office, imported):
    address, page = again(office, MOVED, plan=imported.pk)
    assert office.post(address, leave_out(page, "1.2")).status_code == 302
    assert titles() == [("1.1", "抓人才"), ("1.2", "抓链条"), ("1.3", "抓项目")]
    note = Measure.objects.get(title="抓链条").events.order_by("pk").last().note
    assert "这一条未导入，事项保持原样" in note


def test_the_row_of_a_settled_measure_is_left_out_too(office, imported):
    chain = Measure.objects.get(title="抓链条")
    actions.cancel(measure_id=chain.pk, actor=None, now=NOW, reason="并入他项")
    address, page = again(office, REWORDED, plan=imported.pk)
    assert not row_of(page, "1.1").editable
    assert office.post(
        address, {**as_shown(page), "was-1.1": row_of(page, "1.1").seen, "leave_out-1.1": "on"}
    )
    chain.refresh_from_db()
    assert chain.text == "抓链条。做强链条。"


def test_a_section_of_which_nothing_is_imported_is_none(office):
    upload(office, "重点任务\n一、产业\n（一）抓链条。做强链条。\n二、其他\n（一）说明。另行通知。\n")
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    page = office.get(address)
    assert office.post(address, leave_out(page, "2.1")).status_code == 302
    assert list(Section.objects.values_list("title", flat=True)) == ["产业"]
