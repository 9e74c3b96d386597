"""`make faults`: breaks the reminder engine at every place we could think of, counts, and writes docs/reliability.md.

Run: python -m tests.faults [GROUP …]. Everything it needs (PostgreSQL, Redis, mail servers, workers) it starts on free ports of
loopback and removes. Exit code 0 when nothing was lost and nothing doubled beyond what a mail server makes unavoidable, else 1.
With some groups only, the document is left alone.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults import brokers, clock, hostile, killed, report, smtp, stale
from tests.faults.plant import Plant, forget_variables
from tests.faults.trial import Trial

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
GROUPS: dict[int, tuple[str, Callable[[Plant], Iterator[Trial]]]] = {
    0: ("an engine broken on purpose is found out", killed.controls),
    1: ("killed at each step", killed.run),
    2: ("several workers and beats", brokers.crowd),
    3: ("Redis emptied and restarted", brokers.redis),
    4: ("PostgreSQL restarted", brokers.postgres),
    5: ("mail servers that misbehave", smtp.run),
    6: ("the clock", clock.run),
    7: ("overtaken between plan and send", stale.run),
    8: ("hostile values", hostile.run),
}


def main() -> int:
    """Runs the groups asked for and says how each trial went."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("groups", nargs="*", type=int, choices=[[], *GROUPS], metavar="GROUP")
    chosen = reader.parse_args().groups or list(GROUPS)
    # Whoever ends it finds nothing left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    forget_variables()
    trials: list[Trial] = []
    with Plant() as plant:
        for group in chosen:
            for trial in _tried(plant, group):
                trials.append(trial)
                print(report.line(trial), flush=True)
        versions = plant.versions()
    if chosen == list(GROUPS):
        DOCUMENT.write_text(report.document(trials, {n: name for n, (name, _) in GROUPS.items()}, versions))
        print(f"written: {DOCUMENT.relative_to(ROOT)}")
    wrong = [trial for trial in trials if trial.wrong]
    print(f"{len(trials)} trials, {len(wrong)} with faults")
    return 1 if wrong or not trials else 0


def _tried(plant: Plant, group: int) -> Iterator[Trial]:
    """A trial that does not come to its end is a fault as well, and ends its group."""
    began = time.monotonic()
    try:
        for trial in GROUPS[group][1](plant):
            trial.seconds = time.monotonic() - began
            yield trial
            began = time.monotonic()
    except Exception as error:
        failed = Trial(group, f"{GROUPS[group][0]}: a trial that did not end")
        # The first words only: what follows is a log, with paths of this machine.
        failed.wrong.append(f"{type(error).__name__}: {str(error).partition(chr(10))[0][:100]}")
        yield failed


if __name__ == "__main__":
    sys.exit(main())
