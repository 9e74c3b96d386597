"""The ledger holds of the reports what its reader may see, and the lead's own words alone."""

import io

import pytest
from openpyxl import load_workbook

from tests.makers import NOW, liaison_of, make_department, make_measure, make_user
from tracker import access, actions
from tracker.models import Measure
from tracker.reports.ledger import SHEET_TITLE, for_ledger, write_ledger

pytestmark = pytest.mark.django_db


def texts(reader) -> str:
    """All that the ledger says to this person, in one string."""
    rows = for_ledger(access.visible_to(reader), reader=reader)
    sheet = load_workbook(io.BytesIO(write_ledger(rows)))[SHEET_TITLE]
    return "|".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def test_drafts_and_part_reports_are_not_the_measures_progress():
    lead, co = make_department("甲局"), make_department("乙局")
    measure = make_measure(lead=lead, co=(co,))
    liaison, helper = liaison_of(lead), liaison_of(co)
    actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=30, progress="已经送出")
    actions.part_report(measure_id=measure.pk, actor=helper, now=NOW, progress="只是配合")
    actions.save_draft(measure_id=measure.pk, actor=liaison, now=NOW, progress="尚未送出", percent=60)
    for reader in (make_user("office"), liaison, helper):
        said = texts(reader)
        assert "已经送出" in said and "尚未送出" not in said and "只是配合" not in said


def test_what_was_reported_before_a_measure_is_published_is_not_for_others():
    first, stranger = make_department("甲局"), make_department("乙局")
    measure = make_measure(lead=first, acknowledged=False)
    liaison, office = liaison_of(first), make_user("office")
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=NOW)
    actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=30, progress="前任所做")
    # Only what this reader sees matters here, not the way by which it came to be published.
    Measure.objects.filter(pk=measure.pk).update(status="published", lead=None)
    assert measure.title in texts(liaison_of(stranger))
    assert "前任所做" not in texts(liaison_of(stranger))
    assert "前任所做" in texts(office)
