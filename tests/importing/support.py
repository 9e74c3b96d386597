"""The real report, its assignment sheet, and the two steps of an import as the tests call them."""

from pathlib import Path

from django.conf import settings

from tests.makers import NOW, TODAY
from tracker.importing import apply_import, propose_import, read_assignment_sheet
from tracker.importing.departments import load_departments
from tracker.models import load_calendar
from tracker.plan_document import parse_plan, read_bytes

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
REPORT = FIXTURES / "plans" / "report-fullwidth.txt"
OTHER_PRINTING = FIXTURES / "plans" / "report-halfwidth.txt"
SHEET = FIXTURES / "assignments.xlsx"


def propose(text, *, sheet=None, name="报告.txt", **options):
    """The proposal for a text, as of TODAY."""
    source = read_bytes(text.encode(), name)
    given = {"title": None, "starts_on": None, "plan": None, "as_new": False, **options}
    return propose_import(
        source=source,
        parsed=parse_plan(source),
        sheet=read_assignment_sheet(sheet) if sheet else None,
        today=TODAY,
        calendar=load_calendar(),
        **given,
    )


def run_import(text, *, actor=None, **options):
    return apply_import(propose(text, **options), actor=actor, now=NOW)


def import_report():
    """The plan of the real report, imported with its sheet among the city's departments."""
    load_departments(FIXTURES / "departments.json")
    return run_import(REPORT.read_text(encoding="utf-8"), sheet=SHEET, title="考察报告").plan
