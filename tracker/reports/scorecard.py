"""考核得分: a row a department with its parts, counts and score over a period, each number with the measures behind it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tracker import access
from tracker.models import Department, Measure, Plan, Regime, RegimeEdition
from tracker.reports.office_day import office_day
from tracker.reports.score_record import Answered, Record, Window
from tracker.rules.lifecycle import Grade
from tracker.rules.periods import Period
from tracker.rules.scores import Fact, Part, Role, Score, score_of


@dataclass(frozen=True)
class Row:
    """One department. `score` None: nothing to judge. `items`: what it answered for, a measure each."""

    department: Department
    score: Score | None
    items: tuple[Answered, ...]
    counts: Counter[Part] = field(default_factory=Counter)

    @property
    def led(self) -> int:
        """How many measures it led at the end of the period, or struck off in it."""
        return sum(item.judged.role is Role.LEAD for item in self.items)

    @property
    def assisted(self) -> int:
        return sum(item.judged.role is Role.CO for item in self.items)

    @property
    def exempted(self) -> int:
        """Measures with a recorded exemption (容错)."""
        return sum(item.judged.exempt for item in self.items)

    @property
    def overdue_days(self) -> int:
        """Calendar days past the deadline, of the measures that it leads, added up."""
        return sum(
            fact.days
            for item in self.items
            if item.judged.role is Role.LEAD
            for fact in item.judged.facts
            if fact.part is Part.LATE
        )

    @property
    def grades(self) -> Counter[str]:
        """How the measures that it led and that were struck off in the period were graded."""
        return Counter(item.grade for item in self.items if item.grade and item.judged.role is Role.LEAD)

    @property
    def well_done(self) -> int:
        """Struck off as 优秀 or 良好."""
        return self.grades[Grade.EXCELLENT] + self.grades[Grade.GOOD]

    def facts(self, part: Part) -> list[tuple[Answered, Fact]]:
        """The facts of this part, each with its measure."""
        return [(item, fact) for item in self.items for fact in item.judged.facts if fact.part is part]


@dataclass(frozen=True)
class Scorecard:
    """`until`: the last day judged, today at the latest. Rows by score, highest first; those without one last."""

    period: Period
    until: date
    rows: tuple[Row, ...]
    plan: Plan | None = None
    regime: Regime | None = None

    def row_of(self, department: int) -> Row | None:
        return next((row for row in self.rows if row.department.pk == department), None)


def scorecard(
    user: access.Someone,
    period: Period,
    *,
    today: date,
    plan: Plan | None = None,
    regime: Regime | None = None,
) -> Scorecard:
    """The scores that the user may see, over all measures or those of a plan and assigned under a regime.

    As of the end of the period or of `today`, whichever is earlier: asked again later, a past period answers the same, as
    long as work calendar and settings of the light do. Nine queries (a department: eleven) however many rows. `period` has begun
    (rules.periods.check_begun).
    """
    until = period.until(today)
    departments = {row.pk: row for row in access.departments_scored_for(user)}
    measures = access.measures_scored_for(user)
    if plan is not None:
        measures = measures.filter(plan=plan)
    editions = {row.pk: row for row in RegimeEdition.objects.all()}
    answered = Record(measures, Window(period.first, until)).answered(
        scores={pk: row.terms.scores for pk, row in editions.items()},
        codes=dict(Department.objects.values_list("code", "pk")),
        thresholds=office_day(until).thresholds,
        only=None if regime is None else {pk for pk, row in editions.items() if row.regime_id == regime.pk},
    )
    return Scorecard(period, until, _rows(departments, answered), plan, regime)


def _rows(departments: dict[int, Department], answered: Iterable[Answered]) -> tuple[Row, ...]:
    items: dict[int, list[Answered]] = {pk: [] for pk in departments}
    for item in answered:
        if item.department in items:
            items[item.department].append(item)
    rows = [
        Row(
            department=departments[pk],
            score=score_of(item.judged for item in own),
            items=tuple(own),
            counts=Counter(fact.part for item in own for fact in item.judged.facts),
        )
        for pk, own in items.items()
        # A department that is out of use is shown only where it had something to answer for.
        if own or departments[pk].active
    ]
    return tuple(sorted(rows, key=_best_first))


def _best_first(row: Row) -> tuple[bool, float, str]:
    return row.score is None, -float(row.score.value) if row.score is not None else 0.0, row.department.name


def measures_behind(user: access.Someone, rows: Iterable[Row]) -> dict[int, Measure]:
    """The measures behind these rows that the user sees, by number; one query. The others are told without their title."""
    keys = {item.measure for row in rows for item in row.items}
    return access.visible_to(user).only("pk", "number", "title").in_bulk(list(keys))
