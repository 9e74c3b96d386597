"""Rows that a person left out of an import (不导入), and how the next import of the plan finds them again.

A row is found by its words, so that it stays out of a new version that numbers it otherwise; of several rows with the same words the
number decides. What a document no longer holds is remembered all the same: a later version may bring it back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from tracker.actions.text import words_hash
from tracker.importing.assignment import Decision
from tracker.models import Measure, Plan
from tracker.plan_document import ParsedMeasure

# One remembered row as JSON: {"number", "title", "words": SHA-256 of its text}.
Remembered = dict[str, str]


def remembered(plan: Plan | None) -> list[Remembered]:
    """What was left out when the plan's newest document was imported."""
    latest = plan.documents.order_by("-version").only("left_out").first() if plan is not None else None
    return list(latest.left_out) if latest is not None else []


def found_again(rows: Iterable[ParsedMeasure], known: Iterable[Remembered]) -> frozenset[str]:
    """Numbers of the rows that were left out before and read the same now."""
    waiting = Counter(row["words"] for row in known)
    at_their_number = {(row["words"], row["number"]) for row in known}
    read = [(row.number, words_hash(row.text)) for row in rows]
    found = set()
    for number, words in sorted(read, key=lambda row: (row[1], row[0]) not in at_their_number):
        if waiting[words]:
            waiting[words] -= 1
            found.add(number)
    return frozenset(found)


def to_leave_out(again: Collection[str], decisions: Mapping[str, Decision]) -> frozenset[str]:
    """Numbers of the rows to leave out: as people decide now, else as they decided before."""
    decided = {number: one.leave_out for number, one in decisions.items() if one.leave_out is not None}
    return frozenset(
        {number for number in again if decided.get(number, True)}
        | {number for number, leaves in decided.items() if leaves}
    )


def to_remember(
    rows: Iterable[ParsedMeasure], left_out: Collection[str], known: Iterable[Remembered]
) -> list[Remembered]:
    """What the next import must know: the rows left out now, then those that this document does not hold."""
    read = [{"number": row.number, "title": row.title[:300], "words": words_hash(row.text)} for row in rows]
    held = {row["words"] for row in read}
    return [row for row in read if row["number"] in left_out] + [
        row for row in known if row["words"] not in held
    ]


def kept_as_it_is(measure: Measure | None) -> str:
    """What becomes of the measure that a left-out row was read as, in Chinese; empty when the plan has none."""
    if measure is None:
        return ""
    if not measure.in_text:
        return f"已移出文本的事项“{measure.title}”不恢复。"
    return f"已有事项“{measure.number} {measure.title}”保持原样，不改写，也不撤销。"


def reason(measure: Measure | None, *, before: bool) -> str:
    """Why nothing of a row is imported, in Chinese; `before` says that an earlier import left it out."""
    words = "按上次导入时的决定，不导入本条。" if before else "不导入本条。"
    return words + kept_as_it_is(measure)
