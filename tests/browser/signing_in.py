"""What the browser tests of the admin do again and again."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from tracker.models import User

HOST = "localhost"  # where the live server listens


def let_in(page: Page, username: str) -> None:
    """Signs somebody in without the login page, which few tests are about."""
    client = Client()
    user = User.objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": HOST, "path": "/"}]
    )


def begin_as(page: Page, username: str) -> None:
    """Signs in without the login page and ends on the front page."""
    let_in(page, username)
    page.goto("/admin/")
    page.locator(".workbench").wait_for()


def sign_in(page: Page, username: str, password: str) -> None:
    """By the login page, as a person does; ends on the front page."""
    page.goto("/admin/login/?next=/admin/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="登录").click()
    page.locator(".workbench").wait_for()


def fits_the_screen(page: Page) -> bool:
    """Whether the page needs no scrolling sideways."""
    page.wait_for_load_state()
    # Wide letters come with their font; waiting for a silent network would take half a second more.
    return bool(
        page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth <= innerWidth)")
    )
