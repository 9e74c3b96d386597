"""Steps with a selection: a page says what will happen, and only what it said happens."""

from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.admin.addresses import LIST
from tests.makers import NOW, make_draft
from tracker import actions
from tracker.models import Measure, Regime


@pytest.fixture
def drafts(town):
    """Two drafts that are ready, one without a deadline, one without a lead."""
    rows = [make_draft(section=town.led.section, title=f"草案{n}") for n in range(4)]
    actions.edit(measure_id=rows[0].pk, actor=None, now=NOW, lead=town.own, due_on=date(2099, 12, 31))
    actions.edit(measure_id=rows[1].pk, actor=None, now=NOW, lead=town.other, standing=True)
    actions.edit(measure_id=rows[2].pk, actor=None, now=NOW, lead=town.own)
    for row in rows:
        row.refresh_from_db()
    return rows


def select(client, rows, **fields):
    return client.post(
        LIST, {"action": "assign_selected", "_selected_action": [row.pk for row in rows], **fields}
    )


def ready(answer):
    return [row["measure"] for row in answer.context["ready"]]


def confirm(client, rows, **fields):
    versions = {f"version-{row.pk}": row.version for row in rows}
    return select(client, rows, confirmed="yes", **{**versions, **fields})


def statuses(rows):
    return [Measure.objects.get(pk=row.pk).status for row in rows]


def test_the_page_says_what_will_happen_and_nothing_has(town, drafts, signed_in):
    answer = select(signed_in(town.office), [*drafts, town.led])
    assert ready(answer) == drafts
    lacks = {row["measure"].title: row["lacks"] for row in answer.context["ready"]}
    assert lacks == {"草案0": "", "草案1": "", "草案2": "完成时限", "草案3": "牵头单位、完成时限"}
    reasons = {row["measure"].title: row["obstacle"] for row in answer.context["left_out"]}
    assert reasons == {"打通断头路": "当前为“办理中”，不需要交办。"}
    assert statuses(drafts) == ["draft"] * 4


def test_confirmed_ones_are_assigned_each_with_its_event(town, drafts, signed_in):
    client = signed_in(town.office)
    assert confirm(client, drafts[:2]).status_code == 302
    assert statuses(drafts) == ["assigned", "assigned", "draft", "draft"]
    event = Measure.objects.get(pk=drafts[0].pk).events.last()
    assert (event.verb, event.actor) == ("assign", town.office)
    assert "已交办 2 项。" in client.get(LIST).content.decode()


def test_one_that_changed_meanwhile_is_left_and_told(town, drafts, signed_in):
    client = signed_in(town.office)
    actions.edit(measure_id=drafts[0].pk, actor=None, now=NOW, lead=town.stranger)
    confirm(client, drafts[:2])
    assert statuses(drafts)[:2] == ["draft", "assigned"]
    page = client.get(LIST).content.decode()
    assert "草案0：事项已被他人更新" in page and "已交办 1 项。" in page


def test_what_was_not_on_the_page_is_not_assigned(town, drafts, signed_in):
    client = signed_in(town.office)
    select(client, drafts[:2], confirmed="yes")
    assert statuses(drafts) == ["draft"] * 4
    before = town.led.version
    confirm(client, [town.led, drafts[3]])
    assert Measure.objects.get(pk=town.led.pk).version == before
    assert statuses(drafts) == ["draft"] * 4


@pytest.mark.parametrize("role", ["liaison", "head", "leader"])
def test_for_the_office_alone(town, drafts, signed_in, role):
    client = signed_in(getattr(town, role))
    assert "assign_selected" not in client.get(LIST).content.decode()
    confirm(client, [town.led, *drafts])
    assert statuses(drafts) == ["draft"] * 4
    assert Measure.objects.get(pk=town.led.pk).version == town.led.version


def test_one_new_date_for_many_with_its_reason(town, drafts, signed_in):
    client = signed_in(town.office)
    rows = [town.led, town.assisted, drafts[0]]
    page = select(client, rows, action="extend_selected")
    assert ready(page) == [town.led, town.assisted]
    assert [row["obstacle"] for row in page.context["left_out"]] == ["当前为“拟办”，不能调整时限。"]
    again = confirm(client, rows, action="extend_selected", due_on="2099-01-01", reason=" ")
    assert again.context["form"].errors and Measure.objects.get(pk=town.led.pk).due_on.year == 2026
    answer = confirm(client, rows, action="extend_selected", due_on="2099-01-01", reason="统一顺延")
    assert answer.status_code == 302
    assert [Measure.objects.get(pk=row.pk).due_on for row in rows] == [
        date(2099, 1, 1),
        date(2099, 1, 1),
        date(2099, 12, 31),
    ]
    assert Measure.objects.get(pk=town.led.pk).events.last().note == "统一顺延"
    assert "已调整时限 2 项。" in client.get(LIST).content.decode()


