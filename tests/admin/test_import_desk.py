"""The import desk's rights and refusals: 督查室 alone, one clear reason each, nothing written before it is confirmed."""

import io
import zipfile

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from tests.makers import make_department, make_user
from tracker.admin.import_pages import ROWS_A_PAGE
from tracker.models import Department, ImportDraft, Measure

pytestmark = pytest.mark.django_db
DESK = "/admin/import/"
KEY = "0123456789abcdef" * 2
UNIT = {
    "unit-printed-0": "市梦想局",
    "unit-name-0": "市梦想局",
    "unit-code-0": "mx",
    "unit-kind-0": "department",
}
PLAN = "重点任务\n一、产业\n（一）抓链条。做强链条。\n（二）抓项目。推进项目。\n"


def everything():
    """Every row of every table of the product."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("tracker").get_models()
    }


def upload(client, text=PLAN, **fields):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(DESK, {"document": SimpleUploadedFile("任务.txt", content), **fields})


@pytest.fixture
def office(signed_in):
    return signed_in(make_user("office"))


@pytest.fixture
def draft(office):
    response = upload(office)
    assert response.status_code == 302
    return ImportDraft.objects.get()


def fields(draft, **changed):
    """The form as the page shows it, with changes."""
    posted = {"version": draft.version, "do": "import"}
    for number, title in (("1.1", "抓链条"), ("1.2", "抓项目")):
        posted |= {f"title-{number}": title, f"lead-{number}": "", f"co-{number}": "", f"due_on-{number}": ""}
    return {**posted, **changed}


@pytest.mark.parametrize("role", ["liaison", "head", "leader"])
def test_others_are_kept_out(signed_in, draft, role):
    client = signed_in(make_user(role))
    for address in (DESK, f"{DESK}{draft.pk}/"):
        for do in ("import", "save", "discard", "page-1", "unit-create-0", "unit-alias-0"):
            assert client.get(address).status_code == 403
            assert client.post(address, fields(draft, do=do, **UNIT)).status_code == 403
    assert client.get(f"{DESK}progress/{KEY}/").status_code == 403
    assert not Measure.objects.exists()
    assert not Department.objects.filter(name="市梦想局").exists()
    assert ImportDraft.objects.filter(pk=draft.pk).exists()


def test_without_its_secret_a_form_is_refused(draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    for address in (DESK, f"{DESK}{draft.pk}/"):
        assert client.post(address, fields(draft)).status_code == 403
    assert not Measure.objects.exists()
    assert ImportDraft.objects.count() == 1


def test_looking_changes_nothing(office, draft):
    before = everything()
    for query in (
        "",
        "?do=import&version=1",
        "?page=2",
        "?page=0",
        "?page=-1",
        "?page=%00",
        "?page=9999999999",
    ):
        assert office.get(f"{DESK}{draft.pk}/{query}").status_code == 200
    assert everything() == before


def test_uploading_writes_no_measure_and_confirming_once_writes_all(office, draft):
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert "抓链条" in page
    assert not Measure.objects.exists()
    assert office.post(f"{DESK}{draft.pk}/", fields(draft)).status_code == 302
    assert Measure.objects.count() == 2
    again = office.post(f"{DESK}{draft.pk}/", fields(draft))
    assert again.status_code == 302
    assert Measure.objects.count() == 2


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


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lead-1.1": "梦想局"}, "不在单位名录中"),
        ({"co-1.1": "甲局、梦想局"}, "不在单位名录中"),
        ({"lead-1.1": "甲局", "co-1.1": "甲局"}, "已是牵头单位"),
        ({"title-1.2": " "}, "标题不能为空"),
        ({"title-1.2": "长" * 301}, "300"),
        ({"title-1.1": "抓\u202e链条"}, "U+202E"),
        ({"co-1.1": "甲局\u200f"}, "U+200F"),
        ({"milestones-1.1": "2026-06-30 完成\u2066选址"}, "U+2066"),
        ({"milestones-1.1": "六月底完成选址"}, "不是可识别的节点"),
        ({"milestones-1.1": "1026-06-30 完成选址"}, "2000年到2100年"),
        ({"due_on-1.1": "0026-06-30"}, "2000年到2100年"),
        ({"indicators-1.1": "新增就业很多"}, "不是可识别的指标"),
        ({"indicators-1.1": f"{'长' * 101}≥5人"}, "100个字符"),
        ({"importance-1.1": "huge"}, "不在可选范围"),
        ({"cadence-1.1": "daily"}, "不在可选范围"),
        ({"recurrence-1.1": ""}, "不在可选范围"),
        ({"recurrence_target-1.1": "5"}, "选择周期性任务"),
        ({"recurrence_target-1.1": "0", "recurrence-1.1": "yearly"}, "1 到"),
        ({"recurrence_target-1.1": "五", "recurrence-1.1": "yearly"}, "1 到"),
        ({"recurrence_unit-1.1": "长" * 11, "recurrence-1.1": "yearly"}, "10个字符"),
        ({"due_on-1.1": "明天"}, "不是日期"),
        ({"due_on-1.1": "2026-12-31", "standing-1.1": "on"}, "不能有完成时限"),
        ({"assign-1.1": "on"}, "必须有牵头单位"),
        ({"assign-1.1": "on", "lead-1.1": "甲局"}, "必须有牵头单位"),
        ({"version": "99"}, "已被他人修改"),
        ({"version": "x"}, "表单已失效"),
    ],
)
def test_a_wrong_correction_is_refused_and_nothing_is_written(office, draft, changed, words):
    make_department("甲局")
    response = office.post(f"{DESK}{draft.pk}/", fields(draft, **changed))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Measure.objects.exists()
    draft.refresh_from_db()
    assert draft.decisions == {}


def test_corrections_are_kept_and_shown_again(office, draft):
    make_department("甲局")
    posted = fields(
        draft, **{"do": "save", "title-1.1": "抓牢链条", "lead-1.2": "甲局", "due_on-1.2": "2030-01-01"}
    )
    assert office.post(f"{DESK}{draft.pk}/", posted).status_code == 302
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert ">抓牢链条</textarea>" in page
    assert 'value="2030-01-01"' in page
    assert not Measure.objects.exists()


def test_discarding(office, draft):
    assert office.post(f"{DESK}{draft.pk}/", {"do": "discard"}).status_code == 302
    assert not ImportDraft.objects.exists()
    assert office.get(f"{DESK}{draft.pk}/").status_code == 404


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


BESIDE = {
    "milestones-1.1": "2030-06-30 完成选址\r\n2030-03-31 立项",
    "indicators-1.1": "新增就业≥5000人\r\n能耗≤3.5吨（基数4吨）",
    "importance-1.1": "major",
    "cadence-1.1": "monthly",
    "recurrence-1.1": "yearly",
    "recurrence_target-1.1": "10",
    "recurrence_unit-1.1": "项",
}


def test_milestones_targets_and_cadences_are_decided_on_the_desk(office, draft):
    make_department("甲局")
    posted = fields(draft, **BESIDE, **{"lead-1.1": "甲局", "due_on-1.1": "2030-12-31", "assign-1.1": "on"})
    assert office.post(f"{DESK}{draft.pk}/", {**posted, "do": "save"}).status_code == 302
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert ">2030-03-31 立项\n2030-06-30 完成选址</textarea>" in page
    assert not Measure.objects.exists()
    draft.refresh_from_db()
    assert office.post(f"{DESK}{draft.pk}/", {**posted, "version": draft.version}).status_code == 302
    chain, project = Measure.objects.order_by("position")
    assert [str(row) for row in chain.milestones.all()] == ["2030-03-31 立项", "2030-06-30 完成选址"]
    assert [str(row) for row in chain.indicators.all()] == ["新增就业≥5000人", "能耗≤3.5吨（基数4）"]
    assert (chain.importance, chain.cadence, chain.status) == ("major", "monthly", "assigned")
    assert (chain.recurrence, chain.recurrence_target, chain.recurrence_unit) == ("yearly", 10, "项")
    assert (project.importance, project.recurrence) == ("ordinary", "none")
    assert not project.milestones.exists()


def test_the_same_document_again_keeps_all_of_it_and_changes_nothing(office, draft):
    office.post(f"{DESK}{draft.pk}/", fields(draft, **BESIDE))
    before = {name: rows for name, rows in everything().items() if name != "ImportDraft"}
    assert upload(office).status_code == 302
    again = ImportDraft.objects.latest("pk")
    page = office.get(f"{DESK}{again.pk}/")
    assert page.context["page"].rows[0].shown["recurrence_unit"] == "项"
    shown = {
        f"{name}-{row.number}": value
        for row in page.context["page"].rows
        for name, value in row.shown.items()
        if value is not False
    }
    posted = {"version": again.version, "do": "import", **shown}
    assert office.post(f"{DESK}{again.pk}/", posted).status_code == 302
    assert {name: rows for name, rows in everything().items() if name != "ImportDraft"} == before


def test_the_plan_is_named_on_the_desk(office, draft):
    for name, words in ((" ", "不能为空"), ("长" * 201, "200"), ("方\u202e案", "U+202E")):
        refused = office.post(f"{DESK}{draft.pk}/", fields(draft, plan_title=name))
        assert refused.status_code == 422
        assert words in refused.content.decode()
    assert office.post(f"{DESK}{draft.pk}/", fields(draft, plan_title=" 2030年重点任务 ")).status_code == 302
    assert Measure.objects.first().plan.title == "2030年重点任务"


def test_taking_a_decision_back(office, draft):
    office.post(
        f"{DESK}{draft.pk}/", fields(draft, do="save", **{"title-1.1": "另名", "cadence-1.1": "weekly"})
    )
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"title": "另名", "cadence": "weekly"}}
    office.post(f"{DESK}{draft.pk}/", fields(draft, do="save"))
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"cadence": "weekly"}}
    office.post(f"{DESK}{draft.pk}/", fields(draft, do="save", **{"cadence-1.1": "none"}))
    draft.refresh_from_db()
    assert draft.decisions == {}


def test_pasted_text_is_a_document_that_bears_the_title(office):
    response = office.post(DESK, {"pasted": PLAN.replace("\n", "\r\n"), "title": "年度重点任务"})
    assert response.status_code == 302
    draft = ImportDraft.objects.get()
    assert draft.document_name == "年度重点任务.txt"
    assert bytes(draft.document) == PLAN.encode()
    assert office.post(response.url, fields(draft)).status_code == 302
    plan = Measure.objects.first().plan
    assert (plan.title, plan.documents.get().name) == ("年度重点任务", "年度重点任务.txt")
    # The same words as a file are the same document.
    assert upload(office).status_code == 302
    again = office.get(f"{DESK}{ImportDraft.objects.latest('pk').pk}/")
    assert again.context["proposal"].plan == plan
    assert not again.context["proposal"].changes_anything


def test_pasted_text_without_a_title_bears_its_own(office):
    assert office.post(DESK, {"pasted": f"关于做好全市重点工作的实施方案\n{PLAN}"}).status_code == 302
    assert ImportDraft.objects.get().document_name == "关于做好全市重点工作的实施方案.txt"


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({}, "请选择方案文件，或粘贴方案的文字"),
        ({"pasted": " \r\n　"}, "请选择方案文件，或粘贴方案的文字"),
        ({"pasted": "今天天气很好。"}, "任务"),
        ({"pasted": "一、任务\n（一）抓\0项目。"}, "空字符|null|NULL|不允许"),
        ({"pasted": PLAN, "title": "任\u202e务"}, "U+202E"),
        ({"pasted": PLAN * 4000}, "上限"),
    ],
)
def test_pasted_text_is_refused_as_a_file_is(office, settings, posted, words):
    settings.MAX_DOCUMENT_BYTES = 300_000
    response = office.post(DESK, posted)
    assert response.status_code == 422
    page = response.content.decode()
    assert any(word in page for word in words.split("|")), words
    assert not ImportDraft.objects.exists()


def test_a_file_and_pasted_text_together_are_refused(office):
    response = upload(office, pasted=PLAN)
    assert response.status_code == 422
    assert "只能给其中一样" in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_more_than_a_form_may_carry_is_refused_as_a_page(office, settings):
    settings.MAX_DOCUMENT_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000, 5000
    assert office.post(DESK, {"pasted": PLAN * 100}).status_code == 400
    assert not ImportDraft.objects.exists()


UNKNOWN = PLAN.replace("推进项目。", "推进项目。（牵头单位：市梦想局；完成时限：2030年12月底前）")


def test_an_unknown_unit_is_made_with_one_click_and_the_row_resolves(office):
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    page = office.get(f"{DESK}{draft.pk}/").content.decode()
    assert "单位名录中没有的单位" in page
    assert 'name="unit-name-0" value="市梦想局"' in page
    assert 'name="unit-code-0" value="mengxiang"' in page
    posted = fields(
        draft, do="unit-create-0", **UNIT, **{"due_on-1.2": "2030-12-31", "title-1.1": "抓牢链条"}
    )
    response = office.post(f"{DESK}{draft.pk}/", posted)
    assert (response.status_code, response.url) == (302, f"{DESK}{draft.pk}/#units")
    assert Department.objects.get(name="市梦想局").code == "mx"
    page = office.get(f"{DESK}{draft.pk}/")
    row = page.context["page"].rows[1]
    assert (row.shown["lead"], row.unknown) == ("市梦想局", ())
    # What was typed meanwhile is kept.
    assert page.context["page"].rows[0].shown["title"] == "抓牢链条"
    assert "单位名录中没有的单位" not in page.content.decode()


def test_or_it_becomes_an_alias(office):
    finance = make_department("市财政局")
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    posted = fields(draft, do="unit-alias-0", **UNIT, **{"due_on-1.2": "2030-12-31"})
    refused = office.post(f"{DESK}{draft.pk}/", {**posted, "unit-alias-0": "没有的局"})
    assert refused.status_code == 422
    assert "哪个已有单位的别名" in refused.content.decode()
    assert office.post(f"{DESK}{draft.pk}/", {**posted, "unit-alias-0": "市财政局"}).status_code == 302
    assert [alias.name for alias in finance.aliases.all()] == ["市梦想局"]
    assert office.get(f"{DESK}{draft.pk}/").context["page"].rows[1].shown["lead"] == "市财政局"
    assert Department.objects.count() == 1


def test_a_code_that_is_taken_is_refused_and_what_was_typed_stays(office):
    make_department("甲局", code="mx")
    upload(office, UNKNOWN)
    draft = ImportDraft.objects.get()
    response = office.post(
        f"{DESK}{draft.pk}/", fields(draft, do="unit-create-0", **UNIT, **{"title-1.1": "另名"})
    )
    assert response.status_code == 422
    assert ">另名</textarea>" in response.content.decode()
    assert not Department.objects.filter(name="市梦想局").exists()


MANY = ROWS_A_PAGE * 2 + 30


@pytest.fixture
def long_draft(office):
    tasks = "".join(f"{n}.推进第{n}号项目。做好服务。\n" for n in range(1, MANY + 1))
    assert upload(office, f"重点任务\n一、项目\n{tasks}").status_code == 302
    return ImportDraft.objects.get()


def test_a_long_plan_is_shown_page_by_page_and_no_character_is_left_out(office, long_draft):
    pages = [office.get(f"{DESK}{long_draft.pk}/?page={number}").context for number in (1, 2, 3)]
    assert [len(page["page"].rows) for page in pages] == [ROWS_A_PAGE, ROWS_A_PAGE, 30]
    text = "".join(piece.text for page in pages for piece in page["pieces"])
    assert text == pages[0]["proposal"].source.text
    for page in pages:
        shown = {piece.number for piece in page["pieces"] if piece.number}
        assert shown == {row.number for row in page["page"].rows}


def test_turning_the_page_keeps_what_was_typed_and_importing_writes_every_page(office, long_draft):
    address = f"{DESK}{long_draft.pk}/"
    posted = {"version": 1, "page": "1", "title-1.1": "首项", "do": f"page-3-r1.{MANY}"}
    response = office.post(address, posted)
    assert response.url == f"{address}?page=3#r1.{MANY}"
    last = {"version": 2, "page": "3", f"title-1.{MANY}": "末项", "do": "import"}
    assert office.post(address, last).status_code == 302
    titles = list(Measure.objects.order_by("position").values_list("title", flat=True))
    assert (len(titles), titles[0], titles[-1]) == (MANY, "首项", "末项")
    assert titles[1].startswith("推进第2号项目")


@pytest.mark.parametrize(
    "do", ["page-x", "page-2-<script>", "page-2-javascript:1", "unit-drop-0", "unit-", ""]
)
def test_an_unknown_button_goes_nowhere_else(office, draft, do):
    response = office.post(f"{DESK}{draft.pk}/", fields(draft, do=do))
    assert response.status_code in (302, 422)
    if response.status_code == 302:
        assert response.url == f"{DESK}{draft.pk}/"
    assert not Measure.objects.exists()


JSON = {"headers": {"Accept": "application/json"}}


def test_the_page_s_script_gets_its_answers_as_json(office):
    document = SimpleUploadedFile("任务.txt", PLAN.encode())
    answer = office.post(DESK, {"document": document, "progress": KEY}, **JSON)
    draft = ImportDraft.objects.get()
    assert answer.json() == {"next": f"{DESK}{draft.pk}/"}
    bad = office.post(DESK, {"pasted": "今天天气很好。"}, **JSON)
    assert bad.status_code == 422
    assert "任务" in "".join(bad.json()["errors"][""])
    wrong = office.post(f"{DESK}{draft.pk}/", fields(draft, **{"lead-1.2": "没有的局"}), **JSON)
    assert wrong.status_code == 422
    assert "没有的局" in wrong.json()["errors"]["1.2"]
    done = office.post(f"{DESK}{draft.pk}/", fields(draft, progress=KEY), **JSON)
    assert done.json() == {"next": f"/admin/tracker/measure/?plan={Measure.objects.first().plan_id}"}


def test_after_a_refused_import_the_next_attempt_is_not_outdated(office, draft):
    make_department("甲局")
    posted = fields(draft, **{"lead-1.1": "甲局", "due_on-1.1": "2001-01-01", "assign-1.1": "on"})
    posted["milestones-1.1"] = "2026-06-30 完成"
    office.post(f"{DESK}{draft.pk}/", {**posted, "do": "save"})
    stale = office.post(f"{DESK}{draft.pk}/", posted, **JSON)
    assert "已被他人修改" in stale.json()["errors"][""]
    # Whoever was told so and sends the same again is told so again.
    assert stale.json()["version"] == str(draft.version)


def test_how_far_the_work_has_come_is_told_to_its_owner_alone(office, signed_in):
    noted = []
    real = cache.set

    def set_and_keep(key, value, *rest):
        noted.append(value)
        real(key, value, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "set", set_and_keep)
        upload(office, progress=KEY)
    assert [value["stage"] for value in noted] == ["reading", "parsing", "comparing"]
    assert all(0 <= value["done"] <= value["total"] for value in noted)
    answer = office.get(f"{DESK}progress/{KEY}/")
    assert (answer.json()["stage"], answer.json()["name"]) == ("comparing", "正在与已有方案比较")
    assert "no-store" in answer["Cache-Control"]
    other = signed_in(make_user("office"))
    assert other.get(f"{DESK}progress/{KEY}/").json()["stage"] == ""
    assert office.get(f"{DESK}progress/{'f' * 32}/").json()["stage"] == ""
    assert office.get(f"{DESK}progress/..%2f..%2fx/").status_code in (200, 404)


def test_without_a_key_or_with_a_bad_one_nothing_is_noted(office):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "set", lambda *given: pytest.fail("noted"))
        assert upload(office).status_code == 302
        assert upload(office, progress="x" * 32).status_code == 302
