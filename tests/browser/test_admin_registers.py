"""督查室 keeps regimes, stage templates and the calendar in the browser, at the desk and on the phone."""

import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.signing_in import begin_as, fits_the_screen
from tests.makers import days_off, ship_regimes
from tracker import actions
from tracker.models import Measure, Regime, StageTemplate, load_calendar

# What is wider inside than it is itself and shows a bar for that.
SCROLLED = """() => [...document.querySelectorAll("#main *")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX))
    .map((one) => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}`)"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(page):
    """Signed in as 督查室 over the demo's 22 measures."""
    ship_regimes()
    out = StringIO()
    call_command("seed_demo", stdout=out)
    found = re.search(r"督查室：用户名 (\S+)", out.getvalue())
    assert found is not None
    begin_as(page, found[1])
    return page


def test_an_edited_regime_is_applied_to_what_runs(office, screenshot):
    regime = Regime.objects.get(is_default=True)
    office.goto(f"/admin/tracker/regime/{regime.pk}/change/")
    for width in (1440, 1280):
        office.set_viewport_size({"width": width, "height": 900})
        assert office.evaluate(SCROLLED) == [], width
    screenshot("regime-form")
    office.locator("#id_nodes-1-amount").fill("5")
    office.get_by_role("button", name="保存", exact=True).click()
    link = office.get_by_role("link", name=re.compile("也用于正在办理的 [0-9]+ 项"))
    link.wait_for()  # on the list, in the message
    screenshot("regime-saved")
    count = int(re.sub(r"\D", "", link.inner_text()))
    link.click()
    office.get_by_role("button", name=f"确认用于 {count} 项").wait_for()
    screenshot("regime-apply")
    office.get_by_role("button", name=f"确认用于 {count} 项").click()
    expect(office.locator("#main")).to_contain_text(f"{count} 项已改按")
    moved = Measure.objects.filter(regime_edition__digest=regime.digest())
    assert moved.count() == count > 10


def test_the_registers_fit_a_phone(office, screenshot):
    office.set_viewport_size({"width": 390, "height": 844})
    regime, template = Regime.objects.get(is_default=True), StageTemplate.objects.get()
    regime.nodes.filter(kind="first_report").update(amount=5)
    wide = []
    for name, address in (
        ("regime-list", "/admin/tracker/regime/"),
        ("regime-form", f"/admin/tracker/regime/{regime.pk}/change/"),
        ("regime-apply", f"/admin/tracker/regime/{regime.pk}/apply/"),
        ("stages-form", f"/admin/tracker/stagetemplate/{template.pk}/change/"),
    ):
        assert office.goto(address).status == 200
        if not fits_the_screen(office):
            wide.append(address)
        screenshot(f"{name}-phone")
    assert wide == []


def test_the_calendar_is_imported_after_a_look(office, screenshot, tmp_path):
    measure = Measure.objects.filter(status="in_progress").first()
    year = load_calendar().known_until.year + 1
    actions.extend(
        measure_id=measure.pk, actor=None, now=timezone.now(), due_on=date(year, 6, 30), reason="工期调整"
    )
    table = tmp_path / "放假安排.csv"
    table.write_text(
        "日期,类型,说明\n"
        + "".join(f"{day},休,放假\n" for day in days_off(year))
        + f"{year}-02-07,班,春节调休上班\n",
        encoding="gb18030",
    )
    office.set_viewport_size({"width": 1280, "height": 900})
    office.goto("/admin/")
    expect(office.get_by_role("status")).to_contain_text(f"{year}年放假安排尚未录入")
    screenshot("calendar-notice")
    office.goto(f"/admin/tracker/measure/{measure.pk}/change/")
    screenshot("calendar-measure")
    office.goto("/admin/tracker/calendarday/")
    screenshot("calendar-list")
    office.locator("#main").get_by_role("link", name="导入放假安排").click()
    office.locator("input[type=file]").set_input_files(table)
    screenshot("calendar-upload")
    office.get_by_role("button", name="上传并核对").click()
    office.get_by_role("button", name="确认写入").wait_for()
    screenshot("calendar-difference")
    office.set_viewport_size({"width": 390, "height": 844})
    assert fits_the_screen(office)
    screenshot("calendar-difference-phone")
    office.get_by_role("button", name="确认写入").click()
    expect(office.locator("#main")).to_contain_text("已写入 8 天")
    assert fits_the_screen(office)
    screenshot("calendar-list-phone")
    assert load_calendar().known_until.year == year
