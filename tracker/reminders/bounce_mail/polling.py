"""Reading the mailbox that mails come back to: what is new in it, and no more than a run may take; its troubles are kept."""

import hashlib
import imaplib
import logging
import poplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from tracker.models import BounceMailbox
from tracker.reminders.bounce_mail.imap import ImapBox
from tracker.reminders.bounce_mail.notice import Unreadable
from tracker.reminders.bounce_mail.pop3 import Pop3Box
from tracker.reminders.bounce_mail.taking import Taken, Verdict, take
from tracker.reminders.lines import one_line

logger = logging.getLogger(__name__)

# A run ends by itself long before the limit of a task, so that the workers keep sending.
LONGEST_RUN = timedelta(seconds=60)
# Of a mailbox that also gets other mail; what is left is for the next run.
MOST_MESSAGES = 100
# So many readings missed, and somebody should look; one is a mail server's restart.
READINGS_MISSED = 3


class Box(Protocol):
    """One mailbox, open: the messages not looked at yet, and what may be done with one."""

    def new(self, state: BounceMailbox, *, now: datetime) -> list[str]:
        """Keys of the messages, in the order in which they are to be read."""

    def read(self, key: str) -> bytes: ...

    def handled(self, key: str) -> None:
        """It was about a mail of ours, and nobody needs to read it."""

    def looked_at(self, state: BounceMailbox, key: str) -> None:
        """Not to be looked at again."""

    def close(self) -> None: ...


@dataclass
class Polled:
    """One run: what became of each message looked at; `left` ones wait for the next; `error` is Chinese."""

    taken: list[Taken] = field(default_factory=list)
    left: int = 0
    error: str = ""

    @property
    def recorded(self) -> int:
        return sum(one.verdict is Verdict.RECORDED for one in self.taken)


def poll(*, clock: Callable[[], datetime]) -> Polled:
    """Read what is new in the mailbox of DUBAN_BOUNCE_MAILBOX_URL. Twice at once is harmless: a notice changes things once.

    A mailbox that cannot be read is noted with its reason and logged; a database error is raised.
    """
    config, run, now = settings.BOUNCE_MAILBOX, Polled(), clock()
    state = _state(config)
    try:
        box: Box = (ImapBox if config["protocol"] == "imap" else Pop3Box).open(config)
        try:
            _read(box, state, run, clock=clock, until=now + LONGEST_RUN)
        finally:
            box.close()
    except (imaplib.IMAP4.error, poplib.error_proto, OSError) as error:
        run.error = _described(error)
        logger.error("the bounce mailbox cannot be read: %s", run.error)
    now = clock()
    state.error = run.error[:500]
    state.failed_since = (state.failed_since or now) if run.error else None
    if not run.error:
        state.read_at = now
    state.save()
    return run


def trouble(*, now: datetime) -> str:
    """What keeps the mailbox from being read, as a sentence; "" when it is read or none is set."""
    if not settings.BOUNCE_MAILBOX:
        return ""
    state = BounceMailbox.objects.filter(pk=1).first()
    since = state.failed_since if state else None
    patience = timedelta(seconds=READINGS_MISSED * settings.BOUNCE_POLL_SECONDS)
    if state is None or since is None or now - since < patience:
        return ""
    return f"退信邮箱自{timezone.localtime(since):%m月%d日%H:%M}起无法读取：{state.error}"


def _state(config: dict[str, str]) -> BounceMailbox:
    named = "|".join(str(config[name]) for name in ("protocol", "host", "port", "user", "folder"))
    key = hashlib.sha256(named.encode()).hexdigest()
    state = BounceMailbox.objects.filter(pk=1).first()
    return state if state is not None and state.mailbox == key else BounceMailbox(pk=1, mailbox=key)


def _read(
    box: Box, state: BounceMailbox, run: Polled, *, clock: Callable[[], datetime], until: datetime
) -> None:
    keys = box.new(state, now=clock())
    for number, key in enumerate(keys):
        if number >= MOST_MESSAGES or clock() >= until:
            run.left = len(keys) - number
            logger.warning("%d messages of the bounce mailbox are left for the next run", run.left)
            return
        try:
            content = box.read(key)
        except Unreadable:
            box.looked_at(state, key)
            run.left = len(keys) - number - 1
            return
        taken = take(content, now=clock())
        run.taken.append(taken)
        if taken.verdict is Verdict.LATER:
            run.left = len(keys) - number
            return  # in their order, or it would be passed over
        if taken.ours:
            box.handled(key)
        box.looked_at(state, key)


def _described(error: Exception) -> str:
    words = one_line(str(error).removeprefix("b'").removesuffix("'"), 200)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"退信邮箱服务器的证书不受信任或与主机名不符：{words}"
    if isinstance(error, ssl.SSLError):
        return f"与退信邮箱服务器的加密连接失败，请检查地址前缀和端口：{words}"
    if isinstance(error, TimeoutError):
        return "退信邮箱服务器超时未答复。"
    if isinstance(error, OSError) and not isinstance(error, imaplib.IMAP4.error):
        return f"无法连接退信邮箱服务器：{words}"
    return f"退信邮箱服务器拒绝，请检查 DUBAN_BOUNCE_MAILBOX_URL 中的用户名、密码和文件夹：{words}"
