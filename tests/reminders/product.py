"""The product as it runs: its own folder, database and broker, real worker and beat processes."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import psycopg
from celery import Celery

from tests.servers import Server

ROOT = Path(__file__).resolve().parents[2]
RECIPIENTS = [f"u{number}@x.example" for number in range(8)]
# Each recipient leads one overdue measure and one that is due today.
SEED = f"""
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from tests.reminders.scene import only_rules, overdue, soon, unit
from tracker.models import ReminderPolicy
call_command("migrate", verbosity=0)
ReminderPolicy.objects.update(quiet_from=None, quiet_until=None, workdays_only=False)  # at whatever hour this runs
only_rules("deadline-soon", "overdue")
today = timezone.localdate()
for address in {RECIPIENTS!r}:
    lead = unit("", address)
    overdue(lead, due_on=today - timedelta(days=2))
    soon(lead, due_on=today)
"""


class Product:
    """One installation below `folder`, prepared by the code `seed`; `variables` are further DUBAN_… settings."""

    def __init__(self, folder: Path, seed: str = SEED, **variables: str) -> None:
        self.folder = folder
        self.database_url = variables.get("DUBAN_DATABASE_URL", "")
        self.variables = {
            "DUBAN_DATA_DIR": str(folder),
            "DUBAN_ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            **variables,
        }
        if seed:
            self.python(seed)

    @property
    def tick_seconds(self) -> int:
        return int(self.variables.get("DUBAN_REMINDER_TICK_SECONDS", "60"))

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        return {**own, **self.variables}

    def python(self, code: str) -> str:
        """Runs code in a process of its own with Django set up; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tick(self) -> None:
        """What beat does: put a tick into the queue (of Redis)."""
        with Celery(broker=self.variables["DUBAN_REDIS_URL"]) as app:
            app.send_task("tracker.tasks.reminder_tick", expires=self.tick_seconds)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks (or changes) the product's database from outside."""
        if self.database_url:
            with psycopg.connect(self.database_url) as postgres:
                cursor = postgres.execute(sql)
                return cursor.fetchall() if cursor.description else []
        with sqlite3.connect(self.folder / "duban.sqlite3", timeout=20) as sqlite:
            return sqlite.execute(sql).fetchall()

    def states(self) -> dict[str, int]:
        return dict(self.rows("SELECT state, count(*) FROM tracker_reminder GROUP BY state"))

    def mails(self) -> list[EmailMessage]:
        """The local outbox, read."""
        files = sorted((self.folder / "outbox").glob("*.eml"))
        reader = BytesParser(policy=policy.default)
        return [reader.parsebytes(file.read_bytes()) for file in files]  # type: ignore[misc]


class CeleryProcess(Server):
    """`celery -A config …` for a product, with `more` variables; it has started when its log says so."""

    name = "celery"

    def __init__(
        self,
        product: Product,
        started: str,
        *arguments: str,
        app: str = "config",
        more: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.product, self.started, self.arguments = product, started, arguments
        self.app, self.more = app, more or {}

    def command(self) -> list[str]:
        given = {**self.product.variables, **self.more}
        variables = [f"{name}={value}" for name, value in given.items()]
        cleared = [f"--unset={name}" for name in os.environ if name.startswith("DUBAN_")]
        celery = [sys.executable, "-m", "celery", "-A", self.app, *self.arguments, "--loglevel=INFO"]
        return ["env", *cleared, *variables, *celery]

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def answers(self) -> bool:
        return self.started in self.said()


def worker(product: Product) -> CeleryProcess:
    """Two threads, as the embedded default runs it."""
    return CeleryProcess(product, " ready.", "worker", "--pool=threads", "--concurrency=2")


def beat(product: Product, name: str) -> CeleryProcess:
    schedule = str(product.folder / f"beat-{name}")
    return CeleryProcess(product, "beat: Starting", "beat", f"--schedule={schedule}")
