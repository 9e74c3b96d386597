"""A department's own hour of sending reaches what waits already: moved, removed or newly set, what is planned follows."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from tests.makers import NOW, TODAY
from tests.reminders.scene import Clock, only_rules, overdue, plan, send, unit
from tracker import actions, reminders
from tracker.models import Reminder

pytestmark = pytest.mark.django_db
AFTERNOON = time(16, 0)


def at(hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(TODAY, hour))


@pytest.fixture
def lead():
    return unit("市教育局", "a@x.example", send_at=AFTERNOON)


def set_hour(department, hour):
    department.send_at = hour
    department.save(update_fields=["send_at"])


def hours():
    return {
        timezone.localtime(moment).time() for moment in Reminder.objects.values_list("not_before", flat=True)
    }


def test_removed_it_goes_at_once(lead, mailoutbox):
    overdue(lead)
    plan(quick=True)
    assert hours() == {AFTERNOON}
    set_hour(lead, None)
    plan(quick=True)
    send()
    assert [mail.to for mail in mailoutbox] == [["a@x.example"]]


@pytest.mark.parametrize("hour", [time(15, 0), time(17, 30)])
def test_moved_it_waits_for_the_new_hour(lead, hour):
    overdue(lead)
    plan(quick=True)
    set_hour(lead, hour)
    plan(quick=True)
    assert hours() == {hour}


def test_newly_set_it_holds_back_what_has_not_gone(lead, mailoutbox):
    set_hour(lead, None)
    overdue(lead)
    plan(quick=True)
    set_hour(lead, AFTERNOON)
    plan(quick=True)
    assert send().outcomes == []
    late = at(AFTERNOON) + timedelta(minutes=5)
    reminders.plan(now=late, today=TODAY)
    reminders.send_waiting(today=TODAY, clock=Clock(late))
    assert len(mailoutbox) == 1


def test_what_waits_for_no_hour_does_not_begin_to(lead):
    only_rules("urged", "overdue")
    measure = overdue(lead, acknowledged=True)
    actions.urge(measure_id=measure.pk, actor=None, now=NOW, note="请抓紧")
    plan()
    reminders.plan(now=NOW + timedelta(hours=2), today=TODAY)
    by_kind = dict(Reminder.objects.filter(recipient="a@x.example").values_list("kind", "not_before"))
    assert (by_kind["urged"], by_kind["overdue"]) == (NOW, at(AFTERNOON))
