"""One run of the tests is one database: `--database=sqlite` (default, everything) or `--database=postgresql`.

A PostgreSQL run alone leaves out what touches no database, and runs in addition the tests that ask for the
fixture `postgres`, because what they show (row locks, pools, concurrency) cannot be shown on SQLite.
Two kinds of tests take minutes and show what no database changes, so each runs on one: those in a browser on SQLite (every
page is opened without one on both), requests made up from the API's document on PostgreSQL (tests/api/test_schema_fuzz.py).
What else shows nothing that a database changes, and takes long, names the one it runs on: the mark only_on (tests/sharing.py).
`make test` does both runs, side by side; they share what touches no database (tests/sharing.py).
Rows that many tests start from are made once and stand while these tests run, each of which is undone to them:
a fixture of the folder or module returns standing_rows, whose maker the fixture make_standing names (tests/standing.py).
The developer's own DUBAN_… variables and .env file play no part.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import hypothesis
import pytest
from django.conf import settings as django_settings
from pytest_django import DjangoDbBlocker

from tests.servers import PrivatePostgres, PrivateRedis, SmtpSink
from tests.sharing import DATABASES, POSTGRESQL, SQLITE, Choice

if TYPE_CHECKING:
    from tests.standing import Standing

STANDING_FIXTURE = "standing_rows"
_postgres = pytest.StashKey[PrivatePostgres]()

# A slow machine is no failure: no limit on seconds; a failing example is printed so that it can be repeated.
hypothesis.settings.register_profile(
    "duban", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("duban")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=DATABASES,
        default=SQLITE,
        help="which database this run's tests use; postgresql alone leaves out tests without one",
    )
    parser.addoption(
        "--shared",
        metavar="DIR",
        type=Path,
        help="folder of two runs, one a database, that share the tests without one (bin/run-tests)",
    )
    parser.addoption(
        "--screenshots",
        metavar="DIR",
        help="where browser tests put their pictures (default: they take none)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Sets the environment that the settings are read from, then Django up."""
    if django_settings.configured:
        raise pytest.UsageError("The tests bring their own settings: unset DJANGO_SETTINGS_MODULE, no --ds.")
    config.pluginmanager.register(Choice(config.getoption("--database"), config.getoption("--shared")))
    data_dir = tempfile.mkdtemp(prefix="duban-tests-")
    config.add_cleanup(lambda: shutil.rmtree(data_dir))
    for name in [name for name in os.environ if name.startswith("DUBAN_")]:
        del os.environ[name]
    os.environ["DUBAN_ENV_FILE"] = os.devnull
    os.environ["DUBAN_DATA_DIR"] = data_dir
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    if config.getoption("--database") == POSTGRESQL and not config.option.collectonly:
        config.stash[_postgres] = server = PrivatePostgres()
        config.add_cleanup(server.remove)
        os.environ["DUBAN_DATABASE_URL"] = server.start().url
    django.setup()
    from django.core.servers.basehttp import WSGIRequestHandler

    # The live server sends headers and body apart: the body of each request but a connection's first waited 40 ms for the
    # receipt of the headers, and a page asks for dozens of files.
    WSGIRequestHandler.disable_nagle_algorithm = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Within a module first the tests that share standing rows, so that these are made once.
    items[:] = [
        item
        for _module, of_module in groupby(items, key=lambda item: item.path)
        for item in sorted(
            of_module, key=lambda item: STANDING_FIXTURE not in getattr(item, "fixturenames", ())
        )
    ]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays until the end: looking through it again at each collection took a fifth of a run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator["Standing"]:
    from tests.standing import Standing  # Django is set up by now

    kept = Standing()
    yield kept
    with django_db_blocker.unblock():
        kept.clear()


@pytest.fixture
def ground(request: pytest.FixtureRequest, standing: "Standing", django_db_blocker: DjangoDbBlocker) -> None:
    """What a test finds in the database: the rows of its `make_standing` if it asks for `standing_rows`, else nothing."""
    with django_db_blocker.unblock():
        if STANDING_FIXTURE in request.fixturenames:
            standing.let_stand(request.getfixturevalue("make_standing"))
        else:
            standing.clear()


@pytest.fixture
def _django_db_helper(ground: None, _django_db_helper: None) -> None:
    """pytest-django's transaction around a test, opened after the ground was laid."""


@pytest.fixture
def standing_rows(standing: "Standing", db: None) -> Any:
    """A copy of what the folder's (or module's) fixture `make_standing` made, once for as many tests as follow each other."""
    return standing.rows()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PrivatePostgres:
    """The server that holds this run's test database; to stop one, start a PrivatePostgres of your own."""
    return pytestconfig.stash[_postgres]


@pytest.fixture(scope="session")
def redis_server() -> Iterator[PrivateRedis]:
    """A running private Redis. Whoever kills it starts it again."""
    with PrivateRedis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: PrivateRedis) -> str:
    """The address of a Redis that is empty when the test begins."""
    assert redis_server.ask("FLUSHALL") == "+OK"
    return redis_server.url


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server of this test's own."""
    with SmtpSink() as sink:
        yield sink
