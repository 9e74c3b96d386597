"""Ways a digest reaches its recipient, one folder each; a channel delivers or says why not."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol

from tracker.reminders.digest import Digest


class DeliveryError(Exception):
    """A digest was not accepted. `str()` is Chinese, with the other side's own words.

    `permanent`: trying again will hardly help. `unavailable`: it is the way itself (no connection, wrong
    password), the next message would fare the same. `misconfigured`: somebody must change a setting.
    `bounced`: the address itself does not exist. `by_server`: the mail server said so, not we. `wait`: the other side asked for
    at least so long a pause.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unavailable: bool = False,
        misconfigured: bool = False,
        bounced: bool = False,
        by_server: bool = False,
        wait: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unavailable = unavailable or misconfigured
        self.misconfigured = misconfigured
        self.bounced = bounced
        self.by_server = by_server
        self.wait = wait


def nothing() -> None:
    """What is done meanwhile, as a rule."""


# A message in the making: each `next` does a piece of the work, and the last one returns the message.
Making = Generator[None, None, Any]


def made(making: Making) -> Any:
    """The message, in one go; raises whatever goes wrong in making it."""
    while True:
        try:
            next(making)
        except StopIteration as done:
            return done.value


class Channel(Protocol):
    """What every channel does."""

    def prepare(self, digest: Digest, *, message_id: str, now: datetime) -> Making:
        """Makes the message as it will be sent; raises whatever goes wrong in that."""

    def deliver(self, message: Any, meanwhile: Callable[[], None] = nothing) -> None:
        """Returns when the other side has accepted it; raises DeliveryError otherwise. `meanwhile`, which raises nothing, may
        be called whenever the other side is waited for, any number of times: each does a little other work."""


# One folder a channel; each has a `channel()` that opens it.
_FOLDERS = {
    name: f"tracker.reminders.channels.{name}" for name in ("email", "wecom", "dingtalk", "feishu", "webhook")
}


def open_channel(name: str) -> AbstractContextManager[Channel]:
    """The channel of that name, as a context manager. Raises LookupError for another."""
    module = import_module(_FOLDERS[name])
    opened: AbstractContextManager[Channel] = module.channel()
    return opened
