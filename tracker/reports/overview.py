"""What a person should look at first: counts and short lists for 督查室, a department and a leader."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F

from tracker import access
from tracker.models import Department, Plan, Section, User
from tracker.models.measure import MeasureQuerySet, overdue_on
from tracker.reports.office_day import OfficeDay
from tracker.reports.todo import TODO
from tracker.rules.lifecycle import OPEN, SETTLED, Status
from tracker.rules.light import Light, light_of_settled

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
    """Two queries: all by status, and of what is open light and overdue. `of` as in MeasureQuerySet: whose state is counted.

    Closed ones, by far the most after some years, are counted from an index alone: their light is their status.
    """
    statuses, lights = dict.fromkeys(Status, 0), dict.fromkeys(Light, 0)
    for row in measures.order_by().values(state=F(f"{of}status")).annotate(n=Count("pk")):
        statuses[Status(row["state"])] += row["n"]
        if row["state"] not in OPEN:
            lights[light_of_settled(Status(row["state"]))] += row["n"]
    overdue = 0
    for row in _judged(measures, day, of=of).values("light").annotate(n=Count("pk"), late=_late(day, of=of)):
        lights[Light(row["light"])] += row["n"]
        overdue += row["late"]
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

    Three queries.
    """
    measures = access.visible_to(user).filter(lead__isnull=False)
    if isinstance(user, User) and user.role == User.Role.LEADER and not user.is_superuser:
        # Measures that those departments only assist are another leader's.
        measures = measures.filter(lead__leader_in_charge=user)
    figures = _figures(measures, day, "lead_id")
    names = Department.objects.filter(pk__in=figures).values_list("pk", "name")
    rows = [figures[pk].row(pk, name) for pk, name in names]
    return sorted(rows, key=lambda row: (-row.overdue, -row.open, row.name))


def without_lead(user: access.Someone, day: OfficeDay, plan: Plan) -> ShortList:
    """Measures of a plan that nobody leads and that are still to be carried out, in the plan's order."""
    waiting = seen(user, day).filter(plan=plan, in_text=True).exclude(status__in=SETTLED)
    return _short(waiting.filter(lead=None).order_by("position", "id"))


def without_deadline(user: access.Someone, day: OfficeDay, plan: Plan) -> ShortList:
    """Measures of a plan that have no deadline, do not stand (长期坚持), and are still to be carried out."""
    waiting = seen(user, day).filter(plan=plan, in_text=True).exclude(status__in=SETTLED)
    return _short(waiting.filter(due_on=None, standing=False).order_by("position", "id"))


def by_section(user: access.Someone, day: OfficeDay, *, plan: Plan | None = None) -> list[Row]:
    """Sections of the measures that the user sees, in the plans' order; of one plan where it is named, else of those plans
    in which something is still to be done. Three queries."""
    measures = access.visible_to(user)
    if plan is not None:
        measures = measures.filter(plan=plan)
    figures = _figures(measures, day, "section_id")
    sections = list(
        Section.objects.filter(pk__in=figures)
        .order_by("plan", "number", "id")
        .only("pk", "title", "above", "plan_id")
    )
    running = {section.plan_id for section in sections if not figures[section.pk].settled}
    return [
        figures[section.pk].row(section.pk, "／".join(filter(None, (section.above, section.title))))
        for section in sections
        if plan is not None or section.plan_id in running
    ]


def _judged(measures: MeasureQuerySet, day: OfficeDay, *, of: str = "") -> Any:
    """What is open, with its light, ready to be counted."""
    still_open = measures.filter(**{f"{of}status__in": sorted(OPEN)})
    return still_open.with_light(day.today, day.thresholds, of=of).order_by()


def _late(day: OfficeDay, *, of: str = "") -> Count:
    return Count("pk", filter=overdue_on(day.today, of=of))


def _led(user: User, day: OfficeDay) -> MeasureQuerySet:
    return seen(user, day).filter(lead=user.department_id)


def _short(measures: MeasureQuerySet) -> ShortList:
    rows = list(measures[: SHORT_LIST + 1])
    return ShortList(rows[:SHORT_LIST], len(rows) if len(rows) <= SHORT_LIST else measures.count())


@dataclass
class _Figures:
    """The measures of one department or section by status and by light."""

    statuses: Counter[Status] = field(default_factory=Counter)
    lights: Counter[Light] = field(default_factory=Counter)
    overdue: int = 0

    @property
    def settled(self) -> bool:
        return not any(n for status, n in self.statuses.items() if status not in SETTLED)

    def row(self, key: int, name: str) -> Row:
        return Row(
            key=key,
            name=name,
            total=self.statuses.total(),
            open=sum(self.statuses[status] for status in OPEN),
            closed=self.statuses[Status.CLOSED],
            overdue=self.overdue,
            lights=dict(self.lights),
        )


def _figures(measures: MeasureQuerySet, day: OfficeDay, key: str) -> dict[int, _Figures]:
    """By the column `key`. Two queries without names, so that an index over key and status answers the first alone."""
    groups: defaultdict[int, _Figures] = defaultdict(_Figures)
    for row in measures.order_by().values(key, "status").annotate(n=Count("pk")):
        group, status = groups[row[key]], Status(row["status"])
        group.statuses[status] += row["n"]
        if status not in OPEN:
            group.lights[light_of_settled(status)] += row["n"]
    for row in _judged(measures, day).values(key, "light").annotate(n=Count("pk"), late=_late(day)):
        groups[row[key]].lights[Light(row["light"])] += row["n"]
        groups[row[key]].overdue += row["late"]
    return dict(groups)
