"""Tell which footnotes name a unit or a limit, and of which task: a note is kept beside the text and charges nobody by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .clauses import read_clause
from .manuscript import Manuscript
from .model import ParsedMeasure, ParsedSection, Problem, named

_NOTE = re.compile(r"(?P<kind>脚注|尾注)(?:（注在“(?P<behind>.+)”之后）)?")
_LONGEST_SHOWN = 30  # characters


def noted_duties(
    page: Manuscript,
    aside: Iterable[tuple[int, int, str]],
    sections: tuple[ParsedSection, ...],
    year: int | None,
) -> list[Problem]:
    """A problem for each footnote or endnote (`aside`: start, end, kind) that says who or by when.

    It stands at the task behind whose words the note was set, and names it; at the note itself where that is no task.
    """
    problems = []
    for start, end, reason in aside:
        note = _NOTE.fullmatch(reason)
        if note is None:
            continue
        clause = read_clause(page, start, end, year)
        says = [
            what
            for what, said in (
                ("责任单位", clause.lead or clause.co),
                ("时限", clause.deadline or clause.relative),
            )
            if said
        ]
        if not says:
            continue
        place = page.text.find(note["behind"], 0, start) if note["behind"] else -1
        task = _task_at(sections, place) if place >= 0 else None
        line = page.line_number(start if task is None else place)
        of_what = "" if task is None else f"事项“{named(task.marker, task.title)[:_LONGEST_SHOWN]}”的"
        shown = page.printed(start, end).strip()[:_LONGEST_SHOWN]
        message = f"{of_what}{note['kind']}“{shown}”写明了{'和'.join(says)}，没有列入事项，请核对后补上"
        problems.append(Problem(line, "note_not_imported", message))
    return problems


def _task_at(sections: tuple[ParsedSection, ...], place: int) -> ParsedMeasure | None:
    for section in sections:
        for measure in section.measures:
            if measure.start <= place < measure.end:
                return measure
    return None