def test_urging_many_at_once(town, drafts, signed_in):
    client = signed_in(town.office)
    rows = [town.led, town.assisted, drafts[0]]
    page = select(client, rows, action="urge_selected")
    assert ready(page) == [town.led, town.assisted]
    assert confirm(client, rows, action="urge_selected", note="请于本周内反馈").status_code == 302
    assert [Measure.objects.get(pk=row.pk).urged_on is not None for row in rows] == [True, True, False]
    town.led.refresh_from_db()
    again = select(client, [town.led], action="urge_selected")
    assert [row["obstacle"] for row in again.context["left_out"]] == ["今天已经催办过了。"]


@pytest.mark.parametrize(
    ("model", "actions"),
    [
        ("measure", ("assign_selected", "extend_selected", "urge_selected")),
        ("inboxnotice", ("mark_read",)),
        ("reminder", ("send_again", "call_off")),
        ("addressstate", ("release",)),
    ],
)
def test_a_chosen_row_that_is_none_is_passed_over(town, signed_in, model, actions):
    """Keys come out of the page's boxes, but anybody may send others."""
    assert registry_actions()[model] == actions
    address = reverse(f"admin:tracker_{model}_changelist")
    client = signed_in(town.office)
    for action in actions:
        for keys in (["abc"], [""], ["9" * 23], ["9" * 18], ["²", "-1", "0x1"]):
            answer = client.post(address, {"action": action, "_selected_action": keys})
            assert answer.status_code in (200, 302)
            if answer.status_code == 200:
                assert answer.context["ready"] == answer.context["left_out"] == []


def registry_actions():
    """The actions of every list in the admin that has any."""
    return {
        model._meta.model_name: tuple(page.actions)
        for model, page in admin.site._registry.items()
        if page.actions
    }


def test_every_list_with_actions_is_in_the_test_above():
    assert set(registry_actions()) == {"measure", "inboxnotice", "reminder", "addressstate"}


def test_a_chosen_row_beside_one_that_is_none_is_taken(town, drafts, signed_in):
    data = {"action": "assign_selected", "_selected_action": ["abc", drafts[0].pk, ""]}
    assert signed_in(town.office).post(LIST, data).context["ready"][0]["measure"] == drafts[0]


def test_a_version_of_five_thousand_digits_is_none(town, drafts, signed_in):
    client = signed_in(town.office)
    assert select(client, drafts[:1], confirmed="yes", **{f"version-{drafts[0].pk}": "9" * 5000}).status_code
    assert statuses(drafts)[0] == "draft"


def test_what_many_lack_is_given_to_those_that_lack_it(town, drafts, signed_in):
    client = signed_in(town.office)
    given = {"lead": town.stranger.pk, "co": [town.own.pk, town.stranger.pk], "due_on": "2099-06-30"}
    assert confirm(client, drafts, **given, note="统一交办").status_code == 302
    rows = [Measure.objects.get(pk=row.pk) for row in drafts]
    assert [row.status for row in rows] == ["assigned"] * 4
    # 草案0 and 草案2 are led by 甲局, which the form would make assist as well: the lead stays, without itself.
    assert [row.lead for row in rows] == [town.own, town.other, town.own, town.stranger]
    assert [row.due_on for row in rows] == [date(2099, 12, 31), None, date(2099, 6, 30), date(2099, 6, 30)]
    assert [set(row.co_departments.all()) for row in rows] == [
        {town.stranger},
        {town.own, town.stranger},
        {town.stranger},
        {town.own},
    ]
    assert rows[3].events.last().note == "统一交办"


def test_what_is_given_to_all_replaces_what_they_have(town, drafts, signed_in):
    given = {"lead": town.stranger.pk, "due_on": "2099-06-30", "for_all": "yes"}
    confirm(signed_in(town.office), drafts, **given)
    rows = [Measure.objects.get(pk=row.pk) for row in drafts]
    assert {(row.status, row.lead, row.due_on, row.standing) for row in rows} == {
        ("assigned", town.stranger, date(2099, 6, 30), False)
    }


def test_a_regime_gives_the_deadline_that_is_lacking(town, drafts, signed_in):
    regime = Regime.objects.get(code="13710")
    confirm(signed_in(town.office), drafts[2:3], regime=regime.pk)
    measure = Measure.objects.get(pk=drafts[2].pk)
    assert (measure.status, measure.regime_edition.regime) == ("assigned", regime)
    assert measure.due_on is not None


def test_what_still_lacks_something_is_refused_by_name_and_the_others_go(town, drafts, signed_in):
    client = signed_in(town.office)
    confirm(client, drafts)
    assert statuses(drafts) == ["assigned", "assigned", "draft", "draft"]
    page = client.get(LIST).content.decode()
    assert "草案2：必须给出完成时限" in page and "草案3：必须指定牵头单位" in page and "已交办 2 项" in page


def test_a_day_and_for_ever_exclude_each_other(town, drafts, signed_in):
    answer = confirm(signed_in(town.office), drafts, due_on="2099-06-30", standing="on")
    assert "due_on" in answer.context["form"].errors
    assert statuses(drafts) == ["draft"] * 4
