"""The embedded default's message queue: kombu's file transport, but that no half-written file can stop the product.

kombu makes a message's file and then fills it, and what it cannot read ends whoever reads it. Here a file appears whole or
not at all, and one that is no message (a full disk, a power cut, somebody's hand) is set aside under another name.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.transport.virtual import BrokerState
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
# Neither ending is that of a message, so nobody takes such a file for one.
UNREADABLE, UNFINISHED = ".unreadable", ".part"
# What reading a file as a message may raise: no JSON, no object, fields missing or of another kind, unknown codec.
_NOT_WHAT_IT_SHOULD_BE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _write_whole(path: Path, value: object) -> None:
    """Puts the value into `path` as JSON, at once: a reader sees what was there before or all of it. Raises OSError."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}{UNFINISHED}")
    try:
        draft.write_text(dumps(value), encoding="utf-8")
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def _set_aside(path: Path) -> None:
    """Out of everybody's way, kept for whoever wants to know; what cannot be moved is left."""
    with suppress(OSError):
        path.rename(path.with_name(path.name + UNREADABLE))
        logger.error("the queue's file %s cannot be read and was set aside", path)


class Channel(filesystem.Channel):
    """What kombu's does, with files that are whole."""

    # exchange -> what this process bound to it, should the file that says so be spoilt or go.
    bound: ClassVar[dict[str, list[exchange_queue_t]]] = {}

    def _put(  # type: ignore[override]  # kombu's stubs disagree about its name
        self, queue: str, payload: Any, **kwargs: Any
    ) -> None:
        # In the order of sending, over restarts of the machine too.
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        try:
            _write_whole(Path(self.data_folder_out) / name, payload)
        except OSError as error:
            raise ChannelError(f"cannot write the message {name}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The queue's oldest message, which is nobody else's then. Raises Empty."""
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            message = self._taken(folder / name)
            if message is not None:
                return message
        raise Empty

    def _taken(self, path: Path) -> Any:
        """The message in this file, removed from the queue; None when another was quicker or when it is none."""
        try:
            payload = loads(path.read_bytes().decode())
            self.Message(payload, channel=self)
            path.unlink()
        except FileNotFoundError:
            return None
        except (OSError, *_NOT_WHAT_IT_SHOULD_BE):
            _set_aside(path)
            return None
        return payload

    def get_table(self, exchange: str) -> list[Any]:
        path = self._file(exchange)
        try:
            return self._table(path)
        except (FileNotFoundError, *_NOT_WHAT_IT_SHOULD_BE):
            return self._mended(exchange)
        except OSError as error:
            raise ChannelError(f"cannot read {path}: {error}") from error

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None
    ) -> None:
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        own = self.bound.setdefault(exchange, [])
        if binding not in own:
            own.insert(0, binding)
        with self._alone(exchange) as path:
            table = self.get_table(exchange)
            if binding not in table:
                _write_whole(path, [binding, *table])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        """As kombu's: without the queue's messages and without its line in the exchange's table."""
        self._purge(queue)
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self.bound[exchange] = [each for each in self.bound.get(exchange, []) if each != binding]
        with self._alone(exchange) as path:
            table = self.get_table(exchange)
            if binding in table:
                _write_whole(path, [each for each in table if each != binding])

    def _file(self, exchange: str) -> Path:
        """Where the exchange's table stands. Raises ChannelError for a name that no file can have."""
        path: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]  # newer than kombu's stubs
        return path

    @staticmethod
    def _table(path: Path) -> list[exchange_queue_t]:
        return [exchange_queue_t(*line) for line in loads(path.read_bytes().decode())]

    def _mended(self, exchange: str) -> list[exchange_queue_t]:
        """A table that is spoilt or gone, written anew from what this process knows; other processes bind their queues when they start."""
        own = list(self.bound.get(exchange, []))
        path = self._file(exchange)
        _set_aside(path)
        if own:
            with suppress(OSError):
                _write_whole(path, own)
        return own

    @contextmanager
    def _alone(self, exchange: str) -> Iterator[Path]:
        """The exchange's file, which no other process changes meanwhile. Raises ChannelError."""
        path = self._file(exchange)
        try:
            path.parent.mkdir(exist_ok=True)
            with path.with_suffix(".lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield path
        except OSError as error:
            raise ChannelError(f"cannot change {path}: {error}") from error


class Transport(filesystem.Transport):
    """The file transport over the channel above; CELERY_BROKER_TRANSPORT names it."""

    Channel = Channel
    global_state = BrokerState()
