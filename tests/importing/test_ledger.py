"""The ledger's round trip: unchanged → nothing; edited cells → exactly those fields; a wrong cell → nothing at all."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.importing.ledgers import LETTERS, edited, exported, refused
from tests.importing.support import SHEET, import_report
from tests.makers import NOW, liaison_of, make_department, make_measure, make_section, make_user
from tracker import actions
from tracker.importing import ImportRefused
from tracker.importing.ledger import apply_ledger, propose_ledger
from tracker.models import Measure, MeasureEvent
from tracker.rules.violations import NotAllowed

pytestmark = pytest.mark.django_db


def stored():
    return (list(Measure.objects.order_by("pk").values()), MeasureEvent.objects.count())


@pytest.fixture
def make_standing():
    return import_report


@pytest.fixture
def report_measures(standing_rows):
    return standing_rows.measures.order_by("position")


def test_an_unchanged_ledger_changes_nothing(report_measures):
    liaison = liaison_of(report_measures[0].lead)
    actions.acknowledge(measure_id=report_measures[0].pk, actor=liaison, now=NOW)
    actions.report(measure_id=report_measures[0].pk, actor=liaison, now=NOW, percent=30, progress="=1+1")
    data = exported()
    assert propose_ledger(data, actor=None).changes == ()
    assert propose_ledger(edited(data, {}), actor=None).changes == ()  # saved again by a spreadsheet program


def test_edited_cells_change_exactly_those_fields(report_measures):
    first, second = report_measures[0], report_measures[1]
    data = edited(
        exported(),
        {
            ("牵头单位", 2): "市政府办",
            ("配合单位", 2): "市财政局、市教体局",
            ("完成时限", 2): date(2027, 1, 31),
            ("重要程度", 3): "一般",
            ("完成时限", 3): "长期坚持",
            ("指标", 3): "培训干部≥500人",
            ("周期目标", 3): "每季度2期",
            ("报送周期", 3): "每季度",
            ("备注", 3): "=HYPERLINK(1)",
        },
    )
    changes = propose_ledger(data, actor=None).changes
    assert [set(change.words) for change in changes] == [
        {"牵头单位", "配合单位", "完成时限"},
        {"重要程度", "完成时限", "指标", "周期目标", "报送周期", "备注"},
    ]
    assert [changes[0].words[name][1] for name in ("牵头单位", "配合单位", "完成时限")] == [
        "市政府办公室",
        "市财政局、市教育局",
        "2027-01-31",
    ]
    assert changes[1].words["完成时限"][1] == "长期坚持"
    others = list(Measure.objects.exclude(pk__in=[first.pk, second.pk]).order_by("pk").values())
    assert apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx") == 2
    assert list(Measure.objects.exclude(pk__in=[first.pk, second.pk]).order_by("pk").values()) == others
    first = Measure.objects.get(pk=first.pk)
    assert first.events.last().note == "按台账《台账.xlsx》更新"
    assert (first.lead.name, first.due_on) == ("市政府办公室", date(2027, 1, 31))
    assert {d.name for d in first.co_departments.all()} == {"市财政局", "市教育局"}
    second = Measure.objects.get(pk=second.pk)
    assert (second.standing, second.due_on, second.recurrence_target) == (True, None, 2)
    assert second.remark == "=HYPERLINK(1)"
    assert propose_ledger(exported(), actor=None).changes == ()


def test_wrong_cells_are_named_by_sheet_row_and_column_and_nothing_is_written(report_measures):
    before = stored()
    reasons = refused(
        edited(
            exported(),
            {
                ("牵头单位", 2): "市梦想局",
                ("完成时限", 3): "+30天",
                ("完成时限", 4): "尽快",
                ("状态", 5): "已办结",
                ("进度（%）", 6): 100,
                ("事项编码", 7): 999999,
                ("版次", 8): 77,
                ("具体措施", 9): None,
                ("重要程度", 10): "特急",
                ("开始时间", 11): "长期",
                ("备注", 12): "很" * 501,
                ("配合单位", 13): "市财政局、火星局",
                ("指标", 14): "很多",
                ("周期目标", 15): "经常",
                ("事项编码", 17): Measure.objects.order_by("position")[14].pk,
            },
        )
    )
    places = [reason.split("：")[0] for reason in reasons]
    expected = ["牵头单位", "完成时限", "完成时限", "状态", "进度（%）", "事项编码", "版次", "具体措施"]
    expected += ["重要程度", "开始时间", "备注", "配合单位", "指标", "周期目标", "事项编码"]
    rows = [*range(2, 16), 17]
    named = {"事项编码", "版次"}  # their message says by itself which they are
    assert places == [
        f"台账!{LETTERS[header]}{row}" + ("" if header in named else f"（{header}）")
        for header, row in zip(expected, rows, strict=True)
    ]
    assert stored() == before


def test_others_changes_since_the_export_stay_and_a_clash_is_named(report_measures):
    first = report_measures[0]
    data = exported()
    actions.edit(
        measure_id=first.pk, actor=None, now=NOW, due_on=first.due_on + timedelta(days=7), note="批示"
    )
    assert propose_ledger(data, actor=None).changes == ()
    (change,) = propose_ledger(edited(data, {("备注", 2): "重点关注"}), actor=None).changes
    assert dict(change.values) == {"remark": "重点关注"}
    (reason,) = refused(edited(data, {("完成时限", 2): date(2028, 1, 1)}))
    assert reason.startswith(
        f"台账!{LETTERS['完成时限']}2（完成时限）：导出后该单元格已于2026-03-10由系统（命令行）改为"
    )


def test_a_rule_that_forbids_one_row_stops_all(report_measures):
    first, second = report_measures[0], report_measures[1]
    liaison = liaison_of(second.lead)
    actions.acknowledge(measure_id=second.pk, actor=liaison, now=NOW)
    actions.apply_to_close(measure_id=second.pk, actor=liaison, now=NOW, result="完成")
    actions.close(measure_id=second.pk, actor=None, now=NOW, grade="good")
    changes = propose_ledger(edited(exported(), {("备注", 2): "甲", ("备注", 3): "乙"}), actor=None).changes
    before = stored()
    with pytest.raises(ImportRefused, match=r"台账!A3.*已办结"):
        apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx")
    assert stored() == before
    assert Measure.objects.get(pk=first.pk).remark != "甲"


def test_cells_that_look_like_formulas_are_written_as_text():
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")']
    section = make_section()
    for words in hostile:
        make_measure(draft={"section": section, "title": words}, remark=words)
    sheet = load_workbook(BytesIO(exported())).active
    for row, words in enumerate(hostile, 2):
        for header in ("具体措施", "备注"):
            cell = sheet[f"{LETTERS[header]}{row}"]
            assert (cell.value, cell.data_type, cell.quotePrefix) == (words, "s", True)
    assert propose_ledger(exported(), actor=None).changes == ()


def test_texts_that_excel_cannot_keep_whole_come_back_unchanged():
    long = make_measure(draft={"text": "很长" * 20_000})
    make_measure(draft={"text": "响铃\x07与回车\r\n换行"})
    data = exported()
    assert propose_ledger(data, actor=None).changes == ()
    (reason,) = refused(edited(data, {("具体要求", 2): "短"}))
    assert "超过单元格上限" in reason
    assert Measure.objects.get(pk=long.pk).text == "很长" * 20_000


def test_what_is_no_ledger_is_refused():
    for data in (b"", b"\x00" * 99):
        assert "不是有效的 .xlsx" in refused(data)[0]
    assert "已损坏" in refused(b"PK\x03\x04")[0]
    (reason,) = refused(SHEET.read_bytes())
    assert "没有“事项编码”“版次”列" in reason
    assert "导入方案" in reason
    assert "只有表头" in refused(exported())[0]


def test_only_the_office_imports_a_ledger():
    make_measure()
    with pytest.raises(NotAllowed):
        propose_ledger(exported(), actor=make_user("liaison"))
    assert propose_ledger(exported(), actor=make_user("office")).changes == ()


def test_queries_do_not_grow_with_rows():
    section, lead, co = make_section(), make_department(), make_department()

    def queries(call):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            call()
        return len(captured)

    counts = []
    for _ in range(2):
        for _ in range(3):
            make_measure(lead=lead, co=(co,), percent=10, draft={"section": section})
        counts.append((queries(exported), queries(lambda: propose_ledger(exported(), actor=None))))
    assert counts[0] == counts[1]


def test_the_commands(report_measures, tmp_path, capsys):
    path = tmp_path / "台账.xlsx"
    call_command("export_ledger", str(path))
    with pytest.raises(CommandError, match="文件已存在"):
        call_command("export_ledger", str(path))
    call_command("import_ledger", str(path))
    assert "没有变化" in capsys.readouterr().out
    path.write_bytes(edited(path.read_bytes(), {("备注", 2): "盯紧"}))
    call_command("import_ledger", str(path), dry_run=True)
    assert "试运行" in capsys.readouterr().out
    assert not Measure.objects.filter(remark="盯紧").exists()
    call_command("import_ledger", str(path))
    assert Measure.objects.get(remark="盯紧").number == "1.1"
    with pytest.raises(CommandError, match="没有编号为 9 的方案"):
        call_command("export_ledger", str(tmp_path / "另.xlsx"), plan=9)
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_ledger", str(tmp_path / "无.xlsx"))


@pytest.mark.parametrize(
    "same",
    [
        "  做强 链条。\n\n 每月调度 3次。\n",
        "做强链条。\r\n　　每月调度3次。 ",
        "做强链条。\n每月调度3次。\u00a0",
    ],
)
def test_blanks_that_nobody_sees_are_no_edit(same):
    measure = make_measure()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, text="做强链条。\n每月调度3次。")
    data = edited(exported(), {("具体要求", 2): same})
    assert propose_ledger(data, actor=None).changes == ()
    # Nor once somebody has changed the words since.
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, text="做强链条，每周调度。")
    assert propose_ledger(data, actor=None).changes == ()


@pytest.mark.parametrize("other", ["做强链条。每月调度3次。", "做强链条。\n每月调度 3 G次。"])
def test_blanks_that_a_reader_sees_are_an_edit(other):
    measure = make_measure()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, text="做强链条。\n每月调度3G次。")
    [change] = propose_ledger(edited(exported(), {("具体要求", 2): other}), actor=None).changes
    assert change.values == {"text": other}


def test_a_cell_that_was_changed_since_says_by_whom():
    measure, clerk, other = make_measure(), make_user("office", name="小李"), make_user("office", name="小王")
    data = edited(exported(), {("备注", 2): "台账里的话"})
    actions.edit(measure_id=measure.pk, actor=clerk, now=NOW, remark="页面上的话")
    words = {person.name: refused(data, actor=person)[0] for person in (clerk, other)}
    assert "导出后该单元格已由您于2026-03-10改为“页面上的话”，请重新导出后再修改。" in words["小李"]
    assert "导出后该单元格已被小李于2026-03-10改为“页面上的话”" in words["小王"]


def test_a_period_of_which_nothing_is_counted_stands_in_the_ledger_and_comes_back():
    measure = make_measure()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, recurrence="monthly")
    data = exported()
    assert load_workbook(BytesIO(data)).active[f"{LETTERS['周期目标']}2"].value == "每月"
    assert propose_ledger(data, actor=None).changes == ()
    for cell, period in (("每季度", "quarterly"), (None, "none")):
        [change] = propose_ledger(edited(data, {("周期目标", 2): cell}), actor=None).changes
        assert change.values == {"recurrence": period, "recurrence_target": None, "recurrence_unit": ""}
