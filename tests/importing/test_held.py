"""Stored measures that an import changes are locked and written together: same trail as one by one, same refusals, no lost step."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.actions.support import assert_trail
from tests.importing.ledgers import edited, exported
from tests.importing.support import propose, run_import
from tests.makers import NOW, liaison_of, make_department, make_measure, make_section
from tracker import actions
from tracker.actions import held as held_file
from tracker.importing import ImportRefused, apply_import
from tracker.importing.ledger import apply_ledger, propose_ledger
from tracker.models import Checkpoint, Department, Indicator, Measure, MeasureEvent, Milestone
from tracker.reports.ledger import for_ledger, write_ledger
from tracker.rules.violations import InvalidInput

TASKS = """2031年全市重点工作方案
一、重点任务
1．推进项目。市财政局牵头，市教育局配合，2031年3月底前完成立项，2031年12月底前建成。
2．改造管网。市财政局牵头，市教育局配合，2031年6月底前完成。
3．修建学校。市教育局牵头，市财政局配合，2031年9月底前开工，2031年11月底前建成。
4．整治河道。市财政局牵头，长期坚持。
5．评选先进。市教育局牵头，2031年12月底前完成。
"""
# Reworded, another limit, other stages and units, a new lead for what is assigned, one more task and one less.
NEWER = (
    TASKS.replace("推进项目", "推进重大项目")
    .replace("2031年6月底", "2031年7月底")
    .replace("市财政局配合，2031年9月底前开工", "市民政局配合，2031年10月底前开工")
    .replace("4．整治河道。市财政局牵头", "4．整治河道。市民政局牵头")
    .replace("5．评选先进", "5．评选先进。加强宣传")
    + "6．植树造林。市财政局牵头，长期坚持。\n"
)


class OneByOne(actions.HeldMeasures):
    """Writes each step by itself and reads the measure anew for the next, as a step on its own does."""

    def keep(self, measure, fields, event):
        super().keep(measure, fields, event)
        self.write()


def everything(plan):
    """What is stored of a plan's measures, without keys."""
    measures = {measure.pk: measure.number for measure in plan.measures.all()}
    departments = dict(Department.objects.values_list("pk", "code"))
    kept = {"id", "plan_id", "section_id", "document_id"}

    def plain(row):
        return {name: value for name, value in row.items() if name not in kept}

    of_plan = {"measure__plan": plan}
    events = MeasureEvent.objects.filter(**of_plan).order_by("measure__number", "version").values()
    for event in events:
        for name in kept & event["changes"].keys():
            event["changes"][name] = "…"
    through = Measure.co_departments.through.objects.filter(**of_plan)
    return {
        "measures": [plain(row) for row in plan.measures.order_by("number").values()],
        "events": [plain(row) | {"measure_id": measures[row["measure_id"]]} for row in events],
        "co": sorted((measures[row.measure_id], departments[row.department_id]) for row in through),
        "milestones": list(
            Milestone.objects.filter(**of_plan)
            .order_by("measure__number", "due_on", "id")
            .values_list("measure__number", "due_on", "text", "done_on")
        ),
        "checkpoints": sorted(
            Checkpoint.objects.filter(**of_plan).values_list("measure__number", "kind", "due_on", "done_on")
        ),
        "indicators": sorted(
            Indicator.objects.filter(**of_plan).values_list("measure__number", "name", "target")
        ),
    }


def ready_for_a_version():
    """The plan with some measures assigned, one under way, one with a stage reached."""
    plan = run_import(TASKS, as_new=True).plan
    by_number = {measure.number: measure for measure in plan.measures.all()}
    for number in ("1.2", "1.4", "1.5"):
        actions.assign(measure_id=by_number[number].pk, actor=None, now=NOW)
    liaison = liaison_of(by_number["1.2"].lead)
    actions.acknowledge(measure_id=by_number["1.2"].pk, actor=liaison, now=NOW)
    return plan


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 500])
def test_written_together_or_one_by_one_a_new_version_leaves_the_same(departments, monkeypatch, batch):
    alone, together = ready_for_a_version(), ready_for_a_version()
    monkeypatch.setattr(held_file, "BATCH", batch)
    apply_import(propose(NEWER, plan=together), actor=None, now=NOW)
    monkeypatch.setattr(actions, "HeldMeasures", OneByOne)
    apply_import(propose(NEWER, plan=alone), actor=None, now=NOW)
    assert everything(together) == everything(alone)
    for measure in together.measures.all():
        assert_trail(measure)
    moved = together.measures.get(number="1.4")
    assert (moved.lead.name, moved.status) == ("市民政局", "assigned")
    assert together.measures.get(number="1.2").due_on.isoformat() == "2031-07-31"
    assert [event.verb for event in moved.events.all()][-1] == "transfer"
    assert propose(NEWER, plan=together).changes_anything is False


LEDGER = {
    ("配合单位", 2): "市民政局、市教育局",
    ("完成时限", 3): "2031-08-31",
    ("指标", 4): "新建学校≥3所",
    ("牵头单位", 5): "市民政局",
    ("备注", 5): "换人",
    ("具体措施", 6): "评先评优",
}


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 500])
def test_written_together_or_one_by_one_a_ledger_leaves_the_same(departments, monkeypatch, batch):
    plans = []
    for kind in (actions.HeldMeasures, OneByOne):
        plan = ready_for_a_version()
        data = edited(write_ledger(for_ledger(plan.measures.all())), LEDGER)
        changes = propose_ledger(data, actor=None).changes
        monkeypatch.setattr(held_file, "BATCH", batch)
        monkeypatch.setattr(actions, "HeldMeasures", kind)
        assert apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx") == 5
        monkeypatch.undo()
        plans.append(plan)
    assert everything(plans[0]) == everything(plans[1])
    for measure in plans[0].measures.all():
        assert_trail(measure)


