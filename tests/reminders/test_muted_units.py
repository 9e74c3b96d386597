"""A mailbox that a whole unit reads may be muted by one click of one of them: it is shown, since nobody else is told."""

import pytest

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import run_days, soon, unit
from tracker.models import Reminder, ReminderRule
from tracker.reminders import muting

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    ReminderRule.objects.filter(code="deadline-soon").update(mutable=True)
    return unit("市教育局", mailbox="box@x.example")


def test_a_unit_whose_mailbox_was_muted_is_named(lead, client):
    soon(lead)
    assert muting.units_muted() == []
    muting.mute("box@x.example", now=NOW)
    run_days(TODAY)
    assert not Reminder.objects.exists(), "nobody is told, and no gap says so"
    unit("市财政局", "b@y.example")
    assert muting.units_muted() == ["市教育局"]
    client.force_login(make_user("office"), backend="django.contrib.auth.backends.ModelBackend")
    queue = client.get("/admin/tracker/reminder/").content.decode()
    assert "有 1 个单位接收提醒的邮箱均已停收临期、节点类提醒，这类邮件无人收到：市教育局。" in queue
    page = client.get(f"/admin/tracker/department/{lead.pk}/change/").content.decode()
    assert "本单位接收提醒的邮箱均已停收临期、节点类提醒" in page


def test_one_of_two_liaisons_hears_it_for_the_unit(lead):
    for email in ("a@x.example", "b@x.example"):
        make_user("liaison", department=lead, email=email)
    muting.mute("a@x.example", now=NOW)
    assert muting.units_muted() == []
    muting.mute("b@x.example", now=NOW)
    assert muting.units_muted() == ["市教育局"]


def test_where_nothing_may_be_muted_nothing_is_missing(lead):
    muting.mute("box@x.example", now=NOW)
    ReminderRule.objects.update(mutable=False)
    assert muting.units_muted() == []
