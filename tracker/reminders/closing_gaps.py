"""Gaps that are none any more: who can be reached again has been made up for, and of what nobody owes nobody needs to be told."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from tracker.models import Reminder
from tracker.reminders.contacts import NOBODY
from tracker.reminders.due import Due
from tracker.rules.lifecycle import OPEN, Party
from tracker.rules.reminder_schedule import Level


def close_gaps(due: Due) -> None:
    """Takes open gaps out of what failed, each with its reason; one that is a gap again is opened again by the planning."""
    gaps = Reminder.objects.filter(state=Reminder.State.FAILED, recipient=NOBODY)
    _close(gaps.exclude(measure__status__in=sorted(OPEN)), _("事项已不在办理，不再提醒。"))
    _close(gaps.filter(Q(rule=None) | Q(rule__active=False)), _("规则已停用，不再提醒。"))
    elsewhere = gaps.exclude(party=Party.CO).exclude(department=F("measure__lead"))
    # A part-report that was returned is its own department's, whoever leads.
    _close(elsewhere.exclude(kind=Reminder.Kind.RETURNED), _("责任单位已变更，不再提醒。"))
    for rule_id, level, department_id, party in (
        gaps.order_by().values_list("rule_id", "level", "department_id", "party").distinct()
    ):
        rule = due.ruling.rows.get(rule_id or 0)
        known = department_id in due.contacts.department_ids
        co = party == Party.CO
        if rule is not None and known and due.contacts.is_reached(department_id, rule, Level(level), co=co):
            of_these = gaps.filter(rule=rule, level=level, department=department_id, party=party)
            _close(of_these, _("已补上收件人。"))


def _close(gaps: QuerySet[Reminder], why: str) -> None:
    # By id: an UPDATE that joins the measures would read all of them.
    ids = list(gaps.order_by().values_list("pk", flat=True))
    if ids:
        Reminder.objects.filter(pk__in=ids).update(state=Reminder.State.DROPPED, error=why, failed_at=None)
