"""Addresses that their own server says do not exist: recorded, so that the contact is flagged and passed over."""

from datetime import datetime

from tracker.models import AddressState
from tracker.reminders.digest import one_line


def flag_bounced(address: str, *, now: datetime, reason: str) -> None:
    """From the next planning on, whoever had this address is told by the next way of the chain."""
    AddressState.objects.update_or_create(
        address=address, defaults={"bounced_at": now, "bounce": one_line(reason, 500)}
    )
