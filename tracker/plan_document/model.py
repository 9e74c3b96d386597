"""The frozen shapes that reading and parsing hand out; offsets count characters of SourceDocument.text.

Dataclasses, but for those of which a long plan has tens of thousands: a named tuple is made in a third of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

Recurring = Literal["weekly", "monthly", "quarterly", "yearly"]
Severity = Literal["error", "warning"]


def named(marker: str, title: str) -> str:
    """A marker and the title behind it as they are printed: 一、服务, but 附件1 2026年要点 and 第二章 主要任务."""
    apart = title and marker[-1:].isalnum() and marker[:1] in "附第0123456789"
    return f"{marker} {title}" if apart else f"{marker}{title}"


@dataclass(frozen=True)
class StyledHeading:
    """A paragraph that the file itself marks as a heading of `level` (1 = outermost), span in text."""

    start: int
    end: int
    level: int


@dataclass(frozen=True)
class TableCell:
    """One cell of a table as the file gives it: which table, row and column (from 0), and its span in text.

    A merged cell is repeated once for each place it covers, always with the same span.
    """

    table: int
    row: int
    column: int
    start: int
    end: int


@dataclass(frozen=True)
class SheetTable:
    """Where a table stands in the workbook it was read from: TableCell.table, the sheet's name, and the sheet's own number
    (from 1) of each row and column, as TableCell counts them.
    """

    table: int
    sheet: str
    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """Something a person should look at; an importer must refuse a plan with an "error".

    `start` is the first character that it concerns, where that is known better than by the line.
    """

    line: int
    code: str
    message: str
    severity: Severity = "warning"
    start: int | None = None


@dataclass(frozen=True)
class SourceDocument:
    """A file that was read: its decoded text and what the file said about it beyond the text.

    sha256 is of the original bytes (hex). `headings` and `cells` are empty for plain text, `sheets` for all but
    workbooks. `aside` are spans
    that stand beside the text (footnotes, headers): kept, never read as measures. `notes` are Chinese
    remarks for the user on what reading left out or changed (hidden rows, rejected deletions); `problems` are
    places where the file did not hold what it shows.
    """

    name: str
    text: str
    sha256: str
    encoding: str
    format: str
    headings: tuple[StyledHeading, ...] = ()
    cells: tuple[TableCell, ...] = ()
    aside: tuple[tuple[int, int, str], ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    sheets: tuple[SheetTable, ...] = ()


class OutlineNode(NamedTuple):
    """A numbered or styled heading; start..end covers the node with all that stands under it."""

    level: int
    marker: str
    heading: str
    start: int
    end: int
    children: tuple[OutlineNode, ...] = ()


@dataclass(frozen=True)
class Milestone:
    """A stage date that the text names, and the words beside it."""

    date: date
    text: str


class FieldSource(NamedTuple):
    """Where a field of a measure was read from, why, and whether a person should confirm it."""

    field: str
    start: int
    end: int
    reason: str
    to_confirm: bool = False


class ParsedClause(NamedTuple):
    """Who and by when, as one clause states it: unit names as printed, in the order of the text.

    `recurring_by` are the words of a cadence that names its day (每月5日前), None for one that names none.
    """

    lead: tuple[str, ...] = ()
    co: tuple[str, ...] = ()
    deadline: date | None = None
    recurring: Recurring | None = None
    milestones: tuple[Milestone, ...] = ()
    relative: str | None = None
    standing: bool = False
    sources: tuple[FieldSource, ...] = ()
    recurring_by: str | None = None


class ParsedMeasure(NamedTuple):
    """One task. `number` is section.position ("1.10" follows "1.9"); title, text in canonical typography.

    `text` is the whole measure without its marker, its heading included, so nothing of the source is lost.
    `recurring_by` as in ParsedClause.
    """

    number: str
    marker: str
    title: str
    text: str
    lead: tuple[str, ...]
    co: tuple[str, ...]
    deadline: date | None
    milestones: tuple[Milestone, ...]
    recurring: Recurring | None
    start: int
    end: int
    provenance: tuple[FieldSource, ...] = ()
    relative: str | None = None
    standing: bool = False
    recurring_by: str | None = None


@dataclass(frozen=True)
class ParsedSection:
    """A group of measures of the action part; `number` counts sections from 1 in reading order.

    `parent` are the headings above it that are no section themselves, joined by ／, where it stands below any.
    """

    number: int
    marker: str
    title: str
    intro: str
    measures: tuple[ParsedMeasure, ...]
    start: int
    end: int
    parent: str = ""

    @property
    def path(self) -> str:
        """The section as people read it: 一、提升政务服务／（一）优化流程."""
        own = named(self.marker, self.title)
        return f"{self.parent}／{own}" if self.parent else own


@dataclass(frozen=True)
class Leftover:
    """Characters that became no part of the outline, and why."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True)
class ParsedPlan:
    """What a document says: its outline, its action part as sections of measures, and all that was left."""

    title: str | None
    outline: tuple[OutlineNode, ...]
    sections: tuple[ParsedSection, ...]
    leftovers: tuple[Leftover, ...]
    problems: tuple[Problem, ...]
    action_part: OutlineNode | None = None
    year: int | None = None
    notes: tuple[str, ...] = field(default=())
