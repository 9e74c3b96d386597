"""Print what each page and list costs over many measures beside the same page over a hundred, as each role.

Run: python benchmarks/bench_pages.py [--measures N] [--open PERCENT] [--queries]. It starts a PostgreSQL of its own on loopback
and removes it. Wall milliseconds of a whole request by Django's test client, best of three; compare figures of one run only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.servers import PrivatePostgres  # noqa: E402

SEEDS = 100
UNITS = 50
PLANS = 200
# What a person looks at; `{…}` is filled with a number of a row that the role sees.
ADMIN = {
    "front page": "/admin/",
    "measures": "/admin/tracker/measure/",
    "measures, page 50": "/admin/tracker/measure/?p=50",
    "measures, overdue": "/admin/tracker/measure/?overdue=yes",
    "measures, red": "/admin/tracker/measure/?light=red",
    "measures, one lead": "/admin/tracker/measure/?lead={lead}",
    "measures, by deadline": "/admin/tracker/measure/?o=4",
    "measures, searched": "/admin/tracker/measure/?q=断头路",
    "a measure": "/admin/tracker/measure/{measure}/change/",
}
API = {
    "list": "/api/v1/measures/",
    "list, by cursor": "/api/v1/measures/?cursor=",
    "list, overdue": "/api/v1/measures/?overdue=true",
    "list, changed since": "/api/v1/measures/?changed_since=2026-03-10T00:00:00Z",
    "a measure": "/api/v1/measures/{measure}/",
}


@dataclass(frozen=True)
class Timed:
    """One request: best of three, in milliseconds, and how many queries it made."""

    ms: float
    queries: int


def arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--measures", type=int, default=1_000_000, help="how many beside the hundred")
    reader.add_argument("--open", type=int, default=10, help="percent of them that are still to be done")
    reader.add_argument("--queries", action="store_true", help="show the dearest query of each request")
    return reader.parse_args()


def seed() -> dict[str, Any]:
    """A hundred measures of fifty units made by the product's own steps; gives the people who look."""
    from tests.makers import (
        TODAY,
        liaison_of,
        make_department,
        make_measure,
        make_plan,
        make_section,
        make_user,
    )

    leader = make_user("leader")
    units = [make_department(f"市第{n}局", code=f"u{n}") for n in range(UNITS)]
    for unit in units[:10]:
        unit.leader_in_charge = leader
        unit.save()
    section = make_section(make_plan("基准方案"))
    for n in range(SEEDS):
        make_measure(
            lead=units[n % UNITS],
            co=(units[(n + 1) % UNITS],),
            due_on=TODAY + timedelta(days=n - 20),
            starts_on=TODAY - timedelta(days=60),
            percent=n % 90,
            acknowledged=n % 10 != 0,
            draft={"section": section, "title": f"打通断头路第{n}段"},
        )
    return {"office": make_user("office"), "liaison": liaison_of(units[1]), "leader": leader}


