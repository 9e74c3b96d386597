"""What a sheet's row or the plan's own words say about a measure's assignment, and how it differs from what is stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
    "cadence_day": "报送日",
    "recurrence": "周期性任务",
    "recurrence_target": "每期目标数",
    "recurrence_unit": "目标单位",
    "recurrence_by": "每期时限",
    "indicators": "指标",
    "milestones": "节点",
    "remark": "备注",
    "status": "状态",
}
CHOICE_NAMES: dict[str, dict[str, Any]] = {
    "importance": dict(Measure.Importance.choices),
    "cadence": dict(Measure.Cadence.choices),
    "recurrence": dict(Measure.Cadence.choices),
}
NOTHING = "（空）"
# The most characters of a printed title that a measure keeps.
TITLE_LIMIT = 300
# Fields that are rows beside the measure, and the relation that leads to them.
_ROWS = {"co": "co_departments", "indicators": "indicators", "milestones": "milestones"}


@dataclass(frozen=True)
class Assignment:
    """The stated fields of one measure's assignment, as tracker.actions.assign takes them.

    A sheet's row states all of them and assigns the measure; the plan's own words state some, fill a draft and leave
    assigning to a person. `source` ("sheet" or "text") keeps apart what each said when it was last imported.
    """

    values: Mapping[str, Any]
    assigns: bool
    source: str

    def as_imported(self) -> dict[str, object]:
        """The values as JSON, kept with the measure: a later import compares with these, field by field."""
        return {name: _plain(value) for name, value in self.values.items()}

    def only(self, names: Collection[str]) -> "Assignment":
        """What it says of these fields alone."""
        return replace(self, values={name: v for name, v in self.values.items() if name in names})


@dataclass(frozen=True)
class Decision:
    """What a person decided about one measure on the import desk, over what was read.

    `values` are arguments of tracker.actions.edit (title, lead, co, due_on, standing …); `assign` says whether the measure is
    to be assigned at once, None leaves that to the source (a sheet assigns, the plan's own words do not). `leave_out` says
    whether it is not to be imported at all, None leaves that to what was decided at the last import.
    """

    values: Mapping[str, object]
    assign: bool | None = None
    leave_out: bool | None = None
    # Whether a person said what the row is: `origin` is the key of the measure, None for a new task.
    origin_is_named: bool = False
    origin: int | None = None


def together(readings: Sequence[Assignment]) -> Assignment | None:
    """What several sources say as one, the first one's word first; None when none says anything."""
    if not readings:
        return None
    values = {name: value for reading in reversed(readings) for name, value in reading.values.items()}
    return replace(readings[0], values=values)


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
    rows = _ROWS.get(name)
    return _plain(getattr(measure, name) if rows is None else list(getattr(measure, rows).all()))


def printed_before(measure: Measure, assignment: Assignment, name: str) -> bool:
    """Whether the source says of the field what it said at the last import, and people decided otherwise since."""
    wanted = _plain(assignment.values[name])
    last = measure.imported_assignment.get(assignment.source, {})
    return name in last and last[name] == wanted and _stored(measure, name) != wanted


def words_of(name: str, value: object) -> str:
    """A field's value in Chinese words."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value) or NOTHING
    return str(CHOICE_NAMES.get(name, {}).get(str(value), value))


def stored_words(measure: Measure, name: str) -> str:
    """The measure's present value of the field in Chinese words."""
    rows = _ROWS.get(name)
    return words_of(name, getattr(measure, name) if rows is None else list(getattr(measure, rows).all()))


def title_change(measure: Measure | None, printed: str) -> tuple[str, str] | None:
    """The title (before, after) where the source prints another one than before, as actions.reword follows it."""
    after = printed[:TITLE_LIMIT]
    if measure is None or after in (measure.printed_title, measure.title):
        return None
    return measure.title, after


def assignment_changes(measure: Measure | None, assignment: Assignment) -> dict[str, tuple[str, str]]:
    """Field → (before, after) in words, for the fields whose source itself changed since it was last imported.

    What people decided since (a new deadline, another lead) stays as long as the source says what it said before.
    """
    last = {} if measure is None else measure.imported_assignment.get(assignment.source, {})
    changes = {}
    for name, wanted in assignment.as_imported().items():
        said_before = name in last and last[name] == wanted
        if not said_before and (measure is None or _stored(measure, name) != wanted):
            before = NOTHING if measure is None else stored_words(measure, name)
            changes[name] = (before, words_of(name, assignment.values[name]))
    return changes


def decision_changes(
    measure: Measure | None, title: str, assignment: Assignment | None, decision: Decision
) -> dict[str, tuple[str, str]]:
    """Field → (before, after) in words, for what a person decided otherwise than it was read or is stored."""
    read = {"title": title, **(assignment.values if assignment is not None else {})}
    changes = {}
    for name, value in decision.values.items():
        if measure is not None and _stored(measure, name) != _plain(value):
            changes[name] = (stored_words(measure, name), words_of(name, value))
        elif measure is None and _plain(read.get(name)) != _plain(value):
            changes[name] = (words_of(name, read.get(name)), words_of(name, value))
    return changes


ASSIGNING = {"status": (STATUS_NAMES[Status.DRAFT], STATUS_NAMES[Status.ASSIGNED])}
