"""Imports an edited ledger (台账) back: exactly the edited cells are written, or nothing when any cell is wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from openpyxl.utils import get_column_letter

from tracker import access, actions
from tracker.importing.departments import DepartmentNames
from tracker.importing.errors import ImportRefused
from tracker.importing.ledger_cells import CellError, read_cell
from tracker.importing.workbooks import TableRow, read_table
from tracker.models import Measure, User
from tracker.models.measure import MeasureQuerySet
from tracker.reports.history import state_at_version
from tracker.reports.ledger import COLUMNS, MOST_IN_CELL, Column, cell_value, for_ledger
from tracker.rules.violations import NotAllowed, RuleViolation

_KEY, _VERSION = COLUMNS[0].header, COLUMNS[1].header


@dataclass(frozen=True)
class LedgerChange:
    """One measure whose row was edited. `values` are keyword arguments of actions.edit; `words` (before, after) by header."""

    measure: Measure
    place: str
    values: Mapping[str, Any]
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def propose_ledger(data: bytes, *, actor: User | None) -> tuple[LedgerChange, ...]:
    """What the edited cells of a ledger would change; reads only.

    A cell counts as edited when it differs from what the ledger said when it was exported; what others changed
    meanwhile in other cells stays. Raises ImportRefused with every wrong cell, named by sheet, row and column, and
    NotAllowed for anybody but 督查室.
    """
    _check_office(actor)
    rows = _read_rows(data)
    measures = _measures(rows, Measure.objects.all())
    names = DepartmentNames()
    reasons: list[str] = []
    changes: list[LedgerChange] = []
    seen: set[int] = set()
    for row in rows:
        measure = measures.get(_whole(row.cells.get(_KEY)) or 0)
        version = _whole(row.cells.get(_VERSION))
        if measure is None:
            reasons.append(f"{row.places[_KEY]}：没有事项编码为“{row.cells.get(_KEY)}”的事项。")
        elif measure.pk in seen:
            reasons.append(f"{row.places[_KEY]}：事项编码“{measure.pk}”重复出现。")
        elif version is None or not 1 <= version <= measure.version:
            reasons.append(
                f"{row.places[_VERSION]}：版次“{row.cells.get(_VERSION)}”不是导出时的版次，请勿修改。"
            )
        else:
            seen.add(measure.pk)
            change = _read_change(row, measure, version, names, reasons)
            if change is not None:
                changes.append(change)
    if reasons:
        raise ImportRefused(reasons)
    return tuple(changes)


def apply_ledger(
    changes: Iterable[LedgerChange],
    *,
    actor: User | None,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Writes the changes in one transaction and says how many measures changed.

    Raises ImportRefused naming the row that a rule, or somebody else's change meanwhile, forbids; nothing is then written.
    """
    _check_office(actor)
    done = 0
    with transaction.atomic():
        for change in changes:
            try:
                actions.edit(
                    measure_id=change.measure.pk,
                    actor=actor,
                    now=now,
                    note="按台账更新",
                    expected_version=change.measure.version,
                    **change.values,
                )
            except RuleViolation as violation:
                raise ImportRefused(
                    [f"{change.place}（{change.measure}）：{violation.message}"]
                ) from violation
            done += 1
            progress(done)
    return done


def _check_office(actor: User | None) -> None:
    if actor is not None and not access.is_office(actor):
        raise NotAllowed("台账只能由督查室导入。")


def _whole(value: object) -> int | None:
    """A cell's whole number, whether Excel kept it as number or text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def _measures(rows: Iterable[TableRow], measures: MeasureQuerySet) -> dict[int, Measure]:
    keys = {key for row in rows if (key := _whole(row.cells.get(_KEY)))}
    found: dict[int, Measure] = {}
    keys_in_order = sorted(keys)
    for start in range(0, len(keys_in_order), 500):
        chunk = for_ledger(measures.filter(pk__in=keys_in_order[start : start + 500]))
        found.update({measure.pk: measure for measure in chunk})
    return found


def _read_change(
    row: TableRow, measure: Measure, version: int, names: DepartmentNames, reasons: list[str]
) -> LedgerChange | None:
    """What this row changes; wrong cells go to `reasons`."""
    base = None if version == measure.version else state_at_version(measure, version)
    values: dict[str, object] = {}
    words: dict[str, tuple[str, str]] = {}
    for column in COLUMNS:
        if column.header not in row.cells or column.header in (_KEY, _VERSION):
            continue
        now_shown = cell_value(column.read(measure))
        cell = _same_kind(row.cells[column.header], now_shown)
        if _shown(cell) == _shown(now_shown):
            continue
        try:
            found = _edited(column, cell, measure, base, names)
        except CellError as error:
            reasons.append(f"{row.places[column.header]}：{error}")
            continue
        if found:
            values.update(found)
            words[column.header] = (_shown(now_shown), _shown(cell))
    if not values:
        return None
    return LedgerChange(measure, row.places[_KEY], values, words)


def _edited(
    column: Column, cell: object, measure: Measure, base: dict[str, object] | None, names: DepartmentNames
) -> dict[str, object]:
    """The values that an edited cell gives; empty when the cell says what the ledger said at its export.

    Raises CellError for a cell that cannot be read, that the system keeps, or that somebody else changed meanwhile.
    """
    if column.edits is None:
        if base is not None:
            return {}  # the measure moved on since the export; the sheet merely shows the older state
        raise CellError(f"“{column.header}”由系统维护，不能在台账中修改。")
    if column.edits == "text" and len(measure.text) > MOST_IN_CELL:
        raise CellError(f"原文超过单元格上限（{MOST_IN_CELL}个字符），不能在台账中修改。")
    found = read_cell(column.edits, cell, names)
    if base is None:
        return found.values
    before = {name: base.get(name) for name in found.tracked}
    if found.tracked == before:
        return {}
    present = state_at_version(measure, measure.version) or {}
    if any(present.get(name) != value for name, value in before.items()):
        raise CellError(
            f"导出后该单元格已被他人改为“{_shown(cell_value(column.read(measure)))}”，请重新导出后再修改。"
        )
    return found.values


def _same_kind(cell: object, shown: object) -> object:
    """A date cell comes back from Excel as a datetime, a whole number perhaps as a float or as text."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(shown, int) and not isinstance(shown, bool):
        number = _whole(cell)
        return cell if number is None else number
    return cell


def _shown(value: object) -> str:
    """A cell's content as text; an empty one is an empty text."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(cell_value(value))


def _read_rows(data: bytes) -> list[TableRow]:
    """The filled rows under the header. Raises ImportRefused when this is no ledger."""
    wanted = f"“{_KEY}”和“{_VERSION}”（由系统导出）"
    return read_table(data, "台账", columns_of=_header, wanted=wanted, formulas=True)


def _header(words: list[str]) -> dict[str, int]:
    """Column header → index when this row is the header, else empty."""
    if _KEY not in words or _VERSION not in words:
        return {}
    known = {column.header for column in COLUMNS}
    columns: dict[str, int] = {}
    for index, word in enumerate(words):
        if word in columns:
            raise ImportRefused(
                [f"表头“{word}”重复出现（{get_column_letter(index + 1)} 列），不知道用哪一列。"]
            )
        if word in known:
            columns[word] = index
    return columns
