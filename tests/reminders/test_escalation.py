"""A colour widens the circle: who is to hear of it and is not there is named, and 督查室 hears it in their place, once."""

from datetime import date, timedelta

import pytest

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import only_rules, overdue, plan, run_days, unit
from tracker import reminders
from tracker.models import InboxNotice, Reminder, ReminderRule

pytestmark = pytest.mark.django_db

BOTH = "没有设部门负责人；没有设分管领导。"


@pytest.fixture
def office():
    return make_user("office", email="office@city.example")


def told(level: str) -> dict[str, str]:
    """Recipients of a colour with the reason that a row carries."""
    return dict(Reminder.objects.filter(level=level).values_list("recipient", "error"))


def climb(lead_mailbox: str = "box@x.example", liaison: str = "a@x.example", **kw):
    """One measure of a department, reminded until it is red."""
    only_rules("first-report-overdue")
    lead = unit("市教育局", *([liaison] if liaison else []), mailbox=lead_mailbox, **kw)
    overdue(lead, due_on=TODAY + timedelta(days=60), starts_on=TODAY, acknowledged=True)
    return lead


def weeks(count: int) -> list[date]:
    return [TODAY + timedelta(days=offset) for offset in range(7 * count)]


def test_a_colour_that_reaches_nobody_new_is_a_gap_and_told_to_the_office(office):
    climb(lead_mailbox="")
    run_days(*weeks(2))
    assert set(told("blue")) == {"a@x.example"}
    assert told("orange") == {
        "a@x.example": "",
        "office@city.example": "",
        "": "没有设部门负责人。",
    }
    red = Reminder.objects.filter(level="red")
    for step_on in set(red.values_list("step_on", flat=True)):
        rows = red.filter(step_on=step_on).values_list("recipient", "error")
        assert sorted(rows) == [("", BOTH), ("a@x.example", ""), ("office@city.example", "")]
    later = TODAY + timedelta(days=14)
    [gap] = reminders.plan(now=NOW + timedelta(days=14), today=later).gaps
    assert str(gap) == f"市教育局：{BOTH}涉及的 1 条提醒已改发督查室。"


def test_the_offices_people_see_it_in_the_product_too(office):
    climb(lead_mailbox="")
    run_days(*weeks(2))
    theirs = InboxNotice.objects.filter(user=office)
    assert set(theirs.values_list("level", "party")) == {("orange", "office"), ("red", "office")}


def test_who_is_entered_is_told_and_nobody_else(office):
    lead = climb(leader_in_charge=make_user("leader", email="leader@city.example"))
    make_user("head", department=lead, email="head@x.example")
    run_days(*weeks(2))
    assert set(told("orange")) == {"a@x.example", "head@x.example"}
    assert set(told("red")) == {"a@x.example", "head@x.example", "leader@city.example"}


def test_a_substitute_who_is_new_is_a_wider_circle_and_one_who_was_told_anyway_is_none(office):
    lead = climb()
    make_user("head", department=lead, email="")
    run_days(*weeks(2))
    assert set(told("orange")) == {"a@x.example", "box@x.example"}, "the mailbox in the head's place"
    Reminder.objects.all().delete()
    InboxNotice.objects.all().delete()
    lead.mailbox = ""
    lead.save()
    run_days(*weeks(2))
    assert told("orange") == {
        "a@x.example": "",
        "office@city.example": "",
        "": "部门负责人没有可用的邮箱。",
    }


def test_one_person_in_two_capacities_is_no_gap(office):
    lead = climb(lead_mailbox="")
    make_user("head", department=lead, email="A@x.example")
    run_days(*weeks(2))
    assert set(told("orange")) == {"a@x.example"}


def test_an_office_that_hears_of_red_anyway_hears_it_once(office):
    only_rules("overdue")
    overdue(unit("市教育局", "a@x.example", mailbox=""))
    ReminderRule.objects.filter(code="overdue").update(level="red")
    plan()
    assert told("red") == {
        "a@x.example": "",
        "office@city.example": "",
        "": "没有设部门负责人。",
    }


def test_the_gap_closes_when_somebody_is_entered(office):
    lead = climb(lead_mailbox="", leader_in_charge=make_user("leader", email="leader@city.example"))
    run_days(*weeks(2))
    assert Reminder.objects.filter(recipient="", state="failed").exists()
    make_user("head", department=lead, email="head@x.example")
    later = TODAY + timedelta(days=14)
    assert reminders.plan(now=NOW + timedelta(days=14), today=later).gaps == ()
    assert not Reminder.objects.filter(recipient="", state="failed").exists()
