"""Nobody is charged for time in which he could not act, and nothing that was returned counts as done."""

from datetime import date, timedelta

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, days_off, liaison_of, make_department, make_draft, make_measure
from tracker import actions
from tracker.actions.calendar import recount_working_days
from tracker.models import CalendarDay, Measure, Regime, load_calendar

pytestmark = pytest.mark.django_db
FAR = date(2026, 12, 31)


def at(day):
    return NOW + (day - TODAY)


def after(days):
    return TODAY + timedelta(days=days)


def days(measure, kind):
    return [(row.due_on, row.done_on) for row in measure.checkpoints.filter(kind=kind)]


@pytest.fixture
def lead():
    return make_department()


@pytest.fixture
def liaison(lead):
    return liaison_of(lead)


def report(measure, liaison, day, percent, **more):
    return actions.report(
        measure_id=measure.pk, actor=liaison, now=at(day), percent=percent, progress="推进", **more
    )


def test_a_suspension_puts_off_what_is_due_once(lead, liaison):
    measure = make_measure(lead=lead, acknowledged=False, due_on=FAR)
    actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等政策")
    actions.resume(measure_id=measure.pk, actor=None, now=at(after(40)))
    assert days(measure, "acknowledge") == [(after(40), None)]
    assert days(measure, "first_report") == [(after(43), None)]
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=at(after(40)))
    assert not any(row.late for row in measure.checkpoints.all())
    assert_trail(measure)


def test_what_was_missed_before_a_suspension_stays_missed(lead):
    measure = make_measure(lead=lead, acknowledged=False, due_on=FAR)
    actions.suspend(measure_id=measure.pk, actor=None, now=at(after(2)), reason="等政策")
    actions.resume(measure_id=measure.pk, actor=None, now=at(after(10)))
    assert days(measure, "acknowledge") == [(TODAY, None)]
    assert days(measure, "first_report") == [(after(11), None)]


def test_working_days_left_are_kept_as_working_days(lead):
    own = Regime.objects.create(code="own", name="自定", day_kind="workdays")
    own.nodes.create(kind="first_report", amount=5)
    draft = make_draft()
    actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=lead, due_on=FAR, regime=own)
    measure = Measure.objects.get(pk=draft.pk)
    assert days(measure, "first_report") == [
        (date(2026, 3, 17), None)
    ]  # five working days from Tuesday the 10th
    actions.suspend(measure_id=measure.pk, actor=None, now=at(date(2026, 3, 12)), reason="等政策")
    # Three working days were left; resumed on Wednesday 29 April they end behind the holiday of 1 to 5 May.
    actions.resume(measure_id=measure.pk, actor=None, now=at(date(2026, 4, 29)))
    expected = load_calendar().add_workdays(date(2026, 4, 29), 3)
    assert expected > date(2026, 5, 5)
    assert days(measure, "first_report") == [(expected, None)]


def test_the_time_of_an_objection_is_not_charged(lead, liaison):
    measure = make_measure(lead=lead, acknowledged=False, due_on=FAR)
    actions.object_to_assignment(measure_id=measure.pk, actor=liaison, now=NOW, reason="不属本单位职责")
    actions.reject_objection(measure_id=measure.pk, actor=None, now=at(after(7)), answer="属于")
    actions.acknowledge(measure_id=measure.pk, actor=liaison, now=at(after(7)))
    assert days(measure, "acknowledge") == [(after(7), after(7))]
    assert days(measure, "first_report") == [(after(10), None)]
    assert_trail(measure)


def test_cancelled_and_reopened_it_owes_its_first_report_again(lead):
    measure = make_measure(lead=lead, due_on=FAR)
    before = days(measure, "first_report"), days(measure, "period_report")
    actions.cancel(measure_id=measure.pk, actor=None, now=NOW, reason="误撤")
    assert days(measure, "first_report") == []
    actions.reopen(measure_id=measure.pk, actor=None, now=NOW, reason="误撤恢复")
    assert (days(measure, "first_report"), days(measure, "period_report")) == before
    actions.cancel(measure_id=measure.pk, actor=None, now=at(after(1)), reason="再撤")
    actions.reopen(measure_id=measure.pk, actor=None, now=at(after(100)), reason="恢复")
    assert days(measure, "first_report") == [(after(103), None)]
    assert_trail(measure)


