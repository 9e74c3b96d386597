"""A department's liaison on a phone: finds what waits for it, acknowledges, reports, applies; a leader reads."""

import pytest
from playwright.sync_api import expect

from tests.browser.signing_in import begin_as, fits_the_screen
from tests.makers import NOW, TODAY, make_department, make_measure, make_user
from tests.reminders.scene import only_rules
from tracker import reminders
from tracker.models import InboxNotice, Measure, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    own, other = make_department("市交通运输局"), make_department("市水利局")
    make_user("liaison", department=own, username="jiaotong", name="张三")
    leader = make_user("leader", username="fenguan", name="李市长")
    own.leader_in_charge = leader
    own.save()
    fresh = make_measure(lead=own, acknowledged=False, draft={"title": "打通断头路", "text": "打通断头路。"})
    make_measure(lead=other, draft={"title": "别人的事项"})
    return fresh


def test_from_acknowledging_to_applying_on_a_phone(page, town, screenshot):
    page.set_viewport_size({"width": 390, "height": 844})
    begin_as(page, "jiaotong")
    waiting = page.locator(".box", has_text="待签收")
    expect(waiting).to_contain_text("打通断头路")
    expect(page.locator("body")).not_to_contain_text("别人的事项")
    waiting.get_by_role("link", name="打通断头路").click()
    page.locator(".step-buttons a", has_text="签收").click()
    page.get_by_role("button", name="确认签收").click()

    page.locator(".step-buttons a", has_text="报告进展").click()
    page.locator("[name=percent]").fill("40")
    page.locator("[name=progress]").fill("完成勘察设计")
    assert fits_the_screen(page)
    screenshot("admin-report-phone", whole=False)
    page.get_by_role("button", name="确认报告进展").click()
    expect(page.locator("#reports")).to_contain_text("完成勘察设计")

    page.locator(".step-buttons a", has_text="报告进展").click()
    page.locator("[name=percent]").fill("30")
    page.locator("[name=progress]").fill("返工")
    page.get_by_role("button", name="确认报告进展").click()
    expect(page.locator(".step-form")).to_contain_text("进度由 40% 下调为 30%，必须说明原因。")
    page.get_by_role("link", name="取消").click()

    page.locator(".step-buttons a", has_text="申请办结").click()
    page.locator("[name=result]").fill("全线通车")
    page.get_by_role("button", name="确认申请办结").click()
    # Waited for, not looked at once: on a busy machine the form is still there for a moment.
    expect(page.locator("#timeline .timeline-head b").first).to_have_text("申请办结")
    expect(page.locator(".step-buttons")).to_have_count(0)
    steps = page.locator("#timeline .timeline-head b").all_inner_texts()
    assert steps == ["申请办结", "报告进展", "签收", "交办"], "what was before is the office's"

    # Whoever grades it has the result and what was not reached before him, on a phone as well.
    make_user("office", username="duban")
    town.milestones.create(due_on=TODAY, text="全线贯通")
    page.context.clear_cookies()
    begin_as(page, "duban")
    page.goto(f"/admin/tracker/measure/{town.pk}/step/close/")
    expect(page.locator("#application")).to_contain_text("全线通车")
    expect(page.locator("#application .notice")).to_contain_text("全线贯通")
    assert fits_the_screen(page)
    screenshot("admin-close-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert fits_the_screen(page)
    screenshot("admin-close")
    assert fits_the_screen(page)
    assert Measure.objects.get(pk=town.pk).status == "closing"


def test_a_notice_is_read_by_one_tap_and_the_rest_by_another(page, town, screenshot):
    only_rules("assigned")
    make_measure(lead=town.lead, acknowledged=False, draft={"title": "改造老旧小区"})
    # An address has nowhere to break of its own.
    User.objects.filter(username="jiaotong").update(email="zhangsan.lianluoyuan@jiaotong.city.example")
    reminders.plan(now=NOW, today=TODAY)
    page.set_viewport_size({"width": 390, "height": 844})
    begin_as(page, "jiaotong")
    page.goto("/admin/tracker/inboxnotice/")
    rows = page.locator("#result_list .data-row")
    expect(rows).to_have_count(2)
    screenshot("admin-inbox-phone")
    assert fits_the_screen(page)
    rows.filter(has_text="打通断头路").get_by_role("button", name="标为已读").click()
    expect(page.locator("body")).to_contain_text("已将 1 条消息标为已读")
    page.get_by_role("button", name="全部标为已读（1 条）").click()
    expect(rows.get_by_role("button", name="标为已读")).to_have_count(0)
    assert not InboxNotice.objects.filter(read_at__isnull=True).exists()


def test_the_menu_opens_on_a_phone(page, town):
    page.set_viewport_size({"width": 390, "height": 844})
    begin_as(page, "jiaotong")
    entry = page.locator("#nav-sidebar a", has_text="事项")
    assert not entry.is_visible()
    page.locator(".material-symbols-outlined", has_text="dock_to_right").locator("visible=true").click()
    entry.click()
    page.wait_for_url("**/admin/tracker/measure/")
    expect(page.locator("#result_list .data-row")).to_have_count(1)


def test_a_leader_reads(page, town):
    begin_as(page, "fenguan")
    expect(page.locator(".figures")).to_contain_text("市交通运输局")
    expect(page.locator("body")).not_to_contain_text("市水利局")
    page.goto(f"/admin/tracker/measure/{town.pk}/change/")
    expect(page.locator(".step-buttons")).to_have_count(0)
