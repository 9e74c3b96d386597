"""考核得分 over a period: right by hand, the same for whoever looks and whenever it is asked, in a fixed number of queries."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import (
    NOW,
    TODAY,
    liaison_of,
    make_department,
    make_draft,
    make_measure,
    make_section,
    make_user,
)
from tests.reports.test_history import step
from tracker import access, actions
from tracker.models import Measure, Regime
from tracker.reports.history import end_of
from tracker.reports.scorecard import measures_behind, scorecard
from tracker.rules.periods import between, read_period
from tracker.rules.scores import Part, Role
from tracker.rules.violations import RuleViolation

pytestmark = pytest.mark.django_db
MARCH = read_period("2026-03")
LATER = date(2026, 6, 1)


def on(days):
    return NOW + timedelta(days=days)


@pytest.fixture
def office():
    return make_user("office")


@pytest.fixture
def unit():
    return make_department("甲局")


def row_of(office, unit, period=MARCH, today=LATER, **narrowed):
    return scorecard(office, period, today=today, **narrowed).row_of(unit.pk)


def facts(row):
    return {part: count for part, count in row.counts.items() if part is not Part.IN_TIME}


def finish(measure, days, *, close_days=None, grade="good"):
    liaison = liaison_of(measure.lead)
    actions.apply_to_close(measure_id=measure.pk, actor=liaison, now=on(days), result="完成")
    actions.close(
        measure_id=measure.pk, actor=None, now=on(days if close_days is None else close_days), grade=grade
    )


def test_a_month_by_hand(office, unit):
    """13710: acknowledged on the day, first report within three days, monthly on the 25th."""
    liaison = liaison_of(unit)
    far = TODAY + timedelta(days=300)
    closed = make_measure(lead=unit, due_on=TODAY + timedelta(days=5), percent=10)
    finish(closed, 5, close_days=9, grade="excellent")
    slow = make_measure(lead=unit, due_on=far, acknowledged=False)
    actions.acknowledge(measure_id=slow.pk, actor=liaison, now=on(2))
    actions.report(measure_id=slow.pk, actor=liaison, now=on(9), percent=50, progress="过半")
    overdue = make_measure(lead=unit, due_on=TODAY + timedelta(days=10), percent=95)
    row = row_of(office, unit)
    # The first reports of two are none of the month's, which was due on the 25th.
    assert facts(row) == {
        Part.ON_TIME: 1,
        Part.LATE: 1,
        Part.RED: 1,
        Part.LATE_REPORT: 2,
        Part.MISSING_REPORT: 2,
    }
    assert row.score.value == Decimal("80") + 1 - 1 - 2 - Decimal("0.2") - 1
    assert (row.led, row.assisted, row.overdue_days, row.well_done) == (3, 0, 11, 1)
    assert {item.measure for item, _fact in row.facts(Part.LATE)} == {overdue.pk}
    assert {item.measure for item, _fact in row.facts(Part.LATE_REPORT)} == {slow.pk}
    assert [fact.days for _item, fact in row.facts(Part.LATE_REPORT)] == [2, 6]
    assert measures_behind(office, [row]).keys() == {closed.pk, slow.pk, overdue.pk}


def test_an_assisting_department_shares_half(office, unit):
    other = make_department("乙局")
    measure = make_measure(lead=other, co=(unit,), due_on=TODAY + timedelta(days=3), percent=10)
    finish(measure, 2)
    row = row_of(office, unit)
    assert (row.led, row.assisted, facts(row)) == (0, 1, {Part.ON_TIME: 1})
    assert row.score.value == Decimal("80.5")


def test_nothing_to_judge_is_no_score(office, unit):
    make_draft()
    suspended = make_measure(lead=unit, due_on=TODAY - timedelta(days=1))
    actions.suspend(measure_id=suspended.pk, actor=None, now=on(1), reason="等")
    cancelled = make_measure(lead=unit, due_on=TODAY - timedelta(days=1))
    actions.cancel(measure_id=cancelled.pk, actor=None, now=on(1), reason="停")
    make_measure(lead=unit, now=on(60), starts_on=None, due_on=TODAY + timedelta(days=70))
    row = row_of(office, unit)
    assert (row.score, row.items) == (None, ())
    # What was settled before a period has nothing to say in it.
    done = make_measure(lead=unit, due_on=TODAY + timedelta(days=3))
    finish(done, 1)
    assert row_of(office, unit).score.value == 81
    assert row_of(office, unit, read_period("2026-04")).score is None


def test_an_exemption_counts_from_the_day_it_is_recorded(office, unit):
    late = make_measure(lead=unit, due_on=TODAY + timedelta(days=1), percent=99)
    before = row_of(office, unit)
    assert (before.score.value, before.exempted) == (Decimal("76.5"), 0)
    actions.exempt(measure_id=late.pk, actor=office, now=on(40), reason="先行先试", approver="常委会")
    assert row_of(office, unit).score == before.score
    after = row_of(office, unit, read_period("2026"))
    assert (after.score.value, after.exempted) == (80, 1)
    assert [line.exempted for line in after.score.lines] == [True, True, True]


def test_more_time_granted_in_time_and_too_late(office, unit):
    liaison, due_on = liaison_of(unit), TODAY + timedelta(days=5)
    for days in (5, 6):
        measure = make_measure(lead=unit, due_on=due_on, percent=99)
        actions.request_extension(
            measure_id=measure.pk,
            actor=liaison,
            now=on(days),
            reason="征地",
            proposed_due_on=LATER,
            progress="过半",
        )
        # Decided after expiry in either case: it is the day of asking that counts.
        actions.approve_extension(measure_id=measure.pk, actor=office, now=on(8))
    [(late, fact)] = row_of(office, unit).facts(Part.LATE)
    assert (late.measure, fact.on) == (measure.pk, due_on)


def test_by_the_first_deadline_where_the_regime_says_so(office, unit):
    strict = Regime.objects.create(code="strict", name="按原定", score_by_original=True)
    for regime in (None, strict):
        measure = make_measure(lead=unit, due_on=TODAY + timedelta(days=5), percent=99, regime=regime)
        actions.extend(measure_id=measure.pk, actor=office, now=on(1), due_on=LATER, reason="调整")
    [(late, _fact)] = row_of(office, unit).facts(Part.LATE)
    assert late.measure == measure.pk
    assert row_of(office, unit, regime=strict).led == 1
    assert row_of(office, unit, regime=Regime.objects.get(code="710")).score is None


def test_a_plan_of_its_own(office, unit):
    measure = make_measure(lead=unit)
    make_measure(lead=unit)
    assert row_of(office, unit).led == 2
    row = row_of(office, unit, plan=measure.plan)
    assert [item.measure for item in row.items] == [measure.pk]


def test_after_a_transfer_each_has_its_own(office, unit):
    """The former lead keeps what it missed; how the measure stands is the present one's. Both see the same as the office."""
    other = make_department("乙局")
    measure = make_measure(lead=unit, due_on=TODAY + timedelta(days=4), acknowledged=False)
    actions.transfer(measure_id=measure.pk, actor=office, now=on(3), lead=other, reason="职责调整")
    former, present = row_of(office, unit), row_of(office, other)
    assert [item.judged.role for item in former.items] == [Role.FORMER]
    assert facts(former) == {Part.MISSING_REPORT: 1}
    assert facts(present) == {Part.LATE: 1, Part.RED: 1, Part.MISSING_REPORT: 3}
    for department, row in ((unit, former), (other, present)):
        own = scorecard(liaison_of(department), MARCH, today=LATER)
        assert [r.department for r in own.rows] == [department]
        assert own.rows[0].score == row.score
    # Its title is the present lead's to see.
    assert measures_behind(liaison_of(unit), [former]) == {}
    assert measures_behind(liaison_of(other), [present]).keys() == {measure.pk}


