"""Many at once on PostgreSQL: every accepted step is one event, nothing is lost, nobody sees a deadlock."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Event

import pytest
from django.db import close_old_connections, connection, transaction

from tests.actions.support import assert_trail
from tests.makers import (
    NOW,
    TODAY,
    liaison_of,
    make_department,
    make_draft,
    make_measure,
    make_section,
    make_user,
)
from tests.shipped import ship_regimes
from tracker import actions
from tracker.models import (
    Claim,
    ExtensionRequest,
    Indicator,
    Measure,
    MeasureEvent,
    Objection,
    ProgressReport,
    Regime,
    RequestState,
    StageTemplate,
)
from tracker.rules.lifecycle import Verb
from tracker.rules.targets import parse_indicators
from tracker.rules.violations import Outdated, RuleViolation

THREADS, STEPS = 8, 90


def a_report(measure, dice):
    """One of the measure's reports; none yet is an id that nobody has."""
    found = list(ProgressReport.objects.filter(measure=measure).values_list("pk", flat=True))
    return dice.choice(found) if found else 0


def a_claim(measure, dice):
    """One of the measure's claims; none yet is an id that nobody has."""
    found = list(Claim.objects.filter(measure=measure).values_list("pk", flat=True))
    return dice.choice(found) if found else 0


def every_step(office, departments):
    """One call a verb, with the person who may take it when the status allows."""

    assistants = [liaison_of(department) for department in departments]
    stages, regimes = StageTemplate.objects.get(name="三个一批"), list(Regime.objects.all())

    def by_office(step, **given):
        return lambda measure, liaison, dice: step(measure_id=measure, actor=office, now=NOW, **given)

    def by_lead(step, given):
        return lambda measure, liaison, dice: step(measure_id=measure, actor=liaison, now=NOW, **given(dice))

    return [
        by_lead(actions.acknowledge, lambda dice: {}),
        by_lead(
            actions.report,
            lambda dice: {"percent": dice.randint(0, 100), "progress": "推进", "lowering_reason": "复核"},
        ),
        lambda measure, liaison, dice: actions.report(
            measure_id=measure,
            actor=liaison,
            now=NOW,
            percent=100,
            progress="推进",
            indicators={Indicator.objects.get(measure=measure).pk: Decimal(dice.randint(0, 9999)) / 100},
        ),
        by_lead(actions.apply_to_close, lambda dice: {"result": "完成"}),
        by_office(actions.send_back, reason="缺材料"),
        by_office(actions.close, grade="good"),
        by_office(actions.reopen, reason="反弹"),
        by_office(actions.suspend, reason="等批复"),
        by_office(actions.resume),
        by_office(actions.cancel, reason="重复"),
        by_lead(
            actions.request_extension,
            lambda dice: {
                "reason": "征地",
                "proposed_due_on": TODAY + timedelta(days=dice.randint(25, 300)),
                "progress": "过半",
            },
        ),
        by_lead(actions.withdraw_extension, lambda dice: {}),
        by_office(actions.approve_extension),
        by_office(actions.refuse_extension, answer="不同意"),
        by_office(actions.urge),
        by_office(actions.exempt, reason="先行先试", approver="专班"),
        lambda measure, liaison, dice: actions.extend(
            measure_id=measure,
            actor=office,
            now=NOW,
            due_on=TODAY + timedelta(days=dice.randint(21, 400)),
            reason="调整",
        ),
        lambda measure, liaison, dice: actions.set_roles(
            measure_id=measure, actor=office, now=NOW, roles=[actions.Role("链长", person=str(dice.random()))]
        ),
        lambda measure, liaison, dice: actions.accept_report(
            report_id=a_report(measure, dice), actor=office, now=NOW
        ),
        lambda measure, liaison, dice: actions.return_report(
            report_id=a_report(measure, dice), actor=office, now=NOW, reason="缺数据"
        ),
        lambda measure, liaison, dice: actions.edit(
            measure_id=measure,
            actor=office,
            now=NOW,
            co=dice.sample(departments, 2),
            remark=str(dice.random()),
        ),
        lambda measure, liaison, dice: actions.assign(
            measure_id=measure,
            actor=office,
            now=NOW,
            lead=liaison.department,
            due_on=TODAY + timedelta(days=dice.randint(1, 300)),
        ),
        lambda measure, liaison, dice: actions.transfer(
            measure_id=measure,
            actor=office,
            now=NOW,
            lead=dice.choice([liaison.department, *departments]),
            reason="职责调整",
        ),
        by_lead(actions.object_to_assignment, lambda dice: {"reason": "非职责"}),
        by_office(actions.uphold_objection),
        by_office(actions.reject_objection, answer="属本单位"),
        by_office(actions.publish),
        by_office(actions.unpublish),
        by_lead(actions.claim, lambda dice: {"reason": "有队伍"}),
        lambda measure, liaison, dice: actions.accept_claim(
            claim_id=a_claim(measure, dice),
            actor=office,
            now=NOW,
            due_on=TODAY + timedelta(days=dice.randint(1, 300)),
        ),
        lambda measure, liaison, dice: actions.decline_claim(
            claim_id=a_claim(measure, dice), actor=office, now=NOW, answer="条件不足"
        ),
        lambda measure, liaison, dice: actions.withdraw_claim(
            claim_id=a_claim(measure, dice), actor=liaison, now=NOW
        ),
        lambda measure, liaison, dice: actions.part_report(
            measure_id=measure, actor=dice.choice(assistants), now=NOW, progress="已配合"
        ),
        lambda measure, liaison, dice: actions.set_stages(
            measure_id=measure,
            actor=office,
            now=NOW,
            template=stages,
            dates={"开工": TODAY + timedelta(days=dice.randint(1, 300))},
        ),
        lambda measure, liaison, dice: actions.apply_regime(
            measure_id=measure, actor=office, now=NOW, regime=dice.choice(regimes)
        ),
    ]


