"""Full names with the city's own name, and all ways to list the kinds of its counties, are the departments that are known."""

import pytest

from tests.importing.support import propose, run_import
from tests.makers import make_department
from tracker.importing.departments import DepartmentNames
from tracker.importing.own_city import own_city

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
