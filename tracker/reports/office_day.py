"""One day as every list needs it: today, the work calendar and the light's thresholds, worked out once."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from tracker.models import RegimeEdition, load_calendar
from tracker.rules.light import Thresholds
from tracker.rules.regimes import Terms
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class OfficeDay:
    """`today` with the calendar and thresholds by which measures are judged on it."""

    today: date
    calendar: WorkCalendar
    thresholds: Thresholds


def office_day(today: date) -> OfficeDay:
    """The day with the office's calendar and the thresholds of settings and regimes (two queries)."""
    calendar = load_calendar()
    yellow, red, near = (
        settings.LIGHT_YELLOW_BEHIND_PERCENT,
        settings.LIGHT_RED_BEHIND_PERCENT,
        settings.DUE_SOON_WORKING_DAYS,
    )

    def thresholds(terms: Terms, own: dict[int, Thresholds]) -> Thresholds:
        return Thresholds(
            yellow_behind=yellow if terms.yellow_behind is None else terms.yellow_behind,
            red_behind=red if terms.red_behind is None else terms.red_behind,
            near_until=calendar.add_workdays(
                today, near if terms.near_workdays is None else terms.near_workdays
            ),
            own=own,
        )

    # Editions are few: one for each time that a regime was changed and then used.
    own = {
        edition.pk: thresholds(edition.terms, {})
        for edition in RegimeEdition.objects.all()
        if edition.has_own_light
    }
    return OfficeDay(today=today, calendar=calendar, thresholds=thresholds(Terms(), own))
