"""The shapes of an import's difference: what happens to each measure, and all of it as a person sees it first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tracker.importing.assignment import Assignment, Decision
from tracker.importing.kept import Kept
from tracker.importing.left_out import Remembered
from tracker.importing.no_tasks import NO_ACTION_PART
from tracker.importing.places import Places
from tracker.importing.units import UnknownUnit, unknown_units
from tracker.models import Measure, Plan
from tracker.plan_document import ParsedMeasure, ParsedPlan, ParsedSection, Problem, SourceDocument
from tracker.rules.lifecycle import SETTLED


class Change(StrEnum):
    ADDED = "added"
    REWORDED = "reworded"
    MOVED = "moved"
    RESTORED = "restored"
    REMOVED = "removed"
    LEFT_OUT = "left_out"
    UNCHANGED = "unchanged"


CHANGE_NAMES = {
    Change.ADDED: "新增",
    Change.REWORDED: "改写",
    Change.MOVED: "调整编号",
    Change.RESTORED: "恢复",
    Change.REMOVED: "撤销",
    Change.LEFT_OUT: "不导入",
    Change.UNCHANGED: "不变",
}
# A measure that is settled already cannot be given up any more.
LEAVES_TEXT = "移出文本"
# What writes nothing of the text that was read.
WRITES_NO_TEXT = frozenset({Change.UNCHANGED, Change.LEFT_OUT})


@dataclass(frozen=True)
class MeasureChange:
    """What happens to one measure. `parsed` is None for a removed one, `measure` None for an added one; what is left out
    may have a measure, which then stays as it is.

    `decided` maps a field to (before, after) in words, empty when nothing is decided anew; `assign` says whether a draft
    is assigned.
    """

    change: Change
    parsed: ParsedMeasure | None
    section_number: int | None
    measure: Measure | None
    assignment: Assignment | None = None
    decided: dict[str, tuple[str, str]] = field(default_factory=dict)
    # The title (before, after) where the source prints another one, whatever people decide about it.
    retitled: tuple[str, str] | None = None
    # The fields that the source itself states anew, whatever people decided about them.
    stated: frozenset[str] = frozenset()
    decision: Decision | None = None
    assign: bool = False
    # What each source (sheet, text) says of it now, to be compared with at the next import.
    said: dict[str, dict[str, object]] = field(default_factory=dict)
    kept_because: str = ""
    # Fields that stay as people decided them since, although the document says otherwise.
    kept: tuple[Kept, ...] = ()
    # Whether the last import of the plan left this row out, whatever is decided now.
    left_out_before: bool = False
    # Whether a person said which stored measure the row is, or that it is a new task.
    origin_is_named: bool = False
    # What a person must look at, in Chinese, and the units as printed that nobody knows.
    remarks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def untouched(self) -> Measure | None:
        """The measure in the present text whose row is left out: it keeps all but its place."""
        left_out = self.change == Change.LEFT_OUT and self.measure is not None and self.measure.in_text
        return self.measure if left_out else None

    @property
    def only_leaves_text(self) -> bool:
        """Whether the new version no longer holds a measure that is settled already."""
        settled = self.measure is not None and self.measure.status in SETTLED
        return self.change == Change.REMOVED and settled

    @property
    def change_name(self) -> str:
        return LEAVES_TEXT if self.only_leaves_text else CHANGE_NAMES[self.change]

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """Field → (before, after) in words, for all that is written beside the text and the place."""
        decided = self.decision.values if self.decision is not None else {}
        if self.retitled is None or "title" in decided or self.change == Change.LEFT_OUT:
            return self.decided
        return {"title": self.retitled, **self.decided}

    @property
    def number(self) -> str:
        return self.parsed.number if self.parsed is not None else self.measure.number if self.measure else ""

    @property
    def title(self) -> str:
        return self.parsed.title if self.parsed is not None else self.measure.title if self.measure else ""


@dataclass(frozen=True)
class ImportProposal:
    """The whole difference, shown to a person before `apply_import` writes it."""

    source: SourceDocument
    parsed: ParsedPlan
    plan: Plan | None
    matched_by: str
    title: str
    # Whether nothing but the file's name says what the plan is called.
    title_is_file_name: bool
    starts_on: date
    measures: tuple[MeasureChange, ...]
    # The sections to write: one whose rows are all left out is none.
    sections: tuple[ParsedSection, ...]
    sections_change: bool
    new_document: bool
    # What the document is to remember of rows left out, and whether that is news.
    left_out: list[Remembered]
    left_out_changes: bool
    plan_changes: dict[str, tuple[str, str]]
    # What concerns the document as a whole: what reading left out, what the sheet leaves out.
    notes: tuple[str, ...]
    # The assignment sheet by its file's name, "" without one.
    sheet_name: str = ""
    # Whose plan it is (清源市), as far as it says: its bureaus are found with and without that name.
    city: str = ""

    @property
    def unknown(self) -> tuple[UnknownUnit, ...]:
        """Units that the text names and the register does not know."""
        return unknown_units({item.number: item.unknown for item in self.measures})

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that a person must look at, each a Chinese sentence with its place."""
        return (
            *placed(
                self.source, (problem for problem in self.parsed.problems if problem.severity != "error")
            ),
            *([self.title_note] if self.title_is_file_name else []),
            *self.notes,
            *(
                f"{item.number} {item.title}：{words}"
                for item in self.measures
                for words in (
                    *(
                        f"原文单位“{name}”不在单位名录中，请先在“单位”中新增，或补为某单位的别名。"
                        for name in item.unknown
                    ),
                    *(f"{remark}。" for remark in item.remarks),
                    *([item.kept_because] if item.kept_because else []),
                )
            ),
        )

    @property
    def title_note(self) -> str:
        return f"文件中没有标题，方案名称暂用“{self.title}”，请核对。"

    @property
    def yearless(self) -> tuple[Problem, ...]:
        """The limits that give no date because neither they nor the document name a year."""
        return tuple(problem for problem in self.parsed.problems if problem.code == "limit_without_year")

    @property
    def changes_anything(self) -> bool:
        return (
            self.plan is None
            or self.sections_change
            or bool(self.plan_changes)
            or self.left_out_changes
            or any(item.change not in WRITES_NO_TEXT or item.decided for item in self.measures)
        )

    def count(self, change: Change) -> int:
        return sum(item.change == change for item in self.measures)


def placed(source: SourceDocument, problems: Iterable[Problem]) -> list[str]:
    """Each problem with its place in the file, unless it concerns the whole document."""
    places = Places(source)
    found = []
    for problem in problems:
        if problem.code == NO_ACTION_PART:
            found.append(f"{problem.message}。")
        else:
            found.append("：".join(places.told(problem)))
    return found
