"""立项 by hand, by API and by form: the same checks, an event, and no import ever drops it."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.actions.support import assert_trail
from tests.api.callers import ROOT, client_of, make_town
from tests.makers import make_department, make_user
from tracker.models import Measure, Plan, User

pytestmark = pytest.mark.django_db
ADD = reverse("admin:tracker_measure_add")


@pytest.fixture
def town():
    return make_town()


def given(town, **more):
    return {
        "section": town.led.section_id,
        "title": "办理重点提案",
        "text": "办理重点提案。年底前答复。",
        **more,
    }


def by_form(user: User, data):
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser.post(ADD, {"importance": "ordinary", **data})


def test_by_api_with_all_that_is_decided(town):
    office = client_of(town.users["office"])
    body = given(town, lead=town.own.code, co=[town.other.code], due_on="2099-12-31", importance="major")
    answer = office.post(f"{ROOT}measures/", body, format="json")
    assert answer.status_code == 201, answer.content.decode()
    made, measure = answer.json(), Measure.objects.get(pk=answer.json()["id"])
    assert (made["status"], made["number"], made["due_on"]) == (
        "draft",
        f"{town.led.section.number}.增1",
        "2099-12-31",
    )
    assert (made["lead"]["code"], [unit["code"] for unit in made["co"]]) == (town.own.code, [town.other.code])
    assert answer["ETag"] == f'"{measure.version}"'
    assert measure.position > town.assisted.position
    assert [event.verb for event in measure.events.order_by("version")] == ["register", "edit"]
    assert_trail(measure)
    again = office.post(f"{ROOT}measures/", given(town), format="json").json()
    assert again["number"].endswith(".增2")
    done = office.post(f"{ROOT}measures/{measure.pk}/assign/", {}, format="json")
    assert done.json()["status"] == "assigned"


@pytest.mark.parametrize("role", ["liaison", "head", "leader", "none"])
def test_for_the_office_alone(town, role):
    count = Measure.objects.count()
    answer = client_of(town.users[role]).post(f"{ROOT}measures/", given(town), format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert by_form(town.users[role], given(town)).status_code in (302, 403)
    reader = client_of(town.users["office"], scope="read")
    assert reader.post(f"{ROOT}measures/", given(town), format="json").status_code == 403
    assert client_of(None).post(f"{ROOT}measures/", given(town), format="json").status_code == 401
    assert Measure.objects.count() == count


def test_by_form(town):
    data = given(town, lead=town.own.pk, co=[town.other.pk], due_on="2099-12-31", note="市长批示")
    answer = by_form(town.users["office"], data)
    measure = Measure.objects.get(title="办理重点提案")
    assert answer.url == reverse("admin:tracker_measure_change", args=[measure.pk])
    assert (measure.lead, measure.by_hand, list(measure.co_departments.all())) == (
        town.own,
        True,
        [town.other],
    )
    assert measure.events.order_by("version").first().note == "市长批示"
    browser = Client()
    browser.force_login(town.users["office"], backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(answer.url).content.decode()
    assert "督查室登记的事项，不出自方案原文" in page and "年底前答复" in page


def test_both_doors_refuse_the_same(town):
    office, gone = town.users["office"], make_department(active=False)
    wrong = [
        ({"title": " "}, {"title": " "}, "title"),
        ({"title": "长" * 301}, {"title": "长" * 301}, "title"),
        ({"text": ""}, {"text": ""}, "text"),
        ({"section": 999_999}, {"section": 999_999}, "section"),
        ({"lead": gone.code}, {"lead": gone.pk}, "lead"),
        ({"due_on": "2099-01-01", "standing": True}, {"due_on": "2099-01-01", "standing": "on"}, "due_on"),
        (
            {"lead": town.own.code, "co": [town.own.code]},
            {"lead": town.own.pk, "co": [town.own.pk]},
            "co",
        ),
    ]
    count = Measure.objects.count()
    for api, form, field in wrong:
        answer = client_of(office).post(f"{ROOT}measures/", given(town, **api), format="json")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
        assert field in by_form(office, given(town, **form)).context["form"].errors
    assert Measure.objects.count() == count


def test_it_survives_the_next_import(tmp_path):
    text = "一、重点任务\n（一）畅通交通。一是修建道路。市交通局牵头，年底前完成道路建设。二是架设桥梁。年底前完成桥梁建设。\n"
    file = tmp_path / "方案.txt"
    file.write_text(text, encoding="utf-8")
    call_command("import_plan", str(file), verbosity=0)
    plan = Plan.objects.get()
    section = plan.sections.first()
    office = client_of(make_user("office"))
    body = {"section": section.pk, "title": "新增", "text": "新增。"}
    made = office.post(f"{ROOT}measures/", body, format="json").json()
    file.write_text(text.replace("桥梁建设", "大桥建设"), encoding="utf-8")
    call_command("import_plan", str(file), verbosity=0)
    assert plan.documents.count() == 2
    measure = Measure.objects.get(pk=made["id"])
    assert (measure.status, measure.in_text, measure.version) == ("draft", True, 1)
    assert plan.measures.filter(by_hand=False).exclude(status="cancelled").count() == 2
