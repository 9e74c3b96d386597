"""The import desk in a real browser: upload a Word file, correct two fields in place, confirm, find the measures."""

import re
import time
from datetime import date
from io import BytesIO
from pathlib import Path
from secrets import token_hex

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.desk_page import in_view, read
from tests.browser.signing_in import fits_the_screen, let_in
from tests.browser.watched import watched_page
from tests.importing.ledgers import LETTERS
from tests.importing.support import run_import
from tests.makers import make_user
from tracker.importing.departments import load_departments
from tracker.importing.measure_writer import MeasureWriter
from tracker.models import Department, ImportDraft, Measure
from tracker.reports.ledger import for_ledger, write_ledger

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
pytestmark = pytest.mark.django_db(transaction=True)
# Milliseconds for work that is long by intent; a busy machine is no failure.
PATIENCE = 300_000


@pytest.fixture
def word_file(tmp_path):
    document = Document()
    document.add_heading("全市重点工作任务分解方案", 0)
    document.add_paragraph("为确保各项任务落到实处，制定本方案。")
    document.add_paragraph("一、抓产业")
    document.add_paragraph(
        "（一）做强产业链。培育链主企业。（牵头单位：市工信局；配合单位：市财政局；完成时限：2026年9月底前）"
    )
    document.add_paragraph("（二）狠抓招商引资。开展以商招商。")
    document.add_paragraph("二、抓民生")
    document.add_paragraph("（一）改造老旧小区。（市住建局牵头，长期坚持）")
    path = tmp_path / "任务分解.docx"
    document.save(path)
    return path


def test_upload_correct_and_confirm(desk, screenshot, word_file):
    page = desk
    page.set_input_files("input[name=document]", word_file)
    screenshot("import-upload")
    page.click("text=上传并核对")
    expect(page.locator(".import-row")).to_have_count(3)
    expect(page.locator("[name='lead-1.1']")).to_have_value("市工业和信息化局")
    expect(page.locator("[name='due_on-1.1']")).to_have_value("2026-09-30")
    expect(page.locator(".import-text .piece-lead").first).to_contain_text("市工信局")
    page.click("[id='r1.2'] .suggestion >> nth=0")
    expect(page.locator("[name='lead-1.2']")).to_have_value("市投资促进局")
    page.fill("[name='title-1.1']", "做强重点产业链")
    page.fill("[name='due_on-1.2']", "2026-12-31")
    page.evaluate("scrollTo(0, 0)")
    screenshot("import-desk", whole=False)  # the window, from the top
    page.fill("[name='lead-2.1']", "没有的局")
    page.click("button[value=import]")
    expect(page.locator("[id='r2.1'] .refusal")).to_contain_text("“没有的局”不在单位名录中")
    expect(page.locator("[name='title-1.1']")).to_have_value("做强重点产业链")
    assert not Measure.objects.exists()
    # Two units at once: one of them is offered as lead, the other goes beside it.
    page.fill("[name='lead-2.1']", "住建局、市财政局")
    page.click("button[value=import]")
    expect(page.locator("[id='r2.1'] .refusal")).to_contain_text("牵头单位只能填写一个")
    screenshot("import-two-leads")
    page.get_by_role("button", name="住建局牵头，其余配合").click()
    expect(page.locator("[name='co-2.1']")).to_have_value("市财政局")
    page.check("[name='assign-1.1']")
    page.locator("[id='r1.2'] .import-beside summary").click()
    page.fill("[name='milestones-1.2']", "2026-06-30 签约\n2026-10-31 开工")
    page.select_option("[name='cadence-1.2']", "monthly")
    page.locator(".import-head button[value=import]").click()
    page.wait_for_url("**/admin/tracker/measure/?plan=*")
    by_number = {measure.number: measure for measure in Measure.objects.all()}
    assert by_number["1.1"].title == "做强重点产业链"
    assert by_number["1.1"].status == "assigned"
    second = by_number["1.2"]
    assert (second.lead.name, second.due_on, second.cadence) == (
        "市投资促进局",
        date(2026, 12, 31),
        "monthly",
    )
    assert [str(row) for row in second.milestones.all()] == ["2026-06-30 签约", "2026-10-31 开工"]
    assert (by_number["2.1"].lead.name, by_number["2.1"].standing) == ("市住房和城乡建设局", True)


def test_on_a_phone(page, live_server, screenshot, word_file):
    load_departments(FIXTURES / "departments.json")
    page.set_viewport_size({"width": 390, "height": 844})
    let_in(page, make_user("office").username)
    page.goto(f"{live_server.url}/admin/import/")
    assert fits_the_screen(page)
    page.set_input_files("input[name=document]", word_file)
    page.click("text=上传并核对")
    expect(page.locator(".import-row")).to_have_count(3)
    screenshot("import-preview-phone")
    assert fits_the_screen(page)
    page.locator(".import-text .piece-lead").last.click()
    expect(page.locator("[id='r2.1']")).to_have_class(re.compile("chosen"))
    assert page.locator("[id='r2.1']").bounding_box()["y"] < 844
    page.locator("[id='r2.1'] legend a").click()
    page.wait_for_function("document.getElementById('s2.1').getBoundingClientRect().top >= 0")
    assert in_view(page, ".import-text", "[id='s2.1']")


