"""A measure published for claiming shows what a claimant needs, and has everything back when it is taken down or given."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, TODAY, liaison_of, make_department, make_draft, make_measure, make_user
from tracker import access, actions
from tracker.models import Measure, Regime
from tracker.reports.timeline import timeline
from tracker.rules.milestones import Milestone
from tracker.rules.targets import parse_indicators
from tracker.rules.violations import WrongState

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=60)
SITE = Milestone(TODAY + timedelta(days=30), "完成选址")


def again(measure):
    return Measure.objects.get(pk=measure.pk)


@pytest.fixture
def posted():
    """Had by one department that reported and was granted more time; its second lead's objection was upheld."""
    old, second = make_department(), make_department()
    measure = make_measure(
        lead=old,
        due_on=TODAY + timedelta(days=40),
        milestones=[SITE],
        indicators=parse_indicators("投资≥30亿元"),
    )
    by = {"measure_id": measure.pk, "now": NOW}
    [money] = measure.indicators.all()
    actions.report(
        **by, actor=liaison_of(old), percent=35, progress="推进", indicators={money.pk: Decimal("12.5")}
    )
    actions.extend(**by, actor=None, due_on=DUE, reason="批示")
    actions.transfer(**by, actor=None, lead=second, reason="调整")
    actions.object_to_assignment(**by, actor=liaison_of(second), reason="非职责")
    actions.uphold_objection(**by, actor=None)
    actions.edit(**by, actor=None, remark="内部备注")
    before = again(measure)
    actions.publish(**by, actor=None)
    return before


def rest(measure):
    """What the departments that claim it have no part in."""
    measure = again(measure)
    edition = measure.regime_edition
    [money] = measure.indicators.all()
    return (
        measure.remark,
        measure.percent,
        measure.original_due_on,
        None if edition is None else edition.regime.code,
        money.current,
    )


WITHHELD = ("", 0, None, None, None)
KEPT = ("内部备注", 35, TODAY + timedelta(days=40), "13710", Decimal("12.50"))


def test_a_stranger_reads_task_targets_and_deadline_alone(posted):
    stranger, office = liaison_of(make_department()), make_user("office")
    assert rest(posted) == WITHHELD
    shown = access.visible_to(stranger).get(pk=posted.pk)
    assert (shown.title, shown.text, shown.due_on) == (posted.title, posted.text, DUE)
    assert [str(row) for row in shown.indicators.all()] == ["投资≥30亿元"]
    assert not access.milestones_visible_to(stranger).filter(measure=posted).exists()
    assert access.milestones_visible_to(office).filter(measure=posted).exists()
    told = [change.after + change.before for entry in timeline(shown, stranger) for change in entry.changes]
    assert told == []
    assert_trail(posted)


@pytest.mark.parametrize("end", ["unpublish", "cancel and reopen", "accept"])
def test_everything_comes_back(posted, end):
    by = {"measure_id": posted.pk, "actor": None, "now": NOW}
    if end == "unpublish":
        actions.unpublish(**by)
    elif end == "accept":
        claimant = liaison_of(make_department())
        row = actions.claim(measure_id=posted.pk, actor=claimant, now=NOW, reason="有队伍")
        actions.accept_claim(claim_id=row.pk, actor=None, now=NOW)
        assert again(posted).lead == claimant.department
        assert access.milestones_visible_to(claimant).filter(measure=posted).exists()
    else:
        actions.cancel(**by, reason="停")
        assert rest(posted) == WITHHELD
        actions.reopen(**by, reason="再办")
    # Given to a new lead, its first deadline is the one it is given with.
    first = DUE if end == "accept" else KEPT[2]
    assert rest(posted) == (*KEPT[:2], first, *KEPT[3:])
    assert again(posted).due_on == DUE
    assert_trail(posted)


def test_a_claim_accepted_keeps_the_regime_that_was_chosen():
    own = Regime.objects.create(code="own", name="自定")
    lead = make_department()
    draft = make_draft()
    by = {"measure_id": draft.pk, "actor": None, "now": NOW}
    actions.assign(**by, lead=lead, due_on=DUE, regime=own)
    actions.object_to_assignment(measure_id=draft.pk, actor=liaison_of(lead), now=NOW, reason="非职责")
    actions.uphold_objection(**by)
    actions.publish(**by)
    row = actions.claim(measure_id=draft.pk, actor=liaison_of(make_department()), now=NOW, reason="有队伍")
    actions.accept_claim(claim_id=row.pk, actor=None, now=NOW)
    assert again(draft).regime_edition.regime == own


def test_a_value_written_meanwhile_is_not_overwritten(posted):
    [money] = posted.indicators.all()
    posted.indicators.update(current=Decimal(20))
    actions.unpublish(measure_id=posted.pk, actor=None, now=NOW)
    money.refresh_from_db()
    assert money.current == 20


def test_a_remark_waits_until_it_is_no_longer_published(posted):
    by = {"measure_id": posted.pk, "actor": None, "now": NOW}
    with pytest.raises(WrongState, match=r"正在揭榜.*备注") as refusal:
        actions.edit(**by, remark="给牵头单位的话")
    assert refusal.value.field == "remark"
    # A form that shows it blank sends it blank.
    actions.edit(**by, remark="", due_on=date(2026, 7, 1))
    actions.unpublish(**by)
    assert again(posted).remark == "内部备注"
    actions.edit(**by, remark="给牵头单位的话")
    assert again(posted).remark == "给牵头单位的话"
    assert_trail(posted)
