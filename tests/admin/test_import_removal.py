"""A new version that drops more than half of a plan: said in figures, ticked by a person, and asked for at the write."""

import pytest
from django.utils import timezone

from tests.admin.import_support import DESK, JSON, shown_form, upload
from tests.makers import NOW, make_user
from tracker import actions
from tracker.importing import MassRemovalUnconfirmed, desk
from tracker.models import ImportDraft, Measure, Plan

pytestmark = pytest.mark.django_db
NAMES = ("链条", "项目", "招商", "人才", "园区")
TASKS = [f"{number}.抓{name}。抓实{name}工作。（长期坚持）\n" for number, name in enumerate(NAMES, 1)]
WHOLE = "重点任务\n一、产业\n" + "".join(TASKS)


def version(*numbers):
    return "重点任务\n一、产业\n" + "".join(TASKS[number - 1] for number in numbers)


@pytest.fixture
def shortened(office):
    """A function: the address of the preview of a version that keeps these tasks of five."""
    upload(office, WHOLE)
    first = f"{DESK}{ImportDraft.objects.get().pk}/"
    assert office.post(first, {**shown_form(office.get(first)), "do": "import"}).status_code == 302

    def make(*numbers):
        upload(office, version(*numbers), plan=Plan.objects.get().pk)
        return f"{DESK}{ImportDraft.objects.latest('pk').pk}/"

    return make


def given_up():
    return Measure.objects.filter(status="cancelled").count()


@pytest.mark.parametrize("headers", [{}, JSON])
def test_one_click_does_not_give_up_most_of_a_plan(office, shortened, headers):
    address = shortened(1, 2)
    page = office.get(address)
    words = page.content.decode()
    assert "现有5项措施，新版本中没有其中的3项，只保留2项：导入后撤销3项" in words
    assert '<input type="checkbox" name="removes" value="3">' in words
    form = {**shown_form(page), "do": "import"}
    # Not ticked, or ticked for another number than the one that would go.
    for ticked in ({}, {"removes": "on"}, {"removes": "2"}, {"removes": "9" * 9}):
        answer = office.post(address, {**form, **ticked}, **headers)
        assert answer.status_code == 422
        said = answer.json()["errors"][""] if headers else answer.content.decode()
        assert "导入后撤销3项。没有导入：确实如此的，请先勾选" in said
        assert given_up() == 0
    form = {**shown_form(office.get(address)), "do": "import", "removes": "3"}
    assert office.post(address, form, **headers).status_code in (200, 302)
    assert given_up() == 3


def test_half_of_a_plan_is_no_question(office, shortened):
    upload(office, version(1, 2, 3), plan=Plan.objects.get().pk)
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    page = office.get(address)
    assert 'name="removes"' not in page.content.decode()
    assert "撤销 2" in page.content.decode()
    assert office.post(address, {**shown_form(page), "do": "import"}).status_code == 302
    assert "撤销2项" in office.get("/admin/tracker/measure/").content.decode()
    assert given_up() == 2


def test_the_write_itself_asks(office, shortened):
    shortened(1, 2)
    clerk = make_user("office")
    draft = ImportDraft.objects.latest("pk")
    for removes in (None, 2):
        with pytest.raises(MassRemovalUnconfirmed):
            desk.confirm(draft, actor=clerk, now=timezone.now(), expected_version=1, removes=removes)
    assert given_up() == 0
    assert desk.confirm(draft, actor=clerk, now=timezone.now(), expected_version=1, removes=3).removed == 3


def test_rows_left_out_of_a_strange_document_keep_nothing(office, shortened):
    """Another document, all rows of which but one are not to be imported, still gives the plan up."""
    upload(
        office,
        "重点任务\n一、产业\n1.修路架桥。修通三条路。\n2.植树造林。种满荒山。\n3.清淤疏浚。清理河道。\n4.架设电网。农网改造。\n5.供水工程。村村通水。\n6.建校工程。改造校舍。\n",
        plan=Plan.objects.get().pk,
    )
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    ticked = {f"leave_out-1.{number}": "on" for number in range(2, 7)}
    answer = office.post(address, {**shown_form(office.get(address)), **ticked, "do": "import"})
    assert answer.status_code == 422
    assert "没有其中的5项，只保留0项" in answer.content.decode()
    assert given_up() == 0


def test_what_is_settled_leaves_the_text_and_is_not_given_up(office, shortened):
    clerk = make_user("office")
    settled = Measure.objects.get(title="抓园区")
    actions.cancel(measure_id=settled.pk, actor=clerk, now=NOW, reason="并入其他事项")
    address = shortened(1, 2)
    page = office.get(address)
    words = page.content.decode()
    assert "导入后撤销2项，另有1项已办结或撤销，只移出现行文本" in words
    assert {(note["words"], note["count"]) for note in page.context["counts"]} == {
        ("不变", 2),
        ("撤销", 2),
        ("移出文本", 1),
    }
    assert office.post(address, {**shown_form(page), "do": "import", "removes": "3"}).status_code == 302
    assert "撤销2项、移出文本1项" in office.get("/admin/tracker/measure/").content.decode()
