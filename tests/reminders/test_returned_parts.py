"""A co-department whose part-report was returned with a day is reminded of it, and nobody else is."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of
from tests.reminders.scene import ledger, only_rules, run_days, soon, unit
from tracker import actions
from tracker.models import Reminder

pytestmark = pytest.mark.django_db
BY = TODAY + timedelta(days=2)


def after(days):
    return TODAY + timedelta(days=days)


@pytest.fixture
def returned():
    """A measure led by one department whose assistant got its part back; and the assistant."""
    only_rules("returned")
    lead, co = unit("甲局", "lead@x.example"), unit("乙局", "co@x.example")
    measure = soon(lead, co=(co,), due_on=after(60), acknowledged=True)
    part = actions.part_report(measure_id=measure.pk, actor=liaison_of(co), now=NOW, progress="配合")
    actions.return_report(report_id=part.pk, actor=None, now=NOW, reason="缺数字", report_by=BY)
    return measure, co


def heard():
    return {recipient for recipient, *_rest in ledger()}


def test_the_assistant_is_reminded_when_its_day_has_passed(returned, mailoutbox):
    run_days(after(1), BY)
    assert ledger() == []
    run_days(after(3))
    assert heard() == {"co@x.example"}
    [row] = Reminder.objects.all()
    assert (row.department, row.due_on, row.state) == (returned[1], BY, "sent")
    assert "乙局" in mailoutbox[0].body


def test_a_new_part_ends_it(returned):
    measure, co = returned
    actions.part_report(
        measure_id=measure.pk, actor=liaison_of(co), now=NOW + timedelta(days=1), progress="已补"
    )
    run_days(after(3), after(8))
    assert ledger() == []


def test_a_draft_does_not_end_it(returned):
    measure, co = returned
    actions.save_draft(measure_id=measure.pk, actor=liaison_of(co), now=NOW, progress="在写")
    run_days(after(3))
    assert heard() == {"co@x.example"}


def test_who_no_longer_assists_is_left_alone(returned):
    measure, _co = returned
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, co=())
    run_days(after(3))
    assert ledger() == []


def test_a_closed_measure_asks_nothing(returned):
    measure, _co = returned
    actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason="停")
    run_days(after(3))
    assert ledger() == []
