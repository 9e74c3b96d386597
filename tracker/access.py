"""The only place that decides who sees and who may do what; admin, API, exports and pages all ask here."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from tracker.models import (
    ApiToken,
    Attachment,
    Checkpoint,
    Claim,
    Department,
    Exemption,
    ExtensionRequest,
    InboxNotice,
    Measure,
    MeasureEvent,
    MeasureRole,
    Milestone,
    Objection,
    Occurrence,
    Plan,
    ProgressReport,
    Regime,
    Reminder,
    RequestState,
    Section,
    StageTemplate,
    User,
)
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

Row = TypeVar("Row", Objection, Claim)
Beside = TypeVar("Beside", ProgressReport, ExtensionRequest, Checkpoint)
Had = TypeVar("Had", Exemption, Occurrence, MeasureRole)
# Whoever stands behind a request; nobody signed in sees nothing and may do nothing.
Someone = User | AnonymousUser


def is_office(user: Someone) -> bool:
    """督查室, or the system administrator who stands in for it."""
    if not isinstance(user, User):
        return False
    return bool(user.is_active and (user.role == User.Role.OFFICE or user.is_superuser))


def in_use(user: User) -> bool:
    """Whether the account is in use and, of people who act for a department, the department too: when it is dissolved,
    its people and its office system lose all rights at once, whatever tokens and sessions they still hold."""
    if user.role not in (User.Role.LIAISON, User.Role.HEAD) or user.is_superuser:
        return user.is_active
    return user.is_active and user.department is not None and user.department.active


def _own_departments(user: Someone) -> QuerySet[Department] | None:
    """Departments whose measures this user sees; None for no restriction (督查室)."""
    if is_office(user):
        return None
    if not isinstance(user, User) or not in_use(user):
        return Department.objects.none()
    if user.role == User.Role.LEADER:
        return Department.objects.filter(leader_in_charge=user)
    if user.role in (User.Role.LIAISON, User.Role.HEAD):
        return Department.objects.filter(members=user)
    return Department.objects.none()


def visible_to(user: Someone) -> MeasureQuerySet:
    """Measures this user may see: 督查室 all; a department those it leads or assists and that were assigned; a leader
    those of the departments in charge; whoever is named in a role (链长 …) that measure. What is published for claiming
    (待揭榜) every department sees. Drafts (拟办) are the office's own affair until they are assigned."""
    measures = Measure.objects.all()
    departments = _own_departments(user)
    if departments is None:
        return measures
    if not isinstance(user, User):
        return measures.none()
    own = {"department__in": departments}
    # Each by its index and joined, since no database looks several of them up for an OR: it reads all measures there are.
    seen = measures.filter(lead__in=departments).order_by().values("pk")
    others: list[QuerySet[Any, Any]] = [
        Measure.co_departments.through.objects.filter(**own).values("measure_id")
    ]
    if in_use(user) and user.role != User.Role.NONE:
        named = MeasureRole.objects.filter(Q(user=user) | Q(**own))
        others.append(named.order_by().values("measure_id"))
    if _may_claim(user):
        others.append(measures.filter(status=Status.PUBLISHED).order_by().values("pk"))
    # Before it is assigned a measure may carry the names of units that are not told yet; given up then, they never are.
    never_assigned = Q(status=Status.CANCELLED, assigned_at__isnull=True)
    return measures.filter(pk__in=seen.union(*others)).exclude(status=Status.DRAFT).exclude(never_assigned)


def _may_claim(user: User) -> bool:
    """Whose department may take on a published measure, or look at it."""
    return in_use(user) and user.role in (User.Role.LIAISON, User.Role.HEAD)


def plans_visible_to(user: Someone) -> QuerySet[Plan]:
    """Plans in which the user sees at least one measure, newest first; 督查室 all."""
    if is_office(user):
        return Plan.objects.order_by("-id")
    return Plan.objects.filter(pk__in=visible_to(user).values("plan_id")).order_by("-id")


def sections_visible_to(user: Someone) -> QuerySet[Section]:
    """Sections in which the user sees at least one measure; 督查室 all."""
    if is_office(user):
        return Section.objects.all()
    return Section.objects.filter(pk__in=visible_to(user).values("section_id"))


def departments_visible_to(user: Someone) -> QuerySet[Department]:
    """The directory of departments is open to every signed-in person with a role (names only are shown outside 督查室)."""
    if not isinstance(user, User) or not in_use(user):
        return Department.objects.none()
    if is_office(user) or user.role != User.Role.NONE:
        return Department.objects.all()
    return Department.objects.none()


def regimes_visible_to(user: Someone) -> QuerySet[Regime]:
    """By which rules one is supervised is open to every signed-in person with a role."""
    known = isinstance(user, User) and in_use(user) and user.role != User.Role.NONE
    return Regime.objects.all() if known or is_office(user) else Regime.objects.none()


