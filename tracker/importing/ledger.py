"""Imports an edited ledger (台账) back: exactly the edited cells are written, or nothing when any cell is wrong."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tracker import access, actions
from tracker.importing.departments import DepartmentNames
from tracker.importing.errors import ImportRefused
from tracker.importing.ledger_cells import CellError, read_cell
from tracker.importing.ledger_sheet import KEY, VERSION, read_ledger
from tracker.importing.own_city import names_by_plan
from tracker.importing.workbooks import TableRow
from tracker.models import Measure, Plan, User
from tracker.models.measure import MeasureQuerySet
from tracker.reports.history import state_at_version
from tracker.reports.ledger import COLUMNS, MOST_IN_CELL, STANDING, Column, cell_value, for_ledger
from tracker.rules.lifecycle import STATUS_NAMES, Status
from tracker.rules.violations import NotAllowed, RuleViolation

# What a rule calls a field → the columns that its words may stand in, the likelier first.
_CELLS_OF = {
    "co_departments": ("配合单位", "牵头单位"),
    "lead": ("牵头单位",),
    "title": ("具体措施",),
    "due_on": ("完成时限", "开始时间"),
    "starts_on": ("开始时间", "完成时限"),
    "cadence_day": ("报送日", "报送周期"),
    "recurrence_by": ("每期时限", "周期目标"),
}

# Between two letters or digits a blank parts words, anywhere else nobody sees it.
_UNSEEN_BLANK = re.compile(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])")


@dataclass(frozen=True)
class LedgerChange:
    """One measure whose row was edited. `values` are keyword arguments of actions.rearrange; `words` (before, after) by header.

    `place` is the row's key, `places` each of its cells by header (“台账!H2”).
    """

    measure: Measure
    place: str
    values: Mapping[str, Any]
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, violation: RuleViolation) -> str:
        """The edited cell that broke the rule; the row's key where the rule concerns the measure as a whole."""
        headers = _CELLS_OF.get(violation.field or "", ())
        return next((self.places[header] for header in headers if header in self.words), self.place)


@dataclass(frozen=True)
class LedgerProposal:
    """What importing a ledger would change, and what it leaves alone.

    `missing` are the measures of the same plans that no row stands for (deleted there, or new since the export): nothing
    changes for them. `notices` are Chinese sentences on sheets and columns that are not read.
    """

    changes: tuple[LedgerChange, ...]
    plans: tuple[Plan, ...]
    missing: tuple[Measure, ...]
    notices: tuple[str, ...]


