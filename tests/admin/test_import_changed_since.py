"""Something changes between preview and confirming: nothing is imported that nobody has seen, and what was typed is kept or told."""

import pytest

from tests.admin.import_support import DESK, JSON, PLAN, shown_form, upload
from tests.makers import NOW, make_department, make_user
from tracker import actions
from tracker.models import Department, ImportDraft, Measure, Plan
from tracker.rules.lifecycle import Status

pytestmark = pytest.mark.django_db
FIRST = (
    "重点任务\n一、产业\n（一）抓链条。做强链条。（市财政局牵头，2030年6月底前完成）\n"
    "（二）抓项目。推进项目。（市财政局牵头，2030年6月底前完成）\n（三）抓招商。开展招商。（市财政局牵头，2030年6月底前完成）\n"
)
# The third is gone, the second has another limit.
SECOND = (
    "重点任务\n一、产业\n（一）抓链条。做强链条。（市财政局牵头，2030年6月底前完成）\n"
    "（二）抓项目。推进项目。（市财政局牵头，2030年9月底前完成）\n"
)
SEEN_OTHERWISE = "要导入的内容随之有变化，因此没有导入"


@pytest.fixture
def second(office):
    """The preview's address of a second version; the first is imported and its measures are assigned."""
    make_department("市财政局")
    make_department("市教育局")
    upload(office, FIRST)
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    form = shown_form(office.get(address))
    ticked = {f"assign-1.{number}": "on" for number in (1, 2, 3)}
    assert office.post(address, {**form, **ticked, "do": "import"}).status_code == 302
    assert set(Measure.objects.values_list("status", flat=True)) == {Status.ASSIGNED}
    upload(office, SECOND, plan=Plan.objects.get().pk)
    return f"{DESK}{ImportDraft.objects.latest('pk').pk}/"


def close(title):
    measure = Measure.objects.get(title=title)
    office = make_user("office")
    actions.cancel(measure_id=measure.pk, actor=office, now=NOW, reason="并入其他事项")
    return measure


def rows():
    return list(Measure.objects.order_by("pk").values("title", "status", "lead__name", "due_on", "version"))


def test_a_measure_closed_meanwhile_is_told_at_its_row_and_nothing_is_imported(office, second):
    form = shown_form(office.get(second))
    close("抓项目")
    before = rows()
    answer = office.post(second, {**form, "lead-1.2": "市教育局", "do": "import"})
    assert answer.status_code == 422
    assert (
        "已被他人改动，事项已办结或撤销，不能再改；您把牵头单位填为“市教育局”，没有保存"
        in answer.content.decode()
    )
    assert rows() == before
    # Looked at anew it says what becomes of the row, and is imported.
    page = office.get(second)
    assert "责任和时限的改动不再写入" in page.content.decode()
    assert office.post(second, {**shown_form(page), "do": "import"}).status_code == 302
    settled = Measure.objects.get(title="抓项目")
    assert (settled.status, settled.lead.name) == (Status.CANCELLED, "市财政局")


def test_what_a_version_says_of_a_closed_measure_is_said_again_once_it_is_reopened(office, second):
    clerk = make_user("office")
    measure = close("抓项目")
    assert office.post(second, {**shown_form(office.get(second)), "do": "import"}).status_code == 302
    measure.refresh_from_db()
    assert (measure.status, str(measure.due_on)) == (Status.CANCELLED, "2030-06-30")
    assert "2030年9月" in measure.text
    actions.reopen(measure_id=measure.pk, actor=clerk, now=NOW, reason="恢复办理")
    upload(office, SECOND, plan=measure.plan_id)
    page = office.get(f"{DESK}{ImportDraft.objects.latest('pk').pk}/")
    found = {row.number: row.changes for group in page.context["groups"] for row in group["rows"]}
    assert found["1.2"] == [("完成时限", "2030-06-30", "2030-09-30")]


