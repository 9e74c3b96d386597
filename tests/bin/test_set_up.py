"""The set-up scripts on machines that lack something: they install it where they may, else they say what to run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT

# What the scripts themselves call; everything else is missing unless a test puts it there.
BASICS = ("bash", "env", "mktemp", "rm", "tail", "head", "sha256sum", "cat", "dirname")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder to be the whole PATH of a script."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in BASICS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def program(machine: Path, name: str, script: str) -> None:
    path = machine / name
    path.write_text(f"#!/usr/bin/env bash\n{script}\n")
    path.chmod(0o755)


def run(machine: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "bin" / command[0]), *command[1:]],
        env={"PATH": str(machine), "HOME": os.environ["HOME"], **environment},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_nothing_is_done_where_nothing_is_missing(machine: Path):
    for name in ("initdb", "redis-server", "chromium", "apt-get"):
        program(machine, name, "exit 1")
    program(machine, "fc-list", "echo a font")
    done = run(machine, "install-packages")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_plain_user_is_told_the_one_line(machine: Path):
    for name in ("initdb", "apt-get"):
        program(machine, name, "exit 1")
    program(machine, "id", "echo 1000")
    program(machine, "sudo", "exit 1")  # asks for a password
    done = run(machine, "install-packages")
    assert done.returncode == 1
    *_, line = done.stderr.splitlines()
    assert line == "sudo apt-get install -y --no-install-recommends redis-server chromium fonts-noto-cjk"


@pytest.mark.parametrize(("user", "prefix"), [("0", ""), ("1000", "sudo ")])
def test_where_it_may_it_installs(machine: Path, tmp_path: Path, user: str, prefix: str):
    program(machine, "initdb", "exit 1")
    program(machine, "id", f"echo {user}")
    program(machine, "apt-get", f'echo "{prefix}$*" >>{tmp_path}/calls')
    program(machine, "sudo", 'shift; if [ "$1" = true ]; then exit 0; fi; exec "$@"')
    done = run(machine, "install-packages")
    assert done.returncode == 0, done.stderr
    update, install = (tmp_path / "calls").read_text().splitlines()
    assert update == f"{prefix}update -q"
    assert install.startswith(
        f"{prefix}install -y --no-install-recommends redis-server chromium fonts-noto-cjk"
    )


def test_a_failed_installation_fails_and_shows_why(machine: Path):
    program(machine, "id", "echo 0")
    program(machine, "apt-get", "echo no such package; exit 100")
    done = run(machine, "install-packages", "python3.99-venv")
    assert done.returncode == 1
    assert "no such package" in done.stderr
    assert "sudo apt-get install -y --no-install-recommends python3.99-venv" in done.stderr


def test_another_system_is_told_what_is_missing(machine: Path):
    done = run(machine, "install-packages", "redis-server")
    assert done.returncode == 1
    assert "redis-server" in done.stderr


def test_an_old_python_is_refused(machine: Path, tmp_path: Path):
    for name in ("python3.11", "python3"):
        program(machine, name, "exit 1")  # what the question for the version gives
    done = run(machine, "make-venv", str(tmp_path / "venv"), "requirements.txt")
    assert done.returncode == 1
    assert "需要 Python 3.11" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_second_run_installs_nothing(machine: Path, tmp_path: Path):
    venv = tmp_path / "venv"
    program(machine, "python3.11", FAKE_PYTHON)
    first = run(machine, "make-venv", str(venv), "requirements-dev.txt", CALLS=str(tmp_path / "calls"))
    assert first.returncode == 0, first.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert "-m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt" in calls
    # The development set holds the whole runtime set.
    for requirements in ("requirements-dev.txt", "requirements.txt"):
        again = run(machine, "make-venv", str(venv), requirements, CALLS=str(tmp_path / "calls"))
        assert (again.returncode, again.stdout) == (0, "")
    assert (tmp_path / "calls").read_text().splitlines() == calls


FAKE_PYTHON = """
echo "$*" >>"$CALLS"
if [ "$1 $2" = "-m venv" ]; then
    /bin/mkdir -p "$3/bin"
    /bin/cp "$0" "$3/bin/python"
fi
"""
