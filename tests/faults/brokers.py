"""(2) four workers and two beats; (3) Redis emptied and restarted in mid-run; (4) PostgreSQL restarted in mid-run."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.faults.plant import PATIENCE, Plant
from tests.faults.sinks import SlowSink
from tests.faults.trial import Trial, grow_stale, settle, told_of, two_each
from tests.servers import Server, wait_until

OFFICE = two_each(300)
# Seconds a message takes: a run then lasts long enough to be disturbed in its middle.
SLOW = 0.04


def crowd(plant: Plant) -> Iterator[Trial]:
    """Group 2."""
    trial = Trial(2, "four workers (two of threads, two of processes) and two beats, a tick a second each")
    with SlowSink(SLOW / 4) as sink, ExitStack() as running:
        installation = plant.installation(plant.office(OFFICE), sink)
        workers = [
            running.enter_context(installation.worker(pool))
            for pool in ("threads", "prefork", "threads", "prefork")
        ]
        for name in ("one", "two"):
            running.enter_context(installation.beat(name))
        settle(installation, len(OFFICE), *workers, ticks=False)
        yield trial.judge(told_of(OFFICE), sink, installation)


def redis(plant: Plant) -> Iterator[Trial]:
    """Group 3."""

    def flush() -> None:
        for _ in range(10):
            plant.redis.ask("FLUSHALL")
            time.sleep(0.2)

    def kill() -> None:
        plant.redis.kill()
        time.sleep(2)
        plant.redis.start()

    origin = plant.office(OFFICE)
    yield _disturbed(plant, origin, Trial(3, "FLUSHALL ten times within two seconds in mid-run"), [flush])
    yield _disturbed(
        plant,
        origin,
        Trial(3, "Redis restarted, later killed and away for two seconds, in mid-run"),
        [lambda: plant.redis.restart(), kill],
    )


def postgres(plant: Plant) -> Iterator[Trial]:
    """Group 4."""

    def kill() -> None:
        plant.postgres.kill()
        start_again(plant.postgres)

    origin = plant.office(OFFICE)
    yield _disturbed(
        plant,
        origin,
        Trial(4, "PostgreSQL restarted twice in mid-run"),
        [lambda: plant.postgres.restart(), lambda: plant.postgres.restart()],
    )
    yield _disturbed(
        plant,
        origin,
        Trial(4, "PostgreSQL killed (SIGKILL) and recovered in mid-run"),
        [kill],
    )


def start_again(server: Server) -> None:
    """After SIGKILL its children take a moment to notice; until then a new one is refused."""

    def started() -> bool:
        try:
            server.start()
        except RuntimeError:
            return False
        return True

    wait_until(started, f"{server.name} again", PATIENCE)


def _disturbed(plant: Plant, origin: str, trial: Trial, disturbances: list[Callable[[], object]]) -> Trial:
    """Two workers and a beat send; each disturbance comes when its share of the messages is out."""
    messages = len(OFFICE) // 2
    with SlowSink(SLOW) as sink, ExitStack() as running:
        installation = plant.installation(origin, sink)
        workers = [running.enter_context(installation.worker(pool)) for pool in ("threads", "prefork")]
        running.enter_context(installation.beat("one"))
        for number, disturb in enumerate(disturbances, start=1):
            share = messages * number // (len(disturbances) + 2)
            wait_until(lambda share=share: len(sink.messages) >= share, "the middle of the run", PATIENCE)
            disturb()
            if len(sink.messages) >= messages:
                trial.wrong.append("the disturbance came after the run")
        grow_stale(installation, sink)
        settle(installation, len(OFFICE), *workers, ticks=False)
        return trial.judge(told_of(OFFICE), sink, installation)
