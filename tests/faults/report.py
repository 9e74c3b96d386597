"""The trials as lines on the screen and as docs/reliability.md."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from tests.faults.trial import Trial

_HEAD = """\
# Reliability

Made by `make faults`, which runs the product (Celery workers and beats, PostgreSQL, Redis) against mail servers of its own, breaks it
in the ways named below, and counts what arrived at the mail server beside what was due. It exits with an error when one line fails.

- **due**: notices that had to arrive, worked out by the trial itself, without the engine. A message holds one or more notices.
- **arrived**: those of them that did. **lost**: due and never arrived.
- **doubled**: copies beyond the first, under the same Message-ID (mail programs and servers show it once); in brackets how many are
  allowed. Only where something dies between the mail server's acceptance and the record in the database can it not be known whether a
  message went out: then it goes out again, as the same message. At most ten messages a worker thread are accepted and not yet recorded.
- **doubled apart**: copies under another Message-ID. None is allowed, ever.
- **stale**: arrived though no longer true. The ledger must agree with the mail server in each trial, and nothing may be left waiting.

"""
_TABLE = """\
| what was done | due | arrived | lost | doubled | doubled apart | stale | verdict |
|---|---|---|---|---|---|---|---|
"""


def verdict(trial: Trial) -> str:
    if trial.wrong:
        return "**failed**: " + "; ".join(trial.wrong)
    return "found out" if trial.group == 0 else "stood"


def line(trial: Trial) -> str:
    """One trial for the screen."""
    found = trial.found
    counts = (
        f"due {found.expected}, arrived {found.sent}, lost {len(found.lost)}, doubled {len(found.doubled)}, "
        f"apart {len(found.doubled_apart)}, stale {len(found.stale)}"
        if found
        else "not counted"
    )
    return f"({trial.group}) {trial.what}: {counts}: {verdict(trial)} [{trial.seconds:.0f} s]"


def document(trials: Sequence[Trial], groups: Mapping[int, str], versions: str) -> str:
    """The page; trials in the order in which they ran."""
    parts = [_HEAD, f"{versions}\n\n", _totals(trials)]
    for group, of_it in groupby(trials, key=lambda trial: trial.group):
        parts.append(f"\n## {group}. {groups[group][0].upper()}{groups[group][1:]}\n\n{_TABLE}")
        parts += [_row(trial) for trial in of_it]
    return "".join(parts)


def _totals(trials: Sequence[Trial]) -> str:
    counted = [trial.found for trial in trials if trial.found and trial.group]
    failed = sum(bool(trial.wrong) for trial in trials)
    return (
        f"In all: {len(trials)} trials, {failed} failed; {sum(found.expected for found in counted):,} notices due, "
        f"{sum(found.sent for found in counted):,} arrived, {sum(len(found.lost) for found in counted)} lost, "
        f"{sum(len(found.doubled) for found in counted)} doubled under the same Message-ID, "
        f"{sum(len(found.doubled_apart) for found in counted)} under another, "
        f"{sum(len(found.stale) for found in counted)} stale (the engines broken on purpose not counted).\n"
    )


def _row(trial: Trial) -> str:
    found = trial.found
    if found is None:
        return f"| {trial.what} | | | | | | | {verdict(trial)} |\n"
    doubled = (
        f"{len(found.doubled)} ({trial.doubled_at_most})" if trial.doubled_at_most else len(found.doubled)
    )
    cells = (
        trial.what,
        f"{found.expected:,}",
        f"{found.sent:,}",
        len(found.lost),
        doubled,
        len(found.doubled_apart),
        len(found.stale),
        verdict(trial),
    )
    return f"| {' | '.join(map(str, cells))} |\n"
