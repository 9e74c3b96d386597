"""What a person corrects on the import desk: kept, shown again, taken back, or refused with its reason."""

import pytest

from tests.admin.import_support import DESK, JSON, PLAN, everything, fields, shown_form, upload
from tests.makers import make_department
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lead-1.1": "梦想局"}, "不在单位名录中"),
        ({"co-1.1": "甲局、梦想局"}, "不在单位名录中"),
        ({"lead-1.1": "甲局、乙局"}, "牵头单位只能填写一个（现为：甲局、乙局）"),
        ({"lead-1.1": "甲局", "co-1.1": "甲局"}, "已是牵头单位"),
        ({"title-1.2": " "}, "标题不能为空"),
        ({"title-1.2": "长" * 301}, "300"),
        ({"title-1.1": "抓\u202e链条"}, "U+202E"),
        ({"co-1.1": "甲局\u200f"}, "U+200F"),
        ({"milestones-1.1": "2026-06-30 完成\u2066选址"}, "U+2066"),
        ({"milestones-1.1": "六月底完成选址"}, "不是可识别的节点"),
        ({"milestones-1.1": "1026-06-30 完成选址"}, "2000年到2100年"),
        ({"due_on-1.1": "0026-06-30"}, "2000年到2100年"),
        ({"indicators-1.1": "新增就业很多"}, "不是可识别的指标"),
        ({"indicators-1.1": f"{'长' * 101}≥5人"}, "100个字符"),
        ({"importance-1.1": "huge"}, "不在可选范围"),
        ({"cadence-1.1": "daily"}, "不在可选范围"),
        ({"recurrence-1.1": ""}, "不在可选范围"),
        ({"recurrence_target-1.1": "5"}, "选择周期性任务"),
        ({"recurrence_target-1.1": "0", "recurrence-1.1": "yearly"}, "1 到"),
        ({"recurrence_target-1.1": "五", "recurrence-1.1": "yearly"}, "1 到"),
        ({"recurrence_unit-1.1": "长" * 11, "recurrence-1.1": "yearly"}, "10个字符"),
        ({"recurrence_by-1.1": "每月5日前"}, "请同时选择周期性任务的周期"),
        ({"recurrence_by-1.1": "长" * 101, "recurrence-1.1": "yearly"}, "100 个字符"),
        ({"recurrence_by-1.1": "每月\u202e5日", "recurrence-1.1": "monthly"}, "U+202E"),
        ({"cadence_day-1.1": "5"}, "请先选择报送周期"),
        ({"cadence_day-1.1": "8", "cadence-1.1": "weekly"}, "星期几"),
        ({"cadence_day-1.1": "32", "cadence-1.1": "monthly"}, "不是报送日"),
        ({"cadence_day-1.1": "5", "cadence-1.1": "daily"}, "不在可选范围"),
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
    assert ">抓牢链条</textarea>" in page
    assert 'value="2030-01-01"' in page
    assert not Measure.objects.exists()


BESIDE = {
    "milestones-1.1": "2030-06-30 完成选址\r\n2030-03-31 立项",
    "indicators-1.1": "新增就业≥5000人\r\n能耗≤3.5吨（基数4吨）",
    "importance-1.1": "major",
    "cadence-1.1": "monthly",
    "cadence_day-1.1": "5日",
    "recurrence-1.1": "yearly",
    "recurrence_target-1.1": "10",
    "recurrence_unit-1.1": "项",
    "recurrence_by-1.1": "每年6月底前、12月底前",
}


def test_milestones_targets_and_cadences_are_decided_on_the_desk(office, draft):
    make_department("甲局")
    posted = fields(draft, **BESIDE, **{"lead-1.1": "甲局", "due_on-1.1": "2030-12-31", "assign-1.1": "on"})
    assert office.post(f"{DESK}{draft.pk}/", {**posted, "do": "save"}).status_code == 302
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert ">2030-03-31 立项\n2030-06-30 完成选址</textarea>" in page
    assert not Measure.objects.exists()
    draft.refresh_from_db()
    assert office.post(f"{DESK}{draft.pk}/", {**posted, "version": draft.version}).status_code == 302
    chain, project = Measure.objects.order_by("position")
    assert [str(row) for row in chain.milestones.all()] == ["2030-03-31 立项", "2030-06-30 完成选址"]
    assert [str(row) for row in chain.indicators.all()] == ["新增就业≥5000人", "能耗≤3.5吨（基数4）"]
    assert (chain.importance, chain.cadence, chain.status) == ("major", "monthly", "assigned")
    assert (chain.recurrence, chain.recurrence_target, chain.recurrence_unit) == ("yearly", 10, "项")
    assert (chain.cadence_day, chain.recurrence_by) == (5, "每年6月底前、12月底前")
    assert (project.importance, project.recurrence) == ("ordinary", "none")
    assert not project.milestones.exists()


def test_the_same_document_again_keeps_all_of_it_and_changes_nothing(office, draft):
    office.post(f"{DESK}{draft.pk}/", fields(draft, **BESIDE))
    before = {name: rows for name, rows in everything().items() if name != "ImportDraft"}
    assert upload(office).status_code == 302
    again = ImportDraft.objects.latest("pk")
    page = office.get(f"{DESK}{again.pk}/")
    assert page.context["page"].rows[0].shown["recurrence_unit"] == "项"
    shown = {
        f"{name}-{row.number}": value
        for row in page.context["page"].rows
        for name, value in row.shown.items()
        if value is not False
    }
    posted = {"version": again.version, "do": "import", **shown}
    assert office.post(f"{DESK}{again.pk}/", posted).status_code == 302
    assert {name: rows for name, rows in everything().items() if name != "ImportDraft"} == before


