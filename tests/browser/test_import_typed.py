"""What is typed on the import desk outlives the session, and another's saving of the same draft."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.desk_page import read
from tests.browser.signing_in import fits_the_screen
from tests.makers import make_user
from tracker.importing import desk
from tracker.models import ImportDraft, Measure, User

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = "重点任务\n一、城建\n1.修路。市交通局牵头，2031年10月底前完成。\n2.架桥。市住建局牵头，长期坚持。\n"
TITLE, OTHER = "[name='title-1.1']", "[name='title-1.2']"


@pytest.fixture
def preview(desk):
    read(desk, PLAN)
    return desk


def sign_in_again(page):
    page.locator("[name=username]").fill(User.objects.get().username)
    page.locator("[name=password]").fill("correct-horse-9")
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("button", ["save", "import"])
def test_a_session_that_ended_costs_nothing_of_what_was_typed(preview, button, screenshot):
    page = preview
    page.fill(TITLE, "修通环城路")
    page.check("[name='assign-1.2']")
    Session.objects.all().delete()
    page.locator(f".import-head button[value={button}]").click()
    page.locator("[name=password]").wait_for()
    assert ImportDraft.objects.get().decisions == {}
    sign_in_again(page)
    expect(page.locator(".typed-again")).to_be_visible()
    expect(page.locator(TITLE)).to_have_value("修通环城路")
    expect(page.locator("[name='assign-1.2']")).to_be_checked()
    screenshot("import-typed-again")
    page.locator(".import-head button[value=save]").click()
    page.get_by_text("已保存修改").wait_for()
    assert ImportDraft.objects.get().decisions["1.1"] == {"title": "修通环城路"}
    # Once it is saved nobody is offered it again, whatever others make of it.
    ImportDraft.objects.update(decisions={"1.1": {"title": "别人的改法"}})
    page.reload()
    expect(page.locator(TITLE)).to_have_value("别人的改法")
    expect(page.locator(".typed-again")).to_be_hidden()


@pytest.mark.parametrize("button", ["save", "import"])
def test_nor_does_a_lost_csrf_cookie(preview, button):
    page = preview
    address = page.url
    page.fill(TITLE, "修通环城路")
    page.context.clear_cookies(name="csrftoken")
    page.locator(f".import-head button[value={button}]").click()
    if button == "save":
        page.get_by_role("link", name="重新打开这个页面").click()
    else:
        expect(page.locator(".form-errors .refusal")).to_contain_text("请刷新页面，您填写的内容会自动恢复")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(address)
    expect(page.locator(".typed-again")).to_be_visible()
    expect(page.locator(TITLE)).to_have_value("修通环城路")
    assert not Measure.objects.exists()


def test_what_comes_back_does_not_undo_what_others_saved_meanwhile(preview, screenshot):
    page = preview
    page.fill(TITLE, "我的改法")
    draft = ImportDraft.objects.get()
    draft.decisions, draft.version = {"1.1": {"title": "别人的改法"}, "1.2": {"title": "架两座桥"}}, 2
    draft.save()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(TITLE)).to_have_value("我的改法")
    expect(page.locator(OTHER)).to_have_value("架两座桥")
    page.locator(".import-head button[value=save]").click()
    error = page.locator("#r1\\.1 .refusal")
    expect(error).to_contain_text("由“修路”改为“别人的改法”")
    expect(page.locator(TITLE)).to_have_value("我的改法")
    screenshot("import-conflict")
    page.locator(".import-head button[value=save]").click()
    page.get_by_text("已保存修改").wait_for()
    draft.refresh_from_db()
    assert draft.decisions == {"1.1": {"title": "我的改法"}, "1.2": {"title": "架两座桥"}}


def test_a_refused_confirmation_shows_what_others_saved_and_takes_the_second_click(preview):
    page = preview
    page.fill(TITLE, "我的改法")
    ImportDraft.objects.update(decisions={"1.1": {"title": "别人的改法"}}, version=2)
    page.locator(".import-head button[value=import]").click()
    expect(page.locator("#r1\\.1 .refusal")).to_contain_text("您把措施填为“我的改法”")
    assert not Measure.objects.exists()
    page.locator(".import-head button[value=save]").click()
    page.get_by_text("已保存修改").wait_for()
    assert ImportDraft.objects.get().decisions["1.1"] == {"title": "我的改法"}


def test_what_was_typed_when_another_imported_is_listed_with_its_measures(preview, screenshot):
    page = preview
    page.fill(TITLE, "修通环城路")
    draft = ImportDraft.objects.get()
    clerk = make_user("office", name="小李")
    desk.confirm(draft, actor=clerk, now=timezone.now(), expected_version=draft.version)
    page.locator(".import-head button[value=import]").click()
    listed = page.locator(".import-late")
    expect(listed).to_contain_text("您填写“修通环城路”，现为“修路”")
    screenshot("import-late")
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits_the_screen(page)
    screenshot("import-late-phone")
    listed.get_by_role("link", name="1.1 修路").click()
    page.wait_for_url(f"**/measure/{Measure.objects.get(number='1.1').pk}/change/")
    page.go_back()
    listed.get_by_role("button", name="不再需要").click()
    page.wait_for_url("**/admin/tracker/measure/?plan=*")
