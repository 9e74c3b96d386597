"""A gap says that somebody is to be told and cannot be: it ends with what there was to tell."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, make_user
from tests.reminders.scene import State, only_rules, overdue, plan, run_days, unit
from tracker import actions
from tracker.models import Reminder, ReminderRule
from tracker.reminders.health import health

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def measure():
    """Nobody at all can be told of it."""
    return overdue(unit("市档案馆", mailbox=""))


def gaps():
    return list(Reminder.objects.filter(recipient="").order_by("id").values_list("state", "error"))


def test_of_a_measure_that_is_settled_though_nothing_else_is_due(measure):
    plan()
    assert [state for state, _error in gaps()] == [State.FAILED]
    actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason="撤销该事项")
    plan()
    assert gaps() == [(State.DROPPED, "事项已不在办理，不再提醒。")]
    assert health(now=NOW, local_now=NOW).states == {State.DROPPED: 1}


def test_of_a_colour_that_widened_the_circle_in_vain(measure):
    make_user("office", email="office@city.example")
    run_days(TODAY, TODAY + 7 * DAY)
    assert [state for state, _error in gaps()] == [State.FAILED] * 2
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW + 8 * DAY, reason="等待上级文件")
    run_days(TODAY + 8 * DAY)
    assert [state for state, _error in gaps()] == [State.DROPPED] * 2
    # Resumed, it is owed anew, and its unit still cannot be told.
    actions.resume(measure_id=measure.pk, actor=None, now=NOW + 12 * DAY)
    run_days(TODAY + 13 * DAY)
    assert [state for state, _error in gaps()] == [State.DROPPED] * 2 + [State.FAILED]


def test_of_a_rule_switched_off_and_on_again(measure):
    plan()
    ReminderRule.objects.update(active=False)
    plan()
    assert gaps() == [(State.DROPPED, "规则已停用，不再提醒。")]
    only_rules("overdue")
    plan()
    assert [state for state, _error in gaps()] == [State.FAILED]


def test_of_a_measure_that_another_department_has_now(measure):
    plan()
    actions.transfer(
        measure_id=measure.pk, actor=None, now=NOW, lead=unit("市教育局", "a@x.example"), reason="职责调整"
    )
    plan()
    assert gaps() == [(State.DROPPED, "责任单位已变更，不再提醒。")]
