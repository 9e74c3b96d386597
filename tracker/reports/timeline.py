"""The steps of one measure in words: who, for which department, when, from where to where, and what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker import access
from tracker.models import Department, Measure, MeasureEvent, Section
from tracker.rules.lifecycle import GRADE_NAMES, STATUS_NAMES, VERB_NAMES, Grade, Status, Verb

# Tracked fields that a person reads about, in the order in which they are told. The rest (offsets, time stamps that the
# step itself shows, the status that has its own place) stays in the record.
_TOLD = {
    "section_id": "所属部分",
    "number": "编号",
    "title": "措施",
    "text": "具体要求",
    "in_text": "在现行文本中",
    "lead_id": "牵头单位",
    "co": "配合单位",
    "importance": "重要程度",
    "starts_on": "开始日期",
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
    "stages": "阶段顺序",
    "remark": "备注",
    "percent": "进度",
    "grade": "办结等次",
    "checkpoints": "督办节点",
    "roles": "角色",
    "report_by": "重报期限",
    "urged_on": "催办日期",
    "claim_until": "揭榜截止",
    "proposed_due_on": "拟延至",
    "occurrence": "本周期完成",
}
# What an assignment sets that its department has to know.
_GIVEN = ("due_on", "original_due_on", "standing", "cadence", "cadence_day")
_DAYS = frozenset({"starts_on", "due_on", "report_by", "urged_on", "claim_until", "proposed_due_on"})
# What a report says of single milestones and indicators: their name follows the prefix.
_NAMED = {"milestone:": "节点完成：", "indicator:": "指标："}
_EMPTY = "无"
# What a document or a form says of a measure in the very act of registering it: a step of its own, but no change of anything.
_FILLED_IN = "立项时填写"
# Steps that are named to whoever comes too late.
_MOST_STEPS = 3
_CHOICES: dict[str, dict[Any, Any]] = {
    "importance": dict(Measure.Importance.choices),
    "cadence": dict(Measure.Cadence.choices),
    "recurrence": dict(Measure.Cadence.choices),
    "grade": {grade.value: GRADE_NAMES[grade] for grade in Grade},
}


@dataclass(frozen=True)
class Change:
    """One field's change in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One step. `who` is the person's name or the command line's; `department` the one acted for, may be empty."""

    version: int
    verb: Verb
    verb_name: str
    at: datetime
    who: str
    department: str
    from_status: str
    to_status: str
    note: str
    changes: tuple[Change, ...]

    @property
    def moved(self) -> bool:
        return self.from_status != self.to_status


def timeline(measure: Measure, user: access.Someone) -> list[Entry]:
    """The steps of the measure that the user sees, newest first; at most four queries however many steps there are.

    What an assignment changed compares with the draft, which is the office's own affair; which days it set is not.
    """
    seen = access.events_visible_to(user).filter(measure=measure)
    events = list(seen.select_related("actor", "department").order_by("-version"))
    names = _Names(events)
    given = days_given(measure, user)
    registered_at = next((event.at for event in events if event.verb == Verb.REGISTER), None)
    return [
        _entry(event, changes_told(event, user, given), names, registered_at=registered_at)
        for event in events
    ]


def changed_since(measure: Measure, user: access.Someone, version: int) -> str:
    """Who took which step since that version and what it changed, in a few words, newest first, as far as the user sees it;
    empty where he sees nothing of it."""
    entries = [entry for entry in timeline(measure, user) if entry.version > version]
    told = [
        f"{entry.who}{entry.verb_name}"
        + (f"（{'、'.join(change.field for change in entry.changes)}）" if entry.changes else "")
        for entry in entries[:_MOST_STEPS]
    ]
    return "；".join([*told, *(["……"] if len(entries) > _MOST_STEPS else [])])


