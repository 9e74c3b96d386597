"""The ledger's moves: claim what waits, put aside what is no longer true, record what became of it, sweep.

Every move is one conditional UPDATE, so that of two workers only one makes it. A claim is made `durable`:
calling this inside a transaction, where a crash would undo the claim of a mail already sent, is refused.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Min, Value, When
from django.utils.translation import gettext as _

from tracker.models import Reminder

logger = logging.getLogger(__name__)

WAITING = (Reminder.State.PLANNED, Reminder.State.RETRY)
# Minutes to wait after the first, second … attempt that failed for now; the last one from then on. Nothing
# is given up for having failed often: a later notice takes its place in time.
BACKOFF_MINUTES = (1, 5, 15, 30, 60, 120, 240)


@dataclass(frozen=True)
class Batch:
    """What goes into one message: a recipient's waiting rows, or exactly the rows of an earlier sending."""

    recipient: str
    batch: UUID | None
    rows: int = 0


def waiting_batches(*, now: datetime, only_to: str | None = None) -> list[Batch]:
    """What may be sent now, oldest day first and overdue before due soon, so that nothing waits for ever."""
    rows = Reminder.objects.filter(state__in=WAITING, not_before__lte=now)
    if only_to is not None:
        rows = rows.filter(recipient=only_to)
    urgency = Case(
        When(kind=Reminder.Kind.OVERDUE, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    groups = (
        rows.order_by()
        .values("recipient", "batch")
        .annotate(rows=Count("id"), since=Min("planned_on"), urgency=Min(urgency), first=Min("id"))
        .order_by("since", "urgency", "first")
    )
    return [Batch(group["recipient"], group["batch"], group["rows"]) for group in groups]


def claim(batch: Batch, *, now: datetime) -> UUID | None:
    """Take a batch's rows; None when another worker was first. Committed before this returns."""
    token = uuid4()
    with transaction.atomic(durable=True):
        taken = Reminder.objects.filter(
            recipient=batch.recipient, batch=batch.batch, state__in=WAITING, not_before__lte=now
        ).update(state=Reminder.State.CLAIMED, claim=token, claimed_at=now, attempts=F("attempts") + 1)
    return token if taken else None


def claimed(token: UUID) -> list[Reminder]:
    """The rows held under a claim, with what a digest says about them."""
    rows = Reminder.objects.filter(claim=token, state=Reminder.State.CLAIMED)
    return list(rows.select_related("measure__plan", "measure__lead", "department").order_by("id"))


def put_aside(token: UUID, errors: Mapping[int, str], *, state: str) -> None:
    """Take single rows (by id, with the reason) out of a claim, as DROPPED or FAILED."""
    with transaction.atomic(durable=True):
        for pk, error in errors.items():
            Reminder.objects.filter(pk=pk, claim=token).update(
                state=state, claim=None, claimed_at=None, error=error
            )


def begin_sending(token: UUID, batch: UUID | None) -> str:
    """Bind the claimed rows to their batch and return its Message-ID; committed before anything is sent.

    From here on a crash leaves rows that go out again together, under the same Message-ID.
    """
    if batch is not None:
        return Reminder.objects.filter(claim=token).values_list(
            "message_id", flat=True
        ).first() or message_id(batch)
    batch = uuid4()
    with transaction.atomic(durable=True):
        Reminder.objects.filter(claim=token, state=Reminder.State.CLAIMED).update(
            batch=batch, message_id=message_id(batch)
        )
    return message_id(batch)


def message_id(batch: UUID) -> str:
    """The Message-ID of a batch, at the domain that mails come from."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<duban-{batch.hex}@{domain}>"


def record_sent(token: UUID, *, rows: int, now: datetime) -> bool:
    """SENT; False when the claim was swept meanwhile (the rows then go out again, as the same message)."""
    return _record(token, rows, state=Reminder.State.SENT, sent_at=now, error="")


def record_retry(token: UUID, *, rows: int, attempts: int, now: datetime, error: str) -> bool:
    """RETRY with its time. `attempts` counts the one that just failed."""
    minutes = BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1]
    return _record(
        token, rows, state=Reminder.State.RETRY, not_before=now + timedelta(minutes=minutes), error=error
    )


def record_failed(token: UUID, *, rows: int, error: str) -> bool:
    """FAILED for good, with the reason."""
    return _record(token, rows, state=Reminder.State.FAILED, error=error)


def _record(token: UUID, rows: int, **fields: object) -> bool:
    with transaction.atomic(durable=True):
        updated = Reminder.objects.filter(claim=token, state=Reminder.State.CLAIMED).update(
            claim=None, claimed_at=None, **fields
        )
    if updated != rows:
        logger.warning(
            "claim %s: %d of %d rows were still ours when it was to be recorded", token, updated, rows
        )
    return updated == rows


def sweep(*, now: datetime) -> int:
    """Put claims older than REMINDER_CLAIM_STALE_SECONDS back to wait; returns the number of rows.

    Their worker was killed or lost its connection; whether a mail went out is not known, so the batch stays.
    """
    before = now - timedelta(seconds=settings.REMINDER_CLAIM_STALE_SECONDS)
    swept = Reminder.objects.filter(state=Reminder.State.CLAIMED, claimed_at__lt=before).update(
        state=Reminder.State.RETRY,
        claim=None,
        claimed_at=None,
        not_before=now,
        error=_("上次发送没有留下结果，已重新排队。"),
    )
    if swept:
        logger.warning("swept %d reminders whose sending left no result", swept)
    return swept
