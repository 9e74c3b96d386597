"""What one message says: a recipient's notices, most urgent first, as plain values for any channel."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.models import Reminder
from tracker.rules.lifecycle import STATUS_NAMES, Party, Status
from tracker.rules.reminder_schedule import NoticeKind, distance, distance_in_words, distance_parts
from tracker.rules.workdays import WorkCalendar

# Longer lists are cut in the message, and it says so; the ledger and the site hold all of it.
LISTED = 200
# Control and format characters (bidirectional overrides, zero-width, tags), separators, surrogates, private
# use.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})


def one_line(text: str, limit: int) -> str:
    """User text fit for a header or a line: nothing unseen in it, one line, at most `limit` characters."""
    seen = "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in text)
    line = " ".join(seen.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


@dataclass(frozen=True)
class Item:
    """One notice as the reader sees it. `days`: calendar days, positive when overdue; `percent`: 0–100."""

    measure_id: int
    kind: NoticeKind
    party: Party
    number: str
    title: str
    plan: str
    lead: str
    department: str
    due_on: date
    days: int
    when: str
    when_parts: tuple[str, str]
    provisional: bool
    status: str
    percent: int
    order: tuple[int, int]

    @cached_property
    def facts(self) -> list[str]:
        """The lines below the title."""
        return [
            _("牵头单位：%s") % self.lead,
            _("完成时限：%s") % chinese_date(self.due_on),
            _("%(status)s，进度%(percent)d%%") % {"status": self.status, "percent": self.percent},
        ]

    @cached_property
    def url(self) -> str:
        """The measure itself, after login; following it changes nothing."""
        return settings.SITE_URL + reverse("admin:tracker_measure_change", args=[self.measure_id])


def item(row: Reminder, *, today: date, calendar: WorkCalendar) -> Item:
    """What a row says on `today`; needs its measure with plan and lead, and its department."""
    measure = row.measure
    found = distance(due_on=row.due_on, today=today, calendar=calendar)
    return Item(
        measure_id=measure.pk,
        kind=NoticeKind(row.kind),
        party=Party(row.party),
        number=one_line(measure.number, 20),
        title=one_line(measure.title, 120) or _("（无标题）"),
        plan=one_line(measure.plan.title, 80),
        lead=one_line(str(measure.lead), 80),
        department=one_line(row.department.name, 80),
        due_on=row.due_on,
        days=found.days,
        when=distance_in_words(found),
        when_parts=distance_parts(found),
        provisional=found.provisional,
        status=STATUS_NAMES[Status(measure.status)],
        percent=measure.percent,
        order=(measure.plan_id, measure.position),
    )


@dataclass(frozen=True)
class Digest:
    """One message to one recipient. `on_request`: its day is not the day of sending (send_reminders --on)."""

    recipient: str
    today: date
    items: tuple[Item, ...]
    on_request: bool = False

    @classmethod
    def of(cls, items: Iterable[Item], *, recipient: str, today: date, on_request: bool = False) -> "Digest":
        """Overdue before due soon, the earliest deadline first."""
        ordered = sorted(items, key=lambda i: (i.kind is not NoticeKind.OVERDUE, i.due_on, i.order))
        return cls(recipient, today, tuple(ordered), on_request)

    @property
    def subject(self) -> str:
        """【督查督办】3项逾期、2项即将到期"""
        counts = [
            _("%d项逾期") % len(self._of(NoticeKind.OVERDUE)),
            _("%d项即将到期") % len(self._of(NoticeKind.DUE_SOON)),
        ]
        said = "、".join(count for count in counts if not count.startswith("0"))
        return _("【督查督办】%s") % said

    def _of(self, kind: NoticeKind) -> Sequence[Item]:
        return [found for found in self.items if found.kind is kind]

    @property
    def groups(self) -> list[tuple[NoticeKind, int, list[Item]]]:
        """Kind, number of all its items, and those of them that are listed."""
        listed = self.items[:LISTED]
        found = []
        for kind in (NoticeKind.OVERDUE, NoticeKind.DUE_SOON):
            if everything := self._of(kind):
                found.append((kind, len(everything), [i for i in listed if i.kind is kind]))
        return found

    @property
    def unlisted(self) -> int:
        return max(0, len(self.items) - LISTED)

    @property
    def salutation(self) -> str:
        """市教育局、市财政局： or 分管领导："""
        units = list(dict.fromkeys(i.department for i in self.items if i.party is not Party.LEADER))
        if not units:
            return _("尊敬的领导：")
        if len(units) > 3:
            return _("%(units)s等%(count)d个单位：") % {"units": "、".join(units[:3]), "count": len(units)}
        return _("%s：") % "、".join(units)

    @property
    def introduction(self) -> str:
        parties = {i.party for i in self.items}
        if parties == {Party.LEADER}:
            about = _("您分管单位牵头的下列事项已逾期，特此抄送。")
        elif parties == {Party.CO}:
            about = _("贵单位配合的下列事项需要抓紧办理。")
        else:
            about = _("贵单位负责的下列事项需要抓紧办理。打开链接，登录后即可签收或报告进展。")
        return _("截至%(day)s，%(about)s") % {"day": chinese_date(self.today), "about": about}

    @property
    def several_plans(self) -> bool:
        return len({i.plan for i in self.items}) > 1

    @property
    def provisional(self) -> bool:
        return any(i.provisional for i in self.items)


def chinese_date(day: date) -> str:
    """2026年3月6日"""
    return f"{day.year}年{day.month}月{day.day}日"