def test_a_first_report_in_time_leaves_the_months_report_owed(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 5)
    assert days(measure, "first_report")[0][1] == after(1)
    assert days(measure, "period_report") == [(date(2026, 3, 25), None)]


def test_a_first_report_on_the_months_day_is_both(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, date(2026, 3, 25), 5)
    assert days(measure, "period_report")[0] == (date(2026, 3, 25), date(2026, 3, 25))


def test_a_returned_report_meets_nothing_and_its_progress_goes(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    empty = report(measure, liaison, after(1), 90)
    by = after(6)
    actions.return_report(report_id=empty.pk, actor=None, now=at(after(2)), reason="不实", report_by=by)
    assert days(measure, "first_report") == [(by, None)], "owed again, by the day that was named"
    assert Measure.objects.get(pk=measure.pk).percent == 0
    # Less than what was returned needs no reason: nothing is lowered.
    report(measure, liaison, after(5), 20)
    assert days(measure, "first_report") == [(by, after(5))]
    assert_trail(measure)


def test_a_later_report_stands_for_one_that_is_returned(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    first = report(measure, liaison, after(1), 30)
    report(measure, liaison, after(2), 40)
    actions.return_report(report_id=first.pk, actor=None, now=at(after(3)), reason="缺数字")
    assert days(measure, "first_report") == [(after(3), after(2))]
    assert Measure.objects.get(pk=measure.pk).percent == 40
    assert_trail(measure)


@pytest.mark.parametrize("back", ["resume", "send_back"])
def test_a_report_on_the_day_nothing_more_is_silent_leaves_the_next_period_owed(lead, liaison, back):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 5)
    report(measure, liaison, date(2026, 3, 20), 10)
    by = {"measure_id": measure.pk, "actor": None}
    if back == "resume":
        actions.suspend(**by, now=at(date(2026, 3, 27)), reason="等政策")
        actions.resume(**by, now=at(date(2026, 6, 25)))
    else:
        actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=at(date(2026, 3, 24)), result="完成")
        actions.send_back(**by, now=at(date(2026, 6, 25)), reason="缺验收")
    report(measure, liaison, date(2026, 6, 25), 20, lowering_reason="按退回意见核实")
    assert days(measure, "period_report")[-1] == (date(2026, 7, 25), None)
    report(measure, liaison, date(2026, 6, 26), 30)
    assert (date(2026, 7, 25), date(2026, 6, 26)) in days(measure, "period_report")
    assert_trail(measure)


def test_what_was_put_off_within_its_period_is_met_before_its_first_day(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 5)
    weak = report(measure, liaison, date(2026, 3, 18), 10)
    by = date(2026, 3, 30)
    actions.return_report(
        report_id=weak.pk, actor=None, now=at(date(2026, 3, 20)), reason="不实", report_by=by
    )
    report(measure, liaison, date(2026, 3, 24), 10)
    assert (by, date(2026, 3, 24)) in days(measure, "period_report")
    assert (date(2026, 4, 25), None) in days(measure, "period_report")


def test_a_returned_application_gives_back_what_it_had_met(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=at(after(1)), result="完成")
    by = after(8)
    actions.send_back(measure_id=measure.pk, actor=None, now=at(after(3)), reason="缺验收", report_by=by)
    assert days(measure, "first_report") == [(by, None)], "owed again, by the day that was named"
    told = measure.events.get(verb="return").changes["checkpoints"]
    assert f"首次反馈 {after(3)}（{after(1)}已报）" in told[0]
    assert f"首次反馈 {by}" in told[1]
    report(measure, liaison, after(7), 20)
    assert days(measure, "first_report") == [(by, after(7))]
    assert_trail(measure)


def test_a_returned_application_of_which_a_report_remains_owes_no_more(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 20)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=at(after(1)), result="完成")
    actions.send_back(measure_id=measure.pk, actor=None, now=at(after(2)), reason="缺验收")
    assert days(measure, "first_report") == [(after(3), after(1))]


def test_an_application_withdrawn_by_a_suspension_gives_back_its_period(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 20)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=at(date(2026, 3, 18)), result="完成")
    assert days(measure, "period_report")[0] == (date(2026, 3, 25), date(2026, 3, 18))
    actions.suspend(measure_id=measure.pk, actor=None, now=at(date(2026, 3, 19)), reason="等政策")
    actions.resume(measure_id=measure.pk, actor=None, now=at(date(2026, 3, 21)))
    assert days(measure, "period_report") == [(date(2026, 3, 25), None)]
    assert_trail(measure)


