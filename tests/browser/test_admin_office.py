"""督查室 in the browser: signs in, sees the report's 22 measures, finds the source sentence, and is told of a clash."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.signing_in import begin_as, fits_the_screen, sign_in
from tests.shipped import ship_regimes, ship_rules
from tracker.models import Department, Measure

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)


@pytest.fixture
def logins():
    """The real report, assigned and a month and a half on its way; user name and password by role."""
    out = StringIO()
    ship_regimes()
    ship_rules()
    call_command("seed_demo", stdout=out)
    found = dict(re.findall(r"(督查室|部门联络员|分管领导)：用户名 (\S+  密码 \S+)", out.getvalue()))
    return {role: login.split("  密码 ") for role, login in found.items()}


def test_the_22_measures_and_the_source_of_one(page, logins, screenshot):
    page.goto("/admin/")
    screenshot("admin-login")
    sign_in(page, *logins["督查室"])
    assert page.locator(".tile-all b").inner_text() == "22"
    screenshot("admin-front-office")

    page.locator("#nav-sidebar a", has_text="事项").click()
    page.wait_for_url("**/admin/tracker/measure/")
    page.set_viewport_size({"width": 1440, "height": 1240})
    rows = page.locator("#result_list .data-row")
    expect(rows).to_have_count(22)
    assert rows.first.locator(".field-numbered").inner_text() == "1.1"
    expect(page.locator("#result_list .light")).to_have_count(22)
    screenshot("admin-list")
    for width in (1280, 1024, 390):
        page.set_viewport_size({"width": width, "height": 1240})
        assert fits_the_screen(page), width
        # The theme puts the table into a box that scrolls by itself.
        assert page.locator("#result_list").evaluate(
            "list => { for (let box = list; box; box = box.parentElement)"
            " if (getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth) return false;"
            " return true }"
        ), width
    page.set_viewport_size({"width": 1440, "height": 1240})

    page.get_by_role("link", name="导向破茧").click()
    page.locator(".source-text mark").wait_for()
    mark = page.locator(".source-text mark")
    assert mark.inner_text().startswith("四是导向破茧。")
    assert "三是作风破局" in page.locator(".source-text").inner_text(), "the paragraph in which it begins"
    assert mark.evaluate(
        "mark => { const m = mark.getBoundingClientRect(), b = mark.parentElement.getBoundingClientRect();"
        " return m.top >= b.top && m.top < b.bottom }"
    )
    screenshot("admin-measure")

    page.get_by_role("link", name="查看全文").click()
    page.locator(".document-text").wait_for()
    expect(page.locator(".document-text mark")).to_have_count(22)
    target = page.locator(":target + mark")
    assert target.inner_text().startswith("四是导向破茧。")
    assert target.evaluate("mark => mark.getBoundingClientRect().top < innerHeight")
    page.set_viewport_size({"width": 1440, "height": 900})
    screenshot("admin-document", whole=False)


def test_each_role_starts_at_its_own_page(page, logins, screenshot):
    for role, name, figures in (("部门联络员", "department", "退回待办"), ("分管领导", "leader", "分管单位")):
        begin_as(page, logins[role][0])
        assert int(page.locator(".tile-all b").inner_text()) < 22
        assert figures in page.locator(".workbench").inner_text()
        screenshot(f"admin-front-{name}")
        page.context.clear_cookies()


def test_filtering_by_the_side_sheet(page, logins):
    begin_as(page, logins["督查室"][0])
    page.goto("/admin/tracker/measure/")
    page.get_by_text("过滤器").click()
    sheet = page.locator("#changelist-filter")
    sheet.locator("select[name=light]").select_option("red")
    sheet.locator("select[name=overdue]").select_option("yes")
    sheet.get_by_role("button", name="应用筛选").click()
    page.wait_for_url("**light=red**")
    shown = page.locator("#result_list .data-row")
    expected = Measure.objects.filter(
        due_on__lt=Measure.objects.latest("updated_at").updated_at.date(), status="in_progress"
    )
    assert shown.count() == expected.count() > 0
    assert shown.locator(".light-red").count() == shown.count()


def test_assigning_with_searchable_departments(page, logins, screenshot):
    begin_as(page, logins["督查室"][0])
    # Assigned, not acknowledged yet: assigning again corrects it.
    measure = Measure.objects.get(number="4.2")
    assert measure.status == "assigned"
    measure.co_departments.add(Department.objects.get(name="市财政局"))
    page.goto(f"/admin/tracker/measure/{measure.pk}/step/assign/")
    page.locator("#id_lead + .select2").click()
    search = page.locator(".select2-dropdown .select2-search__field")
    search.fill("没有这个单位")
    assert page.locator(".select2-results__message").inner_text() == "未找到结果"
    search.fill("财政")
    page.locator(".select2-results__option", has_text="市财政局").click()
    screenshot("admin-step-form")
    page.get_by_role("button", name="确认交办").click()
    expect(page.locator(".step-form")).to_contain_text("“市财政局”已是牵头单位，不能同时为配合单位。")
    page.locator(".select2-selection__choice[title=市财政局] .select2-selection__choice__remove").click()
    # Removing one opens the list, which holds the page where it is until it is closed.
    page.keyboard.press("Escape")
    page.get_by_role("button", name="确认交办").click()
    page.wait_for_url(f"**/measure/{measure.pk}/change/")
    expect(page.locator("#main")).to_contain_text("已交办：4.2 促进高效率成果转化")
    measure.refresh_from_db()
    assert measure.lead.name == "市财政局"


def test_the_second_of_two_windows_is_told(page, logins):
    begin_as(page, logins["督查室"][0])
    measure = Measure.objects.get(number="5.1")
    address = f"/admin/tracker/measure/{measure.pk}/step/suspend/"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.locator("[name=reason]").fill("等待规划批复")
    other.get_by_role("button", name="确认暂缓").click()
    other.wait_for_url("**/change/")
    page.locator("[name=reason]").fill("等待资金到位")
    page.get_by_role("button", name="确认暂缓").click()
    expect(page.get_by_role("alert")).to_contain_text("事项已被他人更新")
    assert page.locator("[name=reason]").input_value() == "等待资金到位"
    assert Measure.objects.get(pk=measure.pk).events.last().note == "等待规划批复"


@pytest.fixture
def outbox(settings, tmp_path):
    """The embedded default's outbox, which pytest-django puts its own in the place of."""
    settings.EMAIL_BACKEND = "tracker.reminders.channels.email.outbox.OutboxBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


