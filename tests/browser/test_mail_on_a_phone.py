"""The mail as a phone shows it: nothing wider than the screen, and the title has the room."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.makers import NOW, TODAY
from tests.reminders.test_digest import make_item
from tracker.reminders.channels.email.message import build_message
from tracker.reminders.digest import Digest
from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import Level

LONG = "连续3期未报，最早一期逾期48天"


@pytest.fixture(params=[320, 360, 390, 800])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 700})
    yield page
    page.close()


def mail() -> str:
    items = [
        make_item(
            measure_id=1,
            kind=NoticeKind.PERIOD_REPORT_OVERDUE,
            due_on=TODAY - timedelta(days=48),
            when=f"{LONG}（33个工作日）",
            when_parts=(LONG, "33个工作日，暂估"),
            level=Level.ORANGE,
            periods=3,
            title="加快推进全市老旧小区改造和城市更新，完善社区配套设施" * 2,
        ),
        make_item(measure_id=2, level=Level.RED, title="https://www.example.gov.cn/" + "a" * 60),
        make_item(measure_id=3, kind=NoticeKind.DUE_SOON, when_parts=("还有3天", "3个工作日")),
    ]
    digest = Digest.of(items, recipient="a@x.example", today=TODAY)
    message = build_message(
        digest,
        message_id="<1@city.example>",
        now=NOW,
        reply_to="supervision-and-inspection-office@government.city.example",
        unsubscribe="https://duban.city.example/mute/" + "x" * 60,
    )
    return str(message.alternatives[0][0])


def test_a_mail_fits_the_screen(phone: Page, pytestconfig: pytest.Config) -> None:
    phone.set_content(mail())
    assert phone.viewport_size is not None
    width = phone.viewport_size["width"]
    folder = pytestconfig.getoption("--screenshots")
    if folder:
        phone.screenshot(path=Path(folder) / f"mail-{width}.png", full_page=True)
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    for title in phone.locator("a", has_text="1.1").all():
        box = title.bounding_box()
        assert box is not None
        assert box["width"] > min(width, 640) * 0.75
