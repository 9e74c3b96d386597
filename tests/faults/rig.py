"""The product's Celery application with a fault in it: `celery -A tests.faults.rig` dies at one step, by a clock that can be set.

FAULT_STEP names the step (steps.py) and FAULT_MARK a file: whoever makes it dies, once in a trial. FAULT_SABOTAGE breaks the
engine itself, for the trials that show that a broken engine is found out. FAULT_CLOCK is a file with the seconds that the
product's clock is ahead of the real one.
"""

import os
import select
import signal
import smtplib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.utils import timezone

from config.celery import app  # Celery looks for this name
from tests.faults.steps import STEPS

__all__ = ["app"]
_real_now = timezone.now
_dying_at_commit = threading.local()


def set_clock(file: Path) -> None:
    def now() -> datetime:
        return _real_now() + timedelta(seconds=float(file.read_text()))

    timezone.now = now


def die_first(mark: Path, last_words: Callable[[], None] = lambda: None) -> None:
    """SIGKILL to ourselves after the last words, for the first who gets here."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    last_words()
    os.kill(os.getpid(), signal.SIGKILL)


def find(dotted: str) -> tuple[Any, str]:
    """The object that holds the named function, and the function's name there."""
    names = dotted.split(".")
    for cut in range(len(names) - 1, 0, -1):
        try:
            owner: Any = import_module(".".join(names[:cut]))
        except ModuleNotFoundError:
            continue
        for name in names[cut:-1]:
            owner = getattr(owner, name)
        return owner, names[-1]
    raise LookupError(dotted)


def replace(dotted: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    owner, name = find(dotted)
    setattr(owner, name, make(getattr(owner, name)))


def arm(step_name: str, mark: Path) -> None:
    step, calls = STEPS[step_name], count(1)

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def replacement(*args: Any, **kw: Any) -> Any:
            here = next(calls) == step.nth
            if here and step.moment in ("half", "whole"):
                die_first(mark, lambda: _hand_over(*args, half=step.moment == "half"))
            if here and step.moment == "before":
                die_first(mark)
            _dying_at_commit.now = here and step.moment == "commit"
            result = real(*args, **kw)
            _dying_at_commit.now = False
            if here and step.moment == "after":
                die_first(mark)
            return result

        return replacement

    def committing(real: Callable[..., Any]) -> Callable[..., Any]:
        def replacement(self: Any) -> Any:
            if getattr(_dying_at_commit, "now", False):
                die_first(mark)
            return real(self)

        return replacement

    replace(step.target, dying)
    if step.moment == "commit":
        replace("django.db.backends.base.base.BaseDatabaseWrapper._commit", committing)


def _hand_over(server: smtplib.SMTP, content: bytes, meanwhile: object, *, half: bool) -> None:
    """The message up to its middle, or until the server's answer lies unread."""
    whole = content + b".\r\n"
    server.send(whole[: len(whole) // 2] if half else whole)
    if not half:
        select.select([server.sock], [], [], 30)


def sabotage(how: str) -> None:
    calls = count(1)

    def broken(real: Callable[..., Any]) -> Callable[..., Any]:
        def deliver(channel: Any, message: Any, *meanwhile: Any) -> None:
            fifth = next(calls) % 5 == 0
            if not (fifth and how == "lose"):
                real(channel, message, *meanwhile)
            if fifth and how.startswith("repeat"):
                if how == "repeat-apart":
                    message.wire._content = message.wire._content.replace(b"<duban-", b"<another-")
                real(channel, message, *meanwhile)

        return deliver

    if how == "believe":
        replace("tracker.reminders.sending.no_longer_true", lambda real: lambda *args, **kw: {})
    else:
        replace("tracker.reminders.channels.email.transport.EmailChannel.deliver", broken)


django.setup()
if file := os.environ.get("FAULT_CLOCK"):
    set_clock(Path(file))
if name := os.environ.get("FAULT_STEP"):
    arm(name, Path(os.environ["FAULT_MARK"]))
if name := os.environ.get("FAULT_SABOTAGE"):
    sabotage(name)
