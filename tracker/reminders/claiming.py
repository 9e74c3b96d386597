"""The ledger's moves: claim what waits, put aside what is no longer true, record what became of it, sweep.

Every move is one conditional UPDATE, so that of two workers only one makes it. A claim is made `durable`:
calling this inside a transaction, where a crash would undo the claim of a mail already sent, is refused.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Count, F, IntegerField, Min, Value, When
from django.utils.translation import gettext as _

from tracker.models import Reminder
from tracker.reminders.tables import table
from tracker.rules.reminder_kinds import KINDS

logger = logging.getLogger(__name__)

WAITING = (Reminder.State.PLANNED, Reminder.State.RETRY)
# Minutes to wait after the first, second … attempt that failed for now; the last one from then on. Nothing
# is given up for having failed often: a later notice takes its place in time.
BACKOFF_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_MESSAGES = UUID("5b7e0c1e-13f7-4710-9a37-10d137100000")


# What a message says and a record needs; the measure's text alone would weigh more than all of it.
_READ = (
    *(
        "kind",
        "level",
        "anchor",
        "occurrence",
        "due_on",
        "step_on",
        "channel",
        "recipient",
        "party",
        "planned_on",
        "state",
    ),
    *("batch", "message_id", "attempts", "rule_id", "department__name"),
    *("measure__number", "measure__title", "measure__status", "measure__percent", "measure__position"),
    *("measure__due_on", "measure__starts_on", "measure__plan__title", "measure__lead__name"),
    *("measure__version", "measure__original_due_on", "measure__lead_knows", "measure__moved_version"),
    *("measure__urged_on", "measure__urged_version"),
)


@dataclass(frozen=True)
class Batch:
    """What goes into one message: a recipient's waiting rows, or those of an earlier sending."""

    recipient: str
    batch: UUID | None
    rows: int = 0
    channel: str = Reminder.Channel.EMAIL.value

    @property
    def key(self) -> tuple[str, UUID | None]:
        return self.recipient, self.batch


@dataclass
class Claim:
    """Rows that nobody else sends now. `token` marks them in the database, `at` is when they were taken."""

    token: UUID
    at: datetime
    rows: dict[tuple[str, UUID | None], list[Reminder]]


def waiting_batches(*, now: datetime, only_to: str | None = None) -> list[Batch]:
    """What may be sent now, oldest day first and the most urgent kind first, so that nothing waits for ever."""
    rows = Reminder.objects.filter(state__in=WAITING, not_before__lte=now)
    if only_to is not None:
        rows = rows.filter(recipient=only_to)
    urgency = Case(
        *(When(kind=kind.value, then=Value(facts.urgency)) for kind, facts in KINDS.items()),
        default=Value(99),
        output_field=IntegerField(),
    )
    groups = (
        rows.order_by()
        .values("channel", "recipient", "batch")
        .annotate(rows=Count("id"), since=Min("planned_on"), urgency=Min(urgency), first=Min("id"))
        .order_by("since", "urgency", "first")
    )
    return [Batch(group["recipient"], group["batch"], group["rows"], group["channel"]) for group in groups]


def claim(batches: Sequence[Batch], *, now: datetime) -> Claim | None:
    """Take the rows of these batches, all at once; None when other workers were first with every one of them.

    Committed before this returns. Rows are locked in the order of their ids, so that two workers with the same batches
    wait for one another instead of locking each other out, and no batch is ever split between them.
    """
    token, wanted = uuid4(), {batch.key for batch in batches}
    with transaction.atomic(durable=True):
        waiting = (
            Reminder.objects.select_for_update(of=("self",))
            .filter(
                recipient__in=[batch.recipient for batch in batches], state__in=WAITING, not_before__lte=now
            )
            .select_related("measure__plan", "measure__lead", "department")
            .only(*_READ)
            .order_by("id")
        )
        taken: dict[tuple[str, UUID | None], list[Reminder]] = {}
        for row in waiting:
            if (row.recipient, row.batch) in wanted:
                taken.setdefault((row.recipient, row.batch), []).append(row)
        ids = [row.pk for rows in taken.values() for row in rows]
        if not ids:
            return None
        # The state once more: SQLite locks no rows, and a database that does loses nothing by it.
        changed = Reminder.objects.filter(pk__in=ids, state__in=WAITING).update(
            state=Reminder.State.CLAIMED, claim=token, claimed_at=now, attempts=F("attempts") + 1
        )
        assert changed == len(ids), "the rows were locked"
    for rows in taken.values():
        for row in rows:
            row.attempts += 1
    return Claim(token, now, taken)


def put_aside(token: UUID, errors: Mapping[int, str], *, state: str, now: datetime) -> None:
    """Take single rows (by id, with the reason) out of a claim, as DROPPED or FAILED."""
    failed_at = now if state == Reminder.State.FAILED else None
    with transaction.atomic(durable=True):
        for pk, error in errors.items():
            Reminder.objects.filter(pk=pk, claim=token).update(
                state=state, claim=None, claimed_at=None, error=error, failed_at=failed_at
            )


