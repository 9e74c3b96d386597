"""What a mail server's refusal says: the address is wrong, it may take the message later, or it will not have it."""

import re
from enum import Enum, auto

# RFC 3463: class.subject.detail, before the words of each line.
_ENHANCED = re.compile(rb"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463 and the registry: of subject 1 (addresses) these are about the recipient; the others about the sender.
_RECIPIENT = frozenset({0, 1, 2, 3, 4, 6, 10})
_MAILBOX_GONE = (2, 1)
_MAILBOX_FULL = (2, 2)
_POLICY = 7
# Servers without enhanced codes say so in words; QQ and 网易 answer a sender that is too quick with a bare 550.
_LATER = re.compile(
    rb"frequen|rate.?limit|RP:|too (?:many|fast|quick)|try (?:again )?later|temporar|over ?quota|quota exceeded"
    rb"|(?:mail)?box (?:is )?full|insufficient (?:system )?storage",
    re.IGNORECASE,
)
_UNWANTED = re.compile(
    rb"spam|policy|block|black ?list|reputation|\bDT:|\bSPF\b|DKIM|DMARC|content|relay", re.IGNORECASE
)
_STORAGE_EXCEEDED = 552
_ADDRESS_CODES = frozenset({550, 551, 553})


class Refusal(Enum):
    """LATER: worth another attempt. NO_SUCH_ADDRESS: never, nor anything else to it. UNWANTED: not this message."""

    LATER = auto()
    NO_SUCH_ADDRESS = auto()
    UNWANTED = auto()


def refusal(code: int, text: bytes) -> Refusal:
    """What a reply 4xx or 5xx to a recipient or a message means. An enhanced status goes before the code, since servers send
    550 for a full mailbox and for spam alike; without one the words decide between those and an address that is none."""
    status = _ENHANCED.match(text)
    if code < 500 or (status and status[1] == b"4"):
        return Refusal.LATER
    if status:
        return _by_status(int(status[2]), int(status[3]), text)
    if code == _STORAGE_EXCEEDED or _LATER.search(text):
        return Refusal.LATER
    if code in _ADDRESS_CODES and not _UNWANTED.search(text):
        return Refusal.NO_SUCH_ADDRESS
    return Refusal.UNWANTED


def _by_status(subject: int, detail: int, text: bytes) -> Refusal:
    if (subject, detail) == _MAILBOX_FULL or (subject == _POLICY and _LATER.search(text)):
        return Refusal.LATER
    if (subject == 1 and detail in _RECIPIENT) or (subject, detail) == _MAILBOX_GONE:
        return Refusal.NO_SUCH_ADDRESS
    return Refusal.UNWANTED
