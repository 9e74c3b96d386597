"""Whatever people decide finds the same report days and periods, whether the clock ran before each step or only at the end."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from tests.actions.support import assert_trail
from tests.makers import NOW, liaison_of, make_department, make_draft, make_measure
from tests.sharing import DATABASES
from tests.shipped import ship_regimes
from tracker import actions
from tracker.models import Checkpoint, Measure, Occurrence, ProgressReport, Regime
from tracker.rules.violations import RuleViolation

pytestmark = pytest.mark.django_db
SCRIPTS, STEPS = 30, 18


def report_days(measure):
    rows = measure.checkpoints.filter(kind="period_report").order_by("due_on")
    return [(row.due_on, row.done_on) for row in rows]


def test_granting_more_time_forgets_no_missed_report_day():
    """交办 on 9 March, a report on the 13th, then silence until more time is asked for and granted on 8 May."""
    ship_regimes()
    lead = make_department()

    def day(text):
        return datetime.fromisoformat(text).astimezone(UTC)

    draft = make_draft()
    step = {"measure_id": draft.pk}
    actions.assign(
        **step, actor=None, now=day("2026-03-09T09:30+08:00"), lead=lead, due_on=date(2026, 6, 30),
        regime=Regime.objects.get(code="13710"),
    )  # fmt: skip
    liaison = liaison_of(lead)
    actions.acknowledge(**step, actor=liaison, now=day("2026-03-11T09:30+08:00"))
    actions.report(
        **step, actor=liaison, now=day("2026-03-13T09:30+08:00"), percent=15, progress="已成立专班"
    )
    later = day("2026-05-08T09:30+08:00")
    actions.request_extension(
        **step, actor=liaison, now=later, reason="雨季", proposed_due_on=date(2026, 9, 30), progress="过半"
    )
    actions.approve_extension(**step, actor=None, now=later)
    assert report_days(draft) == [
        (date(2026, 3, 25), None),
        (date(2026, 4, 25), None),
        (date(2026, 5, 25), None),
    ]
    assert_trail(draft)


def test_what_recurs_has_its_first_period_with_its_assignment():
    measure = make_measure(due_on=None, recurrence="yearly", recurrence_target=10)
    (period,) = measure.occurrences.all()
    assert (period.name, period.target, period.done) == ("2026年", 10, 0)
    assert actions.roll_periods(now=NOW) == 0, "nothing is left for the clock"
    assert measure.events.get(verb="assign").changes["occurrence"][1] == str(period)


def test_what_recurs_since_a_correction_has_its_period_at_once():
    measure = make_measure()
    actions.edit(measure_id=measure.pk, actor=None, now=NOW, recurrence="quarterly", recurrence_target=2)
    assert [str(row.name) for row in measure.occurrences.all()] == ["2026年第1季度"]
    assert_trail(measure)


def script(seed):
    """Days and steps by dice: (days since the step before, what is done)."""
    dice = random.Random(seed)
    # What lets the measure go on comes oftener, else most scripts end suspended or given up.
    deeds = [
        *DEEDS,
        "acknowledge",
        "acknowledge",
        "resume",
        "reopen",
        "send_back",
        "report",
        "ask",
        "approve",
    ]
    return [(dice.choice([0, 1, 3, 9, 20, 40, 100]), dice.choice(deeds)) for _ in range(STEPS)]


def _liaison(measure):
    return liaison_of(measure.lead)


def _any_report(measure):
    return measure.reports.exclude(state=ProgressReport.State.DRAFT).values_list("pk", flat=True).last() or 0


DEEDS = {
    "acknowledge": lambda m, now, more: actions.acknowledge(measure_id=m.pk, actor=_liaison(m), now=now),
    "report": lambda m, now, more: actions.report(
        measure_id=m.pk, actor=_liaison(m), now=now, percent=m.percent, progress="推进"
    ),
    "count": lambda m, now, more: actions.report(
        measure_id=m.pk, actor=_liaison(m), now=now, percent=m.percent, progress="推进", count=2
    ),
    "return_report": lambda m, now, more: actions.return_report(
        report_id=_any_report(m), actor=None, now=now, reason="不实"
    ),
    "ask": lambda m, now, more: actions.request_extension(
        measure_id=m.pk,
        actor=_liaison(m),
        now=now,
        reason="雨季",
        proposed_due_on=max(m.due_on, now.date()) + timedelta(days=50),
        progress="过半",
    ),
    "approve": lambda m, now, more: actions.approve_extension(measure_id=m.pk, actor=None, now=now),
    "refuse": lambda m, now, more: actions.refuse_extension(
        measure_id=m.pk, actor=None, now=now, answer="不行"
    ),
    "extend": lambda m, now, more: actions.extend(
        measure_id=m.pk, actor=None, now=now, due_on=now.date() + timedelta(days=200), reason="调整"
    ),
    "cadence": lambda m, now, more: actions.edit(
        measure_id=m.pk, actor=None, now=now, cadence="weekly" if m.cadence != "weekly" else "monthly"
    ),
    "recur": lambda m, now, more: actions.edit(
        measure_id=m.pk,
        actor=None,
        now=now,
        recurrence="monthly" if m.recurrence != "monthly" else "quarterly",
        recurrence_target=3,
    ),
    "transfer": lambda m, now, more: actions.transfer(
        measure_id=m.pk,
        actor=None,
        now=now,
        lead=next(d for d in more["departments"] if d.pk != m.lead_id),
        reason="分工调整",
    ),
    "regime": lambda m, now, more: actions.apply_regime(
        measure_id=m.pk,
        actor=None,
        now=now,
        regime=next(r for r in more["regimes"] if r.name not in str(m.regime_edition)),
    ),
    "suspend": lambda m, now, more: actions.suspend(measure_id=m.pk, actor=None, now=now, reason="等批复"),
    "resume": lambda m, now, more: actions.resume(measure_id=m.pk, actor=None, now=now),
    "apply": lambda m, now, more: actions.apply_to_close(
        measure_id=m.pk, actor=_liaison(m), now=now, result="完成"
    ),
    "send_back": lambda m, now, more: actions.send_back(
        measure_id=m.pk, actor=None, now=now, reason="缺材料"
    ),
    "cancel": lambda m, now, more: actions.cancel(measure_id=m.pk, actor=None, now=now, reason="重复"),
    "reopen": lambda m, now, more: actions.reopen(measure_id=m.pk, actor=None, now=now, reason="反弹"),
    "urge": lambda m, now, more: actions.urge(measure_id=m.pk, actor=None, now=now),
}


def play(measure, deeds, more, *, clock):
    """What stands in the database after the script; `clock` is when it ran: "first", "daily" or "last". Undone afterwards."""
    now, refused = NOW, []
    with transaction.atomic():
        for place, (days, deed) in enumerate(deeds):
            for _day in range(days):
                now += timedelta(days=1)
                if clock == "daily":
                    actions.roll_periods(now=now)
            if clock == "first":
                actions.roll_periods(now=now)
            try:
                DEEDS[deed](Measure.objects.get(pk=measure.pk), now, more)
            except (RuleViolation, TypeError):  # a standing measure has no deadline to count from
                refused.append(place)
        actions.roll_periods(now=now)
        assert_trail(measure)
        rows = {
            "measure": Measure.objects.values(
                "status", "due_on", "next_period_on", "next_occurrence_on", "acknowledged_at", "lead"
            ).get(pk=measure.pk),
            "checkpoints": list(
                Checkpoint.objects.order_by("due_on", "kind", "department").values_list(
                    "kind", "department", "due_on", "done_on"
                )
            ),
            "occurrences": list(
                Occurrence.objects.order_by("starts_on", "name").values_list("name", "target", "done")
            ),
            "refused": refused,
        }
        transaction.set_rollback(True)
    return rows


@pytest.mark.parametrize(
    "seed",
    # Which days are due is reckoned in Python, and each database finds them in half of the scripts.
    [pytest.param(seed, marks=pytest.mark.only_on(DATABASES[seed // 2 % 2])) for seed in range(SCRIPTS)],
)
def test_the_clock_may_come_late(seed):
    ship_regimes()
    measure = make_measure(
        regime=Regime.objects.get(code="13710"),
        due_on=NOW.date() + timedelta(days=300),
        **({"recurrence": "quarterly", "recurrence_target": 4} if seed % 2 else {}),
    )
    more = {"departments": [measure.lead, make_department()], "regimes": list(Regime.objects.order_by("pk"))}
    for department in more["departments"]:
        liaison_of(department)
    deeds = script(seed)
    first, last = (play(measure, deeds, more, clock=clock) for clock in ("first", "last"))
    assert last == first, deeds
    assert len(first["refused"]) < STEPS, "the script does something"
    if seed % 5 == 0:
        assert play(measure, deeds, more, clock="daily") == last, deeds
