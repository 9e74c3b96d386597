"""In which capacity somebody meets a measure, and which steps he may take on it now."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from tracker.access.measures import visible_to
from tracker.access.people import Someone, in_use, is_office
from tracker.models import Claim, Measure, RequestState, User
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import (
    NOT_OFFERED,
    TRANSITIONS,
    Flag,
    Party,
    Status,
    Verb,
    allowed_verbs,
    flags_of,
)


def parties(user: Someone | None, measure: Measure, *, seen: bool = False) -> frozenset[Party]:
    """In which capacities the user meets the measure. None stands for the command line, run by the installation's owner.

    `seen` says that the measure was read through visible_to(user); with its co-departments prefetched, a list then
    costs no query a row.
    """
    if user is None or is_office(user):
        decides = not measure.leader_extends or _leader_of(measure) is None
        return frozenset({Party.OFFICE, Party.DECIDER} if decides else {Party.OFFICE})
    if not isinstance(user, User) or not in_use(user):
        return frozenset()
    found: set[Party] = set()
    if user.role == User.Role.LIAISON:
        if measure.lead_id is not None and measure.lead_id == user.department_id:
            found.add(Party.LEAD)
        elif any(department.pk == user.department_id for department in measure.co_departments.all()):
            found.add(Party.CO)
        if measure.status == Status.PUBLISHED and user.department_id is not None:
            found.add(Party.CLAIMANT)
    elif user.role == User.Role.LEADER and (seen or visible_to(user).filter(pk=measure.pk).exists()):
        found.add(Party.LEADER)
        if measure.leader_extends and _leader_of(measure) == user.pk:
            found.add(Party.DECIDER)
    return frozenset(found)


def works_on(user: Someone | None, measure: Measure) -> bool:
    """Whether the user prepares reports on the measure: drafts and files of the department that leads or assists it."""
    return not parties(user, measure).isdisjoint({Party.LEAD, Party.CO})


def _leader_of(measure: Measure) -> int | None:
    """The leader in charge of the measure's lead, who can decide only while the account is in use."""
    leader = measure.lead.leader_in_charge if measure.lead is not None else None
    if leader is None or not leader.is_active or leader.role != User.Role.LEADER:
        return None
    return leader.pk


def flags(measure: Measure, *, today: date) -> frozenset[Flag]:
    """The facts about the measure that steps depend on beside its status, on this day."""
    return flags_of(
        objection_in_time=measure.object_until is None or today <= measure.object_until,
        claim_in_time=measure.claim_until is None or today <= measure.claim_until,
        dated=measure.due_on is not None,
        extension_pending=measure.extension_pending,
        objection_pending=measure.objection_pending,
    )


def may(user: Someone | None, verb: Verb, measure: Measure, *, today: date) -> bool:
    """Whether the user may take this step now."""
    row = TRANSITIONS[verb]
    able = not row.by.isdisjoint(parties(user, measure))
    return able and measure.status in row.sources and flags(measure, today=today).issuperset(row.when)


def verbs_for(user: Someone | None, measure: Measure, *, today: date, seen: bool = False) -> tuple[Verb, ...]:
    """The steps that the user may take on the measure now; buttons and API answers show exactly these (`seen`: parties)."""
    verbs = allowed_verbs(
        status=Status(measure.status),
        parties=parties(user, measure, seen=seen),
        flags=flags(measure, today=today),
    )
    claimed = Verb.CLAIM in verbs and _has_claimed(user, measure)
    return tuple(verb for verb in verbs if verb not in NOT_OFFERED and not (claimed and verb is Verb.CLAIM))


def with_own_claim(measures: MeasureQuerySet, user: Someone) -> MeasureQuerySet:
    """The measures with what verbs_for asks of a published one, so that a list costs no query a row."""
    return measures.annotate(own_claim=Exists(_open_claims(user).filter(measure=OuterRef("pk"))))


def _has_claimed(user: Someone | None, measure: Measure) -> bool:
    """Whether the user's department waits for the answer to its claim already: one open claim a department."""
    known = getattr(measure, "own_claim", None)
    return _open_claims(user).filter(measure=measure).exists() if known is None else bool(known)


def _open_claims(user: Someone | None) -> QuerySet[Claim]:
    department = user.department_id if isinstance(user, User) else None
    return Claim.objects.filter(state=RequestState.PENDING, department=department, department__isnull=False)
