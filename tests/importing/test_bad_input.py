"""Bad documents and sheets: one clear Chinese message with the place, exit code 1, an untouched database."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from tests.importing.support import REPORT, SHEET, propose
from tests.makers import make_user
from tracker import actions
from tracker.importing import ImportRefused, read_assignment_sheet
from tracker.importing.departments import load_departments
from tracker.models import Department, DepartmentAlias, Measure, MeasureEvent, Plan, PlanDocument, Section


def refused(*args, **options) -> str:
    """The message with which the command stops."""
    with pytest.raises(CommandError) as caught:
        call_command(*args, stdout=io.StringIO(), **options)
    assert caught.value.returncode == 1
    return str(caught.value)


def assert_nothing_written():
    for model in (Plan, PlanDocument, Section, Measure, MeasureEvent):
        assert not model.objects.exists()


ACTION = "三、下一步怎么干\n（一）抓产业\n一是做强链条。加快推进。\n二是做优园区。完善配套。\n"
FINDINGS = (
    "一、学到什么\n（一）产业强\n一是抓风口。某市抓得好。\n二、悟到什么\n（一）思想是开关\n很有启发。\n"
)
DOCUMENTS = {
    "empty": (b"", "空"),
    "blank": (" \n　\n".encode(), "空"),
    "binary": (bytes(range(256)) * 8, "不是文本"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "图片"),
    "mixed encoding": ("一、任务".encode() + b"\xff\xfe\xfa" + "二、任务".encode("gb18030"), "编码"),
    "no action part": ("今天天气很好。\n我们去公园散步。\n".encode(), "任务"),
    "two sections of one number": (
        (ACTION + "（一）抓招商\n一是引项目。主动出击。\n").encode(),
        "（一）",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bad_document_is_refused(tmp_path, name):
    content, words = DOCUMENTS[name]
    path = tmp_path / "方案.txt"
    path.write_bytes(content)
    message = refused("import_plan", str(path))
    assert words in message, message
    assert "Traceback" not in message
    assert_nothing_written()


@pytest.mark.django_db
def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "无此文件.txt" in refused("import_plan", str(tmp_path / "无此文件.txt"))
    assert "文件夹" in refused("import_plan", str(tmp_path))
    assert "无此表.xlsx" in refused("import_plan", str(REPORT), assignments=tmp_path / "无此表.xlsx")
    assert_nothing_written()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.django_db
def test_every_usual_encoding_gives_the_same_measures(tmp_path, encoding, report):
    path = tmp_path / "报告.txt"
    path.write_bytes(report.encode(encoding))
    call_command("import_plan", str(path), stdout=io.StringIO())
    assert list(Measure.objects.values_list("title", flat=True))[:2] == ["思想破冰", "能力破题"]
    assert Measure.objects.count() == 22


@pytest.mark.django_db
def test_an_overridden_action_part(tmp_path):
    path = tmp_path / "方案.txt"
    path.write_text(FINDINGS + ACTION, encoding="utf-8")
    call_command("import_plan", str(path), part="三、", stdout=io.StringIO())
    assert list(Measure.objects.values_list("title", flat=True)) == ["做强链条", "做优园区"]
    assert "九、" in refused("import_plan", str(path), part="九、")
    assert Measure.objects.count() == 2


# A 序号, B 具体措施, C 牵头单位, D 配合单位, E 重要程度, F 开始时间, G 完成时限, H 报送周期, I 周期目标, J 指标
CELLS = {
    "an unknown measure": ({"A4": "9.9"}, ["责任分解!A4", "9.9"]),
    "a number twice": ({"A4": "1.1"}, ["责任分解!A4", "重复"]),
    "a title of another row": ({"B4": "能力破题"}, ["责任分解!B4", "作风破局", "错行"]),
    "an unknown lead": ({"C5": "市梦想局"}, ["责任分解!C5", "市梦想局", "单位名录"]),
    "two leads": ({"C5": "市财政局、市教育局"}, ["责任分解!C5", "只能填写一个"]),
    "no lead": ({"C5": None}, ["责任分解!C5", "空"]),
    "an unknown co-department": ({"D5": "市财政局、市幻想局"}, ["责任分解!D5", "市幻想局"]),
    "the lead as co-department": ({"D5": "组织部"}, ["责任分解!D5", "已是牵头单位"]),
    "an unknown importance": ({"E5": "特急"}, ["责任分解!E5", "特急"]),
    "a start that is no date": ({"F5": "很快"}, ["责任分解!F5", "很快"]),
    "a deadline that is no date": ({"G5": "尽快"}, ["责任分解!G5", "尽快"]),
    "no deadline": ({"G5": None}, ["责任分解!G5", "时限为空"]),
    "a day that is not": ({"G5": "2027-02-30"}, ["责任分解!G5", "2027-02-30"]),
    "a deadline before the start": ({"F5": "+30天", "G5": "+10天"}, ["责任分解!G5", "早于"]),
    "an unknown cadence": ({"H5": "每小时"}, ["责任分解!H5", "每小时"]),
    "a target without a number": ({"I5": "很多"}, ["责任分解!I5", "很多"]),
    "an indicator without a sign": ({"J5": "通达1小时"}, ["责任分解!J5", "通达1小时"]),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_bad_cell_is_named(departments, edited_sheet, name):
    cells, words = CELLS[name]
    message = refused("import_plan", str(REPORT), assignments=edited_sheet(cells))
    assert all(word in message for word in words), message
    assert len(message.splitlines()) == 1
    assert_nothing_written()


def test_every_bad_cell_is_named_at_once(departments, edited_sheet):
    sheet = edited_sheet({"C3": "甲", "G5": "尽快", "D9": "市财政局、乙"})
    message = refused("import_plan", str(REPORT), assignments=sheet)
    assert [line.split("：")[0] for line in message.splitlines()] == [
        "责任分解!C3",
        "责任分解!G5",
        "责任分解!D9",
    ]


def test_a_sheet_without_header_rows_or_that_is_no_workbook(departments, edited_sheet, tmp_path):
    assert "没有找到表头" in refused("import_plan", str(REPORT), assignments=edited_sheet({"C1": "谁来办"}))
    assert "“牵头单位”重复出现" in refused(
        "import_plan", str(REPORT), assignments=edited_sheet({"D1": "牵头单位"})
    )
    rows = edited_sheet(delete_rows=range(2, 60))
    assert "只有表头" in refused("import_plan", str(REPORT), assignments=rows)
    fake = tmp_path / "假.xlsx"
    fake.write_bytes(b"PK\x03\x04 not a workbook")
    assert "假.xlsx" in (message := refused("import_plan", str(REPORT), assignments=fake))
    assert "已损坏" in message
    fake.write_text("序号,牵头单位", encoding="utf-8")
    assert "假.xlsx 不是有效的 .xlsx" in refused("import_plan", str(REPORT), assignments=fake)
    assert_nothing_written()


def with_computed_value(path, formula, value):
    """The workbook as a spreadsheet program saves it: the formula with the value last computed."""
    saved = path.with_name("已计算.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(saved, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                empty = f"><f>{formula}</f><v></v>".encode()
                assert content.count(empty) == 1
                content = content.replace(empty, f' t="str"><f>{formula}</f><v>{value}</v>'.encode())
            target.writestr(part, content)
    return saved


def test_formulas_in_a_sheet_are_read_by_their_value_and_never_run(departments, edited_sheet):
    path = edited_sheet({"K2": "=1+1"})
    assert read_assignment_sheet(with_computed_value(path, "1+1", "盯紧")).rows[0].text("remark") == "盯紧"
    words = edited_sheet({})
    workbook = load_workbook(words)
    workbook["责任分解"]["K2"].data_type = "s"
    workbook["责任分解"]["K2"]._value = "=1+1"
    workbook.save(words)
    assert read_assignment_sheet(words).rows[0].text("remark") == "=1+1"


def test_a_formula_that_nobody_computed_is_named_instead_of_called_empty(departments, edited_sheet):
    path = edited_sheet({"G2": "=TODAY()+30", "C3": '=HYPERLINK("http://x")'})
    with pytest.raises(ImportRefused) as caught:
        read_assignment_sheet(path)
    assert len(caught.value.reasons) == 2
    assert "责任分解!G2：单元格是公式，但文件里没有保存它的计算结果" in caught.value.reasons[0]
    assert "责任分解!C3" in caught.value.reasons[1]


def test_options_that_contradict_or_name_nothing(departments):
    assert "不能同时" in refused("import_plan", str(REPORT), plan=1, new=True)
    assert "没有编号为 77 的方案" in refused("import_plan", str(REPORT), plan=77)


@pytest.mark.django_db
def test_a_bad_department_file_is_refused_whole(tmp_path):
    path = tmp_path / "单位.json"
    for content, words in [
        ("[", "不是有效的 JSON"),
        ("{}", "单位列表"),
        ('[{"name": "甲局", "code": "jia"}, {"name": "乙局"}]', "第2个单位缺少“code”"),
        ('[{"name": "甲局", "code": "j"}, {"name": "乙局", "code": "y", "aliases": ["甲局"]}]', "甲局"),
        ('[{"name": "甲局", "code": "j", "parent": "没有的"}]', "没有的"),
    ]:
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ImportRefused) as caught:
            load_departments(path)
        assert words in str(caught.value)
        assert not Department.objects.exists()
        assert not DepartmentAlias.objects.exists()


def test_hostile_cells_are_data(departments, edited_sheet, report):
    remark = "<script>alert(1)</script>=1+1\u202e"
    proposal = propose(report, sheet=edited_sheet({"K2": remark}))
    assert proposal.measures[0].assignment.values["remark"] == remark


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["import_plan", "没有这个文件.txt"], "没有这个文件.txt"),
        (["parse_plan", "没有这个文件.txt"], "没有这个文件.txt"),
        (["parse_clauses", "manage.py"], "第1行"),
    ],
)
def test_the_command_line_exits_with_1_and_no_traceback(tmp_path, args, words):
    env = {**os.environ, "DUBAN_DATA_DIR": str(tmp_path), "LC_ALL": "C", "DUBAN_ENV_FILE": os.devnull}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    ran = subprocess.run(
        [sys.executable, "manage.py", *args], cwd=settings.BASE_DIR, env=env, capture_output=True, check=False
    )
    message = ran.stderr.decode()
    assert ran.returncode == 1
    assert words in message
    assert "Traceback" not in message


def test_assignments_sheet_in_fixtures_is_whole():
    assert len(read_assignment_sheet(Path(SHEET)).rows) == 22


@pytest.mark.django_db
def test_a_sheet_without_any_department_in_the_register_gives_one_reason():
    message = refused("import_plan", str(REPORT), assignments=SHEET)
    assert len(message.splitlines()) == 1
    assert "load_departments" in message
    assert_nothing_written()


def test_wiping_a_plan_has_to_be_said_twice(departments, tmp_path):
    call_command("import_plan", str(REPORT), stdout=io.StringIO())
    message = refused("import_plan", str(REPORT), part="二、")
    assert "没有其中的22项" in message
    assert Measure.objects.filter(in_text=True).count() == 22
    call_command("import_plan", str(REPORT), part="二、", replace=True, stdout=io.StringIO())
    assert not Measure.objects.filter(in_text=True, title="思想破冰").exists()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_dry_run_says_what_the_import_will_ask(departments, form):
    call_command("import_plan", str(REPORT), stdout=io.StringIO())
    before = list(Measure.objects.order_by("pk").values())
    shown = io.StringIO()
    tried = {"part": "二、", "dry_run": True, "format": form}
    with pytest.raises(CommandError) as caught:
        call_command("import_plan", str(REPORT), stdout=shown, **tried)
    # Word for word what the import itself says, and it ends as that does.
    assert str(caught.value) == refused("import_plan", str(REPORT), part="二、")
    assert caught.value.returncode == 1
    assert "--replace" in str(caught.value) and "没有其中的22项" in str(caught.value)
    # The difference was shown all the same.
    if form == "json":
        answer = json.loads(shown.getvalue())
        assert (answer["written"], answer["counts"]["removed"]) == (False, 22)
        assert answer["mass_removal"] == {"removed": 22, "kept": 0, "cancelled": 22}
    else:
        assert "没有其中的22项，只保留0项：导入后撤销22项。" in shown.getvalue()
        assert "试运行，未写入：" in shown.getvalue()
    call_command("import_plan", str(REPORT), replace=True, stdout=io.StringIO(), **tried)
    assert list(Measure.objects.order_by("pk").values()) == before
    assert Plan.objects.get().documents.count() == 1


def test_a_dry_run_meets_the_rules_that_writing_meets(departments, tmp_path):
    path = tmp_path / "任务.txt"
    words = "重点任务\n一、产业\n（一）抓链条。做强链条。（市财政局牵头，2030年6月底前完成）\n"
    path.write_text(words, encoding="utf-8")
    call_command("import_plan", str(path), stdout=io.StringIO())
    measure = Measure.objects.get()
    office = make_user("office")
    actions.assign(measure_id=measure.pk, actor=office, now=timezone.now())
    actions.suspend(measure_id=measure.pk, actor=office, now=timezone.now(), reason="等上级批复")
    path.write_text(words.replace("6月底", "9月底"), encoding="utf-8")
    shown = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_plan", str(path), dry_run=True, stdout=shown)
    assert str(caught.value) == refused("import_plan", str(path))
    assert str(caught.value).startswith("1.1 抓链条：")
    assert "2030-06-30 → 2030-09-30" in shown.getvalue()
    assert Measure.objects.get().version == 4


def test_wrong_arguments_are_one_line(capsys):
    assert "参数有误" in refused("import_plan", str(REPORT), "--start", "2026-13-01")
