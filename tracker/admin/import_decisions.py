"""Reads the import desk's posted form: which fields a person decided otherwise than they were read, and what is wrong."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from tracker.admin.import_merge import conflict, is_changed, shown_then
from tracker.admin.import_origins import named_twice, typed_origin
from tracker.admin.import_rows import TICKED, TYPED, Row, is_posted, is_stale
from tracker.admin.typed_text import refused_character
from tracker.importing.departments import DepartmentNames
from tracker.models import Department, Measure
from tracker.rules.deadlines import FIRST_YEAR, LAST_YEAR
from tracker.rules.milestones import MilestoneError, parse_milestones
from tracker.rules.period_days import (
    check_cadence_day,
    check_recurrence_by,
    day_stays,
    parse_cadence_day,
    words_stay,
)
from tracker.rules.targets import TargetError, parse_indicators, split_names
from tracker.rules.violations import InvalidInput

STALE = "此项在您打开页面之后已被他人改动，没有保存；请刷新页面，核对最新内容后再确认。"
TITLE_LIMIT, UNIT_LIMIT, MOST_A_PERIOD = 300, 10, 1_000_000


def decided_by(
    posted: Mapping[str, str], rows: list[Row], *, city: str
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The decisions in a posted form by measure number (one entry a row that the form showed, save those that others changed meanwhile), and Chinese errors by number.

    `city`: whose plan it is, so that its bureaus are understood as its text prints them.
    """
    names = DepartmentNames(city)
    decisions: dict[str, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    for row in rows:
        if not is_posted(row, posted):
            continue
        if shown_then(row, posted) is None:
            if is_stale(row, posted):
                errors[row.number] = STALE
                continue
        elif is_changed(row, posted):
            # What others decided of it stands, unless this person decided otherwise.
            words = conflict(row, posted)
            if words:
                errors[row.number] = words
            continue
        reader = _RowForm(posted, row, names)
        decisions[row.number] = reader.read()
        origin = typed_origin(row, posted)
        if origin is not None:
            decisions[row.number]["origin"] = origin
        if reader.errors:
            errors[row.number] = "".join(reader.errors)
    elsewhere = {
        row.number: {"origin": int(row.origin)}
        for row in rows
        if row.number not in decisions and row.origin.isdecimal()
    }
    errors |= named_twice({**elsewhere, **decisions})
    return decisions, errors


def several_leads(typed: str, names: DepartmentNames) -> list[str]:
    """The names typed where one department is wanted, if they are more than one; a department may have 、 in its own name."""
    printed = list(split_names(typed))
    return printed if len(printed) > 1 and names.find(typed) is None else []


def offered_leads(
    posted: Mapping[str, str], errors: Collection[str], *, city: str
) -> dict[str, list[dict[str, Any]]]:
    """By number of a wrong row where several units were typed as lead: who of them may lead, each as {"words", "fill"} with what
    that puts into which input."""
    typed = {number: posted.get(f"lead-{number}", "") for number in errors if number}
    if not any(len(split_names(lead)) > 1 for lead in typed.values()):
        return {}
    names = DepartmentNames(city)
    offers = {}
    for number, lead in typed.items():
        several = several_leads(lead.strip(), names)
        beside = [*several, *split_names(posted.get(f"co-{number}", ""))]
        offers[number] = [
            {
                "words": f"{name}牵头，其余配合",
                "fill": (fill := _lead_and_rest(number, name, beside)),
                "fill_json": json.dumps(fill, ensure_ascii=False),
            }
            for name in dict.fromkeys(several)
            if names.find(name) is not None
        ]
    return {number: found for number, found in offers.items() if found}


def _lead_and_rest(number: str, lead: str, beside: list[str]) -> dict[str, str]:
    rest = "、".join(dict.fromkeys(name for name in beside if name != lead))
    return {f"lead-{number}": lead, f"co-{number}": rest}


class _RowForm:
    """Reads the inputs of one row, collecting what is wrong."""

    def __init__(self, posted: Mapping[str, str], row: Row, names: DepartmentNames) -> None:
        self.row, self.names = row, names
        self.typed = {
            # An input that the form did not send (a script) stays as it is.
            name: posted.get(f"{name}-{row.number}", str(row.shown[name])).replace("\r\n", "\n").strip()
            for name in TYPED
        }
        self.ticked = {name: f"{name}-{row.number}" in posted for name in TICKED}
        self.errors: list[str] = []
        self.decided: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        leave_out = self.ticked["leave_out"]
        if self.row.editable:
            self._fields()
        if leave_out and self.errors:
            # What is not imported need not be right.
            self.errors, self.decided = [], {}
        if leave_out != self.row.read["leave_out"]:
            self.decided["leave_out"] = leave_out
        return self.decided

    def _fields(self) -> None:
        for name in TYPED:
            wrong = refused_character(self.typed[name]) if self._changed(name) else None
            if wrong is not None:
                self.errors.append(wrong)
        if not self.errors:
            self._title()
            lead = self._lead()
            self._co(lead)
            scheduled = self._schedule()
            self._choice("importance", Measure.Importance)
            self._choice("cadence", Measure.Cadence)
            self._cadence_day()
            self._recurrence()
            self._recurrence_by()
            self._milestones()
            self._indicators()
            self._assign(lead, scheduled)

    def _changed(self, name: str) -> bool:
        return self.typed[name] != str(self.row.read[name]).strip()

    def _title(self) -> None:
        title = " ".join(self.typed["title"].split("\n"))
        if not title or len(title) > TITLE_LIMIT:
            self.errors.append(f"措施标题不能为空，也不能超过{TITLE_LIMIT}个字符。")
        elif title != self.row.read["title"]:
            self.decided["title"] = title

    def _department(self, name: str, *, among: str) -> Department | None:
        """The department of this name. One out of use may stay where it stands (`among` the names read)."""
        department = self.names.find(name)
        if department is None and name not in split_names(among):
            self.errors.append(f"单位“{name}”不在单位名录中，请先在“单位”中新增，或改为已有单位。")
        return department

    def _lead(self) -> Department | None:
        if not self.typed["lead"]:
            if self.row.read["lead"]:
                self.errors.append("原有牵头单位，不能清空；可改为其他单位。")
            return None
        several = several_leads(self.typed["lead"], self.names)
        if several and self.typed["lead"] != self.row.read["lead"]:
            self.errors.append(
                f"牵头单位只能填写一个（现为：{'、'.join(several)}）；请留下牵头的一个，其余填入配合单位。"
            )
            return None
        lead = self._department(self.typed["lead"], among=self.row.read["lead"])
        if lead is not None and lead.name != self.row.read["lead"]:
            self.decided["lead"] = lead.code
        return lead

    def _co(self, lead: Department | None) -> None:
        if not self._changed("co"):
            if lead is not None and lead.name in split_names(self.typed["co"]):
                self.errors.append(f"“{lead}”已是牵头单位，不能同时为配合单位。")
            return
        found = [self._department(name, among="") for name in split_names(self.typed["co"])]
        co = list(dict.fromkeys(department for department in found if department is not None))
        if lead is not None and lead in co:
            self.errors.append(f"“{lead}”已是牵头单位，不能同时为配合单位。")
        if [department.name for department in co] != list(split_names(self.row.read["co"])):
            self.decided["co"] = [department.code for department in co]

    def _schedule(self) -> bool:
        """Whether the measure has a deadline or stands."""
        text, standing = self.typed["due_on"], self.ticked["standing"]
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            self.errors.append(f"“{text}”不是日期，应为 2026-12-31 的形式。")
            return False
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.errors.append(f"完成时限“{text}”应在{FIRST_YEAR}年到{LAST_YEAR}年之间。")
        elif standing and day is not None:
            self.errors.append("长期坚持的事项不能有完成时限。")
        elif (text, standing) != (self.row.read["due_on"], self.row.read["standing"]):
            self.decided["due_on"], self.decided["standing"] = text or None, standing
        return day is not None or standing

    def _choice(self, name: str, choices: Any) -> None:
        value = self.typed[name]
        if value not in choices.values:
            self.errors.append(f"“{value[:20]}”不在可选范围：{'、'.join(map(str, choices.labels))}。")
        elif self._changed(name):
            self.decided[name] = value

    def _recurrence(self) -> None:
        self._choice("recurrence", Measure.Cadence)
        count, unit = self.typed["recurrence_target"], self.typed["recurrence_unit"]
        if count and not (count.isdecimal() and len(count) <= 7 and 1 <= int(count) <= MOST_A_PERIOD):
            self.errors.append(f"每期目标数应为 1 到 {MOST_A_PERIOD} 之间的整数。")
        elif count and self.typed["recurrence"] == Measure.Cadence.NONE:
            self.errors.append("填写了每期目标数，请同时选择周期性任务的周期。")
        elif len(unit) > UNIT_LIMIT:
            self.errors.append(f"目标单位不能超过{UNIT_LIMIT}个字符。")
        else:
            if self._changed("recurrence_target"):
                self.decided["recurrence_target"] = int(count) if count else None
            if self._changed("recurrence_unit"):
                self.decided["recurrence_unit"] = unit

    def _cadence_day(self) -> None:
        cadence, typed = self.typed["cadence"], self.typed["cadence_day"]
        if cadence not in Measure.Cadence.values:
            return
        if not self._changed("cadence_day") and not day_stays(self.row.read["cadence"], cadence):
            typed = ""
        try:
            day = parse_cadence_day(typed)
            check_cadence_day(cadence, day)
        except (ValueError, InvalidInput) as error:
            self.errors.append(str(error))
            return
        if str("" if day is None else day) != str(self.row.read["cadence_day"]):
            self.decided["cadence_day"] = day

    def _recurrence_by(self) -> None:
        """The words as typed; left as they were read, they go with a period that was taken away."""
        recurrence, words = self.typed["recurrence"], self.typed["recurrence_by"]
        if not self._changed("recurrence_by") and not words_stay(
            words, self.row.read["recurrence"], recurrence
        ):
            words = ""
        try:
            check_recurrence_by(recurrence, words)
        except InvalidInput as error:
            self.errors.append(error.message)
            return
        if words != self.row.read["recurrence_by"]:
            self.decided["recurrence_by"] = words

    def _milestones(self) -> None:
        if not self._changed("milestones"):
            return
        try:
            found = parse_milestones(self.typed["milestones"])
        except MilestoneError as error:
            self.errors.append(str(error))
            return
        late = next((one for one in found if not FIRST_YEAR <= one.due_on.year <= LAST_YEAR), None)
        if late is not None:
            self.errors.append(f"节点“{late}”的日期应在{FIRST_YEAR}年到{LAST_YEAR}年之间。")
        else:
            self.decided["milestones"] = [str(milestone) for milestone in found]

    def _indicators(self) -> None:
        if not self._changed("indicators"):
            return
        try:
            found = parse_indicators(self.typed["indicators"])
        except TargetError as error:
            self.errors.append(str(error))
            return
        long = next((one for one in found if len(one.name) > 100 or len(one.unit) > 20), None)
        if long is not None:
            self.errors.append(f"指标“{long.name[:20]}…”的名称不能超过100个字符，单位不能超过20个字符。")
        else:
            self.decided["indicators"] = [str(indicator) for indicator in found]

    def _assign(self, lead: Department | None, scheduled: bool) -> None:
        assign = self.row.may_assign and self.ticked["assign"]
        if assign and not self.errors and (lead is None or not scheduled):
            self.errors.append("要立即交办，必须有牵头单位，并有完成时限或标明长期坚持。")
        if assign != self.row.read["assign"]:
            self.decided["assign"] = assign
