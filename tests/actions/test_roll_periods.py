"""The clock's bookkeeping by each of its doors: Celery's task, the command for cron, and the beat's own schedule."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.actions.support import assert_trail
from tests.makers import NOW, make_department, make_measure
from tracker import actions, tasks
from tracker.actions import clock, occurrences
from tracker.models import Measure, Occurrence

pytestmark = pytest.mark.django_db

LATER, NEXT_YEAR = NOW + timedelta(days=60), NOW + timedelta(days=365)


@pytest.fixture
def two_months_later(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


def recurring():
    return make_measure(lead=make_department(), due_on=None, recurrence="yearly", recurrence_target=10)


def run_task():
    tasks.roll_periods()
    return ""


def run_command():
    out = StringIO()
    call_command("roll_periods", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("run", [run_task, run_command])
def test_run_twice_it_rolls_once(run, two_months_later):
    monthly, yearly = make_measure(due_on=NOW.date() + timedelta(days=300)), recurring()
    run()
    days = list(monthly.checkpoints.filter(kind="period_report").values_list("due_on", flat=True))
    assert [(day.month, day.day) for day in days] == [(3, 25), (4, 25), (5, 25)], (
        "none of the missed is forgotten"
    )
    assert Occurrence.objects.get(measure=yearly).name == "2026年"
    before = list(Measure.objects.order_by("pk").values())
    said = run()
    assert list(Measure.objects.order_by("pk").values()) == before
    assert said in ("", "没有到期的周期，未作改动。\n")
    assert list(monthly.checkpoints.filter(kind="period_report").values_list("due_on", flat=True)) == days
    assert_trail(yearly)


def test_the_command_goes_on_until_all_is_done(two_months_later, monkeypatch):
    measures = [make_measure(due_on=NOW.date() + timedelta(days=300)) for _ in range(5)]
    monkeypatch.setattr(clock.roll_periods, "__kwdefaults__", {"limit": 2})
    assert run_command() == "已更新5项。\n"
    assert all(measure.checkpoints.count() > 3 for measure in measures)


def test_a_measure_that_fails_holds_up_no_other(monkeypatch, caplog):
    bad, good = recurring(), recurring()
    real = occurrences.open_occurrence

    def fail_for_one(measure, *, on):
        if measure.pk == bad.pk:
            raise RuntimeError("broken row")
        return real(measure, on=on)

    monkeypatch.setattr(occurrences, "open_occurrence", fail_for_one)
    with pytest.raises(RuntimeError, match="broken row") as raised:
        actions.roll_periods(now=NEXT_YEAR)
    assert f"measure {bad.pk}" in raised.value.__notes__[0]
    assert f"measure {bad.pk} failed" in caplog.text
    assert list(Occurrence.objects.filter(name="2027年").values_list("measure", flat=True)) == [good.pk]


def test_beat_runs_it_and_lets_late_ticks_expire():
    [entry] = [
        row for row in settings.CELERY_BEAT_SCHEDULE.values() if row["task"] == tasks.roll_periods.name
    ]
    assert 0 < entry["options"]["expires"] <= entry["schedule"]
