"""What an import would do, found without writing anything: the difference between a parsed plan and the database."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from tracker.actions.text import words_hash
from tracker.importing.assignment import (
    ASSIGNING,
    Assignment,
    Decision,
    assignment_changes,
    decision_changes,
    title_change,
    together,
)
from tracker.importing.assignment_sheet import AssignmentSheet
from tracker.importing.departments import DepartmentNames
from tracker.importing.errors import Advice, ImportRefused
from tracker.importing.from_text import assignment_from_text
from tracker.importing.kept import kept_decisions
from tracker.importing.left_out import found_again, reason, remembered, to_leave_out, to_remember
from tracker.importing.matching import Match, find_plan, match_measures
from tracker.importing.no_tasks import NO_ACTION_PART, why_no_tasks
from tracker.importing.own_city import cities_of, own_city
from tracker.importing.proposal import WRITES_NO_TEXT, Change, ImportProposal, MeasureChange, placed
from tracker.importing.recurring_words import strays, words_left_by
from tracker.models import Measure, Plan
from tracker.plan_document import UNNAMED_SECTION, ParsedMeasure, ParsedPlan, ParsedSection, SourceDocument
from tracker.rules.lifecycle import SETTLED, Status
from tracker.rules.workdays import WorkCalendar


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
    `as_new`. `decisions` are what people decided on the import desk, by measure number. `starts_on` None keeps the
    plan's own start, or `today` for a new plan. Raises ImportRefused with every reason when the document or the sheet
    cannot be imported.
    """
    _refuse_unreadable(source, parsed)
    matched_by = "指定"
    if plan is None and not as_new:
        plan, matched_by = find_plan(source, parsed, title or parsed.title)
    named = _title(title, plan, parsed, source)
    parsed = _named_after_plan(parsed, source, plan, named)
    start = starts_on or (plan.starts_on if plan is not None else today)
    origins = {number: one.origin for number, one in decisions.items() if one.origin_is_named}
    pairs, removed = match_measures(parsed, plan, origins)
    city = own_city(parsed.title, source.text) or own_city(named, "") or _city_of(plan)
    names = DepartmentNames(city)
    notes = list(parsed.notes)
    rows = [match.parsed for match in pairs]
    known = remembered(plan)
    again = found_again(rows, known)
    left_out = to_leave_out(again, decisions)
    assignments = _of_sheet(sheet, parsed, names, start, calendar, notes, left_out)
    items = []
    for match in pairs:
        parsed_measure = match.parsed
        by_sheet = assignments.get(parsed_measure.number)
        reading = assignment_from_text(parsed_measure, names)
        by_text = reading.assignment
        said = {read.source: read.as_imported() for read in (by_sheet, by_text) if read is not None}
        item = _measure_change(
            parsed_measure,
            match.section_number,
            match.measure,
            by_sheet,
            by_text,
            decisions.get(parsed_measure.number),
        )
        if by_sheet is None:
            item = replace(item, remarks=reading.remarks, unknown=reading.unknown)
        item = replace(
            item, said=said, left_out_before=parsed_measure.number in again, origin_is_named=match.named
        )
        if match.doubtful:
            item = replace(item, remarks=(_perhaps_another(match), *item.remarks))
        items.append(_leave_out(item) if parsed_measure.number in left_out else item)
    items.extend(MeasureChange(Change.REMOVED, None, None, measure) for measure in removed)
    text_changes = any(item.change not in WRITES_NO_TEXT for item in items)
    sections = _sections_to_write(parsed, items)
    sections_change = _sections_change(sections, plan)
    to_keep = to_remember(rows, left_out, known)
    return ImportProposal(
        source=source,
        parsed=parsed,
        plan=plan,
        matched_by="" if plan is None else matched_by,
        title=named,
        title_is_file_name=not (title or plan or parsed.title),
        starts_on=start,
        measures=tuple(items),
        sections=sections,
        sections_change=sections_change,
        new_document=plan is None
        or ((text_changes or sections_change or to_keep != known) and not _is_newest(source, plan)),
        left_out=to_keep,
        left_out_changes=to_keep != known,
        plan_changes=_plan_changes(plan, title, start),
        notes=tuple(notes),
        sheet_name="" if sheet is None else sheet.name,
        city=city,
    )


def _city_of(plan: Plan | None) -> str:
    """What an earlier version said, where this one names no city."""
    return cities_of([plan.pk]).get(plan.pk, "") if plan is not None else ""


def _perhaps_another(match: Match) -> str:
    measure = match.measure
    named = "" if measure is None else f"“{measure.number} {measure.title}”"
    return f"与原事项{named}的文字相差较大，暂按同一事项处理，沿用其进展和办理记录，请确认；是新任务的，请改选“这是新任务”"


def _refuse_unreadable(source: SourceDocument, parsed: ParsedPlan) -> None:
    errors = [problem for problem in parsed.problems if problem.severity == "error"]
    if any(problem.code == NO_ACTION_PART for problem in errors):
        reasons = why_no_tasks(source)
        if reasons:
            raise ImportRefused(reasons)
        raise ImportRefused(placed(source, errors), advice=Advice.NAME_THE_PART)
    reasons = placed(source, errors)
    if not reasons and not any(section.measures for section in parsed.sections):
        reasons.append("没有找到任何措施：文件中没有可导入的工作任务部分。")
    if reasons:
        raise ImportRefused(reasons)


