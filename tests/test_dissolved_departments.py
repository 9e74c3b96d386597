"""A department that is no longer in use takes on nothing and sees nothing, by whatever door."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.callers import ROOT, client_of, make_token
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import access, actions
from tracker.models import Measure, service_account_of
from tracker.rules.violations import InvalidInput, NotAllowed

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=30)


def dissolve(department):
    department.active = False
    department.save(update_fields=["active"])


@pytest.fixture
def led():
    return make_measure(lead=make_department(), acknowledged=False)


def test_its_tokens_end_at_once(led):
    tokens = [make_token(liaison_of(led.lead)), make_token(service_account_of(led.lead))]
    dissolve(led.lead)
    for token in tokens:
        client = client_of(None)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        for method, path in (
            ("get", "measures/"),
            ("get", "me/"),
            ("post", f"measures/{led.pk}/acknowledge/"),
        ):
            answer = getattr(client, method)(f"{ROOT}{path}", {}, format="json")
            assert (answer.status_code, answer.json()["code"]) == (401, "department_inactive")
    led.refresh_from_db()
    assert led.status == "assigned"


@pytest.mark.parametrize("role", ["liaison", "head"])
def test_its_people_see_and_do_nothing(led, role):
    person = make_user(role, department=led.lead)
    actions.set_roles(
        measure_id=led.pk, actor=None, now=NOW, roles=[actions.Role(name="联络", person="", user=person)]
    )
    assert access.visible_to(person).exists()
    dissolve(led.lead)
    person = type(person).objects.get(pk=person.pk)
    for rows in (
        access.visible_to(person),
        access.departments_visible_to(person),
        access.regimes_visible_to(person),
        access.inbox_of(person),
        access.events_visible_to(person),
    ):
        assert not rows.exists()
    assert access.verbs_for(person, led, today=TODAY) == ()
    with pytest.raises(NotAllowed):
        actions.acknowledge(measure_id=led.pk, actor=person, now=NOW)
    browser = Client()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(f"{ROOT}measures/").json()["results"] == []
    page = browser.get(reverse("admin:tracker_measure_change", args=[led.pk]))
    assert page.status_code in (302, 403, 404)


def test_its_leader_still_sees_what_it_leaves(led):
    leader = make_user("leader")
    led.lead.leader_in_charge = leader
    led.lead.save()
    dissolve(led.lead)
    assert access.visible_to(leader).filter(pk=led.pk).exists()


def test_its_claim_cannot_be_accepted():
    draft, bidder = make_draft(), make_user("liaison")
    actions.publish(measure_id=draft.pk, actor=None, now=NOW)
    made = actions.claim(measure_id=draft.pk, actor=bidder, now=NOW, reason="有经验")
    dissolve(bidder.department)
    office = client_of(make_user("office"))
    answer = office.post(f"{ROOT}claims/{made.pk}/accept/", {"due_on": DUE.isoformat()}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "lead")
    assert "已停用" in answer.json()["detail"]
    made.refresh_from_db()
    draft.refresh_from_db()
    assert (made.state, draft.status, draft.lead) == ("pending", "published", None)
    with pytest.raises(NotAllowed):
        bidder.refresh_from_db()
        actions.withdraw_claim(claim_id=made.pk, actor=bidder, now=NOW)


def test_no_step_makes_it_lead_or_assist(led):
    gone = make_department(active=False)
    draft = make_draft()
    with pytest.raises(InvalidInput, match="已停用"):
        actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=gone, due_on=DUE)
    with pytest.raises(InvalidInput, match="已停用"):
        actions.edit(measure_id=draft.pk, actor=None, now=NOW, lead=gone)
    with pytest.raises(InvalidInput, match="已停用"):
        actions.edit(measure_id=led.pk, actor=None, now=NOW, co=[gone])
    with pytest.raises(InvalidInput, match="已停用"):
        actions.transfer(measure_id=led.pk, actor=None, now=NOW, lead=gone, reason="调整")
    assert Measure.objects.filter(lead=gone).count() == 0


def test_a_draft_whose_lead_was_dissolved_meanwhile_is_not_assigned_to_it():
    lead, draft = make_department(), make_draft()
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, lead=lead, due_on=DUE)
    dissolve(lead)
    with pytest.raises(InvalidInput, match="已停用"):
        actions.assign(measure_id=draft.pk, actor=None, now=NOW)


def test_what_it_leads_can_still_be_corrected_and_transferred(led):
    dissolve(led.lead)
    actions.edit(measure_id=led.pk, actor=None, now=NOW, lead=led.lead, remark="待转办")
    heir = make_department()
    actions.transfer(measure_id=led.pk, actor=None, now=NOW, lead=heir, reason="机构改革")
    led.refresh_from_db()
    assert (led.lead, led.remark) == (heir, "待转办")
