"""Tables, constraints and query verbs, one file a subject."""

from tracker.models.calendar import CalendarDay, load_calendar
from tracker.models.event import AppendOnly, MeasureEvent
from tracker.models.import_draft import ImportDraft
from tracker.models.measure import Indicator, Measure, Milestone, ProgressReport
from tracker.models.people import Department, DepartmentAlias, User, name_key
from tracker.models.plan import Plan, PlanDocument, Section
from tracker.models.reminder import Reminder
from tracker.models.token import ApiToken

__all__ = [
    "ApiToken",
    "AppendOnly",
    "CalendarDay",
    "Department",
    "DepartmentAlias",
    "ImportDraft",
    "Indicator",
    "Measure",
    "MeasureEvent",
    "Milestone",
    "Plan",
    "PlanDocument",
    "ProgressReport",
    "Reminder",
    "Section",
    "User",
    "load_calendar",
    "name_key",
]
