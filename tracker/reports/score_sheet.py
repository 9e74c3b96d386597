"""考核得分 as an Excel file: the scores on one sheet, on the other every fact behind them with its measure."""

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tracker.models import Measure
from tracker.reports.ledger import text_kept_cell
from tracker.reports.score_words import fact_points, fact_words, remarks
from tracker.reports.scorecard import Row, Scorecard
from tracker.rules.lifecycle import GRADE_NAMES
from tracker.rules.scores import PART_NAMES, ROLE_NAMES, WEIGHED, Part

_BOLD = Font(bold=True)
_SCORES = {
    "单位": 26,
    "得分": 8,
    "基础分": 8,
    "牵头": 8,
    "配合": 8,
    **{PART_NAMES[part]: 10 for part in WEIGHED},
    PART_NAMES[Part.IN_TIME]: 10,
    "逾期天数": 10,
    **{name: 8 for name in GRADE_NAMES.values()},
    "容错": 8,
}
_FACTS = {
    "单位": 26,
    "事项编码": 10,
    "序号": 8,
    "具体措施": 40,
    "责任": 8,
    "计分项": 12,
    "说明": 44,
    "分值": 8,
    "备注": 12,
}
# In place of a measure that whoever exports no longer sees.
HANDED_OVER = "（已转由其他单位办理）"


def write_scorecard(card: Scorecard, measures: Mapping[int, Measure]) -> bytes:
    """The bytes of an .xlsx file. `measures`: those whose titles may be told (scorecard.measures_behind).

    Every text is written as text: a cell that begins with = + - @ is data and is never computed.
    """
    workbook = Workbook(write_only=True)
    _fill(workbook, f"得分 {card.period.first} 至 {card.until}", _SCORES, map(_score_row, card.rows))
    facts = (values for row in card.rows for values in _fact_rows(row, measures))
    _fill(workbook, "明细", _FACTS, facts)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _fill(
    workbook: Workbook, title: str, columns: Mapping[str, int], rows: Iterable[Iterable[object]]
) -> None:
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "B2"
    for index, width in enumerate(columns.values(), 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    header = [text_kept_cell(sheet, name) for name in columns]
    for cell in header:
        cell.font = _BOLD
    sheet.append(header)
    for values in rows:
        sheet.append([text_kept_cell(sheet, value) for value in values])


def _score_row(row: Row) -> list[object]:
    score = row.score
    return [
        row.department.name,
        None if score is None else score.value,
        None if score is None else score.base,
        row.led,
        row.assisted,
        *(row.counts[part] for part in (*WEIGHED, Part.IN_TIME)),
        row.overdue_days,
        *(row.grades[grade.value] for grade in GRADE_NAMES),
        row.exempted,
    ]


def _fact_rows(row: Row, measures: Mapping[int, Measure]) -> Iterator[list[object]]:
    for item in row.items:
        measure = measures.get(item.measure)
        for fact in item.judged.facts:
            yield [
                row.department.name,
                item.measure if measure is not None else None,
                measure.number if measure is not None else "",
                measure.title if measure is not None else HANDED_OVER,
                ROLE_NAMES[item.judged.role],
                PART_NAMES[fact.part],
                fact_words(fact),
                fact_points(item, fact),
                "、".join(remarks(item)),
            ]
