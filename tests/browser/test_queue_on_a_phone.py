"""The queue and the inbox on a phone and on a desk: short cards, nothing beside the screen, no column cut off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.signing_in import let_in
from tests.makers import liaison_of, make_department, make_measure, make_user
from tracker.models import InboxNotice, Measure, Reminder, ReminderRule, User
from tracker.rules.reminder_kinds import NoticeKind

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "加快推进全市老旧小区改造和城市更新，完善社区养老、托幼、便民服务等配套设施建设"
ADDRESS = "supervision-and-inspection-office@government.city.example"
WORDS = f"邮件服务器拒收该收件人：550 5.1.1 <{ADDRESS}>: Recipient address rejected: User unknown in virtual mailbox table"


@pytest.fixture
def notices(transactional_db: None) -> tuple[User, User, Reminder]:
    office, today = make_user("office"), timezone.localdate()
    lead = make_department("市住房和城乡建设局（市人民防空办公室）")
    measures: list[Measure] = [make_measure(lead=lead, draft={"title": f"{TITLE}{n}"}) for n in range(3)]
    reader, now = liaison_of(lead), timezone.now()
    rule = ReminderRule.objects.create(code="x", name="x", kind="overdue", days=1, audience=["liaison"])
    for measure in measures:
        for kind, state, level in (
            (NoticeKind.OVERDUE, Reminder.State.FAILED, "red"),
            (NoticeKind.PERIOD_REPORT_OVERDUE, Reminder.State.SENT, "orange"),
            (NoticeKind.BEHIND_RED, Reminder.State.PLANNED, ""),
        ):
            common = {
                "measure": measure,
                "rule": rule,
                "kind": kind,
                "level": level,
                "anchor": len(kind),
                "due_on": today - timedelta(days=9),
                "step_on": today,
                "occurrence": 3,
                "department": lead,
            }
            failed = state == Reminder.State.FAILED
            reminder = Reminder.objects.create(
                **common,
                recipient=ADDRESS,
                planned_on=today,
                state=state,
                not_before=now,
                message_id=f"<duban-{'0' * 32}@government.city.example>",
                error=WORDS if failed else "",
                failed_at=now if failed else None,
                sent_at=now if state == Reminder.State.SENT else None,
            )
            InboxNotice.objects.create(**common, user=reader, created_at=now)
    return office, reader, reminder


def tallest(page: Page) -> float:
    return float(
        page.evaluate(
            "Math.max(...[...document.querySelectorAll('#result_list .data-row')].map(r => r.getBoundingClientRect().height))"
        )
    )


def beyond(page: Page) -> int:
    """How far the page, or a list within it, reaches beyond what is seen of it."""
    return int(
        page.evaluate(
            "Math.max(document.documentElement.scrollWidth - innerWidth,"
            "...[...document.querySelectorAll('#result_list')].flatMap(list => {"
            "const box = list.closest('.overflow-x-auto') || list;"
            "return [box.scrollWidth - box.clientWidth, list.getBoundingClientRect().right - innerWidth]}))"
        )
    )


@pytest.mark.parametrize(("width", "card"), [(390, 260), (1440, 200)])
def test_queue_and_inbox_fit_the_screen(
    page: Page,
    live_server: LiveServer,
    notices: tuple[User, User, Reminder],
    screenshot: Callable[..., None],
    width: int,
    card: int,
) -> None:
    office, reader, reminder = notices
    page.set_viewport_size({"width": width, "height": 844})
    for user, name in ((office, "reminder"), (reader, "inboxnotice")):
        page.context.clear_cookies()
        let_in(page, user.username)
        page.goto(f"{live_server.url}{reverse(f'admin:tracker_{name}_changelist')}")
        screenshot(f"{name}-{width}")
        assert page.locator("#result_list .data-row").count() == 9
        assert beyond(page) <= 0
        assert tallest(page) <= card
    page.context.clear_cookies()
    let_in(page, office.username)
    page.goto(f"{live_server.url}{reverse('admin:tracker_reminder_change', args=[reminder.pk])}")
    screenshot(f"reminder-one-{width}")
    assert beyond(page) <= 0
