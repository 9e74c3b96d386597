"""The connection ends in the middle, or the server's process does: the clerk is told what is sure and what to do next."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import read
from tracker.models import ImportDraft, Measure

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = "重点任务\n一、城建\n1.修路。市交通局牵头，2031年10月底前完成。\n2.架桥。市住建局牵头，长期坚持。\n"


def cut(route):
    """The server does all of it, and its answer is lost."""
    if route.request.method == "POST":
        route.fetch()
        return route.abort()
    return route.continue_()


def die(route):
    """What stands before the server says of one whose process was killed."""
    if route.request.method == "POST":
        return route.fulfill(status=502, content_type="text/html", body="<h1>502 Bad Gateway</h1>")
    return route.continue_()


@pytest.mark.parametrize(("fate", "drafts"), [(cut, 1), (die, 0)])
def test_an_upload_that_was_cut_off(desk, fate, drafts):
    page = desk
    page.route("**/admin/import/", fate)
    page.fill("[name=pasted]", PLAN)
    page.click("text=上传并核对")
    expect(page.locator(".form-errors .refusal")).to_contain_text("没有写入任何事项。请刷新本页")
    expect(page.get_by_role("button", name="上传并核对")).to_be_enabled()
    expect(page.locator("[name=pasted]")).to_have_value(PLAN)
    expect(page.locator(".work")).to_be_hidden()
    page.unroute("**/admin/import/")
    page.reload()
    expect(page.locator(".desk .rows li")).to_have_count(drafts)
    assert ImportDraft.objects.count() == drafts
    assert not Measure.objects.exists()


@pytest.mark.parametrize(("fate", "count"), [(cut, 2), (die, 0)])
def test_a_confirmation_that_was_cut_off(desk, fate, count):
    page = desk
    read(page, PLAN)
    page.fill("[name='title-1.1']", "修通环城路")
    page.get_by_role("button", name="保存修改").first.click()
    page.get_by_text("已保存修改").wait_for()
    page.route("**/admin/import/*/", fate)
    page.locator(".import-head button[value=import]").click()
    expect(page.locator(".form-errors .refusal")).to_contain_text("要么全部写入，要么一项也没有。请刷新本页")
    assert Measure.objects.count() == count
    page.unroute("**/admin/import/*/")
    page.reload()
    if count:
        page.wait_for_url("**/admin/tracker/measure/?plan=*")
        page.get_by_text("该文件已经导入，没有再次写入").wait_for()
    else:
        expect(page.locator("[name='title-1.1']")).to_have_value("修通环城路")
        page.locator(".import-head button[value=import]").click()
        page.wait_for_url("**/admin/tracker/measure/?plan=*")
    assert sorted(Measure.objects.values_list("title", flat=True)) == ["修通环城路", "架桥"]
