"""Programs run together end together, whatever one of them does; one that can be spared is started again."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.servers import wait_until
from tracker.management import processes
from tracker.management.processes import Died, Together

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def gone(pid: int) -> bool:
    """True once the process has ended; a zombie that nobody has asked after has ended."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def read_pid(file: Path) -> int:
    wait_until(lambda: file.exists() and file.read_text().endswith("\n"), f"{file.name} written")
    return int(file.read_text())


def test_one_death_is_named_and_ends_the_others(tmp_path: Path):
    note = "import os; open('pid', 'w').write(f'{os.getpid()}\\n'); import time; time.sleep(600)"
    with pytest.raises(Died) as death, Together() as programs:
        programs.start("甲", program(note), cwd=tmp_path, env=os.environ)
        pid = read_pid(tmp_path / "pid")
        assert not gone(pid)
        programs.start("乙", program("raise SystemExit(7)"), cwd=tmp_path, env=os.environ)
        programs.wait_for(lambda: False, every=0.01)
    assert (death.value.name, death.value.code) == ("乙", 7)
    assert gone(pid)


def test_what_a_dead_program_left_behind_is_ended(tmp_path: Path):
    leave = (
        "import subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "open('pid', 'w').write(f'{child.pid}\\n')"
    )
    with pytest.raises(Died), Together() as programs:
        programs.start("甲", program(leave), cwd=tmp_path, env=os.environ)
        programs.wait_for(lambda: False, every=0.01)
    pid = read_pid(tmp_path / "pid")
    wait_until(lambda: gone(pid), "end of the grandchild")


def test_a_program_that_will_not_stop_is_killed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(processes, "FAREWELL_SECONDS", 0.1)
    deaf = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "open('pid', 'w').write(f'{os.getpid()}\\n'); time.sleep(600)"
    )
    with Together() as programs:
        programs.start("甲", program(deaf), cwd=tmp_path, env=os.environ)
        pid = read_pid(tmp_path / "pid")
    assert gone(pid)


@pytest.mark.parametrize("number", processes.STOP_SIGNALS)
def test_a_signal_stops_the_waiting_and_the_old_handlers_return(tmp_path: Path, number: signal.Signals):
    before = {each: signal.getsignal(each) for each in processes.STOP_SIGNALS}
    with Together() as programs:
        programs.start("甲", SLEEP, cwd=tmp_path, env=os.environ)
        os.kill(os.getpid(), number)
        assert programs.wait_for(lambda: False) is False
    assert {each: signal.getsignal(each) for each in processes.STOP_SIGNALS} == before


def test_ready_is_told(tmp_path: Path):
    with Together() as programs:
        programs.start("甲", SLEEP, cwd=tmp_path, env=os.environ)
        assert programs.wait_for(lambda: True) is True


def test_one_that_can_be_spared_is_started_again_after_growing_pauses(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(processes, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(processes, "LONGEST_PAUSE", 0.02)
    told: list[tuple[str, int, float]] = []
    with Together() as programs:
        programs.start("甲", SLEEP, cwd=tmp_path, env=os.environ)
        programs.start(
            "乙",
            program("open('runs', 'a').write('.'); raise SystemExit(7)"),
            cwd=tmp_path,
            env=os.environ,
            again=lambda *death: told.append(death),
        )
        assert programs.wait_for(lambda: len(told) == 4, every=0.01) is True
    assert told == [("乙", 7, 0.01), ("乙", 7, 0.02), ("乙", 7, 0.02), ("乙", 7, 0.02)]
    assert (tmp_path / "runs").read_text() == "...."


def test_the_pause_is_short_again_after_a_steady_run(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(processes, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(processes, "STEADY_AFTER", 0.0)
    told: list[float] = []
    with Together() as programs:
        programs.start(
            "乙",
            program("raise SystemExit(1)"),
            cwd=tmp_path,
            env=os.environ,
            again=lambda name, code, pause: told.append(pause),
        )
        assert programs.wait_for(lambda: len(told) == 3, every=0.01) is True
    assert told == [0.01] * 3


def test_what_a_spared_program_left_behind_is_ended_before_the_next(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(processes, "FIRST_PAUSE", 0.01)
    leave = (
        "import subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "open('pids', 'a').write(f'{child.pid}\\n')"
    )
    told: list[int] = []
    with Together() as programs:
        programs.start(
            "乙",
            program(leave),
            cwd=tmp_path,
            env=os.environ,
            again=lambda name, code, pause: told.append(code),
        )
        assert programs.wait_for(lambda: len(told) == 2, every=0.01) is True
    first = int((tmp_path / "pids").read_text().split()[0])
    wait_until(lambda: gone(first), "end of the first one's child")
