"""The assignment that the plan's own words state: names resolved to departments, deadlines as read, all to be confirmed."""

from tracker.importing.assignment import TEXT, Assignment
from tracker.importing.departments import DepartmentNames
from tracker.models import Department
from tracker.plan_document import ParsedMeasure


def assignment_from_text(
    measure: ParsedMeasure, names: DepartmentNames
) -> tuple[Assignment | None, list[str]]:
    """What the text states (None when nothing) and Chinese remarks on what a person must look at.

    Where several units lead (分别牵头, 按职责分工负责) the first-listed is taken, as most cities do, and the others assist:
    a measure has exactly one accountable department. Unknown names are never created, only reported.
    """
    remarks: list[str] = []
    values: dict[str, object] = {}
    leads = _found(measure.lead, names, remarks)
    co = _found(measure.co, names, remarks)
    if leads:
        values["lead"] = leads[0]
        if len(leads) > 1:
            others = "、".join(department.name for department in leads[1:])
            remarks.append(
                f"原文有{len(leads)}个牵头单位，暂以列首位的“{leads[0]}”牵头、{others}配合，请确认"
            )
    assisting = [d for d in dict.fromkeys([*leads[1:], *co]) if not leads or d != leads[0]]
    if assisting:
        values["co"] = tuple(assisting)
    if measure.deadline is not None or measure.standing:
        values["due_on"] = measure.deadline
        values["standing"] = measure.deadline is None
    if measure.relative:
        remarks.append(f"时限“{measure.relative}”须由督查室确定起算日期")
    remarks.extend(source.reason for source in measure.provenance if source.to_confirm)
    placed = [f"{measure.number} {measure.title}：{remark}。" for remark in dict.fromkeys(remarks)]
    return (
        Assignment(values, assigns=False, source=TEXT, to_confirm=tuple(placed)) if values else None
    ), placed


def _found(printed: tuple[str, ...], names: DepartmentNames, remarks: list[str]) -> list[Department]:
    found = []
    for name in printed:
        department = names.find(name)
        if department is None:
            remarks.append(f"原文单位“{name}”不在单位名录中，请先在“单位”中新增，或补为某单位的别名")
        elif department not in found:
            found.append(department)
    return found
