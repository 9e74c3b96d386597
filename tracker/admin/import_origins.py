"""Which earlier measure a row of a new version is: shown with what it would inherit, and decided by a person either way."""

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.admin.import_rows import Row
from tracker.importing.decisions import NEW_TASK
from tracker.importing.likeness import Likeness, own_words
from tracker.importing.proposal import Change, ImportProposal
from tracker.models import Measure

# Earlier measures that a row offers to be, the likeliest first; and how many are compared for that.
MOST_OFFERED, MOST_COMPARED = 30, 500
BY_SYSTEM = ""


def offer_origins(rows: Iterable[Row], proposal: ImportProposal) -> None:
    """Sets what each row may be said to be: a new task, the measure it was read as, or one that nothing else was read as."""
    gone = [item.measure for item in proposal.measures if item.change == Change.REMOVED and item.measure]
    compared = [(measure, own_words(measure.text)) for measure in gone[:MOST_COMPARED]]
    likeness = Likeness(words for _measure, words in compared)
    for row in rows:
        if not may_choose(row, some_gone=bool(gone)):
            continue
        own = row.origin_measure
        words = own_words(row.text)
        near = sorted(
            compared,
            key=lambda one: (-likeness.of(words, one[1]), one[0].number != row.number, one[0].position),
        )
        offered = [measure for measure, _words in near[:MOST_OFFERED]]
        if own is not None:
            row.inherits = _inherited(own)
            left = f"（原 {own.number} 不再沿用；没有其他措施对应的，导入后撤销）"
        else:
            left = ""
        row.origins = [
            (BY_SYSTEM, _system_says(row)),
            (NEW_TASK, f"这是新任务{left}"),
            *((str(one.pk), f"就是原来的 {one.number} {one.title[:60]}") for one in offered),
        ]
        if row.origin not in {value for value, _words in row.origins} and own is not None:
            row.origins.append((str(own.pk), f"就是原来的 {own.number} {own.title[:60]}"))


def may_choose(row: Row, *, some_gone: bool) -> bool:
    if row.origin:
        return True
    return row.change == Change.REWORDED or (row.change == Change.ADDED and some_gone)


def _system_says(row: Row) -> str:
    if row.origin:
        return "由系统判断"
    own = row.origin_measure
    return "系统判断：新任务" if own is None else f"系统判断：就是原来的 {own.number} {own.title[:60]}"


def _inherited(measure: Measure) -> str:
    """What a row that is this measure goes on with, in Chinese."""
    lead = f"，牵头单位{measure.lead}" if measure.lead is not None else ""
    return (
        f"沿用原事项“{measure.number} {measure.title}”的进展（{measure.percent}%）和办理记录"
        f"（{measure.get_status_display()}{lead}）。"
    )


def typed_origin(row: Row, posted: Mapping[str, str]) -> str | int | None:
    """What the form says the row is: "new", a measure's key, or None where it is left to the system."""
    typed = posted.get(f"origin-{row.number}", row.origin)
    if typed == NEW_TASK:
        return NEW_TASK
    return int(typed) if typed.isdecimal() and int(typed) in row.may_be else None


def named_twice(decisions: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """A Chinese sentence by row number where two rows were said to be the same measure."""
    first: dict[int, str] = {}
    errors = {}
    for number, decided in decisions.items():
        origin = decided.get("origin")
        if isinstance(origin, int) and not decided.get("leave_out"):
            other = first.setdefault(origin, number)
            if other != number:
                errors[number] = f"{other} 也选为同一原事项，一项只能对应一条，请改选其中之一。"
    return errors


def newly_named(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> str:
    """The first row that is said to be something else than before; "" when none is."""
    return next(
        (
            number
            for number, decided in after.items()
            if decided.get("origin") != before.get(number, {}).get("origin")
        ),
        "",
    )
