"""What a sheet's row or the plan's own words say about a measure's assignment, and how it differs from what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.models import Department, Measure
from tracker.rules.lifecycle import STATUS_NAMES, Status

# Where an assignment was read.
SHEET, TEXT = "sheet", "text"

FIELD_NAMES = {
    "title": "措施",
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


@dataclass(frozen=True)
class Assignment:
    """The stated fields of one measure's assignment, as tracker.actions.assign takes them.

    A sheet's row states all of them and assigns the measure; the plan's own words state some, fill a draft and leave
    assigning to a person. `source` ("sheet" or "text") keeps apart what each said when it was last imported. `to_confirm` are Chinese remarks on what rests on a rule of thumb.
    """

    values: Mapping[str, Any]
    assigns: bool
    source: str
    to_confirm: tuple[str, ...] = field(default=())

    def as_imported(self) -> dict[str, object]:
        """The values as JSON, kept with the measure: a later import compares with these, field by field."""
        return {name: _plain(value) for name, value in self.values.items()}

    def given(self, names: Mapping[str, object]) -> dict[str, Any]:
        """The keyword arguments of actions.assign or actions.edit for these fields."""
        return {name: value for name, value in self.values.items() if name in names}


@dataclass(frozen=True)
class Decision:
    """What a person decided about one measure on the import desk, over what was read.

    `values` are arguments of tracker.actions.edit (title, lead, co, due_on, standing …); `assign` says whether the measure is
    to be assigned at once, None leaves that to the source (a sheet assigns, the plan's own words do not).
    """

    values: Mapping[str, object]
    assign: bool | None = None


def _plain(value: object) -> object:
    """A field's value as JSON: departments by code, dates in ISO form, rows beside the measure as sorted lists."""
    if isinstance(value, Department):
        return value.code
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return sorted(str(_plain(item)) for item in value)
    return value


def _stored(measure: Measure, name: str) -> object:
    """The field's value as the measure has it now, as JSON."""
    if name == "co":
        return _plain(list(measure.co_departments.all()))
    if name == "indicators":
        return _plain(list(measure.indicators.all()))
    return _plain(getattr(measure, name))


def _words(value: object) -> str:
    if value is None or value == "" or value == []:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Department):
        return value.name
    return (
        "、".join(_words(item) for item in value) or "（空）"
        if isinstance(value, list | tuple)
        else str(value)
    )


def _stored_words(measure: Measure, name: str) -> str:
    if name == "co":
        return _words(list(measure.co_departments.all()))
    return _words(list(measure.indicators.all()) if name == "indicators" else getattr(measure, name))


def assignment_changes(measure: Measure | None, assignment: Assignment) -> dict[str, tuple[str, str]]:
    """Field → (before, after) in words, for the fields whose source itself changed since it was last imported.

    What people decided since (a new deadline, another lead) stays as long as the source says what it said before.
    """
    last = {} if measure is None else measure.imported_assignment.get(assignment.source, {})
    changes = {}
    for name, wanted in assignment.as_imported().items():
        said_before = name in last and last[name] == wanted
        if not said_before and (measure is None or _stored(measure, name) != wanted):
            before = "（空）" if measure is None else _stored_words(measure, name)
            changes[name] = (before, _words(assignment.values[name]))
    return changes


def decision_changes(
    measure: Measure | None, title: str, assignment: Assignment | None, decision: Decision
) -> dict[str, tuple[str, str]]:
    """Field → (before, after) in words, for what a person decided otherwise than it was read or is stored."""
    read = {"title": title, **(assignment.values if assignment is not None else {})}
    changes = {}
    for name, value in decision.values.items():
        if measure is not None and _stored(measure, name) != _plain(value):
            changes[name] = (_stored_words(measure, name), _words(value))
        elif measure is None and _plain(read.get(name)) != _plain(value):
            changes[name] = (_words(read.get(name)), _words(value))
    return changes


ASSIGNING = {"status": (STATUS_NAMES[Status.DRAFT], STATUS_NAMES[Status.ASSIGNED])}
