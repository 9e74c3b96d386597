"""What the browser tests of the admin do again and again."""

from playwright.sync_api import Page


def sign_in(page: Page, username: str, password: str) -> None:
    """By the login page, as a person does; ends on the front page."""
    page.goto("/admin/login/?next=/admin/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="登录").click()
    page.locator(".workbench").wait_for()


def fits_the_screen(page: Page) -> bool:
    """Whether the page needs no scrolling sideways."""
    page.wait_for_load_state("networkidle")
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
