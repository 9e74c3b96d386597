"""Where the trials happen: private PostgreSQL and Redis, an installation copied for each trial, its workers and its clock."""

import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Self

import psycopg

from tests.faults.counting import Ledger
from tests.faults.office import MORNING, SHANGHAI, Matter, write
from tests.reminders.product import CeleryProcess, Product
from tests.servers import PrivatePostgres, PrivateRedis, SmtpSink, free_port, wait_until

# At whatever hour this runs.
MIGRATE = """
from django.core.management import call_command
from tracker.models import ReminderPolicy
call_command('migrate', verbosity=0)
ReminderPolicy.objects.update(quiet_from=None, quiet_until=None, workdays_only=False)
"""
# The longest that one trial may wait for one thing; a trial that waits longer has failed.
PATIENCE = 120
RULES = ("deadline-soon", "overdue")
# So long after a worker's death its claims are swept (REMINDER_CLAIM_STALE_SECONDS), and longer than any pause before a retry
# that these trials meet.
AFTERWARDS = timedelta(minutes=16)
_HANDLED = re.compile(r"reminder_tick\[[^]]+\] succeeded")
# What one worker sends with at a time.
THREADS = 2
POOLS = {
    "threads": ("--pool=threads", f"--concurrency={THREADS}"),
    "prefork": ("--pool=prefork", "--concurrency=2"),
}


class Installation(Product):
    """One installation with a clock of its own; `fault` variables go to its workers only."""

    def __init__(self, folder: Path, **variables: str) -> None:
        super().__init__(folder, "", **variables)
        self._clock = folder / "clock"
        self.set_clock(MORNING)
        self._ticked = 0.0

    def set_clock(self, moment: datetime) -> None:
        self._ahead(moment.timestamp() - time.time())

    def pass_(self, span: timedelta) -> None:
        """So much time passes at once."""
        self._ahead(float(self._clock.read_text()) + span.total_seconds())

    def _ahead(self, seconds: float) -> None:
        # In one piece, because workers read it at any moment.
        new = self._clock.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._clock)

    def now(self) -> datetime:
        """What its clock shows."""
        return datetime.fromtimestamp(time.time() + float(self._clock.read_text()), SHANGHAI)

    def real(self, moment: datetime) -> float:
        """When its clock shows that moment, as time.monotonic() counts."""
        return time.monotonic() + (moment - self.now()).total_seconds()

    def worker(self, pool: str = "threads", **fault: str) -> CeleryProcess:
        given = {"FAULT_CLOCK": str(self._clock), "FAULT_MARK": str(self.folder / "mark"), **fault}
        options = ("worker", *POOLS[pool], f"--hostname={pool}{free_port()}@duban")
        return CeleryProcess(self, " ready.", *options, app="tests.faults.rig", more=given)

    def beat(self, name: str) -> CeleryProcess:
        return CeleryProcess(self, "beat: Starting", "beat", f"--schedule={self.folder / f'beat-{name}'}")

    def by_its_clock(self, code: str) -> None:
        """Runs code in a process of its own that goes by the installation's clock."""
        self.python(
            "from pathlib import Path\nfrom django.utils import timezone\nfrom tests.faults.rig import set_clock\n"
            f"set_clock(Path({str(self._clock)!r}))\n{code}"
        )

    def until(
        self, done: Callable[[], bool], what: str, *, ticks: bool = True, seconds: float = PATIENCE
    ) -> None:
        """Waits, with ticks at its own pace when `ticks`. A server that is just down is no answer yet."""

        def look() -> bool:
            if ticks and time.monotonic() - self._ticked > self.tick_seconds:
                self._ticked = time.monotonic()
                self.tick()
            with suppress(psycopg.OperationalError):
                return done()
            return False

        wait_until(look, what, seconds)

    def ticks_handled(self, count: int, *processes: CeleryProcess) -> Callable[[], bool]:
        """A condition: so many ticks more have been finished by these workers."""

        def handled() -> int:
            return sum(len(_HANDLED.findall(process.said())) for process in processes)

        before = handled()
        return lambda: handled() >= before + count

    def ledger(self) -> Ledger:
        states = self.states()
        waiting = ("planned", "claimed", "retry")
        return Ledger(
            sent=states.get("sent", 0),
            waiting=sum(states.get(state, 0) for state in waiting),
            failed=states.get("failed", 0),
            dropped=states.get("dropped", 0),
        )

    def settled(self, rows: int) -> Callable[[], bool]:
        """A condition: the ledger holds at least so many rows, and none waits."""

        def look() -> bool:
            ledger = self.ledger()
            return ledger.waiting == 0 and ledger.sent + ledger.failed + ledger.dropped >= rows

        return look


class Plant:
    """The servers of all trials; use as a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._number = 0

    def __enter__(self) -> Self:
        # /tmp, as for the servers: whatever TMPDIR says, paths stay short.
        self.folder = Path(tempfile.mkdtemp(prefix="duban-faults-", dir="/tmp"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self.postgres = self._stack.enter_context(PrivatePostgres())
            self.redis = self._stack.enter_context(PrivateRedis())
            self.empty = "template1"
            self.empty = self.prepared(MIGRATE)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def versions(self) -> str:
        """What the trials ran on, in one sentence."""
        postgres = self.postgres.sql("SHOW server_version").split()[0]
        redis = self.redis.info("redis_version")
        mine = f"Python {platform.python_version()}, Celery {version('celery')}, Django {version('django')}"
        return f"Last run on PostgreSQL {postgres}, Redis {redis}, {mine}."

    def _url(self, database: str) -> str:
        return self.postgres.url.rpartition("/")[0] + f"/{database}"

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def prepared(self, code: str) -> str:
        """The name of a database that code has filled, to copy installations from."""
        name = self._database(self.empty)
        Product(self._folder(name), code, DUBAN_DATABASE_URL=self._url(name))
        return name

    def _database(self, origin: str) -> str:
        self._number += 1
        name = f"trial{self._number}"
        self.postgres.sql(f"CREATE DATABASE {name} TEMPLATE {origin}")
        return name

    def office(self, matters: Iterable[Matter], rules: Collection[str] = RULES) -> str:
        """A database with these matters."""
        file = self.folder / "matters.json"
        write(matters, file)
        return self.prepared(f"from tests.faults.office import fill; fill({str(file)!r}, {list(rules)!r})")

    def installation(self, origin: str, mail: SmtpSink | str, **variables: str) -> Installation:
        """A fresh copy of a database, on the plant's servers, with an empty broker; `mail` is the server or its URL."""
        name = self._database(origin)
        self.redis.ask("FLUSHALL")
        return Installation(
            self._folder(name),
            **{
                "DUBAN_DATABASE_URL": self._url(name),
                "DUBAN_REDIS_URL": self.redis.url,
                "DUBAN_EMAIL_URL": mail if isinstance(mail, str) else mail.url,
                "DUBAN_REMINDER_TICK_SECONDS": "1",
                **variables,
            },
        )


def forget_variables() -> None:
    """The developer's own settings play no part."""
    for name in [name for name in os.environ if name.startswith(("DUBAN_", "FAULT_"))]:
        del os.environ[name]
