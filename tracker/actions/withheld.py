"""What the departments do not read of a measure while it is published for claiming (待揭榜), and its coming back afterwards.

It is taken off the stored row, not off single pages: no list, filter, order or export can tell what is not there. The event of
张榜, whose changes only 督查室 reads, keeps it.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.actions.step import Changes
from tracker.models import Department, Measure
from tracker.rules.lifecycle import Verb

# What the office had written down for whoever would be given the measure, and what remains of one who had it before:
# a claimant needs the task, its targets and its deadline.
_FIELDS: dict[str, Any] = {
    "lead_id": None,
    "remark": "",
    "percent": 0,
    "original_due_on": None,
    "regime_edition_id": None,
}
_INDICATOR = "indicator:"


def withhold(measure: Measure) -> None:
    """Blanks the measure's own fields; withhold_beside goes with it in the same step."""
    for name, blank in _FIELDS.items():
        setattr(measure, name, blank)


def withhold_beside(measure: Measure) -> Changes:
    """Takes the co-departments and the indicators' current values away and says which they were."""
    told = _set_co(measure, [])
    for row in measure.indicators.all():
        if row.current is None:
            continue
        told[_INDICATOR + row.name] = [f"{row.current.normalize():f}", None]
        row.current = None
        row.save(update_fields=["current"])
    return told


def bring_back(measure: Measure) -> Callable[[Measure], Changes]:
    """Sets what publishing had withheld where nothing was written since, and returns what writes the rows beside it again,
    departments out of use or leading now left out. Called inside a step."""
    published = measure.events.filter(verb=Verb.PUBLISH).last()
    changes = {} if published is None else published.changes
    for name, blank in _FIELDS.items():
        if name in changes and getattr(measure, name) == blank:
            value = changes[name][0]
            setattr(measure, name, date.fromisoformat(value) if name == "original_due_on" else value)

    def relate(measure: Measure) -> Changes:
        told: Changes = {}
        if codes := changes.get("co", [[]])[0]:
            rows = Department.objects.filter(code__in=codes, active=True)
            told = _set_co(measure, [row for row in rows if row.pk != measure.lead_id])
        for name, value in changes.items():
            if name.startswith(_INDICATOR):
                rows_of = measure.indicators.filter(name=name.removeprefix(_INDICATOR), current__isnull=True)
                if rows_of.update(current=Decimal(value[0])):
                    told[name] = [None, value[0]]
        return told

    return relate


def _set_co(measure: Measure, wanted: list[Department]) -> Changes:
    present = sorted(department.code for department in measure.co_departments.all())
    codes = sorted(department.code for department in wanted)
    if present == codes:
        return {}
    measure.co_departments.set(wanted)
    return {"co": [present, codes]}