def test_a_mail_in_the_outbox(page, logins, screenshot, outbox):
    call_command("send_reminders", stdout=StringIO())
    begin_as(page, logins["督查室"][0])
    page.goto("/admin/outbox/")
    screenshot("admin-outbox")
    page.get_by_role("link", name=re.compile("【督查督办】.*逾期")).first.click()
    expect(page.frame_locator(".mail-frame").locator("body")).to_contain_text("逾期")
    screenshot("admin-outbox-mail")


def test_a_mail_cannot_run_scripts(page, logins, outbox):
    outbox.mkdir()
    (outbox / "0.eml").write_bytes(
        b"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<p id=seen>shown</p><script>document.getElementById('seen').textContent = 'taken'</script>"
    )
    begin_as(page, logins["督查室"][0])
    page.goto("/admin/outbox/0.eml/")
    assert page.frame_locator(".mail-frame").locator("#seen").inner_text() == "shown"


# SQLite and PostgreSQL number afresh only when told to (reset_sequences below).
PAGES = (
    "/admin/",
    "/admin/tracker/measure/",
    "/admin/tracker/measure/1/change/",
    "/admin/tracker/measure/1/step/reopen/",
    "/admin/tracker/measure/4/step/edit/",
    "/admin/tracker/department/",
    "/admin/tracker/department/1/change/",
    "/admin/tracker/user/add/",
    "/admin/tracker/plandocument/1/change/",
    "/admin/outbox/",
)


def test_nothing_is_wider_than_a_phone(page, logins, outbox, screenshot):
    first = Measure.objects.earliest("pk").pk
    assert first == Measure.objects.get(number="1.1").pk
    page.set_viewport_size({"width": 390, "height": 844})
    begin_as(page, logins["督查室"][0])
    wide = []
    for address in PAGES:
        assert page.goto(address).status == 200
        if not fits_the_screen(page):
            wide.append(address)
    assert wide == []
    page.goto("/admin/tracker/measure/4/change/")
    screenshot("admin-measure-phone", whole=False)
    page.goto("/admin/tracker/measure/")
    screenshot("admin-list-phone", whole=False)