@pytest.mark.django_db(transaction=True)
def test_random_steps_by_eight_threads(postgres):
    assert connection.vendor == "postgresql"
    ship_regimes()
    section, lead = make_section(), make_department()
    departments = [make_department() for _ in range(4)]
    office, liaison = make_user("office"), liaison_of(lead)
    targets = parse_indicators("投资≥30亿元")
    measures = [make_measure(lead=lead, indicators=targets, draft={"section": section}).pk for _ in range(20)]
    steps = every_step(office, departments)
    # One a verb and a second kind of report; the rest is the import's and the clock's.
    assert len(steps) - 1 == len(set(Verb) - {Verb.REGISTER, Verb.REWORD, Verb.OPEN_PERIOD})
    # Of these two the same again changes nothing and leaves no event.
    quiet, silent = steps[-2:], [Verb.SET_STAGES, Verb.APPLY_REGIME]
    start = Barrier(THREADS)
    before = MeasureEvent.objects.count()

    def work(seed):
        dice, accepted = random.Random(seed), 0
        start.wait(timeout=60)
        try:
            for _ in range(STEPS):
                try:
                    step = dice.choice(steps)
                    step(dice.choice(measures), liaison, dice)
                    accepted += step not in quiet
                except RuleViolation:
                    pass
        finally:
            close_old_connections()
            connection.close()
        return accepted

    with ThreadPoolExecutor(THREADS) as pool:
        accepted = sum(pool.map(work, range(THREADS)))
    assert accepted > THREADS
    assert MeasureEvent.objects.exclude(verb__in=silent).count() - before == accepted
    for measure in Measure.objects.filter(pk__in=measures):
        assert_trail(measure)
        waiting = ExtensionRequest.objects.filter(measure=measure, state=RequestState.PENDING).count()
        assert waiting == measure.extension_pending
        values = [event.changes.get("indicator:投资") for event in measure.events.order_by("version")]
        last = [value[1] for value in values if value is not None][-1:]
        assert ([] if last in ([], [None]) else [Decimal(last[0])]) == [
            row.current for row in measure.indicators.all() if row.current is not None
        ]
        objected = Objection.objects.filter(measure=measure, state=RequestState.PENDING).count()
        assert objected == measure.objection_pending
    # The dice reach the verbs of every party, from whatever status.
    taken = set(MeasureEvent.objects.filter(measure__in=measures).values_list("verb", flat=True))
    assert len(taken) > len(steps) // 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_read_the_same_version_one_is_told(postgres):
    measure = make_measure()
    start = Barrier(2)

    def work(remark):
        start.wait(timeout=60)
        try:
            actions.edit(
                measure_id=measure.pk, actor=None, now=NOW, remark=remark, expected_version=measure.version
            )
        except Outdated:
            return "told"
        finally:
            connection.close()
        return remark

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(work, ["甲改", "乙改"]))
    assert outcomes.count("told") == 1
    (winner,) = [outcome for outcome in outcomes if outcome != "told"]
    assert Measure.objects.get(pk=measure.pk).remark == winner


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_an_assignment_finds_its_regime(postgres):
    ship_regimes()
    measure, lead, regime = make_draft(), make_department(), Regime.objects.get(code="13710")
    assigned, done = Event(), Event()

    def assigning():
        with transaction.atomic():
            actions.assign(
                measure_id=measure.pk, actor=None, now=NOW, lead=lead, standing=True, regime=regime
            )
            assigned.set()
            done.wait(0.5)  # until the other one waits for the lock
        connection.close()

    def correcting():
        assert assigned.wait(60)
        found = actions.edit(measure_id=measure.pk, actor=None, now=NOW, remark="盯紧")
        done.set()
        connection.close()
        return found

    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(assigning), pool.submit(correcting)]
        found = [task.result(60) for task in tasks][1]
    assert found.regime_edition == regime.edition()
