"""Sending what waits: claim, look again, send outside any transaction, record; one message a recipient."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import Error as DatabaseTrouble
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import Reminder, load_calendar
from tracker.reminders.channels import DeliveryError
from tracker.reminders.channels.email import EmailChannel
from tracker.reminders.claiming import (
    Batch,
    begin_sending,
    claim,
    claimed,
    put_aside,
    record_failed,
    record_retry,
    record_sent,
    waiting_batches,
)
from tracker.reminders.digest import Digest, Item, item, one_line
from tracker.reminders.planning import current_schedule
from tracker.reminders.recheck import no_longer_true
from tracker.rules.reminder_schedule import Schedule
from tracker.rules.workdays import WorkCalendar

logger = logging.getLogger(__name__)

# So many messages in a row that could not even be handed over, and the run ends: the rest waits untouched.
UNAVAILABLE_IN_A_ROW = 3
# Not the fault of the row at hand; these end the run and the sweep picks up what was claimed.
_NOT_OF_THE_ROW = (DatabaseTrouble, SoftTimeLimitExceeded, MemoryError)


@dataclass(frozen=True)
class Outcome:
    """What became of one message with `rows` notices; `dropped` and `set_aside` ones had left it before.

    `state` is a Reminder.State.
    """

    recipient: str
    state: str
    rows: int
    subject: str = ""
    message_id: str = ""
    error: str = ""
    dropped: int = 0
    set_aside: int = 0


@dataclass
class RunReport:
    """One run. `held_back` messages (of `held_back_rows` notices) wait for the next, because of the cap
    unless
    `stopped` says otherwise."""

    outcomes: list[Outcome] = field(default_factory=list)
    held_back: int = 0
    held_back_rows: int = 0
    stopped: str = ""

    def count(self, state: str) -> int:
        return sum(outcome.state == state for outcome in self.outcomes)

    @property
    def dropped(self) -> int:
        return sum(outcome.dropped for outcome in self.outcomes)

    @property
    def failures(self) -> list[Outcome]:
        """Messages not accepted, and those from which a notice had to be set aside."""
        bad = (Reminder.State.RETRY, Reminder.State.FAILED)
        return [outcome for outcome in self.outcomes if outcome.state in bad or outcome.set_aside]


def send_waiting(
    *,
    today: date,
    clock: Callable[[], datetime],
    cap: int | None = None,
    only_to: str | None = None,
    batches: Sequence[Batch] | None = None,
    time_limit: timedelta | None = None,
) -> RunReport:
    """Send up to `cap` messages (REMINDER_CAP_PER_RUN when None): the given batches, else all that wait.

    `clock` is asked for each message, because a claim must age from the moment it is made, not from the
    run's start. A database error ends the run and is raised; claims it leaves are swept later.
    """
    cap = settings.REMINDER_CAP_PER_RUN if cap is None else cap
    queue = list(waiting_batches(now=clock(), only_to=only_to) if batches is None else batches)
    until = None if time_limit is None else clock() + time_limit
    report = RunReport()
    in_a_row = messages = 0
    with EmailChannel() as channel:
        run = _Run(channel=channel, today=today, clock=clock)
        while queue and messages < cap:
            if until is not None and clock() >= until:
                report.stopped = _("本次运行时间已用完。")
                break
            outcome, unavailable = run.send(queue.pop(0))
            if outcome is None:
                continue
            report.outcomes.append(outcome)
            messages += outcome.state != Reminder.State.DROPPED
            in_a_row = in_a_row + 1 if unavailable else 0
            if in_a_row >= UNAVAILABLE_IN_A_ROW:
                report.stopped = _("邮件服务器连续%d次不可用，其余的留待下次。") % in_a_row
                break
    report.held_back = len(queue)
    report.held_back_rows = sum(batch.rows for batch in queue)
    if report.stopped:
        logger.error("sending stopped: %s", report.stopped)
    report_held_back(queue)
    for outcome in report.failures:
        logger.warning("to %s: %s %s", outcome.recipient, outcome.state, outcome.error)
    return report


def report_held_back(batches: Sequence[Batch]) -> None:
    """Say in the log what waits for the next run: a cap is never silent."""
    if batches:
        notices = sum(batch.rows for batch in batches)
        logger.warning("%d messages (%d notices) held back for the next run", len(batches), notices)


@dataclass
class _Run:
    """What all messages of one run share."""

    channel: EmailChannel
    today: date
    clock: Callable[[], datetime]
    schedule: Schedule = field(default_factory=current_schedule)
    calendar: WorkCalendar = field(default_factory=load_calendar)

    def send(self, batch: Batch) -> tuple[Outcome | None, bool]:
        """What became of the batch (None: another worker has it) and whether the way itself was closed."""
        token = claim(batch, now=self.clock())
        if token is None:
            return None, False
        rows = claimed(token)
        stale = no_longer_true(rows, today=self.today, schedule=self.schedule, calendar=self.calendar)
        if stale:
            put_aside(token, stale, state=Reminder.State.DROPPED)
        rows = [row for row in rows if row.pk not in stale]
        items, bad = self._items(rows)
        if bad:
            put_aside(token, bad, state=Reminder.State.FAILED)
        rows = [row for row in rows if row.pk not in bad]
        counts: dict[str, Any] = {"dropped": len(stale), "set_aside": len(bad)}
        error = "；".join(dict.fromkeys(bad.values()))
        if not rows:
            state = Reminder.State.FAILED if bad else Reminder.State.DROPPED
            reason = error or "；".join(dict.fromkeys(stale.values()))
            return Outcome(batch.recipient, state, len(bad), error=reason, **counts), False
        digest = Digest.of(
            items,
            recipient=batch.recipient,
            today=self.today,
            on_request=self.today != timezone.localdate(self.clock()),
        )
        outcome, unavailable = self._deliver(token, batch, digest, rows)
        return _with_counts(outcome, error=error, **counts), unavailable

    def _items(self, rows: Sequence[Reminder]) -> tuple[list[Item], dict[int, str]]:
        """What each row says, and those of which nothing can be said: a bad row does not stop its digest."""
        items: list[Item] = []
        bad: dict[int, str] = {}
        for row in rows:
            try:
                items.append(item(row, today=self.today, calendar=self.calendar))
            except _NOT_OF_THE_ROW:
                raise
            except Exception as error:
                logger.exception("reminder %d set aside", row.pk)
                bad[row.pk] = _unexpected(error)
        return items, bad

    def _deliver(
        self, token: UUID, batch: Batch, digest: Digest, rows: Sequence[Reminder]
    ) -> tuple[Outcome, bool]:
        count = len(rows)
        message_id = begin_sending(token, batch.batch)
        said: dict[str, Any] = {"subject": digest.subject, "message_id": message_id}
        try:
            message: EmailMessage = self.channel.prepare(digest, message_id=message_id, now=self.clock())
            self.channel.deliver(message)
        except DeliveryError as error:
            return self._refused(token, batch, rows, error, said)
        except _NOT_OF_THE_ROW:
            raise
        except Exception as error:
            logger.exception("message to %s set aside", batch.recipient)
            record_failed(token, rows=count, error=_unexpected(error))
            return Outcome(
                batch.recipient, Reminder.State.FAILED, count, error=_unexpected(error), **said
            ), False
        record_sent(token, rows=count, now=self.clock())
        return Outcome(batch.recipient, Reminder.State.SENT, count, **said), False

    def _refused(
        self, token: UUID, batch: Batch, rows: Sequence[Reminder], error: DeliveryError, said: dict[str, Any]
    ) -> tuple[Outcome, bool]:
        if error.misconfigured:
            logger.error("the mail settings need mending: %s", error)
        if error.permanent:
            record_failed(token, rows=len(rows), error=str(error))
            state = Reminder.State.FAILED
        else:
            # `attempts` was raised in the database by the claim, and these rows were read after it.
            attempts = max(row.attempts for row in rows)
            record_retry(token, rows=len(rows), attempts=attempts, now=self.clock(), error=str(error))
            state = Reminder.State.RETRY
        return Outcome(batch.recipient, state, len(rows), error=str(error), **said), error.unavailable


def _with_counts(outcome: Outcome, *, error: str, dropped: int, set_aside: int) -> Outcome:
    """The outcome with what left the digest before it was sent."""
    errors = "；".join(text for text in (outcome.error, error) if text)
    return replace(outcome, error=errors, dropped=dropped, set_aside=set_aside)


def _unexpected(error: Exception) -> str:
    return _("无法生成或发送：%s") % one_line(f"{type(error).__name__}: {error}", 400)
