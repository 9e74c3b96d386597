"""Planning: what is due by today becomes reminder rows, once; asking again adds nothing."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Department, Measure, Reminder, load_calendar
from tracker.reminders.contacts import Addressee, Contacts
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_schedule import (
    Notice,
    Schedule,
    last_deadline_noticed,
    notice_due,
)
from tracker.rules.workdays import WorkCalendar

logger = logging.getLogger(__name__)

# Measures looked at together: one query finds what is already recorded about them.
CHUNK = 500
# measure, kind, occurrence, deadline, recipient: what the unique constraint holds to one row.
Key = tuple[int, str, int, date, str]


@dataclass(frozen=True)
class Candidate:
    """One notice that is due to one address; an empty address is a gap: nobody of the lead can be reached."""

    measure_id: int
    notice: Notice
    addressee: Addressee

    @property
    def key(self) -> Key:
        return self.key_to(self.addressee.address)

    def key_to(self, address: str) -> Key:
        return (self.measure_id, self.notice.kind.value, self.notice.occurrence, self.notice.due_on, address)


@dataclass(frozen=True)
class Gap:
    """A department whose notices cannot be delivered: `measures` of them now, `new` not reported before."""

    department: str
    measures: int
    new: int


@dataclass(frozen=True)
class PlanResult:
    """`planned` and `revived` rows now wait to be sent; with nothing new both are 0."""

    planned: int
    revived: int
    gaps: tuple[Gap, ...]


def current_schedule() -> Schedule:
    """The intervals that the office has set, in working days."""
    return Schedule(
        due_soon_workdays=settings.DUE_SOON_WORKING_DAYS,
        overdue_repeat_workdays=settings.OVERDUE_REPEAT_WORKING_DAYS,
    )


def due_candidates(
    *, today: date, schedule: Schedule, calendar: WorkCalendar, only_to: str | None = None
) -> Iterator[list[Candidate]]:
    """Every notice due on `today`, by chunks of measures, in the order of the index measure_owed_due.

    `only_to` keeps those to one address (and then no gaps).
    """
    contacts = Contacts.load()
    horizon = last_deadline_noticed(today=today, schedule=schedule, calendar=calendar)
    measures = (
        Measure.objects.owed()
        .filter(due_on__lte=horizon)
        .order_by("due_on", "id")
        .values_list("pk", "due_on", "lead_id")
        .iterator(chunk_size=CHUNK)
    )
    while chunk := list(islice(measures, CHUNK)):
        co_ids = co_departments([measure_id for measure_id, *_rest in chunk])
        found: list[Candidate] = []
        for measure_id, due_on, lead_id in chunk:
            assert due_on is not None, "the rows were chosen by it"
            notice = notice_due(due_on=due_on, today=today, schedule=schedule, calendar=calendar)
            if notice is None:
                continue
            addressees = contacts.addressees(
                lead_id=lead_id, co_ids=co_ids.get(measure_id, ()), kind=notice.kind
            )
            if not contacts.reachable(lead_id):
                addressees.append(Addressee("", Party.LEAD, lead_id))
            found += [
                Candidate(measure_id, notice, addressee)
                for addressee in addressees
                if only_to is None or addressee.address == only_to
            ]
        yield found


def co_departments(measure_ids: Collection[int]) -> dict[int, list[int]]:
    """Departments that assist, by measure; none unless the office wants them reminded."""
    if not settings.REMIND_CO_DEPARTMENTS:
        return {}
    found: dict[int, list[int]] = defaultdict(list)
    rows = Measure.co_departments.through.objects.filter(measure__in=measure_ids).order_by("id")
    for measure_id, department_id in rows.values_list("measure_id", "department_id"):
        found[measure_id].append(department_id)
    return found


def recorded(candidates: Sequence[Candidate]) -> dict[Key, Reminder]:
    """What the ledger holds already about these notices, to whomever."""
    rows = Reminder.objects.filter(
        measure__in={candidate.measure_id for candidate in candidates},
        occurrence__in={candidate.notice.occurrence for candidate in candidates},
    ).only(
        "measure_id", "kind", "occurrence", "due_on", "recipient", "state", "not_before", "sent_at", "error"
    )
    return {(row.measure_id, row.kind, row.occurrence, row.due_on, row.recipient): row for row in rows}


def plan(*, now: datetime, today: date, only_to: str | None = None) -> PlanResult:
    """Write a row for every notice due on `today` that the ledger lacks.

    All rows appear at once, so that a sender never sees half of somebody's digest. Two planners at once
    write the same rows in the same order, and the unique constraint keeps one of each.
    """
    new: list[Reminder] = []
    revived: list[tuple[int, Candidate]] = []
    filled: list[int] = []
    gaps: Counter[int] = Counter()
    new_gaps: Counter[int] = Counter()
    for candidates in due_candidates(
        today=today, schedule=current_schedule(), calendar=load_calendar(), only_to=only_to
    ):
        known = recorded(candidates)
        for candidate in candidates:
            addressee, row = candidate.addressee, known.get(candidate.key)
            if row is None:
                new.append(Reminder(**_identity(candidate), **_fresh(candidate, now=now, today=today)))
            elif row.state == Reminder.State.DROPPED:
                revived.append((row.pk, candidate))
            if not addressee.address:
                gaps[addressee.department_id] += 1
                new_gaps[addressee.department_id] += row is None
            elif addressee.party == Party.LEAD:
                gap = known.get(candidate.key_to(""))
                if gap is not None and gap.state == Reminder.State.FAILED:
                    filled.append(gap.pk)
    with transaction.atomic():
        Reminder.objects.bulk_create(new, ignore_conflicts=True, batch_size=CHUNK)
        for pk, candidate in revived:
            Reminder.objects.filter(pk=pk, state=Reminder.State.DROPPED).update(
                **_fresh(candidate, now=now, today=today)
            )
        Reminder.objects.filter(pk__in=filled, state=Reminder.State.FAILED).update(
            state=Reminder.State.DROPPED, error=_("已补上收件人。")
        )
    return PlanResult(
        planned=len(new) - sum(new_gaps.values()), revived=len(revived), gaps=_named(gaps, new_gaps)
    )


def _identity(candidate: Candidate) -> dict[str, object]:
    return {
        "measure_id": candidate.measure_id,
        "kind": candidate.notice.kind,
        "occurrence": candidate.notice.occurrence,
        "due_on": candidate.notice.due_on,
        "recipient": candidate.addressee.address,
    }


def _fresh(candidate: Candidate, *, now: datetime, today: date) -> dict[str, object]:
    """A row's other fields as at its first planning: a revived row is a new notice and joins a new digest."""
    gap = not candidate.addressee.address
    return {
        "party": candidate.addressee.party.value,
        "department_id": candidate.addressee.department_id,
        "planned_on": today,
        "state": Reminder.State.FAILED if gap else Reminder.State.PLANNED,
        "not_before": now,
        "claim": None,
        "claimed_at": None,
        "batch": None,
        "message_id": "",
        "attempts": 0,
        "error": _("牵头单位没有可用的联络员邮箱，也没有单位邮箱。") if gap else "",
    }


def _named(gaps: Counter[int], new_gaps: Counter[int]) -> tuple[Gap, ...]:
    names = dict(Department.objects.filter(pk__in=gaps).values_list("pk", "name"))
    found = tuple(Gap(names[pk], gaps[pk], new_gaps[pk]) for pk in sorted(gaps, key=lambda pk: names[pk]))
    for gap in found:
        if gap.new:
            # Once a notice, not once a tick: the ledger remembers that it was said.
            logger.warning("nobody to remind at %s: %d new notices undeliverable", gap.department, gap.new)
    return found
