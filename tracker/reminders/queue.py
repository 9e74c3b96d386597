"""What an operator does with the queue: try again, call off, and send oneself a message to see whether the way is open."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import AddressState, Reminder, load_calendar
from tracker.reminders.channels import made
from tracker.reminders.channels.email import EmailChannel
from tracker.reminders.claiming import message_id
from tracker.reminders.contacts import NOBODY, usable
from tracker.reminders.demands import demands_of
from tracker.reminders.digest import Digest
from tracker.reminders.items import NO_DEMAND, Item, item
from tracker.reminders.lines import one_line
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import Level

AGAIN = (Reminder.State.FAILED, Reminder.State.RETRY, Reminder.State.CANCELLED)
TO_CALL_OFF = (Reminder.State.PLANNED, Reminder.State.RETRY, Reminder.State.FAILED)
# Enough to see how a message looks; a measure may have been told to many.
SHOWN, LOOKED_AT = 30, 300
# For each of the mail server's answers to a test.
TEST_SECONDS = 5


class NoAddress(ValueError):
    """The person has no address that mail can go to."""


def retry(ids: Collection[int], *, now: datetime) -> int:
    """Failed and waiting rows go out with the next run, as the message they were when they are all of it; returns how many.

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


def sample(recipient: str, *, today: date, test_for: str = "") -> Digest:
    """A digest on real data, addressed to `recipient`: the measures last spoken of, each once, whoever was told; made up when
    there is none."""
    rows = (
        Reminder.objects.exclude(recipient=NOBODY)
        .select_related("measure__plan", "measure__lead", "department", "rule")
        .order_by("-id")[:LOOKED_AT]
    )
    latest: dict[int, Reminder] = {}
    for row in rows:
        latest.setdefault(row.measure_id, row)
    calendar, shown = load_calendar(), list(latest.values())[:SHOWN]
    demands = demands_of(shown, today=today, to_send=False)
    items = [
        item(
            row,
            today=today,
            calendar=calendar,
            mutable=row.rule is not None and row.rule.mutable,
            demand=demands.get(row.pk, NO_DEMAND),
        )
        for row in shown
    ]
    digest = Digest.of(items or [_made_up(today)], recipient=recipient, today=today)
    return replace(digest, test_for=one_line(test_for, 40))


def of_many(digest: Digest) -> Digest:
    """The digest with many made-up matters beside its own: more than a page, of several kinds and colours."""
    kinds = (NoticeKind.OVERDUE, NoticeKind.PERIOD_REPORT_OVERDUE, NoticeKind.DUE_SOON, NoticeKind.ASSIGNED)
    beside = [
        replace(
            _made_up(digest.today),
            measure_id=-number,
            kind=kind,
            title=_("示例事项%d") % number,
            level=level if kind in kinds[:2] else Level.NONE,
        )
        for number, (kind, level) in enumerate(
            ((kind, level) for kind in kinds for level in (Level.BLUE, Level.RED) for _time in range(12)), 1
        )
    ]
    return replace(digest, items=Digest.of([*digest.items, *beside], recipient="", today=digest.today).items)


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


def send_test(address: str, *, name: str, now: datetime, today: date) -> str:
    """One message to this address, past the ledger; returns its subject. Raises NoAddress, DeliveryError.

    Nothing goes with it that a program would take for real: no day for the calendar, no link that mutes. A mail server that
    stalls is waited for TEST_SECONDS, since a person is waiting too.
    """
    to = usable(address)
    if not to:
        raise NoAddress(address)
    timeout = min(TEST_SECONDS, settings.EMAIL_TIMEOUT)
    with EmailChannel(partial(get_connection, timeout=timeout)) as channel:
        digest = sample(to, today=today, test_for=name or to)
        message = made(channel.prepare(digest, message_id=message_id(uuid4()), now=now))
        channel.deliver(message)
        return str(message.subject)
