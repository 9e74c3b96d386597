"""What a person should look at first: counts and short lists for 督查室, a department and a leader."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F

from tracker import access
from tracker.models import Plan, User
from tracker.models.measure import MeasureQuerySet
from tracker.reports.office_day import OfficeDay
from tracker.reports.todo import TODO
from tracker.rules.lifecycle import OPEN, SETTLED, Status
from tracker.rules.light import Light

SHORT_LIST = 10


@dataclass(frozen=True)
class ShortList:
    """The first SHORT_LIST measures of a kind and how many there are in all."""

    measures: list[Any]
    total: int


@dataclass(frozen=True)
class Row:
    """One department or section with its measures counted; `closed_percent` is whole percent of `total`."""

    key: int
    name: str
    total: int
    open: int
    closed: int
    overdue: int
    lights: dict[Light, int] = field(default_factory=dict)

    @property
    def closed_percent(self) -> int:
        return self.closed * 100 // self.total if self.total else 0


@dataclass(frozen=True)
class Counts:
    """How many measures there are by status and by light, of those the person sees."""

    total: int
    overdue: int
    statuses: dict[Status, int]
    lights: dict[Light, int]


def seen(user: access.Someone, day: OfficeDay) -> MeasureQuerySet:
    """The measures that the user sees, with their light, ready to be listed."""
    return (
        access.visible_to(user)
        .with_light(day.today, day.thresholds)
        .select_related("lead", "section", "plan")
        .order_by("due_on", "plan", "position")
    )


def counts(user: access.Someone, day: OfficeDay) -> Counts:
    """Of all that the user sees."""
    return counted(access.visible_to(user), day)


def counted(measures: MeasureQuerySet, day: OfficeDay, *, of: str = "") -> Counts:
    """Two queries: by status and light together, and overdue. `of` as in MeasureQuerySet: whose state is counted."""
    statuses = dict.fromkeys(Status, 0)
    lights = dict.fromkeys(Light, 0)
    grouped = (
        measures.with_light(day.today, day.thresholds, of=of)
        .order_by()
        .values("light", state=F(f"{of}status"))  # type: ignore[misc]  # light is with_light's annotation
        .annotate(n=Count("pk"))
    )
    for row in grouped:
        statuses[Status(row["state"])] += row["n"]
        lights[Light(row["light"])] += row["n"]
    overdue = measures.overdue(day.today, of=of).count()
    return Counts(sum(statuses.values()), overdue, statuses, lights)


def overdue(user: access.Someone, day: OfficeDay, *, total: int) -> ShortList:
    """The longest overdue first; `total` is known from the counts."""
    rows = list(seen(user, day).overdue(day.today)[:SHORT_LIST]) if total else []
    return ShortList(rows, total)


def waiting_for_review(user: access.Someone, day: OfficeDay) -> ShortList:
    """待审核, the longest waiting first."""
    return _short(seen(user, day).filter(status=Status.CLOSING).order_by("applied_on", "plan", "position"))


def drafts(user: access.Someone, day: OfficeDay) -> ShortList:
    """拟办: not assigned yet, in the plan's order."""
    return _short(seen(user, day).filter(status=Status.DRAFT).order_by("plan", "position"))


def to_acknowledge(user: User, day: OfficeDay) -> ShortList:
    """待签收 that the user's own department leads."""
    return _short(_led(user, day).filter(status=Status.ASSIGNED))


def own_overdue(user: User, day: OfficeDay) -> ShortList:
    """Overdue ones that the user's own department leads."""
    return _short(_led(user, day).overdue(day.today))


def todo(key: str, user: User, day: OfficeDay) -> ShortList:
    """What waits for the user of one kind (reports.todo.TODO)."""
    return _short(TODO[key].find(seen(user, day), user, day))


def assisted_count(user: User) -> int:
    """How many measures the user's own department only assists."""
    return access.visible_to(user).open().exclude(lead=user.department_id).count()


def by_department(user: access.Someone, day: OfficeDay) -> list[Row]:
    """Lead departments of the measures that the user sees, for a leader those in his charge; most overdue first.

    Two queries.
    """
    measures = access.visible_to(user).filter(lead__isnull=False)
    if isinstance(user, User) and user.role == User.Role.LEADER and not user.is_superuser:
        # Measures that those departments only assist are another leader's.
        measures = measures.filter(lead__leader_in_charge=user)
    return _rows(measures, day, "lead_id", "lead__name", lambda row: (-row.overdue, -row.open, row.name))


def without_lead(user: access.Someone, day: OfficeDay, plan: Plan) -> ShortList:
    """Measures of a plan that nobody leads and that are still to be carried out, in the plan's order."""
    waiting = seen(user, day).filter(plan=plan, in_text=True).exclude(status__in=SETTLED)
    return _short(waiting.filter(lead=None).order_by("position", "id"))


def without_deadline(user: access.Someone, day: OfficeDay, plan: Plan) -> ShortList:
    """Measures of a plan that have no deadline, do not stand (长期坚持), and are still to be carried out."""
    waiting = seen(user, day).filter(plan=plan, in_text=True).exclude(status__in=SETTLED)
    return _short(waiting.filter(due_on=None, standing=False).order_by("position", "id"))


def by_section(user: access.Someone, day: OfficeDay, *, plan: Plan | None = None) -> list[Row]:
    """Sections of the measures that the user sees, in the plans' order; of one plan where it is named. Two queries."""
    measures = access.visible_to(user)
    if plan is not None:
        measures = measures.filter(plan=plan)
    return _rows(measures, day, "section_id", "section__title", lambda row: 0)


def _led(user: User, day: OfficeDay) -> MeasureQuerySet:
    return seen(user, day).filter(lead=user.department_id)


def _short(measures: MeasureQuerySet) -> ShortList:
    rows = list(measures[: SHORT_LIST + 1])
    return ShortList(rows[:SHORT_LIST], len(rows) if len(rows) <= SHORT_LIST else measures.count())


def _rows(measures: MeasureQuerySet, day: OfficeDay, key: str, name: str, order: Any) -> list[Row]:
    groups: dict[int, dict[str, Any]] = {}
    grouped = (
        measures.with_light(day.today, day.thresholds)
        .order_by("plan", "section__number", key)
        .values("plan", "section__number", key, name, "status", "light")
        .annotate(n=Count("pk"))
    )
    late = measures.overdue(day.today).order_by().values_list(key).annotate(n=Count("pk"))
    overdue_by_key: dict[Any, int] = dict(late)
    for row in grouped:
        group = groups.setdefault(row[key], {"name": row[name], "statuses": {}, "lights": {}})
        for kind, value in (("statuses", Status(row["status"])), ("lights", Light(row["light"]))):
            group[kind][value] = group[kind].get(value, 0) + row["n"]
    rows = [
        Row(
            key=pk,
            name=group["name"],
            total=sum(group["statuses"].values()),
            open=sum(n for status, n in group["statuses"].items() if status in OPEN),
            closed=group["statuses"].get(Status.CLOSED, 0),
            overdue=overdue_by_key.get(pk, 0),
            lights=group["lights"],
        )
        for pk, group in groups.items()
    ]
    return sorted(rows, key=order)
