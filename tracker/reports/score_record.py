"""What each measure's record says of each department in a period: its events replayed up to the period's last day.

Nothing that was done later plays a part, so a period gives the same result whenever it is asked about.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from tracker.models import Checkpoint, MeasureEvent, ProgressReport
from tracker.models.measure import MeasureQuerySet
from tracker.reports.history import end_of
from tracker.rules.lifecycle import OWED, SETTLED, UNASSIGNED, Status, Verb
from tracker.rules.light import Thresholds, light
from tracker.rules.regimes import NODE_NAMES, NodeKind, Scores
from tracker.rules.scores import Fact, Judged, Part, Role, counted_deadline, lit, reported, settling

# As of the end of the period they are left out: not the department's, or nobody's turn.
LEFT_OUT = UNASSIGNED | {Status.SUSPENDED, Status.CANCELLED}
# With these 督查室 grants more time; whatever else moves a deadline corrects or begins anew.
_GRANTS = frozenset({Verb.APPROVE_EXTENSION, Verb.EXTEND})
_KINDS = {name: kind for kind, name in NODE_NAMES.items()}
# Of what a step changed, what scores ask about.
_ASKED = (
    "lead_id",
    "co",
    "starts_on",
    "due_on",
    "original_due_on",
    "percent",
    "grade",
    "applied_on",
    "closed_on",
    "regime_edition_id",
    "objection_pending",
)


@dataclass(frozen=True)
class Window:
    """The days judged, both included: what fell due or was settled from `first` to `last`, as of the end of `last`."""

    first: date
    last: date


@dataclass(frozen=True)
class Answered:
    """One measure as one department answered for it. `grade` is that of a measure struck off in the window."""

    measure: int
    department: int
    judged: Judged
    grade: str = ""


@dataclass
class Node:
    """A day of the regime as it stood at the end of the window."""

    kind: NodeKind
    department: int | None
    due_on: date
    done_on: date | None


@dataclass
class _Course:
    """A measure's way until the end of the window. `returns` holds the department and the day of each return."""

    state: dict[str, Any] = field(default_factory=lambda: {"co": [], "percent": 0})
    days: list[date] = field(default_factory=list)
    # After the step of each of these days: who led, and whether it was the department's turn.
    leads: list[int | None] = field(default_factory=list)
    turns: list[bool] = field(default_factory=list)
    returns: list[tuple[int | None, date]] = field(default_factory=list)
    deadline: date | None = None
    asked_on: date | None = None
    exempt: bool = False

    def take(self, verb: str, on: date, status: str, changes: Mapping[str, Any]) -> None:
        """Follow one step taken on this day."""
        self.state.update({name: changes[name][1] for name in _ASKED if name in changes})
        self.state["status"] = status
        if verb == Verb.REQUEST_EXTENSION:
            self.asked_on = on
        elif verb == Verb.EXEMPT:
            self.exempt = True
        if "due_on" in changes:
            asked = self.asked_on if verb == Verb.APPROVE_EXTENSION and self.asked_on else on
            self.deadline = counted_deadline(
                self.deadline, self.day("due_on"), asked_on=asked, keeps_old=verb in _GRANTS
            )
        self.days.append(on)
        self.leads.append(self.state.get("lead_id"))
        self.turns.append(status in OWED and not self.state.get("objection_pending"))

    def day(self, name: str) -> date | None:
        value = self.state.get(name)
        return None if value is None else date.fromisoformat(value)

    def quiet_on(self, day: date) -> bool:
        """Whether it was not the department's turn at the end of this day."""
        at = bisect_right(self.days, day)
        return at == 0 or not self.turns[at - 1]

    def lead_on(self, day: date) -> int | None:
        """Who led at the end of this day."""
        at = bisect_right(self.days, day)
        return self.leads[at - 1] if at else None


