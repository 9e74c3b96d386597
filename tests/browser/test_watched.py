"""The watch over browser pages sees what it is there to see."""

import pytest

from tests.browser.watched import watched_page


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://fonts.example/logo.png">',
        "<style>@import url(https://fonts.example/logo.png);</style>",
        '<script>fetch("https://fonts.example/logo.png").catch(() => 0)</script>',
        '<iframe src="https://fonts.example/logo.png"></iframe>',
    ],
)
def test_foreign_address_is_recorded(browser, live_server, markup):
    with watched_page(browser, live_server.url) as (page, watch):
        with page.expect_request("https://fonts.example/logo.png"):
            page.set_content(markup, wait_until="domcontentloaded")
        page.wait_for_load_state()
    assert watch.foreign == ["https://fonts.example/logo.png"]


def test_script_fault_is_recorded(browser, live_server):
    with watched_page(browser, live_server.url) as (page, watch), page.expect_event("pageerror"):
        page.set_content("<script>setTimeout(() => { throw new Error('boom') })</script>")
    assert ["boom" in fault for fault in watch.faults] == [True]


def test_what_the_content_policy_stops_is_recorded(browser, live_server):
    with watched_page(browser, live_server.url) as (page, watch):
        page.goto("/admin/login/")
        page.evaluate(
            "document.body.append(Object.assign(new Image(), {src: 'https://fonts.example/logo.png'}))"
        )
        page.wait_for_load_state("networkidle")
    assert watch.foreign or watch.faults


def test_login_page_is_whole(page, screenshot):
    page.goto("/admin/login/")
    assert page.locator("input[name=username]").is_visible()
    assert page.evaluate("document.fonts.check('16px sans-serif', '督查督办')")
    assert len(page.screenshot(full_page=True, animations="disabled")) > 10_000
    screenshot("login")
