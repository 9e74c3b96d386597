"""Who wants to hear less: an address may be muted for the kinds that a rule calls mutable, by a link or by its owner."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tracker.models import AddressState, Department, ReminderRule
from tracker.reminders.contacts import Contacts, usable

_SALT = "tracker.reminders.muting"


class NoSuchLink(LookupError):
    """A link that this installation did not make."""


def mute_url(address: str) -> str:
    """The link for one address; it stays good, since it can do nothing but this."""
    token = signing.Signer(salt=_SALT).sign_object(address)
    return settings.SITE_URL + reverse("mute", args=[token])


def address_of(token: str) -> str:
    """Whose link it is. Raises NoSuchLink."""
    try:
        address = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        raise NoSuchLink(token) from None
    if not isinstance(address, str) or not usable(address):
        raise NoSuchLink(token)
    return usable(address)


def is_muted(address: str) -> bool:
    return AddressState.objects.filter(address=usable(address), muted_at__isnull=False).exists()


def mute(address: str, *, now: datetime) -> None:
    """No more mutable notices to this address."""
    AddressState.objects.update_or_create(address=usable(address), defaults={"muted_at": now})


def units_muted(department_ids: Collection[int] | None = None) -> list[str]:
    """The names of the units in use (of these, or all) of which nobody gets a mail of what may be muted: whoever stands for the
    liaisons has muted it, a mailbox that several read for all of them. Nobody is told in their place."""
    muted = AddressState.objects.filter(muted_at__isnull=False)
    rules = ReminderRule.objects.filter(active=True, mutable=True, by_mail=True)
    if not muted.exists() or not rules.exists():
        return []
    contacts = Contacts.load(department_ids)
    names = Department.objects.filter(pk__in=contacts.department_ids, active=True).order_by("name")
    return [name for pk, name in names.values_list("pk", "name") if contacts.is_muted(pk)]


def unmute(address: str) -> None:
    """All notices again."""
    AddressState.objects.filter(address=usable(address)).update(muted_at=None)