class Record:
    """The measures' courses and nodes, read by four queries whatever their number."""

    def __init__(self, measures: MeasureQuerySet, window: Window) -> None:
        self.window = window
        # What was settled, or nobody's, before the window and did not move since has nothing to say.
        idle = Q(status__in=sorted(SETTLED | UNASSIGNED), updated_at__lt=_begin(window.first))
        self.measures = measures.exclude(idle)
        self.courses = self._courses()
        self.nodes = self._nodes()

    def answered(
        self,
        *,
        scores: Mapping[int, Scores],
        codes: Mapping[str, int],
        thresholds: Thresholds,
        only: Collection[int] | None = None,
    ) -> Iterator[Answered]:
        """Every department's part in every measure. `scores` by the regime's edition, `codes` the departments by code.

        `only`: of those that stood under one of these editions; None for all.
        """
        for pk, course in self.courses.items():
            status, edition = Status(course.state["status"]), course.state.get("regime_edition_id")
            if only is not None and edition not in only:
                continue
            closed_on = course.day("closed_on") if status is Status.CLOSED else None
            if status in LEFT_OUT or (closed_on is not None and closed_on < self.window.first):
                continue
            weights = Scores() if edition is None else scores[edition]
            outcome = self._outcome(course, status, weights, thresholds)
            lead = course.state.get("lead_id")
            assisting = {codes[code] for code in course.state["co"] if code in codes}
            own = self._own(pk, course)
            roles: dict[int | None, Role] = {lead: Role.LEAD, **dict.fromkeys(assisting, Role.CO)}
            roles |= {department: Role.FORMER for department in own if department not in roles}
            for department, role in roles.items():
                if department is None:
                    continue
                facts = (*(outcome if role is not Role.FORMER else ()), *own.get(department, ()))
                judged = Judged(weights, facts, role, course.exempt)
                grade = course.state.get("grade", "") if closed_on and role is not Role.FORMER else ""
                yield Answered(pk, department, judged, grade)

    def _outcome(
        self, course: _Course, status: Status, weights: Scores, thresholds: Thresholds
    ) -> tuple[Fact, ...]:
        """What lead and co-departments share in: settled in time or late, and the light."""
        applied_on = course.day("applied_on")
        settled = settling(
            status=status,
            deadline=course.day("original_due_on") if weights.by_original else course.deadline,
            applied_on=applied_on,
            closed_on=course.day("closed_on"),
            grade=course.state.get("grade", ""),
            first=self.window.first,
            last=self.window.last,
        )
        shown = light(
            status=status,
            starts_on=course.day("starts_on"),
            due_on=course.day("due_on"),
            applied_on=applied_on,
            percent=course.state["percent"],
            today=self.window.last,
            thresholds=thresholds.under(course.state.get("regime_edition_id")),
        )
        return tuple(fact for fact in (settled, lit(shown, last=self.window.last)) if fact is not None)

    def _own(self, pk: int, course: _Course) -> dict[int | None, list[Fact]]:
        """What each department itself met, missed and got back in the window."""
        found: dict[int | None, list[Fact]] = defaultdict(list)
        for node in self.nodes.get(pk, ()):
            fact = reported(
                node.kind,
                due_on=node.due_on,
                done_on=node.done_on,
                last=self.window.last,
                quiet=course.quiet_on(node.due_on),
            )
            if fact is not None:
                found[node.department].append(fact)
        for department, day in course.returns:
            found[department].append(Fact(Part.RETURNED, day))
        return found

    def _courses(self) -> dict[int, _Course]:
        courses: dict[int, _Course] = defaultdict(_Course)
        events = MeasureEvent.objects.filter(measure__in=self.measures, at__lt=end_of(self.window.last))
        steps = events.order_by("measure_id", "version").values_list(
            "measure_id", "verb", "at", "to_status", "changes"
        )
        reporters = self._reporters()
        for pk, verb, at, status, changes in steps.iterator(chunk_size=5000):
            course, on = courses[pk], timezone.localdate(at)
            course.take(verb, on, status, changes)
            if on >= self.window.first and verb in (Verb.RETURN, Verb.RETURN_REPORT):
                report = changes.get("report", [None])[0]
                course.returns.append((reporters.get(report, course.state.get("lead_id")), on))
        return courses

    def _reporters(self) -> dict[int, int]:
        """Whose each report was that was returned in the window."""
        returned = ProgressReport.objects.filter(
            state=ProgressReport.State.RETURNED,
            reviewed_at__gte=_begin(self.window.first),
            reviewed_at__lt=end_of(self.window.last),
            measure__in=self.measures,
        )
        return dict(returned.values_list("pk", "department_id"))

    def _nodes(self) -> dict[int, list[Node]]:
        """The nodes due in the window, by measure, as they stood at its end."""
        found: dict[int, list[Node]] = defaultdict(list)
        rows = Checkpoint.objects.filter(
            measure__in=self.measures, due_on__range=(self.window.first, self.window.last)
        )
        values = rows.values_list("measure_id", "kind", "department_id", "due_on", "done_on")
        for pk, kind, department, due_on, done_on in values:
            found[pk].append(Node(NodeKind(kind), department, due_on, done_on))
        for pk, changes in self._later_steps():
            if pk in self.courses:
                found[pk] = undone(found[pk], changes, self.courses[pk], self.window)
        for nodes in found.values():
            nodes.sort(key=lambda node: (node.due_on, node.kind, node.department or 0))
        return found

    def _later_steps(self) -> Iterator[tuple[int, list[list[str]]]]:
        """What steps after the window did to the open nodes, latest first."""
        events = MeasureEvent.objects.filter(
            measure__in=self.measures, at__gte=end_of(self.window.last), changes__has_key="checkpoints"
        )
        rows = events.order_by("measure_id", "-version").values_list("measure_id", "changes")
        for pk, changes in rows.iterator(chunk_size=5000):
            yield pk, changes["checkpoints"]


def undone(nodes: list[Node], change: list[list[str]], course: _Course, window: Window) -> list[Node]:
    """The nodes of one measure as they stood before a step made or dropped some: `change` is what was open before and after.

    Events keep that in words (“签收安排 2026-03-10”, “首次反馈 2026-03-13（2026-03-11已报）” for what a return took back), which is
    how it is read here.
    """
    before, after = (set(words) for words in change)
    made = {_read(words) for words in after - before}
    dropped = [_read(words) for words in sorted(before - after)]
    # What is told as met was met until its report was returned; the row itself may still stand where it was.
    gone = {(kind, day) for kind, day, _met in (*made, *dropped)}
    kept = [node for node in nodes if (node.kind, node.due_on) not in gone]
    # A past day that was open is owed by whoever led on it: a transfer leaves it there.
    return kept + [
        Node(kind, course.lead_on(due_on), due_on, met_on)
        for kind, due_on, met_on in dropped
        if window.first <= due_on <= window.last
    ]


def _read(words: str) -> tuple[NodeKind, date, date | None]:
    """Kind, day and, for what had been met, the day of that."""
    words, _mark, met = words.partition("（")
    name, _blank, day = words.rpartition(" ")
    return _KINDS[name], date.fromisoformat(day), date.fromisoformat(met[:10]) if met else None


def _begin(day: date) -> datetime:
    return end_of(date.fromordinal(day.toordinal() - 1))
