"""Runs several programs as one: they start together, and the end of any of them is the end of all."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Self

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A task that runs longer is cut off; its reminders are rows and are taken up again.
FAREWELL_SECONDS = 8


class Died(Exception):
    """A program ended that nobody asked to end; `name` is its Chinese name, `code` its exit code."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(name, code)
        self.name, self.code = name, code


class Together:
    """A context in which programs run; leaving it, by whatever way, ends them with all their descendants.

    Each program leads a session of its own, so that Ctrl-C reaches this process alone, which then ends the
    others in order. `stopped` is set by SIGINT, SIGTERM and SIGHUP; a second signal cuts the farewell short.
    """

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._hurry = False
        self._running: dict[str, subprocess.Popen[bytes]] = {}
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

    def start(self, name: str, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        # Should this process be killed outright, the kernel ends the programs.
        leash = [setpriv, "--pdeathsig", "TERM"] if (setpriv := shutil.which("setpriv")) else []
        self._running[name] = subprocess.Popen(
            [*leash, *command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def wait_for(self, ready: Callable[[], bool], every: float = 0.2) -> bool:
        """Returns True once `ready()` is, False when asked to stop before. Raises Died."""
        while not self.stopped.is_set():
            for name, process in self._running.items():
                if process.poll() is not None:
                    raise Died(name, process.returncode)
            if ready():
                return True
            self.stopped.wait(every)
        return False

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._hurry = self.stopped.is_set()
        self.stopped.set()

    def _end_all(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + FAREWELL_SECONDS
        while not self._hurry and time.monotonic() < end:
            if all(process.poll() is not None for process in self._running.values()):
                break
            time.sleep(0.05)
        for process in self._running.values():
            # The whole session: what a program left behind when it ended goes too.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
