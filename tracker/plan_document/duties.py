"""Units sorted into lead and co while one task is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from .duty_words import CO, LEAD
from .typography import working_copy
from .units import Unit, is_class_of_governments


@dataclass
class Duties:
    """Units by role with spans in the source, the spans of labelled limits, and how they were found."""

    lead: list[Unit] = field(default_factory=list)
    co: list[Unit] = field(default_factory=list)
    due: list[tuple[int, int]] = field(default_factory=list)
    reason: str = ""
    to_confirm: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._known.update(unit.name for unit in [*self.lead, *self.co])

    def add(self, role: str, units: list[Unit]) -> None:
        """Put units where they are not yet named."""
        target = self.lead if role == LEAD else self.co
        for unit in units:
            if unit.name not in self._known:
                self._known.add(unit.name)
                target.append(unit)


def all_lead(units: list[Unit], duties: Duties) -> None:
    """按职责分工负责: all named lead, whole classes of local governments named last are co."""
    last = len(units)
    while last > 1 and is_class_of_governments(working_copy(units[last - 1].name)):
        last -= 1
    duties.add(LEAD, units[:last])
    duties.add(CO, units[last:])
    duties.reason = "按职责分工负责，所列单位均为牵头"
    duties.to_confirm = len(units) > 1
