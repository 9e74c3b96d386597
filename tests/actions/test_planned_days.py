"""Planned days of milestones and stages: one after the other, and none after the deadline, by whoever plans them."""

from datetime import timedelta

import pytest

from tests.makers import NOW, TODAY, make_department, make_draft, make_measure
from tests.shipped import ship_regimes
from tracker import actions
from tracker.models import StageTemplate
from tracker.rules.milestones import Milestone
from tracker.rules.violations import InvalidInput

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=20)


@pytest.fixture
def template(db):
    ship_regimes()
    return StageTemplate.objects.get(name="三个一批")


def plan(measure, template, **days):
    actions.set_stages(
        measure_id=measure.pk,
        actor=None,
        now=NOW,
        template=template,
        dates={name: TODAY + timedelta(days=ahead) for name, ahead in days.items()},
    )


def test_stages_are_planned_in_their_order(template):
    measure = make_measure(due_on=DUE)
    with pytest.raises(InvalidInput) as refused:
        plan(measure, template, 签约=10, 开工=5, 投产=15)
    assert refused.value.field == "dates"
    assert refused.value.message == (
        f"阶段“开工”的计划日期（{TODAY + timedelta(days=5)}）早于它前面的“签约”的（{TODAY + timedelta(days=10)}）。"
    )
    assert not measure.milestones.exists()
    plan(measure, template, 签约=5, 开工=5, 投产=20)
    stages = list(measure.milestones.all())
    assert [stage.text for stage in stages] == ["签约", "开工", "投产"]
    moved = [
        Milestone(stages[0].due_on + timedelta(days=3), "签约"),
        *(Milestone(s.due_on, s.text) for s in stages[1:]),
    ]
    with pytest.raises(InvalidInput, match=r"阶段“开工”的计划日期.*早于它前面的“签约”"):
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, milestones=moved)


def test_stages_without_a_day_keep_their_place_between_those_that_have_one(template):
    measure = make_measure(due_on=DUE, starts_on=TODAY)
    plan(measure, template, 签约=18)
    assert [(row.due_on - TODAY).days for row in measure.milestones.all()] == [18, 18, 20]
    plan(measure, template, 投产=1)
    assert [(row.due_on - TODAY).days for row in measure.milestones.all()] == [1, 1, 1]


def test_a_stage_after_the_deadline_is_refused_with_both_days(template):
    measure = make_measure(due_on=DUE)
    with pytest.raises(InvalidInput) as refused:
        plan(measure, template, 投产=21)
    assert (
        refused.value.message == f"节点“投产”的计划日期（{DUE + timedelta(days=1)}）晚于完成时限（{DUE}）。"
    )
    plan(make_measure(due_on=None, starts_on=TODAY), template, 签约=1, 开工=100, 投产=900)


def test_a_milestone_after_the_deadline_is_refused_when_it_is_assigned_or_edited():
    late = [Milestone(DUE + timedelta(days=1), "完工")]
    words = f"节点“完工”的计划日期（{late[0].due_on}）晚于完成时限（{DUE}）"
    draft = make_draft()
    with pytest.raises(InvalidInput, match=words) as refused:
        actions.assign(
            measure_id=draft.pk, actor=None, now=NOW, lead=make_department(), due_on=DUE, milestones=late
        )
    assert refused.value.field == "milestones"
    measure = make_measure(due_on=DUE)
    with pytest.raises(InvalidInput, match=words):
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, milestones=late)


def test_what_a_document_prints_is_taken_and_stops_no_other_correction():
    """An import tells it to be confirmed; who corrects something else is not held up by it."""
    late = [Milestone(DUE + timedelta(days=1), "完工")]
    draft = make_draft()
    actions.assign(
        measure_id=draft.pk,
        actor=None,
        now=NOW,
        lead=make_department(),
        due_on=DUE,
        milestones=late,
        imported={"sheet": {}},
    )
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, remark="重点", milestones=late)
    assert str(draft.milestones.get()) == f"{late[0].due_on} 完工"
    with pytest.raises(InvalidInput, match="晚于完成时限"):
        actions.edit(
            measure_id=draft.pk,
            actor=None,
            now=NOW,
            due_on=DUE - timedelta(days=1),
            note="提前",
            milestones=late,
        )
