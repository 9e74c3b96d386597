"""One day as every list needs it: today, the work calendar and the light's thresholds, worked out once."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from tracker.models import load_calendar
from tracker.rules.light import Thresholds
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class OfficeDay:
    """`today` with the calendar and thresholds by which measures are judged on it."""

    today: date
    calendar: WorkCalendar
    thresholds: Thresholds


def office_day(today: date) -> OfficeDay:
    """The day with the office's calendar (one query) and the thresholds from the settings."""
    calendar = load_calendar()
    thresholds = Thresholds(
        yellow_behind=settings.LIGHT_YELLOW_BEHIND_PERCENT,
        red_behind=settings.LIGHT_RED_BEHIND_PERCENT,
        near_until=calendar.add_workdays(today, settings.DUE_SOON_WORKING_DAYS),
    )
    return OfficeDay(today=today, calendar=calendar, thresholds=thresholds)
