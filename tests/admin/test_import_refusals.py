"""What the import desk refuses to read, in words, and hostile words in what it does read."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from tests.admin.import_support import DESK, PLAN, upload
from tests.makers import make_department
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b"\0" * 600, "只有空字节（NUL）"),
        (b"\x00\x01\x02" * 99, "不是文本"),
        ("今天天气很好。".encode(), "任务"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "docx"),
        (b"%PDF-1.4 ...", "PDF"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(office, content, words):
    response = upload(office, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportDraft.objects.exists()


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        (
            {"名单": [["姓名", "年龄"], ["张三", 3]]},
            ["工作表“名单”没有认出表头", "序号、任务、牵头单位、完成时限"],
        ),
        ({"任务": [["序号", "任务", "牵头单位"]]}, ["工作表“任务”第1行是表头，下面没有任务行"]),
    ],
)
def test_a_table_without_header_or_rows_is_told_what_it_lacks(office, sheets, words):
    given = {"document": SimpleUploadedFile("任务.xlsx", workbook(**sheets))}
    answer = office.post(DESK, given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert all(word in page for word in words), page
    assert "没有找到部署任务的部分" not in page
    assert not ImportDraft.objects.exists()


def test_the_desk_names_its_own_fields_and_never_an_option_of_a_command(office):
    said = [
        upload(office, "今天天气很好。").content.decode(),
        upload(
            office,
            sheet=SimpleUploadedFile(
                "分解.xlsx", workbook(表=[["序号", "牵头单位", "完成时限"], ["1.1", "甲局", "长期"]])
            ),
        ).content.decode(),
    ]
    assert "可在上传时填写“更多选项”中的“任务部分”。" in said[0]
    assert "单位名录是空的" in said[1]
    assert "请先在“单位”中新增单位。" in said[1]
    for page in said:
        reasons = "".join(re.findall(r'<p class="refusal"[^>]*>(.*?)</p>', page))
        assert reasons
        assert not re.search(r"--|manage\.py|命令行", reasons)


@pytest.mark.parametrize("year", ["1999", "2101", "-5"])
def test_a_year_that_the_commands_refuse_is_refused_in_the_same_words(office, year):
    response = upload(office, year=year)
    assert response.status_code == 422
    assert f"年份应在2000到2100之间，给出的是{year}。" in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_a_bad_sheet_names_its_cells(office):
    make_department("甲局")
    workbook = Workbook()
    workbook.active.append(["序号", "牵头单位", "完成时限"])
    workbook.active.append(["1.1", "梦想局", "尽快"])
    stream = io.BytesIO()
    workbook.save(stream)
    response = upload(office, sheet=SimpleUploadedFile("分解.xlsx", stream.getvalue()))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Sheet!B2" in page
    assert "Sheet!C2" in page
    assert not ImportDraft.objects.exists()


def test_names_in_the_document_are_escaped(office):
    response = upload(
        office, "一、任务\n（一）<script>alert(1)</script>抓项目。<img src=x onerror=alert(2)>推进。\n"
    )
    assert response.status_code == 302
    page = office.get(response.url).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"word/document.xml": b" " * 30_000_000}, "压缩|展开|炸弹|过大"),
        (
            {"word/document.xml": b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"},
            "外部实体",
        ),
        ({"word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"}, "宏"),
        ({"readme.txt": b"x"}, "压缩包"),
    ],
)
def test_hostile_packages_are_refused_in_words_at_both_doors(office, parts, words):
    for name in ("document", "sheet"):
        hostile = {name: SimpleUploadedFile("任务.docx" if name == "document" else "表.xlsx", zipped(parts))}
        response = office.post(DESK, {"pasted": PLAN, **hostile} if name == "sheet" else hostile)
        assert response.status_code == 422
        page = response.content.decode()
        assert name == "sheet" or any(word in page for word in words.split("|")), page
    assert not ImportDraft.objects.exists()


def test_words_that_would_break_out_of_their_place_stay_words(office):
    evil = "</textarea></span><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    plan = f"一、任务\n（一）{evil}抓项目。推进。（牵头单位：市{evil}局；2030年6月30日前完成{evil}选址，2030年9月底前开工）\n"
    upload(office, plan, title=evil[:150])
    draft = ImportDraft.objects.get()
    shown = office.get(f"{DESK}{draft.pk}/").content.decode()
    again = office.post(
        f"{DESK}{draft.pk}/",
        {
            "version": 1,
            "plan_title": evil,
            "title-1.1": evil,
            "lead-1.1": evil,
            "co-1.1": evil,
            "milestones-1.1": evil,
            "unit-printed-0": evil,
            "do": "unit-alias-0",
            "unit-alias-0": evil,
        },
    )
    assert again.status_code == 422
    for page in (shown, again.content.decode(), office.get(DESK).content.decode()):
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
        assert "</textarea></span>" not in page


def test_cells_that_begin_like_formulas_are_words(office):
    workbook = Workbook()
    workbook.active.append(["序号", "重点任务", "牵头单位", "完成时限"])
    workbook.active.append([1, "+cmd|' /C calc'!A0", "-市局", "2030年6月底前"])
    workbook.active.append([2, "@SUM(1)", "市局", "2030年6月底前"])
    stream = io.BytesIO()
    workbook.save(stream)
    response = office.post(DESK, {"document": SimpleUploadedFile("清单.xlsx", stream.getvalue())})
    assert response.status_code == 302
    draft = ImportDraft.objects.get()
    assert office.post(response.url, {"version": draft.version, "do": "import"}).status_code == 302
    titles = list(Measure.objects.order_by("position").values_list("text", flat=True))
    assert "cmd|" in titles[0]
    exported = load_workbook(io.BytesIO(office.get("/admin/ledger/export/").content)).active
    assert all(cell.data_type != "f" for row in exported.iter_rows() for cell in row)


def test_a_file_over_the_set_size_is_refused_before_it_is_read(office, settings):
    settings.MAX_DOCUMENT_BYTES = 100
    response = upload(office, PLAN * 3)
    assert response.status_code == 422
    assert "上限" in response.content.decode()
    assert not ImportDraft.objects.exists()
