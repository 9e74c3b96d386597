"""The web process keeps few connections to PostgreSQL, whatever comes, and takes up again after a restart of it."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.servers import ROOT, PrivatePostgres, WebServer, production_environment, wait_until

POOL, THREADS = 3, 8


@pytest.fixture(scope="module")
def database() -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(scope="module")
def web(database: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """The product as in production: PostgreSQL, static files collected, more threads than connections."""
    folder: Path = tmp_path_factory.mktemp("production")
    environment = production_environment(
        folder,
        DUBAN_DATABASE_URL=database.url,
        DUBAN_DATABASE_POOL_SIZE=str(POOL),
        DUBAN_BEHIND_PROXY="true",
    )
    # What is asked for below needs no table but the sessions'.
    for command in (["migrate", "sessions", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    with WebServer(environment, threads=THREADS) as server:
        yield server


def connections(database: PrivatePostgres) -> int:
    return int(database.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'duban'"))


# A page that asks the database: a session of that name is looked up.
COOKIE = {"Cookie": "sessionid=" + "a" * 32}


def test_many_requests_at_once_share_the_pool(web: WebServer, database: PrivatePostgres):
    def ask(_: int) -> int:
        return web.get("/admin/", COOKIE).status

    with ThreadPoolExecutor(THREADS) as callers:
        statuses = list(callers.map(ask, range(60)))
    assert set(statuses) == {302}, "everybody is sent to the login page"
    assert 1 <= connections(database) <= POOL


def test_a_restarted_database_is_found_again(web: WebServer, database: PrivatePostgres):
    assert web.get("/admin/", COOKIE).status == 302
    database.kill()
    assert web.get("/admin/", COOKIE).status == 500
    database.start()
    wait_until(lambda: web.get("/admin/", COOKIE).status == 302, "answers after the restart")
    statuses = {web.get("/admin/", COOKIE).status for _ in range(THREADS)}
    assert statuses == {302}


def test_collected_static_files_are_served(web: WebServer):
    page = web.get("/admin/login/")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    style = web.get("/static/unfold/css/styles.css")
    assert (style.status, style.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    packed = web.get("/static/unfold/css/styles.css", {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


def test_plain_http_is_sent_to_https_and_foreign_hosts_are_refused(web: WebServer):
    plain = web.get("/admin/login/", {"X-Forwarded-Proto": "http"})
    assert plain.status == 301
    assert plain.headers["Location"].startswith("https://127.0.0.1")
    assert web.get("/admin/login/", {"Host": "elsewhere.example"}).status == 400