def _of_sheet(
    sheet: AssignmentSheet | None,
    parsed: ParsedPlan,
    names: DepartmentNames,
    start: date,
    calendar: WorkCalendar,
    notes: list[str],
    left_out: Collection[str],
) -> dict[str, Assignment]:
    """The sheet's assignments by measure number; measures to be imported that it does not list go to `notes`."""
    if sheet is None:
        return {}
    if not names:
        raise ImportRefused(["单位名录是空的，无法识别责任分解表中的单位。"], advice=Advice.ENTER_DEPARTMENTS)
    titles = {measure.number: measure.title for section in parsed.sections for measure in section.measures}
    assignments = sheet.resolve(titles=titles, names=names, starts_on=start, calendar=calendar, notes=notes)
    missing = [number for number in titles if number not in assignments and number not in left_out]
    if missing:
        notes.append(f"责任分解表未列出 {'、'.join(missing)}，这些事项保持拟办。")
    return assignments


def _title(given: str | None, plan: Plan | None, parsed: ParsedPlan, source: SourceDocument) -> str:
    """The plan's name: as given, as stored, as printed, else the file's name without its ending."""
    stored = plan.title if plan is not None else None
    own = source.name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or source.name
    return (given or stored or parsed.title or own)[:200]


def _named_after_plan(
    parsed: ParsedPlan, source: SourceDocument, plan: Plan | None, title: str
) -> ParsedPlan:
    """A section that neither a heading nor the document's title names bears the plan's name, as it would bear a printed
    title; once it is stored, it keeps the name that it has."""
    if parsed.title is not None:
        return parsed
    stored = (
        dict(plan.sections.filter(in_text=True).values_list("number", "title")) if plan is not None else {}
    )

    def name(section: ParsedSection) -> ParsedSection:
        printed = source.text[section.start : section.end].strip().split("\n", 1)[0]
        if section.marker or section.title != UNNAMED_SECTION or printed == UNNAMED_SECTION:
            return section
        return replace(section, title=stored.get(section.number, title))

    return replace(parsed, sections=tuple(map(name, parsed.sections)))


def _plan_changes(plan: Plan | None, title: str | None, start: date) -> dict[str, tuple[str, str]]:
    if plan is None:
        return {}
    changes = {}
    if title is not None and title != plan.title:
        changes["名称"] = (plan.title, title)
    if start != plan.starts_on:
        changes["起算日期"] = (str(plan.starts_on), str(start))
    return changes


def _measure_change(
    parsed: ParsedMeasure,
    section_number: int,
    measure: Measure | None,
    by_sheet: Assignment | None,
    by_text: Assignment | None,
    decision: Decision | None,
) -> MeasureChange:
    if measure is None:
        change = Change.ADDED
    elif not measure.in_text:
        change = Change.RESTORED
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
    retitled = None if change == Change.UNCHANGED else title_change(measure, parsed.title)
    if by_sheet is not None and by_text is not None:
        # The sheet decides all that it has a column for.
        by_text = by_text.only({"milestones", *words_left_by(by_sheet, by_text)})
    readings = [reading for reading in (by_sheet, by_text) if reading is not None]
    decided: dict[str, tuple[str, str]] = {}
    for reading in readings:
        decided |= assignment_changes(measure, reading)
    assignment = together(readings)
    if strays(measure, assignment, decided, decision):
        del decided["recurrence_by"]
    stated = frozenset(decided)
    if decision is not None:
        decided |= decision_changes(measure, parsed.title, assignment, decision)
    if measure is not None and measure.status in SETTLED:
        because = ""
        if decided:
            because = f"已{measure.get_status_display().removeprefix('已')}，责任和时限的改动不再写入。"
        return MeasureChange(change, parsed, section_number, measure, retitled=retitled, kept_because=because)
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
        retitled=retitled,
        stated=stated,
        decision=decision,
        assign=assign,
        kept=kept_decisions(measure, parsed, readings, decision),
    )


def _leave_out(item: MeasureChange) -> MeasureChange:
    """The same row without anything to write or to settle; what was read of it stays for who takes it in again."""
    return replace(
        item,
        change=Change.LEFT_OUT,
        decided={},
        remarks=(),
        unknown=(),
        kept=(),
        kept_because=reason(item.measure, before=item.left_out_before),
    )


def _sections_to_write(parsed: ParsedPlan, items: list[MeasureChange]) -> tuple[ParsedSection, ...]:
    """All but those that hold nothing except rows left out of which the plan has no measure."""
    wanted = {
        item.section_number for item in items if item.change != Change.LEFT_OUT or item.untouched is not None
    }
    return tuple(section for section in parsed.sections if not section.measures or section.number in wanted)


def _is_newest(source: SourceDocument, plan: Plan) -> bool:
    """Whether the plan's newest document is this very text: taking in a row left out before makes no new version."""
    latest = plan.documents.order_by("-version").only("text").first()
    return latest is not None and latest.text == source.text


def _sections_change(sections: tuple[ParsedSection, ...], plan: Plan | None) -> bool:
    if plan is None:
        return True
    stored = (
        plan.sections.filter(in_text=True)
        .order_by("number")
        .values_list("number", "marker", "title", "intro", "above")
    )
    return list(stored) != [(s.number, s.marker, s.title, s.intro, s.parent) for s in sections]
