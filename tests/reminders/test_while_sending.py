"""What happens while a run is sending: a measure changes, the day ends, the database goes away for a moment."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import InterfaceError, OperationalError

from tests.makers import NOW, TODAY
from tests.reminders.scene import Clock, State, overdue, plan, send, soon, unit
from tracker import actions
from tracker.models import Reminder
from tracker.reminders import recording
from tracker.reminders.channels.email import EmailChannel

pytestmark = pytest.mark.django_db


def test_what_changes_while_a_slow_server_takes_the_messages_is_not_sent(monkeypatch, mailoutbox):
    """Each message takes three seconds; a measure is cancelled while the first one goes out."""
    measures = [overdue(unit("", f"u{number}@x.example")) for number in range(3)]
    plan()
    clock, deliver = Clock(), EmailChannel.deliver

    def slowly(channel, message, *meanwhile):
        deliver(channel, message, *meanwhile)
        if not mailoutbox[1:]:
            actions.cancel(measure_id=measures[1].pk, actor=None, now=clock.now, reason="合并")
        clock.pass_(seconds=3)

    monkeypatch.setattr(EmailChannel, "deliver", slowly)
    report = send(clock=clock)
    assert [mail.to[0] for mail in mailoutbox] == ["u0@x.example", "u2@x.example"]
    assert report.dropped == 1
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT, State.DROPPED}


def test_a_run_ends_with_its_day(mailoutbox, monkeypatch):
    """What is not out at midnight is looked at anew by the next day's run."""
    for number in range(3):
        soon(unit("", f"u{number}@x.example"), due_on=TODAY)
    plan()
    clock, deliver = Clock(NOW.replace(hour=15, minute=59, second=59)), EmailChannel.deliver

    def slowly(channel, message, *meanwhile):
        deliver(channel, message, *meanwhile)
        clock.pass_(seconds=1)

    monkeypatch.setattr(EmailChannel, "deliver", slowly)
    report = send(clock=clock)
    assert (len(mailoutbox), report.held_back) == (1, 2)
    plan(today=TODAY + timedelta(days=1))
    report = send(today=TODAY + timedelta(days=1), clock=clock)
    assert [mail.subject for mail in mailoutbox[1:]] == ["【督查督办】1项逾期"] * 3


def test_a_database_that_restarts_between_acceptance_and_record(monkeypatch, mailoutbox):
    overdue(unit("", "a@x.example"))
    plan()
    real, pauses, trouble = recording.record_sent, [], [OperationalError("gone"), InterfaceError("closed")]

    def failing(*args, **kw):
        if trouble:
            raise trouble.pop()
        return real(*args, **kw)

    monkeypatch.setattr(recording, "record_sent", failing)
    monkeypatch.setattr(recording, "sleep", pauses.append)
    monkeypatch.setattr(recording, "connection", Mock())  # the test's own transaction is to go on
    send()
    assert len(mailoutbox) == 1
    assert pauses == [1, 2]
    assert Reminder.objects.get().state == State.SENT
