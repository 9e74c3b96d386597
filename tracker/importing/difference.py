"""What an import would do, found without writing anything: the difference between a parsed plan and the database."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType

from tracker.actions.text import words_hash
from tracker.importing.assignment import (
    ASSIGNING,
    Assignment,
    Decision,
    assignment_changes,
    decision_changes,
)
from tracker.importing.assignment_sheet import AssignmentSheet
from tracker.importing.departments import DepartmentNames
from tracker.importing.errors import ImportRefused
from tracker.importing.from_text import assignment_from_text
from tracker.models import Measure, Plan, PlanDocument
from tracker.plan_document import ParsedMeasure, ParsedPlan, SourceDocument
from tracker.rules.lifecycle import SETTLED, Status
from tracker.rules.workdays import WorkCalendar

# Two texts are versions of one measure when at least this share of their characters agrees.
SAME_MEASURE = 0.6
# Beyond this many pairs only measures of the same number are compared, so that a huge rewrite stays quick.
MOST_COMPARISONS = 20_000


class Change(StrEnum):
    ADDED = "added"
    REWORDED = "reworded"
    MOVED = "moved"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


CHANGE_NAMES = {
    Change.ADDED: "新增",
    Change.REWORDED: "改写",
    Change.MOVED: "调整编号",
    Change.REMOVED: "删除",
    Change.UNCHANGED: "不变",
}


@dataclass(frozen=True)
class MeasureChange:
    """What happens to one measure. `parsed` is None for a removed one, `measure` None for an added one.

    `decided` maps a field to (before, after) in words, empty when nothing is decided anew; `assign` says whether a draft
    is assigned.
    """

    change: Change
    parsed: ParsedMeasure | None
    section_number: int | None
    measure: Measure | None
    assignment: Assignment | None = None
    decided: dict[str, tuple[str, str]] = field(default_factory=dict)
    # The fields that the source itself states anew, whatever people decided about them.
    stated: frozenset[str] = frozenset()
    decision: Decision | None = None
    assign: bool = False
    kept_because: str = ""

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
    starts_on: date
    measures: tuple[MeasureChange, ...]
    sections_change: bool
    new_document: bool
    plan_changes: dict[str, tuple[str, str]]
    warnings: tuple[str, ...]

    @property
    def changes_anything(self) -> bool:
        return (
            self.plan is None
            or self.sections_change
            or bool(self.plan_changes)
            or any(item.change != Change.UNCHANGED or item.decided for item in self.measures)
        )

    def count(self, change: Change) -> int:
        return sum(item.change == change for item in self.measures)


def propose_import(
    *,
    source: SourceDocument,
    parsed: ParsedPlan,
    sheet: AssignmentSheet | None,
    title: str | None,
    starts_on: date | None,
    today: date,
    calendar: WorkCalendar,
    plan: Plan | None = None,
    as_new: bool = False,
    decisions: Mapping[str, Decision] = MappingProxyType({}),
) -> ImportProposal:
    """The difference between a document (with its assignment sheet) and what is stored; reads only.

    The plan it is a version of is `plan`, or found by the same file, the same words or the same title, unless
    `as_new`. `decisions` are what people decided on the import desk, by measure number. `starts_on` None keeps the plan's own start, or `today` for a new plan. Raises ImportRefused with every
    reason when the document or the sheet cannot be imported.
    """
    reasons = [
        f"第{problem.line}行：{problem.message}" for problem in parsed.problems if problem.severity == "error"
    ]
    if not reasons and not any(section.measures for section in parsed.sections):
        reasons.append("没有找到任何措施：文件中没有可导入的工作任务部分。")
    if reasons:
        raise ImportRefused(reasons)
    matched_by = "指定"
    if plan is None and not as_new:
        plan, matched_by = _find_plan(source, parsed, title or parsed.title)
    start = starts_on or (plan.starts_on if plan is not None else today)
    pairs, removed = _match(parsed, plan)
    names = DepartmentNames()
    assignments: dict[str, Assignment] = {}
    warnings: list[str] = [f"第{p.line}行：{p.message}" for p in parsed.problems if p.severity != "error"]
    warnings.extend(parsed.notes)
    if sheet is not None:
        titles = {
            measure.number: measure.title for section in parsed.sections for measure in section.measures
        }
        assignments = sheet.resolve(titles=titles, names=names, starts_on=start, calendar=calendar)
        missing = [number for number in titles if number not in assignments]
        if missing:
            warnings.append(f"责任分解表未列出 {'、'.join(missing)}，这些事项保持拟办。")
    items = []
    for parsed_measure, section_number, measure in pairs:
        assignment = assignments.get(parsed_measure.number)
        if assignment is None:
            assignment, remarks = assignment_from_text(parsed_measure, names)
            warnings.extend(remarks)
        decision = decisions.get(parsed_measure.number)
        items.append(_measure_change(parsed_measure, section_number, measure, assignment, decision))
    items.extend(MeasureChange(Change.REMOVED, None, None, measure) for measure in removed)
    warnings.extend(f"{item.number} {item.title}：{item.kept_because}" for item in items if item.kept_because)
    text_changes = any(item.change != Change.UNCHANGED for item in items)
    sections_change = _sections_change(parsed, plan)
    return ImportProposal(
        source=source,
        parsed=parsed,
        plan=plan,
        matched_by="" if plan is None else matched_by,
        title=(title or (plan.title if plan else None) or parsed.title or _title_from_name(source.name))[
            :200
        ],
        starts_on=start,
        measures=tuple(items),
        sections_change=sections_change,
        new_document=plan is None or text_changes or sections_change,
        plan_changes=_plan_changes(plan, title, start),
        warnings=tuple(warnings),
    )


def _title_from_name(name: str) -> str:
    return name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or name


def _plan_changes(plan: Plan | None, title: str | None, start: date) -> dict[str, tuple[str, str]]:
    if plan is None:
        return {}
    changes = {}
    if title is not None and title != plan.title:
        changes["名称"] = (plan.title, title)
    if start != plan.starts_on:
        changes["起算日期"] = (str(plan.starts_on), str(start))
    return changes


def _find_plan(source: SourceDocument, parsed: ParsedPlan, title: str | None) -> tuple[Plan | None, str]:
    """The stored plan that this document is a version of, and by what it was recognised."""
    document = PlanDocument.objects.filter(sha256=source.sha256).select_related("plan").first()
    if document is not None:
        return document.plan, "同一文件"
    hashes = {words_hash(measure.text) for section in parsed.sections for measure in section.measures}
    found: dict[int, set[str]] = defaultdict(set)
    for plan_id, known in Measure.objects.filter(printed_hash__in=hashes, in_text=True).values_list(
        "plan", "printed_hash"
    ):
        found[plan_id].add(known)
    if found:
        best = max(found, key=lambda plan_id: (len(found[plan_id]), plan_id))
        # Half of the measures word for word: a revision. Fewer may be boilerplate that many plans share.
        if 2 * len(found[best]) >= len(hashes):
            return Plan.objects.get(pk=best), "内容相同的措施"
    if title:
        namesakes = list(Plan.objects.filter(title=title)[:2])
        if len(namesakes) == 1:
            return namesakes[0], "相同名称"
    return None, ""


_Pair = tuple[ParsedMeasure, int, Measure | None]


def _match(parsed: ParsedPlan, plan: Plan | None) -> tuple[list[_Pair], list[Measure]]:
    """Each parsed measure with its section's number and the stored measure it is, and the stored ones left over."""
    wanted = [(measure, section.number) for section in parsed.sections for measure in section.measures]
    if plan is None:
        return [(measure, number, None) for measure, number in wanted], []
    stored = list(
        plan.measures.filter(in_text=True)
        .select_related("lead", "section")
        .prefetch_related("co_departments")
    )
    partner: dict[int, Measure] = {}
    taken: set[int] = set()

    def pair(index: int, measure: Measure) -> None:
        partner[index] = measure
        taken.add(measure.pk)

    # The same words at the same number, then the same words anywhere, then the same title.
    printed = [(words_hash(measure.text), measure.title, measure.number) for measure, _section in wanted]
    known = [(measure.printed_hash, measure.printed_title, measure.number) for measure in stored]
    for parts in ((0, 2), (0,), (1,)):
        waiting: dict[tuple[str, ...], list[Measure]] = defaultdict(list)
        for measure, words in zip(stored, known, strict=True):
            if measure.pk not in taken:
                waiting[tuple(words[part] for part in parts)].append(measure)
        for index, words in enumerate(printed):
            candidates = waiting.get(tuple(words[part] for part in parts))
            if index not in partner and candidates:
                pair(index, candidates.pop(0))
    _match_by_likeness(wanted, stored, partner, taken, pair)
    pairs = [(measure, number, partner.get(index)) for index, (measure, number) in enumerate(wanted)]
    return pairs, [measure for measure in stored if measure.pk not in taken]


