"""New measures of an import, kept with their events and rows until many are written together: a query a batch, not six a measure."""

from collections.abc import Iterable

from django.db import transaction

from tracker.models import Department, Indicator, Measure, MeasureEvent
from tracker.models import Milestone as MilestoneRow
from tracker.rules.milestones import Milestone, in_order
from tracker.rules.targets import Indicator as IndicatorTarget

# Measures written by one batch: progress is seen, and no statement grows without end.
BATCH = 500


class FreshMeasures:
    """Measures that this very transaction registers and nobody else can see yet; `write` puts them into the database.

    Whoever collects writes before the transaction ends, and before he asks the database for what he collected.
    """

    def __init__(self) -> None:
        if not transaction.get_connection().in_atomic_block:
            raise ValueError("only within the transaction that writes them")
        self._forget()

    def _forget(self) -> None:
        self._measures: list[Measure] = []
        self._known: set[int] = set()
        self._events: list[MeasureEvent] = []
        self._co: list[tuple[Measure, Department]] = []
        self._milestones: list[MilestoneRow] = []
        self._indicators: list[Indicator] = []

    def __contains__(self, measure: Measure) -> bool:
        return id(measure) in self._known

    def add(self, measure: Measure, event: MeasureEvent) -> None:
        self._measures.append(measure)
        self._known.add(id(measure))
        self._events.append(event)

    def keep(self, measure: Measure, fields: Iterable[str], event: MeasureEvent | None) -> None:
        """What a further step has changed: the measure is written as it then is."""
        self._events += [] if event is None else [event]

    def relate(
        self,
        measure: Measure,
        co: Iterable[Department],
        indicators: Iterable[IndicatorTarget],
        milestones: Iterable[Milestone],
    ) -> dict[str, list[object]]:
        """The rows beside a measure that has none yet, and what that changes, as the steps of a stored one say it."""
        changes: dict[str, list[object]] = {}
        departments, targets = list(co), list(indicators)
        if departments:
            self._co += [(measure, department) for department in departments]
            changes["co"] = [[], sorted(department.code for department in departments)]
        if targets:
            self._indicators += [
                Indicator(
                    measure=measure,
                    name=target.name,
                    unit=target.unit,
                    comparison=target.comparison,
                    baseline=target.baseline,
                    target=target.target,
                )
                for target in targets
            ]
            changes["indicators"] = [[], [str(target) for target in targets]]
        rows = [
            MilestoneRow(measure=measure, due_on=one.due_on, text=one.text) for one in in_order(milestones)
        ]
        if rows:
            self._milestones += rows
            changes["milestones"] = [[], [str(row) for row in rows]]
        return changes

    @property
    def is_full(self) -> bool:
        return len(self._measures) >= BATCH

    def write(self) -> None:
        """Writes all that was collected since the last time: five statements a batch."""
        Measure.objects.bulk_create(self._measures)
        MeasureEvent.objects.bulk_create(self._events)
        through = Measure.co_departments.through
        through.objects.bulk_create(
            through(measure_id=measure.pk, department_id=department.pk) for measure, department in self._co
        )
        MilestoneRow.objects.bulk_create(self._milestones)
        Indicator.objects.bulk_create(self._indicators)
        self._forget()
