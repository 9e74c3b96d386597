"""A worker dies at each step: every notice arrives, and what arrives twice carries the same Message-ID."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY
from tests.reminders.scene import Clock, State, overdue, soon, unit
from tracker import reminders
from tracker.models import Reminder
from tracker.reminders import recording, sending
from tracker.reminders.channels.email import EmailChannel

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Like SIGKILL, nothing in the product catches it."""


def killed_before(function):
    def replacement(*args, **kw):
        raise Killed

    return replacement


def killed_after(function):
    def replacement(*args, **kw):
        function(*args, **kw)
        raise Killed

    return replacement


# Where the worker dies, and whether the server had accepted the message by then.
FAULTS = {
    "while planning": (reminders.planning, "close_gaps", killed_before, False),
    "before the claim": (sending, "claim", killed_before, False),
    "after the claim": (sending, "claim", killed_after, False),
    "at the second look": (sending, "no_longer_true", killed_before, False),
    "before the batch is bound": (sending, "begin_sending", killed_before, False),
    "after the batch is bound": (sending, "begin_sending", killed_after, False),
    "before the server accepts": (EmailChannel, "_send", killed_before, False),
    "after the server accepts": (EmailChannel, "_send", killed_after, True),
    "before the record": (recording, "record_sent", killed_before, True),
    "after the record": (recording, "record_sent", killed_after, False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_notice_arrives_and_twice_only_under_one_message_id(fault, monkeypatch, mailoutbox, settings):
    for name in ("a", "b", "c"):
        lead = unit("", f"{name}@x.example")
        overdue(lead, f"逾期{name}")
        soon(lead, f"到期{name}")
    clock = Clock()

    def run():
        reminders.sweep(now=clock.now)
        reminders.plan(now=clock.now, today=TODAY)
        reminders.send_waiting(today=TODAY, clock=clock)

    owner, name, kind, accepted = FAULTS[fault]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, kind(getattr(owner, name)))
        with pytest.raises(Killed):
            run()

    run()
    clock.pass_(seconds=settings.REMINDER_CLAIM_STALE_SECONDS + 1)
    run()
    run()

    arrived = Counter(mail.to[0] for mail in mailoutbox)
    assert set(arrived) == {"a@x.example", "b@x.example", "c@x.example"}, "nothing lost"
    doubled = {to for to, times in arrived.items() if times > 1}
    # Messages are recorded together, so a death before the record leaves all that were accepted since the last one.
    most = recording.RECORD_TOGETHER if fault == "before the record" else 1
    assert bool(doubled) == accepted and len(doubled) <= most
    for to in arrived:
        mails = [mail for mail in mailoutbox if mail.to == [to]]
        assert len({mail.extra_headers["Message-ID"] for mail in mails}) == 1
        assert {mail.subject for mail in mails} == {"【督查督办】1项逾期、1项即将到期"}
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT}
    assert Reminder.objects.count() == 6


def test_what_was_claimed_comes_back_only_when_stale(settings):
    overdue(unit("", "a@x.example"))
    reminders.plan(now=NOW, today=TODAY)
    [batch] = reminders.waiting_batches(now=NOW)
    assert sending.claim([batch], now=NOW) is not None
    assert sending.claim([batch], now=NOW) is None, "taken"
    clock = Clock()
    clock.pass_(seconds=settings.REMINDER_CLAIM_STALE_SECONDS)
    assert reminders.sweep(now=clock.now) == 0
    clock.pass_(seconds=1)
    assert reminders.sweep(now=clock.now) == 1
    row = Reminder.objects.get()
    assert (row.state, row.claim, row.not_before) == (State.RETRY, None, clock.now)
    assert "没有留下结果" in row.error


def test_a_swept_worker_that_comes_back_does_not_overwrite(monkeypatch, mailoutbox, caplog):
    """A sender stalls for so long that its claim is swept and another sends; its own record then changes nothing."""
    overdue(unit("", "a@x.example"))
    clock = Clock()
    reminders.plan(now=NOW, today=TODAY)
    real = EmailChannel._send

    def stalls(channel, message, meanwhile):
        monkeypatch.setattr(EmailChannel, "_send", real)
        clock.pass_(hours=1)
        reminders.sweep(now=clock.now)
        reminders.send_waiting(today=TODAY, clock=clock)
        clock.pass_(hours=1)
        real(channel, message, meanwhile)

    monkeypatch.setattr(EmailChannel, "_send", stalls)
    reminders.send_waiting(today=TODAY, clock=clock)
    row = Reminder.objects.get()
    assert row.state == State.SENT
    assert row.sent_at == NOW + timedelta(hours=1)
    assert "still ours" in caplog.text
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 1