def stage_templates_visible_to(user: Someone) -> QuerySet[StageTemplate]:
    """Only 督查室 arranges stages."""
    return StageTemplate.objects.all() if is_office(user) else StageTemplate.objects.none()


def departments_scored_for(user: Someone) -> QuerySet[Department]:
    """Whose score (考核得分) this user sees: 督查室 everybody's, a leader those in charge, a department its own."""
    departments = _own_departments(user)
    return Department.objects.all() if departments is None else departments


def measures_scored_for(user: Someone) -> MeasureQuerySet:
    """What the scores of departments_scored_for are reckoned from, for figures only: titles are for visible_to to show.

    Every measure that one of them ever led or assisted, since a score is the same for whoever looks: what a department led
    until it was handed over counts, and is seen by its present lead alone.
    """
    departments = _own_departments(user)
    if departments is None:
        return Measure.objects.all()
    own = list(departments.values_list("pk", "code"))
    steps = MeasureEvent.objects.alias(_co=KeyTextTransform("co", "changes"))
    led = Q(changes__lead_id__1__in=[pk for pk, _code in own])
    assisted = reduce(or_, (Q(_co__contains=f'"{code}"') for _pk, code in own), Q(pk__in=[]))
    # Numbers, not a subquery: the record asks for them several times.
    concerned = steps.filter(led | assisted).values_list("measure", flat=True).distinct() if own else []
    return Measure.objects.filter(pk__in=list(concerned))


def events_visible_to(user: Someone) -> QuerySet[MeasureEvent]:
    """Steps of the measures that the user sees; those taken on a draft only by 督查室, like the draft itself, and of
    several that claim a measure none learns of the others (claims_visible_to). While a measure is published, what went
    before is for the office and those who did it."""
    events = MeasureEvent.objects.filter(measure__in=visible_to(user))
    departments = _own_departments(user)
    if departments is None:
        return events
    claims = Q(verb__in=[Verb.CLAIM, Verb.WITHDRAW_CLAIM, Verb.DECLINE_CLAIM])
    past = Q(measure__status=Status.PUBLISHED) & ~Q(verb=Verb.PUBLISH)
    others = (claims | past) & (Q(department__isnull=True) | ~Q(department__in=departments))
    return events.exclude(to_status=Status.DRAFT).exclude(others)


def reports_visible_to(user: Someone) -> QuerySet[ProgressReport]:
    """Reports on the measures that the user sees; a draft only for the people of its own department."""
    reports = ProgressReport.objects.filter(measure__in=visible_to(user))
    drafts = Q(state=ProgressReport.State.DRAFT)
    if is_office(user):
        return reports.exclude(drafts)
    reports = _beside_what_is_published(reports, user)
    if not isinstance(user, User) or user.role not in (User.Role.LIAISON, User.Role.HEAD):
        return reports.exclude(drafts)
    return reports.exclude(drafts & ~Q(department=user.department_id))


def _beside_what_is_published(rows: QuerySet[Beside], user: Someone) -> QuerySet[Beside]:
    """Without what was written on a measure before it was published for claiming, but for one's own department's."""
    department = user.department_id if isinstance(user, User) else None
    published = Q(measure__status=Status.PUBLISHED)
    return rows.exclude(published if department is None else published & ~Q(department=department))


def attachments_visible_to(user: Someone) -> QuerySet[Attachment]:
    """Files of the reports that the user sees; one not sent yet only for the department that uploaded it."""
    files = Attachment.objects.filter(measure__in=visible_to(user))
    sent = Q(report__in=reports_visible_to(user))
    if isinstance(user, User) and in_use(user) and user.department_id is not None:
        return files.filter(sent | Q(report__isnull=True, department=user.department_id))
    return files.filter(sent | Q(report__isnull=True, uploaded_by=user.pk))


def extensions_visible_to(user: Someone) -> QuerySet[ExtensionRequest]:
    """Requests for more time on the measures that the user sees."""
    rows = ExtensionRequest.objects.filter(measure__in=visible_to(user))
    return rows if is_office(user) else _beside_what_is_published(rows, user)


def objections_visible_to(user: Someone) -> QuerySet[Objection]:
    """Objections stay between 督查室 and the department that made them."""
    return _own_requests(Objection.objects.all(), user)


def claims_visible_to(user: Someone) -> QuerySet[Claim]:
    """Of several that claim a measure none learns of the others."""
    return _own_requests(Claim.objects.all(), user)


def _own_requests(rows: QuerySet[Row], user: Someone) -> QuerySet[Row]:
    departments = _own_departments(user)
    return rows if departments is None else rows.filter(department__in=departments)


def exemptions_visible_to(user: Someone) -> QuerySet[Exemption]:
    """Recorded exemptions of the measures that the user sees."""
    return _of_whoever_has_it(Exemption.objects.all(), user)


