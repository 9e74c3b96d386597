"""Print what the reminder engine costs beside the bare minimum: planning beside the SQL that finds the same rows, sending
beside a bare smtplib loop with the same bytes: by one thread, and by a worker as it is started in production.

Run: python benchmarks/bench_reminders.py [--measures N] [--due N] [--digests N] [--units N]. It starts a PostgreSQL, a Redis
and an SMTP sink of its own on loopback and removes them. Wall seconds, best of three where a thing can be repeated; compare figures
of one run only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.reminders.product import CeleryProcess, Product  # noqa: E402
from tests.servers import PrivatePostgres, PrivateRedis, free_port, wait_until  # noqa: E402

TODAY = date(2026, 3, 10)
# The workers as they are started: by README.md in production (a process for each core), and by `make run`.
WORKERS = {
    "celery worker as in README (a process a core)": [],
    "celery worker as in make run (four threads)": ["--pool=threads", "--concurrency=4"],
}


def arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--measures", type=int, default=1_000_000, help="measures of which most are not due")
    reader.add_argument("--due", type=int, default=10_000, help="measures that are due")
    reader.add_argument("--digests", type=int, default=10_000, help="messages to send, one a recipient")
    reader.add_argument("--units", type=int, default=1_000, help="departments that lead the due measures")
    return reader.parse_args()


class Sink:
    """What the sink has done so far: messages taken, and seconds of processor time."""

    def __init__(self) -> None:
        self.taken = multiprocessing.Value("q", 0)
        self.worked = multiprocessing.Value("d", 0.0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.value += 1
        self.worked.value = time.process_time()
        return "250 accepted"


def serve(port: int, sink: Sink) -> None:
    """An SMTP server in a process of its own, so that it does not share the engine's interpreter."""
    from aiosmtpd.controller import Controller

    Controller(sink, hostname="127.0.0.1", port=port).start()
    while True:
        time.sleep(3600)


