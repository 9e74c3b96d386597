"""Milestones are decided like the rest of an assignment: one step, one event that replays, reached ones kept."""

from datetime import date

import pytest

from tests.actions.support import assert_trail
from tests.makers import NOW, make_department, make_draft, make_measure
from tracker import actions
from tracker.models import Measure
from tracker.rules.milestones import Milestone

pytestmark = pytest.mark.django_db
SITE, START, END = (
    Milestone(date(2026, 6, 30), "完成选址"),
    Milestone(date(2026, 9, 30), "开工"),
    Milestone(date(2026, 12, 31), "竣工"),
)
LAST = date(2027, 12, 31)


def edit(measure, *milestones):
    return actions.edit(measure_id=measure.pk, actor=None, now=NOW, milestones=milestones)


def listed(measure):
    return [(row.due_on, row.text, row.done_on) for row in measure.milestones.all()]


def test_assigning_writes_them_in_order_with_its_event():
    measure = make_draft()
    due = {"lead": make_department(), "due_on": date(2026, 12, 31)}
    actions.assign(measure_id=measure.pk, actor=None, now=NOW, milestones=[END, SITE, SITE], **due)
    assert [str(row) for row in measure.milestones.all()] == ["2026-06-30 完成选址", "2026-12-31 竣工"]
    changes = measure.events.last().changes["milestones"]
    assert changes == [[], ["2026-06-30 完成选址", "2026-12-31 竣工"]]
    assert_trail(measure)


def test_the_same_again_writes_nothing():
    measure = make_measure(due_on=LAST, milestones=[SITE, END])
    rows = list(measure.milestones.values())
    assert edit(measure, END, SITE).version == measure.version
    assert list(measure.milestones.values()) == rows
    # Not given is not the same as none.
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, remark="备注")
    assert list(measure.milestones.values()) == rows


def test_moved_reworded_added_and_dropped_in_one_step():
    measure = make_measure(due_on=LAST, milestones=[SITE, START, END])
    measure.milestones.filter(text="完成选址").update(done_on=date(2026, 6, 1))
    before = {row.text: row.pk for row in measure.milestones.all()}
    edit(
        measure,
        Milestone(date(2026, 7, 31), "完成选址"),
        Milestone(date(2026, 12, 31), "全面竣工"),
        Milestone(date(2027, 1, 31), "验收"),
    )
    assert listed(measure) == [
        (date(2026, 7, 31), "完成选址", date(2026, 6, 1)),
        (date(2026, 12, 31), "全面竣工", None),
        (date(2027, 1, 31), "验收", None),
    ]
    after = {row.text: row.pk for row in measure.milestones.all()}
    assert (after["完成选址"], after["全面竣工"]) == (before["完成选址"], before["竣工"])
    assert_trail(measure)
    edit(measure)
    assert listed(measure) == [(date(2026, 7, 31), "完成选址", date(2026, 6, 1))]
    assert_trail(measure)


def test_dropping_only_what_was_reached_changes_nothing():
    measure = make_measure(due_on=LAST, milestones=[SITE])
    measure.milestones.update(done_on=date(2026, 6, 1))
    version = Measure.objects.get(pk=measure.pk).version
    assert edit(measure).version == version
    assert measure.milestones.count() == 1