def test_an_application_withdrawn_by_giving_up_leaves_nothing_open_or_missed(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 20)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=at(date(2026, 3, 18)), result="完成")
    actions.cancel(measure_id=measure.pk, actor=None, now=at(date(2026, 4, 2)), reason="停")
    assert days(measure, "period_report") == []
    actions.reopen(measure_id=measure.pk, actor=None, now=at(date(2026, 4, 3)), reason="再办")
    assert days(measure, "period_report") == [(date(2026, 4, 25), None)]
    assert_trail(measure)


def test_put_off_to_a_report_day_it_is_one_report(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 5)
    weak = report(measure, liaison, date(2026, 3, 18), 10)
    by = date(2026, 4, 25)
    actions.return_report(
        report_id=weak.pk, actor=None, now=at(date(2026, 3, 20)), reason="不实", report_by=by
    )
    assert days(measure, "period_report") == [(by, None)], "nothing is left behind as missed"


def test_the_progress_falls_back_to_the_last_report_that_stands(lead, liaison):
    measure = make_measure(lead=lead, due_on=FAR)
    report(measure, liaison, after(1), 30)
    second = report(measure, liaison, after(2), 80)
    actions.return_report(report_id=second.pk, actor=None, now=at(after(3)), reason="不实")
    assert Measure.objects.get(pk=measure.pk).percent == 30


def test_periods_that_no_clock_opened_are_opened_later(lead):
    draft = make_draft()
    actions.assign(
        measure_id=draft.pk,
        actor=None,
        now=at(date(2024, 3, 1)),
        lead=lead,
        standing=True,
        recurrence="yearly",
        recurrence_target=10,
    )
    actions.roll_periods(now=at(date(2024, 3, 1)))
    actions.roll_periods(now=NOW)
    measure = Measure.objects.get(pk=draft.pk)
    assert [row.name for row in measure.occurrences.all()] == ["2024年", "2025年", "2026年"]
    assert_trail(measure)


def test_periods_of_a_suspension_are_nobodys(lead):
    draft = make_draft()
    start = at(date(2023, 3, 1))
    actions.assign(measure_id=draft.pk, actor=None, now=start, lead=lead, standing=True, recurrence="yearly")
    actions.roll_periods(now=start)
    actions.suspend(measure_id=draft.pk, actor=None, now=at(date(2023, 6, 1)), reason="停")
    actions.resume(measure_id=draft.pk, actor=None, now=NOW)
    actions.roll_periods(now=NOW)
    measure = Measure.objects.get(pk=draft.pk)
    assert [row.name for row in measure.occurrences.all()] == ["2023年", "2026年"]


def test_a_new_day_off_moves_what_is_counted_in_working_days(lead):
    own = Regime.objects.create(code="own", name="自定", day_kind="workdays")
    own.nodes.create(kind="acknowledge", amount=2)
    own.nodes.create(kind="first_report", amount=5)
    draft, other = make_draft(), make_measure(due_on=FAR)
    actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=lead, due_on=FAR, regime=own)
    measure = Measure.objects.get(pk=draft.pk)
    calendar_days = [row.due_on for row in other.checkpoints.all()]
    before = load_calendar()
    CalendarDay.objects.create(day=date(2026, 3, 13), is_workday=False, name="市里放假")
    assert recount_working_days(before=before) == 1
    assert days(measure, "acknowledge") == [(date(2026, 3, 12), None)]
    assert days(measure, "first_report") == [(date(2026, 3, 18), None)]
    assert [row.due_on for row in other.checkpoints.all()] == calendar_days
    assert recount_working_days(before=load_calendar()) == 0


def test_what_was_put_off_by_hand_does_not_follow_the_calendar(lead):
    own = Regime.objects.create(code="own", name="自定", day_kind="workdays")
    own.nodes.create(kind="first_report", amount=5)
    draft = make_draft()
    actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=lead, due_on=FAR, regime=own)
    measure = Measure.objects.get(pk=draft.pk)
    measure.checkpoints.update(due_on=date(2027, 2, 1))
    before = load_calendar()
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_workday=False) for day in days_off(2027))
    assert recount_working_days(before=before) == 0
    assert days(measure, "first_report") == [(date(2027, 2, 1), None)]
