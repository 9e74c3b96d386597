"""Runs several programs as one: they start together and end together; one that can be spared is started again."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Self

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A task that runs longer is cut off; its reminders are rows and are taken up again.
FAREWELL_SECONDS = 8
# A program that dies is started again after the first pause; each death soon after the last doubles it, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE, STEADY_AFTER = 1.0, 60.0, 300.0  # seconds


class Died(Exception):
    """A program ended that nobody asked to end; `name` is its Chinese name, `code` its exit code."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(name, code)
        self.name, self.code = name, code


@dataclass
class _Program:
    """`again` is what tells of a death before another start; None when the death is the end of all."""

    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    again: Callable[[str, int, float], None] | None
    process: subprocess.Popen[bytes]
    started: float
    pause: float
    # When to start it again; None while it runs.
    due: float | None = None


class Together:
    """A context in which programs run; leaving it, by whatever way, ends them with all their descendants.

    Each program leads a session of its own, so that Ctrl-C reaches this process alone, which then ends the
    others in order. `stopped` is set by SIGINT, SIGTERM and SIGHUP; a second signal cuts the farewell short.
    """

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._hurry = False
        self._running: dict[str, _Program] = {}
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._end_all()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        again: Callable[[str, int, float], None] | None = None,
    ) -> None:
        """Starts a program. With `again` its death is told there (name, exit code, seconds until the next start) and
        mended by wait_for; without, wait_for raises Died."""
        process = _popen(command, cwd, env)
        self._running[name] = _Program(command, cwd, env, again, process, time.monotonic(), FIRST_PAUSE)

    def wait_for(self, ready: Callable[[], bool], every: float = 0.2) -> bool:
        """Returns True once `ready()` is, False when asked to stop before. Raises Died."""
        while not self.stopped.is_set():
            for name, program in self._running.items():
                self._look_after(name, program)
            if ready():
                return True
            self.stopped.wait(every)
        return False

    def _look_after(self, name: str, program: _Program) -> None:
        code, now = program.process.poll(), time.monotonic()
        if code is None:
            return
        if program.again is None:
            raise Died(name, code)
        if program.due is None:
            if now - program.started >= STEADY_AFTER:
                program.pause = FIRST_PAUSE
            program.due = now + program.pause
            program.again(name, code, program.pause)
            program.pause = min(2 * program.pause, LONGEST_PAUSE)
        elif now >= program.due:
            # What it left behind would work beside the new one.
            _kill_session(program.process)
            program.process = _popen(program.command, program.cwd, program.env)
            program.started, program.due = now, None

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._hurry = self.stopped.is_set()
        self.stopped.set()

    def _end_all(self) -> None:
        processes = [program.process for program in self._running.values()]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + FAREWELL_SECONDS
        while not self._hurry and time.monotonic() < end:
            if all(process.poll() is not None for process in processes):
                break
            time.sleep(0.05)
        for process in processes:
            _kill_session(process)
            process.wait()


def _popen(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Should this process be killed outright, the kernel ends the programs.
    leash = [setpriv, "--pdeathsig", "TERM"] if (setpriv := shutil.which("setpriv")) else []
    return subprocess.Popen(
        [*leash, *command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    """The whole session: what a program left behind when it ended goes too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
