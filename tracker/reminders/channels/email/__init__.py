"""The e-mail channel: one digest, one message, over one connection a run."""

from tracker.reminders.channels.email.transport import EmailChannel

__all__ = ["EmailChannel", "channel"]


def channel() -> EmailChannel:
    return EmailChannel()
