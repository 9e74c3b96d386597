"""Tables, constraints and query verbs, one file a subject."""

from tracker.models.bounce_mailbox import BounceMailbox
from tracker.models.calendar import CalendarDay, load_calendar
from tracker.models.checkpoint import Checkpoint, Occurrence
from tracker.models.event import AppendOnly, MeasureEvent
from tracker.models.idempotency import KeyedRequest
from tracker.models.import_draft import ImportDraft
from tracker.models.measure import Indicator, Measure, Milestone
from tracker.models.people import Department, DepartmentAlias, User, name_key, service_account_of
from tracker.models.plan import Plan, PlanDocument, Section
from tracker.models.regime import Regime, RegimeEdition, RegimeNode
from tracker.models.reminder import InboxNotice, Reminder, SheetNumber
from tracker.models.reminder_rule import (
    AddressState,
    Audience,
    Endpoint,
    EngineState,
    MailTemplate,
    ReminderPolicy,
    ReminderRule,
    load_hours,
    note_tick,
)
from tracker.models.report import Attachment, ProgressReport, ReportFrozen
from tracker.models.requests import (
    Claim,
    Exemption,
    ExtensionRequest,
    MeasureRole,
    Objection,
    RequestState,
)
from tracker.models.stage import StageTemplate, TemplateStage
from tracker.models.token import ApiToken

__all__ = [
    "AddressState",
    "ApiToken",
    "AppendOnly",
    "Attachment",
    "Audience",
    "BounceMailbox",
    "CalendarDay",
    "Checkpoint",
    "Claim",
    "Department",
    "DepartmentAlias",
    "Endpoint",
    "EngineState",
    "Exemption",
    "ExtensionRequest",
    "ImportDraft",
    "InboxNotice",
    "Indicator",
    "KeyedRequest",
    "MailTemplate",
    "Measure",
    "MeasureEvent",
    "MeasureRole",
    "Milestone",
    "Objection",
    "Occurrence",
    "Plan",
    "PlanDocument",
    "ProgressReport",
    "Regime",
    "RegimeEdition",
    "RegimeNode",
    "Reminder",
    "ReminderPolicy",
    "ReminderRule",
    "ReportFrozen",
    "RequestState",
    "Section",
    "SheetNumber",
    "StageTemplate",
    "TemplateStage",
    "User",
    "load_calendar",
    "load_hours",
    "name_key",
    "note_tick",
    "service_account_of",
]
