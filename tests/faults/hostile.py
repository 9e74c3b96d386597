"""(8) Ten thousand hostile values: each notice arrives, in a message that is whole and says only what it should."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

from docx import Document
from icalendar import Calendar

from tests.faults import hostile_values
from tests.faults.counting import Notice
from tests.faults.plant import Plant
from tests.faults.trial import OVERDUE, SOON, Trial, settle
from tests.servers import SmtpSink

OFFICE = "office@x.example"
# Each once, and no other.
HEADERS = {
    *("mime-version", "subject", "from", "to", "reply-to", "date", "message-id", "auto-submitted"),
    *("x-auto-response-suppress", "list-unsubscribe", "list-unsubscribe-post", "content-type"),
}
MUST = HEADERS - {"list-unsubscribe", "list-unsubscribe-post"}
# What changes how a line reads without being seen, controls, noncharacters: none may reach a reader.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}
LARGEST = 3_000_000


class RawSink(SmtpSink):
    """Keeps each message's bytes as they came, and for whom."""

    def __init__(self) -> None:
        super().__init__()
        self.raw: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.raw.append((list(envelope.rcpt_tos), envelope.content))
        return await super().handle_DATA(server, session, envelope)


def run(plant: Plant) -> Iterator[Trial]:
    """All at once, as an office's database might come to hold them."""
    trial = Trial(
        8, f"{hostile_values.VALUES:,} hostile values in names, titles, numbers, texts and mailboxes"
    )
    measures = hostile_values.measures()
    expected = {
        Notice(
            hostile_values.address(found.unit) or OFFICE,
            found.name,
            OVERDUE if found.due_on == hostile_values.RED_ON else SOON,
        )
        for found in measures
    }
    with RawSink() as sink:
        origin = plant.prepared("from tests.faults.hostile_values import fill; fill()")
        installation = plant.installation(
            origin,
            sink,
            DUBAN_MAIL_REPLY_TO=OFFICE,
            DUBAN_REMINDER_CAP_PER_RUN="5000",
            # A tick has far more to look at than in the other trials.
            DUBAN_REMINDER_TICK_SECONDS="10",
        )
        with installation.worker() as worker:
            settle(installation, len(expected) + hostile_values.BAD_MAILBOXES, worker, seconds=400)
        faults = Counter(fault for to, content in sink.raw for fault in message_faults(to, content))
        trial.wrong += [f"{times} times {fault}" for fault, times in faults.items()]
        # A unit that nobody can be reached at stands in the ledger, failed, and the office is told in its place.
        yield trial.judge(expected, sink, installation, failed=hostile_values.BAD_MAILBOXES)


def message_faults(recipients: list[str], content: bytes) -> list[str]:
    """What is wrong with one message, in words."""
    strict = policy.SMTP.clone(raise_on_defect=True)
    try:
        message = message_from_bytes(content, policy=strict)
        names = [name.lower() for name in message]
        wrong = []
        if len(names) != len(set(names)) or not MUST <= set(names) <= HEADERS:
            wrong.append(f"headers: {names}")
        if recipients != [message["To"]]:
            wrong.append(f"to {message['To']}, handed to {recipients}")
        if any(len(line) > 998 for line in content.splitlines()):
            wrong.append("a line longer than 998 bytes")
        if not content.isascii():
            wrong.append("bytes beyond ASCII")
        if len(content) > LARGEST:
            wrong.append(f"{len(content):,} bytes")
        for part in message.walk():
            wrong += _part_faults(part)
    except Exception as error:  # whatever a parser says of it is its fault
        return [f"{type(error).__name__}: {error}"]
    return wrong


def _part_faults(part: EmailMessage) -> list[str]:
    kind = part.get_content_type()
    if kind.startswith("multipart/"):
        return []
    content = part.get_content()
    if kind.endswith("wordprocessingml.document"):
        Document(BytesIO(content))
        return []
    if kind == "text/calendar":
        events = Calendar.from_ical(content).walk("VEVENT")
        return [] if all(str(event["URL"]).startswith("http") for event in events) else ["a calendar entry"]
    unseen = {char for char in content if char not in "\n\r" and unseen_character(char)}
    wrong = [f"{kind}: unseen {sorted(map(hex, map(ord, unseen)))}"] if unseen else []
    if kind == "text/html" and any(tag in content for tag in ("<script", "<img", "<style>*", "<h1>")):
        wrong.append("HTML that is not ours")
    return wrong


def unseen_character(char: str) -> bool:
    """Whether a reader would not see it, or XML not take it."""
    code = ord(char)
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return unicodedata.category(char) in _UNSEEN or noncharacter
