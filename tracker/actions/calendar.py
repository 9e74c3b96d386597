"""After the work calendar changed: limits counted in working days are counted again, because a day off moves them all."""

from django.utils import timezone

from tracker.actions.checkpoints import move, terms_of
from tracker.models import Checkpoint, load_calendar
from tracker.rules.regimes import DayKind, NodeKind, node_due
from tracker.rules.workdays import WorkCalendar


def recount_working_days(*, before: WorkCalendar) -> int:
    """Give open 督办节点 that a regime counts in working days the day of the present calendar; returns how many moved.

    Only those that still stand where the calendar `before` had put them: one that was put off by a suspension or moved by a
    return keeps its day, and so do deadlines, which people were told.
    """
    after = load_calendar()
    moved = 0
    open_ones = Checkpoint.objects.filter(
        done_on__isnull=True,
        kind__in=(NodeKind.ACKNOWLEDGE, NodeKind.FIRST_REPORT),
        measure__regime_edition__terms_json__day_kind=DayKind.WORKDAYS,
        measure__assigned_at__isnull=False,
    )
    for row in open_ones.select_related("measure__regime_edition").select_for_update(of=("self",)):
        measure = row.measure
        assert measure.assigned_at is not None
        then, now = (
            node_due(
                terms_of(measure),
                NodeKind(row.kind),
                importance=measure.importance,
                assigned_on=timezone.localdate(measure.assigned_at),
                calendar=calendar,
            )
            for calendar in (before, after)
        )
        if then == row.due_on and now is not None and now != then:
            move(row, now)
            moved += 1
    return moved
