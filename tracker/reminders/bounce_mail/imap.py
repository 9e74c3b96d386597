"""A mailbox by IMAP: messages above the last one looked at, read without marking them; only handled ones become seen."""

import imaplib
import re
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Self

from tracker.models import BounceMailbox
from tracker.reminders.bounce_mail.notice import MOST_BYTES

TIMEOUT_SECONDS = 15
# A mailbox read for the first time may hold years of mail.
FIRST_LOOK_BACK = timedelta(days=7)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ImapBox:
    def __init__(self, client: imaplib.IMAP4, validity: str) -> None:
        self._client = client
        self._validity = validity

    @classmethod
    def open(cls, config: dict[str, Any]) -> Self:
        """Raises imaplib.IMAP4.error, OSError."""
        host, port, security = config["host"], config["port"], config["security"]
        trusted = ssl.create_default_context()
        if security == "ssl":
            client: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, port, ssl_context=trusted, timeout=TIMEOUT_SECONDS
            )
        else:
            client = imaplib.IMAP4(host, port, timeout=TIMEOUT_SECONDS)
        try:
            if security == "tls":
                client.starttls(trusted)
            client.login(config["user"], config["password"])
            _ok(client.select('"' + config["folder"].replace("\\", "\\\\").replace('"', '\\"') + '"'))
            validity = client.response("UIDVALIDITY")[1][0]
        except BaseException:
            client.shutdown()
            raise
        return cls(client, validity.decode() if isinstance(validity, bytes) else "")

    def new(self, state: BounceMailbox, *, now: datetime) -> list[str]:
        if state.validity != self._validity:
            # Another folder under the same name: its numbers say nothing about the old ones.
            state.validity, state.last_uid = self._validity, 0
        if state.last_uid:
            asked = f"UID {state.last_uid + 1}:*"
        else:
            since = now - FIRST_LOOK_BACK
            asked = f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        [found] = _ok(self._client.uid("SEARCH", asked))
        numbers = sorted(int(number) for number in (found or b"").split())
        # A server asked for 8:* names the last message though its number be 7.
        return [str(number) for number in numbers if number > state.last_uid]

    def read(self, key: str) -> bytes:
        answer = _ok(self._client.uid("FETCH", key, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def handled(self, key: str) -> None:
        _ok(self._client.uid("STORE", key, "+FLAGS", "(\\Seen)"))

    def looked_at(self, state: BounceMailbox, key: str) -> None:
        state.last_uid = int(key)

    def close(self) -> None:
        # What is marked is marked; a server that does not say goodbye changes nothing.
        with suppress(imaplib.IMAP4.error, OSError):
            self._client.logout()


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        said = b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")
        raise imaplib.IMAP4.error(re.sub(r"\s+", " ", said) or kind)
    return data
