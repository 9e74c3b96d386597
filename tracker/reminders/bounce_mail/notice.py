"""What a mail server's notice says: which mail came back, from which address, why, and whether for good (RFC 3464)."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import HeaderParser
from email.utils import parsedate_to_datetime

from tracker.reminders.bounce_mail.unstandard import unstandard_failure
from tracker.reminders.channels.email.replies import Refusal, refusal

# The report and the returned headers stand at a notice's beginning; behind them comes the mail itself, attachments and all.
MOST_BYTES = 256 * 1024
_REPORT = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_OUR_ID = re.compile(r"duban-[0-9a-f]{32}@[\w.\-]+")
_REPLY = re.compile(r"\s*([245]\d\d)[ \-](.*)", re.DOTALL)
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
_GIVEN_BACK = "failed"


class NoNotice(Exception):
    """Not a notice about a mail of ours; the message says in Chinese why not."""


class Unreadable(Exception):
    """A message that cannot be fetched; the connection is of no more use, the mailbox is."""


@dataclass(frozen=True)
class Failure:
    """One address that the notice names (`addresses`: before and after forwarding). `gone`: it does not exist."""

    addresses: frozenset[str]
    action: str
    words: str
    gone: bool

    @property
    def for_good(self) -> bool:
        return self.action == _GIVEN_BACK


@dataclass(frozen=True)
class Notice:
    """`message_id` (with its brackets) of the mail that came back; `written_at`: when the notice was, if it says so."""

    message_id: str
    failures: tuple[Failure, ...]
    written_at: datetime | None


def read_notice(content: bytes) -> Notice:
    """Raises NoNotice. What comes by mail may be anything, so nothing else is raised."""
    try:
        return _read(message_from_bytes(content[:MOST_BYTES].replace(b"\r\n", b"\n")))
    except NoNotice:
        raise
    except Exception as error:  # malformed or hostile: the parser promises nothing
        raise NoNotice(f"邮件无法解析（{type(error).__name__}）。") from error


def _read(message: Message) -> Notice:
    parts = list(message.walk())
    report = next((part for part in parts if part.get_content_type() in _REPORT), None)
    returned = [_text(_body(part)) for part in parts if part.get_content_type() in _RETURNED]
    if report is not None:
        failures = tuple(_failures(_text(_body(report))))
        if not failures:
            raise NoNotice("投递状态通知中没有写明收件人。")
        message_id = next((found for words in returned if (found := _id_in_headers(words))), "")
        if not message_id:
            raise NoNotice("退回的邮件头中没有本系统的 Message-ID。")
        return Notice(message_id, failures, _date(message))
    said = "\n".join(_readable(part) for part in parts if part.get_content_maintype() == "text")
    message_id = next((found for words in [*returned, said] if (found := _our_id(words))), "")
    failure = unstandard_failure(message, said) if message_id else None
    if not message_id:
        raise NoNotice("不是退信，或退回的不是本系统的邮件。")
    if failure is None:
        raise NoNotice("提到了本系统的邮件，但没有写明投递彻底失败。")
    return Notice(
        message_id, (Failure(failure.addresses, _GIVEN_BACK, failure.words, failure.gone),), _date(message)
    )


def _failures(report: str) -> Iterator[Failure]:
    for group in re.split(r"\n[ \t]*\n", report):
        fields = HeaderParser().parsestr(group.strip("\n") + "\n\n")
        addresses = {
            address
            for name in ("Original-Recipient", "Final-Recipient")
            for address in _addresses(_decoded(fields[name]))
        }
        if not addresses:
            continue  # what is said of the message as a whole
        action = _decoded(fields["Action"]).strip().lower()
        diagnostic = _decoded(fields["Diagnostic-Code"])
        status = _STATUS.search(_decoded(fields["Status"]))
        words, gone = _meaning(diagnostic, status.group() if status else "")
        yield Failure(frozenset(addresses), action, words, gone)


def _meaning(diagnostic: str, status: str) -> tuple[str, bool]:
    """The server's words, and whether they say that the address does not exist."""
    kind, parted, text = diagnostic.partition(";")
    said = " ".join((text if parted and len(kind) < 20 else diagnostic).split())
    reply = _REPLY.match(said)
    code, words = (int(reply[1]), reply[2]) if reply else (450 if status.startswith("4") else 550, said)
    # Exim reports 5.0.0 whatever the other side had answered; the answer itself is believed first.
    if status and not status.endswith(".0.0") and not _STATUS.search(words):
        words = f"{status} {words}"
    gone = refusal(code, words.encode()) is Refusal.NO_SUCH_ADDRESS and not status.startswith("4")
    return f"{code} {words}".strip() if reply else words or status, gone


def _addresses(field: str) -> Iterator[str]:
    """rfc822; <a@b> → a@b; with characters written as +2B (RFC 3461), also read back."""
    address = field.rpartition(";")[2].strip().strip("<>").strip()
    if "@" in address:
        yield address
        yield re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), address)


def _id_in_headers(words: str) -> str:
    headers = HeaderParser().parsestr(words.lstrip("\n").partition("\n\n")[0] + "\n\n")
    return _our_id(_decoded(headers["Message-ID"]))


def _our_id(words: str) -> str:
    found = _OUR_ID.search(words)
    return f"<{found.group()}>" if found else ""


def _body(part: Message) -> bytes:
    """What stands below a part's headers, decoded: the parser takes such parts apart without looking at their encoding."""
    raw = part.as_bytes().partition(b"\n\n")[2]
    encoding = _decoded(part["Content-Transfer-Encoding"]).strip().lower()
    if encoding == "base64":
        try:
            return base64.b64decode(raw).replace(b"\r\n", b"\n")
        except binascii.Error:
            return raw
    return quopri.decodestring(raw) if encoding == "quoted-printable" else raw


def _readable(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    words = _text(payload, part.get_content_charset() or "utf-8")
    return re.sub(r"<(?![^<>\s]+@)[^<>]*>", " ", words) if part.get_content_subtype() == "html" else words


def _text(content: bytes, charset: str = "utf-8") -> str:
    for name in (charset, "utf-8"):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("gb18030", "replace")


def _decoded(value: object) -> str:
    if value is None:
        return ""
    try:
        return str(make_header(decode_header(str(value))))
    except (HeaderParseError, LookupError, UnicodeDecodeError):
        return str(value)


def _date(message: Message) -> datetime | None:
    try:
        written = parsedate_to_datetime(_decoded(message["Date"]))
    except (ValueError, TypeError):
        return None
    return written if written.tzinfo else written.replace(tzinfo=UTC)
