"""What waits for a person: the kinds of work on the front page and in the list's filter, each one query over his measures."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery

from tracker import access
from tracker.models import Checkpoint, Claim, ProgressReport, RequestState, User
from tracker.models.measure import MeasureQuerySet
from tracker.reports.office_day import OfficeDay
from tracker.rules.lifecycle import OPEN, OWED, Status
from tracker.rules.regimes import NodeKind


def to_decide(measures: MeasureQuerySet, user: User, day: OfficeDay) -> MeasureQuerySet:
    """待答复: requests for more time that are the user's to decide; for 督查室 objections and claims as well."""
    if access.is_office(user):
        claimed = Claim.objects.filter(measure=OuterRef("pk"), state=RequestState.PENDING)
        leader = "lead__leader_in_charge"
        no_leader = (
            Q(**{f"{leader}__isnull": True})
            | Q(**{f"{leader}__is_active": False})
            | ~Q(**{f"{leader}__role": User.Role.LEADER})
        )
        return measures.filter(
            Q(extension_pending=True) & (Q(leader_extends=False) | no_leader)
            | Q(objection_pending=True)
            | Q(status=Status.PUBLISHED) & Exists(claimed)
        )
    return measures.filter(extension_pending=True, leader_extends=True, lead__leader_in_charge=user)


def to_review(measures: MeasureQuerySet, user: User, day: OfficeDay) -> MeasureQuerySet:
    """报告待审阅: reports that 督查室 has neither accepted nor returned; applications to close are another kind."""
    waiting = ProgressReport.objects.filter(
        measure=OuterRef("pk"), state=ProgressReport.State.SUBMITTED
    ).exclude(kind=ProgressReport.Kind.CLOSING)
    return measures.filter(Exists(waiting), status__in=OPEN)


def to_report(measures: MeasureQuerySet, user: User, day: OfficeDay) -> MeasureQuerySet:
    """应报送: led by the user's department, with a report that is overdue or due within the days that turn a light yellow."""
    due = Checkpoint.objects.filter(
        measure=OuterRef("pk"),
        kind__in=[NodeKind.FIRST_REPORT, NodeKind.PERIOD_REPORT],
        done_on__isnull=True,
        due_on__lte=day.thresholds.near_until,
        # What a former lead missed stays its own.
        department=user.department_id,
    )
    return measures.filter(Exists(due), lead=user.department_id, status__in=sorted(OWED))


def returned(measures: MeasureQuerySet, user: User, day: OfficeDay) -> MeasureQuerySet:
    """退回待办: the last that the user's own department has sent in was returned to it."""
    sent = ProgressReport.objects.filter(measure=OuterRef("pk"), department=user.department_id)
    last = sent.exclude(state=ProgressReport.State.DRAFT).order_by("-id").values("state")[:1]
    running = measures.filter(status__in=[Status.IN_PROGRESS, Status.CLOSING])
    return running.annotate(last_sent=Subquery(last)).filter(last_sent=ProgressReport.State.RETURNED)


def due_soon(measures: MeasureQuerySet, user: User, day: OfficeDay) -> MeasureQuerySet:
    """即将到期: owed by the user's department, not overdue, and due within the days that turn a light yellow."""
    soon = Q(due_on__gte=day.today, due_on__lte=day.thresholds.near_until)
    return measures.filter(soon, lead=user.department_id).owed()


def to_claim(measures: MeasureQuerySet, user: User, day: OfficeDay) -> MeasureQuerySet:
    """待揭榜: published, still open for claims, and not yet claimed by the user's department."""
    asked = Claim.objects.filter(
        measure=OuterRef("pk"), department=user.department_id, state=RequestState.PENDING
    )
    still = Q(claim_until__isnull=True) | Q(claim_until__gte=day.today)
    return measures.filter(still, ~Exists(asked), status=Status.PUBLISHED)


@dataclass(frozen=True)
class Todo:
    """`find` narrows the measures that the user sees, `whose` says to whom this kind of work falls."""

    name: str
    find: Callable[[MeasureQuerySet, User, OfficeDay], MeasureQuerySet]
    whose: Callable[[User], bool]


def _of_a_department(user: User) -> bool:
    return not access.is_office(user) and user.department_id is not None


def _decides(user: User) -> bool:
    return access.is_office(user) or user.role == User.Role.LEADER


# By the value that the list's filter has in an address.
TODO: dict[str, Todo] = {
    "decide": Todo("待答复", to_decide, _decides),
    "review": Todo("报告待审阅", to_review, access.is_office),
    "report": Todo("应报送", to_report, _of_a_department),
    "returned": Todo("退回待办", returned, _of_a_department),
    "due": Todo("即将到期", due_soon, _of_a_department),
    "claim": Todo("待揭榜", to_claim, _of_a_department),
}


def todos_of(user: access.Someone) -> dict[str, Todo]:
    """The kinds of work that can fall to this user."""
    if not isinstance(user, User):
        return {}
    return {key: todo for key, todo in TODO.items() if todo.whose(user)}
