"""Two people on one draft: what each typed is kept, a row that both changed is named with both values, nothing is undone unseen."""

import pytest

from tests.admin.import_support import DESK, JSON, shown_form
from tests.makers import make_department, make_user
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(signed_in):
    return signed_in(make_user("office"))


def opened(client, draft):
    address = f"{DESK}{draft.pk}/"
    return address, shown_form(client.get(address))


def rows_by_number(page):
    return {row.number: row for group in page.context["groups"] for row in group["rows"]}


def test_each_saves_another_row_and_both_stay(office, other, draft):
    address, mine = opened(office, draft)
    _address, theirs = opened(other, draft)
    assert office.post(address, mine | {"title-1.1": "甲的改法", "do": "save"}).status_code == 302
    assert other.post(address, theirs | {"title-1.2": "乙的改法", "do": "save"}).status_code == 302
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"title": "甲的改法"}, "1.2": {"title": "乙的改法"}}
    page = other.get(address).content.decode()
    assert "他人改动了 1.1（措施：抓链条 → 甲的改法），请一并核对" in page


def test_the_same_row_is_named_with_both_values_and_keeps_what_was_typed(office, other, draft):
    make_department("市财政局")
    address, mine = opened(office, draft)
    _address, theirs = opened(other, draft)
    office.post(address, mine | {"title-1.1": "甲的改法", "lead-1.1": "市财政局", "do": "save"})
    answer = other.post(address, theirs | {"title-1.1": "乙的改法", "title-1.2": "乙也改这条", "do": "save"})
    assert answer.status_code == 422
    rows = rows_by_number(answer)
    assert "措施由“抓链条”改为“甲的改法”" in rows["1.1"].error
    assert "您把措施填为“乙的改法”" in rows["1.1"].error
    # What this person typed is still there, over what the other made of the rest of the row.
    assert (rows["1.1"].shown["title"], rows["1.1"].shown["lead"]) == ("乙的改法", "市财政局")
    assert rows["1.2"].shown["title"] == "乙也改这条"
    assert other.post(address, shown_form(answer) | {"do": "save"}).status_code == 302
    draft.refresh_from_db()
    assert draft.decisions["1.1"]["title"] == "乙的改法"
    assert draft.decisions["1.1"]["lead"]
    assert draft.decisions["1.2"] == {"title": "乙也改这条"}


def test_both_made_the_same_of_it(office, other, draft):
    address, mine = opened(office, draft)
    _address, theirs = opened(other, draft)
    for client, form in ((office, mine), (other, theirs)):
        assert client.post(address, form | {"title-1.1": "一样的改法", "do": "save"}).status_code == 302


def test_what_others_saved_is_looked_at_before_it_is_imported(office, other, draft):
    address, mine = opened(office, draft)
    _address, theirs = opened(other, draft)
    office.post(address, mine | {"title-1.1": "甲的改法", "do": "save"})
    answer = other.post(address, theirs | {"title-1.2": "乙的改法", "do": "import"})
    assert answer.status_code == 422
    assert "他人改动了 1.1（措施：抓链条 → 甲的改法）" in answer.content.decode()
    assert not Measure.objects.exists()
    assert other.post(address, shown_form(answer) | {"do": "import"}).status_code == 302
    assert set(Measure.objects.values_list("title", flat=True)) == {"甲的改法", "乙的改法"}


def test_the_script_is_told_what_the_row_shows_now(office, other, draft):
    address, mine = opened(office, draft)
    _address, theirs = opened(other, draft)
    office.post(address, mine | {"due_on-1.1": "2031-06-30", "do": "save"})
    form = theirs | {"title-1.1": "乙的改法", "do": "import"}
    answer = other.post(address, form, **JSON).json()
    assert "完成时限由“（空）”改为“2031-06-30”" in answer["errors"]["1.1"]
    assert answer["fields"]["due_on-1.1"] == "2031-06-30"
    assert "title-1.1" not in answer["fields"]
    # With these the second click is this person's decision; what the other one saved is looked at first.
    now = {name: value for name, value in answer["fields"].items() if value is not False}
    seen = other.post(address, form | now | {"do": "save"})
    assert seen.status_code == 302
    assert ImportDraft.objects.get().decisions["1.1"] == {
        "title": "乙的改法",
        "due_on": "2031-06-30",
        "standing": False,
    }


def test_a_name_and_a_year_that_others_gave_are_not_undone(office, other, draft):
    address, mine = opened(office, draft)
    _address, theirs = opened(other, draft)
    assert office.post(address, mine | {"plan_title": "甲取的名", "year": "2031"}).status_code == 302
    assert other.post(address, theirs | {"title-1.2": "乙的改法", "do": "save"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.year) == ("甲取的名", 2031)
    refused = other.post(address, theirs | {"plan_title": "乙取的名", "do": "save"})
    assert refused.status_code == 422
    assert "已被他人改为“甲取的名”，您填写的是“乙取的名”" in refused.content.decode()
