"""The second look: between planning and sending a measure may have been closed, moved or handed over."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from tracker.models import Measure, Reminder
from tracker.reminders.contacts import Contacts
from tracker.reminders.due import Candidate, Due
from tracker.reminders.ruling import Ruling
from tracker.rules.lifecycle import OPEN, OWED, STATUS_NAMES, Party, Status
from tracker.rules.reminder_kinds import KINDS, Subject

Key = tuple[int, int, int, date, date]


def no_longer_true(rows: Sequence[Reminder], *, ruling: Ruling) -> dict[int, str]:
    """Which rows must not be sent as of the ruling's day, by id, each with the Chinese reason.

    Asks what planning asks, so that what is dropped here and due again is planned again. Two to five queries, however
    many rows.
    """
    if not rows:
        return {}
    lead_ids = {row.measure.lead_id for row in rows if row.measure.lead_id is not None}
    # A co-department's own part is its own to report again.
    lead_ids |= {row.department_id for row in rows}
    measure_ids = {row.measure_id for row in rows}
    links = Measure.co_departments.through.objects.filter(measure__in=measure_ids)
    co_ids = set(links.values_list("department_id", flat=True)) if ruling.tells_co() else set()
    asked = ruling.about({row.rule_id for row in rows if row.rule_id is not None})
    due = Due(asked, measure_ids=measure_ids, contacts=Contacts.load({*lead_ids, *co_ids}))
    told: dict[Key, dict[str, Candidate]] = {}
    steps: dict[tuple[int, int, int], Candidate] = {}
    for chunk in due.candidates():
        for found in chunk:
            key = (
                found.measure_id,
                found.notice.rule.id,
                found.anchor,
                found.notice.due_on,
                found.notice.step_on,
            )
            told.setdefault(key, {})[found.address] = found
            steps[key[:3]] = found
    reasons: dict[int, str] = {}
    for row in rows:
        if row.rule_id is None:
            reasons[row.pk] = _("规则已删除。")
            continue
        everyone = told.get((row.measure_id, row.rule_id, row.anchor, row.due_on, row.step_on), {})
        candidate = everyone.get(row.recipient)
        if candidate is not None and candidate.department_id == row.department_id:
            if candidate.notice.level != row.level:
                reasons[row.pk] = _("单位已有答复，按新的颜色重新提醒。")
            continue
        if candidate is not None:
            reasons[row.pk] = _("责任单位已变更（牵头单位：%(lead)s）。") % {"lead": row.measure.lead}
        elif everyone:
            reasons[row.pk] = _why_not_to(row, everyone, ruling, due.contacts)
        else:
            reasons[row.pk] = _why(row, steps.get((row.measure_id, row.rule_id, row.anchor)), ruling)
        rule = ruling.rows.get(row.rule_id)
        if rule is not None and rule.mutable and row.recipient in due.contacts.muted:
            reasons[row.pk] = _("收件人已停收此类提醒（退订）。")
    return reasons


def _why_not_to(row: Reminder, everyone: dict[str, Candidate], ruling: Ruling, contacts: Contacts) -> str:
    """Why others are told this notice and the row's recipient no more."""
    names = {"rule": row.rule, "lead": row.measure.lead}
    if all(other.notice.level != row.level for other in everyone.values()):
        return _("单位已有答复，按新的颜色重新提醒。")
    channel = _channel_off(row, ruling)
    if channel:
        return channel
    if _is_known(row):
        return _known()
    if row.party in (Party.LEAD, Party.CO) and contacts.is_dissolved(row.department_id):
        return _("单位已停用，其人员不再接收提醒，改由督查室处理。")
    if any(other.department_id == row.department_id for other in everyone.values()):
        if row.recipient in contacts.addresses_of(row.department_id):
            return _("规则“%(rule)s”的收件身份已调整，不再发给此收件人。") % names
        return _("收件人的邮箱已不在单位的联系人中，改发现在的联系人。")
    return _("收件人现不负责此事项（牵头单位：%(lead)s）。") % names


def _channel_off(row: Reminder, ruling: Ruling) -> str:
    """That the rule no longer goes by the row's way; "" when it does."""
    rule = ruling.rows.get(row.rule_id or 0)
    by_mail = row.channel == Reminder.Channel.EMAIL
    if rule is None or (rule.by_mail if by_mail else rule.by_robot):
        return ""
    return _("规则“%(rule)s”已不再用%(way)s发送。") % {
        "rule": rule,
        "way": _("邮件") if by_mail else _("群机器人及回调"),
    }


def _is_known(row: Reminder) -> bool:
    """Whether it tells the lead of a hand-over that it has shown to know of."""
    of_hand_over = KINDS[Reminder.Kind(row.kind)].subject is Subject.HANDED
    return of_hand_over and row.party != Party.CO and row.measure.lead_knows


def _known() -> str:
    return _("单位已知悉（签收或提出异议），不再发交办通知。")


def _why(row: Reminder, other: Candidate | None, ruling: Ruling) -> str:
    """Why nobody is told this notice any more."""
    measure, subject = row.measure, KINDS[Reminder.Kind(row.kind)].subject
    awaited = OPEN if subject in (Subject.APPLICATION, Subject.EXTENSION, Subject.MOVED) else OWED
    if measure.status not in awaited:
        return _("事项现为“%(status)s”，不再催办。") % {"status": STATUS_NAMES[Status(measure.status)]}
    if row.rule_id not in ruling.rows:
        return _("规则“%(rule)s”已停用。") % {"rule": row.rule}
    if channel := _channel_off(row, ruling):
        return channel
    if subject is Subject.DEADLINE and measure.due_on is None:
        return _("事项已没有完成时限。")
    if subject is Subject.DEADLINE and measure.due_on != row.due_on:
        return _("完成时限已由%(old)s改为%(new)s。") % {"old": row.due_on, "new": measure.due_on}
    if _is_known(row):
        return _known()
    if subject is Subject.HANDED or (subject is Subject.MOVED and measure.moved_version != row.anchor):
        return _("此后又有交办、转办或时限调整，以最近一次通知为准。")
    if subject is Subject.URGED and measure.urged_on is None:
        return _("单位已有答复，不再催办。")
    if subject is Subject.URGED and (measure.urged_version or 0) != row.anchor:
        return _("此后又有催办，以最近一次为准。")
    if other is not None and other.notice.due_on == row.due_on:
        return _("截至%(today)s应发另一次提醒（%(kind)s第%(number)s次），本次不再发送。") % {
            "today": ruling.today,
            "kind": KINDS[other.notice.kind].name,
            "number": other.notice.occurrence + 1,
        }
    return _("截至%(today)s不应再发此提醒，情况已变化。") % {"today": ruling.today}
