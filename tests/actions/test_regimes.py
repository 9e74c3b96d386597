"""Checkpoints: made by the regime when a measure is assigned, met by the department's steps, rolled on by the clock."""

from datetime import date, timedelta

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import actions
from tracker.models import CalendarDay, Measure, Occurrence, Regime
from tracker.rules.regimes import Cadence, period_begins
from tracker.rules.violations import InvalidInput

pytestmark = pytest.mark.django_db


def regime(**kw):
    row = Regime.objects.create(**{"code": "own", "name": "自定制度", **kw})
    row.nodes.create(kind="acknowledge", amount=1)
    row.nodes.create(kind="first_report", amount=3)
    row.nodes.create(kind="resolve", importance="ordinary", amount=7)
    row.nodes.create(kind="resolve", importance="major", amount=1, unit="months")
    return row


def days(measure, **kw):
    return [(row.kind, row.due_on, row.done_on) for row in measure.checkpoints.filter(**kw)]


def test_13710_ships_as_the_default():
    default = Regime.objects.get(is_default=True)
    assert default.code == "13710"
    nodes = {(n.kind, n.importance): (n.amount, n.unit) for n in default.nodes.all()}
    assert nodes == {
        ("acknowledge", ""): (0, "days"),
        ("first_report", ""): (3, "days"),
        ("resolve", "ordinary"): (7, "days"),
        ("resolve", "major"): (1, "months"),
    }
    assert (default.cadence, Regime.objects.get(code="710").cadence) == ("monthly", "none")


def test_assigning_under_the_default_regime_makes_its_checkpoints():
    measure = make_measure(acknowledged=False, due_on=date(2026, 5, 31))
    assert measure.regime_edition.regime.code == "13710"
    assert days(measure) == [
        ("acknowledge", TODAY, None),
        ("first_report", TODAY + timedelta(days=3), None),
        ("period_report", date(2026, 3, 25), None),
    ]
    assert_trail(measure)


@pytest.mark.parametrize(
    ("importance", "due_on"), [("ordinary", date(2026, 3, 17)), ("major", date(2026, 4, 10))]
)
def test_a_chosen_regime_gives_the_limit_where_none_is_given(importance, due_on):
    draft = make_draft()
    lead = make_department()
    with pytest.raises(InvalidInput, match="完成时限"):
        actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=lead, importance=importance)
    actions.assign(
        measure_id=draft.pk, actor=None, now=NOW, lead=lead, importance=importance, regime=regime()
    )
    draft.refresh_from_db()
    assert (draft.due_on, draft.original_due_on) == (due_on, due_on)


def test_working_days_are_counted_where_the_regime_counts_them():
    # Saturday 14 March 2026 is made a make-up day by the office.
    CalendarDay.objects.create(day=date(2026, 3, 14), is_workday=True)
    draft = make_draft()
    actions.assign(
        measure_id=draft.pk,
        actor=None,
        now=NOW,
        lead=make_department(),
        due_on=date(2026, 12, 31),
        regime=regime(day_kind="workdays"),
    )
    assert ("first_report", date(2026, 3, 13), None) in days(draft)
    other = make_draft()
    node = Regime.objects.get(code="own").nodes.get(kind="first_report")
    node.amount = 5
    node.save()
    actions.assign(
        measure_id=other.pk,
        actor=None,
        now=NOW,
        lead=make_department(),
        due_on=date(2026, 12, 31),
        regime=Regime.objects.get(code="own"),
    )
    assert ("first_report", date(2026, 3, 16), None) in days(other)


def test_editing_a_regime_touches_only_what_is_assigned_afterwards_unless_asked():
    own = regime()
    first = make_measure(acknowledged=False, due_on=date(2026, 12, 31))
    actions.apply_regime(measure_id=first.pk, actor=None, now=NOW, regime=own)
    assert days(first)[1] == ("first_report", TODAY + timedelta(days=3), None)
    own.nodes.filter(kind="first_report").update(amount=10)
    second = make_draft()
    actions.assign(
        measure_id=second.pk, actor=None, now=NOW, lead=make_department(), standing=True, regime=own
    )
    assert days(first)[1][1] == TODAY + timedelta(days=3)
    assert days(second)[1][1] == TODAY + timedelta(days=10)
    actions.apply_regime(measure_id=first.pk, actor=None, now=NOW, regime=own)
    assert days(first)[1][1] == TODAY + timedelta(days=10)
    version = Measure.objects.get(pk=first.pk).version
    actions.apply_regime(measure_id=first.pk, actor=None, now=NOW, regime=own)
    assert Measure.objects.get(pk=first.pk).version == version
    assert_trail(first)


def test_what_was_met_is_not_asked_for_again_under_another_regime():
    measure = make_measure(due_on=date(2026, 12, 31))
    actions.apply_regime(measure_id=measure.pk, actor=None, now=NOW, regime=regime())
    assert days(measure, kind="acknowledge") == [("acknowledge", TODAY, TODAY)]
    assert [row[2] for row in days(measure, kind="first_report")] == [None]


