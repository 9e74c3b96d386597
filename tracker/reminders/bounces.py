"""Addresses that their own server says do not exist: recorded, so that the contact is flagged and passed over."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tracker.models import AddressState, Reminder
from tracker.reminders.lines import one_line


def flag_bounced(address: str, *, now: datetime, reason: str) -> None:
    """From the next planning on, whoever had this address is told by the next way of the chain."""
    AddressState.objects.update_or_create(
        address=address, defaults={"bounced_at": now, "bounce": one_line(reason, 500)}
    )


def take_flag_back(address: str, *, at: datetime) -> None:
    """What a refusal at that moment flagged was no word about the address."""
    AddressState.objects.filter(address=address, bounced_at=at).update(bounced_at=None, bounce="")


def record_returned(ids: Collection[int], *, now: datetime, error: str, gone: str) -> int:
    """Rows that the mail server had taken and sent back: FAILED after all; `gone` is the address to flag, "" when it is not at
    fault. From the next planning on its notices are told by the next way of the chain. Returns how many rows changed."""
    with transaction.atomic():
        changed = Reminder.objects.filter(pk__in=ids, state=Reminder.State.SENT).update(
            state=Reminder.State.FAILED, failed_at=now, error=one_line(error, 1000)
        )
        if changed and gone:
            flag_bounced(gone, now=now, reason=error)
    return changed


def release(ids: Collection[int], *, now: datetime) -> tuple[int, int]:
    """Trust flagged addresses again: how many, and how many notices that failed since they were flagged wait again.

    What was planned for others in their place stays; what is no longer true is dropped by the second look before sending, and
    gaps that stood only because of the flag are closed by the next planning.
    """
    with transaction.atomic():
        flagged = list(AddressState.objects.select_for_update().filter(pk__in=ids, bounced_at__isnull=False))
        waiting = 0
        for state in flagged:
            failed = Reminder.objects.filter(
                recipient=state.address, state=Reminder.State.FAILED, failed_at__gte=state.bounced_at
            )
            waiting += failed.update(state=Reminder.State.RETRY, not_before=now, error="", failed_at=None)
        AddressState.objects.filter(pk__in=[state.pk for state in flagged]).update(bounced_at=None, bounce="")
    return len(flagged), waiting