def best(work: Callable[[], object], times: int = 3) -> float:
    """Milliseconds of the fastest of so many runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found) * 1000


def fill(units: int, measures: int, due: int) -> None:
    """Rows by SQL: what the engine reads, without the trail of events that a real one has."""
    from django.db import connection

    from tracker.models import Plan, PlanDocument, Section

    now = datetime.fromisoformat("2026-01-01T02:00:00+00:00")
    plan = Plan.objects.create(title="方案", starts_on=date(2026, 1, 1), created_at=now)
    PlanDocument.objects.create(plan=plan, version=1, name="a", sha256="a", imported_at=now)
    Section.objects.create(plan=plan, number=1, title="s")
    add_departments(units)
    add_measures(measures - due, units, "CAST('2026-09-01' AS date) + (n %% 2000)::int")
    add_measures(due, units, "CAST('2026-03-09' AS date) - (n %% 60)::int")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def add_departments(count: int) -> None:
    from tracker.models import Department

    Department.objects.bulk_create(
        [
            Department(name=f"市第{n}局", code=f"u{n}", mailbox=f"post{n}@x.example")
            for n in range(1, count + 1)
        ],
        batch_size=1000,
    )


def add_measures(count: int, units: int, due_on: str) -> None:
    from django.db import connection

    from tracker.models import Measure

    fixed: dict[str, str] = {
        "plan_id": "(SELECT min(id) FROM tracker_plan)",
        "section_id": "(SELECT min(id) FROM tracker_section)",
        "document_id": "(SELECT min(id) FROM tracker_plandocument)",
        "number": "'1.'||n",
        "position": "n",
        "title": "'措施'||n",
        "lead_id": f"(SELECT min(id) FROM tracker_department) + (n %% {units})",
        "status": "'in_progress'",
        "starts_on": "CAST('2026-01-01' AS date)",
        "due_on": due_on,
        "original_due_on": "NULL",
        "importance": "'ordinary'",
        "cadence": "'none'",
        "recurrence": "'none'",
        "updated_at": "CAST('2026-01-01' AS timestamptz)",
        "in_text": "true",
        "standing": "false",
        "imported_assignment": "'{}'",
        "percent": "99",
        "version": "1",
    }
    columns, values = [], []
    for field in Measure._meta.concrete_fields:
        if field.primary_key:
            continue
        if field.column in fixed:
            value = fixed[field.column]
        elif field.null:
            continue
        elif field.get_internal_type().endswith("IntegerField"):
            value = "0"
        elif field.get_internal_type() == "BooleanField":
            value = "false"
        elif field.get_internal_type() == "JSONField":
            value = "'{}'"
        else:
            value = "''"
        columns.append(field.column)
        values.append(value)
    # A measure begins before it is due, whatever its day.
    values[columns.index("starts_on")] = f"least(CAST('2026-01-01' AS date), {due_on})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tracker_measure ({', '.join(columns)}) SELECT {', '.join(values)} "
            "FROM generate_series(1, %s) n",
            [count],
        )


def bench_planning(args: argparse.Namespace) -> None:
    from django.db import connection

    from tracker import reminders
    from tracker.models import InboxNotice, Measure, Reminder

    now = datetime.fromisoformat("2026-03-10T02:00:00+00:00")
    # As on a running installation: every step has kept the days on which its measure falls behind.
    reminders.plan(now=now, today=TODAY)
    fill(args.units, args.measures, args.due)
    # The ids by the same conditions, as one would type them.
    asked = "SELECT id FROM tracker_measure WHERE status IN ('assigned', 'in_progress') AND due_on <= %s ORDER BY due_on, id"

    def bare() -> list[tuple[int]]:
        with connection.cursor() as cursor:
            cursor.execute(asked, [TODAY + timedelta(days=3)])
            return cursor.fetchall()  # type: ignore[no-any-return]

    assert len(bare()) == args.due, "the bare SQL finds what is due"
    bare_ms = best(bare)

    def plan() -> reminders.PlanResult:
        return reminders.plan(now=now, today=TODAY)

    def tick() -> reminders.PlanResult:
        return reminders.plan(now=now, today=TODAY, quick=True)

    first_ms = best(plan, 1)
    rows, inbox = Reminder.objects.count(), InboxNotice.objects.count()
    assert Reminder.objects.values("measure").distinct().count() == args.due, (
        "every due measure has its notice"
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tracker_reminder")
    tick()
    tick_ms, again_ms = best(tick), best(plan)
    assert Reminder.objects.count() == rows
    # What the ledger's rows cost when they are written with nothing thought about.
    copy_ms = best(lambda: copy_ledger(), 1)
    print(
        f"planning: {args.measures:,} measures, {args.due:,} due, {args.units:,} units -> {rows:,} notices, {inbox:,} inbox"
    )
    print(f"  bare SQL for the same ids          {bare_ms:9.1f} ms")
    print(
        f"  tick, everything on record         {tick_ms:9.1f} ms   {tick_ms / bare_ms:6.2f} x bare SQL (aim: 3 or less)"
    )
    print(f"  whole planning again (hourly)      {again_ms:9.1f} ms   {again_ms / bare_ms:6.2f} x bare SQL")
    print(f"  first plan, writes {rows:,} rows    {first_ms:9.1f} ms   {first_ms / bare_ms:6.2f} x bare SQL")
    print(
        f"  bare INSERT … SELECT of those rows {copy_ms:9.1f} ms   first plan {first_ms / copy_ms:6.2f} x bare INSERT"
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tracker_measure WHERE due_on > %s", [TODAY])
        cursor.execute("VACUUM ANALYZE tracker_measure")
    assert Measure.objects.count() == args.due
    alone_ms = best(plan)
    print(f"  the same without the not-due rows  {alone_ms:9.1f} ms   with them {again_ms / alone_ms:6.2f} x")


def copy_ledger() -> None:
    """The same rows into an empty table with the same indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_copy (LIKE tracker_reminder INCLUDING ALL)")
        cursor.execute("ALTER TABLE bench_copy ALTER id DROP IDENTITY")
        cursor.execute("INSERT INTO bench_copy SELECT * FROM tracker_reminder")
        cursor.execute("DROP TABLE bench_copy")


def digests_waiting(count: int) -> None:
    """One message for each of so many recipients, planned and not sent."""
    from django.db import connection
    from django.utils import timezone

    from tracker import reminders
    from tracker.models import Reminder

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tracker_reminder, tracker_inboxnotice")
        cursor.execute("VACUUM ANALYZE")
    reminders.plan(now=timezone.now(), today=timezone.localdate())
    assert Reminder.objects.filter(state="planned").count() == count


