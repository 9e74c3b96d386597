"""Departments and their other names, as 督查室 keeps them."""

from datetime import time

import pytest
from django.urls import reverse

from tests.makers import NOW
from tracker.models import AddressState, Department

ADD = "/admin/tracker/department/add/"


def posted(department=None, aliases=(), **fields):
    """The form of a department with new aliases after those it has."""
    present = list(department.aliases.all()) if department else []
    names = [alias.name for alias in present] + list(aliases)
    form = {"aliases-TOTAL_FORMS": len(names), "aliases-INITIAL_FORMS": len(present)}
    for number, name in enumerate(names):
        form[f"aliases-{number}-name"] = name
        if number < len(present):
            form |= {
                f"aliases-{number}-id": present[number].pk,
                f"aliases-{number}-department": department.pk,
            }
    base = {
        "name": "丁局",
        "code": "ding",
        "kind": "department",
        "active": "on",
        "duties": "招商、签约，落地\n落地",
    }
    if department:
        base |= {"name": department.name}
    return {**base, **form, **fields}


def change(department):
    return reverse("admin:tracker_department_change", args=[department.pk])


def test_a_new_department_with_aliases_and_duties(town, signed_in):
    answer = signed_in(town.office).post(ADD, posted(aliases=["丁（字）局", "市丁局"]))
    assert answer.status_code == 302
    made = Department.objects.get(code="ding")
    assert made.duties == ["招商", "签约", "落地"]
    assert [alias.key for alias in made.aliases.all()] == ["丁(字)局", "市丁局"]
    page = signed_in(town.office).get(change(made)).content.decode()
    assert "招商、签约、落地" in page


@pytest.mark.parametrize(
    ("aliases", "message"),
    [
        (["甲字局"], "“甲字局”已是“甲局”的别名。"),
        (["乙 局"], "“乙 局”是另一个单位的名称。"),
        (["新名", "新 名"], "“新 名”重复填写。"),
    ],
)
def test_an_alias_that_is_taken_is_refused_at_its_row(town, signed_in, aliases, message):
    answer = signed_in(town.office).post(ADD, posted(aliases=aliases))
    assert answer.status_code == 200 and message in answer.content.decode()
    assert not Department.objects.filter(code="ding").exists()


def test_a_department_named_like_anothers_alias_is_refused(town, signed_in):
    answer = signed_in(town.office).post(ADD, posted(name="甲字局"))
    assert "该名称已是“甲局”的别名。" in answer.content.decode()


def test_an_alias_is_taken_away(town, signed_in):
    answer = signed_in(town.office).post(change(town.own), posted(town.own, **{"aliases-0-DELETE": "on"}))
    assert answer.status_code == 302 and not town.own.aliases.exists()


def test_the_code_stays_and_nobody_stands_above_himself(town, signed_in):
    client = signed_in(town.office)
    before = town.own.code
    client.post(change(town.own), posted(town.own, code="new-code", mailbox="jia@city.example"))
    town.own.refresh_from_db()
    assert (town.own.code, town.own.mailbox) == (before, "jia@city.example")
    client.post(change(town.other), posted(town.other, parent=town.own.pk))
    for above in (town.own, town.other):
        answer = client.post(change(town.own), posted(town.own, parent=above.pk))
        assert "上级单位不能是本单位或其下级单位。" in answer.content.decode()
    town.other.refresh_from_db()
    assert town.other.parent == town.own


def test_only_leaders_are_offered_as_leader_in_charge(town, signed_in):
    offered = (
        signed_in(town.office).get(change(town.own)).context["adminform"].form.fields["leader_in_charge"]
    )
    assert list(offered.queryset) == [town.leader]
    answer = signed_in(town.office).post(change(town.own), posted(town.own, leader_in_charge=town.liaison.pk))
    assert "leader_in_charge" in answer.context["adminform"].form.errors


def test_a_department_has_its_own_sending_time(town, signed_in):
    office, department = signed_in(town.office), town.led.lead
    office.post(change(department), posted(department, code=department.code, send_at="08:30"))
    department.refresh_from_db()
    assert department.send_at == time(8, 30)
    assert 'value="08:30' in office.get(change(department)).content.decode()


def test_a_mailbox_that_returns_its_mail_is_flagged_where_it_stands(town, signed_in):
    office, department = signed_in(town.office), town.led.lead
    page = office.get(change(department)).content.decode()
    assert "邮箱状态" in page and "退信" not in page
    Department.objects.filter(pk=department.pk).update(mailbox="Jia@x.example")
    AddressState.objects.create(address="jia@x.example", bounced_at=NOW, bounce="550 5.1.1 no such mailbox")
    page = office.get(change(department)).content.decode()
    assert "退信（2026-03-10）：550 5.1.1 no such mailbox" in page
