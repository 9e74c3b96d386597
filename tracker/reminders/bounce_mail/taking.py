"""What a notice changes: the ledger's rows of the mail that came back, and the address, as a refusal in the dialogue would."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from tracker.models import Reminder
from tracker.reminders.bounce_mail.notice import Failure, NoNotice, Notice, read_notice
from tracker.reminders.bounces import record_returned
from tracker.reminders.channels.email.addresses import in_ascii
from tracker.reminders.contacts import usable
from tracker.reminders.lines import one_line

logger = logging.getLogger(__name__)

# The clocks of two servers.
_SKEW = timedelta(minutes=10)


class Verdict(Enum):
    """RECORDED: the ledger changed. SETTLED: about a mail of ours, and nothing is left to do. NOTHING: not to be touched.
    LATER: the mail is just being sent; to be read again."""

    RECORDED = "recorded"
    SETTLED = "settled"
    NOTHING = "nothing"
    LATER = "later"


@dataclass(frozen=True)
class Taken:
    """What became of one message; `words` say it in Chinese, or why nothing did."""

    verdict: Verdict
    words: str

    @property
    def ours(self) -> bool:
        return self.verdict in (Verdict.RECORDED, Verdict.SETTLED)


def take(content: bytes, *, now: datetime) -> Taken:
    """Act on one message. Only a mail of the ledger that went to the very address named changes anything: whoever forges a
    notice has to know the Message-ID, which its recipient alone does."""
    try:
        notice = read_notice(content)
    except NoNotice as why:
        return Taken(Verdict.NOTHING, str(why))
    taken = _take(notice, now)
    logger.info("bounce of %s: %s", one_line(notice.message_id, 120), taken.words)
    return taken


def _take(notice: Notice, now: datetime) -> Taken:
    failures = [failure for failure in notice.failures if failure.for_good]
    if not failures:
        actions = "、".join(sorted({one_line(failure.action, 20) or "未写明" for failure in notice.failures}))
        return Taken(Verdict.NOTHING, f"不是投递失败的通知（{actions}），未作改动。")
    rows = _rows_of(notice.message_id)
    if not rows:
        return Taken(Verdict.NOTHING, "台账中没有这封邮件的记录，未作改动。")
    # One message, one recipient.
    recipient = rows[0].recipient
    failure = next((one for one in failures if _names(one, recipient)), None)
    if failure is None:
        others = "、".join(sorted(one_line(address, 80) for one in failures for address in one.addresses))
        return Taken(Verdict.NOTHING, f"退回的地址（{others}）不是该邮件的收件人（{recipient}），未作改动。")
    if any(row.state == Reminder.State.CLAIMED for row in rows):
        return Taken(Verdict.LATER, f"发往 {recipient} 的邮件还在发送中，稍后再读。")
    sent = [row for row in rows if row.state == Reminder.State.SENT]
    if notice.written_at is not None:
        sent = [row for row in sent if row.sent_at is None or row.sent_at - _SKEW <= notice.written_at]
    words = one_line(failure.words, 300)
    changed = record_returned(
        [row.pk for row in sent],
        now=now,
        error=f"邮件发出后被退回：{words}",
        gone=recipient if failure.gone else "",
    )
    if not changed:
        return Taken(
            Verdict.SETTLED, f"发往 {recipient} 的这封邮件此前已按退信处理，或已重新排队，未再改动。"
        )
    then = (
        "邮箱已标记，改由后备联系人接收"
        if failure.gone
        else "邮箱未标记（不是地址无效），请查看原因后重新发送"
    )
    return Taken(
        Verdict.RECORDED, f"发往 {recipient} 的邮件被退回，{changed} 条提醒记为失败；{then}：{words}"
    )


def _rows_of(message_id: str) -> list[Reminder]:
    """By states, each with an index of its own: the ledger grows for years. In the order that a sending goes through them, so
    that a row which moves on meanwhile is found twice rather than never."""
    states = (
        Reminder.State.RETRY,
        Reminder.State.CLAIMED,
        Reminder.State.SENT,
        Reminder.State.FAILED,
    )
    return [
        row
        for state in states
        for row in Reminder.objects.filter(
            state=state, message_id=message_id, channel=Reminder.Channel.EMAIL
        ).only("state", "recipient", "sent_at")
    ]


def _names(failure: Failure, recipient: str) -> bool:
    wanted = _comparable(recipient)
    return any(_comparable(address) == wanted for address in failure.addresses)


def _comparable(address: str) -> str:
    """As the ledger keeps it, its domain in the form that mail servers use."""
    address = usable(address) or address.strip().lower()
    try:
        return in_ascii(address)
    except ValueError:
        return address
