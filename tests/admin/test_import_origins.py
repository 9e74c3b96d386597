"""A second version that puts one task in another's place: progress passes to another task only when a person says so."""

import pytest

from tests.admin.import_support import DESK, shown_form, upload
from tests.makers import NOW, liaison_of, make_department
from tracker import actions
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db
HEAD = "2030年民生实事\n一、民生\n"
ROAD = "2.修通环城东路。（市交通局牵头，2030年6月底前完成）\n"
SCHOOLS = "1.建设智慧校园20所。（市教育局牵头，2030年12月底前完成）\n"
NURSERIES = "1.新增托位2000个。（市卫健委牵头，2030年12月底前完成）\n"


@pytest.fixture
def schools(office):
    """The first version, imported; of its first measure half is done."""
    for name in ("市教育局", "市卫健委", "市交通局"):
        make_department(name)
    upload(office, HEAD + SCHOOLS + ROAD)
    draft = ImportDraft.objects.get()
    page = office.get(f"{DESK}{draft.pk}/")
    assert office.post(f"{DESK}{draft.pk}/", shown_form(page) | {"do": "import"}).status_code == 302
    measure = Measure.objects.get(title="建设智慧校园20所")
    actions.assign(measure_id=measure.pk, actor=None, now=NOW)
    liaison = liaison_of(measure.lead)
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
    actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=50, progress="过半")
    return measure


def second(office, text):
    upload(office, text, plan=Measure.objects.first().plan_id)
    address = f"{DESK}{ImportDraft.objects.latest('pk').pk}/"
    return address, office.get(address)


def changes(page):
    return {
        (row.anchor, row.change_name)
        for group in page.context["groups"]
        for row in group["rows"]
        if row.change != "unchanged"
    }


def row(page, number):
    return next(row for row in page.context["page"].rows if row.number == number and not row.is_gone)


def test_another_task_at_the_same_place_is_a_new_one_and_inherits_nothing(office, schools):
    address, page = second(office, HEAD + NURSERIES + ROAD)
    assert changes(page) == {("r1.1", "新增"), ("gone-1.1", "撤销")}
    assert office.post(address, shown_form(page) | {"do": "import"}).status_code == 302
    schools.refresh_from_db()
    assert (schools.title, schools.status, schools.percent) == ("建设智慧校园20所", "cancelled", 50)
    added = Measure.objects.get(title="新增托位2000个")
    assert (added.percent, added.lead.name, added.events.count()) == (0, "市卫健委", 2)


def test_a_person_says_that_it_is_the_earlier_task_and_sees_the_difference_before_it_is_written(
    office, schools
):
    address, page = second(office, HEAD + NURSERIES + ROAD)
    assert f'<option value="{schools.pk}" >就是原来的 1.1 建设智慧校园20所' in page.content.decode()
    answer = office.post(address, shown_form(page) | {"origin-1.1": str(schools.pk), "do": "import"})
    assert answer.url.startswith(address)
    schools.refresh_from_db()
    assert schools.title == "建设智慧校园20所"
    page = office.get(address)
    assert changes(page) == {("r1.1", "改写")}
    assert "进展（50%）和办理记录" in row(page, "1.1").inherits
    assert office.post(address, shown_form(page) | {"do": "import"}).status_code == 302
    schools.refresh_from_db()
    assert (schools.title, schools.percent, schools.lead.name) == ("新增托位2000个", 50, "市卫健委")


def test_a_person_says_that_a_reworded_row_is_a_new_task(office, schools):
    address, page = second(office, HEAD + SCHOOLS.replace("智慧校园20所", "智慧校园和智慧教室30间") + ROAD)
    assert changes(page) == {("r1.1", "改写")}
    office.post(address, shown_form(page) | {"origin-1.1": "new", "do": "import"})
    page = office.get(address)
    assert changes(page) == {("r1.1", "新增"), ("gone-1.1", "撤销")}
    # It can be taken back, and what was not looked at is not imported.
    office.post(address, shown_form(page) | {"origin-1.1": "", "do": "import"})
    assert changes(office.get(address)) == {("r1.1", "改写")}
    assert Measure.objects.count() == 2


def test_a_weak_likeness_is_to_be_confirmed(office, schools):
    text = SCHOOLS.replace(
        "建设智慧校园20所", "建好智慧校园、智慧教室和数字图书馆各一批，开展教师信息素养培训"
    )
    _address, page = second(office, HEAD + text + ROAD)
    assert row(page, "1.1").change_name == "改写"
    assert any("与原事项“1.1 建设智慧校园20所”的文字相差较大" in words for words in row(page, "1.1").remarks)


def test_two_rows_are_not_one_measure(office, schools):
    text = HEAD + NURSERIES + ROAD + "3.开通夜间公交。（市交通局牵头，2030年6月底前完成）\n"
    address, page = second(office, text)
    both = {"origin-1.1": str(schools.pk), "origin-1.3": str(schools.pk)}
    refused = office.post(address, shown_form(page) | both | {"do": "save"})
    assert refused.status_code == 422
    assert "1.1 也选为同一原事项" in row(refused, "1.3").error
