"""Ledgers for tests: as the system exports them, and as somebody edited them."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tracker.importing import ImportRefused
from tracker.importing.ledger import propose_ledger
from tracker.models import Measure
from tracker.reports.ledger import COLUMNS, for_ledger, write_ledger

LETTERS = {column.header: chr(ord("A") + index) for index, column in enumerate(COLUMNS)}


def exported() -> bytes:
    return write_ledger(for_ledger(Measure.objects.all()))


def saved(workbook: Workbook) -> bytes:
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def edited(data: bytes, cells: dict[tuple[str, int], object]) -> bytes:
    """The workbook with cells changed, named by header and row (row 2 is the first measure)."""
    workbook = load_workbook(BytesIO(data))
    for (header, row), value in cells.items():
        workbook.active[f"{LETTERS[header]}{row}"] = value
    return saved(workbook)


def refused(data: bytes, **kw) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        propose_ledger(data, **{"actor": None, **kw})
    return caught.value.reasons
