"""Fixtures of the browser tests: `page` is a watched page of the live server, `screenshot(name)` a picture of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.watched import launch, watched_page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; what the tests do beside it is not asynchronous.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """At its end the page must have asked no other host, and no script of it may have failed."""
    with watched_page(browser, live_server.url) as (opened, watch):
        yield opened
    assert watch.foreign == []
    assert watch.faults == []


@pytest.fixture
def screenshot(page: Page, pytestconfig: pytest.Config) -> Callable[..., None]:
    """`screenshot(name)` saves the whole page as NAME.png in the folder of --screenshots, once it has loaded everything.

    `whole=False`: the window alone; `settled=False`: at once. Without that folder no picture is made: nobody would see it.
    """
    given = pytestconfig.getoption("--screenshots")

    def save(name: str, *, whole: bool = True, settled: bool = True) -> None:
        if given:
            Path(given).mkdir(parents=True, exist_ok=True)
            if settled:
                page.wait_for_load_state("networkidle")
            page.screenshot(path=Path(given) / f"{name}.png", full_page=whole, animations="disabled")

    return save


@pytest.fixture
def desk(page: Page, live_server: LiveServer) -> Page:
    """The import desk, open to 督查室."""
    # Not above: pytest reads this file before the settings are there when it is pointed at this folder.
    from tests.browser.signing_in import let_in
    from tests.makers import make_user
    from tracker.importing.departments import load_departments

    load_departments(Path(__file__).resolve().parents[2] / "fixtures" / "departments.json")
    let_in(page, make_user("office").username)
    page.goto(f"{live_server.url}/admin/import/")
    return page
