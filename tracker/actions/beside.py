"""How the rows beside a measure are written: at once by a step of its own, or together with many others (held.py)."""

from collections.abc import Sequence
from typing import Protocol

from tracker.models import Department, Measure, Milestone


class Beside(Protocol):
    """Writes what a step changes in co-departments and milestones; called inside the step's transaction."""

    def write_co(
        self, measure: Measure, *, dropped: Sequence[Department], added: Sequence[Department]
    ) -> None: ...

    def write_milestones(
        self, *, moved: Sequence[Milestone], dropped: Sequence[Milestone], new: Sequence[Milestone]
    ) -> None:
        """`moved` have another day or other words than stored, `new` are not stored yet."""


class _AtOnce:
    def write_co(
        self, measure: Measure, *, dropped: Sequence[Department], added: Sequence[Department]
    ) -> None:
        if dropped:
            measure.co_departments.remove(*dropped)
        measure.co_departments.add(*added)

    def write_milestones(
        self, *, moved: Sequence[Milestone], dropped: Sequence[Milestone], new: Sequence[Milestone]
    ) -> None:
        for row in moved:
            row.save(update_fields=["due_on", "text"])
        for row in dropped:
            row.delete()
        Milestone.objects.bulk_create(new)


AT_ONCE: Beside = _AtOnce()
