"""A department that is no longer in use: its people may do nothing and are not told, 督查室 is, and why."""

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_user
from tests.reminders.scene import Clock, State, overdue, plan, run_days, send, unit
from tracker import reminders
from tracker.models import Endpoint, InboxNotice, Reminder, ReminderRule
from tracker.reminders import inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_user("office", email="office@city.example")


@pytest.fixture
def lead(office):
    department = unit("市教育局", "a@x.example", mailbox="jyj@x.example")
    make_user("head", department=department, email="h@x.example")
    return department


def dissolve(department, active=False):
    department.active = active
    department.save(update_fields=["active"])


def told(mailoutbox):
    return [mail.to[0] for mail in mailoutbox]


def test_the_office_is_told_in_their_place_and_why(lead, office, mailoutbox):
    overdue(lead, "推进校园安全")
    dissolve(lead)
    [gap] = plan().gaps
    assert str(gap) == "市教育局：单位已停用，请将事项转办。涉及的 1 条提醒已改发督查室。"
    send()
    assert told(mailoutbox) == ["office@city.example"]
    assert "单位已停用，请将事项转办。" in mailoutbox[0].body
    assert InboxNotice.objects.get().user == office


def test_dissolved_between_planning_and_sending(lead, mailoutbox):
    overdue(lead)
    plan(quick=True)
    assert inbox.unread(liaison_of(lead)) == 1
    dissolve(lead)
    assert {outcome.error for outcome in send().outcomes} == {
        "单位已停用，其人员不再接收提醒，改由督查室处理。"
    }
    # The next tick sees it, although no measure took a step.
    reminders.plan(now=NOW, today=TODAY, quick=True)
    reminders.send_waiting(today=TODAY, clock=Clock())
    assert told(mailoutbox) == ["office@city.example"]


def test_in_use_again_its_people_are_told_and_the_gap_is_closed(lead, mailoutbox):
    overdue(lead)
    dissolve(lead)
    plan()
    dissolve(lead, active=True)
    run_days(TODAY)
    assert "a@x.example" in told(mailoutbox)
    assert not Reminder.objects.filter(state=State.FAILED).exists()


def test_the_leader_in_charge_is_told_still(lead, mailoutbox):
    lead.leader_in_charge = make_user("leader", email="l@city.example")
    lead.save()
    ReminderRule.objects.filter(code="overdue").update(audience=["liaison", "leader"])
    overdue(lead)
    dissolve(lead)
    run_days(TODAY)
    assert sorted(told(mailoutbox)) == ["l@city.example", "office@city.example"]


def test_who_assists_and_is_dissolved_is_a_gap_of_its_own(lead, mailoutbox):
    ReminderRule.objects.filter(code="overdue").update(audience=["liaison", "co"])
    co = unit("市财政局", "co@x.example")
    overdue(lead, co=(co,))
    dissolve(co)
    [gap] = plan().gaps
    assert "市财政局：单位已停用，请调整配合单位。" in str(gap)
    send()
    assert sorted(told(mailoutbox)) == ["a@x.example", "office@city.example"]


def test_its_own_group_is_posted_nothing(lead):
    for department in (None, lead):
        Endpoint.objects.create(
            name=f"群{department}", channel="webhook", department=department, url="https://hook.example/"
        )
    ReminderRule.objects.filter(code="overdue").update(by_robot=True)
    overdue(lead)
    dissolve(lead)
    plan()
    [row] = Reminder.objects.filter(channel="webhook")
    assert row.recipient == Endpoint.objects.get(department=None).address