def test_one_that_the_new_version_drops_and_somebody_closed_is_looked_at_again(office, second):
    page = office.get(second)
    assert "导入后撤销；办理记录保留。" in page.content.decode()
    form = shown_form(page)
    close("抓招商")
    before = rows()
    answer = office.post(second, {**form, "title-1.1": "抓紧链条", "do": "import"})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert SEEN_OTHERWISE in words
    assert "已办结或撤销，只移出现行文本。" in words
    assert rows() == before
    # What was typed is kept: refreshing the page loses nothing.
    again = office.get(second)
    assert 'name="title-1.1" rows="1" maxlength="300">抓紧链条' in again.content.decode()
    assert office.post(second, {**shown_form(again), "do": "import"}).status_code == 302
    assert set(Measure.objects.filter(in_text=True).values_list("title", flat=True)) == {"抓紧链条", "抓项目"}


def test_the_page_s_script_is_told_the_same(office, second):
    form = shown_form(office.get(second))
    close("抓招商")
    answer = office.post(second, {**form, "do": "import"}, **JSON)
    assert answer.status_code == 422
    assert SEEN_OTHERWISE in answer.json()["errors"][""]
    assert answer.json()["version"] == "2"


def test_a_department_dissolved_meanwhile_is_told_at_the_row(office, second):
    form = shown_form(office.get(second))
    Department.objects.filter(name="市教育局").update(active=False)
    answer = office.post(second, {**form, "lead-1.1": "市教育局", "do": "import"})
    assert answer.status_code == 422
    assert "单位“市教育局”不在单位名录中" in answer.content.decode()
    assert Measure.objects.filter(lead__name="市教育局").count() == 0


def test_a_department_that_others_register_meanwhile_is_looked_at_first(office):
    upload(office, FIRST)
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    form = shown_form(office.get(address))
    make_department("市财政局")
    answer = office.post(address, {**form, "do": "import"})
    assert answer.status_code == 422
    assert SEEN_OTHERWISE in answer.content.decode()
    assert "他人改动了 1.1（牵头单位：（空） → 市财政局）" in answer.content.decode()
    assert not Measure.objects.exists()
    page = office.get(address)
    assert office.post(address, {**shown_form(page), "do": "import"}).status_code == 302
    assert set(Measure.objects.values_list("lead__name", flat=True)) == {"市财政局"}


def test_a_change_on_another_page_than_the_one_shown_counts(office, monkeypatch):
    from tracker.admin import import_pages

    monkeypatch.setattr(import_pages, "ROWS_A_PAGE", 2)
    upload(office, FIRST.replace("（三）抓招商。开展招商。（市财政局", "（三）抓招商。开展招商。（市教育局"))
    address = f"{DESK}{ImportDraft.objects.get().pk}/"
    page = office.get(address)
    assert page.context["page"].count == 2
    make_department("市教育局")
    answer = office.post(address, {**shown_form(page), "do": "import"})
    assert answer.status_code == 422
    assert SEEN_OTHERWISE in answer.content.decode()
    assert not Measure.objects.exists()


def test_the_same_file_uploaded_twice_is_looked_at_again_once_the_other_is_imported(office, signed_in):
    other = signed_in(make_user("office"))
    upload(office)
    upload(other)
    first, later = (f"{DESK}{draft.pk}/" for draft in ImportDraft.objects.order_by("pk"))
    form = shown_form(other.get(later))
    assert office.post(first, {**shown_form(office.get(first)), "do": "import"}).status_code == 302
    answer = other.post(later, {**form, "do": "import"})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "作为已有方案" in words
    assert "与现有方案完全一致，确认导入也不会改动任何内容。" in words
    assert other.post(later, {**shown_form(other.get(later)), "do": "import"}).status_code == 302
    assert (Plan.objects.count(), Measure.objects.count()) == (1, PLAN.count("（"))


def test_a_plan_deleted_meanwhile_becomes_a_new_one_only_after_a_look(office, second):
    form = shown_form(office.get(second))
    ImportDraft.objects.update(plan=None, as_new=True)
    answer = office.post(second, {**form, "do": "import"})
    assert answer.status_code == 422
    assert Plan.objects.count() == 1
