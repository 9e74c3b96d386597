"""Every write to a measure: one transaction, row locked, rule checked, event row written.

Each function is one step of the field, keyword-only. `actor` None is the command line (the installation's owner). `now` is
read by the entry point. `expected_version` refuses the step when somebody else changed the measure meanwhile.
All raise RuleViolation subclasses (tracker/rules/violations.py) and then leave the database as it was.
"""

from tracker.actions.assignment import assign, edit
from tracker.actions.department import acknowledge, apply_to_close, report
from tracker.actions.office import cancel, close, reopen, resume, send_back, suspend
from tracker.actions.text import register, restore, reword

__all__ = [
    "acknowledge",
    "apply_to_close",
    "assign",
    "cancel",
    "close",
    "edit",
    "register",
    "reopen",
    "report",
    "restore",
    "resume",
    "reword",
    "send_back",
    "suspend",
]
