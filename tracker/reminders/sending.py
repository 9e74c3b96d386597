"""Sending what waits: claim, look again, send outside any transaction, record; one message a recipient."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import Reminder, load_calendar
from tracker.reminders.channels import Channel, DeliveryError, Making, open_channel
from tracker.reminders.claiming import (
    Batch,
    Claim,
    begin_sending,
    claim,
    put_aside,
    record_failed,
    release,
    waiting_batches,
)
from tracker.reminders.demands import demands_of
from tracker.reminders.digest import Digest
from tracker.reminders.items import NO_DEMAND, Demand, Item, item
from tracker.reminders.lines import one_line
from tracker.reminders.recheck import no_longer_true
from tracker.reminders.recording import Accepted
from tracker.reminders.refusals import Outcome, Refusals
from tracker.reminders.ruling import Ruling
from tracker.rules.workdays import WorkCalendar

logger = logging.getLogger(__name__)

# Messages claimed together: one claim, one second look and one binding for all of them.
CHUNK = 100
# What was true when it was looked at is looked at again before it is sent so much later: a slow mail server takes its time.
LOOK_AGAIN_AFTER = timedelta(seconds=2)
# Not the fault of the row at hand; these end the run and the sweep picks up what was claimed.
_NOT_OF_THE_ROW = (DatabaseTrouble, SoftTimeLimitExceeded, MemoryError)


@dataclass
class RunReport:
    """One run. `held_back` messages (of `held_back_rows` notices) wait for the next, because of the cap unless `stopped` says
    otherwise."""

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
    report = RunReport()
    run = Run(today=today, clock=clock, until=_end(today, clock(), time_limit))
    messages = 0
    with ExitStack() as open_channels:
        run.open_channels = open_channels
        while queue and messages < cap and not report.stopped:
            chunk = next_chunk(queue, min(CHUNK, cap - messages))
            outcomes, left, report.stopped = run.send(chunk)
            report.outcomes += outcomes
            messages += sum(outcome.state != Reminder.State.DROPPED for outcome in outcomes)
            queue[:0] = left
    report.held_back = len(queue)
    report.held_back_rows = sum(batch.rows for batch in queue)
    if report.stopped:
        logger.error("sending stopped: %s", report.stopped)
    report_held_back(queue)
    for outcome in report.failures:
        logger.warning("to %s: %s %s", outcome.recipient, outcome.state, outcome.error)
    return report


def next_chunk(queue: list[Batch], size: int) -> list[Batch]:
    """Takes the next batches of one channel off the queue, at most `size`."""
    channel = queue[0].channel
    chunk: list[Batch] = []
    while queue and len(chunk) < size and queue[0].channel == channel:
        chunk.append(queue.pop(0))
    return chunk


def report_held_back(batches: Sequence[Batch]) -> None:
    """Say in the log what waits for the next run: a cap is never silent."""
    if batches:
        notices = sum(batch.rows for batch in batches)
        logger.warning("%d messages (%d notices) held back for the next run", len(batches), notices)


def _end(today: date, now: datetime, time_limit: timedelta | None) -> datetime | None:
    """When the run has to end: with its time, and with its day, whose words are not true on the next one."""
    ends = [] if time_limit is None else [now + time_limit]
    if today == timezone.localdate(now):
        ends.append(timezone.make_aware(datetime.combine(today + timedelta(days=1), time.min)))
    return min(ends, default=None)


@dataclass
class _Letter:
    """One message on its way: its batch, its rows still true, what left it before, and what it says."""

    batch: Batch
    rows: list[Reminder]
    stale: dict[int, str]
    bad: dict[int, str]
    digest: Digest | None = None
    message_id: str = ""
    # Made ahead of its turn, while the mail server was waited for with the one before; or what went wrong in making it.
    making: Making | None = None
    message: Any = None
    trouble: Exception | None = None

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]

    @property
    def error(self) -> str:
        return "；".join(dict.fromkeys(self.bad.values()))


@dataclass
class Run:
    """What all messages of one run share."""

    today: date
    clock: Callable[[], datetime]
    until: datetime | None = None
    open_channels: ExitStack = field(default_factory=ExitStack)
    calendar: WorkCalendar = field(default_factory=load_calendar)

    def __post_init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._refusals = Refusals()

    def _channel(self, name: str) -> Channel:
        if name not in self._channels:
            self._channels[name] = self.open_channels.enter_context(open_channel(name))
        return self._channels[name]

    def send(self, chunk: Sequence[Batch]) -> tuple[list[Outcome], list[Batch], str]:
        """What became of the batches (those that another worker has are left out), which of them were given back
        unsent, and why the run has to end ("" when it need not)."""
        if self._time_is_up():
            return [], list(chunk), _("本次运行时间已用完。")
        claimed = claim(chunk, now=self.clock())
        if claimed is None:
            return [], [], ""
        letters, outcomes = self._letters(chunk, claimed)
        channel = self._channel(chunk[0].channel)
        ids = begin_sending(claimed.token, {letter.batch.key: letter.rows for letter in letters})
        accepted = Accepted(claimed.token)
        try:
            stopped, left = self._send_letters(letters, ids, channel, claimed, accepted, outcomes)
        finally:
            # Whatever ended it, what was accepted by then is not to go out again.
            accepted.record(self.clock())
        return outcomes, left, stopped or self._must_stop(chunk[0].channel)

    def _send_letters(
        self,
        letters: Sequence[_Letter],
        ids: Mapping[tuple[str, UUID | None], str],
        channel: Channel,
        claimed: Claim,
        accepted: Accepted,
        outcomes: list[Outcome],
    ) -> tuple[str, list[Batch]]:
        for letter in letters:
            letter.message_id = ids[letter.batch.key]
        for place, letter in enumerate(letters):
            stopped = self._must_stop(letter.batch.channel)
            # One at least, however slowly the clock's owner works.
            if stopped or (place and self._ages(claimed)):
                self._give_back(claimed, letters[place:])
                return stopped, [later.batch for later in letters[place:]]
            outcomes.append(self._deliver(letter, channel, accepted, then=letters[place + 1 : place + 2]))
            accepted.record_in_time(self.clock())
        return "", []

    def _time_is_up(self) -> bool:
        return self.until is not None and self.clock() >= self.until

    def _ages(self, claimed: Claim) -> bool:
        """Whether the second look is so old that the rest had better be claimed and looked at anew."""
        return self.clock() - claimed.at > LOOK_AGAIN_AFTER

    def _must_stop(self, channel: str) -> str:
        return self._refusals.why_stop(channel) or (_("本次运行时间已用完。") if self._time_is_up() else "")

    def _give_back(self, claimed: Claim, letters: Sequence[_Letter]) -> None:
        release(claimed.token, [row for letter in letters for row in letter.rows])

    def _letters(self, chunk: Sequence[Batch], claimed: Claim) -> tuple[list[_Letter], list[Outcome]]:
        """The messages to send, and what became of those of which nothing is left to send."""
        rows = [row for found in claimed.rows.values() for row in found]
        ruling = Ruling.load(today=self.today, calendar=self.calendar)
        stale = no_longer_true(rows, ruling=ruling)
        demands = demands_of([row for row in rows if row.pk not in stale], today=self.today)
        letters: list[_Letter] = []
        outcomes: list[Outcome] = []
        all_bad: dict[int, str] = {}
        on_request = self.today != timezone.localdate(self.clock())
        for batch in chunk:
            present = claimed.rows.get(batch.key)
            if present is None:
                continue
            its_stale = {row.pk: stale[row.pk] for row in present if row.pk in stale}
            true = [row for row in present if row.pk not in its_stale]
            items, bad = self._items(true, ruling, demands)
            all_bad |= bad
            letter = _Letter(batch, [row for row in true if row.pk not in bad], its_stale, bad)
            if letter.rows:
                letter.digest = Digest.of(
                    items, recipient=batch.recipient, today=self.today, on_request=on_request
                )
                letters.append(letter)
            else:
                outcomes.append(_nothing_left(letter))
        now = self.clock()
        if stale:
            put_aside(claimed.token, stale, state=Reminder.State.DROPPED, now=now)
        if all_bad:
            put_aside(claimed.token, all_bad, state=Reminder.State.FAILED, now=now)
        return letters, outcomes

    def _items(
        self, rows: Sequence[Reminder], ruling: Ruling, demands: Mapping[int, Demand]
    ) -> tuple[list[Item], dict[int, str]]:
        """What each row says, and those of which nothing can be said: a bad row does not stop its digest."""
        items: list[Item] = []
        bad: dict[int, str] = {}
        for row in rows:
            try:
                rule = ruling.rows.get(row.rule_id or 0)
                items.append(
                    item(
                        row,
                        today=self.today,
                        calendar=self.calendar,
                        mutable=rule is not None and rule.mutable,
                        demand=demands.get(row.pk, NO_DEMAND),
                    )
                )
            except _NOT_OF_THE_ROW:
                raise
            except Exception as error:
                logger.exception("reminder %d set aside", row.pk)
                bad[row.pk] = _unexpected(error)
        return items, bad

    def _prepare(self, letter: _Letter, channel: Channel) -> None:
        """Makes the message, as far as it is not made."""
        while letter.message is None and letter.trouble is None:
            self._go_on_with(letter, channel)

    def _go_on_with(self, letter: _Letter, channel: Channel) -> None:
        """One piece of the work on a message; what goes wrong is kept for its turn."""
        if letter.message is not None or letter.trouble is not None:
            return
        assert letter.digest is not None, "it has rows"
        try:
            if letter.making is None:
                letter.making = channel.prepare(letter.digest, message_id=letter.message_id, now=self.clock())
            next(letter.making)
        except StopIteration as done:
            assert done.value is not None, "a making comes to its message"
            letter.message = done.value
        except Exception as error:
            letter.trouble = error

    def _deliver(
        self, letter: _Letter, channel: Channel, accepted: Accepted, *, then: Sequence[_Letter]
    ) -> Outcome:
        """`then`: the next letter, if any, whose message is made while this one is on its way."""
        assert letter.digest is not None, "it has rows"

        def meanwhile() -> None:
            for following in then:
                self._go_on_with(following, channel)

        said: dict[str, Any] = {
            "subject": letter.digest.subject,
            "message_id": letter.message_id,
            "dropped": len(letter.stale),
            "set_aside": len(letter.bad),
        }
        recipient, count = letter.batch.recipient, len(letter.rows)
        try:
            self._prepare(letter, channel)
            if letter.trouble is not None:
                raise letter.trouble
            message, letter.message = letter.message, None
            channel.deliver(message, meanwhile)
        except DeliveryError as error:
            return self._refused(accepted.token, letter, error, said)
        except _NOT_OF_THE_ROW:
            raise
        except Exception as error:
            logger.exception("message to %s set aside", recipient)
            words = _unexpected(error)
            record_failed(accepted.token, letter.ids, now=self.clock(), error=words)
            return Outcome(recipient, Reminder.State.FAILED, count, error=_join(words, letter.error), **said)
        accepted.add(letter.ids, self.clock())
        self._refusals.accepted(letter.batch.channel)
        return Outcome(recipient, Reminder.State.SENT, count, error=letter.error, **said)

    def _refused(self, token: UUID, letter: _Letter, error: DeliveryError, said: dict[str, Any]) -> Outcome:
        outcome = Outcome(
            letter.batch.recipient, "", len(letter.rows), error=_join(str(error), letter.error), **said
        )
        now = self.clock()
        self._refusals.refused(token, letter.batch, letter.rows, error, now=now, outcome=outcome)
        return outcome


def _nothing_left(letter: _Letter) -> Outcome:
    state = Reminder.State.FAILED if letter.bad else Reminder.State.DROPPED
    reason = letter.error or "；".join(dict.fromkeys(letter.stale.values()))
    return Outcome(
        letter.batch.recipient,
        state,
        len(letter.bad),
        error=reason,
        dropped=len(letter.stale),
        set_aside=len(letter.bad),
    )


def _join(*errors: str) -> str:
    return "；".join(text for text in errors if text)


def _unexpected(error: Exception) -> str:
    return _("无法生成或发送：%s") % one_line(f"{type(error).__name__}: {error}", 400)
