"""bin/run-tests: two runs share the work, and nothing that was found is left out without a word."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.servers import ROOT, wait_until
from tests.sharing import DATABASES, databases_of

# A project of its own, whose tests write down where they ran.
CONFTEST = """
import os, pathlib, time
import pytest
from tests.sharing import Choice

HERE = pathlib.Path(__file__).parent

def pytest_addoption(parser):
    parser.addoption("--database")
    parser.addoption("--shared", type=pathlib.Path)

def pytest_configure(config):
    config.pluginmanager.register(Choice(config.getoption("--database"), config.getoption("--shared")))

db = browser = postgres = pytest.fixture(lambda: None)

@pytest.fixture(autouse=True)
def written_down(request):
    with (HERE / "ran").open("a") as ran:
        ran.write(f"{request.node.name} {request.config.getoption('--database')} {os.getpid()}\\n")

@pytest.fixture
def wait_for():
    def wait(name):
        end = time.monotonic() + 60
        while f"{name} " not in (HERE / "ran").read_text():
            assert time.monotonic() < end, f"{name} did not run meanwhile"
            time.sleep(0.02)
    return wait
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    only_on\n")
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [str(ROOT / "bin" / "run-tests"), sys.executable, "-p", "no:cacheprovider", *arguments]


def environment() -> dict[str, str]:
    own = {name: os.environ[name] for name in ("PATH", "HOME")}
    return own | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=project,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def ran(project: Path) -> Counter[tuple[str, str]]:
    """How often each test ran on each database."""
    lines = (project / "ran").read_text().splitlines()
    return Counter((name, database) for name, database, _pid in map(str.split, lines))


def test_each_test_runs_once_a_database_or_once_in_all(project: Path):
    for number in range(4):
        (project / f"test_plain{number}.py").write_text(
            f"def test_p{number}(): pass\ndef test_q{number}(): pass\n"
        )
    (project / "test_database.py").write_text(
        "def test_both(db): pass\ndef test_browser(browser, db): pass\ndef test_postgres(postgres): pass\n"
        "def test_beside(): pass\n"
    )
    done = run(project)
    assert done.returncode == 0, done.stdout + done.stderr
    found = ran(project)
    assert set(found.values()) == {1}
    both = {
        (name, database) for name, database in found if name in ("test_both", "test_browser", "test_postgres")
    }
    assert both == {
        ("test_both", "sqlite"),
        ("test_both", "postgresql"),
        ("test_browser", "sqlite"),
        ("test_postgres", "postgresql"),
    }
    plain = sorted(name for name, _database in set(found) - both)
    assert plain == sorted(["test_beside", *(f"test_{letter}{n}" for letter in "pq" for n in range(4))])


def test_what_no_database_changes_runs_on_the_named_one(project: Path):
    (project / "test_a.py").write_text(
        "import pytest\n"
        '@pytest.mark.parametrize("n", [pytest.param(n, marks=pytest.mark.only_on(d), id=d)\n'
        '    for n, d in enumerate(["sqlite", "postgresql"])])\n'
        "def test_words(db, n): pass\n"
        "def test_rows(db): pass\n"
        '@pytest.mark.only_on("postgresql")\ndef test_plain(): pass\n'
    )
    done = run(project)
    assert done.returncode == 0, done.stdout + done.stderr
    found = ran(project)
    assert {pair for pair in found if pair[0] != "test_plain"} == {
        ("test_words[sqlite]", "sqlite"),
        ("test_words[postgresql]", "postgresql"),
        ("test_rows", "sqlite"),
        ("test_rows", "postgresql"),
    }
    assert [name for name, _database in found.elements()].count("test_plain") == 1


def test_a_mark_that_names_no_database_stops_the_run(project: Path):
    (project / "test_a.py").write_text(
        'import pytest\n@pytest.mark.only_on("sqllite")\ndef test_a(db): pass\n'
    )
    done = run(project)
    assert done.returncode == 1
    assert "test_a.py::test_a: only_on names one of sqlite, postgresql" in done.stdout + done.stderr


def test_whoever_is_free_takes_the_next_file(project: Path):
    # Each of the two ends only while the other one runs, so one run alone would never come to the second.
    (project / "test_a.py").write_text("def test_a(wait_for): wait_for('test_b')\n")
    (project / "test_b.py").write_text("def test_b(wait_for): wait_for('test_a')\n")
    done = run(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(ran(project).values()) == [1, 1]


def test_programs_that_tests_start_hear_ctrl_c_in_both_runs(project: Path):
    ask = "import signal; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    for name, other in ("ab", "ba"):
        (project / f"test_{name}.py").write_text(
            f"import subprocess, sys\ndef test_{name}(wait_for):\n    wait_for('test_{other}')\n"
            f"    subprocess.run([sys.executable, '-c', {ask!r}], check=True)\n"
        )
    done = run(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(set(ran(project))) == 2


def test_a_choice_holds_for_both_runs_and_may_not_be_empty(project: Path):
    (project / "test_a.py").write_text("def test_word(): pass\ndef test_other(db): pass\n")
    assert run(project, "-k", "word").returncode == 0
    assert [name for name, _database in ran(project).elements()] == ["test_word"]
    assert run(project, "-k", "nothing").returncode == 1


@pytest.mark.parametrize(
    "test", ["(): assert 0", "(db, request): assert request.config.option.database[0] == 's'"]
)
def test_one_failure_anywhere_fails_the_run(project: Path, test: str):
    (project / "test_a.py").write_text(f"def test_a{test}\n")
    (project / "test_b.py").write_text("def test_b(db): pass\n")
    done = run(project)
    assert done.returncode == 1
    assert "1 failed" in done.stdout


def test_what_was_found_and_not_run_is_told(project: Path):
    (project / "test_a.py").write_text("def test_a(): pass\ndef test_lost(): pass\n")
    with (project / "conftest.py").open("a") as conftest:
        conftest.write("def pytest_collection_finish(session): session.items.pop()\n")
    done = run(project)
    assert done.returncode == 1
    assert "1 tests were found and not run" in done.stdout
    assert "test_a.py::test_lost" in done.stdout


def test_a_run_that_goes_away_in_the_middle_is_no_success(project: Path):
    (project / "test_a.py").write_text("import os\ndef test_a(): os._exit(0)\n")
    done = run(project)
    assert done.returncode == 1
    assert "test_a.py::test_a" in done.stdout.rpartition("not run")[2]


def test_ctrl_c_ends_both_runs_in_order(project: Path):
    for name in "ab":
        (project / f"test_{name}.py").write_text(
            "import pathlib, time\nimport pytest\n@pytest.fixture\ndef server():\n    yield\n"
            f"    pathlib.Path('ended-{name}').touch()\ndef test_{name}(server):\n"
            f"    pathlib.Path('begun-{name}').touch()\n    time.sleep(60)\n"
        )
    with subprocess.Popen(
        command(),
        cwd=project,
        env=environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until(lambda: (project / "begun-a").exists() and (project / "begun-b").exists(), "both tests")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        assert process.wait(60) == 130
    pids = [line.split()[2] for line in (project / "ran").read_text().splitlines()]
    assert len(set(pids)) == 2
    assert (project / "ended-a").exists() and (project / "ended-b").exists()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("fixture", ["db", "transactional_db", "live_server", "django_db_setup"])
def test_whatever_asks_for_the_database_runs_on_each(fixture: str):
    assert databases_of([fixture, "tmp_path"], marked=False) == DATABASES


def test_a_mark_is_enough_to_run_on_each_database():
    assert databases_of(["tmp_path"], marked=True) == DATABASES
    assert databases_of(["tmp_path"], marked=False) == ()
