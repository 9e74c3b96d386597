"""The rows of the import desk's form: what was read of each measure, what was decided, and what a post changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.importing.departments import DepartmentNames
from tracker.importing.difference import CHANGE_NAMES, Change, ImportProposal, MeasureChange
from tracker.importing.suggest import Suggestion
from tracker.models import Department
from tracker.rules.lifecycle import SETTLED, Status
from tracker.rules.targets import split_names

TITLE_LIMIT = 300


@dataclass
class Row:
    """One measure on the desk. Texts are as the form shows them: names, an ISO date or nothing."""

    number: str
    section_number: int | None
    change: Change
    title: str
    text: str
    start: int | None
    lead: str = ""
    co: str = ""
    due_on: str = ""
    standing: bool = False
    assign: bool = False
    editable: bool = True
    may_assign: bool = True
    decided: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    # What the form would show had nobody decided anything: only what differs from it is a decision.
    read: dict[str, object] = field(default_factory=dict)
    before: str = ""
    error: str = ""
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def change_name(self) -> str:
        return CHANGE_NAMES[self.change]


def rows_of(
    proposal: ImportProposal,
    decisions: Mapping[str, Mapping[str, object]],
    posted: Mapping[str, str] | None = None,
) -> list[Row]:
    """One row a measure in the proposal's order; `posted` shows again what a person typed and could not be saved."""
    rows = [_row(item) for item in proposal.measures]
    names = {d.code: d.name for d in Department.objects.all()}
    for row in rows:
        for name, value in decisions.get(row.number, {}).items() if row.editable else ():
            setattr(row, name, _shown(name, value, names))
        if posted is not None and row.editable:
            for name in ("title", "lead", "co", "due_on"):
                setattr(row, name, posted.get(f"{name}-{row.number}", getattr(row, name)))
            for name in ("standing", "assign"):
                setattr(row, name, f"{name}-{row.number}" in posted)
    return rows


def _shown(name: str, value: object, names: Mapping[str, str]) -> object:
    if name == "lead":
        return names.get(str(value), "")
    if name == "co" and isinstance(value, list):
        return "、".join(names[code] for code in value if code in names)
    return value if name in ("standing", "assign") else str(value or "")


def _row(item: MeasureChange) -> Row:
    parsed, measure = item.parsed, item.measure
    if parsed is None:
        return Row(
            item.number, None, item.change, item.title, measure.text if measure else "", None, editable=False
        )
    row = Row(item.number, item.section_number, item.change, parsed.title, parsed.text, parsed.start)
    row.editable = measure is None or measure.status not in SETTLED
    row.may_assign = measure is None or measure.status == Status.DRAFT
    row.decided = item.decided
    row.remarks = item.assignment.to_confirm if item.assignment is not None else ()
    if measure is not None:
        row.before = measure.text if item.change == Change.REWORDED else ""
        row.title = measure.title if measure.printed_title == parsed.title else parsed.title
        row.lead = measure.lead.name if measure.lead else ""
        row.co = "、".join(department.name for department in measure.co_departments.all())
        row.due_on = measure.due_on.isoformat() if measure.due_on else ""
        row.standing = measure.standing
    # What the source states anew stands over what is stored; what it stated before does not.
    read = item.assignment.values if item.assignment is not None else {}
    for name, value in read.items():
        if measure is not None and name not in item.stated:
            continue
        if name == "lead" and isinstance(value, Department):
            row.lead = value.name
        elif name == "co" and isinstance(value, tuple):
            row.co = "、".join(department.name for department in value)
        elif name == "due_on":
            row.due_on = value.isoformat() if isinstance(value, date) else ""
        elif name == "standing":
            row.standing = bool(value)
    row.assign = row.may_assign and item.assignment is not None and item.assignment.assigns
    row.read = {name: getattr(row, name) for name in ("title", "lead", "co", "due_on", "standing", "assign")}
    return row


def decided_by(
    posted: Mapping[str, str], rows: list[Row]
) -> tuple[dict[str, dict[str, object]], dict[str, str]]:
    """The decisions in a posted form by measure number, and Chinese errors by measure number."""
    names = DepartmentNames()
    decisions: dict[str, dict[str, object]] = {}
    errors: dict[str, str] = {}
    for row in rows:
        if not row.editable or f"title-{row.number}" not in posted:
            continue
        decided, error = _decided(posted, row, names)
        if error:
            errors[row.number] = error
        elif decided:
            decisions[row.number] = decided
    return decisions, errors


def _decided(posted: Mapping[str, str], row: Row, names: DepartmentNames) -> tuple[dict[str, object], str]:
    def typed(name: str) -> str:
        return posted.get(f"{name}-{row.number}", "").strip()

    decided: dict[str, object] = {}
    title, due_on = typed("title"), typed("due_on")
    if not title or len(title) > TITLE_LIMIT:
        return {}, f"措施标题不能为空，也不能超过{TITLE_LIMIT}个字符。"
    if title != row.read["title"]:
        decided["title"] = title
    lead = None
    if typed("lead"):
        lead = names.find(typed("lead"))
        if lead is None:
            return {}, f"单位“{typed('lead')}”不在单位名录中，请先在“单位”中新增，或改为已有单位。"
        if lead.name != row.read["lead"]:
            decided["lead"] = lead.code
    elif row.read["lead"]:
        return {}, "原有牵头单位，不能清空；可改为其他单位。"
    co = []
    for name in split_names(typed("co")):
        department = names.find(name)
        if department is None:
            return {}, f"单位“{name}”不在单位名录中，请先在“单位”中新增，或改为已有单位。"
        co.append(department)
    if lead is not None and lead in co:
        return {}, f"“{lead}”已是牵头单位，不能同时为配合单位。"
    if [department.name for department in co] != list(split_names(row.read["co"])):
        decided["co"] = [department.code for department in co]
    standing = f"standing-{row.number}" in posted
    try:
        day = date.fromisoformat(due_on) if due_on else None
    except ValueError:
        return {}, f"“{due_on}”不是日期，应为 2026-12-31 的形式。"
    if standing and day is not None:
        return {}, "长期坚持的事项不能有完成时限。"
    if (due_on, standing) != (row.read["due_on"], row.read["standing"]):
        decided["due_on"], decided["standing"] = due_on or None, standing
    assign = row.may_assign and f"assign-{row.number}" in posted
    if assign and (lead is None or (day is None and not standing)):
        return {}, "要立即交办，必须有牵头单位，并有完成时限或标明长期坚持。"
    if assign != row.read["assign"]:
        decided["assign"] = assign
    return decided, ""