def test_returns_are_whoever_wrote_them(office, unit):
    other = make_department("乙局")
    measure = make_measure(lead=unit, co=(other,), percent=10, due_on=LATER)
    part = actions.part_report(measure_id=measure.pk, actor=liaison_of(other), now=on(1), progress="已配合")
    actions.return_report(report_id=part.pk, actor=office, now=on(2), reason="缺数")
    actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(unit), now=on(3), result="完成")
    actions.send_back(measure_id=measure.pk, actor=office, now=on(4), reason="缺材料")
    # A suspension, too, takes an application back; that is nobody's fault.
    actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(unit), now=on(5), result="完成")
    actions.suspend(measure_id=measure.pk, actor=office, now=on(5), reason="等")
    actions.resume(measure_id=measure.pk, actor=office, now=on(6))
    assert facts(row_of(office, unit))[Part.RETURNED] == 1
    [line] = [x for x in row_of(office, other).score.lines if x.part is Part.RETURNED]
    assert (line.role, line.each, line.count) == (Role.CO, -1, 1)
    assert Part.RETURNED not in facts(row_of(office, unit, read_period("2026-04")))


def test_who_sees_whose(office, unit):
    other, leader = make_department("乙局"), make_user("leader")
    other.leader_in_charge = leader
    other.save()
    make_measure(lead=unit, co=(other,))

    def seen(user):
        return {row.department for row in scorecard(user, MARCH, today=LATER).rows}

    assert seen(office) == {unit, other}
    assert seen(leader) == {other}
    assert seen(make_user("head", department=unit)) == {unit}
    assert seen(make_user("none")) == set()