LONG = "重点任务\n一、项目\n" + "".join(
    f"{n}.推进第{n}号项目。{'做好用地、环评、施工许可等要素保障。' * 6}（市发展改革委牵头；配合单位：市财政局、市自然资源局、"
    f"市生态环境局、市住建局、市交通运输局；2026年{n % 12 + 1}月底前完成）\n"
    for n in range(1, 61)
)


def test_a_click_on_either_side_shows_the_place_on_the_other(desk):
    page = desk
    read(page, LONG)
    page.locator("[id='s1.40']").evaluate("piece => piece.parentElement.scrollTop = piece.offsetTop - 100")
    page.locator("[id='s1.40']").click()
    expect(page.locator("[id='r1.40']")).to_have_class(re.compile("chosen"))
    assert in_view(page, ".import-tree", "[id='r1.40']")
    page.locator("[id='r1.40'] [name='lead-1.40']").press("Tab")
    page.locator(".import-tree").evaluate("tree => tree.scrollTop = 0")
    page.locator("[id='r1.3'] legend a").click()
    assert in_view(page, ".import-text", "[id='s1.3']")
    assert page.locator(".import-text .chosen").first.get_attribute("data-measure") == "1.3"
    # Both panes stay in the window however long the plan is.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    for pane in (".import-source", ".import-tree"):
        box = page.locator(pane).bounding_box()
        assert 0 <= box["y"] < 450
        assert box["y"] + box["height"] <= 901
    # Five co-departments are all to be read without scrolling inside their box.
    assert page.locator("[name='co-1.1']").evaluate("box => box.scrollHeight <= box.clientHeight + 1")


def test_an_unknown_unit_is_made_by_one_click(desk, screenshot):
    page = desk
    plan = "重点任务\n一、产业\n（一）抓梦想。敢想敢干。（牵头单位：市梦想局；配合单位：市财政总局；2026年底前完成）\n"
    read(page, plan)
    count = Department.objects.count()
    expect(page.locator(".import-unit")).to_have_count(2)
    expect(page.locator("[name=unit-code-0]")).to_have_value("mengxiang")
    expect(page.locator("[name=unit-alias-1]")).to_have_value("市财政局")
    expect(page.locator(".import-unresolved")).to_contain_text("其中 1 项将没有牵头单位")
    screenshot("import-units")
    page.fill("[name='title-1.1']", "抓住梦想")
    page.locator(".import-unit summary").first.click()
    page.locator(".import-unit").first.get_by_role("button", name="新建单位").click()
    expect(page.locator(".import-unit")).to_have_count(1)
    expect(page.locator("[name='lead-1.1']")).to_have_value("市梦想局")
    expect(page.locator("[name='title-1.1']")).to_have_value("抓住梦想")
    page.get_by_role("button", name="记为它的别名").click()
    expect(page.locator(".import-unit")).to_have_count(0)
    expect(page.locator(".import-unresolved")).to_have_count(0)
    expect(page.locator("[name='co-1.1']")).to_have_value("市财政局")
    assert Department.objects.count() == count + 1


def test_enter_saves_and_never_imports(desk):
    page = desk
    read(page, LONG)
    page.locator("[name='lead-1.2']").fill("市水利局")
    page.locator("[name='lead-1.2']").press("Enter")
    page.get_by_text("已保存修改，尚未导入").wait_for()
    assert not Measure.objects.exists()
    expect(page.locator("[name='lead-1.2']")).to_have_value("市水利局")


def test_discarding_asks_first(desk):
    page = desk
    read(page, LONG)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="移出导入台").click()
    assert ImportDraft.objects.count() == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="移出导入台").click()
    page.wait_for_url("**/admin/import/")
    assert not ImportDraft.objects.exists()


@pytest.fixture
def long_file(tmp_path):
    """A plan of more than 4 MB."""
    words = "统筹推进项目前期、要素保障和督导服务，完善责任体系和推进机制。" * 225
    tasks = "".join(
        f"{n}.推进第{n}批项目。{words}（市发展改革委牵头，2026年底前完成）\n" for n in range(1, 101)
    )
    path = tmp_path / "长方案.txt"
    path.write_text(f"重点任务\n一、项目\n{tasks}二、民生\n{tasks}", encoding="utf-8")
    assert path.stat().st_size > 4_000_000
    return path


