"""A clock that was set wrong, or a database from another machine: what the ledger says of days to come silences nobody."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_user
from tests.reminders.scene import Clock, State, only_rules, overdue, plan, run_days, send, soon, unit
from tracker import access, reminders
from tracker.models import InboxNotice, Reminder, ReminderRule
from tracker.reminders import inbox

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FAR = TODAY + 300 * DAY


@pytest.fixture
def lead():
    make_user("office", email="office@city.example")
    return unit("市教育局", "a@x.example")


def an_hour_of(day, *, sends=True):
    """One planning and sending under a clock that shows this day."""
    now = NOW + (day - TODAY)
    reminders.plan(now=now, today=day)
    if sends:
        reminders.send_waiting(today=day, clock=Clock(now))


def told(kind="overdue"):
    rows = Reminder.objects.filter(kind=kind, recipient="a@x.example", state=State.SENT, step_on__lt=FAR)
    return list(rows.order_by("step_on").values_list("step_on", "level", "occurrence"))


@pytest.mark.parametrize("sends", [True, False])
def test_what_was_said_of_a_day_to_come_delays_no_notice_and_climbs_no_colour(lead, mailoutbox, sends):
    only_rules("deadline-soon", "deadline-today", "overdue")
    overdue(lead, due_on=TODAY + 9 * DAY)
    an_hour_of(FAR, sends=sends)
    mailoutbox.clear()
    run_days(*(TODAY + offset * DAY for offset in range(20)))
    # As without that hour: ahead, on the day, on the day after it, and five working days later.
    first = TODAY + 10 * DAY
    assert told() == [(first, "blue", 0), (first + 7 * DAY, "orange", 1)]
    assert [len(told(kind)) for kind in ("due_soon", "due_today")] == [1, 1]
    assert [mail.subject for mail in mailoutbox if mail.to == ["a@x.example"]] == [
        "【督查督办】1项即将到期",
        "【督查督办】1项今日到期",
        "【督查督办】1项逾期",
        "【督查督办】1项逾期（橙色催办）",
    ]
    unsent = Reminder.objects.filter(step_on=FAR).exclude(state=State.SENT)
    assert set(unsent.values_list("state", flat=True)) <= {State.DROPPED}


def test_heard_on_a_day_to_come_is_heard_when_it_was_due(lead):
    """Planned by the right clock and sent by a wrong one."""
    only_rules("overdue")
    overdue(lead)
    plan()
    Reminder.objects.update(state=State.SENT, sent_at=NOW + 300 * DAY)
    InboxNotice.objects.update(read_at=NOW + 300 * DAY)
    run_days(*(TODAY + offset * DAY for offset in range(8)))
    assert [step for step, _level, _occurrence in told()] == [TODAY, TODAY + 7 * DAY]


def test_a_clock_one_day_off_doubles_nothing(lead, mailoutbox):
    overdue(lead)
    soon(lead)
    run_days(TODAY)
    sent = len(mailoutbox)
    run_days(TODAY - DAY, TODAY)
    assert len(mailoutbox) == sent


def test_a_true_notice_in_an_inbox_is_not_hidden_by_one_of_a_day_to_come(lead):
    only_rules("deadline-soon", "deadline-today", "overdue")
    soon(lead)
    late = overdue(lead)
    plan()
    an_hour_of(FAR)
    reminders.plan(now=NOW + timedelta(hours=1), today=TODAY)
    me = liaison_of(lead)
    seen = access.inbox_of(me).filter(withdrawn_at=None, replaced_at=None)
    assert {(row.measure_id == late.pk, row.kind, row.step_on) for row in seen} == {
        (True, "overdue", TODAY),
        (False, "due_soon", TODAY),
    }
    assert inbox.unread(me) == 2


def test_an_unread_notice_goes_when_its_rule_speaks_no_more(lead):
    only_rules("deadline-soon")
    soon(lead)
    plan()
    me = liaison_of(lead)
    assert inbox.unread(me) == 1
    an_hour_of(TODAY + 2 * DAY)
    assert inbox.unread(me) == 1, "the day itself"
    an_hour_of(TODAY + 3 * DAY)
    assert inbox.unread(me) == 0, "还有2天 is said of no day that has passed"


def test_with_all_rules_off_nothing_unread_stays(lead):
    overdue(lead)
    plan()
    assert inbox.unread(liaison_of(lead)) == 1
    ReminderRule.objects.update(active=False)
    plan()
    assert inbox.unread(liaison_of(lead)) == 0
    send()
    only_rules("overdue")
    plan()
    assert inbox.unread(liaison_of(lead)) == 1, "and comes back with its rule"
