"""Recording what the other side has accepted: several messages at a time, and again when the database is away for a moment."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import sleep
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from tracker.reminders.claiming import record_sent

logger = logging.getLogger(__name__)

# Messages accepted are recorded together, at the latest after so many or so long: a commit each would cost more than the
# sending. A worker killed just then leaves at most these to arrive twice, each under its own Message-ID.
RECORD_TOGETHER = 10
RECORD_WITHIN = timedelta(milliseconds=50)
# What was accepted and cannot be recorded, because the database is just restarting, is recorded after so many seconds; given up,
# it would go out again. All of it fits between the run's own time limit and the task's.
RECORD_AGAIN_AFTER = (1, 2, 4, 8, 16)


@dataclass
class Accepted:
    """Rows whose message was accepted and that are not recorded yet."""

    token: UUID
    ids: list[int] = field(default_factory=list)
    messages: int = 0
    since: datetime | None = None

    def add(self, ids: Sequence[int], now: datetime) -> None:
        self.ids += ids
        self.messages += 1
        self.since = self.since or now

    def record_in_time(self, now: datetime) -> None:
        if self.since and (self.messages >= RECORD_TOGETHER or now - self.since >= RECORD_WITHIN):
            self.record(now)

    def record(self, now: datetime) -> None:
        if self.ids:
            self._patiently(now)
        self.ids, self.messages, self.since = [], 0, None

    def _patiently(self, now: datetime) -> None:
        for pause in RECORD_AGAIN_AFTER:
            try:
                record_sent(self.token, self.ids, now=now)
                return
            except (OperationalError, InterfaceError):
                logger.warning("the record of %d reminders is tried again", len(self.ids), exc_info=True)
                connection.close()
                sleep(pause)
        record_sent(self.token, self.ids, now=now)