def test_a_long_document_shows_how_far_it_is(desk, screenshot, long_file, monkeypatch):
    page, said = desk, []
    # Reading and writing a thousand measures takes its time where other tests run beside.
    page.set_default_timeout(180_000)
    page.expose_function("heard", lambda words: said.append(words))
    page.evaluate(WATCH)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000},
    )
    page.set_input_files("input[name=document]", long_file)
    page.click("text=上传并核对")
    page.wait_for_function("document.querySelector('.work-bar').value > 40")
    screenshot("import-progress", whole=False, settled=False)
    page.locator(".import-row").first.wait_for(timeout=PATIENCE)
    screenshot("import-long")
    uploaded = shares(said, r"正在上传（[0-9.]+ / [0-9.]+ MB）：(\d+)%")
    assert uploaded == sorted(uploaded)
    assert any(0 < share < 100 for share in uploaded), said
    parsed = shares(said, r"正在识别提纲和任务：(\d+)%")
    assert parsed == sorted(parsed)
    assert parsed, said
    assert said[-1].startswith("已完成")

    said.clear()
    page.evaluate(WATCH)
    take = MeasureWriter.take

    def slowly(writer, item):
        time.sleep(0.02)  # quicker than the page asks, two hundred would be written unseen
        return take(writer, item)

    monkeypatch.setattr(MeasureWriter, "take", slowly)
    page.locator(".import-head button[value=import]").click()
    page.wait_for_url("**/admin/tracker/measure/?plan=*", timeout=PATIENCE)
    written = shares(said, r"正在写入事项：(\d+)%")
    assert written == sorted(written)
    assert written, said
    assert Measure.objects.count() == 200


@pytest.fixture
def edited_ledger(tmp_path):
    """An edited ledger of some size: three new remarks, and a sheet of notes that is not read."""
    run_import(LONG, name="重点任务.txt")
    workbook = load_workbook(BytesIO(write_ledger(for_ledger(Measure.objects.all()))))
    for row in (2, 3, 4):
        workbook.active[f"{LETTERS['备注']}{row}"] = f"盯紧第{row}行"
    notes = workbook.create_sheet("草稿")
    for _row in range(300):
        notes.append([token_hex(1000)])  # what does not shrink in the file
    path = tmp_path / "台账.xlsx"
    workbook.save(path)
    return path


def test_a_ledger_shows_how_far_it_is(desk, live_server, screenshot, edited_ledger):
    page, said = desk, []
    page.set_default_timeout(PATIENCE)
    page.expose_function("heard", lambda words: said.append(words))
    page.goto(f"{live_server.url}/admin/ledger/")
    page.evaluate(WATCH)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000},
    )
    page.set_input_files("input[name=document]", edited_ledger)
    page.click("text=上传并核对")
    page.wait_for_function("document.querySelector('.work-bar').value > 20")
    screenshot("ledger-progress", whole=False, settled=False)
    page.locator("table.ledger-words").first.wait_for()
    screenshot("ledger-changes")
    uploaded = shares(said, r"正在上传（[0-9.]+ / [0-9.]+ MB）：(\d+)%")
    assert uploaded == sorted(uploaded)
    assert any(0 < share < 100 for share in uploaded), said
    assert said[-1].startswith("已完成")

    said.clear()
    page.evaluate(WATCH)
    page.click("text=确认写入")
    page.wait_for_url("**/admin/tracker/measure/?plan=*", timeout=PATIENCE)
    assert said[-1].startswith("已完成"), said
    assert Measure.objects.filter(remark__startswith="盯紧").count() == 3


# Tells each change of the words beside the bar to the test.
WATCH = """() => document.querySelectorAll(".work-words").forEach((words) =>
    new MutationObserver(() => window.heard(words.textContent)).observe(words, { childList: true }))"""


def shares(said, pattern):
    return [int(found[1]) for words in said if (found := re.fullmatch(pattern, words))]


def test_what_is_too_large_is_refused_before_it_is_sent(desk, settings, long_file):
    page = desk
    settings.MAX_DOCUMENT_BYTES = 1_000_000
    page.reload()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.set_input_files("input[name=document]", long_file)
    page.click("text=上传并核对")
    expect(page.locator(".form-errors .refusal")).to_have_text(
        re.compile("方案文件：有4.* MB，超过1.0 MB的上限")
    )
    assert sent == []


def test_a_refused_document_leaves_the_form_as_it_was(desk, tmp_path):
    page = desk
    scan = tmp_path / "扫描件.pdf"
    scan.write_bytes(b"%PDF-1.7 ...")
    page.set_input_files("input[name=document]", scan)
    page.fill("[name=title]", "年度任务")
    page.click("text=上传并核对")
    expect(page.locator(".form-errors .refusal")).to_contain_text("是PDF")
    expect(page.locator("[name=title]")).to_have_value("年度任务")
    expect(page.get_by_role("button", name="上传并核对")).to_be_enabled()
    assert page.locator("[name=document]").evaluate("input => input.files.length") == 1


def test_it_works_without_scripts(browser, live_server, word_file):
    load_departments(FIXTURES / "departments.json")
    user = make_user("office")
    with watched_page(browser, live_server.url, java_script_enabled=False) as (page, watch):
        # The theme's own sign-in page needs scripts; the desk does not.
        let_in(page, user.username)
        page.goto(f"{live_server.url}/admin/import/")
        page.set_input_files("input[name=document]", word_file)
        page.click("text=上传并核对")
        expect(page.locator(".import-row")).to_have_count(3)
        page.locator(".import-head button[value=import]").click()
        page.wait_for_url("**/admin/tracker/measure/?plan=*")
    assert Measure.objects.count() == 3
    assert watch.foreign == []
