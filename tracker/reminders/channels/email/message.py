"""A digest as an e-mail: Chinese text and HTML parts; however often it is sent, its headers say it is one."""

from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from tracker.reminders.channels import Making, made
from tracker.reminders.channels.email.addresses import recipient_in_ascii, sender_in_ascii
from tracker.reminders.channels.email.templates import Wording
from tracker.reminders.channels.email.wire import Attachment, WireMessage, write
from tracker.reminders.digest import Digest
from tracker.reminders.lines import chinese_date, one_line

SHIPPED = Wording()


class ReminderMessage(EmailMultiAlternatives):
    """What Django's mail backends are handed; its bytes are made once."""

    wire: WireMessage

    def message(self) -> Any:
        return self.wire


def making(
    digest: Digest,
    *,
    message_id: str,
    now: datetime,
    wording: Wording = SHIPPED,
    attachments: Sequence[Attachment] = (),
    reply_to: str = "",
    unsubscribe: str = "",
) -> Making:
    """The message to one recipient, in pieces that cost about the same; `now` becomes its Date. `reply_to`: where answers go; `unsubscribe`: the link that mutes what may be muted.

    Raises DeliveryError for an address that has no form a mail server understands.
    """
    context: dict[str, Any] = {
        "digest": digest,
        "subject": one_line(digest.subject, 120),
        "day": chinese_date(digest.today),
        "office": one_line(settings.OFFICE_NAME, 60),
        "site": settings.SITE_URL,
        "reply_to": reply_to,
        "unsubscribe": unsubscribe,
        "attached": [file.name for file in attachments],
    }
    recipient = recipient_in_ascii(digest.recipient)
    text = wording.render("txt", context)
    yield
    html = wording.render("html", context)
    yield
    headers = {
        "Subject": context["subject"],
        "From": sender(),
        "To": recipient,
        **({"Reply-To": _mailbox(reply_to)} if reply_to else {}),
        "Date": _date(now.replace(microsecond=0)),
        "Message-ID": message_id,
        # RFC 3834, and what Exchange reads instead: no out-of-office answers to a machine.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        # RFC 2369 and 8058: a mail program may offer it as a button, which posts and asks no more.
        **(
            {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
            if unsubscribe
            else {}
        ),
    }
    message = ReminderMessage(
        subject=context["subject"], body=text, from_email=sender(), to=[recipient], headers=headers
    )
    message.attach_alternative(html, "text/html")
    # Derived from the Message-ID: a message sent again is the same but for its date.
    boundary = "=_" + message_id.strip("<>").partition("@")[0]
    message.wire = write(headers, text=text, html=html, boundary=boundary, attachments=attachments)
    return message


def build_message(*given: Any, **more: Any) -> ReminderMessage:
    """What `making` comes to."""
    message: ReminderMessage = made(making(*given, **more))
    return message


def sender() -> str:
    """DUBAN_MAIL_FROM, with the office's name when it names nobody, as a header has it."""
    return _from(settings.DEFAULT_FROM_EMAIL, settings.OFFICE_NAME)


@lru_cache(maxsize=8)
def _date(moment: datetime) -> str:
    return format_datetime(timezone.localtime(moment))


@lru_cache(maxsize=8)
def _from(mailbox: str, office: str) -> str:
    name, address = parseaddr(mailbox)
    address = sender_in_ascii(address)
    return _encoded(name or one_line(office, 60), address)


@lru_cache(maxsize=8)
def _mailbox(mailbox: str) -> str:
    name, address = parseaddr(mailbox)
    address = sender_in_ascii(address)
    return _encoded(name, address) if name else address


def _encoded(name: str, address: str) -> str:
    # A name within a header is encoded by itself, its address never.
    return f"{Header(name, 'utf-8', maxlinelen=None).encode()} <{address}>"
