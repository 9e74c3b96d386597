"""What people decided on the import desk, between the JSON that a draft keeps and the values that actions take."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tracker.importing.assignment import Decision
from tracker.models import Department
from tracker.rules.milestones import parse_milestones
from tracker.rules.targets import parse_indicators

Stored = Mapping[str, Mapping[str, Any]]

# Field of a stored decision → its value for tracker.actions.edit. Departments (lead, co), assign, leave_out and origin are read apart.
_READERS: dict[str, Callable[[Any], object]] = {
    "title": str,
    "due_on": lambda value: date.fromisoformat(value) if value else None,
    "standing": bool,
    "importance": str,
    "cadence": str,
    "cadence_day": lambda value: value,
    "recurrence": str,
    "recurrence_target": lambda value: value,
    "recurrence_unit": str,
    "recurrence_by": str,
    "milestones": lambda lines: parse_milestones("\n".join(lines)),
    "indicators": lambda lines: parse_indicators("\n".join(lines)),
}
FIELDS = (*_READERS, "lead", "co", "assign", "leave_out", "origin")
# What a stored decision's `origin` says of a row that is no earlier measure; else it is that measure's key.
NEW_TASK = "new"


def decisions_of(stored: Stored) -> dict[str, Decision]:
    """The stored decisions with departments, dates and targets as such; a department that is gone is left out."""
    codes: set[str] = set()
    for decided in stored.values():
        codes |= {str(decided.get("lead") or ""), *map(str, decided.get("co") or ())}
    departments = {department.code: department for department in Department.objects.filter(code__in=codes)}
    found = {}
    for number, decided in stored.items():
        values = {name: read(decided[name]) for name, read in _READERS.items() if name in decided}
        if decided.get("lead") in departments:
            values["lead"] = departments[decided["lead"]]
        if "co" in decided:
            values["co"] = tuple(departments[code] for code in decided["co"] if code in departments)
        origin = decided.get("origin")
        found[number] = Decision(
            values,
            _yes_or_no(decided, "assign"),
            _yes_or_no(decided, "leave_out"),
            origin_is_named=origin is not None,
            origin=origin if isinstance(origin, int) else None,
        )
    return found


def _yes_or_no(decided: Mapping[str, Any], name: str) -> bool | None:
    value = decided.get(name)
    return value if isinstance(value, bool) else None


def gone_departments(stored: Stored) -> dict[str, str]:
    """A Chinese sentence by measure number where a department that people chose is no longer in use."""
    names = dict(Department.objects.filter(active=True).values_list("code", "name"))
    retired = dict(Department.objects.filter(active=False).values_list("code", "name"))
    found = {}
    for number, decided in stored.items():
        if decided.get("leave_out"):
            continue
        chosen = [code for code in (decided.get("lead"), *(decided.get("co") or ())) if code]
        gone = "、".join(f"“{retired.get(code, code)}”" for code in chosen if code not in names)
        if gone:
            found[number] = f"选定的单位{gone}已停用或已不在单位名录中，请改选。"
    return found
