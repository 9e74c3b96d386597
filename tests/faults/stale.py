"""(7) A deadline moved, a measure closed, a department switched between plan and send, or while the run is sending."""

import time
from collections.abc import Iterator

from tests.faults.counting import Notice, arrivals
from tests.faults.office import OVERDUE_ON
from tests.faults.plant import Installation, Plant
from tests.faults.sinks import SlowSink
from tests.faults.trial import OVERDUE, SOON, Trial, settle, told_of, two_each
from tests.servers import SmtpSink, wait_until

PEOPLE = 56
OFFICE = two_each(PEOPLE)
KINDS = 7
# Seconds that the slow server takes for a message, and after a step those within which a message that was on its way may still
# arrive: the engine looks again when its second look is two seconds old.
SLOW = 2.0
GRACE = 2 * SLOW
# What befalls the matters, by their number's remainder; the product's own steps, as an office takes them.
STEPS = f"""
from datetime import date, timedelta
from django.utils import timezone
from tracker import actions
from tracker.models import Department, Measure, User
now = timezone.now()
units = list(Department.objects.filter(led_measures__isnull=False).distinct().order_by("id"))
def step(measure):
    about = dict(measure_id=measure.pk, now=now)
    fate = int(measure.title[1:]) // 2 % {KINDS}
    liaison = User.objects.filter(department=measure.lead, role="liaison").first()
    if fate == 0:
        actions.extend(actor=None, due_on=date(2026, 6, 30), reason="调整", **about)
    elif fate == 1:
        actions.acknowledge(actor=liaison, **about)
        actions.apply_to_close(actor=liaison, result="已完成", **about)
        actions.close(actor=None, grade="good", **about)
    elif fate == 2:
        actions.transfer(actor=None, lead=units[(units.index(measure.lead) + 1) % len(units)], reason="职责调整", **about)
    elif fate == 3:
        actions.cancel(actor=None, reason="合并", **about)
    elif fate == 4:
        actions.suspend(actor=None, reason="等待政策", **about)
    elif fate == 5 and measure.due_on < date(2026, 3, 10):
        actions.extend(actor=None, due_on=date(2026, 3, 12), reason="调整", **about)
"""


def run(plant: Plant) -> Iterator[Trial]:
    """One trial with no worker between plan and steps, one in which the steps are taken while the run is sending."""
    origin = plant.office(OFFICE)
    yield _between(plant, origin)
    yield _meanwhile(plant, origin)


def expected_after_steps() -> set[Notice]:
    """What remains to be told: a switched matter to the next unit, a moved one as what it is now."""
    found = set()
    for matter in OFFICE:
        number = int(matter.name[1:]) // 2
        fate = number % KINDS
        kind = OVERDUE if matter.due_on == OVERDUE_ON else SOON
        if fate == 2:
            found.add(Notice(f"u{(number + 1) % PEOPLE}@x.example", matter.name, kind))
        elif fate == 5:
            found.add(Notice(matter.address, matter.name, SOON))
        elif fate == 6:
            found.add(Notice(matter.address, matter.name, kind))
    return found


def _take_steps(installation: Installation) -> None:
    installation.by_its_clock(f"{STEPS}\nfor measure in Measure.objects.order_by('id'): step(measure)")


def _between(plant: Plant, origin: str) -> Trial:
    trial = Trial(7, "deadline moved, measure closed, cancelled, suspended, switched between plan and send")
    with SmtpSink() as sink:
        installation = plant.installation(origin, sink)
        installation.by_its_clock("from tracker.tasks import reminder_tick; reminder_tick()")
        if installation.states() != {"planned": len(OFFICE)}:
            trial.wrong.append(f"not all was planned before: {installation.states()}")
        _take_steps(installation)
        expected = expected_after_steps()
        with installation.worker() as worker:
            settle(installation, len(expected), worker)
        return trial.judge(expected, sink, installation)


def _meanwhile(plant: Plant, origin: str) -> Trial:
    """What was sent before the steps was true; after them only what they left true may go out."""
    trial = Trial(7, f"the same while a run is sending: nothing stale {GRACE:.0f} s after the step")
    with SlowSink(SLOW) as sink:
        installation = plant.installation(origin, sink)
        with installation.worker() as worker:
            installation.until(lambda: len(sink.messages) >= 4, "the middle of the run")
            _take_steps(installation)
            taken, sent = time.monotonic(), len(sink.messages)
            if sent > PEOPLE - 10:
                trial.wrong.append(f"the steps came late: {sent} messages were out")
            wait_until(lambda: time.monotonic() > taken + GRACE, "the grace")
            sink.seconds = 0.05
            settle(installation, len(OFFICE), worker)
        true = expected_after_steps()
        stale = [
            arrival.notice
            for message, came in zip(sink.messages, sink.came, strict=True)
            for arrival in arrivals([message])
            if came > taken + GRACE and arrival.notice not in true
        ]
        if stale:
            trial.wrong.append(f"{len(stale)} stale, the first: {stale[0]}")
        return trial.judge(true, sink, installation, admitted=told_of(OFFICE))
