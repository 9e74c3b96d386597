"""What a 催办单 says beyond its notice, read only for those that have climbed: the measure's words, and how often it was urged."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models.functions import Left

from tracker.models import Measure, Reminder
from tracker.reminders.digest import DEMAND, Demand
from tracker.rules.reminder_schedule import Level


def demands_of(rows: Sequence[Reminder]) -> dict[int, Demand]:
    """By row, for the orange and red ones. What was said before is counted from what was really sent about the same matter to
    the same department: however many people heard it, and whatever the rule made of missed days, it is one time."""
    climbed = [row for row in rows if row.level in (Level.ORANGE, Level.RED)]
    if not climbed:
        return {}
    measures = {row.measure_id for row in climbed}
    # One character more than is shown, so that the cut is seen.
    words = dict(Measure.objects.filter(pk__in=measures).values_list("pk", Left("text", DEMAND + 1)))
    said: dict[tuple[object, ...], set[int]] = defaultdict(set)
    sent = Reminder.objects.filter(measure__in=measures, state=Reminder.State.SENT).order_by()
    for *matter, occurrence in sent.values_list(*_MATTER, "occurrence").distinct():
        said[tuple(matter)].add(occurrence)
    return {
        row.pk: Demand(words.get(row.measure_id, ""), len(said[_matter(row)] - {row.occurrence}))
        for row in climbed
    }


_MATTER = ("measure_id", "department_id", "rule_id", "anchor", "due_on")


def _matter(row: Reminder) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _MATTER)
