"""A small office to remind: departments with addresses, measures around their deadlines, and one run of the engine."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.makers import NOW, TODAY, make_department, make_measure, make_user
from tests.shipped import ship_rules
from tracker import reminders
from tracker.models import Department, Measure, Reminder, ReminderRule

State = Reminder.State
# TODAY is Tuesday 2026-03-10; the days around it are ordinary weeks.
OVERDUE_ON = date(2026, 3, 6)
SOON_ON = date(2026, 3, 12)


def unit(name: str = "", *liaisons: str, **kw: Any) -> Department:
    """A department whose liaisons have these addresses; none: it has its mailbox only."""
    department = make_department(name, **kw)
    for email in liaisons:
        make_user("liaison", department=department, email=email)
    return department


def overdue(lead: Department, title: str = "", **kw: Any) -> Measure:
    return _measure(lead, title, **{"due_on": OVERDUE_ON, **kw})


def soon(lead: Department, title: str = "", **kw: Any) -> Measure:
    return _measure(lead, title, **{"due_on": SOON_ON, **kw})


def _measure(lead: Department, title: str, **kw: Any) -> Measure:
    kw = {"starts_on": (kw["due_on"] or TODAY) - timedelta(days=60), "acknowledged": False, **kw}
    draft = {**({"title": title} if title else {}), **kw.pop("draft", {})}
    return make_measure(lead=lead, draft=draft, **kw)


@dataclass
class Clock:
    """A clock that moves only when told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def only_rules(*codes: str) -> None:
    """The shipped rules as they ship, with only these in force."""
    ship_rules()  # a test that emptied the tables took them along
    ReminderRule.objects.exclude(code__in=codes).update(active=False)
    ReminderRule.objects.filter(code__in=codes).update(active=True)


def plan(today: date = TODAY, **kw: Any) -> reminders.PlanResult:
    return reminders.plan(now=NOW, today=today, **kw)


def send(today: date = TODAY, clock: Clock | None = None, **kw: Any) -> reminders.RunReport:
    return reminders.send_waiting(today=today, clock=clock or Clock(), **kw)


def run_days(*days: date) -> None:
    """One planning and one sending on each of these days, at ten o'clock."""
    for day in days:
        now = NOW + timedelta(days=(day - TODAY).days)
        reminders.plan(now=now, today=day)
        reminders.send_waiting(today=day, clock=Clock(now))


def ledger() -> list[tuple[str, str, int, str]]:
    """Every row: recipient, kind, occurrence, state."""
    rows = Reminder.objects.order_by("recipient", "kind", "occurrence", "id")
    return [(row.recipient, row.kind, row.occurrence, row.state) for row in rows]
