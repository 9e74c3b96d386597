"""Who wants to hear less: an address may be muted for the kinds that a rule calls mutable, by a link or by its owner."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tracker.models import AddressState
from tracker.reminders.contacts import usable

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


def unmute(address: str) -> None:
    """All notices again."""
    AddressState.objects.filter(address=usable(address)).update(muted_at=None)
