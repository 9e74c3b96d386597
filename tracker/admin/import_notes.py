"""What a person must look at before he confirms an import, each note with the place that a click leads to."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tracker.admin.import_pages import Page, page_at
from tracker.admin.import_rows import Row
from tracker.importing.places import Places
from tracker.importing.proposal import Change, ImportProposal

# Notes of one kind that the page lists; the source marks them all.
MOST_NOTES = 200
# Rows without a lead that one note names; the button of the head leads through all.
MOST_LEADERLESS = 30
_ORDER = {change: place for place, change in enumerate(Change)}
_LACKING = {
    "lead": _("未定牵头单位"),
    "deadline": _("未定时限"),
    "passed": _("时限已过"),
    "wrong": _("有误"),
}


def notes_of(
    proposal: ImportProposal, rows: Iterable[Row], pages: Sequence[Page], row_pages: dict[str, int]
) -> dict[str, Any]:
    """The template's `notes`: on the document, its problems, rows without a lead, remarks on rows and what is in no outline.

    The rows know what they lack (tell_lacking).
    """
    leaderless = [row for row in rows if "lead" in row.lacks]
    places = Places(proposal.source)
    problems = []
    for problem in proposal.parsed.problems:
        place, words = places.told(problem)
        if problem in proposal.yearless:
            words = words.partition("；")[0]  # what to do about all of them stands above, once
        at = places.offset(problem)
        problems.append({"place": place, "words": words, "at": at, "page": page_at(pages, at)})
    remarks = [
        {"number": item.number, "title": item.title, "words": words, "page": row_pages.get(item.number, 1)}
        for item in proposal.measures
        for words in (*item.remarks, *([item.kept_because] if item.kept_because else []))
    ]
    leftovers = [
        {
            "place": leftover.reason,
            "words": leftover.text,
            "at": leftover.start,
            "page": page_at(pages, leftover.start),
        }
        for leftover in proposal.parsed.leftovers
    ]
    lists = (proposal.notes, problems, remarks, leftovers)
    return {
        "title": proposal.title_note if proposal.title_is_file_name else "",
        "document": proposal.notes[:MOST_NOTES],
        "problems": problems[:MOST_NOTES],
        "remarks": remarks[:MOST_NOTES],
        "leftovers": leftovers[:MOST_NOTES],
        "leaderless": [
            {"number": row.number, "title": row.shown["title"], "page": row_pages.get(row.number, 1)}
            for row in leaderless[:MOST_LEADERLESS]
        ],
        "leaderless_count": len(leaderless),
        "count": proposal.title_is_file_name
        + len(proposal.notes)
        + len(problems)
        + len(remarks)
        + bool(leaderless),
        "leftover_count": len(leftovers),
        "hidden": sum(max(0, len(found) - MOST_NOTES) for found in lists),
    }


def count_changes(rows: Iterable[Row], pages: Sequence[Page]) -> list[dict[str, Any]]:
    """How many rows the import changes in each way, and the first of them: its HTML id and its page."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in sorted(rows, key=lambda row: _ORDER[row.change]):
        found.setdefault((row.change_key, row.change_name), []).append(row.anchor)
    page_of = {row.anchor: page.number for page in pages for row in page.rows}
    return [
        {
            "change": key,
            "words": words,
            "count": len(anchors),
            "anchor": anchors[0],
            "page": page_of[anchors[0]],
        }
        for (key, words), anchors in found.items()
    ]


def tell_lacking(
    rows: Iterable[Row], row_pages: dict[str, int], wrong: Iterable[str], *, today: date
) -> list[dict[str, Any]]:
    """Sets what each row lacks, and says of each lack how many rows have it and which is the first."""
    found: dict[str, list[str]] = {name: [] for name in _LACKING}
    errors = set(wrong)
    for row in rows:
        if not row.is_gone:
            row.lacks = _lacks(row, today) + (("wrong",) if row.number in errors else ())
            for name in row.lacks:
                found[name].append(row.number)
    return [
        {
            "lack": name,
            "words": _LACKING[name],
            "count": len(numbers),
            "number": numbers[0],
            "page": row_pages.get(numbers[0], 1),
        }
        for name, numbers in found.items()
        if numbers
    ]


def _lacks(row: Row, today: date) -> tuple[str, ...]:
    if not row.editable or row.shown["leave_out"]:
        return ()
    due = str(row.shown["due_on"])
    lacks = (
        ("lead", not row.shown["lead"]),
        ("deadline", not row.is_scheduled),
        # Of a measure that is under way already, everybody sees its light. ISO days compare as texts.
        ("passed", row.may_assign and bool(due) and due < today.isoformat()),
    )
    return tuple(name for name, lacking in lacks if lacking)
