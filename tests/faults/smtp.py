"""(5) Mail servers that refuse, stall, hang up in the middle of DATA, or reject one recipient of many."""

from collections.abc import Iterator
from datetime import timedelta

from tests.faults.plant import Installation, Plant
from tests.faults.sinks import ClosingSink, RefusingSink, StallingSink
from tests.faults.trial import Trial, settle, told_of, two_each
from tests.reminders.product import CeleryProcess
from tests.servers import SmtpSink

PEOPLE = 40
OFFICE = two_each(PEOPLE)
# Longer than the pause before a second and third attempt.
LATER = timedelta(minutes=6)
REJECTED = "u7@x.example"


def run(plant: Plant) -> Iterator[Trial]:
    """Each with one worker of two threads."""
    origin = plant.office(OFFICE)
    yield _nobody_listens(plant, origin)
    refusal = RefusingSink("451 4.7.1 greylisted, come back later", times=25)
    yield _served(plant, origin, refusal, Trial(5, "the server puts 25 recipients off (451)"))
    closing = RefusingSink("421 4.3.2 shutting down", times=9)
    yield _served(plant, origin, closing, Trial(5, "the server is closing down (421) nine times"))
    stalling = StallingSink(times=4, seconds=3)
    yield _served(plant, origin, stalling, Trial(5, "the server stalls after DATA four times"))
    early = ClosingSink(accepting=False)
    trial = Trial(5, "the server hangs up in DATA on every third message, twice, without having taken it")
    yield _served(plant, origin, early, trial)
    late = ClosingSink(accepting=True)
    # Every third of the messages, of two notices each, was taken twice before its answer came.
    taken = 2 * 2 * len(range(0, PEOPLE, 3))
    trial = Trial(5, "the same, having taken it, so that nobody hears of it", doubled_at_most=taken)
    yield _served(plant, origin, late, trial)
    yield _one_of_many(plant, origin)


def _served(plant: Plant, origin: str, sink: SmtpSink, trial: Trial) -> Trial:
    with sink:
        installation = plant.installation(origin, sink, DUBAN_EMAIL_TIMEOUT_SECONDS="1")
        with installation.worker() as worker:
            _patiently(installation, worker)
        return trial.judge(told_of(OFFICE), sink, installation)


def _patiently(installation: Installation, worker: CeleryProcess) -> None:
    """What is put off is tried again later: now and then some minutes pass at once."""
    for _ in range(6):
        installation.until(installation.ticks_handled(3, worker), "some ticks")
        installation.pass_(LATER)
    settle(installation, len(OFFICE), worker)


def _nobody_listens(plant: Plant, origin: str) -> Trial:
    trial = Trial(5, "nobody listens at first, then the server comes up")
    sink = SmtpSink()
    installation = plant.installation(origin, sink)
    with installation.worker() as worker:
        installation.until(lambda: "连续3次不可用" in worker.said(), "the run that stops")
        with sink:
            installation.pass_(LATER)
            settle(installation, len(OFFICE), worker)
            return trial.judge(told_of(OFFICE), sink, installation)


def _one_of_many(plant: Plant, origin: str) -> Trial:
    """The liaison's address does not exist: the others are served, the refusal stands in the ledger, the address is flagged,
    and from then on the unit's own mailbox is told."""
    trial = Trial(5, "the server rejects one recipient of many (550): told by the unit's mailbox instead")
    with SmtpSink() as sink:
        sink.replies[REJECTED] = "550 5.1.1 no such mailbox"
        installation = plant.installation(origin, sink)
        [[mailbox]] = installation.rows(
            "SELECT mailbox FROM tracker_department WHERE id = "
            f"(SELECT department_id FROM tracker_user WHERE role = 'liaison' AND email = '{REJECTED}')"
        )
        with installation.worker() as worker:
            settle(installation, len(OFFICE) + 2, worker)
        expected = {
            notice._replace(address=mailbox) if notice.address == REJECTED else notice
            for notice in told_of(OFFICE)
        }
        return trial.judge(expected, sink, installation, failed=2)
