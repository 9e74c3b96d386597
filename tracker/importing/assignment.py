"""What one row of an assignment sheet says, resolved, and how it differs from what is stored."""

from dataclasses import dataclass
from datetime import date

from tracker.models import Department, Measure
from tracker.rules.lifecycle import STATUS_NAMES, Status
from tracker.rules.targets import Indicator


@dataclass(frozen=True)
class Assignment:
    """Lead, schedule and the rest of one measure's assignment; `place` names its row for messages.

    `due_on` None goes with `standing` (长期坚持). `recurrence_target` counts `recurrence_unit` a period.
    """

    place: str
    lead: Department
    co: tuple[Department, ...]
    importance: str
    starts_on: date
    due_on: date | None
    standing: bool
    cadence: str
    recurrence: str
    recurrence_target: int | None
    recurrence_unit: str
    indicators: tuple[Indicator, ...]
    remark: str

    def as_imported(self) -> dict[str, object]:
        """The values as JSON, kept with the measure: a later import compares with these, field by field."""
        return {
            "lead": self.lead.code,
            "co": sorted(department.code for department in self.co),
            "importance": self.importance,
            "starts_on": self.starts_on.isoformat(),
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "standing": self.standing,
            "cadence": self.cadence,
            "recurrence": self.recurrence,
            "recurrence_target": self.recurrence_target,
            "recurrence_unit": self.recurrence_unit,
            "indicators": sorted(str(target) for target in self.indicators),
            "remark": self.remark,
        }


FIELD_NAMES = {
    "lead": "牵头单位",
    "co": "配合单位",
    "importance": "重要程度",
    "starts_on": "开始时间",
    "due_on": "完成时限",
    "standing": "长期坚持",
    "cadence": "报送周期",
    "recurrence": "周期性任务",
    "recurrence_target": "每期目标数",
    "recurrence_unit": "目标单位",
    "indicators": "指标",
    "remark": "备注",
    "status": "状态",
}


def _stored(measure: Measure) -> dict[str, object]:
    """The same values as the measure has them now."""
    return {
        "lead": measure.lead.code if measure.lead else None,
        "co": sorted(department.code for department in measure.co_departments.all()),
        "importance": measure.importance,
        "starts_on": measure.starts_on.isoformat() if measure.starts_on else None,
        "due_on": measure.due_on.isoformat() if measure.due_on else None,
        "standing": measure.standing,
        "cadence": measure.cadence,
        "recurrence": measure.recurrence,
        "recurrence_target": measure.recurrence_target,
        "recurrence_unit": measure.recurrence_unit,
        "indicators": sorted(str(row) for row in measure.indicators.all()),
        "remark": measure.remark,
    }


def _words(value: object) -> str:
    if value is None or value == "" or value == []:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list) else str(value)


def assignment_changes(measure: Measure | None, assignment: Assignment) -> dict[str, tuple[str, str]]:
    """Field → (before, after) in words, for the fields that the sheet itself changed since it was last imported.

    What people decided since (a new deadline, another lead) stays as long as the sheet says what it said before.
    """
    wanted = assignment.as_imported()
    stored: dict[str, object] = dict.fromkeys(wanted) if measure is None else _stored(measure)
    last = {} if measure is None else measure.imported_assignment
    changes = {
        name: (_words(stored[name]), _words(value))
        for name, value in wanted.items()
        if not (name in last and last[name] == value) and stored[name] != value
    }
    if measure is None or measure.status == Status.DRAFT:
        changes["status"] = (STATUS_NAMES[Status.DRAFT], STATUS_NAMES[Status.ASSIGNED])
    return changes


def action_values(assignment: Assignment, names: set[str] | dict[str, object]) -> dict[str, object]:
    """Keyword arguments of actions.assign / actions.edit for these fields."""
    return {name: getattr(assignment, name) for name in FIELD_NAMES if name in names and name != "status"}
