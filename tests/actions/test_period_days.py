"""报送日 and 每期时限 through the actions that every door calls: refused, cleared, remembered, and report days rolled anew."""

from datetime import date, timedelta

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, make_department, make_draft, make_measure
from tracker import actions
from tracker.models import Measure, Regime
from tracker.rules.violations import InvalidInput

pytestmark = pytest.mark.django_db


def edit(measure, **given):
    return actions.edit(measure_id=measure.pk, actor=None, now=NOW, **given)


def report_days(measure):
    rows = measure.checkpoints.filter(kind="period_report", done_on=None)
    return [row.due_on for row in rows.order_by("due_on")]


@pytest.mark.parametrize(
    ("cadence", "day", "due"),
    [
        ("monthly", 5, date(2026, 4, 5)),
        ("monthly", 15, date(2026, 3, 15)),
        ("monthly", 31, date(2026, 3, 31)),
        ("quarterly", 20, date(2026, 3, 20)),
        ("yearly", 10, date(2026, 12, 10)),
        ("weekly", 2, date(2026, 3, 17)),
        ("weekly", 3, date(2026, 3, 18)),
        ("monthly", None, date(2026, 3, 25)),
        ("weekly", None, date(2026, 3, 20)),
    ],
)
def test_reports_are_due_on_the_day_of_its_own(cadence, day, due):
    """Assigned on Tuesday, 10 March 2026; the shipped regime asks for a first report by the 13th."""
    measure = make_measure(cadence=cadence, cadence_day=day)
    assert report_days(measure) == [due]


def test_a_shorter_month_takes_its_last_day():
    measure = make_measure(cadence="monthly", cadence_day=31, due_on=None)
    assert actions.roll_periods(now=NOW + timedelta(days=25)) == 1  # 4 April
    assert report_days(measure) == [date(2026, 3, 31), date(2026, 4, 30)]


def test_another_day_rolls_the_report_days_that_are_still_ahead():
    measure = make_measure(cadence="monthly", cadence_day=15)
    edit(measure, cadence_day=28)
    assert report_days(measure) == [date(2026, 3, 28)]
    edit(measure, cadence_day=None)
    assert report_days(measure) == [date(2026, 3, 25)]
    edit(measure, cadence="weekly", cadence_day=4)
    assert report_days(measure) == [date(2026, 3, 19)]
    measure.refresh_from_db()
    assert measure.next_period_on == date(2026, 3, 19)
    assert_trail(measure)


def test_a_report_day_that_was_missed_stays_missed():
    measure = make_measure(cadence="monthly", cadence_day=15)
    later = NOW + timedelta(days=10)  # 20 March
    actions.edit(measure_id=measure.pk, actor=None, now=later, cadence_day=28)
    assert report_days(measure) == [date(2026, 3, 15), date(2026, 3, 28)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"cadence": "none", "cadence_day": 5}, "cadence_day"),
        ({"cadence": "weekly", "cadence_day": 8}, "cadence_day"),
        ({"cadence_day": 32}, "cadence_day"),
        ({"cadence_day": 0}, "cadence_day"),
        ({"cadence": "weekly", "cadence_day": 25}, "cadence_day"),
        ({"recurrence_by": "每月5日前"}, "recurrence_by"),
        ({"recurrence": "none", "recurrence_by": "每月5日前"}, "recurrence_by"),
        ({"recurrence": "monthly", "recurrence_by": "长" * 101}, "recurrence_by"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_by_each_action(given, field):
    measure, draft = make_measure(cadence="monthly"), make_draft()
    before = list(Measure.objects.order_by("pk").values())
    steps = [
        lambda: edit(measure, **given),
        lambda: actions.rearrange(measure_id=measure.pk, actor=None, now=NOW, note="表", **given),
        lambda: actions.assign(
            measure_id=draft.pk,
            actor=None,
            now=NOW,
            **{"lead": make_department(), "standing": True, "cadence": "monthly", **given},
        ),
        lambda: actions.register_by_hand(
            section=draft.section, title="新", text="新事项。", actor=None, now=NOW, **{"cadence": "monthly", **given}
        ),
    ]  # fmt: skip
    for step in steps:
        with pytest.raises(InvalidInput) as refused:
            step()
        assert refused.value.field == field
        assert any("\u4e00" <= char <= "\u9fff" for char in refused.value.message)
    assert list(Measure.objects.order_by("pk").values()) == before


def test_a_day_goes_with_its_period():
    measure = make_measure(
        due_on=None, cadence="monthly", cadence_day=5, recurrence="monthly", recurrence_by=" 每月5日前 "
    )
    assert measure.recurrence_by == "每月5日前"
    measure = edit(measure, cadence="quarterly")
    assert measure.cadence_day == 5
    measure = edit(measure, cadence="weekly", recurrence="quarterly")
    assert (measure.cadence_day, measure.recurrence_by) == (None, "")
    measure = edit(measure, cadence_day=5, recurrence_by="20日前")
    measure = edit(measure, recurrence="yearly")
    assert measure.recurrence_by == "20日前"
    measure = edit(measure, cadence="none", recurrence="none")
    assert (measure.cadence_day, measure.recurrence_by) == (None, "")
    assert measure.events.last().changes["recurrence_by"] == ["20日前", ""]
    assert_trail(measure)


def test_a_step_that_has_nothing_to_do_with_it_leaves_the_day():
    measure = make_measure(cadence="monthly", cadence_day=5, recurrence="monthly", recurrence_by="每月5日前")
    measure = edit(measure, remark="盯紧", recurrence_target=3)
    assert (measure.cadence_day, measure.recurrence_by) == (5, "每月5日前")


def test_a_regime_of_the_same_cadence_gives_the_day_that_the_measure_does_not():
    regime = Regime.objects.create(code="own", name="自定制度", cadence="monthly", cadence_day=20)
    own = make_measure(regime=regime, cadence="monthly", cadence_day=12)
    its = make_measure(regime=regime, cadence="monthly")
    assert (report_days(own), report_days(its)) == ([date(2026, 3, 12)], [date(2026, 3, 20)])
