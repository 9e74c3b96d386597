"""What an operator does with the queue: try again, call off, and send oneself a message to see whether the way is open."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import AddressState, Reminder, load_calendar
from tracker.reminders.channels import made
from tracker.reminders.channels.email import EmailChannel
from tracker.reminders.claiming import message_id
from tracker.reminders.contacts import NOBODY, usable
from tracker.reminders.digest import Digest, Item, item
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind

AGAIN = (Reminder.State.FAILED, Reminder.State.RETRY, Reminder.State.CANCELLED)
TO_CALL_OFF = (Reminder.State.PLANNED, Reminder.State.RETRY, Reminder.State.FAILED)
# Enough to see how a message looks.
SHOWN = 30


class NoAddress(ValueError):
    """The person has no address that mail can go to."""


def retry(ids: Collection[int], *, now: datetime) -> int:
    """Failed and waiting rows go out with the next run, as the message they were; returns how many.

    Whoever asks for it knows that the address works again: it is no longer passed over.
    """
    rows = Reminder.objects.filter(pk__in=ids, state__in=AGAIN).exclude(recipient=NOBODY)
    with transaction.atomic():
        addresses = set(rows.values_list("recipient", flat=True))
        AddressState.objects.filter(address__in=addresses).update(bounced_at=None, bounce="")
        return rows.update(state=Reminder.State.RETRY, not_before=now, error="", failed_at=None)


def call_off(ids: Collection[int], *, by: str) -> int:
    """Rows that nobody is sending now are not sent, nor planned again for the same occasion; returns how many."""
    return Reminder.objects.filter(pk__in=ids, state__in=TO_CALL_OFF).update(
        state=Reminder.State.CANCELLED, error=_("由%s取消发送。") % by, failed_at=None
    )


def sample(recipient: str, *, today: date) -> Digest:
    """A digest on real data: the last recipient's with the most to say, addressed to `recipient`; made up when there is none."""
    rows = list(
        Reminder.objects.exclude(recipient=NOBODY)
        .select_related("measure__plan", "measure__lead", "department", "rule")
        .order_by("-id")[:SHOWN]
    )
    calendar = load_calendar()
    items = [
        item(row, today=today, calendar=calendar, mutable=row.rule is not None and row.rule.mutable)
        for row in rows
    ]
    return Digest.of(items or [_made_up(today)], recipient=recipient, today=today)


def _made_up(today: date) -> Item:
    return Item(
        measure_id=0,
        kind=NoticeKind.DUE_TODAY,
        party=Party.LEAD,
        number="1.1",
        title=_("示例事项（尚无实际提醒）"),
        plan=_("示例方案"),
        lead=_("示例单位"),
        department=_("示例单位"),
        due_on=today,
        days=0,
        when=_("今日到期"),
        when_parts=(_("今日到期"), ""),
        provisional=False,
        status=_("办理中"),
        percent=50,
        order=(0, 0),
    )


def send_test(address: str, *, now: datetime, today: date) -> str:
    """One message to this address, past the ledger; returns its subject. Raises NoAddress, DeliveryError."""
    to = usable(address)
    if not to:
        raise NoAddress(address)
    with EmailChannel() as channel:
        message = made(channel.prepare(sample(to, today=today), message_id=message_id(uuid4()), now=now))
        channel.deliver(message)
        return str(message.subject)
