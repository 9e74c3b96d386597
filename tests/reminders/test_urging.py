"""催办 by hand: each urging is told once, also the second of one day after an answer to the first."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_measure, make_user
from tests.reminders.scene import Clock, State, only_rules, run_days, unit
from tracker import access, actions, reminders
from tracker.models import InboxNotice, Reminder

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def measure():
    only_rules("urged")
    lead = unit("市教育局", "a@x.example")
    make_user("head", department=lead, email="h@x.example")
    return make_measure(lead=lead)


def urge(measure, at):
    actions.urge(measure_id=measure.pk, actor=None, now=at, note="请抓紧")


def answer(measure, at):
    actor = liaison_of(measure.lead)
    actions.report(measure_id=measure.pk, actor=actor, now=at, percent=10, progress="已经推进")


def run(at):
    reminders.plan(now=at, today=TODAY)
    reminders.send_waiting(today=TODAY, clock=Clock(at))


def told(mailoutbox):
    return [mail.subject for mail in mailoutbox if mail.to == ["a@x.example"]]


def test_urged_again_after_an_answer_on_the_same_day_is_told_again(measure, mailoutbox):
    urge(measure, NOW)
    run(NOW)
    answer(measure, NOW + HOUR)
    run(NOW + HOUR)
    urge(measure, NOW + 2 * HOUR)
    run(NOW + 2 * HOUR)
    run(NOW + 3 * HOUR)
    run_days(TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    assert told(mailoutbox) == ["【督查督办】1项督查室催办"] * 2
    [seen] = access.inbox_of(liaison_of(measure.lead)).filter(withdrawn_at=None, replaced_at=None)
    measure.refresh_from_db()
    assert (seen.anchor, seen.occurrence) == (measure.urged_version, 0)


def test_what_is_left_of_an_urging_that_was_answered_goes_to_nobody(measure, mailoutbox):
    urge(measure, NOW)
    reminders.plan(now=NOW, today=TODAY)
    answer(measure, NOW + HOUR)
    [outcome] = {o.error for o in reminders.send_waiting(today=TODAY, clock=Clock(NOW + HOUR)).outcomes}
    assert outcome == "单位已有答复，不再催办。"
    urge(measure, NOW + 2 * HOUR)
    run(NOW + 2 * HOUR)
    assert told(mailoutbox) == ["【督查督办】1项督查室催办"]
    states = Reminder.objects.filter(recipient="a@x.example").order_by("id")
    assert list(states.values_list("state", flat=True)) == [State.DROPPED, State.SENT]


def test_one_waiting_from_the_first_urging_leaves_the_second_to_be_told_once(measure, mailoutbox):
    """The engine slept: both urgings lie before its next run, and the first one's rows wait still."""
    urge(measure, NOW)
    reminders.plan(now=NOW, today=TODAY)
    answer(measure, NOW + HOUR)
    urge(measure, NOW + 2 * HOUR)
    run(NOW + 3 * HOUR)
    assert told(mailoutbox) == ["【督查督办】1项督查室催办"]
    dropped = Reminder.objects.filter(state=State.DROPPED)
    assert set(dropped.values_list("error", flat=True)) == {"此后又有催办，以最近一次为准。"}
    assert InboxNotice.objects.filter(withdrawn_at=None, replaced_at=None).count() == 2, "one a person"


def test_urged_on_two_days_is_two_notices(measure, mailoutbox):
    day = timedelta(days=1)
    urge(measure, NOW)
    run_days(TODAY)
    urge(measure, NOW + day)
    run_days(TODAY + day, TODAY + 2 * day)
    assert len(told(mailoutbox)) == 2
