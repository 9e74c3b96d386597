"""Mails that come back after the mail server had taken them: read, matched with the ledger, and recorded like a refusal."""

from tracker.reminders.bounce_mail.files import messages_of
from tracker.reminders.bounce_mail.notice import MOST_BYTES
from tracker.reminders.bounce_mail.polling import poll, trouble
from tracker.reminders.bounce_mail.taking import Taken, Verdict, take

__all__ = ["MOST_BYTES", "Taken", "Verdict", "messages_of", "poll", "take", "trouble"]
