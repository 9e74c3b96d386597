"""The second look: between planning and sending a measure may have been closed, moved or handed over."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from tracker.models import Reminder
from tracker.reminders.contacts import Addressee, Contacts
from tracker.reminders.planning import co_departments
from tracker.rules.lifecycle import OWED, STATUS_NAMES, Status
from tracker.rules.reminder_schedule import NoticeKind, Schedule, notice_due
from tracker.rules.workdays import WorkCalendar


def no_longer_true(
    rows: Sequence[Reminder], *, today: date, schedule: Schedule, calendar: WorkCalendar
) -> dict[int, str]:
    """Which rows must not be sent as of `today`, by id, each with the Chinese reason.

    Asks the same rules as planning, so that what is dropped here and due again is planned again.
    """
    lead_ids = {row.measure.lead_id for row in rows if row.measure.lead_id is not None}
    co_ids = co_departments({row.measure_id for row in rows})
    contacts = Contacts.load({*lead_ids, *(pk for pks in co_ids.values() for pk in pks)})
    reasons: dict[int, str] = {}
    for row in rows:
        measure = row.measure
        reason = _stale_measure(row, today=today, schedule=schedule, calendar=calendar)
        if reason is None and measure.lead_id is not None:
            addressees = contacts.addressees(
                lead_id=measure.lead_id, co_ids=co_ids.get(measure.pk, ()), kind=NoticeKind(row.kind)
            )
            reason = _wrong_recipient(row, addressees)
        if reason is not None:
            reasons[row.pk] = reason
    return reasons


def _stale_measure(row: Reminder, *, today: date, schedule: Schedule, calendar: WorkCalendar) -> str | None:
    measure = row.measure
    if measure.status not in OWED:
        return _("事项现为“%(status)s”，不再催办。") % {"status": STATUS_NAMES[Status(measure.status)]}
    if measure.due_on is None or measure.lead_id is None:
        return _("事项已没有完成时限。")
    if measure.due_on != row.due_on:
        return _("完成时限已由%(old)s改为%(new)s。") % {"old": row.due_on, "new": measure.due_on}
    notice = notice_due(due_on=measure.due_on, today=today, schedule=schedule, calendar=calendar)
    if notice is None:
        return _("截至%(today)s未到提醒时间。") % {"today": today}
    if (notice.kind, notice.occurrence) != (row.kind, row.occurrence):
        return _("截至%(today)s应发另一次提醒（%(kind)s第%(number)s次），本次不再发送。") % {
            "today": today,
            "kind": Reminder.Kind(notice.kind).label,
            "number": notice.occurrence + 1,
        }
    return None


def _wrong_recipient(row: Reminder, addressees: Sequence[Addressee]) -> str | None:
    addressee = next((found for found in addressees if found.address == row.recipient), None)
    if addressee is None:
        return _("收件人现不负责此事项（牵头单位：%(lead)s）。") % {"lead": row.measure.lead}
    if addressee.department_id != row.department_id:
        return _("责任单位已变更（牵头单位：%(lead)s）。") % {"lead": row.measure.lead}
    return None
