"""What a person must look at before importing: a click on each note scrolls to its place and marks it there."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import in_view, read
from tests.browser.signing_in import fits_the_screen
from tests.importing.support import run_import
from tracker.models import Measure

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "做好用地、环评、施工许可等要素保障。" * 6


def task(number):
    """Every fortieth has something to look at: a limit without a year, a day that does not exist, no lead at all."""
    ending = {
        1: "（市发展改革委牵头，10月底前完成）",
        2: "（市发展改革委牵头，30个工作日内完成）",
        3: "（长期坚持）",
    }.get(number % 40, "（市发展改革委牵头，长期坚持）")
    return f"{number}.推进第{number}号项目。{WORDS}{ending}\n"


PLAN = (
    "重点任务\n一、项目\n"
    + "".join(map(task, range(1, 131)))
    + "二、有关要求\n请各单位抓好落实。\n联系人：张三，电话12345678\n"
)


@pytest.fixture
def notes(desk):
    """The preview of a plan of two pages with something to look at on both."""
    read(desk, PLAN)
    return desk


def marked(page):
    """The words of the source that are marked and within the visible part of their pane."""
    assert in_view(page, ".import-text", ".import-text .chosen")
    return page.locator(".import-text .chosen").first.inner_text()


def test_a_problem_scrolls_the_source_to_its_very_words(notes):
    page = notes
    places = page.locator(".import-notes a[data-at]")
    assert places.nth(1).inner_text() == "第43行"
    places.nth(1).click()
    assert marked(page) == "10月底前"
    assert page.locator(".import-text .chosen").first.get_attribute("data-measure") == "1.41"
    # The pane itself is brought into the window, not only its place into the pane.
    assert page.locator(".import-text .chosen").first.bounding_box()["y"] < page.viewport_size["height"]
    places.first.click()
    assert marked(page) == "10月底前"
    assert page.locator(".import-text .chosen").first.get_attribute("data-measure") == "1.1"


def test_a_remark_scrolls_the_rows_to_its_row(notes):
    page = notes
    page.locator(".import-notes a", has_text="1.42 ").click()
    expect(page.locator("[id='r1.42']")).to_contain_class("chosen")
    assert in_view(page, ".import-tree", "[id='r1.42']")
    assert marked(page).startswith("42.")


def test_what_stands_on_another_page_is_shown_there(notes, screenshot):
    page = notes
    page.locator(".import-notes button", has_text="第123行").click()
    page.wait_for_url("**?page=2#c*")
    assert marked(page) == "10月底前"
    # Left over at the very end of the source.
    page.locator(".import-notes a", has_text="抄送与公开方式").click()
    assert marked(page).startswith("联系人：张三")
    screenshot("import-notes")


def test_what_rows_lack_is_stepped_through_row_by_row(notes):
    page = notes
    lacking = page.locator(".import-missing", has_text="未定牵头单位 4")
    for number in ("1.3", "1.43", "1.83", "1.3"):
        lacking.click()
        expect(page.locator(f"[id='r{number}']")).to_contain_class("chosen")
        assert in_view(page, ".import-tree", f"[id='r{number}']")


def test_the_missing_year_is_asked_for_and_settles_its_limits(notes, screenshot):
    page = notes
    expect(page.locator("#year h3")).to_contain_text("文件没有写明年份")
    screenshot("import-year")
    page.fill("[name='title-1.1']", "推进头号项目")
    page.fill("[name=year]", "2031")
    page.get_by_role("button", name="按此年份重新读取").click()
    page.get_by_text("已按2031年重新读取时限").wait_for()
    expect(page.locator("[name='due_on-1.41']")).to_have_value("2031-10-31")
    expect(page.locator("[name='title-1.1']")).to_have_value("推进头号项目")
    expect(page.locator("#year")).to_have_count(0)
    assert not Measure.objects.exists()


def test_a_relative_limit_is_counted_and_taken_by_one_click(notes):
    page = notes
    suggestion = page.locator("[id='r1.2'] [data-fill='due_on-1.2']")
    day = suggestion.inner_text()
    expect(page.locator("[id='r1.2']")).to_contain_text("“30个工作日内”从起算日期")
    expect(page.locator("[name='due_on-1.2']")).to_have_value("")
    suggestion.click()
    expect(page.locator("[name='due_on-1.2']")).to_have_value(day)


def test_a_plan_without_a_title_leads_to_where_it_is_named(desk):
    page = desk
    read(page, "1.修路。市交通局牵头，2031年10月底前完成。\n2.架桥。市住建局牵头，长期坚持。\n")
    page.locator(".import-notes a", has_text="方案名称").click()
    expect(page.locator("[name=plan_title]")).to_be_focused()
    expect(page.locator(".import-tree h3")).to_contain_text("粘贴的文字")


def test_on_a_phone_a_note_brings_its_place_into_the_window(notes):
    page = notes
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits_the_screen(page)
    page.locator(".import-notes a[data-at]").nth(1).click()
    assert marked(page) == "10月底前"
    assert 0 <= page.locator(".import-text .chosen").first.bounding_box()["y"] < 844
    page.locator(".import-notes a", has_text="1.42 ").click()
    assert in_view(page, ".import-tree", "[id='r1.42']")
    assert -1 <= page.locator("[id='r1.42']").bounding_box()["y"] < 844


def test_what_a_new_version_changes_is_reached_from_its_count(desk, screenshot):
    page = desk
    run_import(PLAN, name="重点任务.txt")
    lines = PLAN.splitlines(keepends=True)
    # The sixtieth and the hundred-and-twentieth say more, the ninetieth is gone.
    changed = [
        line.replace("做好用地", "抓紧做好用地", 1) if line.startswith(("60.", "120.")) else line
        for line in lines
    ]
    read(page, "".join(line for line in changed if not line.startswith("90.")))
    page.locator(".import-counts .tag", has_text="改写 2").click()
    expect(page.locator("[id='r1.60']")).to_contain_class("chosen")
    assert in_view(page, ".import-tree", "[id='r1.60']")
    screenshot("import-second-version")
    page.locator(".import-counts .tag", has_text="撤销 1").click()
    page.wait_for_url("**?page=2#gone-1.90")
    expect(page.locator("[id='gone-1.90']")).to_contain_class("chosen")
    assert in_view(page, ".import-tree", "[id='gone-1.90']")
    expect(page.locator("[id='gone-1.90']")).to_contain_text("导入后撤销")


def test_most_of_a_plan_goes_only_when_that_is_ticked(desk, screenshot):
    page = desk
    run_import(PLAN, name="重点任务.txt")
    lines = PLAN.splitlines(keepends=True)
    read(page, "".join(line for line in lines if not line[:3].rstrip(".").isdecimal() or len(line) % 7 == 0))
    tick = page.get_by_role("checkbox", name="已核对")
    expect(page.locator(".import-removal")).to_contain_text("现有130项措施")
    screenshot("import-removal", whole=False)
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits_the_screen(page)
    screenshot("import-removal-phone", whole=False)
    page.locator("button[value=import]").last.click()
    expect(page.locator(".form-errors .refusal")).to_contain_text("没有导入：确实如此的，请先勾选")
    assert not Measure.objects.filter(status="cancelled").exists()
    # A tick is for the click that follows: it does not come back by itself.
    tick.check()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(tick).not_to_be_checked()
    tick.check()
    page.locator("button[value=import]").last.click()
    page.wait_for_url("**/admin/tracker/measure/?plan=*")
    assert Measure.objects.filter(status="cancelled").exists()
