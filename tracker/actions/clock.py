"""What the clock does with measures by itself: the next report day where one has passed, the next period of what recurs."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tracker.actions.step import catch_up_with_the_clock
from tracker.models import Measure
from tracker.rules.lifecycle import OWED

_log = logging.getLogger(__name__)


def roll_periods(*, now: datetime, limit: int = 1000) -> int:
    """What the clock does each day: the next report day where the last has passed, the next period of what recurs.

    Returns how many measures were touched, at most `limit` a kind; asks by index, so a second call at once finds nothing.
    A measure that fails is set aside and named; its error is raised again once the others have had their turn.
    """
    today = timezone.localdate(now)
    owed = Measure.objects.filter(status__in=sorted(OWED))
    late = owed.filter(next_period_on__lt=today).values_list("pk", flat=True)[:limit]
    due = owed.filter(next_occurrence_on__lte=today).values_list("pk", flat=True)[:limit]
    touched, failed = 0, None
    for pk in dict.fromkeys([*late, *due]):
        try:
            touched += _roll(pk, now)
        except Exception as error:
            error.add_note(f"rolling the periods of measure {pk}")
            _log.exception("rolling the periods of measure %s failed", pk)
            failed = failed or error
    if failed is not None:
        raise failed
    return touched


def _roll(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        measure = (
            Measure.objects.select_for_update(of=("self",))
            .select_related("regime_edition")
            .filter(pk=pk, status__in=sorted(OWED))
            .first()
        )
        return measure is not None and catch_up_with_the_clock(measure, now=now)