def propose_ledger(
    data: bytes,
    *,
    actor: User | None,
    name: str = "台账",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> LedgerProposal:
    """What the edited cells of a ledger would change; reads only. `name` is the file's, for messages.

    `progress` gets (rows compared, all rows).

    A cell counts as edited when it differs from what the ledger said when it was exported; what others changed
    meanwhile in other cells stays. Raises ImportRefused with every wrong cell, named by sheet, row and column, and
    NotAllowed for anybody but 督查室.
    """
    _check_office(actor)
    sheet = read_ledger(data, name)
    measures = _measures(sheet.rows, Measure.objects.all())
    names = names_by_plan(measure.plan_id for measure in measures.values())
    reasons: list[str] = []
    changes: list[LedgerChange] = []
    seen: dict[int, str] = {}
    for done, row in enumerate(sheet.rows):
        progress(done, len(sheet.rows))
        measure = measures.get(_whole(row.cells.get(KEY)) or 0)
        wrong = _wrong_row(row, measure, seen)
        if wrong is not None:
            reasons.append(wrong)
        elif measure is not None:
            seen[measure.pk] = row.places[KEY]
            change = _read_change(row, measure, names[measure.plan_id], reasons, actor)
            changes += [] if change is None else [change]
    if reasons:
        raise ImportRefused(reasons)
    plans = Plan.objects.filter(pk__in={measure.plan_id for measure in measures.values()}).order_by("pk")
    current = Measure.objects.filter(plan__in=plans, in_text=True).order_by("plan", "position", "id")
    missing = tuple(measure for measure in current.defer("text") if measure.pk not in seen)
    return LedgerProposal(tuple(changes), tuple(plans), missing, tuple(sheet.notices))


def _wrong_row(row: TableRow, measure: Measure | None, seen: Mapping[int, str]) -> str | None:
    """Why it cannot be told which measure the row stands for, or as of when; None when it can."""
    key, version = row.cells.get(KEY), _whole(row.cells.get(VERSION))
    if key is None or not str(key).strip():
        title = str(row.cells.get("具体措施") or "").strip()
        named = f"（“{title[:30]}”）" if title else ""
        return (
            f"{row.places[KEY]}：这一行{named}没有事项编码。台账只能修改已有事项，不能新增：新事项请写进方案，"
            "在“导入方案”中导入新版；合计、说明等行请删去后再导入。"
        )
    if measure is None:
        return f"{row.places[KEY]}：没有事项编码为“{str(key)[:40]}”的事项。"
    if measure.pk in seen:
        return f"{row.places[KEY]}：事项编码“{measure.pk}”重复出现，前面已有一行（{seen[measure.pk]}）。"
    if version is None or not 1 <= version <= measure.version:
        typed = row.cells.get(VERSION)
        shown = "为空" if typed is None or not str(typed).strip() else f"“{str(typed)[:40]}”不是导出时的版次"
        return f"{row.places[VERSION]}：版次{shown}，请从导出的台账中照原样填回。"
    return None


def apply_ledger(
    changes: Iterable[LedgerChange],
    *,
    actor: User | None,
    now: datetime,
    name: str,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Writes the changes in one transaction and says how many measures changed. `name` is the file's: it stands in the trail
    as the reason, for a deadline too.

    Raises ImportRefused naming every row that a rule, or somebody else's change meanwhile, forbids; nothing is then written.
    """
    _check_office(actor)
    done = 0
    reasons: list[str] = []
    changes = list(changes)
    with transaction.atomic():
        held = actions.HeldMeasures(change.measure.pk for change in changes)
        for change in changes:
            try:
                actions.rearrange(
                    measure_id=change.measure.pk,
                    actor=actor,
                    now=now,
                    note=f"按台账《{name}》更新",
                    expected_version=change.measure.version,
                    held=held,
                    **change.values,
                )
            except RuleViolation as violation:
                # Nothing will be written any more, but the next rows are tried too.
                reasons.append(f"{change.place_of(violation)}（{change.measure}）：{violation.message}")
            if held.is_full and not reasons:
                held.write()
            done += 1
            progress(done)
        if reasons:
            raise ImportRefused(reasons)
        held.write()
    return done


def try_ledger(
    changes: Iterable[LedgerChange],
    *,
    actor: User | None,
    now: datetime,
    name: str,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Does all that apply_ledger does and takes it back: nothing stays written. Raises as that does.

    Only the actions know every rule, so whoever must know beforehand whether they agree has to ask them.
    """
    with transaction.atomic():
        apply_ledger(changes, actor=actor, now=now, name=name, progress=progress)
        transaction.set_rollback(True)


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
    keys = {key for row in rows if (key := _whole(row.cells.get(KEY)))}
    found: dict[int, Measure] = {}
    keys_in_order = sorted(keys)
    for start in range(0, len(keys_in_order), 500):
        chunk = for_ledger(measures.filter(pk__in=keys_in_order[start : start + 500]))
        found.update({measure.pk: measure for measure in chunk})
    return found


def _understood(found: Mapping[str, object], cell: object) -> str:
    """What was read of a cell, in words: a department by its full name, a day in ISO form, anything else as typed."""
    if "lead" in found:
        return str(found["lead"])
    if isinstance(found.get("co"), list):
        return "、".join(map(str, found["co"]))  # type: ignore[call-overload]  # a list, as just seen
    day = found.get("due_on", found.get("starts_on"))
    if isinstance(day, date):
        return day.isoformat()
    return STANDING if found.get("standing") else _shown(cell)


def _read_change(
    row: TableRow, measure: Measure, names: DepartmentNames, reasons: list[str], actor: User | None
) -> LedgerChange | None:
    """What this row changes; wrong cells go to `reasons`."""
    version = _whole(row.cells[VERSION]) or measure.version
    base = None if version == measure.version else state_at_version(measure, version)
    values: dict[str, object] = {}
    words: dict[str, tuple[str, str]] = {}
    for column in COLUMNS:
        if column.header not in row.cells or column.header in (KEY, VERSION):
            continue
        now_shown = cell_value(column.read(measure))
        cell = _same_kind(row.cells[column.header], now_shown)
        if _looks_like(_shown(cell), _shown(now_shown)):
            continue
        try:
            found = _edited(column, cell, measure, base, names, actor)
        except CellError as error:
            reasons.append(f"{row.places[column.header]}（{column.header}）：{error}")
            continue
        if found:
            values.update(found)
            words[column.header] = (_shown(now_shown), _understood(found, cell))
    if not values:
        return None
    return LedgerChange(measure, row.places[KEY], values, words, row.places)


def _edited(
    column: Column,
    cell: object,
    measure: Measure,
    base: dict[str, object] | None,
    names: DepartmentNames,
    actor: User | None,
) -> dict[str, object]:
    """The values that an edited cell gives; empty when the cell says, in whatever spelling, what the measure says already
    or what the ledger said at its export.

    Raises CellError for a cell that cannot be read, that the system keeps, or that was changed meanwhile, with by whom.
    """
    if column.edits is None:
        if base is not None and _shows_past(column, cell, base):
            return {}
        raise CellError(f"“{column.header}”由系统维护，不能在台账中修改。")
    if column.edits == "text" and len(measure.text) > MOST_IN_CELL:
        raise CellError(f"原文超过单元格上限（{MOST_IN_CELL}个字符），不能在台账中修改。")
    found = read_cell(column.edits, cell, names, shown=_shown(cell_value(column.read(measure))))
    if all(_alike(_present(measure, name), value) for name, value in found.tracked.items()):
        return {}
    if base is None:
        return found.values
    before = {name: base.get(name) for name in found.tracked}
    if all(_alike(before[name], value) for name, value in found.tracked.items()):
        return {}
    was = before.get(column.edits)
    if isinstance(was, str) and _looks_like(was, _shown(cell)):
        return {}
    present = state_at_version(measure, measure.version) or {}
    if any(present.get(name) != value for name, value in before.items()):
        raise CellError(
            f"导出后该单元格已{_changed_by(measure, before, actor)}改为“{_shown(cell_value(column.read(measure)))}”，"
            "请重新导出后再修改。"
        )
    return found.values


def _changed_by(measure: Measure, fields: Collection[str], actor: User | None) -> str:
    """By whom one of these fields was changed last, in Chinese (one query): “被王某于2026-03-10”, “由您于…”; empty when unknown."""
    changing = Q()
    for name in fields:
        changing |= Q(changes__has_key=name)
    event = measure.events.filter(changing).select_related("actor").order_by("-version").first()
    if event is None:
        return ""
    day = timezone.localtime(event.at).date()
    if event.actor is not None and event.actor == actor:
        return f"由您于{day}"
    return f"被{event.actor}于{day}" if event.actor is not None else f"于{day}由系统（命令行）"


def _looks_like(text: str, other: str) -> bool:
    """Whether two texts differ in nothing that a reader sees: blanks at the ends of lines, between Chinese characters, empty
    lines."""
    return text == other or _visible(text) == _visible(other)


def _visible(text: str) -> list[str]:
    lines = (_UNSEEN_BLANK.sub("", " ".join(line.split())) for line in text.splitlines())
    return [line for line in lines if line]


def _present(measure: Measure, name: str) -> object:
    """The field as the measure has it now, in the form of CellReading.tracked."""
    if name == "co":
        return [department.code for department in measure.co_departments.all()]
    if name == "indicators":
        return [str(row.as_target()) for row in measure.indicators.all()]
    value = getattr(measure, name)
    return value.isoformat() if isinstance(value, date) else value


def _alike(stored: object, read: object) -> bool:
    """Whether both are the same value; departments and indicators have no order of their own."""
    if isinstance(stored, list) and isinstance(read, list):
        return sorted(stored) == sorted(read)
    return stored == read


def _shows_past(column: Column, cell: object, base: Mapping[str, object]) -> bool:
    """Whether a cell of the system merely shows the state of its export; nobody remembers what reports said then."""
    was = base.get(column.keeps) if column.keeps is not None else None
    if was is None:
        return True
    shown = STATUS_NAMES[Status(str(was))] if column.keeps == "status" else was
    return _shown(_same_kind(cell, was)) == _shown(shown)


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
