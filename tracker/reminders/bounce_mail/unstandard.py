"""Notices of mail servers that write to people only (older Exim, qmail, Chinese mail products): by whom, about whom, in which words."""

import re
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from tracker.reminders.channels.email.replies import Refusal, refusal

# Who writes such notices; what a person writes, or a person's out-of-office answer, is none.
_MACHINE = re.compile(
    r"mailer-daemon|postmaster|mail delivery|mail ?system|system administrator|退信|系统管理员", re.I
)
_DELAYED = re.compile(
    r"\bwarning\b|delayed|will (?:keep|continue|be) (?:trying|retr)|still trying|延迟投递|投递延迟|将继续(?:尝试|投递)|继续重试",
    re.I,
)
# Where the notice ends and the mail that came back begins.
_THE_MAIL_ITSELF = re.compile(
    r"^-{3,}.{0,40}(?:copy of|original|below this line|原(?:始|信|邮件)).*$|^(?:Return-Path|Received|Message-ID):",
    re.I | re.M,
)
_ADDRESS = re.compile(r"[\w.+\-=']+@[\w\-]+(?:\.[\w\-]+)+")
_REPLY = re.compile(r"\b(5\d\d)[ \-](.*)")
_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])")
# So much below an address is about it: a reason, the server's own words.
_ABOUT_IT = 600


@dataclass(frozen=True)
class Unstandard:
    addresses: frozenset[str]
    words: str
    gone: bool


def unstandard_failure(message: Message, said: str) -> Unstandard | None:
    """What the words of a notice say of the first address that they name; None when it is no machine's, speaks of a delay, or
    gives no reason that is for good."""
    named = [
        address for _name, address in getaddresses([str(message.get("X-Failed-Recipients", ""))]) if address
    ]
    sender = f"{message.get('From', '')} {message.get('Return-Path', '')}"
    if not named and not _MACHINE.search(sender) and str(message.get("Return-Path", "")).strip() != "<>":
        return None
    notice = _THE_MAIL_ITSELF.split(said, maxsplit=1)[0]
    if _DELAYED.search(f"{message.get('Subject', '')}\n{notice}"):
        return None
    addresses = named or _ADDRESS.findall(notice)
    start = max(notice.find(addresses[0]), 0) if addresses else 0
    about = notice[start : start + _ABOUT_IT]
    reply = _REPLY.search(about)
    words = " ".join((reply.group() if reply else about).split())[:300]
    meant = refusal(int(reply[1]), reply[2].encode()) if reply else refusal(550, words.encode())
    gone = meant is Refusal.NO_SUCH_ADDRESS
    if not (gone or reply or _STATUS.search(about)):
        return None
    return Unstandard(frozenset(addresses), words, gone)