def days_given(measure: Measure, user: access.Someone) -> dict[int, dict[str, list[Any]]]:
    """What the last assignment of a draft set for the department that got it, by the step's version, as an event keeps changes
    but with nothing before: deadline or 长期坚持, reporting cadence, report days. Empty for the office, which reads all.

    One query. The deadline may have been meant since the draft, so that the step itself did not change it.
    """
    if access.is_office(user):
        return {}
    state: dict[str, Any] = {}
    given: dict[int, dict[str, list[Any]]] = {}
    steps = measure.events.order_by("version").values_list("version", "verb", "from_status", "changes")
    for version, verb, from_status, changes in steps:
        state.update({name: after for name, (_before, after) in changes.items()})
        if verb == Verb.ASSIGN and from_status == Status.DRAFT:
            own = {name: state.get(name) for name in _GIVEN}
            own["checkpoints"] = changes.get("checkpoints", [[], []])[1]
            # No deadline, not 长期坚持, no cadence of its own: nothing was set.
            given = {
                version: {
                    name: [None, value]
                    for name, value in own.items()
                    if value not in (None, False, [], "none")
                }
            }
    return given


def changes_told(
    event: MeasureEvent, user: access.Someone, given: dict[int, dict[str, list[Any]]]
) -> dict[str, list[Any]]:
    """What the user reads of what the step changed; `given` is days_given of its measure."""
    if access.is_office(user) or event.from_status != Status.DRAFT:
        changes: dict[str, list[Any]] = event.changes
        return changes
    return given.get(event.version, {})


class _Names:
    """The names behind the keys that events keep."""

    def __init__(self, events: Iterable[MeasureEvent]) -> None:
        ids: set[Any] = set()
        codes: set[str] = set()
        sections: set[Any] = set()
        for event in events:
            ids.update(event.changes.get("lead_id", []))
            sections.update(event.changes.get("section_id", []))
            for side in event.changes.get("co", []):
                codes.update(side or [])
        departments = Department.objects.filter(pk__in=ids - {None}) | Department.objects.filter(
            code__in=codes
        )
        rows = list(departments) if ids or codes else []
        self.department_by_id = {row.pk: row.name for row in rows}
        self.department_by_code = {row.code: row.name for row in rows}
        self.section_by_id = {row.pk: str(row) for row in Section.objects.filter(pk__in=sections - {None})}

    def words(self, field: str, value: Any) -> str:
        if field == "lead_id" and value is not None:
            return self.department_by_id.get(value, "（已不存在的单位）")
        if field == "section_id" and value is not None:
            return self.section_by_id.get(value, "（已不存在的部分）")
        if field == "co":
            return "、".join(self.department_by_code.get(code, code) for code in value or []) or _EMPTY
        if isinstance(value, list):
            return "；".join(str(item) for item in value) or _EMPTY
        if isinstance(value, bool):
            return "是" if value else "否"
        if value in (None, ""):
            return _EMPTY
        if field in _CHOICES:
            return str(_CHOICES[field].get(value, value))
        if field in _DAYS:
            day = date.fromisoformat(value)
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{value}%" if field == "percent" else str(value)


def _entry(
    event: MeasureEvent, told: dict[str, list[Any]], names: _Names, *, registered_at: datetime | None
) -> Entry:
    fields = [(field, label) for field, label in _TOLD.items() if field in told]
    changes = []
    for field in told:
        fields += [
            (field, label + field.removeprefix(prefix))
            for prefix, label in _NAMED.items()
            if field.startswith(prefix)
        ]
    for field, label in fields:
        before, after = (names.words(field, value) for value in told[field])
        if before != after and not (event.verb == Verb.REGISTER and field in ("section_id", "in_text")):
            changes.append(Change(label, before, after))
    # The very next step of the same moment: nobody can have edited it by hand.
    filled_in = event.verb == Verb.EDIT and event.version == 2 and event.at == registered_at
    return Entry(
        version=event.version,
        verb=Verb(event.verb),
        verb_name=_FILLED_IN if filled_in else VERB_NAMES[Verb(event.verb)],
        at=event.at,
        who=str(event.actor) if event.actor is not None else "系统（命令行）",
        department=event.department.name if event.department is not None else "",
        from_status=STATUS_NAMES[Status(event.from_status)],
        to_status=STATUS_NAMES[Status(event.to_status)],
        note=event.note,
        changes=tuple(changes) if event.verb != Verb.REGISTER else (),
    )
