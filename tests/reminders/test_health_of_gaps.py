"""A place that stands empty is shown and said by its name; it is no illness as long as 督查室 is told instead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import only_rules, overdue, plan, run_days, send, unit
from tracker import reminders
from tracker.models import EngineState, Reminder, ReminderRule, User
from tracker.reminders.health import Health, health

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=7)


def now_well() -> Health:
    now = NOW + timedelta(days=7)
    EngineState.objects.update_or_create(pk=1, defaults={"last_tick_at": now})
    return health(now=now, local_now=timezone.localtime(now))


@pytest.fixture
def headless():
    """A unit without a head whose measure has climbed to orange, with an office that is told in the head's place."""
    make_user("office", email="office@city.example")
    lead = unit("市教育局", "a@x.example")
    overdue(lead)
    return lead


def test_an_office_without_heads_is_well_and_says_what_stands_empty(headless, client):
    run_days(TODAY, LATER)
    [gap] = Reminder.objects.filter(recipient="")
    assert gap.error == "没有设部门负责人。"
    found = now_well()
    assert found.well and (found.gaps, found.gaps_untold) == (1, 0)
    assert found.remarks == (
        "有1条提醒未能通知应通知的人（没有设人、没有可用的邮箱，或单位已撤销），已改发督查室，请按“失败”中写明的原因补上。",
    )
    client.force_login(User.objects.get(role="office"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/tracker/reminder/").content.decode()
    assert found.remarks[0] in page and '收件人缺位 <b class="">1</b>' in page
    metrics = client.get("/metrics").content.decode()
    assert "duban_reminder_gaps 1" in metrics and "duban_reminder_gaps_untold 0" in metrics


def test_where_the_office_cannot_be_told_either_it_is_an_illness(headless):
    User.objects.filter(role="office").update(email="")
    run_days(TODAY, LATER)
    found = now_well()
    assert (found.gaps, found.gaps_untold, found.remarks) == (1, 1, ())
    assert found.problems == ("有1条提醒未能通知应通知的人，也未能改发督查室，请按“失败”中写明的原因补上。",)
    User.objects.filter(role="office").update(email="office@city.example")
    run_days(LATER)
    assert now_well().well, "passed on as soon as the office can be told"


def test_what_fails_on_its_way_to_the_office_is_an_illness(headless):
    run_days(TODAY)
    reminders.plan(now=NOW + timedelta(days=7), today=LATER)
    Reminder.objects.filter(party="office").update(state="failed", failed_at=NOW + timedelta(days=7))
    found = now_well()
    assert found.gaps_untold == 1 and not found.well


def test_one_address_for_unit_and_office_is_told(mailoutbox):
    """A small office: the liaison's address is 督查室's own, and is told once, as the unit."""
    only_rules("overdue")
    ReminderRule.objects.filter(code="overdue").update(level="orange")
    make_user("office", email="a@x.example")
    overdue(unit("市教育局", "a@x.example"))
    plan()
    send()
    assert [mail.to for mail in mailoutbox] == [["a@x.example"]]
    assert now_well().gaps == 1 and now_well().well
