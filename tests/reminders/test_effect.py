"""What saving a rule promises is what planning then does, with all the other rules in force."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import TODAY, make_user
from tests.reminders.scene import overdue, plan, run_days, soon, unit
from tests.reminders.test_counting import a_rule
from tracker.models import Reminder, ReminderRule
from tracker.reminders.effect import Effect, effect_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    make_user("office", email="office@city.example")
    return unit("市教育局", "a@x.example")


@pytest.mark.parametrize(("days", "planned"), [(5, 0), (2, 3)])
def test_of_rules_that_remind_ahead_the_nearest_speaks(lead, days, planned):
    for _number in range(3):
        soon(lead)
    run_days(TODAY)
    mine = a_rule("mine", kind="due_soon", days=days, unit="calendar", audience=["liaison"])
    promised = effect_of(mine, today=TODAY)
    assert promised == Effect(measures=3, new=planned)
    plan()
    assert Reminder.objects.filter(rule=mine).count() == planned


def test_a_rule_as_edited_stands_in_the_place_of_the_stored_one(lead):
    soon(lead)
    overdue(lead)
    rule = ReminderRule.objects.get(code="deadline-soon")
    assert effect_of(rule, today=TODAY) == Effect(measures=1, new=1)
    rule.days = 0
    assert effect_of(rule, today=TODAY) == Effect()
    other = a_rule("other", kind="due_soon", days=30, audience=["liaison"])
    assert effect_of(other, today=TODAY) == Effect(measures=1, new=0), "the stored rule is the nearer one"
    assert not Reminder.objects.exists()


def test_asking_costs_the_same_however_many_matters(lead):
    rule = ReminderRule.objects.get(code="overdue")
    counts = []
    for number in (1, 20):
        for _time in range(number):
            overdue(lead, due_on=TODAY - timedelta(days=number))
        with CaptureQueriesContext(connection) as queries:
            effect_of(rule, today=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]
