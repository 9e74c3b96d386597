"""The assignment that the plan's own words state: names resolved to departments, deadlines as read, all to be confirmed."""

from dataclasses import dataclass
from itertools import zip_longest

from tracker.importing.assignment import TEXT, Assignment
from tracker.importing.departments import DepartmentNames
from tracker.models import Department
from tracker.plan_document import ParsedMeasure
from tracker.rules import lengths
from tracker.rules.milestones import TEXT_LIMIT, Milestone

# What a field of the parser is called in front of people.
FIELD_WORDS = {
    "title": "措施标题",
    "lead": "牵头单位",
    "co": "配合单位",
    "deadline": "完成时限",
    "milestones": "节点",
    "recurring": "周期",
}


@dataclass(frozen=True)
class TextReading:
    """What the text states (`assignment` None when nothing), Chinese `remarks` on what a person must look at, and the
    `unknown` unit names as printed."""

    assignment: Assignment | None
    remarks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def assignment_from_text(measure: ParsedMeasure, names: DepartmentNames) -> TextReading:
    """What the measure's own words state.

    Where several units lead (分别牵头, 按职责分工负责) the first-listed is taken, as most cities do, and the others assist:
    a measure has exactly one accountable department. Unknown names are never created, only reported.
    """
    remarks: list[str] = []
    unknown: list[str] = []
    values: dict[str, object] = {}
    leads = _found(measure.lead, names, unknown)
    # The first-listed leads: while nobody knows who that is, the next in line must not slip into its place.
    first = names.find(measure.lead[0]) if measure.lead else None
    co = _found(measure.co, names, unknown)
    if first is not None:
        values["lead"] = first
        if len(leads) > 1:
            others = "、".join(department.name for department in leads[1:])
            remarks.append(
                f"原文有{len(leads)}个牵头单位，暂以列首位的“{leads[0]}”牵头、{others}配合，请确认"
            )
    assisting = [department for department in dict.fromkeys([*leads, *co]) if department != first]
    if assisting:
        values["co"] = tuple(assisting)
    if measure.deadline is not None or measure.standing:
        values["due_on"] = measure.deadline
        values["standing"] = measure.deadline is None
    if measure.milestones:
        values["milestones"] = _milestones(measure)
    if measure.recurring is not None:
        values["recurrence"] = measure.recurring
        # Always together: a version that names no day any more takes the former one's words away.
        by = measure.recurring_by or ""
        values["recurrence_by"] = by if len(by) <= lengths.RECURRENCE_BY else ""
        if len(by) > lengths.RECURRENCE_BY:
            remarks.append(
                f"原文写明“{by}”，超过每期时限的{lengths.RECURRENCE_BY}个字符，没有填入，请酌定后填写"
            )
    if measure.relative:
        remarks.append(f"时限“{measure.relative}”须由督查室确定起算日期")
    remarks.extend(
        f"{FIELD_WORDS.get(source.field, '内容')}依据“{source.reason}”读出，请确认"
        for source in measure.provenance
        if source.to_confirm
    )
    said = Assignment(values, assigns=False, source=TEXT) if values else None
    return TextReading(said, tuple(dict.fromkeys(remarks)), tuple(dict.fromkeys(unknown)))


def _milestones(measure: ParsedMeasure) -> tuple[Milestone, ...]:
    """Each with its own words: a sentence that names several dates is cut where the next one's words begin."""
    found = []
    for stage, following in zip_longest(measure.milestones, measure.milestones[1:]):
        words = "".join(stage.text.splitlines()).strip()
        if following is not None and following.text in words[1:]:
            words = words[: words.index(following.text, 1)]
        found.append(Milestone(stage.date, words.strip("，。；、,;. ")[:TEXT_LIMIT]))
    return tuple(found)


def _found(printed: tuple[str, ...], names: DepartmentNames, unknown: list[str]) -> list[Department]:
    found = []
    for name in printed:
        department = names.find(name)
        if department is None:
            unknown.append(name)
        elif department not in found:
            found.append(department)
    return found
