"""Which measures and which of their steps somebody sees."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from tracker.access.people import Someone, in_use, is_office, own_departments
from tracker.models import Department, Measure, MeasureEvent, MeasureRole, Plan, Section, User
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import Status, Verb


def visible_to(user: Someone) -> MeasureQuerySet:
    """Measures this user may see: 督查室 all; a department those it leads or assists and that were assigned; a leader
    those of the departments in charge; whoever is named in a role (链长 …) that measure. What is published for claiming
    (待揭榜) every department sees. Drafts (拟办) are the office's own affair until they are assigned."""
    measures = Measure.objects.all()
    departments = own_departments(user)
    if departments is None:
        return measures
    if not isinstance(user, User):
        return measures.none()
    seen, *others = (
        found.values("pk" if own else "measure_id") for found, own in _seen_by(user, departments)
    )
    return measures.filter(_told(), pk__in=seen.union(*others))


def _seen_by(user: User, departments: QuerySet[Department]) -> list[tuple[QuerySet[Any], bool]]:
    """What makes somebody see a measure, each by its index, since no database looks several of them up for an OR: it reads all
    measures there are. True: rows are measures themselves; False: they name one."""
    own = {"department__in": departments}
    found: list[tuple[QuerySet[Any], bool]] = [
        (Measure.objects.filter(lead__in=departments).order_by(), True),
        (Measure.co_departments.through.objects.filter(**own), False),
    ]
    if in_use(user) and user.role != User.Role.NONE:
        found.append((MeasureRole.objects.filter(Q(user=user) | Q(**own)).order_by(), False))
    if _may_claim(user):
        found.append((Measure.objects.filter(status=Status.PUBLISHED).order_by(), True))
    return found


def _told(prefix: str = "") -> Q:
    """Before it is assigned a measure may carry the names of units that are not told yet; given up then, they never are."""
    draft = Q(**{f"{prefix}status": Status.DRAFT})
    never_assigned = Q(**{f"{prefix}status": Status.CANCELLED, f"{prefix}assigned_at__isnull": True})
    return ~draft & ~never_assigned


def _holding_what_is_seen(user: Someone, field: str) -> QuerySet[Any, Any]:
    """The plans ("plan_id") or sections ("section_id") of the measures that a department or leader sees.

    Joined by plan and not by measure: a leader of many departments sees so many measures that their numbers do not fit into
    the memory a query may take, and would then be looked up anew for each plan.
    """
    departments = own_departments(user)
    if departments is None or not isinstance(user, User):
        return Measure.objects.none().values(field)
    first, *others = (
        found.filter(_told("" if own else "measure__")).values(field if own else f"measure__{field}")
        for found, own in _seen_by(user, departments)
    )
    return first.union(*others)


def _may_claim(user: User) -> bool:
    """Whose department may take on a published measure, or look at it."""
    return in_use(user) and user.role in (User.Role.LIAISON, User.Role.HEAD)


def plans_visible_to(user: Someone) -> QuerySet[Plan]:
    """Plans in which the user sees at least one measure, newest first; 督查室 all."""
    if is_office(user):
        return Plan.objects.order_by("-id")
    return Plan.objects.filter(pk__in=_holding_what_is_seen(user, "plan_id")).order_by("-id")


def sections_visible_to(user: Someone) -> QuerySet[Section]:
    """Sections in which the user sees at least one measure; 督查室 all."""
    if is_office(user):
        return Section.objects.all()
    return Section.objects.filter(pk__in=_holding_what_is_seen(user, "section_id"))


def measures_scored_for(user: Someone) -> MeasureQuerySet:
    """What the scores of departments_scored_for are reckoned from, for figures only: titles are for visible_to to show.

    Every measure that one of them ever led or assisted, since a score is the same for whoever looks: what a department led
    until it was handed over counts, and is seen by its present lead alone.
    """
    departments = own_departments(user)
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
    departments = own_departments(user)
    if departments is None:
        return events
    claims = Q(verb__in=[Verb.CLAIM, Verb.WITHDRAW_CLAIM, Verb.DECLINE_CLAIM])
    past = Q(measure__status=Status.PUBLISHED) & ~Q(verb=Verb.PUBLISH)
    others = (claims | past) & (Q(department__isnull=True) | ~Q(department__in=departments))
    return events.exclude(to_status=Status.DRAFT).exclude(others)
