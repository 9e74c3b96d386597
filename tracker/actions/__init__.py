"""Every write to a measure: one transaction, row locked, rule checked, event row written.

Each function is one step of the field, keyword-only. `actor` None is the command line (the installation's owner). `now` is
read by the entry point. `expected_version` refuses the step when somebody else changed the measure meanwhile.
All raise RuleViolation subclasses (tracker/rules/violations.py) and then leave the database as it was.
"""

from tracker.actions.arrangements import Role, apply_regime, exempt, set_roles, set_stages
from tracker.actions.assignment import assign, transfer
from tracker.actions.claims import accept_claim, claim, decline_claim, publish, unpublish, withdraw_claim
from tracker.actions.clock import roll_periods
from tracker.actions.correction import edit, fill_in, rearrange
from tracker.actions.department import (
    acknowledge,
    apply_to_close,
    discard_draft,
    part_report,
    report,
    save_draft,
)
from tracker.actions.extensions import (
    approve_extension,
    extend,
    refuse_extension,
    request_extension,
    withdraw_extension,
)
from tracker.actions.files import attach, detach, sweep_files
from tracker.actions.fresh import FreshMeasures
from tracker.actions.held import HeldMeasures
from tracker.actions.lights import reckon_turning_days_again, thresholds_in_force
from tracker.actions.objections import object_to_assignment, reject_objection, uphold_objection
from tracker.actions.office import cancel, close, reopen, resume, send_back, suspend, urge
from tracker.actions.registering import register_by_hand
from tracker.actions.review import accept_report, return_report
from tracker.actions.text import register, restore, reword

__all__ = [
    "FreshMeasures",
    "HeldMeasures",
    "Role",
    "accept_claim",
    "accept_report",
    "acknowledge",
    "apply_regime",
    "apply_to_close",
    "approve_extension",
    "assign",
    "attach",
    "cancel",
    "claim",
    "close",
    "decline_claim",
    "detach",
    "discard_draft",
    "edit",
    "exempt",
    "extend",
    "fill_in",
    "object_to_assignment",
    "part_report",
    "publish",
    "rearrange",
    "reckon_turning_days_again",
    "refuse_extension",
    "register",
    "register_by_hand",
    "reject_objection",
    "reopen",
    "report",
    "request_extension",
    "restore",
    "resume",
    "return_report",
    "reword",
    "roll_periods",
    "save_draft",
    "send_back",
    "set_roles",
    "set_stages",
    "suspend",
    "sweep_files",
    "thresholds_in_force",
    "transfer",
    "unpublish",
    "uphold_objection",
    "urge",
    "withdraw_claim",
    "withdraw_extension",
]
