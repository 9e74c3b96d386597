"""What an import costs: queries a measure, so that a plan of thousands is written in a minute and not in an hour."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.importing.support import run_import
from tests.makers import NOW
from tracker import actions
from tracker.models import Measure, MeasureEvent

# The measure, its co-departments, its milestones, what the text says of it, and an event for each of the two steps.
QUERIES_A_MEASURE = 6


def plan_of(count):
    """A plan whose measures each name a lead, a co-department and two stages."""
    items = [
        f"{n}．推进第{n}个项目建设。市财政局牵头，市教育局配合，2024年{n % 6 + 1}月底前完成立项，2024年12月底前建成。\n"
        for n in range(1, count + 1)
    ]
    return "2024年全市重点工作方案\n一、重点任务\n" + "".join(items)


@pytest.mark.django_db
def test_a_measure_more_costs_six_queries_and_leaves_both_events(departments):
    with CaptureQueriesContext(connection) as few:
        run_import(plan_of(4), as_new=True)
    with CaptureQueriesContext(connection) as many:
        plan = run_import(plan_of(14), as_new=True).plan
    assert len(many) - len(few) == 10 * QUERIES_A_MEASURE

    for measure in plan.measures.prefetch_related("co_departments", "milestones", "events"):
        assert (measure.lead.name, measure.version) == ("市财政局", 2)
        assert [department.name for department in measure.co_departments.all()] == ["市教育局"]
        assert len(measure.milestones.all()) == 2
        registered, filled_in = measure.events.all()
        assert (registered.version, registered.verb) == (1, "register")
        assert (filled_in.version, filled_in.verb, filled_in.note) == (2, "edit", "按《报告.txt》更新")
        changed = {"lead_id", "due_on", "co", "milestones"}
        assert set(filled_in.changes) == changed
        assert filled_in.changes["lead_id"] == [None, measure.lead_id]


@pytest.mark.django_db(transaction=True)
def test_only_a_measure_of_this_transaction_is_filled_in_unlocked(departments):
    measure = run_import(plan_of(1)).plan.measures.get()
    fresh = Measure(pk=measure.pk, version=1)
    with pytest.raises(ValueError, match="registered in this transaction"):
        actions.fill_in(measure=fresh, actor=None, now=NOW, note="晚了")
    assert MeasureEvent.objects.filter(measure=measure).count() == 2