@pytest.mark.django_db
def test_a_row_more_of_a_ledger_costs_one_statement(departments):
    costs = {}
    for count in (4, 14):
        section = make_section()
        for _row in range(count):
            make_measure(draft={"section": section})
        data = write_ledger(for_ledger(section.measures.all()))
        data = edited(data, {("备注", row): f"盯紧{row}" for row in range(2, count + 2)})
        changes = propose_ledger(data, actor=None).changes
        assert len(changes) == count
        with CaptureQueriesContext(connection) as asked:
            apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx")
        costs[count] = len(asked)
    assert costs[14] - costs[4] == 10


@pytest.mark.django_db
def test_what_cannot_be_held_is_said(departments):
    held = actions.HeldMeasures([])
    with pytest.raises(InvalidInput, match="事项不存在"):
        held.get(7)
    with pytest.raises(ValueError, match="checked as they are written"):
        actions.edit(measure_id=7, actor=None, now=NOW, milestones=[], held=held)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_held_outside_of_a_transaction():
    with pytest.raises(ValueError, match="within the transaction"):
        actions.HeldMeasures([])


@pytest.mark.django_db
def test_what_somebody_changed_after_it_was_shown_refuses_all(departments):
    plan = ready_for_a_version()
    proposal = propose(NEWER, plan=plan)
    last = plan.measures.get(number="1.5")
    actions.edit(measure_id=last.pk, actor=None, now=NOW, remark="刚刚改的")
    before = everything(plan)
    with pytest.raises(ImportRefused, match=r"1\.5 .*已被他人更新"):
        apply_import(proposal, actor=None, now=NOW)
    assert everything(plan) == before


def in_a_thread(work):
    def run():
        try:
            return work()
        except Exception as error:
            return error
        finally:
            close_old_connections()
            connection.close()

    return run


@pytest.mark.django_db(transaction=True)
def test_a_step_meanwhile_waits_for_the_import_and_loses_nothing(departments, postgres):
    plan = ready_for_a_version()
    measure = plan.measures.get(number="1.2")
    liaison = liaison_of(measure.lead)
    proposal = propose(NEWER, plan=plan)
    locked, reported = Event(), Event()

    def progress(done, total):
        # The first measure was taken, nothing of the others is written yet: the report waits for them all.
        locked.set()
        assert not reported.wait(0.3 if done == 1 else 0)

    def importing():
        return apply_import(proposal, actor=None, now=NOW, progress=progress)

    def reporting():
        assert locked.wait(60)
        made = actions.report(
            measure_id=measure.pk, actor=liaison, now=NOW, percent=40, progress="已完成招标，正在施工"
        )
        reported.set()
        return made

    with ThreadPoolExecutor(2) as pool:
        written, made = [
            task.result(120)
            for task in (pool.submit(in_a_thread(importing)), pool.submit(in_a_thread(reporting)))
        ]
    assert written.changed is True
    assert made.measure_id == measure.pk
    measure.refresh_from_db()
    assert (measure.percent, measure.due_on.isoformat()) == (40, "2031-07-31")
    assert_trail(measure)


@pytest.mark.django_db(transaction=True)
def test_two_ledgers_of_the_same_rows_wait_in_one_order(departments, postgres):
    section = make_section()
    keys = [make_measure(draft={"section": section}).pk for _row in range(30)]
    data = exported()
    proposals = []
    for word in ("甲", "乙"):
        cells = {("备注", row): f"{word}{row}" for row in range(2, len(keys) + 2)}
        changes = propose_ledger(edited(data, cells), actor=None).changes
        proposals.append(changes if word == "甲" else changes[::-1])
    start = Barrier(2)

    def write(changes):
        start.wait(60)
        return apply_ledger(changes, actor=None, now=NOW, name="台账.xlsx")

    with ThreadPoolExecutor(2) as pool:
        outcomes = [
            task.result(120)
            for task in [pool.submit(in_a_thread(lambda one=one: write(one))) for one in proposals]
        ]
    refused = [outcome for outcome in outcomes if outcome != 30]
    # One of them is written whole, the other told of each row; neither is a deadlock.
    assert [type(outcome) for outcome in refused] == [ImportRefused]
    assert len(refused[0].reasons) == 30
    assert len({remark[0] for remark in Measure.objects.values_list("remark", flat=True)}) == 1
    assert MeasureEvent.objects.filter(verb="edit", note__contains="台账.xlsx").count() == 30


@pytest.mark.django_db(transaction=True)
def test_what_stands_beside_is_read_after_the_lock_is_had(departments, postgres):
    measure = make_measure()
    other = make_department("市梦想局")
    changed, waiting = Event(), Event()

    def handing_on():
        with transaction.atomic():
            actions.transfer(measure_id=measure.pk, actor=None, now=NOW, lead=other, reason="职责调整")
            changed.set()
            waiting.wait(0.5)

    def holding():
        assert changed.wait(60)
        with transaction.atomic():
            found = actions.HeldMeasures([measure.pk]).get(measure.pk)
            waiting.set()
            return found.lead, found.lead_id

    with ThreadPoolExecutor(2) as pool:
        done, held = [
            task.result(120)
            for task in (pool.submit(in_a_thread(handing_on)), pool.submit(in_a_thread(holding)))
        ]
    assert done is None
    assert held == (other, other.pk)