def test_a_department_reads_its_own_past_and_no_more(office, unit):
    """Its score is the office's to the last fact, from the measures alone that it ever led or assisted."""
    other = make_department("乙局")
    leader = make_user("leader")
    unit.leader_in_charge = leader
    unit.save()
    given = {"actor": None, "now": on(3)}
    led, handed_over, assisted, left, corrected = (
        make_measure(lead=unit, percent=10),
        make_measure(lead=unit),
        make_measure(lead=other, co=(unit,)),
        make_measure(lead=other, co=(unit,)),
        make_measure(lead=unit, acknowledged=False),
    )
    actions.transfer(measure_id=handed_over.pk, **given, lead=other, reason="调")
    actions.edit(measure_id=left.pk, **given, co=[])
    actions.assign(measure_id=corrected.pk, **given, lead=other)
    for _ in range(3):
        make_measure(lead=other, co=(make_department(),))
    head = make_user("head", department=unit)
    own = {row.pk for row in (led, handed_over, assisted, left, corrected)}
    for user in (head, leader):
        assert set(access.measures_scored_for(user).values_list("pk", flat=True)) == own
    with CaptureQueriesContext(connection) as queries:
        seen = row_of(head, unit)
    assert len(queries) == 11
    assert seen == row_of(office, unit) == row_of(leader, unit) and seen.items
    # Before the hand-over it led that too: a past period still says so.
    month = between(TODAY, TODAY)
    assert row_of(head, unit, month) == row_of(office, unit, month)
    assert row_of(head, unit, month).led == 3


def test_a_department_out_of_use_is_shown_only_for_what_it_did(office, unit):
    empty = make_department("撤并局", active=False)
    make_measure(lead=unit)
    unit.active = False
    unit.save()
    assert row_of(office, unit).score is not None and row_of(office, empty) is None


def evening_cards(day, office):
    """Month, quarter and a stretch of days as they stand tonight."""
    periods = [MARCH, read_period("2026Q2"), between(TODAY + timedelta(days=3), day + timedelta(days=9))]
    return {
        period: [
            (row.department.pk, row.score, row.items) for row in scorecard(office, period, today=day).rows
        ]
        for period in periods
        if period.first <= day
    }


