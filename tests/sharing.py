"""Which database a test is for, and how two runs side by side share the tests that use none: whoever is free takes the next file.

bin/run-tests gives both runs one folder (`--shared`). A file of tests belongs to the run that first puts its mark there. Each
run writes there too what it found and, at its end, what it ran, so that bin/run-tests sees a test that nobody ran.
"""

import signal
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path

import pytest

SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
ONLY_ON = {"browser": SQLITE, "postgres": POSTGRESQL}
# The mark of tests that use a database and show what none changes: `@pytest.mark.only_on("sqlite")`.
MARK = "only_on"


def databases_of(fixtures: Collection[str], marked: bool, only_on: str = "") -> tuple[str, ...]:
    """The databases that a test with these fixtures has to run on; none if it uses no database.

    `marked`: it has pytest-django's mark django_db. `only_on`: the one database that the mark of this name gives, which a
    test without a database does not heed.
    """
    if only := {ONLY_ON[name] for name in fixtures if name in ONLY_ON}:
        return tuple(only)
    if not marked and DATABASE_FIXTURES.isdisjoint(fixtures):
        return ()
    return (only_on,) if only_on else DATABASES


def _databases(item: pytest.Item) -> tuple[str, ...]:
    mark = item.get_closest_marker(MARK)
    if mark and (len(mark.args) != 1 or mark.args[0] not in DATABASES):
        raise pytest.UsageError(f"{item.nodeid}: {MARK} names one of {', '.join(DATABASES)}")
    marked = item.get_closest_marker("django_db") is not None
    return databases_of(getattr(item, "fixturenames", ()), marked, mark.args[0] if mark else "")


class Choice:
    """What one run runs. Alone, the tests without a database belong to SQLite; `shared` is the folder of two runs."""

    def __init__(self, database: str, shared: Path | None) -> None:
        self.database = database
        self.shared = shared

    def pytest_configure(self) -> None:
        if self.shared:
            # So does bin/run-tests end a run: in order as after Ctrl-C, so that no server's files are left.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            # What the shell starts in the background ignores Ctrl-C, and so would every program that a test starts.
            if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
                signal.signal(signal.SIGINT, lambda *_: None)

    @pytest.hookimpl(trylast=True)  # when -k and its like have chosen
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        mine, anyones, elsewhere = [], [], []
        for item in items:
            databases = _databases(item)
            if self.database in databases:
                mine.append(item)
            elif not databases and (self.shared or self.database == SQLITE):
                anyones.append(item)
            else:
                elsewhere.append(item)
        if self.shared and not config.option.collectonly:
            self._note("found", [duty for item in items for duty in self._duties(item, _databases(item))])
        if elsewhere:
            config.hook.pytest_deselected(items=elsewhere)
        items[:] = mine + anyones

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """pytest's own loop, but that a file of shared tests is asked for only when everything before it is done."""
        if self.shared is None or session.config.option.collectonly or session.testsfailed:
            return None
        ran = []
        for items in self._turns(session):
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                ran += self._duties(item, [name for name in _databases(item) if name == self.database])
                if session.shouldfail:
                    raise session.Failed(session.shouldfail)
                if session.shouldstop:
                    raise session.Interrupted(session.shouldstop)
        self._note("ran", ran)
        return True

    def _turns(self, session: pytest.Session) -> Iterator[list[pytest.Item]]:
        assert self.shared is not None
        if mine := [item for item in session.items if _databases(item)]:
            yield mine
        anyones = [item for item in session.items if not _databases(item)]
        for file, of_file in groupby(anyones, key=lambda item: item.nodeid.partition("::")[0]):
            items = list(of_file)
            try:
                (self.shared / f"taken-{file.replace('/', '+')}").touch(exist_ok=False)
            except FileExistsError:
                session.testscollected -= len(items)  # what the percentages beside the dots are of
            else:
                yield items

    def _duties(self, item: pytest.Item, databases: Collection[str]) -> list[str]:
        return [f"{item.nodeid} on {name}" for name in databases] or [item.nodeid]

    def _note(self, what: str, duties: list[str]) -> None:
        assert self.shared is not None
        # A name may hold anything that a parameter holds; a line is a test.
        lines = "".join(f"{duty!r}\n" for duty in duties)
        (self.shared / f"{what}-{self.database}").write_text(lines, encoding="utf-8")
