"""Who is told about a measure: the liaisons of its lead, else its mailbox; and who could not be reached."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tracker.models import Department, User
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_schedule import NoticeKind


@dataclass(frozen=True)
class Addressee:
    """One address, in which capacity it is told, and for which department."""

    address: str
    party: Party
    department_id: int


def usable(address: str) -> str:
    """The address as reminders keep it (no outer blanks, small letters), or "" when no mail can go there.

    Small letters, because one person entered as A@x and as a@x is to get one digest.
    """
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""


class Contacts:
    """The addresses of departments as they are now, read in two queries."""

    def __init__(self, units: dict[int, list[str]], leaders: dict[int, str]) -> None:
        self._units = units
        self._leaders = leaders

    @classmethod
    def load(cls, department_ids: Collection[int] | None = None) -> Self:
        """Those of the given departments, of all when None."""
        departments = Department.objects.select_related("leader_in_charge")
        liaisons = User.objects.filter(role=User.Role.LIAISON, is_active=True).order_by("id")
        if department_ids is not None:
            departments = departments.filter(pk__in=department_ids)
            liaisons = liaisons.filter(department__in=department_ids)
        units: dict[int, list[str]] = defaultdict(list)
        for department_id, email in liaisons.values_list("department_id", "email"):
            if address := usable(email):
                units[department_id].append(address)
        leaders: dict[int, str] = {}
        for department in departments:
            if not units[department.pk] and (mailbox := usable(department.mailbox)):
                units[department.pk].append(mailbox)
            leader = department.leader_in_charge
            if leader is not None and leader.is_active and leader.role == User.Role.LEADER:
                leaders[department.pk] = usable(leader.email)
        return cls(dict(units), leaders)

    def reachable(self, department_id: int) -> bool:
        """Whether the department has a liaison or a mailbox that mail can go to."""
        return bool(self._units.get(department_id))

    def addressees(self, *, lead_id: int, co_ids: Iterable[int], kind: NoticeKind) -> list[Addressee]:
        """Each address once, in its foremost capacity: lead, then (by setting) co-departments and leader in
        charge.

        The leader gets a digest of their own instead of a Cc: a person who serves several departments gets
        one mail, and no leader may read there what another is in charge of.
        """
        found: dict[str, Addressee] = {}

        def add(address: str, party: Party, department_id: int) -> None:
            if address:
                found.setdefault(address, Addressee(address, party, department_id))

        for address in self._units.get(lead_id, []):
            add(address, Party.LEAD, lead_id)
        if settings.REMIND_CO_DEPARTMENTS:
            for co_id in co_ids:
                for address in self._units.get(co_id, []):
                    add(address, Party.CO, co_id)
        if kind is NoticeKind.OVERDUE and settings.REMIND_LEADER_WHEN_OVERDUE:
            add(self._leaders.get(lead_id, ""), Party.LEADER, lead_id)
        return list(found.values())
