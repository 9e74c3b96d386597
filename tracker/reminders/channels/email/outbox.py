"""The embedded default's mail server: each message becomes one .eml file that a person can open."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import SafeMIMEMultipart, SafeMIMEText


class OutboxBackend(BaseEmailBackend):
    """Writes into settings.OUTBOX_DIR. Names sort by the moment of writing and end in a hash of the
    Message-ID.

    A message sent again stands beside the first, as it would in a mailbox; nothing is ever overwritten.
    Raises OSError when the folder cannot be written, like a server that cannot be reached.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sent = 0
        for email in email_messages:
            if email.recipients():
                _write(folder, email.message())
                sent += 1
        return sent


def _write(folder: Path, message: SafeMIMEText | SafeMIMEMultipart) -> None:
    identity = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:16]
    draft = folder / f".{secrets.token_hex(8)}.tmp"
    # Whole under another name first, so that a reader of the folder never sees half a message.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes(linesep="\r\n"))
        file.flush()
        os.fsync(file.fileno())
    sent_at = parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    try:
        for copy in count(1):
            path = folder / f"{sent_at:%Y%m%dT%H%M%SZ}-{identity}{f'-{copy}' if copy > 1 else ''}.eml"
            # Unlike a rename, a link never replaces a file that has the name already.
            with suppress(FileExistsError):
                path.hardlink_to(draft)
                return
    finally:
        draft.unlink()
