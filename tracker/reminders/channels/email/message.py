"""A digest as an e-mail: Chinese text and HTML parts; however often it is sent, its headers say it is one."""

from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart, SafeMIMEText
from django.template.loader import render_to_string
from django.utils import timezone

from tracker.reminders.digest import Digest, chinese_date, one_line


class ReminderMessage(EmailMultiAlternatives):
    """Folds a Chinese subject itself: Django leaves the header's first line empty, which some readers show."""

    def message(self) -> SafeMIMEText | SafeMIMEMultipart:
        message = super().message()
        message.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        return message


def build_message(digest: Digest, *, message_id: str, now: datetime) -> ReminderMessage:
    """The message to one recipient; `now` becomes its Date."""
    context: dict[str, Any] = {
        "digest": digest,
        "subject": one_line(digest.subject, 120),
        "day": chinese_date(digest.today),
        "office": one_line(settings.OFFICE_NAME, 60),
        "site": settings.SITE_URL,
        "reply_to": settings.MAIL_REPLY_TO,
    }
    message = ReminderMessage(
        subject=context["subject"],
        body=render_to_string("reminders/digest.txt", context),
        from_email=sender(),
        to=[digest.recipient],
        reply_to=[settings.MAIL_REPLY_TO] if settings.MAIL_REPLY_TO else None,
        headers={
            "Message-ID": message_id,
            "Date": format_datetime(timezone.localtime(now)),
            # RFC 3834, and what Exchange reads instead: no out-of-office answers to a machine.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(render_to_string("reminders/digest.html", context), "text/html")
    return message


def sender() -> str:
    """DUBAN_MAIL_FROM, with the office's name when it names nobody."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or one_line(settings.OFFICE_NAME, 60), address))
