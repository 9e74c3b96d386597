"""An assignment sheet of several sheets, or with merged cells: read whole, or refused by its place."""

import pytest
from openpyxl import Workbook

from tests.importing.support import propose
from tests.makers import make_department
from tracker.importing import ImportRefused
from tracker.models import Measure

pytestmark = pytest.mark.django_db
PLAN = "重点任务\n一、产业\n（一）抓链条。做强链条。\n（二）抓项目。推进项目。\n"
HEADER = ["序号", "牵头单位", "完成时限"]


@pytest.fixture
def book(tmp_path):
    """`book(workbook)`: the workbook as a file."""
    make_department("市财政局")

    def save(workbook):
        path = tmp_path / "分解.xlsx"
        workbook.save(path)
        return path

    return save


def filled(sheet, *rows):
    for row in (HEADER, *rows):
        sheet.append(row)


def test_every_sheet_with_the_header_is_read(book):
    workbook = Workbook()
    filled(workbook.active, ["1.1", "市财政局", "2030-06-30"])
    filled(workbook.create_sheet("二"), ["1.2", "市财政局", "长期"])
    workbook.create_sheet("说明").append(["填报说明"])
    old = workbook.create_sheet("旧")
    filled(old, ["1.1", "梦想局", "尽快"])
    old.sheet_state = "hidden"
    leads = {
        item.number: item.assignment.values["lead"].name
        for item in propose(PLAN, sheet=book(workbook)).measures
    }
    assert leads == {"1.1": "市财政局", "1.2": "市财政局"}


def test_the_same_number_in_two_sheets_is_refused(book):
    workbook = Workbook()
    filled(workbook.active, ["1.1", "市财政局", "2030-06-30"])
    filled(workbook.create_sheet("二"), ["1.1", "市财政局", "2030-09-30"])
    with pytest.raises(ImportRefused) as caught:
        propose(PLAN, sheet=book(workbook))
    assert caught.value.reasons == ["二!A2：编号“1.1”重复出现。"]


def test_a_merged_cell_is_refused_by_its_place(book):
    workbook = Workbook()
    filled(workbook.active, ["1.1", "市财政局", "2030-06-30"], ["1.2", None, "2030-06-30"])
    workbook.active.merge_cells("B2:B3")
    with pytest.raises(ImportRefused) as caught:
        propose(PLAN, sheet=book(workbook))
    assert caught.value.reasons[0].startswith("Sheet!B2:B3：是合并单元格")
    assert not Measure.objects.exists()
