"""What a mail server's refusal says: the address is wrong, it may take the message later, it will not take it from us, or it
will not have it."""

import re
from enum import Enum, auto

# RFC 3463: class.subject.detail, before the words of a line; some servers put it behind them, as (#5.7.1).
_STATUS = rb"([245])\.(\d{1,3})\.(\d{1,3})"
_LEADING = re.compile(rb"^\s*" + _STATUS + rb"(?![\d.])", re.MULTILINE)
_TRAILING = re.compile(rb"(?:[(\[]#?|#)" + _STATUS + rb"[)\]]?|(?<![\d.])" + _STATUS + rb"[.)\]]?\s*$")
# RFC 3463 and the registry: of subject 1 (addresses) these are about the recipient; 7 and 8 are about the sender.
_RECIPIENT = frozenset({0, 1, 2, 3, 4, 6, 10})
_MAILBOX_GONE = (2, 1)
_MAILBOX_FULL = (2, 2)
_SYSTEM_CLOSED = frozenset({(3, 2), (3, 5)})
# Nobody can be asked for the way there; only with words that say that the domain does not exist.
_UNROUTABLE = (4, 4)
_NO_SUCH_DOMAIN = re.compile(
    r"(?:host|domain)(?: or domain)?(?: name)? not found|NXDOMAIN|域名不存在", re.IGNORECASE
)
_ADDRESSING, _POLICY = 1, 7
# RFC 4954: a login is missing, too weak or wrong.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_STORAGE_EXCEEDED = 552


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Servers without enhanced codes say so in words; QQ and 网易 answer a sender that is too quick with a bare 550.
_LATER = _words(
    r"frequen|rate.?limit|RP:|too (?:many|fast|quick)|try (?:again )?later|temporar|over ?quota|quota exceeded",
    r"(?:mail)?box (?:is )?full|insufficient (?:system )?storage|频率|稍后再试|邮箱已满",
)
# About who sends: login, relaying, sender. That is so for every recipient, whatever else the reply says.
_FROM_US = _words(
    r"\b(?:un)?auth(?:entic|ori[sz]|\b)|rcpthosts|no permission|permission denied|\bmail from\b|not logged in",
    r"\bto relay\b|\b(?:not|no|cannot|can't) relay|relay(?:ing)?\b[^.;\n]{0,30}(?:denied|not |prohibit|refus|disallow)",
    r"\bsender\b[^.;\n]{0,30}(?:verif|reject|denied|refus|invalid|unknown|not |fail|block)",
    r"(?:bad|invalid|unknown|verify|forged) sender|发件人|未登录|身份验证|需要认证",
)
_NO_SUCH_ADDRESS = _words(
    r"(?:unknown|invalid|no such|nonexistent|non-existent) (?:local )?(?:user|mailbox|recipient|account|address|person|part)",
    r"(?:user|mailbox|recipient|account|address)\b[^.;\n]{0,60}?(?:not found|not exist|n't exist|not known|unknown|unavailable)",
    r"(?:user|mailbox|recipient)(?: (?:is|has been))? (?:suspended|disabled|inactive|deactivated|closed|deleted)",
    r"no mailbox|not a valid (?:user|mailbox|recipient)|mailbox name (?:is )?(?:not allowed|invalid)",
    r"(?:用户|收件人|邮箱|帐号|账号|地址)[^，。；]{0,10}(?:不存在|无效|已?停用|已?注销|被?禁用)|查无此|无此(?:用户|邮箱|人)",
)
# About this one message.
_CONTENT = _words(r"spam|virus|malware|content|\bDT:|垃圾|病毒|内容")
# About this installation's name with that server; each message would fare the same.
_POLICY_WORDS = _words(
    r"policy|access denied|block|black ?list|reputation|\bSPF\b|DKIM|DMARC|reverse dns|\bPTR\b|\bHELO\b",
    r"client host|not allowed|prohibited|拒绝访问|黑名单|无权|策略",
)


class Refusal(Enum):
    """LATER: worth another attempt. NO_SUCH_ADDRESS: never, nor anything else to it. OURS: nothing from us until somebody mends
    login, sender or permission. UNWANTED: not this message."""

    LATER = auto()
    NO_SUCH_ADDRESS = auto()
    OURS = auto()
    UNWANTED = auto()


def refusal(code: int, text: bytes) -> Refusal:
    """What a reply 4xx or 5xx to a recipient or a message means. An enhanced status goes before the code, since servers send
    550 for a full mailbox, for spam and for a missing login alike; without one the words decide, and an address is
    called wrong only by words that say so."""
    status = _LEADING.search(text) or _TRAILING.search(text)
    found = [part for part in status.groups() if part is not None] if status else []
    words = text.decode("utf-8", "replace")
    if code < 500 or (found and found[0] == b"4"):
        return Refusal.LATER
    if code in _LOGIN_CODES or _FROM_US.search(words):
        return Refusal.OURS
    if found:
        return _by_status(int(found[1]), int(found[2]), words)
    if code == _STORAGE_EXCEEDED or _LATER.search(words):
        return Refusal.LATER
    return _by_words(words)


def _by_status(subject: int, detail: int, words: str) -> Refusal:
    if (subject, detail) == _MAILBOX_FULL or (subject == _POLICY and _LATER.search(words)):
        return Refusal.LATER
    if (subject == _ADDRESSING and detail in _RECIPIENT) or (subject, detail) == _MAILBOX_GONE:
        return Refusal.NO_SUCH_ADDRESS
    if (subject, detail) == _UNROUTABLE and _NO_SUCH_DOMAIN.search(words):
        return Refusal.NO_SUCH_ADDRESS
    if subject == _ADDRESSING or (subject, detail) in _SYSTEM_CLOSED:
        return Refusal.OURS
    said = _by_words(words)
    return (
        Refusal.OURS
        if subject == _POLICY and said is Refusal.UNWANTED and not _CONTENT.search(words)
        else said
    )


def _by_words(words: str) -> Refusal:
    if _NO_SUCH_ADDRESS.search(words):
        return Refusal.NO_SUCH_ADDRESS
    if _CONTENT.search(words):
        return Refusal.UNWANTED
    return Refusal.OURS if _POLICY_WORDS.search(words) else Refusal.UNWANTED
