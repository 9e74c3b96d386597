"""Fixtures of the import tests; models are imported inside, since pytest reads this file before Django is set up."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture
def departments(db):
    from tracker.importing.departments import load_departments

    load_departments(FIXTURES / "departments.json")


@pytest.fixture
def report() -> str:
    return (FIXTURES / "plans" / "report-fullwidth.txt").read_text(encoding="utf-8")


@pytest.fixture
def edited_sheet(tmp_path):
    """A copy of the assignment sheet with some cells changed: {"C5": "市工信局"}."""

    def make(cells=None, *, delete_rows=(), name="分解.xlsx"):
        workbook = load_workbook(FIXTURES / "assignments.xlsx")
        sheet = workbook["责任分解"]
        for place, value in (cells or {}).items():
            sheet[place] = value
        for row in sorted(delete_rows, reverse=True):
            sheet.delete_rows(row)
        path = tmp_path / name
        workbook.save(path)
        return path

    return make