def test_reports_meet_the_first_report_and_then_one_period_each():
    lead = make_department()
    measure = make_measure(lead=lead, due_on=date(2026, 12, 31))
    liaison = liaison_of(lead)

    def report(day, percent):
        when = NOW + (day - TODAY)
        actions.report(measure_id=measure.pk, actor=liaison, now=when, percent=percent, progress="推进")

    report(date(2026, 3, 12), 10)
    assert days(measure, kind="first_report")[0][2] == date(2026, 3, 12)
    # The first report is none of the month's; that one's successor is made when it has come.
    assert days(measure, kind="period_report") == [("period_report", date(2026, 3, 25), None)]
    report(date(2026, 3, 20), 15)
    assert days(measure, kind="period_report") == [
        ("period_report", date(2026, 3, 25), date(2026, 3, 20)),
        ("period_report", date(2026, 4, 25), None),
    ]
    # A second report in the same period meets nothing of the next one.
    report(date(2026, 3, 21), 15)
    assert days(measure, kind="period_report")[1][2] is None
    # April and May pass in silence: each is missed on its own, one late report makes up for both.
    late = NOW + (date(2026, 6, 3) - TODAY)
    assert actions.roll_periods(now=late) == 1
    assert actions.roll_periods(now=late) == 0
    report(date(2026, 6, 3), 20)
    assert days(measure, kind="period_report")[1:] == [
        ("period_report", date(2026, 4, 25), date(2026, 6, 3)),
        ("period_report", date(2026, 5, 25), date(2026, 6, 3)),
        ("period_report", date(2026, 6, 25), None),
    ]
    assert_trail(measure)


def test_reports_before_the_first_period_has_begun_settle_nothing_of_it():
    lead, given = make_department(), date(2026, 3, 23)
    measure = make_measure(lead=lead, due_on=date(2026, 12, 31), now=NOW + (given - TODAY))
    owed = ("period_report", date(2026, 4, 25))
    assert days(measure, kind="period_report") == [(*owed, None)]
    for on, settled in ((given, None), (given, None), (date(2026, 3, 26), date(2026, 3, 26))):
        actions.report(
            measure_id=measure.pk,
            actor=liaison_of(lead),
            now=NOW + (on - TODAY),
            percent=10,
            progress="推进",
        )
        assert days(measure, kind="period_report")[0] == (*owed, settled), on
    assert_trail(measure)


@pytest.mark.parametrize(
    ("cadence", "day", "due", "first"),
    [
        ("weekly", 5, date(2026, 3, 13), date(2026, 3, 7)),
        ("monthly", 31, date(2026, 3, 31), date(2026, 3, 1)),
        ("quarterly", 20, date(2026, 3, 20), date(2025, 12, 21)),
        ("yearly", 29, date(2028, 12, 29), date(2027, 12, 30)),
    ],
)
def test_a_period_begins_after_the_report_day_before(cadence, day, due, first):
    assert period_begins(Cadence(cadence), day, due=due) == first
    assert period_begins(Cadence.NONE, day, due=due) is None


def test_reports_are_asked_for_until_the_measure_is_struck_off():
    """The 0 of 13710: an overdue matter is not forgotten."""
    lead = make_department()
    measure = make_measure(lead=lead, due_on=date(2026, 3, 31))
    actions.roll_periods(now=NOW + (date(2026, 6, 1) - TODAY))
    assert [row[1] for row in days(measure, kind="period_report", done_on=None)] == [
        date(2026, 3, 25),
        date(2026, 4, 25),
        date(2026, 5, 25),
        date(2026, 6, 25),
    ]


def test_what_was_met_stays_met_when_a_regime_is_applied():
    lead = make_department()
    measure = make_measure(lead=lead, due_on=date(2026, 12, 31))
    liaison = liaison_of(lead)
    for day in (date(2026, 3, 12), date(2026, 3, 20), date(2026, 4, 20)):
        when = NOW + (day - TODAY)
        actions.report(measure_id=measure.pk, actor=liaison, now=when, percent=10, progress="推进")
    before = days(measure, done_on__isnull=False)
    default = Regime.objects.get(code="13710")
    default.objection_days = 5
    default.save()
    when = NOW + (date(2026, 4, 21) - TODAY)
    actions.apply_regime(measure_id=measure.pk, actor=None, now=when, regime=default)
    assert days(measure, done_on__isnull=False) == before
    assert days(measure, done_on=None) == [("period_report", date(2026, 5, 25), None)]
    actions.roll_periods(now=when)
    assert days(measure, done_on__isnull=False) == before


def test_transfer_keeps_what_the_former_lead_missed():
    old = make_department()
    measure = make_measure(lead=old, due_on=date(2026, 12, 31))
    when = NOW + (date(2026, 4, 1) - TODAY)
    actions.roll_periods(now=when)
    actions.transfer(measure_id=measure.pk, actor=None, now=when, lead=make_department(), reason="职责调整")
    missed = {(row.kind, row.due_on) for row in measure.checkpoints.filter(department=old, done_on=None)}
    assert missed == {
        ("first_report", date(2026, 3, 13)),
        ("period_report", date(2026, 3, 25)),
    }