def more_steps(dice, measure, departments, regimes, office, now, day):
    """Steps that move, drop or remake a regime's days, which the history's own leave out."""
    by = {"measure_id": measure.pk, "now": now}
    liaison = liaison_of(measure.lead) if measure.lead else None
    choices = [
        lambda: actions.apply_regime(**by, actor=office, regime=dice.choice(regimes)),
        lambda: actions.exempt(**by, actor=office, reason="先行先试", approver="常委会"),
        lambda: actions.edit(**by, actor=office, lead=dice.choice(departments), cadence="weekly"),
        lambda: actions.extend(**by, actor=office, due_on=day + timedelta(days=5), reason="调整"),
        lambda: dice.random() < 0.2 and actions.cancel(**by, actor=office, reason="停"),
        lambda: actions.uphold_objection(**by, actor=office),
        lambda: actions.reject_objection(**by, actor=office, answer="属你局"),
        lambda: actions.approve_extension(**by, actor=office),
    ]
    if liaison is not None:
        choices += [
            lambda: (
                actions.apply_to_close(**by, actor=liaison, result="好"),
                actions.send_back(**by, actor=office, reason="缺"),
            ),
            lambda: actions.object_to_assignment(**by, actor=liaison, reason="不属我局"),
            lambda: actions.request_extension(
                **by, actor=liaison, reason="慢", proposed_due_on=day + timedelta(days=9), progress="过半"
            ),
        ]
    if dice.random() < 0.15:
        try:
            dice.choice(choices)()
        except RuleViolation:
            return


def test_a_past_period_gives_the_same_result_later(office):
    """Thirty evenings of random steps; every evening's scores are found again when all is over."""
    dice = random.Random(20260331)
    own = Regime.objects.create(code="own", name="自定", cadence="weekly", cadence_day=3, score_base=70)
    own.nodes.create(kind="acknowledge", amount=2)
    own.nodes.create(kind="first_report", amount=6)
    regimes = [own, *Regime.objects.filter(code__in=["13710", "710"])]
    departments, section = [make_department() for _ in range(4)], make_section()
    evenings = {}
    for n in range(30):
        day = TODAY + timedelta(days=n)
        morning = end_of(day) - timedelta(days=1)
        # What the timer does.
        actions.roll_periods(now=morning)
        if n % 3 == 0:
            draft = make_draft(section=section, now=morning)
            lead, due_on = departments[n % 4], day + timedelta(days=4)
            actions.assign(measure_id=draft.pk, actor=office, now=morning, lead=lead, due_on=due_on)
        for moment in (morning, NOW + timedelta(days=n), end_of(day) - timedelta(microseconds=1)):
            for measure in Measure.objects.all():
                step(dice, measure, departments, own, office, moment, day)
                measure.refresh_from_db()
                more_steps(dice, measure, departments, regimes, office, moment, day)
        evenings[day] = evening_cards(day, office)
    parts = set()
    for day, cards in evenings.items():
        assert evening_cards(day, office) == cards, day
        for rows in cards.values():
            parts |= {
                fact.part for _pk, _score, items in rows for item in items for fact in item.judged.facts
            }
    # There was something of everything to be found again.
    assert parts == set(Part)


def test_costs_the_same_however_many(office, unit):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            card = scorecard(office, MARCH, today=LATER)
        return len(queries), len(card.rows)

    make_measure(lead=unit)
    before, one = cost()
    for _ in range(4):
        measure = make_measure(lead=make_department(), co=(unit,), percent=10)
        finish(measure, 3)
        actions.transfer(
            measure_id=make_measure(lead=unit).pk, actor=None, now=on(40), lead=measure.lead, reason="调"
        )
    after, five = cost()
    assert (before, after) == (9, 9)
    assert (one, five) == (1, 5)
