"""The ledger (台账) as an Excel file: one row a measure, to be read, edited and imported back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import Prefetch
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from tracker import access
from tracker.models import Measure, ProgressReport
from tracker.models.measure import MeasureQuerySet
from tracker.rules.targets import PERIOD_NAMES, Period, PeriodTarget, format_indicators

SHEET_TITLE = "台账"
# The most characters a cell holds in Excel.
MOST_IN_CELL = 32_767
STANDING = "长期坚持"


@dataclass(frozen=True)
class Column:
    """One column. `edits` names what a changed cell changes; None where the system keeps it. `width` is in characters.

    `keeps` is the tracked field (actions.step.TRACKED) that a column of the system shows, where it shows one.
    """

    header: str
    read: Callable[[Measure], object]
    width: int
    edits: str | None = None
    keeps: str | None = None


def _latest(name: str) -> Callable[[Measure], object]:
    """A text of the latest progress report; the reports are prefetched, newest first."""

    def read(measure: Measure) -> object:
        reports = list(measure.reports.all())
        return getattr(reports[0], name) if reports else ""

    return read


def _target(measure: Measure) -> str:
    """每季度2期, or the period alone (每月) where nothing is counted."""
    if measure.recurrence == Measure.Cadence.NONE:
        return ""
    period = Period(measure.recurrence)
    if not measure.recurrence_target:
        return PERIOD_NAMES[period]
    return str(PeriodTarget(period, measure.recurrence_target, measure.recurrence_unit))


COLUMNS: tuple[Column, ...] = (
    Column("事项编码", lambda m: m.pk, 9),
    Column("版次", lambda m: m.version, 6),
    Column("序号", lambda m: m.number, 7, keeps="number"),
    Column("部分", lambda m: str(m.section), 18),
    Column("具体措施", lambda m: m.title, 20, "title"),
    Column("具体要求", lambda m: m.text, 60, "text"),
    Column("牵头单位", lambda m: m.lead.name if m.lead else "", 18, "lead"),
    Column("配合单位", lambda m: "、".join(d.name for d in m.co_departments.all()), 28, "co"),
    Column("重要程度", lambda m: m.get_importance_display(), 9, "importance"),
    Column("开始时间", lambda m: m.starts_on, 12, "starts_on"),
    Column("完成时限", lambda m: STANDING if m.standing else m.due_on, 12, "due_on"),
    Column("报送周期", lambda m: m.get_cadence_display(), 9, "cadence"),
    Column("报送日", lambda m: m.cadence_day, 7, "cadence_day"),
    Column("周期目标", _target, 11, "recurrence"),
    Column("每期时限", lambda m: m.recurrence_by, 18, "recurrence_by"),
    Column(
        "指标", lambda m: format_indicators(row.as_target() for row in m.indicators.all()), 24, "indicators"
    ),
    Column("状态", lambda m: m.get_status_display(), 9, keeps="status"),
    Column("进度（%）", lambda m: m.percent, 9, keeps="percent"),
    Column("进展情况", _latest("progress"), 36),
    Column("存在问题", _latest("problems"), 28),
    Column("下一步措施", _latest("next_steps"), 28),
    Column("备注", lambda m: m.remark, 22, "remark"),
)

_HEADER_FONT = Font(bold=True)
_EDITED = PatternFill("solid", fgColor="FFF2CC")
_KEPT = PatternFill("solid", fgColor="D9D9D9")


def for_ledger(measures: MeasureQuerySet, *, reader: access.Someone | None = None) -> MeasureQuerySet:
    """The measures with all that a row needs, in the ledger's order (six queries however many rows).

    The reports are the lead's own that were sent; of those only what `reader` may see, all for the office's own programs.
    """
    reports = ProgressReport.objects.all() if reader is None else access.reports_visible_to(reader)
    told = reports.exclude(state=ProgressReport.State.DRAFT).exclude(kind=ProgressReport.Kind.PART)
    return (
        measures.select_related("section", "lead")
        .prefetch_related("co_departments", "indicators", Prefetch("reports", told))
        .order_by("plan", "position", "id")
    )


def cell_value(value: object) -> Any:
    """What a cell holds for a value: dates and numbers as they are, anything else as text that Excel can keep."""
    if value is None or isinstance(value, int | date | Decimal):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))[:MOST_IN_CELL]


def text_kept_cell(sheet: Any, value: object) -> Any:
    """A cell with this value; text that begins with = + - @ is data and is never computed."""
    kept = cell_value(value)
    cell = WriteOnlyCell(sheet, kept)
    if isinstance(kept, str):
        cell.data_type = "s"
        # Excel then keeps taking it for text when somebody edits the cell.
        cell.quotePrefix = kept.startswith(("=", "+", "-", "@"))
    return cell


def write_ledger(
    measures: Iterable[Measure], *, progress: Callable[[int], None] = lambda rows: None
) -> bytes:
    """The ledger as the bytes of an .xlsx file. Measures as `for_ledger` gives them; `progress` gets rows written.

    Every text is written as text: a cell that begins with = + - @ is data and is never computed.
    """
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(SHEET_TITLE)
    sheet.freeze_panes = "F2"
    for index, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    header = []
    for column in COLUMNS:
        cell = WriteOnlyCell(sheet, column.header)
        cell.font = _HEADER_FONT
        cell.fill = _EDITED if column.edits else _KEPT
        header.append(cell)
    sheet.append(header)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for count, measure in enumerate(measures, 1):
        row = []
        for column in COLUMNS:
            cell = text_kept_cell(sheet, column.read(measure))
            cell.alignment = wrapped
            row.append(cell)
        sheet.append(row)
        progress(count)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()
