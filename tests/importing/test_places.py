"""A problem says where it stands: by line in a text, by sheet and cell in a workbook, also where rows are hidden or merged."""

import json
from io import BytesIO

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from tests.importing.support import propose
from tracker.importing.places import Places
from tracker.plan_document import Problem, parse_plan, read_bytes

HEADER = ["序号", "工作任务", "牵头单位", "完成时限"]


def book(**sheets):
    """A workbook's bytes: rows by sheet name; a row None is hidden, cells (from, to) are merged."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, (rows, hidden, merged) in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for number in hidden:
            sheet.row_dimensions[number].hidden = True
        for area in merged:
            sheet.merge_cells(area)
    data = BytesIO()
    workbook.save(data)
    return data.getvalue()


@pytest.fixture
def ledger():
    """Two sheets: a title row, a hidden row above a limit that is no day, words over two lines, a merged unit."""
    first = [
        ["2026年城建清单"],
        [],
        HEADER,
        [1, "修路", "市交通局", "2026年6月底"],
        [2, "旧事", "市交通局", "2026年6月底"],
        [2, "架桥\n两座", "市住建局", "2026年8月32日"],
        [3, "植树", None, "到时候再说"],
    ]
    second = [["", *HEADER], ["", 1, "育人", "市教育局", "近期"]]
    return read_bytes(book(城建=(first, [5], ["C6:C7"]), 教育=(second, [], [])), "清单.xlsx")


def told(source):
    places = Places(source)
    return [(*places.told(problem), places.offset(problem)) for problem in parse_plan(source).problems]


def test_a_limit_in_a_workbook_is_named_by_sheet_and_cell(ledger):
    found = told(ledger)
    assert [(place, words) for place, words, _at in found] == [
        ("工作表“城建”的D6", "时限“2026年8月32日”读不出日期，请核对后补上"),
        ("工作表“城建”的D7", "时限“到时候再说”读不出日期，请核对后补上"),
        ("工作表“教育”的E2", "时限“近期”读不出日期，请核对后补上"),
    ]
    assert [ledger.text[at:].split("\n", 1)[0] for _place, _words, at in found] == [
        "2026年8月32日",
        "到时候再说",
        "近期",
    ]


def test_a_line_in_a_workbook_is_named_by_its_row_wherever_it_is_mentioned(ledger):
    line = ledger.text.split("\n").index("两座 | 市住建局 | 2026年8月32日") + 1
    mentioned = Problem(line, "any", f"第{line}行的“第{line}行”与第{line - 2}行的部分编号重复")
    assert Places(ledger).told(mentioned) == (
        "工作表“城建”第6行",
        f"“第{line}行”与工作表“城建”第4行的部分编号重复",
    )
    title = Problem(1, "any", "第1行的“2026年城建清单”有误")
    assert Places(ledger).told(title) == ("第1行", "“2026年城建清单”有误")


def test_what_names_its_cell_itself_says_it_once():
    rows = [HEADER, [1, "修路", "市交通局", "=TODAY()"]]
    found = told(read_bytes(book(城建=(rows, [], [])), "清单.xlsx"))
    assert found[0][0] == "工作表“城建”的D2"
    assert found[0][1].startswith("是公式，文件里没有保存结果")


def test_in_a_text_the_line_is_named_and_not_twice():
    source = read_bytes("重点任务\n一、产业\n（一）修路。2026年8月32日前完成。\n".encode(), "任务.txt")
    place, words, at = told(source)[0]
    assert (place, at) == ("第3行", source.text.index("2026年8月32日"))
    assert words.startswith("“2026年8月32日前”不是日历上的日期")


@pytest.mark.django_db
def test_warnings_of_an_import_name_the_cells(departments):
    words = "重点任务\n一、产业\n（一）修路。市交通局牵头，10月底前完成。\n"
    warnings = propose(words).warnings
    assert warnings[0].startswith("第3行：时限“10月底前”没有写年份，没有换算成日期；请填写年份")


def test_the_command_names_sheet_and_cell_too(tmp_path, capsys):
    file = tmp_path / "清单.xlsx"
    rows = [HEADER, [1, "修路", "市交通局", "近期"], [3, "植树", "市林草局", "2026年6月底"]]
    file.write_bytes(book(城建=(rows, [], [])))
    call_command("parse_plan", str(file))
    shown = capsys.readouterr().out
    assert "提醒 工作表“城建”的D2：时限“近期”读不出日期" in shown
    call_command("parse_plan", str(file), format="json")
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["message"].partition("“3”")[0] for problem in problems] == [
        "工作表“城建”的D2：时限“近期”读不出日期，请核对后补上",
        "工作表“城建”第3行：",
    ]


def test_the_command_names_the_lines_of_a_text(tmp_path, capsys):
    file = tmp_path / "清单.txt"
    file.write_text("2026年清单\n1.修路。责任单位：市交通局；完成时限：近期\n3.植树。\n", encoding="utf-8")
    call_command("parse_plan", str(file))
    assert "提醒 第3行：第3行的“3.”前面缺了编号" in capsys.readouterr().out
