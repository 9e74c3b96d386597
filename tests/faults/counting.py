"""What arrived beside what was due: how much was sent, lost, doubled or out of date. It knows nothing of the engine."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import NamedTuple

_DAY = re.compile(r"截至(\d+年\d+月\d+日)")
_HEADING = re.compile(r"■ (.+) \d+ 项")
# Every matter of these trials is called by a number of its own, wherever in its line it stands; what is said of it is indented.
_MATTER = re.compile(r"(?!  ).*?(M\d{5})")
# The signed part of a link is made of letters and digits like any other, and sooner or later looks like a matter's number.
_LINK = re.compile(r"https?://\S+")


class Notice(NamedTuple):
    """One thing to be told to one address. `day`: as of which day it is told, in Chinese, "" where it does not matter."""

    address: str
    matter: str
    kind: str
    day: str = ""

    def __str__(self) -> str:
        return " ".join(self).strip()


class Arrival(NamedTuple):
    """One notice in one message that the mail server accepted."""

    notice: Notice
    message_id: str


@dataclass(frozen=True)
class Ledger:
    """How many rows the product's own ledger holds in which state."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Count:
    """`arrived` different notices, `sent` of those expected; `doubled` copies under the same Message-ID, `doubled_apart`
    under another; `stale` arrived and was not due."""

    expected: int
    arrived: int
    sent: int
    lost: tuple[Notice, ...]
    doubled: tuple[Notice, ...]
    doubled_apart: tuple[Notice, ...]
    stale: tuple[Notice, ...]


def arrivals(messages: Iterable[EmailMessage], *, with_day: bool = False) -> list[Arrival]:
    """What the plain text of each message tells whom. Raises ValueError for a message without text or day."""
    found = []
    for message in messages:
        body = message.get_body(("plain",))
        if body is None:
            raise ValueError(f"no text: {message['Subject']}")
        text = body.get_content()
        day = _DAY.search(text)
        if day is None:
            raise ValueError(f"no day: {text[:200]}")
        kind = ""
        for line in text.splitlines():
            if matter := _MATTER.match(_LINK.sub("", line)):
                notice = Notice(message["To"], matter[1], kind, day[1] if with_day else "")
                found.append(Arrival(notice, message["Message-ID"]))
            elif heading := _HEADING.fullmatch(line):
                kind = heading[1]
    return found


def count(
    expected: Collection[Notice], arrived: Iterable[Arrival], *, admitted: Collection[Notice] = ()
) -> Count:
    """`admitted` may arrive, and need not."""
    due, may = set(expected), {*expected, *admitted}
    copies: dict[Notice, Counter[str]] = {}
    for notice, message_id in arrived:
        copies.setdefault(notice, Counter())[message_id] += 1
    doubled, apart = [], []
    for notice, by_id in copies.items():
        first, *others = by_id.values()
        doubled += [notice] * (first - 1)
        apart += [notice] * sum(others)
    return Count(
        expected=len(due),
        arrived=len(copies),
        sent=len(due & copies.keys()),
        lost=tuple(sorted(due - copies.keys())),
        doubled=tuple(doubled),
        doubled_apart=tuple(apart),
        stale=tuple(sorted(copies.keys() - may)),
    )


def faults_in(found: Count, ledger: Ledger, *, doubled_at_most: int = 0, failed: int = 0) -> list[str]:
    """What is wrong, in words; empty when nothing is. `failed`: how many rows are to stand as refused for good."""
    wrong = []
    if found.lost:
        wrong.append(f"{len(found.lost)} lost, the first: {found.lost[0]}")
    if len(found.doubled) > doubled_at_most:
        wrong.append(
            f"{len(found.doubled)} doubled under one Message-ID, {doubled_at_most} allowed, "
            f"the first: {found.doubled[0]}"
        )
    if found.doubled_apart:
        wrong.append(
            f"{len(found.doubled_apart)} doubled under another Message-ID, "
            f"the first: {found.doubled_apart[0]}"
        )
    if found.stale:
        wrong.append(f"{len(found.stale)} out of date, the first: {found.stale[0]}")
    if ledger.sent != found.arrived:
        wrong.append(f"{found.arrived} different notices arrived, the ledger says {ledger.sent}")
    if ledger.waiting:
        wrong.append(f"{ledger.waiting} still waiting in the ledger")
    if ledger.failed != failed:
        wrong.append(f"{ledger.failed} failed in the ledger instead of {failed}")
    return wrong
