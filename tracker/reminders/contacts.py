"""Who is told about a measure, by which address: the fallback chain, who wants to hear less, and who cannot be reached."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import lru_cache
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from tracker.models import AddressState, Audience, Department, Endpoint, ReminderRule, User, name_key
from tracker.reminders.gaps import words_of
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import Level

EMAIL = "email"
INBOX = "inbox"
# What a department is called that is the office itself, whatever its full name.
_OFFICE = "督查室"
# What the leader in charge decides where the regime says so.
TO_BE_DECIDED = (NoticeKind.EXTENSION_WAITING.value,)
# The address of a gap: nobody could be told.
NOBODY = ""


@dataclass(frozen=True)
class Addressee:
    """One address by one channel, in which capacity it is told, and for which department."""

    address: str
    party: Party
    department_id: int
    channel: str = EMAIL
    # Of a gap: who was to be told and has no address, and why.
    words: str = ""


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


def office_mailbox() -> str:
    """The office's own address out of DUBAN_MAIL_REPLY_TO, which may carry a name (督查室 <a@b.cn>); "" when none is set."""
    return parseaddr(str(settings.MAIL_REPLY_TO))[1]


def reply_to() -> str:
    """Where answers to mails go: DUBAN_MAIL_REPLY_TO, else the mailbox of the office's own department (the one that is
    called, or also called, as DUBAN_OFFICE_NAME says, else 督查室); "" when that has none. One query at most."""
    if settings.MAIL_REPLY_TO:
        return str(settings.MAIL_REPLY_TO)
    keys = [name_key(str(settings.OFFICE_NAME)), name_key(_OFFICE)]
    called = Q(name__in=[str(settings.OFFICE_NAME).strip(), _OFFICE]) | Q(aliases__key__in=keys)
    own = Department.objects.filter(called, active=True).order_by("id")
    found = own.values_list("name", "aliases__key", "mailbox")
    in_order = sorted(found, key=lambda row: keys[0] not in (name_key(row[0]), row[1]))
    return next((address for _name, _key, mailbox in in_order if (address := usable(mailbox))), "")


@dataclass
class _Unit:
    """One department's people: user ids with their usable addresses ("" when none)."""

    mailbox: str = ""
    liaisons: list[tuple[int, str]] = field(default_factory=list)
    heads: list[tuple[int, str]] = field(default_factory=list)
    leader: tuple[int, str] | None = None
    # Addresses that are entered and come back: of the unit itself, of the leader in charge.
    bounced: list[str] = field(default_factory=list)
    leader_bounced: list[str] = field(default_factory=list)
    # No longer in use: its people can do nothing (access.people), only the leader in charge and 督查室 can.
    dissolved: bool = False