def test_the_plan_is_named_on_the_desk(office, draft):
    for name, words in ((" ", "不能为空"), ("长" * 201, "200"), ("方\u202e案", "U+202E")):
        refused = office.post(f"{DESK}{draft.pk}/", fields(draft, plan_title=name))
        assert refused.status_code == 422
        assert words in refused.content.decode()
    assert office.post(f"{DESK}{draft.pk}/", fields(draft, plan_title=" 2030年重点任务 ")).status_code == 302
    assert Measure.objects.first().plan.title == "2030年重点任务"


def test_taking_a_decision_back(office, draft):
    office.post(
        f"{DESK}{draft.pk}/", fields(draft, do="save", **{"title-1.1": "另名", "cadence-1.1": "weekly"})
    )
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"title": "另名", "cadence": "weekly"}}
    office.post(f"{DESK}{draft.pk}/", fields(draft, do="save"))
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"cadence": "weekly"}}
    office.post(f"{DESK}{draft.pk}/", fields(draft, do="save", **{"cadence-1.1": "none"}))
    draft.refresh_from_db()
    assert draft.decisions == {}


def test_of_several_leads_one_is_offered_and_the_rest_beside_it(office, draft):
    for name in ("甲局", "乙局", "丙局"):
        make_department(name)
    given = {"lead-1.1": "甲局、乙局、没有的局", "co-1.1": "丙局"}
    answer = office.post(f"{DESK}{draft.pk}/", fields(draft, **given), **JSON).json()
    assert "请留下牵头的一个，其余填入配合单位" in answer["errors"]["1.1"]
    offers = answer["offers"]["1.1"]
    assert [(offer["words"], offer["fill"]) for offer in offers] == [
        ("甲局牵头，其余配合", {"lead-1.1": "甲局", "co-1.1": "乙局、没有的局、丙局"}),
        ("乙局牵头，其余配合", {"lead-1.1": "乙局", "co-1.1": "甲局、没有的局、丙局"}),
    ]
    page = office.post(f"{DESK}{draft.pk}/", fields(draft, do="save", **given))
    assert page.status_code == 422
    assert page.content.decode().count("牵头，其余配合</button>") == 2
    assert not Measure.objects.exists()


CITYS = f"清源市2026年{PLAN}"


def test_a_unit_may_be_typed_as_the_citys_documents_print_it(office):
    finance, education = make_department("市财政局"), make_department("清源市教育局")
    upload(office, CITYS)
    draft = ImportDraft.objects.get()
    typed = {"do": "save", "lead-1.1": "清源市财政局", "co-1.1": "市教育局"}
    assert office.post(f"{DESK}{draft.pk}/", fields(draft, **typed)).status_code == 302
    draft.refresh_from_db()
    assert draft.decisions["1.1"] == {"lead": finance.code, "co": [education.code]}
    row = office.get(f"{DESK}{draft.pk}/").context["page"].rows[0]
    assert (row.shown["lead"], row.shown["co"]) == ("市财政局", "清源市教育局")
    # Two at once: the city's names are offered as lead as any other.
    typed = fields(draft, **{"lead-1.1": "清源市财政局、市教育局"})
    answer = office.post(f"{DESK}{draft.pk}/", typed, **JSON).json()
    assert [offer["words"] for offer in answer["offers"]["1.1"]] == [
        "清源市财政局牵头，其余配合",
        "市教育局牵头，其余配合",
    ]
    foreign = office.post(f"{DESK}{draft.pk}/", fields(draft, **{"lead-1.2": "临河市财政局"}), **JSON)
    assert foreign.status_code == 422
    assert "“临河市财政局”不在单位名录中" in foreign.json()["errors"]["1.2"]


STATED = "重点任务\n一、产业\n（一）抓链条。每月5日前通报链条情况。\n（二）抓项目。推进项目。\n"


@pytest.fixture
def stated(office):
    """The preview of a plan that names the day of a period, as the page's form shows it."""
    upload(office, STATED)
    draft = ImportDraft.objects.get()
    address = f"{DESK}{draft.pk}/"
    page = office.get(address)
    return address, shown_form(page), page


def test_the_day_that_the_text_names_stands_in_its_field_and_is_written(office, stated):
    address, form, page = stated
    assert (form["recurrence-1.1"], form["recurrence_by-1.1"]) == ("monthly", "每月5日前")
    content = page.content.decode()
    assert 'name="recurrence_by-1.1" value="每月5日前"' in content
    assert "具体日子" not in content
    assert office.post(address, {**form, "do": "import"}).status_code == 302
    chain = Measure.objects.get(title="抓链条")
    assert (chain.recurrence, chain.recurrence_by) == ("monthly", "每月5日前")
    assert ImportDraft.objects.get().decisions == {}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"recurrence-1.1": "none"}, ("none", "")),
        ({"recurrence-1.1": "quarterly"}, ("quarterly", "")),
        ({"recurrence-1.1": "quarterly", "recurrence_by-1.1": "20日前"}, ("quarterly", "20日前")),
        ({"recurrence_by-1.1": "每月8日前"}, ("monthly", "每月8日前")),
        ({"recurrence_by-1.1": ""}, ("monthly", "")),
    ],
)
def test_the_day_of_a_period_is_decided_with_it(office, stated, typed, stored):
    address, form, _page = stated
    assert office.post(address, {**form, **typed, "do": "save"}).status_code == 302
    again = shown_form(office.get(address))
    assert (again["recurrence-1.1"], again["recurrence_by-1.1"]) == stored
    assert office.post(address, {**again, "do": "import"}).status_code == 302
    chain = Measure.objects.get(title="抓链条")
    assert (chain.recurrence, chain.recurrence_by) == stored
