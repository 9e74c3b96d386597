"""What a regime itself allows for settling a measure, beside the deadline that the office gave, which wins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from tracker.models import Measure, Regime
from tracker.reports.regime_use import amount_words
from tracker.rules.regimes import NodeKind, Terms, count_on, node_for
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class RegimeLimit:
    """`due_on` is the regime's own last day, `within` its term in words (7天, 1个月), counted from the day of assignment.

    `behind` is how many calendar days the deadline given lies behind it (before it when negative), None without one.
    """

    regime: str
    within: str
    due_on: date
    behind: int | None = None

    @property
    def words(self) -> str:
        """Which of the two days holds, and by how much they differ."""
        if self.behind is None:
            return "长期坚持，不按制度期限"
        if self.behind == 0:
            return "与完成时限一致"
        return f"所定完成时限{'晚' if self.behind > 0 else '早'}{abs(self.behind)}天，以所定时限为准"


def regime_limit(measure: Measure, calendar: WorkCalendar) -> RegimeLimit | None:
    """The limit of the terms under which the measure was assigned; None before, and where they set none.

    No query when `regime_edition` (for the name with its `regime`) was read with the measure.
    """
    edition = measure.regime_edition
    if edition is None or measure.assigned_at is None:
        return None
    assigned_on = timezone.localdate(measure.assigned_at)
    return _limit(edition.terms, str(edition.regime), measure, assigned_on, calendar)


def regime_due_on(measure: Measure, calendar: WorkCalendar) -> date | None:
    """The day of regime_limit(), without the regime's name."""
    edition = measure.regime_edition
    if edition is None or measure.assigned_at is None:
        return None
    found = _limit(edition.terms, "", measure, timezone.localdate(measure.assigned_at), calendar)
    return None if found is None else found.due_on


def limit_if_assigned(
    regime: Regime, measure: Measure, *, today: date, calendar: WorkCalendar
) -> RegimeLimit | None:
    """What the regime's limit would be if the measure, as it is, were assigned under it today."""
    return _limit(regime.terms(), str(regime), measure, today, calendar)


def limits_offered(regimes: Iterable[Regime], *, today: date, calendar: WorkCalendar) -> str:
    """The limits that assigning today would bring, regime by regime and importance by importance, in one sentence."""
    found = []
    for regime in regimes:
        terms = regime.terms()
        days = {
            name: _limit_for(terms, importance, today, calendar)
            for importance, name in Measure.Importance.choices
        }
        told = [
            f"{name} {due_on}（{within}）"
            for name, limit in days.items()
            if limit
            for within, due_on in [limit]
        ]
        if told:
            found.append(f"{regime}：{'、'.join(told)}")
    return f"今天交办的制度期限：{'；'.join(found)}。填写了完成时限的，以填写的为准。" if found else ""


def _limit(
    terms: Terms, name: str, measure: Measure, assigned_on: date, calendar: WorkCalendar
) -> RegimeLimit | None:
    found = _limit_for(terms, measure.importance, assigned_on, calendar)
    if found is None:
        return None
    within, due_on = found
    behind = None if measure.due_on is None else (measure.due_on - due_on).days
    return RegimeLimit(name, within, due_on, behind)


def _limit_for(
    terms: Terms, importance: str, assigned_on: date, calendar: WorkCalendar
) -> tuple[str, date] | None:
    node = node_for(terms, NodeKind.RESOLVE, importance=importance)
    if node is None:
        return None
    day = count_on(assigned_on, node.amount, unit=node.unit, day_kind=terms.day_kind, calendar=calendar)
    return amount_words(node, terms.day_kind), day
