"""More time given, a light reckoned anew, a regime applied: what was said stays said, and its interval runs on."""

from datetime import date, datetime, timedelta

import pytest

from tests.makers import NOW, TODAY, liaison_of, make_measure, make_user
from tests.reminders.scene import Clock, State, only_rules, run_days, unit
from tracker import actions, reminders
from tracker.models import Checkpoint, InboxNotice, Measure, Regime, Reminder, ReminderRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    make_user("office", email="office@city.example")
    return unit("市教育局", "a@x.example")


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def on(offset: int) -> datetime:
    return NOW + timedelta(days=offset)


def said() -> list[tuple[str, date]]:
    """Kind and day of what was sent, in its order."""
    rows = Reminder.objects.filter(state=State.SENT).order_by("sent_at", "id")
    return [(row.kind, row.sent_at.date()) for row in rows if row.sent_at]


def extend(measure: Measure, at: int, due_on: date) -> None:
    actions.extend(measure_id=measure.pk, actor=None, now=on(at), due_on=due_on, reason="方案调整")
    measure.refresh_from_db()


@pytest.fixture
def measure(lead):
    """Of a hundred days: yellow from the 30th, red from the 51st."""
    found = make_measure(lead=lead, starts_on=TODAY, due_on=day(100), percent=20)
    assert (found.yellow_on, found.red_on) == (day(30), day(51))
    return found


def test_more_time_says_red_no_second_time_while_it_stays_red(measure):
    only_rules("behind-red")
    run_days(day(55))
    extend(measure, 55, day(104))
    assert measure.red_on == day(51), "lit since then, whatever the reckoning would say now"
    run_days(day(55), day(56))
    assert said() == [("behind_red", day(55))]
    assert InboxNotice.objects.filter(withdrawn_at=None).count() == 1


def test_the_repeat_counts_from_what_was_said_of_a_light_that_went_out_meanwhile(measure):
    only_rules("behind-red")
    ReminderRule.objects.filter(code="behind-red").update(repeat_unit="calendar")
    run_days(day(51))
    extend(measure, 51, day(105))
    assert measure.red_on == day(54), "out, and lit again three days later"
    run_days(*(day(offset) for offset in range(51, 61)))
    assert said() == [("behind_red", day(51))]
    run_days(day(61), day(62))
    assert said() == [("behind_red", day(51)), ("behind_red", day(61))]


def test_yellow_is_said_once_a_light_and_again_of_a_new_one(measure):
    only_rules("behind-yellow")
    run_days(day(35))
    extend(measure, 35, day(110))
    assert measure.yellow_on == day(30)
    run_days(day(35), day(36))
    assert said() == [("behind_yellow", day(35))]
    liaison = liaison_of(measure.lead)
    actions.report(measure_id=measure.pk, actor=liaison, now=on(36), percent=30, progress="推进")
    measure.refresh_from_db()
    assert measure.yellow_on == day(44)
    run_days(day(44))
    assert said() == [("behind_yellow", day(35)), ("behind_yellow", day(44))]


def test_other_thresholds_of_the_office_say_it_no_second_time(measure, settings):
    only_rules("behind-yellow")
    run_days(day(40))
    settings.LIGHT_YELLOW_BEHIND_PERCENT = 15
    run_days(day(40), day(41))
    assert said() == [("behind_yellow", day(40))]


def test_a_new_deadline_tells_no_report_day_again_that_stays(lead):
    only_rules("period-report-due")
    measure = make_measure(lead=lead, due_on=day(60), cadence="weekly")
    due = Checkpoint.objects.filter(measure=measure, kind="period_report").order_by("due_on")
    first = due.get()
    ahead = (first.due_on - TODAY).days - 1
    run_days(day(ahead))
    extend(measure, ahead, day(80))
    assert due.get().pk == first.pk
    run_days(day(ahead))
    assert [kind for kind, _day in said()] == ["period_report_due"]


def test_a_regime_applied_tells_no_missed_report_again(lead):
    only_rules("first-report-overdue")
    measure = make_measure(lead=lead, due_on=day(60))
    node = Checkpoint.objects.get(measure=measure, kind="first_report")
    at = (node.due_on - TODAY).days + 1
    run_days(day(at))
    regime = Regime.objects.create(code="own", name="自定")
    regime.nodes.create(kind="first_report", amount=2)
    actions.apply_regime(measure_id=measure.pk, actor=None, now=on(at), regime=regime)
    after = Checkpoint.objects.filter(measure=measure, kind="first_report", done_on=None)
    assert [row.pk for row in after] == [node.pk]
    assert after[0].due_on < node.due_on
    run_days(day(at))
    assert len(said()) == 1


def test_a_node_that_moves_keeps_its_interval(lead):
    only_rules("first-report-overdue")
    ReminderRule.objects.filter(code="first-report-overdue").update(repeat_unit="calendar", repeat=3)
    measure = make_measure(lead=lead, due_on=day(60))
    node = Checkpoint.objects.get(measure=measure, kind="first_report")
    at = (node.due_on - TODAY).days + 2
    run_days(day(at))
    node.due_on += timedelta(days=1)  # as another calendar or regime does
    node.save()
    Measure.objects.filter(pk=measure.pk).update(updated_at=on(at))
    run_days(day(at), day(at + 1), day(at + 2))
    assert said() == [("first_report_overdue", day(at))]
    preview = reminders.preview(now=on(at + 2), today=day(at + 2))
    assert not preview.mails
    run_days(day(at + 3))
    assert said() == [("first_report_overdue", day(at)), ("first_report_overdue", day(at + 3))]
    assert reminders.send_waiting(today=day(at + 3), clock=Clock(on(at + 3))).outcomes == []
