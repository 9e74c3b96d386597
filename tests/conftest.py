"""One run of the tests is one database: `--database=sqlite` (default, everything) or `--database=postgresql`.

The PostgreSQL run leaves out what touches no database, and runs in addition the tests that ask for the
fixture `postgres`, because what they show (row locks, pools, concurrency) cannot be shown on SQLite.
Two kinds of tests take minutes and show what no database changes, so each runs on one: those in a browser on SQLite (every
page is opened without one on both), requests made up from the API's document on PostgreSQL (tests/api/test_schema_fuzz.py).
`make test` does both runs.
The developer's own DUBAN_… variables and .env file play no part.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator

import django
import hypothesis
import pytest
from django.conf import settings as django_settings

from tests.servers import PrivatePostgres, PrivateRedis, SmtpSink

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
BROWSER_FIXTURE = "browser"
_postgres = pytest.StashKey[PrivatePostgres]()

# A slow machine is no failure: no limit on seconds; a failing example is printed so that it can be repeated.
hypothesis.settings.register_profile(
    "duban", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("duban")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="which database this run's tests use; postgresql leaves out tests without a database",
    )
    parser.addoption(
        "--screenshots",
        metavar="DIR",
        help="where browser tests put their pictures (default: a temporary folder)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Sets the environment that the settings are read from, then Django up."""
    if django_settings.configured:
        raise pytest.UsageError("The tests bring their own settings: unset DJANGO_SETTINGS_MODULE, no --ds.")
    data_dir = tempfile.mkdtemp(prefix="duban-tests-")
    config.add_cleanup(lambda: shutil.rmtree(data_dir))
    for name in [name for name in os.environ if name.startswith("DUBAN_")]:
        del os.environ[name]
    os.environ["DUBAN_ENV_FILE"] = os.devnull
    os.environ["DUBAN_DATA_DIR"] = data_dir
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    if config.getoption("--database") == "postgresql" and not config.option.collectonly:
        config.stash[_postgres] = server = PrivatePostgres()
        config.add_cleanup(server.remove)
        os.environ["DUBAN_DATABASE_URL"] = server.start().url
    django.setup()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    on_postgresql = config.getoption("--database") == "postgresql"
    here, elsewhere = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        uses_database = bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)
        if on_postgresql:
            runs_here = "postgres" in fixtures or (uses_database and BROWSER_FIXTURE not in fixtures)
        else:
            runs_here = "postgres" not in fixtures
        (here if runs_here else elsewhere).append(item)
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = here


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays until the end: looking through it again at each collection took a fifth of a run."""
    gc.collect()
    gc.freeze()


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
