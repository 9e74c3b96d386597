"""A ledger whose rows, columns, sheets or cells are not as they were exported: named by place, never passed over."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from tests.importing.ledgers import LETTERS, edited, exported, refused, saved
from tests.makers import NOW, liaison_of, make_department, make_draft, make_measure, make_section
from tracker import actions
from tracker.importing.ledger import propose_ledger
from tracker.models import Measure

pytestmark = pytest.mark.django_db
# The first column behind the ledger's own.
BESIDE = get_column_letter(len(LETTERS) + 1)


@pytest.fixture
def make_standing():
    return make_three


@pytest.fixture
def three(standing_rows):
    """See make_three."""
    return standing_rows


def make_three():
    """Three measures of one plan, rows 2 to 4."""
    section, lead = make_section(), make_department("市财政局")
    return [
        make_measure(lead=lead, draft={"section": section, "title": f"任务{n}"}, remark="原备注")
        for n in (1, 2, 3)
    ]


def opened():
    return load_workbook(BytesIO(exported()))


def proposed(workbook):
    return propose_ledger(saved(workbook), actor=None)


def test_measures_without_a_row_are_named_and_left_alone(three):
    elsewhere = make_measure()
    workbook = opened()
    workbook.active.delete_rows(3)
    workbook.active.delete_rows(4)  # the other plan's only row
    found = proposed(workbook)
    assert found.changes == ()
    assert found.missing == (three[1],)
    assert found.plans == (three[0].plan,)
    assert elsewhere.plan not in found.plans
    late = make_draft(section=three[0].section)
    assert proposed(workbook).missing == (three[1], late)


def test_a_column_that_is_gone_is_named_and_stays_as_it_was(three):
    workbook = opened()
    workbook.active.delete_cols(len(LETTERS))
    workbook.active[f"{LETTERS['具体措施']}2"] = "新名"
    found = proposed(workbook)
    assert found.notices == ("“台账”表第1行的表头缺少“备注”列，这些列在系统中的内容保持不变。",)
    assert [dict(change.values) for change in found.changes] == [{"title": "新名"}]


def test_a_renamed_column_is_refused_by_its_place(three):
    (reason,) = refused(edited(exported(), {("备注", 1): "备注说明", ("备注", 2): "盯紧"}))
    assert reason.startswith(f"台账!{LETTERS['备注']}1：表头“备注说明”不是台账的列，而台账缺少“备注”列")


def test_a_column_of_one_s_own_is_not_read_and_that_is_said(three):
    workbook = opened()
    workbook.active[f"{BESIDE}1"], workbook.active[f"{BESIDE}2"] = "我的批注", "盯紧"
    found = proposed(workbook)
    assert found.notices == (f"台账!{BESIDE}1：“我的批注”不是台账的列，这一列没有读取。",)
    assert found.changes == ()


def test_a_column_that_stands_twice_is_refused(three):
    workbook = opened()
    workbook.active[f"{BESIDE}1"] = "备注"
    assert refused(saved(workbook)) == [
        f"台账!{BESIDE}1：表头“备注”与台账!{LETTERS['备注']}1重复，不知道用哪一列。"
    ]


@pytest.mark.parametrize("key", [None, "  "])
def test_a_row_without_a_key_is_named_and_told_where_new_ones_go(three, key):
    workbook = opened()
    workbook.active.append([key, None, "1.9", None, "新任务", "抓好新任务。"])
    (reason,) = refused(saved(workbook))
    assert reason.startswith("台账!A5：这一行（“新任务”）没有事项编码")
    assert "导入方案" in reason
    assert "None" not in reason


def test_a_row_without_a_version_says_so(three):
    (reason,) = refused(edited(exported(), {("版次", 3): None}))
    assert reason.startswith("台账!B3：版次为空")


def test_merged_cells_are_refused_by_their_place(three):
    workbook = opened()
    workbook.active.merge_cells("G2:G4")
    (reason,) = refused(saved(workbook))
    assert reason.startswith("台账!G2:G4：是合并单元格")


@pytest.mark.parametrize("header", ["部分", "状态", "进展情况"])
def test_what_the_system_keeps_may_be_merged_for_printing(three, header):
    workbook = opened()
    workbook.active.merge_cells(f"{LETTERS[header]}2:{LETTERS[header]}4")
    workbook.active[f"{LETTERS['备注']}3"] = "盯紧"
    (change,) = proposed(workbook).changes
    assert (change.measure, change.values) == (three[1], {"remark": "盯紧"})
    workbook.active.unmerge_cells(f"{LETTERS[header]}2:{LETTERS[header]}4")
    workbook.active.merge_cells("D2:E3")
    assert refused(saved(workbook))[0].startswith("台账!D2:E3：是合并单元格")


def test_merged_cells_above_the_table_do_no_harm(three):
    workbook = opened()
    workbook.active.insert_rows(1)
    workbook.active["A1"] = "全市重点任务台账"
    workbook.active.merge_cells("A1:T1")
    assert proposed(workbook).changes == ()
    workbook.active["G3"] = "梦想局"
    assert refused(saved(workbook))[0].startswith("台账!G3（牵头单位）：")


def test_every_sheet_with_a_ledger_s_header_is_read_and_the_others_are_named(three):
    workbook = opened()
    first = workbook.active
    second = workbook.copy_worksheet(first)
    second.title = "乙"
    first.delete_rows(4)
    second.delete_rows(2, 2)
    second[f"{LETTERS['备注']}2"] = "盯紧"
    workbook.create_sheet("说明").append(["填报说明"])
    workbook.create_sheet("空表")
    hidden = workbook.create_sheet("旧表")
    hidden.append(["旧内容"])
    hidden.sheet_state = "hidden"
    found = proposed(workbook)
    assert [(change.measure, change.place) for change in found.changes] == [(three[2], "乙!A2")]
    assert found.missing == ()
    assert found.notices == (
        "工作表“旧表”是隐藏的，没有读取。",
        "工作表“说明”没有台账的表头，没有读取。",
    )


@pytest.mark.parametrize(
    "typed", ["2027.1.31", "2027/1/31", "2027年1月31日", "2027-01-31 00:00:00", "二〇二七年一月三十一日"]
)
def test_a_date_typed_as_text_is_a_date(three, typed):
    (change,) = propose_ledger(edited(exported(), {("完成时限", 2): typed}), actor=None).changes
    assert change.values["due_on"].isoformat() == "2027-01-31"


@pytest.mark.parametrize(
    ("header", "typed", "words"),
    [
        ("完成时限", "20271331", "不是日期"),
        ("完成时限", 30, "2000年到2100年"),
        ("完成时限", "2027-02-30", "不是日期"),
        ("完成时限", "1月底", "不是日期"),
        ("完成时限", "1997-01-31", "2000年到2100年"),
        ("完成时限", None, "日期为空"),
        ("进度（%）", 0.5, "由系统维护"),
        ("进度（%）", "50%", "由系统维护"),
        ("具体措施", "#REF!", "错误值"),
        ("备注", "盯\u202e紧", "U+202E"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_cell(three, header, typed, words):
    (reason,) = refused(edited(exported(), {(header, 2): typed}))
    assert reason.startswith(f"台账!{LETTERS[header]}2（{header}）：")
    assert words in reason


def test_an_edit_of_what_the_system_keeps_is_refused_in_an_old_ledger_too(three):
    first = three[0]
    old = exported()
    actions.report(measure_id=first.pk, actor=liaison_of(first.lead), now=NOW, percent=40, progress="过半")
    assert propose_ledger(old, actor=None).changes == ()
    for header, typed in (("进度（%）", 90), ("状态", "已办结"), ("序号", "9.9")):
        (reason,) = refused(edited(old, {(header, 2): typed}))
        assert reason.startswith(f"台账!{LETTERS[header]}2（{header}）：“{header}”由系统维护")


def test_an_array_formula_is_the_words_that_were_typed(three):
    workbook = opened()
    remark = f"{LETTERS['备注']}2"
    workbook.active[remark] = ArrayFormula(f"{remark}:{remark}", "=SUM(A1:A2)")
    (change,) = proposed(workbook).changes
    assert change.values == {"remark": "=SUM(A1:A2)"}


def test_a_line_break_in_a_title_becomes_a_blank(three):
    (change,) = propose_ledger(edited(exported(), {("具体措施", 2): "抓\n链条"}), actor=None).changes
    assert change.values == {"title": "抓 链条"}


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (OLD_OFFICE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (OLD_OFFICE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "旧版 Excel"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ".ods"),
        ("事项编码,版次\n1,1\n".encode(), "不是有效的 .xlsx"),
    ],
)
def test_another_format_is_told_whatever_it_is_called(data, words):
    (reason,) = refused(data)
    assert words in reason


def test_a_ledger_saved_with_a_wrong_extent_is_read_whole(three):
    """Some programs write <dimension ref="A1"/> whatever the sheet holds."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(edited(exported(), {("备注", 4): "盯紧"}))) as package,
        zipfile.ZipFile(stream, "w") as changed,
    ):
        for part in package.namelist():
            content = package.read(part)
            if part.startswith("xl/worksheets/sheet"):
                extent = f'<dimension ref="A1:{LETTERS["备注"]}4"'.encode()
                assert extent in content
                content = content.replace(extent, b'<dimension ref="A1:A1"')
            changed.writestr(part, content)
    (change,) = propose_ledger(stream.getvalue(), actor=None).changes
    assert change.measure == three[2]


def test_a_broken_sheet_is_refused_in_words(three):
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(exported())) as package, zipfile.ZipFile(stream, "w") as changed:
        for part in package.namelist():
            content = package.read(part)
            changed.writestr(part, content[:-200] if part.startswith("xl/worksheets/") else content)
    assert "不是有效的 .xlsx" in refused(stream.getvalue())[0]
    assert Measure.objects.filter(remark="原备注").count() == 3
