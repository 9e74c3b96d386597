"""What the clock does with measures by itself: the next report day where one has passed, the next period of what recurs."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from tracker.actions.checkpoints import catch_up
from tracker.actions.occurrences import open_occurrences
from tracker.actions.step import take_step
from tracker.models import Measure
from tracker.rules.lifecycle import OWED, Verb

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
    work: list[tuple[int, Callable[[], bool]]] = [
        *((pk, partial(_roll_reports, pk, today)) for pk in list(late)),
        *((pk, partial(_open_occurrence, pk, now)) for pk in list(due)),
    ]
    touched, failed = 0, None
    for pk, roll in work:
        try:
            touched += roll()
        except Exception as error:
            error.add_note(f"rolling the periods of measure {pk}")
            _log.exception("rolling the periods of measure %s failed", pk)
            failed = failed or error
    if failed is not None:
        raise failed
    return touched


def _roll_reports(pk: int, today: date) -> bool:
    with transaction.atomic():
        measure = (
            Measure.objects.select_for_update(of=("self",))
            .filter(pk=pk, status__in=sorted(OWED), next_period_on__lt=today)
            .first()
        )
        if measure is None:
            return False
        catch_up(measure, today=today)
        measure.save(update_fields=["next_period_on"])
        return True


def _open_occurrence(pk: int, now: datetime) -> bool:
    today = timezone.localdate(now)
    with transaction.atomic():
        due = Measure.objects.select_for_update(of=("self",)).filter(
            pk=pk, status__in=sorted(OWED), next_occurrence_on__lte=today
        )
        if not due.exists():
            return False
        take_step(
            Verb.OPEN_PERIOD,
            measure_id=pk,
            actor=None,
            now=now,
            expected_version=None,
            note="",
            relate=lambda measure: open_occurrences(measure, until=today),
        )
        return True
