"""Which measures and which of their steps somebody sees."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from tracker.access.people import Someone, in_use, is_office, own_departments
from tracker.models import Measure, MeasureEvent, MeasureRole, Plan, Section, User
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
