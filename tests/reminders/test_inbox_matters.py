"""What is unread in an inbox counts matters: the latest notice of each stands for those before it that nobody read."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import NOW, TODAY, liaison_of, make_user
from tests.reminders.scene import only_rules, overdue, plan, run_days, soon, unit
from tracker import actions, reminders
from tracker.models import InboxNotice, ReminderRule
from tracker.reminders import inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    make_user("office", email="office@city.example")
    return unit("市教育局", "a@x.example")


def weeks(count: int, first: date = TODAY) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(7 * count)]


def test_six_weeks_unread_are_as_many_notices_as_matters(lead):
    late = [overdue(lead) for _number in range(3)]
    near = soon(lead)
    run_days(*weeks(6))
    me = liaison_of(lead)
    rows = inbox.notices_of(me)
    assert inbox.unread(me) == rows.count() == 4
    assert set(rows.values_list("measure", flat=True)) == {*(measure.pk for measure in late), near.pk}
    assert set(rows.values_list("kind", flat=True)) == {"overdue"}, "no longer 即将到期 beside it"
    assert InboxNotice.objects.filter(user=me).count() > 12, "what was said stays on record"
    [newest] = rows.filter(measure=late[0])
    of_it = InboxNotice.objects.filter(user=me, measure=late[0])
    assert newest.step_on == max(of_it.values_list("step_on", flat=True))


def test_what_was_read_stays_and_a_later_one_is_unread_again(lead):
    overdue(lead)
    run_days(TODAY)
    me = liaison_of(lead)
    inbox.mark_read(me, now=NOW)
    run_days(*weeks(3))
    assert inbox.unread(me) == 1
    assert inbox.notices_of(me).count() == 2


def test_another_tick_brings_nothing_replaced_back(lead):
    """Two rules of one kind tell one person one matter; which of them is shown does not turn with every tick."""
    overdue(lead)
    rule = ReminderRule.objects.get(code="overdue")
    ReminderRule.objects.create(
        code="again", name="再催", kind="overdue", days=1, unit="calendar", audience=rule.audience
    )
    plan()
    me = liaison_of(lead)
    [shown] = inbox.notices_of(me)
    before = list(InboxNotice.objects.order_by("pk").values())
    assert len(before) > 1
    for _tick in range(3):
        assert plan().inbox == 0
        assert reminders.preview(now=NOW, today=TODAY).inbox == 0
    assert list(InboxNotice.objects.order_by("pk").values()) == before
    assert list(inbox.notices_of(me)) == [shown]


def test_what_is_true_again_comes_back_as_the_latest_alone(lead):
    measure = overdue(lead)
    run_days(*weeks(2))
    me = liaison_of(lead)
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW + timedelta(days=14), reason="等待文件")
    run_days(TODAY + timedelta(days=14))
    assert inbox.unread(me) == 0
    actions.resume(measure_id=measure.pk, actor=None, now=NOW + timedelta(days=14))
    run_days(TODAY + timedelta(days=14))
    assert inbox.unread(me) == 1


def test_a_node_told_ahead_and_late_is_one_matter(lead):
    only_rules("checkpoint-near", "acknowledge-overdue", "first-report-overdue")
    measure = overdue(lead, due_on=TODAY + timedelta(days=90), starts_on=TODAY)
    run_days(*weeks(4))
    nodes = measure.checkpoints.filter(done_on=None).exclude(kind="period_report").count()
    assert inbox.unread(liaison_of(lead)) == nodes == 2


def test_one_statement_replaces_however_many(lead):
    for _number in range(5):
        overdue(lead)
    run_days(TODAY)
    later = TODAY + timedelta(days=7)
    with CaptureQueriesContext(connection) as queries:
        reminders.plan(now=NOW + timedelta(days=7), today=later)
    assert sum("replaced_at = " in query["sql"] for query in queries) == 1
    assert inbox.unread(liaison_of(lead)) == 5


def test_the_list_says_which_time_it_is(lead, client):
    overdue(lead)
    run_days(*weeks(2))
    client.force_login(liaison_of(lead), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/tracker/inboxnotice/").content.decode()
    assert "已逾期（第2次）" in page
    assert page.count("标为已读</button>") == 1
