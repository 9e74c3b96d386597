"""From a parsed plan to supervised measures: a difference first, then all of it or nothing."""

from tracker.importing.apply import ImportResult, apply_import
from tracker.importing.assignment_sheet import AssignmentSheet, read_assignment_sheet
from tracker.importing.difference import propose_import
from tracker.importing.errors import ImportRefused
from tracker.importing.mass_removal import MassRemovalUnconfirmed
from tracker.importing.proposal import Change, ImportProposal, MeasureChange

__all__ = [
    "AssignmentSheet",
    "Change",
    "ImportProposal",
    "ImportRefused",
    "ImportResult",
    "MassRemovalUnconfirmed",
    "MeasureChange",
    "apply_import",
    "propose_import",
    "read_assignment_sheet",
]
