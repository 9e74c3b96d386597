"""A database restored from a backup: what docs/operations.md says goes out again, and under which Message-ID."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY
from tests.reminders.scene import Clock, State, overdue, plan, run_days, send, soon, unit
from tracker import reminders
from tracker.models import Reminder

pytestmark = pytest.mark.django_db


class Backup:
    """The ledger as it is now; restored, it forgets all that came after."""

    def __init__(self):
        self.rows = list(Reminder.objects.all())

    def restore(self):
        Reminder.objects.all().delete()
        Reminder.objects.bulk_create(self.rows)


@pytest.fixture
def matters():
    lead = unit("市教育局", "a@x.example")
    return overdue(lead), soon(lead), overdue(unit("", "b@y.example"))


def ids(mailoutbox):
    found = sorted((mail.to[0], mail.extra_headers["Message-ID"]) for mail in mailoutbox)
    mailoutbox.clear()
    return found


def test_planned_by_then_and_sent_since_goes_out_as_the_same_messages(matters, mailoutbox):
    plan()
    backup = Backup()
    send()
    sent = ids(mailoutbox)
    assert len(sent) == 2
    backup.restore()
    plan()
    send()
    assert ids(mailoutbox) == sent


def test_planned_since_and_planned_again_on_that_day_too_whatever_the_rows_numbers(matters, mailoutbox):
    backup = Backup()
    run_days(TODAY)
    numbers = set(Reminder.objects.values_list("pk", flat=True))
    sent = ids(mailoutbox)
    backup.restore()
    # The database goes on counting elsewhere.
    other = unit("", "c@z.example")
    overdue(other)
    run_days(TODAY)
    again = ids(mailoutbox)
    assert [found for found in again if found[0] != "c@z.example"] == sent
    assert len(again) == 3
    assert not numbers & set(Reminder.objects.values_list("pk", flat=True))


def test_on_a_later_day_it_is_a_notice_of_that_day(matters, mailoutbox):
    backup = Backup()
    run_days(TODAY)
    sent = ids(mailoutbox)
    backup.restore()
    run_days(TODAY + timedelta(days=1))
    again = ids(mailoutbox)
    assert [to for to, _id in again] == [to for to, _id in sent], "once more, one message each"
    assert not {found for _to, found in again} & {found for _to, found in sent}


def test_claimed_by_then_is_swept_and_keeps_its_message(matters, mailoutbox, monkeypatch):
    plan()
    taken = []

    def backed_up(self, *message, **more):
        taken.append(Backup())

    monkeypatch.setattr("tracker.reminders.channels.email.transport.EmailChannel.deliver", backed_up)
    send()
    monkeypatch.undo()
    bound = set(Reminder.objects.values_list("recipient", "message_id").distinct())
    taken[0].restore()
    assert {row.state for row in Reminder.objects.all()} == {State.CLAIMED}
    later = NOW + timedelta(hours=1)
    reminders.plan(now=later, today=TODAY)
    assert send(clock=Clock(later)).outcomes == [], "nothing before the claims are old enough"
    reminders.sweep(now=later)
    send(clock=Clock(later))
    assert set(ids(mailoutbox)) == bound


def test_sent_by_then_is_not_said_again(matters, mailoutbox):
    run_days(TODAY)
    ids(mailoutbox)
    Backup().restore()
    run_days(TODAY)
    assert ids(mailoutbox) == []
