"""What is undone on its day was a slip: suspended and resumed, applied to close and returned, it begins no reminders anew."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_user
from tests.reminders.scene import only_rules, overdue, run_days, soon, unit
from tracker import actions
from tracker.models import Measure, Reminder

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def lead():
    only_rules("deadline-soon", "overdue")
    make_user("office", email="office@city.example")
    return unit("市教育局", "a@x.example")


def suspend(measure, at):
    actions.suspend(measure_id=measure.pk, actor=None, now=at, reason="点错了")


def resume(measure, at):
    actions.resume(measure_id=measure.pk, actor=None, now=at)


def told(mailoutbox):
    return [mail.subject for mail in mailoutbox if mail.to == ["a@x.example"]]


def test_suspended_and_resumed_in_a_minute_nothing_is_said_again(lead, mailoutbox):
    measure = soon(lead, acknowledged=True)
    run_days(TODAY)
    suspend(measure, NOW + DAY)
    resume(measure, NOW + DAY)
    run_days(TODAY + DAY, TODAY + 2 * DAY)
    assert told(mailoutbox) == ["【督查督办】1项即将到期"]


def test_a_slip_makes_no_red_blue(lead, mailoutbox):
    measure = overdue(lead)
    run_days(TODAY, TODAY + 7 * DAY, TODAY + 14 * DAY)
    suspend(measure, NOW + 15 * DAY)
    resume(measure, NOW + 15 * DAY + HOUR)
    run_days(TODAY + 15 * DAY, TODAY + 21 * DAY)
    assert [subject.partition("逾期")[2] for subject in told(mailoutbox)] == [
        "",
        "（橙色催办）",
        "（红色催办）",
        "（红色催办）",
    ]


def test_applied_to_close_and_returned_on_one_day_the_next_comes_in_its_time(lead, mailoutbox):
    measure = overdue(lead, acknowledged=True)
    run_days(TODAY, TODAY + 7 * DAY)
    at, actor = NOW + 8 * DAY, liaison_of(lead)
    actions.apply_to_close(measure_id=measure.pk, actor=actor, now=at, result="全部完成了各项任务")
    actions.send_back(measure_id=measure.pk, actor=None, now=at + HOUR, reason="材料不全")
    run_days(*(TODAY + offset * DAY for offset in range(8, 15)))
    # Blue, since it was answered, and an interval after the orange one.
    rows = (
        Reminder.objects.filter(recipient="a@x.example").order_by("step_on").values_list("step_on", "level")
    )
    assert list(rows) == [(TODAY, "blue"), (TODAY + 7 * DAY, "orange"), (TODAY + 14 * DAY, "blue")]


def test_over_a_night_it_was_a_break(lead, mailoutbox):
    measure = overdue(lead)
    run_days(TODAY)
    suspend(measure, NOW)
    resume(measure, NOW + DAY)
    run_days(TODAY + DAY)
    assert len(told(mailoutbox)) == 2


def test_handed_on_and_back_on_the_day_of_a_slip_is_no_slip(lead):
    measure = overdue(lead, acknowledged=True)
    other = unit("市财政局", "b@x.example")
    suspend(measure, NOW)
    resume(measure, NOW)
    actions.transfer(measure_id=measure.pk, actor=None, now=NOW + DAY, lead=other, reason="职能调整")
    assert Measure.objects.get().owed_since == TODAY + DAY
