"""The only place that decides who sees and who may do what; admin, API, exports and pages all ask here."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from tracker.models import (
    ApiToken,
    Department,
    Measure,
    MeasureEvent,
    Plan,
    ProgressReport,
    Reminder,
    Section,
    User,
)
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import TRANSITIONS, Party, Status, Verb, allowed_verbs

# Whoever stands behind a request; nobody signed in sees nothing and may do nothing.
Someone = User | AnonymousUser


def is_office(user: Someone) -> bool:
    """督查室, or the system administrator who stands in for it."""
    if not isinstance(user, User):
        return False
    return bool(user.is_active and (user.role == User.Role.OFFICE or user.is_superuser))


def _own_departments(user: Someone) -> QuerySet[Department] | None:
    """Departments whose measures this user sees; None for no restriction (督查室)."""
    if is_office(user):
        return None
    if not isinstance(user, User) or not user.is_active:
        return Department.objects.none()
    if user.role == User.Role.LEADER:
        return Department.objects.filter(leader_in_charge=user)
    if user.role in (User.Role.LIAISON, User.Role.HEAD):
        return Department.objects.filter(members=user)
    return Department.objects.none()


def visible_to(user: Someone) -> MeasureQuerySet:
    """Measures this user may see: 督查室 all; a department those it leads or assists and that were assigned; a leader
    those of the departments in charge. Drafts (拟办) are the office's own affair until they are assigned."""
    measures = Measure.objects.all()
    departments = _own_departments(user)
    if departments is None:
        return measures
    assisted = Measure.co_departments.through.objects.filter(department__in=departments).values("measure_id")
    return measures.filter(Q(lead__in=departments) | Q(pk__in=assisted)).exclude(status=Status.DRAFT)


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
    if not isinstance(user, User) or not user.is_active:
        return Department.objects.none()
    if is_office(user) or user.role != User.Role.NONE:
        return Department.objects.all()
    return Department.objects.none()


def events_visible_to(user: Someone) -> QuerySet[MeasureEvent]:
    """Steps of the measures that the user sees; those taken on a draft only by 督查室, like the draft itself."""
    events = MeasureEvent.objects.filter(measure__in=visible_to(user))
    return events if is_office(user) else events.exclude(to_status=Status.DRAFT)


def reports_visible_to(user: Someone) -> QuerySet[ProgressReport]:
    """Progress reports of the measures that the user sees."""
    return ProgressReport.objects.filter(measure__in=visible_to(user))


def reminders_visible_to(user: Someone) -> QuerySet[Reminder]:
    """Reminders are kept by 督查室; a department sees those addressed to it, a leader those on the departments in charge."""
    if is_office(user):
        return Reminder.objects.all()
    departments = _own_departments(user)
    if not isinstance(user, User) or departments is None:
        return Reminder.objects.none()
    rows = Reminder.objects.filter(department__in=departments, measure__in=visible_to(user))
    # What a leader is told about a department is between the office and the leader.
    return rows if user.role == User.Role.LEADER else rows.exclude(party=Party.LEADER)


def parties(user: Someone | None, measure: Measure, *, seen: bool = False) -> frozenset[Party]:
    """In which capacities the user meets the measure. None stands for the command line, run by the installation's owner.

    `seen` says that the measure was read through visible_to(user); with its co-departments prefetched, a list then
    costs no query a row.
    """
    if user is None or is_office(user):
        return frozenset({Party.OFFICE})
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    found: set[Party] = set()
    if user.role == User.Role.LIAISON:
        if measure.lead_id is not None and measure.lead_id == user.department_id:
            found.add(Party.LEAD)
        elif any(department.pk == user.department_id for department in measure.co_departments.all()):
            found.add(Party.CO)
    elif user.role == User.Role.LEADER and (seen or visible_to(user).filter(pk=measure.pk).exists()):
        found.add(Party.LEADER)
    return frozenset(found)


def may(user: Someone | None, verb: Verb, measure: Measure) -> bool:
    """Whether the user may take this step now."""
    row = TRANSITIONS[verb]
    return measure.status in row.sources and not row.by.isdisjoint(parties(user, measure))


def verbs_for(user: Someone | None, measure: Measure, *, seen: bool = False) -> tuple[Verb, ...]:
    """The steps that the user may take on the measure now; buttons and API answers show exactly these (`seen`: parties)."""
    return allowed_verbs(status=Status(measure.status), parties=parties(user, measure, seen=seen))


def sees_whole_text(user: Someone) -> bool:
    """Only 督查室 reads a plan's whole text: a paragraph may hold other departments' measures."""
    return is_office(user)


def keeps_registers(user: Someone) -> bool:
    """Who keeps departments, the work calendar, users and API tokens: 督查室."""
    return is_office(user)


def users_managed_by(user: Someone) -> QuerySet[User]:
    """Accounts this user may see and keep: the system administrator all, 督查室 all but system administrators."""
    if not is_office(user):
        return User.objects.none()
    return User.objects.all() if user.is_superuser else User.objects.filter(is_superuser=False)


def may_set_rights_of(user: Someone, other: User | None) -> bool:
    """Whether `user` may set role, department and activity of `other` (None: a new account); nobody does for himself."""
    if not is_office(user):
        return False
    return other is None or (other.pk != user.pk and (user.is_superuser or not other.is_superuser))


def token_holders_for(user: Someone) -> QuerySet[User]:
    """For whom this user may make an API token: departments' and leaders' accounts, and himself.

    Not for another 督查室 account: a token acts in its holder's name.
    """
    if not is_office(user):
        return User.objects.none()
    outside = Q(role__in=[User.Role.LIAISON, User.Role.HEAD, User.Role.LEADER], is_superuser=False)
    return User.objects.filter(Q(pk=user.pk) | outside, is_active=True)


def tokens_managed_by(user: Someone) -> QuerySet[ApiToken]:
    """API tokens this user may see and revoke: those of the accounts he manages."""
    return ApiToken.objects.filter(user__in=users_managed_by(user))
