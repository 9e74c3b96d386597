"""Whose word 每期时限 is: the words that a source prints hold for the period that it prints, and for no other."""

from collections.abc import Collection

from tracker.importing.assignment import Assignment, Decision
from tracker.models import Measure
from tracker.rules.period_days import words_stay

_WORDS = "recurrence_by"


def words_left_by(by_sheet: Assignment, by_text: Assignment) -> frozenset[str]:
    """The field itself where the sheet has no column for it and names the period that the text names; else nothing."""
    same = by_sheet.values.get("recurrence") == by_text.values.get("recurrence")
    return frozenset({_WORDS}) if same and _WORDS not in by_sheet.values else frozenset()


def strays(
    measure: Measure | None,
    assignment: Assignment | None,
    stated: Collection[str],
    decision: Decision | None,
) -> bool:
    """Whether the words that a source states anew are of another period than the measure will have: people chose that one,
    now or since the last import. `stated` are the fields that the sources state anew."""
    if _WORDS not in stated or assignment is None:
        return False
    printed = str(assignment.values["recurrence"])
    chosen = decision.values if decision is not None else {}
    if "recurrence" in chosen:
        return not words_stay(str(assignment.values[_WORDS]), printed, str(chosen["recurrence"]))
    return measure is not None and "recurrence" not in stated and measure.recurrence != printed
