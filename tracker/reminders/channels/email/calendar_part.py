"""New deadlines as a calendar file: whoever opens it has them in the calendar of phone or desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from tracker.reminders.channels.email.wire import Attachment
from tracker.reminders.digest import Digest
from tracker.reminders.items import Item
from tracker.reminders.lines import chinese_date
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import KINDS, NoticeKind, Side, Subject

_DEADLINE = KINDS[NoticeKind.DUE_SOON]


@dataclass(frozen=True)
class _Day:
    """One day for the calendar: of which matter of a measure, what it is called, and what is said of it."""

    subject: Subject
    anchor: int
    day: date
    name: str
    item: Item
    words: tuple[str, ...]


def deadlines(digest: Digest, *, now: datetime) -> Attachment | None:
    """The days ahead that this digest is the first to name to those who owe them; None when there is none.

    With whatever a department is first told of a measure (that it is handed it, a report to give) comes the measure's own
    deadline too, long before it is near. A day named again (moved, or sent again) has the same UID and a higher sequence, so
    that a calendar replaces it.
    """
    days: dict[tuple[object, ...], _Day] = {}
    for found in (day for item in _first_told(digest) for day in _days_of(item, digest.today)):
        days.setdefault((found.subject, found.item.measure_id, found.anchor), found)
    return _file("deadlines.ics", "PUBLISH", [_event(day, now) for day in days.values()])


def lifted(digest: Digest, *, now: datetime) -> Attachment | None:
    """The deadlines that this digest tells to be none any more (长期坚持), for calendars to take out (RFC 5546, CANCEL)."""
    events = []
    for item in _first_told(digest):
        if item.kind is NoticeKind.DEADLINE_MOVED and item.deadline is None:
            event = _bare_event(Subject.DEADLINE, 0, item, now)
            event.add("dtstart", item.original_deadline or item.due_on)
            event.add("summary", f"{_DEADLINE.full_day_name}：{item.number} {item.title}")
            event.add("status", "CANCELLED")
            events.append(event)
    return _file("cancelled.ics", "CANCEL", events)


def _first_told(digest: Digest) -> list[Item]:
    return [item for item in digest.matters if item.occurrence == 0 and item.party is Party.LEAD]


def _file(name: str, method: str, events: list[Event]) -> Attachment | None:
    if not events:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//duban//reminders//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return Attachment(name, f"text/calendar; charset=utf-8; method={method}", content)


def _days_of(item: Item, today: date) -> Iterator[_Day]:
    facts = KINDS[item.kind]
    if facts.side is Side.BEFORE:
        yield _Day(facts.subject, item.anchor, item.due_on, item.day_name, item, tuple(item.facts))
    # One that was moved into the past is still to be moved in the calendar.
    to_keep = item.deadline is not None and (item.deadline >= today or item.kind is NoticeKind.DEADLINE_MOVED)
    if item.deadline is not None and to_keep and facts.subject is not Subject.DEADLINE:
        words = (_("牵头单位：%s") % item.lead, f"{_DEADLINE.full_day_name}：{chinese_date(item.deadline)}")
        yield _Day(Subject.DEADLINE, 0, item.deadline, _DEADLINE.full_day_name, item, words)


def _event(day: _Day, now: datetime) -> Event:
    item = day.item
    event = _bare_event(day.subject, day.anchor, item, now)
    event.add("dtstart", day.day)
    event.add("dtend", day.day + timedelta(days=1))
    event.add("summary", f"{day.name}：{item.number} {item.title}")
    event.add("description", "\n".join([*day.words, item.url]))
    event.add("url", item.url)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("督查督办时限提醒"))
    alarm.add("trigger", timedelta(hours=-15))  # nine o'clock on the day before
    event.add_component(alarm)
    return event


def _bare_event(subject: Subject, anchor: int, item: Item, now: datetime) -> Event:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    event = Event()
    event.add("uid", f"duban-{subject.value}-{item.measure_id}-{anchor}@{domain}")
    event.add("dtstamp", now)
    # A later message about the same day is the newer one, a step within the same minute too.
    event.add("sequence", int(now.timestamp()) // 60 + item.version)
    return event
