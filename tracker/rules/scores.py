"""考核得分: what a department's score is made of and how it is added up, from facts that a replay of the events gives.

Sources (docs/domain.md): Guangyuan (on time +1, late −1, returned −2, yellow −1, red −2); others start from a base of 80 with a
cap of 100, count an assisting department half of a leading one, a late report −0.1 and a missing one −0.5. Every weight is a
setting of the regime (regimes.Scores), in points. Grades and days of delay carry no weight there: they are told, not weighed.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tracker.rules.lifecycle import OPEN, Grade, Status
from tracker.rules.light import Light, judged_on
from tracker.rules.regimes import NodeKind, Scores

# No score leaves this range, whatever a regime's cap says.
LOWEST, HIGHEST = 0, 100


class Part(StrEnum):
    """What a fact counts as. All but IN_TIME carry a weight of the regime."""

    ON_TIME = "on_time"
    LATE = "late"
    RETURNED = "returned"
    YELLOW = "yellow"
    RED = "red"
    LATE_REPORT = "late_report"
    MISSING_REPORT = "missing_report"
    IN_TIME = "in_time"


PART_NAMES: dict[Part, str] = {
    Part.ON_TIME: "按期办结",
    Part.LATE: "逾期",
    Part.RETURNED: "退回",
    Part.YELLOW: "黄灯",
    Part.RED: "红灯",
    Part.LATE_REPORT: "迟报",
    Part.MISSING_REPORT: "漏报",
    Part.IN_TIME: "按时报送",
}
WEIGHED = tuple(part for part in Part if part is not Part.IN_TIME)


class Role(StrEnum):
    """In which capacity a department answers for a measure. FORMER led it until it was handed over."""

    LEAD = "lead"
    CO = "co"
    FORMER = "former"


ROLE_NAMES: dict[Role, str] = {Role.LEAD: "牵头", Role.CO: "配合", Role.FORMER: "曾牵头"}


@dataclass(frozen=True)
class Fact:
    """One thing that counts. `on`: the day it is about (a deadline, a report day, the day of a return or of the light).

    `days`: calendar days of delay. `kind`: which node of the regime was met or missed. `closed`: it is struck off.
    """

    part: Part
    on: date
    days: int = 0
    kind: NodeKind | None = None
    closed: bool = False


@dataclass(frozen=True)
class Judged:
    """One measure as one department answers for it. `exempt` (容错): nothing of it counts against the department."""

    scores: Scores
    facts: tuple[Fact, ...] = ()
    role: Role = Role.LEAD
    exempt: bool = False

    def points(self, fact: Fact) -> Fraction:
        """What the fact adds or takes; an exempted measure loses nothing."""
        each = weight(self.scores, self.role, fact.part)
        return max(each, Fraction(0)) if self.exempt else each


@lru_cache(maxsize=1024)
def weight(scores: Scores, role: Role, part: Part) -> Fraction:
    """Points of one fact of this part, exemption apart: what the regime says, an assisting department's share of it."""
    if part is Part.IN_TIME:
        return Fraction(0)
    share = scores.co_share if role is Role.CO else 1
    return _exact(getattr(scores, part.value)) * _exact(share)


@dataclass(frozen=True)
class Line:
    """So many facts of one part at so many points each. `exempted` says that they are told and cost nothing."""

    part: Part
    role: Role
    each: Decimal
    count: int
    points: Decimal
    exempted: bool = False


@dataclass(frozen=True)
class Score:
    """`value` = `base` + the points of the lines, between 0 and the cap; points with two decimals."""

    value: Decimal
    base: Decimal
    cap: Decimal
    unbounded: Decimal
    lines: tuple[Line, ...]


def score_of(judged: Iterable[Judged]) -> Score | None:
    """The score of a department over what it answers for; None where there is nothing to judge.

    Base and cap are those of the regimes that its measures stand under, the average over them where they differ. Sums are
    exact, so that the order of the measures plays no part.
    """
    measures: Counter[Scores] = Counter()
    facts: Counter[_Kind] = Counter()
    for row in judged:
        measures[row.scores] += 1
        for fact in row.facts:
            if fact.part is not Part.IN_TIME:
                each = weight(row.scores, row.role, fact.part)
                facts[_Kind(fact.part, row.role, row.exempt and each < 0, each)] += 1
    if not measures:
        return None
    base, cap = (_average(measures, name) for name in ("base", "cap"))
    unbounded = base + sum((kind.points * count for kind, count in facts.items()), Fraction(0))
    value = max(Fraction(LOWEST), min(unbounded, cap, Fraction(HIGHEST)))
    return Score(
        value=_shown(value),
        base=_shown(base),
        cap=_shown(min(cap, Fraction(HIGHEST))),
        unbounded=_shown(unbounded),
        lines=_lines(facts),
    )


