"""Stored measures that an import changes: locked and read many at a time, each saved once, however many steps it takes.

A step on its own costs some eight queries, and an import takes two of them a measure.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from tracker.models import Department, Measure, MeasureEvent, Milestone
from tracker.rules.violations import InvalidInput

# Measures locked by one statement, and events after which all is written.
BATCH = 500
_BESIDE = ("lead", "regime_edition", "co_departments", "milestones", "indicators")


class HeldMeasures:
    """Measures that this very transaction has locked; steps change them in memory, `write` puts them into the database.

    Every rule, version check and event is that of a step on its own. Whoever holds them writes before the transaction ends,
    and lets a measure go before it takes a step on its own, which would read it from the database. A step that is refused
    leaves a measure half changed: the transaction then has to be taken back.
    """

    def __init__(self, measure_ids: Iterable[int]) -> None:
        if not transaction.get_connection().in_atomic_block:
            raise ValueError("only within the transaction that writes them")
        self._measures: dict[int, Measure] = {}
        # Always in the same order, so that two imports of the same measures wait for each other and never for each other's.
        in_order = sorted(set(measure_ids))
        for start in range(0, len(in_order), BATCH):
            self._lock(in_order[start : start + BATCH])
        self._forget()

    def _forget(self) -> None:
        self._fields: dict[int, set[str]] = {}
        self._events: list[MeasureEvent] = []
        self._co: dict[int, list[Department]] = {}
        self._moved: list[Milestone] = []
        self._dropped: list[int] = []
        self._new: list[Milestone] = []

    def _lock(self, measure_ids: Sequence[int]) -> None:
        locked = list(
            Measure.objects.select_for_update(of=("self",)).filter(pk__in=measure_ids).order_by("pk")
        )
        # Not joined: what was joined before the lock was had would be the row beside as it was before.
        prefetch_related_objects(locked, *_BESIDE)
        self._measures |= {measure.pk: measure for measure in locked}

    def get(self, measure_id: int) -> Measure:
        """The measure, locked, as the steps taken so far leave it. Raises InvalidInput where there is none."""
        if measure_id not in self._measures:
            self._lock([measure_id])
        try:
            return self._measures[measure_id]
        except KeyError:
            raise InvalidInput("事项不存在。", code="not_found") from None

    def keep(self, measure: Measure, fields: Iterable[str], event: MeasureEvent | None) -> None:
        """What a step has changed, to be written."""
        self._fields.setdefault(measure.pk, set()).update(fields)
        self._events += [] if event is None else [event]

    def write_co(
        self, measure: Measure, *, dropped: Sequence[Department], added: Sequence[Department]
    ) -> None:
        present = self._co.get(measure.pk, measure.co_departments.all())
        self._co[measure.pk] = [*(one for one in present if one not in dropped), *added]

    def write_milestones(
        self, *, moved: Sequence[Milestone], dropped: Sequence[Milestone], new: Sequence[Milestone]
    ) -> None:
        self._moved += moved
        self._dropped += [row.pk for row in dropped]
        self._new += new

    @property
    def is_full(self) -> bool:
        return len(self._events) >= BATCH

    def let_go(self, measure_id: int) -> None:
        """Writes all and forgets this measure: whoever reads it now finds it in the database."""
        self.write()
        self._measures.pop(measure_id, None)

    def write(self) -> None:
        """One statement a changed measure, and at most six for all that is beside them."""
        for measure_id, fields in self._fields.items():
            self._measures[measure_id].save(update_fields=sorted(fields))
        MeasureEvent.objects.bulk_create(self._events)
        if self._co:
            through = Measure.co_departments.through
            through.objects.filter(measure_id__in=list(self._co)).delete()
            through.objects.bulk_create(
                through(measure_id=measure_id, department_id=department.pk)
                for measure_id, departments in self._co.items()
                for department in departments
            )
        if self._dropped:
            Milestone.objects.filter(pk__in=self._dropped).delete()
        if self._moved:
            Milestone.objects.bulk_update(self._moved, ["due_on", "text"], batch_size=100)
        Milestone.objects.bulk_create(self._new)
        # What was read beside them may have been written over: read again by whoever asks for them next.
        for measure_id in self._fields:
            del self._measures[measure_id]
        self._forget()
