"""Which measures would be imported without a unit that the text names, because nobody said who that is."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.importing.proposal import MeasureChange
from tracker.rules.lifecycle import SETTLED


@dataclass(frozen=True)
class Unresolved:
    """A measure and the names, as printed, that found no department. `leaderless`: it has no other lead either."""

    number: str
    title: str
    leads: tuple[str, ...]
    co: tuple[str, ...]
    leaderless: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.leads, *self.co)


def unresolved(measures: Iterable[MeasureChange]) -> tuple[Unresolved, ...]:
    """In the plan's order; a unit in whose place a person chose another is settled."""
    return tuple(found for item in measures if (found := _of(item)) is not None)


def _of(item: MeasureChange) -> Unresolved | None:
    parsed, measure = item.parsed, item.measure
    if parsed is None or not item.unknown or (measure is not None and measure.status in SETTLED):
        return None
    decided = item.decision.values if item.decision is not None else {}
    leads = () if "lead" in decided else tuple(name for name in parsed.lead if name in item.unknown)
    co = () if "co" in decided else tuple(name for name in parsed.co if name in item.unknown)
    if not leads and not co:
        return None
    read = item.assignment.values if item.assignment is not None else {}
    has_lead = "lead" in decided or "lead" in read or (measure is not None and measure.lead is not None)
    return Unresolved(item.number, item.title, leads, co, leaderless=not has_lead)