def test_the_time_of_a_suspension_or_a_review_is_nobodys_report():
    lead = make_department()
    measure = make_measure(lead=lead, due_on=date(2026, 12, 31))
    liaison = liaison_of(lead)

    def at(day):
        return NOW + (day - TODAY)

    actions.report(measure_id=measure.pk, actor=liaison, now=NOW, percent=5, progress="推进")
    actions.suspend(measure_id=measure.pk, actor=None, now=at(date(2026, 3, 20)), reason="等批复")
    actions.resume(measure_id=measure.pk, actor=None, now=at(date(2026, 6, 28)))
    actions.roll_periods(now=at(date(2026, 6, 28)))
    assert days(measure, done_on=None) == [("period_report", date(2026, 7, 25), None)]
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=at(date(2026, 7, 20)), result="完成")
    actions.send_back(measure_id=measure.pk, actor=None, now=at(date(2026, 11, 1)), reason="缺验收")
    actions.roll_periods(now=at(date(2026, 11, 1)))
    assert days(measure, done_on=None) == [("period_report", date(2026, 11, 25), None)]
    assert_trail(measure)


def test_pieces_of_a_returned_report_are_counted_once_and_in_their_own_period():
    lead = make_department()
    measure = make_measure(lead=lead, due_on=None, recurrence="monthly", recurrence_target=2)
    report = {"measure_id": measure.pk, "actor": liaison_of(lead), "percent": 0, "progress": "筛选"}
    first = actions.report(now=NOW, count=3, **report)
    actions.return_report(report_id=first.pk, actor=None, now=NOW, reason="重复计数")
    actions.report(now=NOW, count=1, **report)
    assert [(row.name, row.done) for row in measure.occurrences.all()] == [("2026年3月", 1)]
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, recurrence="yearly", recurrence_target=10)
    actions.report(now=NOW, count=4, **report)
    assert {(row.name, row.target, row.done) for row in measure.occurrences.all()} == {
        ("2026年3月", 2, 1),
        ("2026年", 10, 4),
    }


def test_a_recurring_measure_opens_each_period_with_its_own_target_and_keeps_a_total():
    lead = make_department()
    measure = make_measure(
        lead=lead, due_on=None, recurrence="yearly", recurrence_target=10, recurrence_unit="项"
    )
    liaison = liaison_of(lead)
    assert actions.roll_periods(now=NOW) == 0
    report = {"measure_id": measure.pk, "actor": liaison, "percent": 0, "progress": "筛选"}
    actions.report(now=NOW, count=4, **report)
    actions.report(now=NOW + timedelta(days=30), count=5, **report)
    next_year = NOW + timedelta(days=365)
    actions.report(now=next_year, count=2, **report)
    rows = list(Occurrence.objects.filter(measure=measure).values_list("name", "target", "done"))
    assert rows == [("2026年", 10, 9), ("2027年", 10, 2)]
    assert actions.roll_periods(now=next_year) <= 1  # the report day of a period may roll; no period twice
    assert Occurrence.objects.filter(measure=measure).count() == 2
    assert_trail(measure)


def test_pieces_are_counted_only_where_something_recurs():
    lead = make_department()
    measure = make_measure(lead=lead)
    with pytest.raises(InvalidInput, match="只有周期性任务"):
        actions.report(
            measure_id=measure.pk, actor=liaison_of(lead), now=NOW, percent=1, progress="推进", count=1
        )


def test_the_clock_asks_by_index_and_stops_with_the_measure():
    measure = make_measure(due_on=date(2026, 12, 31))
    actions.cancel(measure_id=measure.pk, actor=make_user("office"), now=NOW, reason="重复")
    assert actions.roll_periods(now=NOW + timedelta(days=90)) == 0


def test_closing_leaves_what_was_missed_and_forgets_what_was_still_to_come():
    lead = make_department()
    measure = make_measure(lead=lead, due_on=date(2026, 12, 31))
    when = NOW + timedelta(days=40)  # 19 April: March was missed, April is still to come
    actions.roll_periods(now=when)
    assert len(days(measure, kind="period_report")) == 2
    liaison = liaison_of(lead)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=when, result="完成")
    actions.close(measure_id=measure.pk, actor=None, now=when + timedelta(days=20), grade="good")
    assert days(measure, kind="period_report") == [
        ("period_report", date(2026, 3, 25), date(2026, 4, 19)),
    ]
    assert Measure.objects.get(pk=measure.pk).next_period_on is None
    actions.reopen(measure_id=measure.pk, actor=None, now=when + timedelta(days=30), reason="反弹")
    assert days(measure, done_on=None) == [("period_report", date(2026, 5, 25), None)]
    assert_trail(measure)
