"""Another lead of a measure that is assigned is 转办, by whichever door: never a correction that nobody is told of."""

from datetime import timedelta

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure
from tracker import actions
from tracker.models import Measure
from tracker.rules.lifecycle import Status
from tracker.rules.violations import InvalidInput, Outdated, WrongState

pytestmark = pytest.mark.django_db


def now_of(measure):
    return Measure.objects.get(pk=measure.pk)


def running(status):
    """A measure in this status."""
    measure = make_measure(acknowledged=status != Status.ASSIGNED)
    if status == Status.CLOSING:
        actions.apply_to_close(measure_id=measure.pk, actor=liaison_of(measure.lead), now=NOW, result="完成")
    if status == Status.SUSPENDED:
        actions.suspend(measure_id=measure.pk, actor=None, now=NOW, reason="等批复")
    return now_of(measure)


@pytest.mark.parametrize(
    "status", [Status.ASSIGNED, Status.IN_PROGRESS, Status.CLOSING, Status.SUSPENDED], ids=str
)
def test_editing_does_not_hand_a_measure_on(status):
    measure, other = running(status), make_department()
    assert measure.status == status
    checkpoints = list(measure.checkpoints.values_list("kind", "department", "done_on"))
    with pytest.raises(WrongState, match="转办") as refused:
        actions.edit(measure_id=measure.pk, actor=None, now=NOW, lead=other, remark="顺带改")
    assert refused.value.field == "lead"
    assert (now_of(measure).version, now_of(measure).lead, now_of(measure).remark) == (
        measure.version,
        measure.lead,
        "",
    )
    assert list(measure.checkpoints.values_list("kind", "department", "done_on")) == checkpoints
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, lead=measure.lead, remark="只改备注")
    assert now_of(measure).remark == "只改备注"


def test_a_running_measure_cannot_lose_its_lead_either():
    with pytest.raises(InvalidInput, match="必须指定牵头单位"):
        actions.edit(measure_id=running(Status.IN_PROGRESS).pk, actor=None, now=NOW, lead=None)


def test_a_draft_may_change_its_lead():
    draft, other = make_draft(), make_department()
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, lead=make_department())
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, lead=other)
    assert now_of(draft).lead == other


def test_a_table_that_names_another_lead_transfers():
    measure, other = running(Status.IN_PROGRESS), make_department()
    due = TODAY + timedelta(days=60)
    actions.rearrange(
        measure_id=measure.pk,
        actor=None,
        now=NOW,
        note="按台账更新",
        expected_version=measure.version,
        lead=other,
        due_on=due,
        remark="新备注",
    )
    moved = now_of(measure)
    assert (moved.lead, moved.status, moved.due_on, moved.remark) == (other, Status.ASSIGNED, due, "新备注")
    steps = [(event.verb, event.note) for event in moved.events.all()][-2:]
    assert steps == [("transfer", "按台账更新"), ("edit", "按台账更新")]
    assert {row.department for row in moved.checkpoints.filter(done_on=None)} == {other}
    assert_trail(moved)


def test_a_table_is_written_wholly_or_not_at_all():
    measure, other = running(Status.IN_PROGRESS), make_department()
    given = {"measure_id": measure.pk, "actor": None, "now": NOW, "note": "按台账更新", "lead": other}
    with pytest.raises(InvalidInput):
        actions.rearrange(**given, due_on=measure.starts_on - timedelta(days=1))
    with pytest.raises(Outdated):
        actions.rearrange(**given, expected_version=measure.version - 1)
    assert (now_of(measure).lead, now_of(measure).version) == (measure.lead, measure.version)
    waiting = running(Status.CLOSING)
    with pytest.raises(WrongState, match="“待审核”，不能转办"):
        actions.rearrange(**{**given, "measure_id": waiting.pk})
    assert now_of(waiting).version == waiting.version


def test_nothing_is_given_to_a_department_out_of_use():
    draft, retired = make_draft(), make_department(active=False)
    due = TODAY + timedelta(days=9)
    with pytest.raises(InvalidInput, match="已停用"):
        actions.assign(measure_id=draft.pk, actor=None, now=NOW, lead=retired, due_on=due)
    claimant = make_department()
    actions.edit(measure_id=draft.pk, actor=None, now=NOW, due_on=due)
    actions.publish(measure_id=draft.pk, actor=None, now=NOW)
    row = actions.claim(measure_id=draft.pk, actor=liaison_of(claimant), now=NOW, reason="有队伍")
    claimant.active = False
    claimant.save()
    with pytest.raises(InvalidInput, match="已停用"):
        actions.accept_claim(claim_id=row.pk, actor=None, now=NOW)
    assert now_of(draft).status == Status.PUBLISHED
