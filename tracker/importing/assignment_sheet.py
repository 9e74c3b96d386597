"""Reads the assignment sheet (责任分解表, Excel): which department does what by when; every error names its cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import models

from tracker.importing.assignment import SHEET, Assignment
from tracker.importing.departments import DepartmentNames
from tracker.importing.errors import ImportRefused
from tracker.importing.workbooks import HeaderRow, TableRow, read_tables
from tracker.models import Department, Measure
from tracker.rules.deadlines import DeadlineError, Kind, parse_deadline, parse_start, resolve
from tracker.rules.period_days import check_cadence_day, check_recurrence_by, parse_cadence_day
from tracker.rules.targets import (
    Indicator,
    Period,
    TargetError,
    parse_indicators,
    parse_recurrence,
    split_names,
)
from tracker.rules.violations import InvalidInput
from tracker.rules.workdays import WorkCalendar

# Column → the words that its header may carry; the first is the one our own sheets use.
HEADERS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "编号"),
    "title": ("具体措施", "措施", "工作措施", "工作任务"),
    "lead": ("牵头单位", "牵头责任单位", "责任单位"),
    "co": ("配合单位", "协办单位", "参与单位"),
    "importance": ("重要程度", "类别"),
    "start": ("开始时间", "起始时间", "开始日期"),
    "deadline": ("完成时限", "时限要求", "完成时间"),
    "cadence": ("报送周期", "报送频次"),
    "cadence_day": ("报送日",),
    "recurrence": ("周期目标",),
    "recurrence_by": ("每期时限",),
    "indicators": ("指标", "量化指标"),
    "remark": ("备注", "说明"),
}
REQUIRED = ("number", "lead", "deadline")
# What may stand in a cell besides the labels themselves.
_OTHER_IMPORTANCE = {"重大复杂": Measure.Importance.MAJOR, "普通": Measure.Importance.ORDINARY}
_OTHER_CADENCE = {
    "周报": Measure.Cadence.WEEKLY,
    "月报": Measure.Cadence.MONTHLY,
    "每季": Measure.Cadence.QUARTERLY,
    "季报": Measure.Cadence.QUARTERLY,
    "年报": Measure.Cadence.YEARLY,
}


class SheetRow(TableRow):
    """One row of the sheet with its cells as text."""

    def text(self, column: str) -> str:
        value = self.cells.get(column)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def place(self, column: str) -> str:
        return self.places.get(column) or self.places["number"]


@dataclass(frozen=True)
class AssignmentSheet:
    """The rows of one sheet, not yet checked against a plan."""

    name: str
    rows: tuple[SheetRow, ...]

    def resolve(
        self,
        *,
        titles: Mapping[str, str],
        names: DepartmentNames,
        starts_on: date,
        calendar: WorkCalendar,
        notes: list[str] | None = None,
    ) -> dict[str, Assignment]:
        """Assignments by measure number. `titles` maps the plan's numbers to titles; relative times count from
        `starts_on`. What a person should know about a cell goes to `notes`. Raises ImportRefused with every wrong cell."""
        reasons: list[str] = []
        found: dict[str, Assignment] = {}
        for row in self.rows:
            number = row.text("number")
            if number not in titles:
                reasons.append(f"{row.place('number')}：方案中没有编号为“{number}”的措施。")
                continue
            if number in found:
                reasons.append(f"{row.place('number')}：编号“{number}”重复出现。")
                continue
            title = row.text("title")
            if title and title != titles[number]:
                reasons.append(
                    f"{row.place('title')}：措施“{title}”与方案中 {number} 的标题“{titles[number]}”不一致，可能错行。"
                )
                continue
            assignment = _RowReader(row, names, starts_on, calendar, reasons, notes).read()
            if assignment is not None:
                found[number] = assignment
        if reasons:
            raise ImportRefused(reasons)
        return found


class _RowReader:
    """Reads the cells of one row, collecting what is wrong."""

    def __init__(
        self,
        row: SheetRow,
        names: DepartmentNames,
        starts_on: date,
        calendar: WorkCalendar,
        reasons: list[str],
        notes: list[str] | None,
    ) -> None:
        self.row, self.names, self.starts_on, self.calendar = row, names, starts_on, calendar
        self.reasons = reasons
        self.notes = [] if notes is None else notes

    def read(self) -> Assignment | None:
        before = len(self.reasons)
        lead = self._lead()
        co = self._co(lead)
        starts_on = self._date("start") or self.starts_on
        due_on = self._date("deadline")
        if due_on is not None and due_on < starts_on:
            self._wrong("deadline", f"完成时限（{due_on}）早于开始时间（{starts_on}）。")
        importance = self._choice("importance", Measure.Importance.ORDINARY, _OTHER_IMPORTANCE)
        cadence = self._choice("cadence", Measure.Cadence.NONE, _OTHER_CADENCE)
        period, count, unit = self._recurrence()
        indicators = self._indicators()
        days = self._days(cadence, period)
        if len(self.reasons) > before or lead is None:
            return None
        return Assignment(
            {
                "lead": lead,
                "co": co,
                "importance": importance,
                "starts_on": starts_on,
                "due_on": due_on,
                "standing": due_on is None,
                "cadence": cadence,
                "recurrence": period.value if period else Measure.Cadence.NONE.value,
                "recurrence_target": count,
                "recurrence_unit": unit,
                **days,
                "indicators": indicators,
                "remark": self.row.text("remark")[:500],
            },
            assigns=True,
            source=SHEET,
        )

    def _wrong(self, column: str, message: str) -> None:
        self.reasons.append(f"{self.row.place(column)}：{message}")

    def _department(self, column: str, name: str) -> Department | None:
        department = self.names.find(name)
        if department is None:
            self._wrong(column, f"单位“{name}”不在单位名录中（名称和别名都没有）。")
        return department

    def _lead(self) -> Department | None:
        names = split_names(self.row.text("lead"))
        if len(names) != 1:
            shown = "、".join(names) or "空"
            self._wrong("lead", f"牵头单位必须且只能填写一个（现为：{shown}）。")
            return None
        return self._department("lead", names[0])

    def _co(self, lead: Department | None) -> tuple[Department, ...]:
        found: dict[int, Department] = {}
        for name in split_names(self.row.text("co")):
            department = self._department("co", name)
            if department is None:
                continue
            if lead is not None and department == lead:
                self._wrong("co", f"“{name}”已是牵头单位，不能同时为配合单位。")
            found[department.pk] = department
        return tuple(found.values())

    def _date(self, column: str) -> date | None:
        value = self.row.cells.get(column)
        try:
            expression = parse_start(value) if column == "start" else parse_deadline(value)
            day = resolve(expression, start=self.starts_on, calendar=self.calendar)
            if day is not None and expression.kind is Kind.WORKDAYS and self.calendar.is_provisional(day):
                self.notes.append(
                    f"{self.row.place(column)}：“{value}”推算为{day}，{day.year}年放假安排尚未录入，为暂估。"
                )
            return day
        except DeadlineError as error:
            self._wrong(column, str(error))
            return None

    def _choice(self, column: str, default: models.TextChoices, others: Mapping[str, str]) -> str:
        text = self.row.text(column)
        labels = {str(choice.label): choice.value for choice in type(default)}
        if text and text not in labels and text not in others:
            self._wrong(column, f"“{text}”不在可选范围：{'、'.join(labels)}。")
        return labels.get(text) or others.get(text) or default.value

    def _recurrence(self) -> tuple[Period | None, int | None, str]:
        try:
            return parse_recurrence(self.row.cells.get("recurrence"))
        except TargetError as error:
            self._wrong("recurrence", str(error))
            return None, None, ""

    def _indicators(self) -> tuple[Indicator, ...]:
        try:
            return parse_indicators(self.row.cells.get("indicators"))
        except TargetError as error:
            self._wrong("indicators", str(error))
            return ()

    def _days(self, cadence: str, period: Period | None) -> dict[str, object]:
        """The days of the periods, as far as the sheet has a column for them: most have none, and then say nothing of it."""
        found: dict[str, object] = {}
        if "cadence_day" in self.row.cells:
            try:
                found["cadence_day"] = day = parse_cadence_day(self.row.cells["cadence_day"])
                check_cadence_day(cadence, day)
            except (ValueError, InvalidInput) as error:
                self._wrong("cadence_day", str(error))
        if "recurrence_by" in self.row.cells:
            found["recurrence_by"] = words = self.row.text("recurrence_by")
            try:
                check_recurrence_by(period.value if period else Measure.Cadence.NONE.value, words)
            except InvalidInput as error:
                self._wrong("recurrence_by", error.message)
        return found


def read_assignment_sheet(path: Path) -> AssignmentSheet:
    """The assignment sheet in a file. Raises ImportRefused as read_assignment_bytes does, also for a missing file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ImportRefused([f"找不到责任分解表：{path}"]) from None
    except IsADirectoryError:
        raise ImportRefused([f"责任分解表是一个文件夹：{path}"]) from None
    except PermissionError:
        raise ImportRefused([f"没有权限读取责任分解表：{path}"]) from None
    return read_assignment_bytes(data, path.name)


def read_assignment_bytes(data: bytes, name: str) -> AssignmentSheet:
    """The filled rows of all sheets that have a header with 序号, 牵头单位 and 完成时限; `name` is for messages.

    Raises ImportRefused when the bytes are no safe .xlsx or have no such sheet.
    """
    wanted = "、".join(HEADERS[column][0] for column in REQUIRED)
    found = read_tables(data, name, columns_of=_header, wanted=wanted, formulas=False)
    return AssignmentSheet(name, tuple(SheetRow(row.cells, row.places) for row in found.rows))


def _header(row: HeaderRow) -> dict[str, int]:
    """Column → index when this row is the header, else empty."""
    columns: dict[str, int] = {}
    for name, accepted in HEADERS.items():
        places = [index for index, word in enumerate(row.words) if word in accepted]
        if len(places) > 1:
            twice = "、".join(row.place(index) for index in places)
            raise ImportRefused([f"表头“{row.words[places[0]]}”重复出现（{twice}），不知道用哪一列。"])
        if places:
            columns[name] = places[0]
    return columns if all(name in columns for name in REQUIRED) else {}