def begin_sending(
    token: UUID, groups: Mapping[tuple[str, UUID | None], Sequence[Reminder]]
) -> dict[tuple[str, UUID | None], str]:
    """Bind the claimed rows to their messages and return each one's Message-ID; committed before anything is sent.

    From here on a crash leaves rows that go out again together, under the same Message-ID. A message's identity is derived
    from its rows, so that even a database restored from before the binding sends it under the same one; and what is left of an
    earlier message (others of it were sent by hand, called off, dropped) is another, which no mail program may take for it.
    """
    said: dict[tuple[str, UUID | None], str] = {}
    binding: list[tuple[object, ...]] = []
    for key, rows in groups.items():
        batch = _identity(key[0], rows)
        if batch == key[1]:
            said[key] = rows[0].message_id or message_id(batch)
            continue
        said[key] = message_id(batch)
        binding += [(row.pk, batch.hex, said[key]) for row in rows]
    if binding:
        clause, params = table(
            connection, "bound", {"id": "int", "batch": "text", "message_id": "text"}, binding
        )
        batch_sql = (
            "CAST(bound.batch AS uuid)" if connection.features.has_native_uuid_field else "bound.batch"
        )
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(
                f"WITH {clause} UPDATE tracker_reminder SET batch = {batch_sql}, message_id = bound.message_id "
                "FROM bound WHERE bound.id = tracker_reminder.id AND tracker_reminder.claim = %s",
                [*params, token if connection.features.has_native_uuid_field else token.hex],
            )
    return said


def _identity(recipient: str, rows: Sequence[Reminder]) -> UUID:
    """Of what is said to whom, not of the rows' numbers: a restored database writes the same notices under other numbers."""
    notices = ",".join(
        sorted(
            f"{row.measure_id}/{row.rule_id}/{row.anchor}/{row.due_on}/{row.step_on}/{row.planned_on}"
            for row in rows
        )
    )
    return uuid5(_MESSAGES, f"{recipient}|{notices}")


def message_id(batch: UUID) -> str:
    """The Message-ID of a batch, at the domain that mails come from."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<duban-{batch.hex}@{domain}>"


def record_sent(token: UUID, ids: Collection[int], *, now: datetime) -> bool:
    """SENT; False when the claim was swept meanwhile (the rows then go out again, as the same message)."""
    # As _record would do it; a statement put together anew for every ten messages costs more than its execution.
    own_type = connection.features.has_native_uuid_field
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tracker_reminder SET state = %s, sent_at = %s, error = '', claim = NULL, claimed_at = NULL "
            f"WHERE claim = %s AND state = %s AND id IN ({places})",
            [
                Reminder.State.SENT.value,
                connection.ops.adapt_datetimefield_value(now),
                token if own_type else token.hex,
                Reminder.State.CLAIMED.value,
                *ids,
            ],
        )
        return _all_ours(token, cursor.rowcount, len(ids))


def record_retry(token: UUID, ids: Collection[int], *, not_before: datetime, error: str) -> bool:
    """RETRY, not before its time."""
    return _record(token, ids, state=Reminder.State.RETRY, not_before=not_before, error=error)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return timedelta(minutes=BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1])


def record_failed(token: UUID, ids: Collection[int], *, now: datetime, error: str) -> bool:
    """FAILED for good, with the reason."""
    return _record(token, ids, state=Reminder.State.FAILED, error=error, failed_at=now)


def take_back(ids: Collection[int], *, not_before: datetime) -> int:
    """Rows that had just failed wait after all, with their reason; returns how many nobody has touched meanwhile."""
    return Reminder.objects.filter(pk__in=ids, state=Reminder.State.FAILED).update(
        state=Reminder.State.RETRY, not_before=not_before, failed_at=None
    )


def _record(token: UUID, ids: Collection[int], **fields: object) -> bool:
    # One statement is its own transaction; the claim has made sure that there is no other around it.
    updated = Reminder.objects.filter(pk__in=ids, claim=token, state=Reminder.State.CLAIMED).update(
        claim=None, claimed_at=None, **fields
    )
    return _all_ours(token, updated, len(ids))


def _all_ours(token: UUID, updated: int, wanted: int) -> bool:
    if updated != wanted:
        logger.warning(
            "claim %s: %d of %d rows were still ours when it was to be recorded", token, updated, wanted
        )
    return updated == wanted


def release(token: UUID, rows: Collection[Reminder]) -> None:
    """Give back rows that were claimed and not handed to anybody: as they were, free to join a newer message."""
    fresh = [row.pk for row in rows if row.batch is None]
    ours = Reminder.objects.filter(pk__in=[row.pk for row in rows], claim=token, state=Reminder.State.CLAIMED)
    with transaction.atomic(durable=True):
        ours.filter(pk__in=fresh).update(batch=None, message_id="")
        ours.update(
            state=Case(
                When(attempts__lte=1, then=Value(Reminder.State.PLANNED.value)),
                default=Value(Reminder.State.RETRY.value),
            ),
            attempts=F("attempts") - 1,
            claim=None,
            claimed_at=None,
        )


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
