"""(1) SIGKILL at each step of the pipeline, and (0) the same trials with an engine that is broken on purpose."""

from collections.abc import Iterator

from tests.faults.plant import AFTERWARDS, THREADS, Plant
from tests.faults.steps import SABOTAGE, STEPS
from tests.faults.trial import Trial, grow_stale, settle, told_of, two_each
from tests.servers import SmtpSink

# More than one task of a hundred messages (reminders.sending.CHUNK), so that two threads work at once.
PEOPLE = 120
OFFICE = two_each(PEOPLE)
# A pool of processes hands the task of a dead one out again at once: only some steps differ from the pool of threads.
IN_PREFORK = ("planned", "claimed", "bound", "half", "answered", "record", "sent")


def run(plant: Plant) -> Iterator[Trial]:
    """One trial a step; the whole worker dies, or one process of its pool."""
    origin = plant.office(OFFICE)
    for name in STEPS:
        yield killed(plant, origin, name, "threads")
    for name in IN_PREFORK:
        yield killed(plant, origin, name, "prefork")


def killed(plant: Plant, origin: str, name: str, pool: str) -> Trial:
    step = STEPS[name]
    who = "whole worker" if pool == "threads" else "one process of the pool"
    # A whole worker dies with both its threads, each with up to one record's messages; of a pool one process dies.
    dying = THREADS if pool == "threads" else 1
    trial = Trial(1, f"SIGKILL, {who}: {step.what}", dying * step.doubled_at_most)
    with SmtpSink() as sink:
        installation = plant.installation(origin, sink)
        mark = installation.folder / "mark"
        with installation.worker(pool, FAULT_STEP=name) as first:
            if pool == "threads":
                installation.until(first.dead, f"the death at {name}")
            else:
                installation.until(mark.exists, f"the death at {name}")
                grow_stale(installation, sink)
                settle(installation, len(OFFICE), first)
        if pool == "threads":
            installation.pass_(AFTERWARDS)
            with installation.worker(pool) as second:
                settle(installation, len(OFFICE), second)
        return trial.judge(told_of(OFFICE), sink, installation)


def controls(plant: Plant) -> Iterator[Trial]:
    """A broken engine must be found out: `wrong` stays empty when it is."""
    origin = plant.office(OFFICE)
    for name, what in SABOTAGE.items():
        yield sabotaged(plant, origin, name, what)


def sabotaged(plant: Plant, origin: str, name: str, what: str) -> Trial:
    trial = Trial(0, f"an engine that {what}")
    with SmtpSink() as sink:
        installation = plant.installation(origin, sink)
        if name == "believe":
            installation.by_its_clock("from tracker.tasks import reminder_tick; reminder_tick()")
            installation.rows("UPDATE tracker_measure SET due_on = '2026-12-01'")
        with installation.worker(FAULT_SABOTAGE=name) as worker:
            settle(installation, len(OFFICE), worker)
        expected = set() if name == "believe" else told_of(OFFICE)
        trial.judge(expected, sink, installation)
    seen = {
        "lose": "lost",
        "repeat": "doubled under one",
        "repeat-apart": "under another",
        "believe": "out of date",
    }
    found_out = any(seen[name] in words for words in trial.wrong)
    trial.wrong = [] if found_out else ["not found out"]
    return trial
