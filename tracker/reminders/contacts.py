"""Who is told about a measure, by which address: the fallback chain, who wants to hear less, and who cannot be reached."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tracker.models import AddressState, Audience, Department, Endpoint, ReminderRule, User
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_schedule import Level

EMAIL = "email"
# The address of a gap: nobody could be told.
NOBODY = ""


@dataclass(frozen=True)
class Addressee:
    """One address by one channel, in which capacity it is told, and for which department."""

    address: str
    party: Party
    department_id: int
    channel: str = EMAIL


@lru_cache(maxsize=100_000)
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


@dataclass
class _Unit:
    """One department's people: user ids with their usable addresses ("" when none)."""

    mailbox: str = ""
    liaisons: list[tuple[int, str]] = field(default_factory=list)
    heads: list[tuple[int, str]] = field(default_factory=list)
    leader: tuple[int, str] | None = None


class Contacts:
    """The people of departments as they are now, read in a handful of queries, whatever their number."""

    def __init__(self) -> None:
        self._units: dict[int, _Unit] = defaultdict(_Unit)
        self._office: list[tuple[int, str]] = []
        self._office_mailbox = ""
        self._muted: frozenset[str] = frozenset()
        self._bounced: frozenset[str] = frozenset()
        self._endpoints: list[Endpoint] = []

    @classmethod
    def load(cls, department_ids: Collection[int] | None = None) -> Self:
        """Those of the given departments, of all when None."""
        self = cls()
        departments = Department.objects.all()
        members = User.objects.filter(
            role__in=[User.Role.LIAISON, User.Role.HEAD], is_active=True, service=False
        )
        if department_ids is not None:
            departments = departments.filter(pk__in=department_ids)
            members = members.filter(department__in=department_ids)
        states = list(AddressState.objects.values_list("address", "muted_at", "bounced_at"))
        self._muted = frozenset(usable(address) for address, muted, _bounced in states if muted)
        self._bounced = frozenset(usable(address) for address, _muted, bounced in states if bounced)
        units = self._units
        rows = members.order_by("id").values_list("id", "department_id", "role", "email")
        for user_id, department_id, role, email in rows:
            assert department_id is not None, "a constraint holds it"
            unit = units[department_id]
            (unit.liaisons if role == User.Role.LIAISON else unit.heads).append(
                (user_id, self._reachable(email))
            )
        leaders = {
            pk: email
            for pk, email in User.objects.filter(role=User.Role.LEADER, is_active=True).values_list(
                "id", "email"
            )
        }
        for pk, mailbox, leader_id in departments.values_list("id", "mailbox", "leader_in_charge_id"):
            unit = units[pk]
            unit.mailbox = self._reachable(mailbox)
            if leader_id in leaders:
                unit.leader = (leader_id, self._reachable(leaders[leader_id]))
        office = User.objects.filter(role=User.Role.OFFICE, is_active=True).order_by("id")
        self._office = [(pk, self._reachable(email)) for pk, email in office.values_list("id", "email")]
        self._office_mailbox = self._reachable(settings.MAIL_REPLY_TO)
        self._endpoints = list(Endpoint.objects.filter(active=True))
        return self

    @property
    def department_ids(self) -> Collection[int]:
        return self._units.keys()

    def _reachable(self, address: str) -> str:
        """The usable form; an address whose own server refused it for good is none."""
        address = usable(address)
        return "" if address in self._bounced else address

    def _office_addresses(self) -> list[str]:
        if self._office_mailbox:
            return [self._office_mailbox]
        return [address for _pk, address in self._office if address]

    def _unit_addresses(self, unit: _Unit, *, liaisons_first: bool = True) -> list[str]:
        liaisons = [address for _pk, address in unit.liaisons if address]
        mailbox = [unit.mailbox] if unit.mailbox else []
        heads = [address for _pk, address in unit.heads if address]
        return (liaisons or mailbox or heads) if liaisons_first else (mailbox or liaisons or heads)

    def reachable(self, department_id: int) -> bool:
        """Whether the department has a liaison, a mailbox or a head that mail can go to."""
        return bool(self._unit_addresses(self._units[department_id]))

    def mail_to(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """Each address once, in its foremost capacity, for a measure that the department leads.

        A unit that nobody can be reached at is told through 督查室, and a gap (address NOBODY) says so. The leader
        gets a digest of their own instead of a Cc: no leader may read there what another is in charge of.
        """
        unit = self._units[department_id]
        found: dict[str, Addressee] = {}

        def add(address: str, party: Party) -> None:
            if address and not (rule.mutable and address in self._muted):
                found.setdefault(address, Addressee(address, party, department_id))

        told = rule.told(level) if rule.by_mail else []
        for audience in told:
            if audience in (Audience.LIAISON, Audience.MAILBOX):
                for address in self._unit_addresses(unit, liaisons_first=audience == Audience.LIAISON):
                    add(address, Party.LEAD)
            elif audience == Audience.HEAD:
                for _pk, address in unit.heads:
                    add(address, Party.LEAD)
            elif audience == Audience.LEADER and unit.leader is not None:
                add(unit.leader[1], Party.LEADER)
            elif audience == Audience.OFFICE:
                for address in self._office_addresses():
                    add(address, Party.OFFICE)
        if {Audience.LIAISON, Audience.MAILBOX} & set(told) and not self.reachable(department_id):
            for address in self._office_addresses():
                add(address, Party.OFFICE)
            found[NOBODY] = Addressee(NOBODY, Party.LEAD, department_id)
        return list(found.values())

    def mail_to_co(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """Whom a notice goes to at a department that assists."""
        if not rule.by_mail or Audience.CO not in rule.told(level):
            return []
        return [
            Addressee(address, Party.CO, department_id)
            for address in dict.fromkeys(self._unit_addresses(self._units[department_id]))
            if not (rule.mutable and address in self._muted)
        ]

    def robots_of(self, department_id: int, rule: ReminderRule) -> list[Addressee]:
        """The endpoints that a notice on a measure led by the department is posted to."""
        if not rule.by_robot:
            return []
        return [
            Addressee(endpoint.address, Party.LEAD, department_id, endpoint.channel)
            for endpoint in self._endpoints
            if endpoint.department_id in (None, department_id)
        ]

    def users_told(self, department_id: int, rule: ReminderRule, level: Level) -> list[int]:
        """The users whose inbox a notice on a measure led by the department is put into."""
        if not rule.by_inbox:
            return []
        unit = self._units[department_id]
        found: list[int] = []
        for audience in rule.told(level):
            if audience in (Audience.LIAISON, Audience.MAILBOX):
                found += [pk for pk, _address in unit.liaisons or unit.heads]
            elif audience == Audience.HEAD:
                found += [pk for pk, _address in unit.heads]
            elif audience == Audience.LEADER and unit.leader is not None:
                found.append(unit.leader[0])
            elif audience == Audience.OFFICE:
                found += [pk for pk, _address in self._office]
        return list(dict.fromkeys(found))
