"""A Message-ID names one message: the same notices sent again carry it, a part of them never does."""

from datetime import timedelta

import pytest

from tests.makers import NOW
from tests.reminders.scene import Clock, State, overdue, plan, send, unit
from tracker import actions, reminders
from tracker.models import AddressState, Reminder
from tracker.reminders import bounces, queue
from tracker.reminders.channels.email import EmailChannel

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(mailoutbox):
    """Three notices that went out as one message."""
    lead = unit("市教育局", "a@x.example")
    for title in ("甲项", "乙项", "丙项"):
        overdue(lead, title)
    plan()
    send()
    return list(Reminder.objects.order_by("id"))


def titles_by_id(mailoutbox):
    """What was said under each Message-ID, message by message."""
    found = {}
    for mail in mailoutbox:
        said = {title for title in ("甲项", "乙项", "丙项") if title in mail.body}
        found.setdefault(mail.extra_headers["Message-ID"], []).append(said)
    return found


def failed():
    Reminder.objects.update(state=State.FAILED, failed_at=NOW, sent_at=None)


def test_rows_sent_again_one_by_one_are_messages_of_their_own(rows, mailoutbox):
    failed()
    queue.retry([rows[0].pk], now=NOW)
    send()
    queue.retry([row.pk for row in rows[1:]], now=NOW)
    send()
    assert list(titles_by_id(mailoutbox).values()) == [
        [{"甲项", "乙项", "丙项"}],
        [{"甲项"}],
        [{"乙项", "丙项"}],
    ]
    by_row = {row.pk: row.message_id for row in Reminder.objects.all()}
    assert by_row[rows[0].pk] != by_row[rows[1].pk] == by_row[rows[2].pk] != rows[0].message_id


def test_all_rows_sent_again_are_the_same_message(rows, mailoutbox):
    failed()
    queue.retry([row.pk for row in rows], now=NOW)
    send()
    assert list(titles_by_id(mailoutbox).values()) == [[{"甲项", "乙项", "丙项"}] * 2]


def test_of_an_address_trusted_again_only_what_failed_since_is_another_message(rows, mailoutbox):
    later = NOW + timedelta(minutes=5)
    bounces.flag_bounced("a@x.example", now=later, reason="550")
    Reminder.objects.filter(pk=rows[0].pk).update(state=State.FAILED, failed_at=later)
    bounces.release(AddressState.objects.values_list("pk", flat=True), now=later)
    send(clock=Clock(later))
    assert list(titles_by_id(mailoutbox).values()) == [[{"甲项", "乙项", "丙项"}], [{"甲项"}]]


def test_the_rest_of_a_message_of_which_a_row_was_called_off_is_another(rows, mailoutbox):
    Reminder.objects.update(state=State.RETRY, sent_at=None)
    queue.call_off([rows[0].pk], by="王敏")
    send()
    queue.retry([rows[0].pk], now=NOW)
    send()
    ids = titles_by_id(mailoutbox)
    assert [said for sent in ids.values() for said in sent] == [
        {"甲项", "乙项", "丙项"},
        {"乙项", "丙项"},
        {"甲项"},
    ]
    assert len(ids) == 3


def test_what_a_crash_leaves_is_the_same_message_until_a_notice_of_it_is_true_no_more(
    settings, mailoutbox, monkeypatch
):
    lead = unit("市教育局", "a@x.example")
    first, _second = overdue(lead, "甲项"), overdue(lead, "乙项")
    plan()
    clock = Clock()

    class Killed(BaseException):
        pass

    real = EmailChannel._send

    def accepted_and_killed(channel, message, meanwhile):
        real(channel, message, meanwhile)
        raise Killed

    def crash():
        with monkeypatch.context() as patch:
            patch.setattr(EmailChannel, "_send", accepted_and_killed)
            with pytest.raises(Killed):
                send(clock=clock)
        clock.pass_(seconds=settings.REMINDER_CLAIM_STALE_SECONDS + 1)
        reminders.sweep(now=clock.now)

    crash()
    crash()
    assert list(titles_by_id(mailoutbox).values()) == [[{"甲项", "乙项"}] * 2]
    actions.suspend(measure_id=first.pk, actor=None, now=clock.now, reason="等待上级文件")
    crash()
    send(clock=clock)
    assert list(titles_by_id(mailoutbox).values()) == [[{"甲项", "乙项"}] * 2, [{"乙项"}] * 2]