def _match_by_likeness(wanted, stored, partner, taken, pair) -> None:  # type: ignore[no-untyped-def]
    """Pairs what is left by likeness of the words, best first."""
    new = [index for index in range(len(wanted)) if index not in partner]
    old = [measure for measure in stored if measure.pk not in taken]
    few = len(new) * len(old) <= MOST_COMPARISONS
    scored = []
    for measure in old:
        matcher = SequenceMatcher(b=measure.text, autojunk=False)
        for index in new:
            parsed = wanted[index][0]
            if not few and parsed.number != measure.number:
                continue
            matcher.set_seq1(parsed.text)
            if matcher.real_quick_ratio() >= SAME_MEASURE and matcher.quick_ratio() >= SAME_MEASURE:
                ratio = matcher.ratio()
                if ratio >= SAME_MEASURE:
                    scored.append((ratio, parsed.number == measure.number, index, measure))
    for _ratio, _same, index, measure in sorted(scored, key=lambda row: row[:2], reverse=True):
        if index not in partner and measure.pk not in taken:
            pair(index, measure)


def _measure_change(
    parsed: ParsedMeasure,
    section_number: int,
    measure: Measure | None,
    assignment: Assignment | None,
    decision: Decision | None,
) -> MeasureChange:
    if measure is None:
        change = Change.ADDED
    elif measure.printed_hash != words_hash(parsed.text):
        change = Change.REWORDED
    elif (measure.number, measure.marker, measure.section.number) != (
        parsed.number,
        parsed.marker,
        section_number,
    ):
        change = Change.MOVED
    else:
        change = Change.UNCHANGED
    decided = {} if assignment is None else assignment_changes(measure, assignment)
    stated = frozenset(decided)
    if decision is not None:
        decided |= decision_changes(measure, parsed.title, assignment, decision)
    if measure is not None and measure.status in SETTLED:
        because = ""
        if decided:
            because = f"已{measure.get_status_display().removeprefix('已')}，责任和时限的改动不再写入。"
        return MeasureChange(change, parsed, section_number, measure, kept_because=because)
    assign = assignment is not None and assignment.assigns
    if decision is not None and decision.assign is not None:
        assign = decision.assign
    if assign and (measure is None or measure.status == Status.DRAFT):
        decided |= ASSIGNING
    return MeasureChange(
        change,
        parsed,
        section_number,
        measure,
        assignment,
        decided,
        stated=stated,
        decision=decision,
        assign=assign,
    )


def _sections_change(parsed: ParsedPlan, plan: Plan | None) -> bool:
    if plan is None:
        return True
    stored = (
        plan.sections.filter(in_text=True)
        .order_by("number")
        .values_list("number", "marker", "title", "intro")
    )
    return list(stored) != [(s.number, s.marker, s.title, s.intro) for s in parsed.sections]