class Contacts:
    """The people of departments as they are now, read in a handful of queries, whatever their number."""

    def __init__(self) -> None:
        self._units: dict[int, _Unit] = defaultdict(_Unit)
        self._office: list[tuple[int, str]] = []
        self._office_mailbox = ""
        self.muted: frozenset[str] = frozenset()
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
        self.muted = frozenset(usable(address) for address, muted, _bounced in states if muted)
        self._bounced = frozenset(usable(address) for address, _muted, bounced in states if bounced)
        units = self._units
        rows = members.order_by("id").values_list("id", "department_id", "role", "email")
        for user_id, department_id, role, email in rows:
            assert department_id is not None, "a constraint holds it"
            unit = units[department_id]
            (unit.liaisons if role == User.Role.LIAISON else unit.heads).append(
                (user_id, self._reachable(email, unit.bounced))
            )
        leaders = {
            pk: email
            for pk, email in User.objects.filter(role=User.Role.LEADER, is_active=True).values_list(
                "id", "email"
            )
        }
        columns = ("id", "active", "mailbox", "leader_in_charge_id")
        for pk, active, mailbox, leader_id in departments.values_list(*columns):
            unit = units[pk] if active else _Unit(dissolved=True)
            units[pk] = unit
            if active:
                unit.mailbox = self._reachable(mailbox, unit.bounced)
            if leader_id in leaders:
                unit.leader = (leader_id, self._reachable(leaders[leader_id], unit.leader_bounced))
        office = User.objects.filter(role=User.Role.OFFICE, is_active=True).order_by("id")
        self._office = [(pk, self._reachable(email)) for pk, email in office.values_list("id", "email")]
        self._office_mailbox = self._reachable(office_mailbox())
        self._endpoints = list(Endpoint.objects.filter(active=True))
        return self

    @property
    def department_ids(self) -> Collection[int]:
        return self._units.keys()

    def _reachable(self, address: str, bounced: list[str] | None = None) -> str:
        """The usable form; an address whose own server refused it for good is none, and noted in `bounced`."""
        address = usable(address)
        if address not in self._bounced:
            return address
        if bounced is not None:
            bounced.append(address)
        return ""

    @property
    def office_is_reached(self) -> bool:
        """Whether 督查室, where every chain ends, can be told itself."""
        return bool(self._office_addresses())

    @property
    def office_addresses(self) -> list[str]:
        """Where 督查室 is told, "" among them never."""
        return self._office_addresses()

    def _office_addresses(self) -> list[str]:
        if self._office_mailbox:
            return [self._office_mailbox]
        return [address for _pk, address in self._office if address]

    def _chain(self, department_id: int, audience: str) -> tuple[list[str], Party]:
        """The addresses of the first in an audience's chain that can be reached (without 督查室, where every chain ends),
        and the capacity they are told in."""
        unit = self._units[department_id]
        liaisons = [address for _pk, address in unit.liaisons if address]
        mailbox = [unit.mailbox] if unit.mailbox else []
        heads = [address for _pk, address in unit.heads if address]
        if audience == Audience.LEADER:
            return [unit.leader[1]] if unit.leader and unit.leader[1] else [], Party.LEADER
        if audience == Audience.OFFICE:
            return self._office_addresses(), Party.OFFICE
        if audience == Audience.HEAD:
            return heads or mailbox or liaisons, Party.LEAD
        if audience == Audience.MAILBOX:
            return mailbox or liaisons or heads, Party.LEAD
        return liaisons or mailbox or heads, Party.CO if audience == Audience.CO else Party.LEAD

    def _stands_empty(self, department_id: int, audience: str) -> bool:
        """Whether nobody is entered in a capacity that a unit may do without."""
        unit = self._units[department_id]
        return (audience == Audience.HEAD and not unit.heads) or (
            audience == Audience.LEADER and unit.leader is None
        )

    def mail_to(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """Each address once, in its foremost capacity, for a measure that the department leads.

        Whom nobody can be reached for is told through 督查室, and a gap (address NOBODY) says so; a head or leader that
        the unit has none of is passed over as long as somebody else is told, but not where a colour was to widen the circle:
        a sheet that climbs and reaches nobody new has not climbed. The leader gets a digest of their own instead of a Cc: no
        leader may read there what another is in charge of.
        """
        told = [audience for audience in rule.told(level) if audience != Audience.CO] if rule.by_mail else []
        first = [audience for audience in told if audience in rule.audience]
        entered = [audience for audience in first if not self._stands_empty(department_id, audience)]
        wider = [audience for audience in told if audience not in rule.audience]
        return self._reached(department_id, rule, entered or first, wider)

    def mail_to_co(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """The same for a department that assists."""
        if not rule.by_mail or Audience.CO not in rule.told(level):
            return []
        return self._reached(department_id, rule, [Audience.CO])

    def mail_to_decider(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """Who decides what a department that leads asks for, where that is the leader in charge (access.parties): whomever
        else the rule tells, it can be decided by nobody else."""
        told = Audience.LEADER in rule.told(level)
        if (
            not rule.by_mail
            or told
            or rule.kind not in TO_BE_DECIDED
            or not self._units[department_id].leader
        ):
            return []
        return self._reached(department_id, rule, [Audience.LEADER])

    def _reached(
        self, department_id: int, rule: ReminderRule, told: Sequence[str], wider: Sequence[str] = ()
    ) -> list[Addressee]:
        """`wider`: who hears of it because it has climbed; a substitute who is told anyway does not count for them."""
        found: dict[str, Addressee] = {}
        everybody: set[str] = set()
        unreached: list[tuple[str, Party]] = []

        def add(addresses: Sequence[str], party: Party) -> None:
            everybody.update(addresses)
            for address in addresses:
                if not (rule.mutable and address in self.muted):
                    found.setdefault(address, Addressee(address, party, department_id))

        for audience in (*told, *wider):
            addresses, party = self._chain(department_id, audience)
            if audience in wider and not self._widens(department_id, audience, addresses, everybody):
                addresses = []
            add(addresses, party)
            if not addresses:
                unreached.append((audience, party))
        if unreached:
            add(self._office_addresses(), Party.OFFICE)
            missing = [
                self._missing(department_id, name, in_person=name in wider)
                for name, _party in unreached
                if name != Audience.OFFICE
            ]
            words = words_of(missing, office_told=self.office_is_reached)
            found[NOBODY] = Addressee(NOBODY, unreached[0][1], department_id, words=words)
        return list(found.values())

    def _widens(
        self, department_id: int, audience: str, addresses: Sequence[str], everybody: Collection[str]
    ) -> bool:
        """Whether an audience that a colour adds is entered, and is reached itself or by somebody who was not told anyway."""
        if self._stands_empty(department_id, audience):
            return False
        return self._has_address(department_id, audience) or not set(addresses) <= set(everybody)

    def _has_address(self, department_id: int, audience: str) -> bool:
        """Whether somebody can be reached in this very capacity, not in another's place."""
        unit = self._units[department_id]
        if audience == Audience.HEAD:
            return any(address for _pk, address in unit.heads)
        if audience == Audience.MAILBOX:
            return bool(unit.mailbox)
        if audience == Audience.LIAISON:
            return any(address for _pk, address in unit.liaisons)
        return bool(self._chain(department_id, audience)[0])

    def _missing(self, department_id: int, audience: str, *, in_person: bool) -> str:
        """Why nobody in this audience's chain can be reached; `in_person`: nobody but those who are told anyway."""
        unit = self._units[department_id]
        bounced: list[str] = []
        if unit.dissolved and audience == Audience.CO:
            missing = _("单位已停用，请调整配合单位")
        elif unit.dissolved and audience != Audience.LEADER:
            missing = _("单位已停用，请将事项转办")
        elif audience == Audience.LEADER:
            missing, bounced = _("分管领导没有可用的邮箱"), unit.leader_bounced
            if unit.leader is None:
                missing = _("没有设分管领导")
        elif in_person and audience == Audience.HEAD and not unit.heads:
            missing = _("没有设部门负责人")
        elif in_person:
            missing = _("%s没有可用的邮箱") % Audience(audience).label
        else:
            missing, bounced = _("联络员、单位邮箱和部门负责人都没有可用的邮箱"), unit.bounced
        came_back = "、".join(dict.fromkeys(bounced))
        return f"{missing}{_('（%s 已退信）') % came_back}" if came_back else missing

    def addresses_of(self, department_id: int) -> frozenset[str]:
        """Whom mail about a department's measures may go to, in whatever capacity."""
        unit = self._units[department_id]
        people = [*unit.liaisons, *unit.heads, *([unit.leader] if unit.leader else [])]
        return frozenset({unit.mailbox, *(address for _pk, address in people), *self._office_addresses()}) - {
            ""
        }

    def is_dissolved(self, department_id: int) -> bool:
        return self._units[department_id].dissolved

    def is_muted(self, department_id: int) -> bool:
        """Whether all who are told in the liaisons' capacity want none of what may be muted."""
        addresses, _party = self._chain(department_id, Audience.LIAISON)
        return bool(addresses) and self.muted.issuperset(addresses)

    def is_reached(self, department_id: int, rule: ReminderRule, level: Level, *, co: bool = False) -> bool:
        """Whether everybody whom the rule tells has a way to be told."""
        ways = (self.mail_to_co,) if co else (self.mail_to, self.mail_to_decider)
        return all(who.address != NOBODY for to in ways for who in to(department_id, rule, level))

    def robots_of(self, department_id: int, rule: ReminderRule) -> list[Addressee]:
        """The endpoints that a notice on a measure led by the department is posted to."""
        if not rule.by_robot:
            return []
        return [
            Addressee(endpoint.address, Party.LEAD, department_id, endpoint.channel)
            for endpoint in self._endpoints
            if endpoint.department_id is None
            or (endpoint.department_id == department_id and not self.is_dissolved(department_id))
        ]

    def users_told(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """The users (`address` is the id) whose inbox a notice on a measure led by the department is put into."""
        unit = self._units[department_id]
        found: dict[int, Party] = {}
        told = rule.told(level) if rule.by_inbox else []
        for audience in told:
            climbed_to = audience not in rule.audience and self._stands_empty(department_id, audience)
            if climbed_to or (unit.dissolved and audience not in (Audience.LEADER, Audience.CO)):
                audience = Audience.OFFICE
            party, users = Party.LEAD, unit.heads
            if audience in (Audience.LIAISON, Audience.MAILBOX):
                users = unit.liaisons or unit.heads
            elif audience == Audience.LEADER:
                party, users = Party.LEADER, [unit.leader] if unit.leader else []
            elif audience == Audience.OFFICE:
                party, users = Party.OFFICE, self._office
            elif audience == Audience.CO:
                continue
            for pk, _address in users:
                found.setdefault(pk, party)
        return [Addressee(str(pk), party, department_id, INBOX) for pk, party in found.items()]

    def decider_told(self, department_id: int, rule: ReminderRule) -> list[Addressee]:
        """The same for the leader who decides (see mail_to_decider)."""
        leader = self._units[department_id].leader
        if not rule.by_inbox or rule.kind not in TO_BE_DECIDED or leader is None:
            return []
        return [Addressee(str(leader[0]), Party.LEADER, department_id, INBOX)]

    def co_users_told(self, department_id: int, rule: ReminderRule, level: Level) -> list[Addressee]:
        """The same for a department that assists."""
        if not rule.by_inbox or Audience.CO not in rule.told(level):
            return []
        unit = self._units[department_id]
        return [
            Addressee(str(pk), Party.CO, department_id, INBOX) for pk, _address in unit.liaisons or unit.heads
        ]
