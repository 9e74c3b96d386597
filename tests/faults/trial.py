"""One line of the table: what was done to the engine, what was counted, and what is wrong with it."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tests.faults.counting import Count, Ledger, Notice, arrivals, count, faults_in
from tests.faults.office import OVERDUE_ON, SOON_ON, Matter
from tests.faults.plant import AFTERWARDS, PATIENCE, Installation
from tests.reminders.product import CeleryProcess
from tests.servers import SmtpSink

# Seconds without a message after which nobody is sending any more.
QUIET = 5.0
OVERDUE, SOON, TODAY_IS_THE_DAY = "已逾期", "即将到期", "今日到期"


@dataclass
class Trial:
    """`wrong` is empty when the engine stood it. `doubled_at_most` copies under one Message-ID are allowed."""

    group: int
    what: str
    doubled_at_most: int = 0
    found: Count | None = None
    ledger: Ledger = field(default_factory=Ledger)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def judge(
        self,
        expected: Collection[Notice],
        sink: SmtpSink,
        installation: Installation,
        *,
        admitted: Collection[Notice] = (),
        failed: int = 0,
        with_day: bool = False,
    ) -> "Trial":
        """Count what came into the sink; `failed` rows are to stand in the ledger as refused for good."""
        arrived = arrivals(list(sink.messages), with_day=with_day)
        self.found = count(expected, arrived, admitted=admitted)
        self.ledger = installation.ledger()
        self.wrong += faults_in(self.found, self.ledger, doubled_at_most=self.doubled_at_most, failed=failed)
        return self


def two_each(people: int) -> list[Matter]:
    """For each of so many addresses a matter that is overdue and one that is due soon, at the usual moment of the trials."""
    return [
        Matter(f"M{2 * number + which:05d}", f"u{number}@x.example", day)
        for number in range(people)
        for which, day in enumerate((OVERDUE_ON, SOON_ON))
    ]


def told_of(matters: Iterable[Matter]) -> set[Notice]:
    """What is to be told of such matters."""
    return {
        Notice(matter.address, matter.name, OVERDUE if matter.due_on == OVERDUE_ON else SOON)
        for matter in matters
    }


def grow_stale(installation: Installation, sink: SmtpSink) -> None:
    """Time passes until the claims of the dead are swept, once the living have done their work: a clock that jumps while they
    send would make their claims stale as well."""
    seen, since = len(sink.messages), time.monotonic()

    def quiet() -> bool:
        nonlocal seen, since
        if len(sink.messages) != seen:
            seen, since = len(sink.messages), time.monotonic()
        return time.monotonic() - since > QUIET

    installation.until(quiet, "the others")
    installation.pass_(AFTERWARDS)


def settle(
    installation: Installation,
    rows: int,
    *workers: CeleryProcess,
    ticks: bool = True,
    seconds: float = PATIENCE,
) -> None:
    """Waits until nothing waits any more, and for two ticks after that, which must find nothing to do."""
    installation.until(installation.settled(rows), "all notices", ticks=ticks, seconds=seconds)
    installation.until(installation.ticks_handled(2, *workers), "two more ticks", ticks=ticks)
