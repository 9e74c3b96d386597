"""The page of the API's documentation in a real browser, under the product's own content security policy."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.api.callers import OPERATIONS


@pytest.mark.django_db(transaction=True)
def test_operations_are_shown_and_open(page: Page, live_server: LiveServer):
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.get_by_role("heading", name="督查督办 API")).to_be_visible()
    operations = page.locator(".opblock")
    expect(operations).to_have_count(OPERATIONS)
    acknowledge = page.locator("#operations-事项-measures_acknowledge")
    acknowledge.locator("button.opblock-summary-control").click()
    expect(acknowledge.get_by_text("牵头单位签收交办的事项")).to_be_visible()
    expect(acknowledge.get_by_text("不能签收").first).to_be_visible()
