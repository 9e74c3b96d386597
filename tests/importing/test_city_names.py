"""Full names with the city's own name, and all ways to list the kinds of its counties, are the departments that are known."""

import pytest

from tests.importing.ledgers import edited, exported, refused
from tests.importing.support import SHEET, propose, run_import
from tests.makers import make_department
from tracker.importing import ImportRefused
from tracker.importing.departments import DepartmentNames
from tracker.importing.ledger import propose_ledger
from tracker.importing.own_city import cities_of, own_city
from tracker.models import Measure

TASKS = """一、产业
（一）抓链条。做强产业链。（牵头单位：清源市发展和改革委员会；配合单位：中共清源市委组织部、各县（区）人民政府）
（二）抓项目。滚动推进项目。（牵头单位：临河市财政局；配合单位：各县（区））
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["各县（区）", "各县（区）人民政府", "各县（市、区）政府", "各区县", "各县、区", "各市、县、区人民政府"],
)
def test_all_counties_are_one_class_however_they_are_listed(departments, name):
    found = DepartmentNames().find(name)
    assert found is not None and found.name == "各县(市、区)人民政府"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["各区", "各县", "各市", "各有关县区", "清河县（区）", "各县区教育局"])
def test_what_is_not_all_counties_stays_unknown(departments, name):
    assert DepartmentNames().find(name) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "head",
    [
        "清源市2026年重点任务分解",
        "关于印发清源市“十五五”重点任务分解的通知",
        "2026年重点任务分解\n清源市人民政府办公室关于印发重点任务的通知",
    ],
)
def test_the_city_of_the_document_stands_for_its_own(departments, head):
    proposal = propose(f"{head}\n{TASKS}")
    assert [unit.name for unit in proposal.unknown] == ["临河市财政局"]
    first = run_import(f"{head}\n{TASKS}").plan.measures.get(title="抓链条")
    assert first.lead.name == "市发展和改革委员会"
    assert {d.name for d in first.co_departments.all()} == {"市委组织部", "各县(市、区)人民政府"}


@pytest.mark.django_db
def test_without_a_city_of_its_own_a_document_resolves_no_city(departments):
    assert DepartmentNames().find("清源市财政局") is None
    assert DepartmentNames("临河市").find("清源市财政局") is None
    assert DepartmentNames("清源市").find("清源市财政局").name == "市财政局"
    make_department("清源市财政局")
    assert DepartmentNames("清源市").find("清源市财政局").name == "清源市财政局"


@pytest.mark.parametrize(
    ("title", "text", "city"),
    [
        ("清源市2026年重点任务", "", "清源市"),
        ("2026年清源市重点任务", "", "清源市"),
        ("全市2026年重点任务", "", ""),
        ("2026年城市更新重点任务", "", ""),
        (None, "正文\n清源市人民政府\n2026年1月5日\n", "清源市"),
        ("清源市2026年任务", "临河市人民政府文件\n", ""),
        (None, "学习临河市人民政府经验。\n", ""),
    ],
)
def test_the_city_that_a_document_names_as_its_own(title, text, city):
    assert own_city(title, text) == city


@pytest.mark.django_db
def test_what_is_registered_behind_the_citys_name_is_found_without_it():
    bureau, district = make_department("清源市财政局"), make_department("清源市清河区人民政府")
    party = make_department("中共清源市委组织部")
    names = DepartmentNames("清源市")
    for printed, department in (
        ("市财政局", bureau),
        ("财政局", bureau),
        ("清河区政府", district),
        ("市委组织部", party),
    ):
        assert names.find(printed) == department
    assert DepartmentNames().find("市财政局") is None
    assert names.of_city("临河市").find("市财政局") is None
    # The city's own bureau by its short name stays the one that is meant by it.
    own = make_department("市财政局")
    assert [DepartmentNames("清源市").find(name) for name in ("财政局", "清源市财政局")] == [own, bureau]


OWN = f"清源市2026年重点任务分解\n{TASKS}"
NOBODYS = f"重点任务分解\n{TASKS}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "title", "city"),
    [
        (OWN, None, "清源市"),
        # What a person calls the plan does not hide whose it is; nor need the text say it.
        (OWN, "民生任务", "清源市"),
        (NOBODYS, "清源市2026年任务", "清源市"),
        (f"{NOBODYS}清源市人民政府\n2026年1月5日\n", None, "清源市"),
        (NOBODYS, None, None),
        (OWN, "临河市2026年任务", None),
    ],
)
def test_the_city_of_a_stored_plan(departments, text, title, city, django_assert_num_queries):
    plan = run_import(text, title=title).plan
    with django_assert_num_queries(1):
        assert cities_of([plan.pk]) == ({plan.pk: city} if city else {})


@pytest.mark.django_db
def test_a_later_version_that_names_no_city_is_the_same_citys(departments):
    plan = run_import(OWN).plan
    proposal = propose(NOBODYS.replace("做强", "做大"), plan=plan)
    assert proposal.city == "清源市"
    assert [unit.name for unit in proposal.unknown] == ["临河市财政局"]


@pytest.mark.django_db
def test_an_assignment_sheet_may_name_the_citys_bureaus_in_full(departments, report, edited_sheet):
    (first, *_rest) = propose(report, sheet=SHEET).measures
    lead, printed = first.assignment.values["lead"], f"清源{first.assignment.values['lead']}"
    assert lead.name.startswith("市")
    sheet = edited_sheet({"C2": printed})
    (again, *_rest) = propose(report, sheet=sheet, title="清源市2026年考察成果转化任务").measures
    assert again.assignment.values["lead"] == lead
    with pytest.raises(ImportRefused, match=f"C2.*“{printed}”不在单位名录中"):
        propose(report, sheet=sheet)


@pytest.mark.django_db
def test_a_ledger_may_name_the_citys_bureaus_in_full(departments):
    run_import(OWN)
    data = exported()
    full = {("牵头单位", 2): "清源市财政局", ("配合单位", 2): "中共清源市委组织部、清源市教育局"}
    (change,) = propose_ledger(edited(data, full), actor=None).changes
    assert change.values["lead"].name == "市财政局"
    assert [department.name for department in change.values["co"]] == ["市委组织部", "市教育局"]
    assert change.words["牵头单位"] == ("市发展和改革委员会", "市财政局")
    # What the measure says already is no change, however it is printed.
    same = {("牵头单位", 2): "清源市发展和改革委员会"}
    assert propose_ledger(edited(data, same), actor=None).changes == ()
    (reason,) = refused(edited(data, {("牵头单位", 2): "临河市财政局"}))
    assert "G2" in reason and "单位“临河市财政局”不在单位名录中" in reason


@pytest.mark.django_db
def test_each_row_of_a_ledger_is_read_as_its_own_plans_city_prints(departments):
    run_import(OWN)
    run_import(OWN.replace("清源市", "临河市").replace("产业", "民生"), as_new=True)
    data = exported()
    assert Measure.objects.count() == 4
    (reason,) = refused(edited(data, {("牵头单位", 2): "清源市教育局", ("牵头单位", 4): "清源市教育局"}))
    assert "G4" in reason