def bench_sending(args: argparse.Namespace, port: int, sink: Sink, product: Product) -> None:
    from django.db import connection
    from django.utils import timezone

    from tracker.models import ReminderPolicy

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tracker_reminder, tracker_inboxnotice")
        cursor.execute("DELETE FROM tracker_measure")
        cursor.execute("DELETE FROM tracker_department")
    ReminderPolicy.objects.update(quiet_from=None, quiet_until=None, workdays_only=False)
    add_departments(args.digests)
    yesterday = timezone.localdate() - timedelta(days=1)
    add_measures(args.digests, args.digests, f"CAST('{yesterday}' AS date)")

    digests_waiting(args.digests)
    one, sent = one_thread(args.digests, sink)
    bare, spent = bare_loop(port, sent, sink)
    print(
        f"sending: {args.digests:,} digests of {sum(map(len, sent)) // len(sent):,} bytes, {os.cpu_count()} cores"
    )
    say("bare smtplib loop, one connection", args.digests, bare, bare)
    print(
        f"    of which the sink itself works {spent:.2f} s; with the engine it shares the cores with all the rest"
    )
    say("engine, one thread, one connection", args.digests, one, bare)
    for words, flags in WORKERS.items():
        digests_waiting(args.digests)
        say(words, args.digests, by_worker(args.digests, flags, sink, product), bare)


def say(words: str, count: int, seconds: float, bare: float) -> None:
    ratio = "" if seconds == bare else f"   {bare / seconds:5.2f} x the bare loop (aim: 0.6 or more)"
    print(f"  {words:<43}{seconds:7.2f} s {count / seconds:7.0f} messages/s{ratio}", flush=True)


def one_thread(count: int, sink: Sink) -> tuple[float, list[bytes]]:
    """Seconds of one thread that sends all that waits, and the bytes it sent."""
    from django.utils import timezone

    from tracker import reminders
    from tracker.reminders.channels.email import transport

    sent: list[bytes] = []
    hand_over = transport.hand_over

    def keeping(server: smtplib.SMTP, sender: str, recipient: str, content: bytes, *more: Any) -> None:
        sent.append(content)
        hand_over(server, sender, recipient, content, *more)

    # The bytes are kept for the bare loop; the list costs nothing that the figures would show.
    transport.hand_over = keeping
    before, began = sink.taken.value, time.perf_counter()
    report = reminders.send_waiting(today=timezone.localdate(), clock=timezone.now, cap=count)
    seconds = time.perf_counter() - began
    transport.hand_over = hand_over
    assert report.count("sent") == count == sink.taken.value - before, "every digest has arrived, once"
    return seconds, sent[:count]


def bare_loop(port: int, sent: list[bytes], sink: Sink) -> tuple[float, float]:
    """Seconds of smtplib alone with the same bytes, and those of them that the sink worked."""
    before, worked, began = sink.taken.value, sink.worked.value, time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number, content in enumerate(sent):
            server.sendmail("duban@city.example", [f"post{number}@x.example"], content)
    seconds = time.perf_counter() - began
    assert sink.taken.value - before == len(sent)
    return seconds, sink.worked.value - worked


def by_worker(count: int, flags: list[str], sink: Sink, product: Product) -> float:
    """Seconds from a tick in the queue until the worker has sent and recorded all."""
    with CeleryProcess(product, " ready.", "worker", *flags):
        before, began = sink.taken.value, time.perf_counter()
        product.tick()
        wait_until(lambda: sink.taken.value - before >= count, "all digests", seconds=600)
        wait_until(lambda: product.states() == {"sent": count}, "all records")
        seconds = time.perf_counter() - began
    assert sink.taken.value - before == count, "every digest has arrived, once"
    return seconds


def main() -> None:
    """Print the figures."""
    args = arguments()
    args.due, args.units = min(args.due, args.measures), min(args.units, args.due)
    folder, port, sink = Path(tempfile.mkdtemp(prefix="duban-bench-")), free_port(), Sink()
    server = multiprocessing.Process(target=serve, args=(port, sink), daemon=True)
    server.start()
    try:
        with PrivatePostgres() as postgres, PrivateRedis() as redis:
            for name in [name for name in os.environ if name.startswith("DUBAN_")]:
                del os.environ[name]
            product = Product(
                folder,
                seed="",
                DUBAN_DATABASE_URL=postgres.url,
                DUBAN_REDIS_URL=redis.url,
                DUBAN_EMAIL_URL=f"smtp://127.0.0.1:{port}",
                DUBAN_LOG_LEVEL="ERROR",
                # One tick for all of them: how many a tick may send is the office's choice, not the engine's speed.
                DUBAN_REMINDER_CAP_PER_RUN=str(args.digests),
                DUBAN_REMINDER_TICK_SECONDS="3600",
            )
            os.environ |= product.variables
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connection

            call_command("migrate", verbosity=0)
            bench_planning(args)
            wait_until(lambda: server.is_alive(), "the sink")
            bench_sending(args, port, sink, product)
            connection.close()
    finally:
        server.terminate()
        server.join()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