def _of_whoever_has_it(rows: QuerySet[Had], user: Someone) -> QuerySet[Had]:
    """Rows of measures that the user sees; of a published one for the office only, since they concern who had it before."""
    rows = rows.filter(measure__in=visible_to(user))
    return rows if is_office(user) else rows.exclude(measure__status=Status.PUBLISHED)


def checkpoints_visible_to(user: Someone) -> QuerySet[Checkpoint]:
    """Which reports were or are due of the measures that the user sees."""
    rows = Checkpoint.objects.filter(measure__in=visible_to(user))
    return rows if is_office(user) else _beside_what_is_published(rows, user)


def milestones_visible_to(user: Someone) -> QuerySet[Milestone]:
    """Milestones of the measures that the user sees; of a published one what is still to do, not what somebody has done."""
    rows = Milestone.objects.filter(measure__in=visible_to(user))
    return rows if is_office(user) else rows.exclude(measure__status=Status.PUBLISHED, done_on__isnull=False)


def occurrences_visible_to(user: Someone) -> QuerySet[Occurrence]:
    """Periods of the measures that the user sees."""
    return _of_whoever_has_it(Occurrence.objects.all(), user)


def roles_visible_to(user: Someone) -> QuerySet[MeasureRole]:
    """Who is named beside lead and co-departments of the measures that the user sees."""
    return _of_whoever_has_it(MeasureRole.objects.all(), user)


def claims_to_answer(user: Someone) -> QuerySet[Claim]:
    """Claims that 督查室 accepts or declines."""
    return claims_visible_to(user) if is_office(user) else Claim.objects.none()


def reminders_visible_to(user: Someone) -> QuerySet[Reminder]:
    """Reminders are kept by 督查室; a department sees those addressed to it, a leader those on the departments in charge."""
    if is_office(user):
        return Reminder.objects.all()
    departments = _own_departments(user)
    if not isinstance(user, User) or departments is None:
        return Reminder.objects.none()
    rows = Reminder.objects.filter(department__in=departments, measure__in=visible_to(user))
    # What the office is told is its own; what a leader is told about a department is between the office and the leader.
    hidden = [Party.OFFICE] if user.role == User.Role.LEADER else [Party.OFFICE, Party.LEADER]
    return rows.exclude(party__in=hidden)


def inbox_of(user: Someone) -> QuerySet[InboxNotice]:
    """A person's own notices, of measures that he still sees and that are still true (or were read in time); for a department's
    office system, which nothing is told of its own, those of the department's people."""
    if not isinstance(user, User) or not in_use(user):
        return InboxNotice.objects.none()
    told = Q(user__department=user.department, user__is_active=True) if user.service else Q(user=user)
    return InboxNotice.objects.filter(told, withdrawn_at__isnull=True, measure__in=visible_to(user))


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


def sees_whole_text(user: Someone) -> bool:
    """Only 督查室 reads a plan's whole text: a paragraph may hold other departments' measures."""
    return is_office(user)


def keeps_registers(user: Someone) -> bool:
    """Who keeps departments, the work calendar, users and API tokens: 督查室."""
    return is_office(user)


def users_managed_by(user: Someone) -> QuerySet[User]:
    """Accounts of people this user may see and keep: the system administrator all, 督查室 all but system administrators."""
    if not is_office(user):
        return User.objects.none()
    people = User.objects.filter(service=False)
    return people if user.is_superuser else people.filter(is_superuser=False)


def may_set_rights_of(user: Someone, other: User | None) -> bool:
    """Whether `user` may set role, department and activity of `other` (None: a new account); nobody does for himself."""
    if not is_office(user):
        return False
    return other is None or (other.pk != user.pk and (user.is_superuser or not other.is_superuser))


def token_holders_for(user: Someone) -> QuerySet[User]:
    """For which person this user may make an API token: people of departments, leaders, and himself.

    Not for another 督查室 account: a token acts in its holder's name. A department's office system has an account of
    its own (token_departments_for).
    """
    if not is_office(user):
        return User.objects.none()
    outside = Q(role__in=[User.Role.LIAISON, User.Role.HEAD, User.Role.LEADER], is_superuser=False)
    return User.objects.filter(Q(pk=user.pk) | outside, is_active=True, service=False)


def token_departments_for(user: Someone) -> QuerySet[Department]:
    """For which departments' office systems this user may make an API token: all in use."""
    return Department.objects.filter(active=True) if is_office(user) else Department.objects.none()


def tokens_managed_by(user: Someone) -> QuerySet[ApiToken]:
    """API tokens this user may see and revoke: those of the people he manages and of departments."""
    if not is_office(user):
        return ApiToken.objects.none()
    return ApiToken.objects.filter(Q(user__in=users_managed_by(user)) | Q(user__service=True))
