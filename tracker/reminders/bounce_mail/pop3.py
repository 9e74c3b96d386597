"""A mailbox by POP3: newest messages first, told by their unique ids; deleted only what was about a mail of ours."""

import poplib
import ssl
from contextlib import suppress
from datetime import datetime
from typing import Any, Self

from tracker.models import BounceMailbox
from tracker.reminders.bounce_mail.notice import MOST_BYTES, Unreadable

TIMEOUT_SECONDS = 15
# Older ones are not asked for: POP3 knows no days.
NEWEST = 2000
# Of a message that is larger than a notice needs to be read.
LINES = 2000


class Pop3Box:
    def __init__(self, client: poplib.POP3) -> None:
        self._client = client
        # Unique id → the message's number in this session.
        self._numbers: dict[str, int] = {}

    @classmethod
    def open(cls, config: dict[str, Any]) -> Self:
        """Raises poplib.error_proto, OSError."""
        host, port, security = config["host"], config["port"], config["security"]
        trusted = ssl.create_default_context()
        if security == "ssl":
            client: poplib.POP3 = poplib.POP3_SSL(host, port, context=trusted, timeout=TIMEOUT_SECONDS)
        else:
            client = poplib.POP3(host, port, timeout=TIMEOUT_SECONDS)
        try:
            if security == "tls":
                client.stls(trusted)
            client.user(config["user"])
            client.pass_(config["password"])
        except BaseException:
            client.close()
            raise
        return cls(client)

    def new(self, state: BounceMailbox, *, now: datetime) -> list[str]:
        lines = self._client.uidl()[1][-NEWEST:]
        for line in lines:
            number, _blank, unique = line.partition(b" ")
            self._numbers[unique.decode("ascii", "replace").strip()] = int(number)
        known = set(state.looked_at)
        # Forgotten with the message itself.
        state.looked_at = [unique for unique in self._numbers if unique in known]
        return [unique for unique in reversed(self._numbers) if unique not in known]

    def read(self, key: str) -> bytes:
        number = self._numbers[key]
        # "+OK 2 3821" for one message, whatever the library's types say.
        size = int(str(self._client.list(number)).split()[2].strip("'"))
        try:
            lines = self._client.retr(number)[1] if size <= MOST_BYTES else self._client.top(number, LINES)[1]
        except poplib.error_proto as error:
            if "too long" not in str(error):
                raise
            # A line of more than 2,048 bytes: no notice has one, and the library reads no further.
            raise Unreadable from error
        return b"\n".join(lines)[:MOST_BYTES]

    def handled(self, key: str) -> None:
        self._client.dele(self._numbers[key])

    def looked_at(self, state: BounceMailbox, key: str) -> None:
        state.looked_at = [*state.looked_at, key]

    def close(self) -> None:
        # Deleted with the farewell; without it the message is read once more, and found settled.
        with suppress(poplib.error_proto, OSError):
            self._client.quit()
