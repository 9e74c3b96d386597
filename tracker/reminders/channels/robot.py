"""What the robots and the webhook share: which endpoint a digest goes to, how it is shortened, what an answer means."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import gettext as _

from tracker.models import Endpoint
from tracker.reminders.channels import DeliveryError, Making, nothing
from tracker.reminders.channels.http import Answer, post_json
from tracker.reminders.digest import Digest
from tracker.reminders.items import Item
from tracker.reminders.lines import one_line
from tracker.rules.reminder_kinds import KINDS

# A group reads the head of a list; the site has all of it.
LISTED = 20
# Stands for what is hidden; no real address has it.
MASK = "****"
# In a robot's markdown these would format, link or mention (<@all>): written full-width they are only text.
_HARMLESS = str.maketrans("<>[]()*_`#!~|\\@", "＜＞［］（）＊＿｀＃！～｜＼＠")


@dataclass(frozen=True)
class Post:
    """A request ready to go."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def masked(url: str) -> str:
    """An address as it may be shown: its keys (all that a query gives, a password, 飞书's last step of the path) are hidden."""
    parts = urlsplit(url)
    query = "&".join(
        f"{name}={_masked(value)}" if given else _masked(name)
        for name, given, value in (pair.partition("=") for pair in parts.query.split("&") if pair)
    )
    head, slash, token = parts.path.rpartition("/")
    path = f"{head}{slash}{_masked(token)}" if "/hook/" in parts.path and token else parts.path
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{MASK}{at}{host}" if user else host, path, query, ""))


def _masked(secret: str) -> str:
    """Its last four characters tell it from another; a short one shows nothing."""
    return MASK + (secret[-4:] if len(secret) >= 16 else "")


def harmless(text: str) -> str:
    """User text that a markdown reader takes for nothing but text."""
    return text.translate(_HARMLESS)


class EndpointChannel(ABC):
    """Posts digests to the Endpoint that their recipient names (`wecom:3`)."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Each post has a connection of its own: there is nothing to close."""
        return None

    def prepare(self, digest: Digest, *, message_id: str, now: datetime) -> Making:
        """Makes a Post, in one piece; raises DeliveryError when the endpoint is gone or switched off."""
        yield from ()
        pk = digest.recipient.partition(":")[2]
        endpoint = Endpoint.objects.filter(pk=pk, active=True).first() if pk.isdecimal() else None
        if endpoint is None:
            raise DeliveryError(_("推送目标已删除或停用。"), permanent=True)
        return self.post(endpoint, digest, message_id=message_id, now=now)

    def deliver(self, message: Post, meanwhile: Callable[[], None] = nothing) -> None:
        """Returns when the other side has taken it; raises DeliveryError otherwise."""
        self.judge(post_json(message.url, message.body, message.headers))

    @abstractmethod
    def post(self, endpoint: Endpoint, digest: Digest, *, message_id: str, now: datetime) -> Post:
        """The request for a digest."""

    @abstractmethod
    def judge(self, answer: Answer) -> None:
        """Returns when the answer says yes; raises DeliveryError otherwise."""


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def shortened(digest: Digest, write: Callable[[list[Item], int], str], *, most: int) -> str:
    """The longest text of at most `most` UTF-8 bytes; `write` is given the items to list and how many are left out."""
    for listed in range(min(LISTED, len(digest.items)), -1, -1):
        text = write(list(digest.items[:listed]), len(digest.items) - listed)
        if len(text.encode()) <= most:
            return text
    raise DeliveryError(_("消息过长，无法推送。"), permanent=True)


def markdown(digest: Digest, *, most: int) -> str:
    """The digest as the markdown that the robots understand."""

    def write(items: list[Item], left: int) -> str:
        lines = [f"**{harmless(digest.subject)}**", harmless(digest.salutation)]
        lines += [
            f"> [{harmless(f'{item.number} {item.title}')}]({item.url})\n> {_which(item)}{item.when}　{harmless(item.lead)}{_deadline(item)}{_beside(item)}"
            for item in items
        ]
        if left:
            lines.append(_("另有 %d 项，请登录系统查看。") % left)
        if digest.on_request:
            lines.append(_("本消息按%s的时限情况生成，并非发送当日的情况。") % digest.today)
        return "\n\n".join(lines)

    return shortened(digest, write, most=most)


def _which(item: Item) -> str:
    """完成选址："""
    return f"{harmless(item.which)}：" if item.which else ""


def _deadline(item: Item) -> str:
    """The measure's deadline where that is what the notice is about."""
    return f"　{item.day_line}" if KINDS[item.kind].is_news else ""


def _beside(item: Item) -> str:
    return f"\n> {harmless(item.note)}" if item.note else ""


def not_http_ok(answer: Answer) -> DeliveryError | None:
    """What a status other than 200 means for a robot; None for 200."""
    if answer.status == 200:
        return None
    said = f"HTTP {answer.status} {answer.text}"
    if answer.status == 429 or answer.status >= 500:
        return DeliveryError(_("对方暂不受理：%s") % said, unavailable=True, wait=retry_after(answer))
    # A robot deleted, a path mistyped, a key withdrawn: mended at the other side or here, and until then nothing is lost.
    return DeliveryError(_("对方拒绝，请检查推送目标：%s") % said, misconfigured=True)


def retry_after(answer: Answer) -> timedelta | None:
    """The pause that the other side asks for, at most a day."""
    for name, value in answer.headers.items():
        if name.lower() == "retry-after" and value.strip().isdecimal():
            return timedelta(seconds=min(int(value), 86_400))
    return None


def by_code(
    code: object,
    said: object,
    *,
    busy: Mapping[int, timedelta],
    misconfigured: frozenset[int],
) -> None:
    """Judges a vendor's own error code: 0 is yes. `busy` codes are tried again after their pause; `misconfigured` ones need
    somebody to mend the endpoint and are tried again too; the rest are refused for good."""
    if code == 0:
        return
    words = one_line(f"{code} {said}", 300)
    if not isinstance(code, int):
        raise DeliveryError(_("对方的答复无法识别：%s") % words, unavailable=True)
    if code in busy:
        raise DeliveryError(_("对方限流或繁忙：%s") % words, unavailable=True, wait=busy[code])
    if code in misconfigured:
        raise DeliveryError(_("推送目标设置有误：%s") % words, misconfigured=True, wait=timedelta(minutes=30))
    raise DeliveryError(_("对方拒绝：%s") % words, permanent=True)