def multiply(count: int, open_percent: int) -> None:
    """So many copies of the hundred in other plans, with their co-departments and events; most of them closed."""
    from django.db import connection
    from django.db.models import Max, Min

    from tracker.models import Measure, MeasureEvent

    first = Measure.objects.aggregate(least=Min("id"), most=Max("id"))
    assert first["most"] - first["least"] + 1 == SEEDS, "the hundred have consecutive numbers"
    turns = count // SEEDS
    with connection.cursor() as cursor:

        def copy(table: str, changed: dict[str, str], source: str) -> None:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            columns = [name for (name,) in cursor.fetchall() if changed.get(name) != ""]
            values = ", ".join(changed.get(name, f's."{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} "
                f"FROM {source} s CROSS JOIN generate_series(1, {turns}) k"
            )

        cursor.execute(
            "INSERT INTO tracker_plan SELECT (p).* FROM (SELECT jsonb_populate_record(s, jsonb_build_object("
            f"'id', s.id + k, 'title', s.title || k)) p FROM tracker_plan s CROSS JOIN generate_series(1, {PLANS}) k) q"
        )
        cursor.execute(
            "INSERT INTO tracker_section SELECT (p).* FROM (SELECT jsonb_populate_record(s, jsonb_build_object("
            f"'id', s.id + k, 'plan_id', s.plan_id + k)) p FROM tracker_section s CROSS JOIN generate_series(1, {PLANS}) k) q"
        )
        shift = f"s.{{}} + k * {SEEDS}"
        still_open = f"k % 100 < {open_percent}"
        copy(
            "tracker_measure",
            {
                "id": shift.format("id"),
                "plan_id": f"s.plan_id + 1 + k % {PLANS}",
                "section_id": f"s.section_id + 1 + k % {PLANS}",
                "position": f"s.position + k / {PLANS} * {SEEDS}",
                "status": f"CASE WHEN {still_open} THEN s.status ELSE 'closed' END",
                "closed_on": f"CASE WHEN {still_open} THEN NULL ELSE s.due_on END",
                "updated_at": "s.updated_at - interval '1 day' * k",
            },
            "tracker_measure",
        )
        copy(
            "tracker_measure_co_departments",
            {"id": "", "measure_id": shift.format("measure_id")},
            "tracker_measure_co_departments",
        )
        copy(
            "tracker_measureevent",
            {"id": "", "measure_id": shift.format("measure_id")},
            "tracker_measureevent",
        )
        for table in ("tracker_plan", "tracker_section", "tracker_measure"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        cursor.execute("VACUUM ANALYZE")
    assert Measure.objects.count() == SEEDS * (turns + 1)
    assert MeasureEvent.objects.count() > Measure.objects.count()


def measure_all(people: dict[str, Any], show: bool) -> dict[tuple[str, str], Timed]:
    """Every page as every role that may look at it."""
    from django.test import Client
    from rest_framework.test import APIClient

    from tracker import access

    found = {}
    for role, user in people.items():
        browser, program = Client(), APIClient()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        program.force_authenticate(user)
        seen = access.visible_to(user).order_by("id")[0]
        for client, addresses, door in ((browser, ADMIN, "admin"), (program, API, "API")):
            for name, address in addresses.items():
                where = address.format(measure=seen.pk, lead=seen.lead_id)
                found[role, f"{door}: {name}"] = took = timed(client, where, show)
                print(f"  {role:<9}{door}: {name:<28}{took.ms:>9.0f} ms", file=sys.stderr, flush=True)
    return found


def timed(client: Any, address: str, show: bool) -> Timed:
    """Asserts that the answer is a good one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    spent = []
    for _ in range(3):
        began = time.perf_counter()
        answer = client.get(address)
        spent.append(time.perf_counter() - began)
        assert answer.status_code in (200, 302), (address, answer.status_code)
    with CaptureQueriesContext(
        connection,
    ) as made:
        client.get(address)
    if show and made.captured_queries:
        dearest = max(made.captured_queries, key=lambda query: float(query["time"]))
        print(f"{address}: {dearest['time']} s: {dearest['sql']}\n")
    return Timed(min(spent) * 1000, len(made))


def main() -> None:
    """Print the figures."""
    args = arguments()
    folder = Path(tempfile.mkdtemp(prefix="duban-bench-"))
    try:
        with PrivatePostgres() as postgres:
            for name in [name for name in os.environ if name.startswith("DUBAN_")]:
                del os.environ[name]
            os.environ |= {
                "DUBAN_ENV_FILE": os.devnull,
                "DUBAN_DATA_DIR": str(folder),
                "DUBAN_DATABASE_URL": postgres.url,
                "DUBAN_ALLOWED_HOSTS": "testserver",
                "DUBAN_API_RATE": "none",
                "DUBAN_LOG_LEVEL": "ERROR",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connection

            call_command("migrate", verbosity=0)
            people = seed()
            few = measure_all(people, show=False)
            multiply(args.measures, args.open)
            many = measure_all(people, show=args.queries)
            connection.close()
    finally:
        shutil.rmtree(folder)
    print(
        f"{SEEDS} measures beside {SEEDS + args.measures:,}, {args.open} % of them open, {UNITS} units, {PLANS} plans"
    )
    print(f"  {'role':<9}{'page':<28}{'few':>9}{'many':>12}{'ratio':>9}  queries")
    for key, one in few.items():
        other = many[key]
        print(
            f"  {key[0]:<9}{key[1]:<28}{one.ms:>6.0f} ms{other.ms:>9.0f} ms{other.ms / one.ms:>8.1f}x"
            f"  {one.queries} → {other.queries}"
        )


if __name__ == "__main__":
    main()
