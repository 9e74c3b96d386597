"""The days on which a measure falls behind 序时进度, kept beside it so that planning finds them by an index."""

import json
from datetime import date

from django.conf import settings

from tracker.models import Measure, RegimeEdition
from tracker.rules.lifecycle import OWED
from tracker.rules.light import turning_days

CHUNK = 2000


def set_turning_days(measure: Measure, *, today: date, was_owed: bool) -> None:
    """Called with every step on `today`, before the measure is saved; `was_owed`: a department had to act on it before the step."""
    _set(measure, measure.regime_edition, today, lit_stays=was_owed)


def _set(measure: Measure, edition: RegimeEdition | None, today: date, *, lit_stays: bool) -> None:
    """A light that is lit and stays lit keeps its day, however the day is reckoned now: nobody saw it go out in between, and
    what was said of it was said of this light."""
    yellow, red = _behind(edition)
    before = measure.yellow_on, measure.red_on
    reckoned = turning_days(
        starts_on=measure.starts_on,
        due_on=measure.due_on,
        percent=measure.percent,
        yellow_behind=yellow,
        red_behind=red,
    )
    measure.yellow_on, measure.red_on = (
        was if lit_stays and was and new and max(was, new) <= today else new
        for was, new in zip(before, reckoned, strict=True)
    )


def _behind(edition: RegimeEdition | None) -> tuple[int, int]:
    yellow, red = settings.LIGHT_YELLOW_BEHIND_PERCENT, settings.LIGHT_RED_BEHIND_PERCENT
    if edition is None:
        return yellow, red
    terms = edition.terms
    return (
        yellow if terms.yellow_behind is None else terms.yellow_behind,
        red if terms.red_behind is None else terms.red_behind,
    )


def thresholds_in_force() -> str:
    """What the kept days were reckoned by; another value means that they must be reckoned again."""
    return json.dumps([settings.LIGHT_YELLOW_BEHIND_PERCENT, settings.LIGHT_RED_BEHIND_PERCENT])


def reckon_turning_days_again(*, today: date) -> int:
    """After the office's thresholds changed: the days of every owed measure, in chunks; returns how many changed."""
    editions = {edition.pk: edition for edition in RegimeEdition.objects.all()}
    changed, last = 0, 0
    while True:
        chunk = list(
            Measure.objects.filter(status__in=sorted(OWED), pk__gt=last)
            .only("starts_on", "due_on", "percent", "regime_edition_id", "yellow_on", "red_on")
            .order_by("pk")[:CHUNK]
        )
        if not chunk:
            return changed
        last, moved = chunk[-1].pk, []
        for measure in chunk:
            before = measure.yellow_on, measure.red_on
            _set(measure, editions.get(measure.regime_edition_id or 0), today, lit_stays=True)
            if (measure.yellow_on, measure.red_on) != before:
                moved.append(measure)
        changed += Measure.objects.bulk_update(moved, ["yellow_on", "red_on"]) if moved else 0
