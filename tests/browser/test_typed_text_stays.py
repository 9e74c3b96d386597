"""A session that ends while a liaison types: what was typed is there again after signing in, for that person alone."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.signing_in import let_in
from tests.makers import make_department, make_measure, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct-horse-9"


def step(measure, verb):
    return reverse("admin:tracker_measure_step", args=[measure.pk, verb])


def enter(page, username):
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_what_was_typed_comes_back_after_signing_in_again(page):
    own = make_department("市交通运输局")
    for username in ("zhang", "li"):
        make_user("liaison", department=own, username=username, password=PASSWORD)
    measure, other = make_measure(lead=own), make_measure(lead=own)
    again = page.locator(".typed-again")
    let_in(page, "zhang")
    page.goto(step(measure, "report"))
    page.locator("[name=percent]").fill("40")
    page.locator("[name=progress]").fill("可研报告已报送审批，\n正在对接。")
    Session.objects.all().delete()
    page.get_by_role("button", name="确认报告进展").click()
    page.locator("[name=password]").wait_for()
    assert not measure.reports.exists()
    enter(page, "zhang")
    expect(again).to_be_visible()
    expect(page.locator("[name=percent]")).to_have_value("40")
    expect(page.locator("[name=progress]")).to_have_value("可研报告已报送审批，\n正在对接。")
    # Another form knows nothing of it, and once it was sent nobody is offered it again.
    page.goto(step(other, "report"))
    expect(page.locator("[name=progress]")).to_have_value("")
    page.goto(step(measure, "report"))
    page.get_by_role("button", name="确认报告进展").click()
    expect(page.locator("#reports")).to_contain_text("可研报告已报送审批")
    assert measure.reports.get().percent == 40
    page.goto(step(measure, "report"))
    expect(page.locator("[name=progress]")).to_have_value("")
    expect(again).to_be_hidden()
    # Given up on purpose; and a colleague at the same window does not find it.
    page.locator("[name=progress]").fill("不要了")
    page.reload()
    expect(page.locator("[name=progress]")).to_have_value("不要了")
    page.get_by_role("link", name="放弃这些内容").click()
    expect(again).to_be_hidden()
    expect(page.locator("[name=progress]")).to_have_value("")
    page.locator("[name=progress]").fill("张三的话")
    Session.objects.all().delete()
    page.reload()
    enter(page, "li")
    expect(page.locator("[name=progress]")).to_have_value("")
    expect(again).to_be_hidden()
