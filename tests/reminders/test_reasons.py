"""What is dropped before it is sent says the true reason, as 督查室 reads it in the queue."""

import pytest

from tests.makers import make_user
from tests.reminders.scene import State, overdue, plan, send, unit
from tracker import actions
from tracker.models import Reminder, ReminderRule, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    """A notice that waits for a liaison, the leader and the office."""
    make_user("office", email="office@city.example")
    leader = make_user("leader", email="leader@city.example")
    lead = unit("市教育局", "a@x.example", leader_in_charge=leader)
    measure = overdue(lead, acknowledged=True)
    plan()
    assert set(Reminder.objects.values_list("recipient", flat=True)) == {"a@x.example", "leader@city.example"}
    return measure


def why(recipient: str) -> str:
    send()
    row = Reminder.objects.get(recipient=recipient)
    assert row.state == State.DROPPED
    return row.error


def test_an_edited_audience(waiting):
    ReminderRule.objects.filter(code="overdue").update(audience=["liaison"])
    assert why("leader@city.example") == "规则“逾期催办”的收件身份已调整，不再发给此收件人。"
    assert Reminder.objects.get(recipient="a@x.example").state == State.SENT


def test_a_way_that_is_switched_off(waiting):
    ReminderRule.objects.filter(code="overdue").update(by_mail=False)
    assert why("leader@city.example") == "规则“逾期催办”已不再用邮件发送。"


def test_an_address_that_was_changed(waiting):
    User.objects.filter(email="a@x.example").update(email="new@x.example")
    assert why("a@x.example") == "收件人的邮箱已不在单位的联系人中，改发现在的联系人。"


def test_a_measure_that_was_handed_on(waiting):
    other = unit("市财政局", "b@x.example")
    actions.transfer(measure_id=waiting.pk, actor=None, now=waiting.updated_at, lead=other, reason="职能调整")
    assert "市财政局" in why("a@x.example")