class _Kind(NamedTuple):
    """Facts that count alike."""

    part: Part
    role: Role
    exempted: bool
    each: Fraction

    @property
    def points(self) -> Fraction:
        """What one of them adds or takes."""
        return Fraction(0) if self.exempted else self.each


def _average(measures: Counter[Scores], name: str) -> Fraction:
    total = sum((_exact(getattr(scores, name)) * count for scores, count in measures.items()), Fraction(0))
    return total / measures.total()


def _lines(facts: Counter[_Kind]) -> tuple[Line, ...]:
    """In the order of Part, those of leads first; facts of different points apart."""
    parts, roles = list(Part), list(Role)
    ordered = sorted(
        facts, key=lambda kind: (parts.index(kind.part), roles.index(kind.role), kind.exempted, kind.each)
    )
    return tuple(
        Line(
            part=kind.part,
            role=kind.role,
            each=_shown(kind.each),
            count=facts[kind],
            points=_shown(kind.points * facts[kind]),
            exempted=kind.exempted,
        )
        for kind in ordered
    )


def _exact(points: float) -> Fraction:
    """A weight as it is written: 0.1 is a tenth."""
    return Fraction(str(points))


def _shown(points: Fraction) -> Decimal:
    value = Decimal(points.numerator) / Decimal(points.denominator)
    # Without a negative zero.
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP) + Decimal(0)


def counted_deadline(
    kept: date | None, new: date | None, *, asked_on: date, keeps_old: bool = True
) -> date | None:
    """The deadline that the score goes by after it was moved from `kept` to `new` on a request of `asked_on`.

    Asked after expiry is already overdue: the new date holds for the work, the score keeps the old one (docs/domain.md,
    Extensions). `keeps_old` False for a new date that no request brought (assignment corrected, resumed, handed over).
    """
    if keeps_old and kept is not None and new is not None and asked_on > kept:
        return kept
    return new


def settling(
    *,
    status: Status,
    deadline: date | None,
    applied_on: date | None,
    closed_on: date | None,
    grade: str,
    first: date,
    last: date,
) -> Fact | None:
    """On time or late as of the end of `last`; None for what is neither (no deadline, still running in time).

    What counts is the day of application: the office's review is never the department's lateness. Struck off between `first`
    and `last`, it is on time or late; one graded 不合格 earns nothing for being on time. Open, it is late when its deadline
    has passed.
    """
    if status == Status.CLOSED:
        if closed_on is None or not first <= closed_on <= last or deadline is None:
            return None
        finished = applied_on or closed_on
        if finished > deadline:
            return Fact(Part.LATE, deadline, (finished - deadline).days, closed=True)
        return None if grade == Grade.FAIL else Fact(Part.ON_TIME, finished, closed=True)
    if status not in OPEN or deadline is None:
        return None
    day = judged_on(status=status, applied_on=applied_on, today=last)
    return Fact(Part.LATE, deadline, (day - deadline).days) if day > deadline else None


def lit(light: Light, *, last: date) -> Fact | None:
    """The light that the measure shows at the end of the period, as a fact; green and none are none."""
    part = {Light.YELLOW: Part.YELLOW, Light.RED: Part.RED}.get(light)
    return None if part is None else Fact(part, last)


def reported(
    kind: NodeKind, *, due_on: date, done_on: date | None, last: date, quiet: bool = False
) -> Fact | None:
    """A node of the regime (签收, 首次反馈, 定期报告) that was due by `last`: in time, late, or missing until then.

    A missed one is the department's only where it was its turn: not while the measure was suspended, waiting for review or
    for the answer to an objection on that day (`quiet`).
    """
    if done_on is not None and done_on <= due_on:
        return Fact(Part.IN_TIME, due_on, kind=kind)
    if quiet:
        return None
    if done_on is not None and done_on <= last:
        return Fact(Part.LATE_REPORT, due_on, (done_on - due_on).days, kind=kind)
    return Fact(Part.MISSING_REPORT, due_on, (last - due_on).days, kind=kind)
