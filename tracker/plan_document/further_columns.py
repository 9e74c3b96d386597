"""Keep what a table says of a task in columns that are no field: targets in its words, the rest listed by its column."""

from __future__ import annotations

from collections.abc import Iterable

from .cells import Cell
from .lazy_pattern import lazy_pattern

# 年度目标, 完成标准, 预期成效: what the task is to reach, without which its words say too little.
_SUBSTANCE = lazy_pattern(r"目标|标准|指标|成效|效果|成果|产出|内容|措施|举措|要求|任务|工程量")
_OF_THE_RECORD = lazy_pattern(r"下一步|评分|考核|得分|情况|进展|进度|经验|做法|差距|短板|问题|来源")
_WITHOUT_FIELD = frozenset({"other", "person", "start"})


def further_cells(heads: list[Cell], cells: list[Cell], roles: list[str | None]) -> list[tuple[Cell, Cell]]:
    """Head and cell of the filled columns of a row that give no field; cells merged with a column of a field are its."""
    fields = {
        (cell.start, cell.end)
        for cell, role in zip(cells, roles, strict=True)
        if role not in _WITHOUT_FIELD and not cell.empty
    }
    found: dict[tuple[int, int], tuple[Cell, Cell]] = {}
    for head, cell, role in zip(heads, cells, roles, strict=True):
        place = (cell.start, cell.end)
        if role in _WITHOUT_FIELD and not cell.empty and place not in fields:
            found.setdefault(place, (head, cell))
    return list(found.values())


def heads_of(rows: list[list[Cell]]) -> list[Cell]:
    """The head of each column: of two header rows the lower one where it has words."""
    heads = rows[0]
    for row in rows[1:]:
        if len(row) == len(heads):
            heads = [below if below.work else head for head, below in zip(heads, row, strict=True)]
    return heads


def is_of_the_task(head: Cell) -> bool:
    """Whether a column says what is to be reached (年度目标, 完成标准) rather than who reports and how far it has come."""
    return _SUBSTANCE.search(head.work) is not None and _OF_THE_RECORD.search(head.work) is None


def listed_beside(further: Iterable[tuple[Cell, Cell]]) -> list[tuple[int, int, str]]:
    """Span and reason of the cells that are no part of the task's words."""
    return [
        (
            cell.start,
            cell.end,
            f"表格的“{''.join(head.printed.split())}”一栏" if head.work else "表格里没有列名的一栏",
        )
        for head, cell in further
        if not is_of_the_task(head)
    ]
