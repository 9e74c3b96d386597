"""What a run makes of refusals: an unknown address is its recipient's affair, all else the mail server's until hours have passed;
and one refusal after another is the server's, whatever it says."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tracker.models import Reminder
from tracker.reminders.bounces import flag_bounced, take_flag_back
from tracker.reminders.channels import DeliveryError
from tracker.reminders.claiming import BACKOFF_MINUTES, Batch, backoff, record_failed, record_retry, take_back

logger = logging.getLogger(__name__)

# So many messages in a row that could not even be handed over, and the run ends: the rest waits untouched.
UNAVAILABLE_IN_A_ROW = 3
# A server that takes nothing for a while, or knows no address at all, is believed about one after so many attempts, some four
# hours.
BELIEVED_AFTER = len(BACKOFF_MINUTES)


@dataclass
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


@dataclass(frozen=True)
class _TurnedAway:
    """A message that the server refused, while it has taken none since."""

    ids: tuple[int, ...]
    attempts: int
    at: datetime
    error: DeliveryError
    outcome: Outcome


class Refusals:
    """Of one run; what is told it of other channels than mail concerns one endpoint each, and never the run."""

    def __init__(self) -> None:
        self._gone: Counter[str] = Counter()
        # One after another, since the last message that the server took.
        self._turned_away: list[_TurnedAway] = []
        self._stop = ""

    def accepted(self, channel: str) -> None:
        self._gone[channel] = 0
        if channel == Reminder.Channel.EMAIL:
            self._turned_away.clear()

    def why_stop(self, channel: str) -> str:
        """ "" as long as the run may go on."""
        if self._stop and channel == Reminder.Channel.EMAIL:
            return self._stop
        if self._gone[channel] >= UNAVAILABLE_IN_A_ROW:
            return _("邮件服务器连续%d次不可用，其余的留待下次。") % self._gone[channel]
        return ""

    def refused(
        self,
        token: UUID,
        batch: Batch,
        rows: Sequence[Reminder],
        error: DeliveryError,
        *,
        now: datetime,
        outcome: Outcome,
    ) -> None:
        """Record what a refusal means for these rows, all of one message, and write the state into its outcome."""
        words, ids = str(error), [row.pk for row in rows]
        # `attempts` was raised by the claim.
        attempts = max(row.attempts for row in rows)
        if error.misconfigured:
            logger.error("the settings of %s need mending: %s", batch.channel, error)
        by_mail = batch.channel == Reminder.Channel.EMAIL
        # A robot that does not answer is one recipient; a mail server that does not answer is all of them.
        self._gone[batch.channel] = self._gone[batch.channel] + 1 if error.unavailable and by_mail else 0
        believed = attempts >= BELIEVED_AFTER
        of_the_server = by_mail and error.by_server and not believed
        # Only an unknown address is known at once; a filter or a policy may be mended, or had a bad hour.
        if not error.permanent or (of_the_server and not error.bounced):
            wait = backoff(attempts)
            record_retry(token, ids, not_before=now + max(wait, error.wait or wait), error=words)
            outcome.state = Reminder.State.RETRY
        else:
            record_failed(token, ids, now=now, error=words)
            outcome.state = Reminder.State.FAILED
            if error.bounced:
                flag_bounced(batch.recipient, now=now, reason=words)
        if error.permanent and of_the_server:
            self._turned_away.append(_TurnedAway(tuple(ids), attempts, now, error, outcome))
            self._ask_whether_all_are_refused()

    def _ask_whether_all_are_refused(self) -> None:
        """A server that refuses three in a row refuses this installation: nobody's notice is lost by that and nobody's address
        is wrong."""
        found = self._turned_away
        if len(found) < UNAVAILABLE_IN_A_ROW:
            return
        for one in found:
            take_back(one.ids, not_before=one.at + backoff(one.attempts))
            take_flag_back(one.outcome.recipient, at=one.at)
            one.outcome.state = Reminder.State.RETRY
        self._stop = _("邮件服务器连续拒收%d封，视为服务器或设置的问题，已全部改为待重试。") % len(found)
        logger.error("the mail server refuses every message: %s", found[-1].error)
