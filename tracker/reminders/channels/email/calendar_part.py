"""New deadlines as a calendar file: whoever opens it has them in the calendar of phone or desk."""

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from tracker.reminders.channels.email.wire import Attachment
from tracker.reminders.digest import Digest, Item
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import KINDS, Side


def deadlines(digest: Digest, *, now: datetime) -> Attachment | None:
    """The days ahead that this digest is the first to name to those who owe them; None when there is none.

    A day named again (moved, or sent again) has the same UID, so that a calendar replaces it.
    """
    items = [
        item
        for item in digest.matters
        if KINDS[item.kind].side is Side.BEFORE and item.occurrence == 0 and item.party is Party.LEAD
    ]
    if not items:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//duban//reminders//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for item in items:
        calendar.add_component(_event(item, now))
    content: bytes = calendar.to_ical()
    return Attachment("deadlines.ics", "text/calendar; charset=utf-8; method=PUBLISH", content)


def _event(item: Item, now: datetime) -> Event:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    subject = KINDS[item.kind].subject.value
    event = Event()
    event.add("uid", f"duban-{subject}-{item.measure_id}-{item.anchor}@{domain}")
    event.add("dtstamp", now)
    # A later message about the same day is the newer one.
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("dtstart", item.due_on)
    event.add("dtend", item.due_on + timedelta(days=1))
    event.add("summary", f"{KINDS[item.kind].full_day_name}：{item.number} {item.title}")
    event.add("description", "\n".join([*item.facts, item.url]))
    event.add("url", item.url)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("督查督办时限提醒"))
    alarm.add("trigger", timedelta(hours=-15))  # nine o'clock on the day before
    event.add_component(alarm)
    return event
