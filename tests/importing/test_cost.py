"""What an import costs: queries a measure, so that a plan of thousands is written in a minute and not in an hour."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.importing.support import propose, run_import
from tests.makers import NOW
from tracker import actions
from tracker.actions import fresh
from tracker.importing import apply_import
from tracker.models import Measure, MeasureEvent

# Measures, events, co-departments and milestones are written many at a time.
QUERIES_A_MEASURE = 0
# What is there already is saved by a statement of its own, once for all that its words and units, limit and milestones change.
QUERIES_A_CHANGED_MEASURE = 1


def plan_of(count):
    """A plan whose measures each name a lead, a co-department and two stages."""
    items = [
        f"{n}．推进第{n}个项目建设。市财政局牵头，市教育局配合，2024年{n % 6 + 1}月底前完成立项，2024年12月底前建成。\n"
        for n in range(1, count + 1)
    ]
    return "2024年全市重点工作方案\n一、重点任务\n" + "".join(items)


@pytest.mark.django_db
def test_a_measure_more_costs_no_query_and_leaves_both_events(departments):
    with CaptureQueriesContext(connection) as few:
        run_import(plan_of(4), as_new=True)
    with CaptureQueriesContext(connection) as many:
        plan = run_import(plan_of(14), as_new=True).plan
    assert len(many) - len(few) == 10 * QUERIES_A_MEASURE
    assert len(many) < 60

    for measure in plan.measures.prefetch_related("co_departments", "milestones", "events"):
        assert (measure.lead.name, measure.version) == ("市财政局", 2)
        assert [department.name for department in measure.co_departments.all()] == ["市教育局"]
        assert len(measure.milestones.all()) == 2
        registered, filled_in = measure.events.all()
        assert (registered.version, registered.verb) == (1, "register")
        assert (filled_in.version, filled_in.verb, filled_in.note) == (2, "edit", "按《报告.txt》")
        changed = {"lead_id", "due_on", "co", "milestones"}
        assert set(filled_in.changes) == changed
        assert filled_in.changes["lead_id"] == [None, measure.lead_id]


@pytest.mark.django_db
def test_a_measure_that_a_new_version_changes_is_locked_and_read_once_a_step(departments):
    costs = {}
    for count in (4, 14):
        plan = run_import(plan_of(count), as_new=True).plan
        newer = plan_of(count).replace("项目建设", "项目扩建").replace("12月底前", "11月底前")
        proposal = propose(newer.replace("市教育局配合", "市民政局配合"), plan=plan)
        with CaptureQueriesContext(connection) as asked:
            result = apply_import(proposal, actor=None, now=NOW)
        assert result.reworded == count
        costs[count] = len(asked)
        assert plan.measures.filter(co_departments__name="市民政局").count() == count
    assert costs[14] - costs[4] <= 10 * QUERIES_A_CHANGED_MEASURE


@pytest.mark.django_db
def test_a_long_plan_is_written_in_batches_that_leave_nothing_out(departments, monkeypatch):
    monkeypatch.setattr(fresh, "BATCH", 3)
    seen = []
    proposal = propose(plan_of(8), as_new=True)
    plan = apply_import(proposal, actor=None, now=NOW, progress=lambda done, total: seen.append(done)).plan
    assert seen == list(range(1, 9))
    measures = plan.measures.order_by("position")
    assert [measure.number for measure in measures] == [f"1.{n}" for n in range(1, 9)]
    for measure in measures:
        assert [event.version for event in measure.events.all()] == [1, 2]
        assert measure.co_departments.count() == 1
        assert measure.milestones.count() == 2
        assert replayed(measure) == stored(measure)


@pytest.mark.django_db(transaction=True)
def test_only_a_measure_of_this_transaction_is_filled_in_unlocked(departments):
    measure = run_import(plan_of(1)).plan.measures.get()
    with pytest.raises(ValueError, match="within the transaction"):
        actions.FreshMeasures()
    with transaction.atomic():
        other = Measure(pk=measure.pk, version=1)
        with pytest.raises(ValueError, match="registered in this transaction"):
            actions.fill_in(measure=other, fresh=actions.FreshMeasures(), actor=None, now=NOW, note="晚了")
    assert MeasureEvent.objects.filter(measure=measure).count() == 2


def replayed(measure):
    """What the events say of the measure, one after the other."""
    state = {}
    for event in measure.events.all():
        state |= {name: after for name, (_before, after) in event.changes.items()}
    return {name: state[name] for name in ("lead_id", "due_on", "co", "title", "number", "status")}


def stored(measure):
    return {
        "lead_id": measure.lead_id,
        "due_on": measure.due_on.isoformat(),
        "co": [department.code for department in measure.co_departments.all()],
        "title": measure.title,
        "number": measure.number,
        "status": measure.status,
    }
