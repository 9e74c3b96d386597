"""Nobody learns in the admin of rows that tracker.access does not show him, through whatever door he knocks."""

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from tests.admin.addresses import LIST, page_of
from tests.makers import NOW, TODAY, make_measure
from tracker import actions
from tracker.models import ApiToken, CalendarDay, Measure, Regime, Reminder, StageTemplate
from tracker.rules.lifecycle import TRANSITIONS, Verb

ROLES = {
    "office": {"打通断头路", "建公园", "秘密工程", "待议事项"},
    "admin": {"打通断头路", "建公园", "秘密工程", "待议事项"},
    "liaison": {"打通断头路", "建公园"},
    "head": {"打通断头路", "建公园"},
    "leader": {"打通断头路", "建公园"},
    "nobody": set(),
}
OUTSIDERS = ("liaison", "head", "leader", "nobody")


@pytest.mark.parametrize("role", ROLES)
def test_the_list_shows_what_the_person_sees(town, signed_in, role):
    page = signed_in(getattr(town, role)).get(LIST).content.decode()
    assert {title for title in ROLES["office"] if title in page} == ROLES[role]


@pytest.mark.parametrize("role", OUTSIDERS)
@pytest.mark.parametrize("measure", ["foreign", "draft"])
def test_no_address_of_a_foreign_measure_shows_it(town, signed_in, role, measure):
    measure = getattr(town, measure)
    client = signed_in(getattr(town, role))
    addresses = [
        page_of(measure),
        page_of(measure) + "?_popup=1",
        page_of(measure) + "?_to_field=number",
        reverse("admin:tracker_measure_history", args=[measure.pk]),
        reverse("admin:tracker_measure_delete", args=[measure.pk]),
        reverse("admin:tracker_section_change", args=[measure.section_id]),
        reverse("admin:tracker_plan_change", args=[measure.plan_id]),
        reverse("admin:tracker_plandocument_change", args=[measure.document_id]),
        f"/admin/r/{ContentType.objects.get_for_model(Measure).pk}/{measure.pk}/",
        *(page_of(measure, verb.value) for verb in TRANSITIONS),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (302, 403, 404), address
        assert measure.title not in answer.content.decode()
    for verb in TRANSITIONS:
        answer = client.post(
            page_of(measure, verb.value), {"expected_version": measure.version, "reason": "x"}
        )
        assert answer.status_code in (302, 403, 404)
    refusals = client.get("/admin/").content.decode()
    assert measure.title not in refusals and "不存在" in refusals
    measure.refresh_from_db()
    assert measure.version == Measure.objects.get(pk=measure.pk).events.count()


@pytest.mark.parametrize("role", ["liaison", "head", "leader"])
def test_filters_offer_only_what_occurs_in_the_own_rows(town, signed_in, role):
    page = signed_in(getattr(town, role)).get(LIST).content.decode()
    assert "乙局" in page, "leads a measure that the person's department assists"
    assert "丙局" not in page
    options = signed_in(getattr(town, role)).get(LIST).context["cl"].filter_specs
    choices = {spec.parameter_name: [value for value, _ in spec.lookup_choices] for spec in options}
    assert choices["lead"] == [str(town.other.pk), str(town.own.pk)]
    assert choices["section"] == [str(town.led.section_id)]
    assert choices["plan"] == [str(town.led.plan_id)]
    assert "draft" not in choices["status"]


@pytest.mark.parametrize("question", ["lead", "section", "plan"])
def test_a_filter_value_of_others_finds_nothing(town, signed_in, question):
    value = getattr(town.foreign, f"{question}_id")
    page = signed_in(town.liaison).get(LIST, {question: value})
    assert page.context["cl"].result_count == 0


@pytest.mark.parametrize(
    "lookup",
    [
        "lead__mailbox__startswith",
        "lead__id__exact",
        "text__contains",
        "co_departments__id__exact",
        "events__note__contains",
        "plan__documents__text__contains",
        "imported_assignment__lead",
        "status__exact",
        "no_such_field",
    ],
)
@pytest.mark.parametrize("role", ["office", "liaison"])
def test_lookups_that_no_filter_offers_are_refused(town, signed_in, role, lookup):
    assert signed_in(getattr(town, role)).get(LIST, {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("word", ["秘密", "丙局", "丙字局", "不得外传", "待议"])
def test_searching_finds_only_own_rows(town, signed_in, word):
    office, liaison = signed_in(town.office), signed_in(town.liaison)
    assert office.get(LIST, {"q": word}).context["cl"].result_count == 1
    assert liaison.get(LIST, {"q": word}).context["cl"].result_count == 0


@pytest.mark.parametrize("role", OUTSIDERS)
def test_choices_on_demand_and_the_search_box_are_closed(town, signed_in, role):
    client = signed_in(getattr(town, role))
    for model, field in (("user", "department"), ("department", "parent")):
        question = {"app_label": "tracker", "model_name": model, "field_name": field, "term": "局"}
        assert client.get(reverse("admin:autocomplete"), question).status_code == 403
    for extended in ({}, {"extended": "1"}):
        found = client.get(reverse("admin:search"), {"s": "用户", **extended}).content.decode()
        assert town.office.username not in found and "tracker/user" not in found


@pytest.mark.parametrize("role", OUTSIDERS)
def test_registers_are_for_the_office(town, signed_in, role):
    client = signed_in(getattr(town, role))
    rows = {
        "department": town.other,
        "user": town.office,
        "calendarday": CalendarDay.objects.create(day=TODAY, is_workday=False, name="调休"),
        "apitoken": ApiToken.objects.create(user=town.liaison, name="对接")[0],
        "plandocument": town.led.document,
        "regime": Regime.objects.get(code="710"),
        "stagetemplate": StageTemplate.objects.get(),
    }
    for model, row in rows.items():
        names = ["changelist", "add"], ["change", "delete", "history"]
        for name in names[0]:
            address = reverse(f"admin:tracker_{model}_{name}")
            assert client.get(address).status_code == 403, address
            assert client.post(address, {"name": "x"}).status_code == 403, address
        for name in names[1]:
            address = reverse(f"admin:tracker_{model}_{name}", args=[row.pk])
            for answer in (client.get(address), client.post(address, {"name": "x", "post": "yes"})):
                assert answer.status_code in (302, 403), address
                assert answer.headers.get("Location", "/admin/") == "/admin/"
        assert type(row).objects.filter(pk=row.pk).exists()
    assert client.get(reverse("admin:auth_user_password_change", args=[town.office.pk])).status_code == 403


@pytest.mark.parametrize("role", ["office", "admin"])
def test_nobody_writes_past_the_actions(town, signed_in, role):
    """Even 督查室 cannot change by the stock form or delete what has a history; a measure is added by its own action alone."""
    client = signed_in(getattr(town, role))
    before = Measure.objects.values().get(pk=town.led.pk)
    assert client.post(page_of(town.led), {"title": "改", "status": "closed"}).status_code == 405
    for model, row in (("measure", town.led), ("plan", town.led.plan), ("section", town.led.section)):
        assert model == "measure" or client.get(reverse(f"admin:tracker_{model}_add")).status_code == 403
        assert (
            client.post(reverse(f"admin:tracker_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code
            == 403
        )
        bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(reverse(f"admin:tracker_{model}_changelist"), bulk)
    client.post(
        reverse("admin:tracker_plan_change", args=[town.led.plan_id]),
        {"title": "改", "starts_on": "2020-01-01"},
    )
    town.led.plan.refresh_from_db()
    assert town.led.plan.title != "改"
    assert Measure.objects.values().get(pk=town.led.pk) == before


def test_events_have_no_page_at_all():
    registered = {
        model._meta.model_name for model in admin.site._registry if model._meta.app_label == "tracker"
    }
    assert registered == {
        "measure",
        "plan",
        "section",
        "plandocument",
        "department",
        "user",
        "calendarday",
        "apitoken",
        "reminder",
        "regime",
        "stagetemplate",
        "reminderrule",
        "reminderpolicy",
        "endpoint",
        "inboxnotice",
        "addressstate",
        "mailtemplate",
    }
    assert {model._meta.label for model in admin.site._registry} == {
        model._meta.label for model in admin.site._registry if model._meta.app_label == "tracker"
    }


def test_reminders_of_others_are_not_seen(town, signed_in):
    own, foreign = (
        Reminder.objects.create(
            measure=measure,
            kind="overdue",
            occurrence=0,
            step_on=TODAY,
            due_on=TODAY,
            recipient=measure.lead.mailbox,
            department=measure.lead,
            planned_on=TODAY,
            not_before=NOW,
            state="failed",
            error="邮箱不存在",
        )
        for measure in (town.led, town.foreign)
    )
    address = reverse("admin:tracker_reminder_changelist")
    assert signed_in(town.office).get(address).context["cl"].result_count == 2
    client = signed_in(town.liaison)
    assert list(client.get(address).context["cl"].result_list) == [own]
    assert (
        "邮箱不存在" in client.get(reverse("admin:tracker_reminder_change", args=[own.pk])).content.decode()
    )
    assert client.get(reverse("admin:tracker_reminder_change", args=[foreign.pk])).status_code == 302
    assert (
        client.post(reverse("admin:tracker_reminder_change", args=[own.pk]), {"state": "sent"}).status_code
        == 403
    )


def test_the_source_is_cut_to_the_own_sentences(signed_in, town):
    text = "一是打通断头路。二是另一件秘密的事。"
    document = town.led.document
    document.text = text
    document.save()
    actions.reword(measure_id=town.led.pk, actor=None, now=NOW, note="新版", span_start=0, span_end=8)
    office = signed_in(town.office).get(page_of(town.led)).content.decode()
    assert "<mark>一是打通断头路。</mark>二是另一件秘密的事。" in office
    assert reverse("admin:tracker_plandocument_change", args=[document.pk]) in office
    for role in ("liaison", "leader"):
        page = signed_in(getattr(town, role)).get(page_of(town.led)).content.decode()
        assert "<mark>一是打通断头路。</mark>" in page
        assert "另一件秘密的事" not in page and "plandocument" not in page


def test_the_text_is_escaped(signed_in, town):
    evil = '<script>alert(1)</script>"&'
    measure = make_measure(lead=town.own, draft={"title": evil, "text": evil, "section": town.led.section})
    measure.document.text = evil
    measure.document.save()
    actions.reword(measure_id=measure.pk, actor=None, now=NOW, note=evil, span_start=0, span_end=len(evil))
    document = reverse("admin:tracker_plandocument_change", args=[measure.document_id])
    for address in (LIST, page_of(measure), document, "/admin/", page_of(measure, "edit")):
        page = signed_in(town.office).get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page or address == "/admin/"


def test_every_step_of_the_table_has_a_form_but_following_the_text():
    from tracker.admin.measure_forms import STEPS

    assert set(STEPS) == set(TRANSITIONS) - {Verb.REWORD, Verb.OPEN_PERIOD}
