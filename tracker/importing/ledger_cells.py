"""Reads one edited cell of the ledger: what it says as arguments of actions.edit, and as an event would record it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.importing.departments import DepartmentNames
from tracker.models import Measure
from tracker.reports.ledger import STANDING
from tracker.rules import lengths
from tracker.rules.characters import forbidden_character
from tracker.rules.deadlines import FIRST_YEAR, LAST_YEAR, DeadlineError, Kind, parse_deadline
from tracker.rules.period_days import parse_cadence_day
from tracker.rules.targets import TargetError, parse_indicators, parse_recurrence, split_names

# What Excel shows in a cell whose formula failed.
_FAILED = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}

# Day 0 of Excel's count, for days after February 1900.
_EXCEL_BEGAN = date(1899, 12, 30)


class CellError(ValueError):
    """A cell that cannot be read; the message is Chinese, its place is added by the caller."""


@dataclass(frozen=True)
class CellReading:
    """`values` are keyword arguments of actions.edit; `tracked` the same as events record them (JSON values)."""

    values: dict[str, object]
    tracked: dict[str, object]


def read_cell(what: str, cell: object, names: DepartmentNames, *, shown: str) -> CellReading:
    """What a cell of the column that edits `what` says, in place of what is `shown` there. Raises CellError."""
    text = _text(cell)
    if text == "#VALUE!" and what in ("due_on", "starts_on"):
        # What a cell of a date's format becomes when 20270915 is typed there.
        raise CellError(
            "单元格设成了日期格式，里面却不是日期（例如直接键入了八位数字），请写成 2027-09-15 的形式。"
        )
    if text in _FAILED:
        raise CellError(f"单元格是 Excel 的错误值“{text}”，请改为实际内容。")
    forbidden = forbidden_character(text)
    if forbidden is not None and forbidden not in shown:
        raise CellError(f"含有不允许的控制字符（U+{ord(forbidden):04X}），请删去后重新输入。")
    return _READERS[what](cell, names)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _title(cell: object, names: DepartmentNames) -> CellReading:
    text = " ".join(_text(cell).split("\n"))
    if not text or len(text) > 300:
        raise CellError("具体措施不能为空，也不能超过300个字符。")
    return CellReading({"title": text}, {"title": text})


def _words(cell: object, names: DepartmentNames) -> CellReading:
    text = "" if cell is None else str(cell)
    if not text.strip():
        raise CellError("具体要求不能为空。")
    return CellReading({"text": text}, {"text": text})


def _lead(cell: object, names: DepartmentNames) -> CellReading:
    printed = split_names(_text(cell))
    if len(printed) != 1:
        raise CellError(f"牵头单位必须且只能填写一个（现为：{'、'.join(printed) or '空'}）。")
    department = names.find(printed[0])
    if department is None:
        raise CellError(f"单位“{printed[0]}”不在单位名录中（名称和别名都没有）。")
    return CellReading({"lead": department}, {"lead_id": department.pk})


def _co(cell: object, names: DepartmentNames) -> CellReading:
    found = []
    for name in split_names(_text(cell)):
        department = names.find(name)
        if department is None:
            raise CellError(f"单位“{name}”不在单位名录中（名称和别名都没有）。")
        found.append(department)
    return CellReading({"co": found}, {"co": sorted({department.code for department in found})})


def _choice(
    field: str, choices: list[tuple[str, object]]
) -> Callable[[object, DepartmentNames], CellReading]:
    def read(cell: object, names: DepartmentNames) -> CellReading:
        values = {str(label): value for value, label in choices}
        value = values.get(_text(cell))
        if value is None:
            raise CellError(f"“{_text(cell)}”不在可选范围：{'、'.join(values)}。")
        return CellReading({field: value}, {field: value})

    return read


def _day(cell: object) -> date | None:
    """An absolute date, or None for 长期坚持. Relative forms have no start to count from here."""
    number = _day_as_number(cell)
    if number is not None:
        return number
    try:
        expression = parse_deadline(cell)
    except DeadlineError:
        expression = None
    if expression is not None and expression.kind is Kind.STANDING:
        return None
    if expression is None or expression.on is None:
        what = f"“{_text(cell)}”不是日期" if _text(cell) else "日期为空"
        raise CellError(f"{what}，应写成 2026-12-31、2026年12月31日、2026年12月底，或“{STANDING}”。")
    if not FIRST_YEAR <= expression.on.year <= LAST_YEAR:
        raise CellError(f"日期{expression.on}应在{FIRST_YEAR}年到{LAST_YEAR}年之间。")
    return expression.on


def _day_as_number(cell: object) -> date | None:
    """The day of a cell whose format is not a date's: Excel's own count of days (46280), or eight digits (20270915)."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else _text(cell)
    if isinstance(cell, bool) or not text.isdecimal() or not text.isascii():
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 8 else date.min
    except ValueError:
        return None
    if len(text) == 5:
        day = _EXCEL_BEGAN + timedelta(days=int(text))
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _due(cell: object, names: DepartmentNames) -> CellReading:
    due_on = _day(cell)
    return CellReading(
        {"due_on": due_on, "standing": due_on is None},
        {"due_on": due_on.isoformat() if due_on else None, "standing": due_on is None},
    )


def _start(cell: object, names: DepartmentNames) -> CellReading:
    starts_on = _day(cell)
    if starts_on is None:
        raise CellError(f"开始时间不能是“{_text(cell)}”，请填写日期。")
    return CellReading({"starts_on": starts_on}, {"starts_on": starts_on.isoformat()})


def _recurrence(cell: object, names: DepartmentNames) -> CellReading:
    try:
        period, count, unit = parse_recurrence(cell)
    except TargetError as error:
        raise CellError(str(error)) from error
    values = {
        "recurrence": period.value if period else Measure.Cadence.NONE.value,
        "recurrence_target": count,
        "recurrence_unit": unit,
    }
    return CellReading(dict(values), dict(values))


def _recurrence_by(cell: object, names: DepartmentNames) -> CellReading:
    words = _text(cell)
    if len(words) > lengths.RECURRENCE_BY:
        raise CellError(f"每期时限不能超过{lengths.RECURRENCE_BY}个字符。")
    return CellReading({"recurrence_by": words}, {"recurrence_by": words})


def _cadence_day(cell: object, names: DepartmentNames) -> CellReading:
    try:
        day = parse_cadence_day(cell)
    except ValueError as error:
        raise CellError(str(error)) from error
    return CellReading({"cadence_day": day}, {"cadence_day": day})


def _indicators(cell: object, names: DepartmentNames) -> CellReading:
    try:
        targets = parse_indicators(cell)
    except TargetError as error:
        raise CellError(str(error)) from error
    return CellReading({"indicators": targets}, {"indicators": [str(target) for target in targets]})


def _remark(cell: object, names: DepartmentNames) -> CellReading:
    text = "" if cell is None else str(cell)
    if len(text) > 500:
        raise CellError("备注不能超过500个字符。")
    return CellReading({"remark": text}, {"remark": text})


_READERS: dict[str, Callable[[object, DepartmentNames], CellReading]] = {
    "title": _title,
    "text": _words,
    "lead": _lead,
    "co": _co,
    "importance": _choice("importance", list(Measure.Importance.choices)),
    "cadence": _choice("cadence", list(Measure.Cadence.choices)),
    "cadence_day": _cadence_day,
    "starts_on": _start,
    "due_on": _due,
    "recurrence": _recurrence,
    "recurrence_by": _recurrence_by,
    "indicators": _indicators,
    "remark": _remark,
}
