"""What a message says of one notice: a row of the ledger as its reader sees it, as plain values for any channel."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse

# Not that of functools, which takes a lock each time until Python 3.12.
from django.utils.functional import cached_property

from tracker.models import Reminder
from tracker.reminders.lines import chinese_date, one_line, readable
from tracker.reminders.words import translated as _
from tracker.rules.lifecycle import STATUS_NAMES, Party, Status
from tracker.rules.reminder_kinds import KINDS, NoticeKind, Subject, Tone
from tracker.rules.reminder_schedule import LEVEL_NAMES, Level, distance, distance_in_words, distance_parts
from tracker.rules.workdays import WorkCalendar

# A demand as long as a book is cut on a sheet of paper; the site has all of it. Characters.
DEMAND = 3000


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
    level: Level = Level.NONE
    note: str = ""
    # Whether its reader may mute its kind; for a sheet, its number within a year, and what the measure demands.
    number_of_sheet: tuple[int, int] | None = None
    mutable: bool = False
    anchor: int = 0
    occurrence: int = 0
    requirement: str = ""
    # The measure's own deadline, whatever day this notice counts from; and how often it was said before (for a sheet).
    deadline: date | None = None
    original_deadline: date | None = None
    version: int = 0
    times_before: int = 0
    # So many missed reports in one notice, which names the oldest.
    periods: int = 1
    # Told to 督查室 because the one whom it is meant for cannot be told: why, a sentence.
    unreached: str = ""
    # Which milestone or node of the measure it is about: 完成选址, 首次反馈; "" for the measure itself.
    part: str = ""
    # Whether what waits is for the leader in charge to decide, not for 督查室.
    for_leader: bool = False
    # What else is to be said of the measure on this day; only the item that is listed has it.
    others: tuple["Item", ...] = ()

    @property
    def tone(self) -> Tone:
        return KINDS[self.kind].tone

    @property
    def level_name(self) -> str:
        """蓝色, 橙色, 红色, or ""."""
        return LEVEL_NAMES[self.level]

    @property
    def matters(self) -> tuple["Item", ...]:
        """This and what stands beside it, each with its own day and colour."""
        return (self, *self.others)

    @property
    def in_short(self) -> str:
        """超期未签收：逾期9天（7个工作日），橙色催办; 阶段目标临近（完成选址）：还有2天（2个工作日）; 时限已调整（今日调整），完成
        时限：2026年4月30日"""
        if KINDS[self.kind].is_news:
            return f"{KINDS[self.kind].name}（{self.when}），{self.day_line}"
        colour = f"，{self.level_name}催办" if self.level_name else ""
        which = self.which or (_("待分管领导决定") if self.for_leader else "")
        about = f"（{which}）" if which else ""
        return f"{KINDS[self.kind].name}{about}：{self.when}{colour}"

    @property
    def which(self) -> str:
        """Tells it from others of its kind on the same measure: 完成选址, 首次反馈, 3月25日一期; "" where there is only one."""
        if KINDS[self.kind].subject is Subject.PERIOD_REPORT:
            return _("%(month)d月%(day)d日一期") % {"month": self.due_on.month, "day": self.due_on.day}
        return self.part

    @property
    def day_name(self) -> str:
        """完成时限, 阶段时限（完成选址）, 督办节点（首次反馈）"""
        name = KINDS[self.kind].full_day_name
        return f"{name}（{self.part}）" if self.part else name

    @cached_property
    def facts(self) -> list[str]:
        """The lines below the title."""
        return [
            _("牵头单位：%s") % self.lead,
            self.day_line,
            _("%(status)s，进度%(percent)d%%") % {"status": self.status, "percent": self.percent},
            *([_("待分管领导决定")] if self.for_leader else []),
            *([self.note] if self.note else []),
            *([self._in_whose_place] if self.unreached else []),
        ]

    @property
    def _in_whose_place(self) -> str:
        return _("%(department)s有应通知的人未能通知：%(why)s请督查室转告，并在系统中补全。") % {
            "department": self.department,
            "why": self.unreached,
        }

    @property
    def day_line(self) -> str:
        """完成时限：2026年4月30日（原定2026年3月31日）, or the day that the notice counts from."""
        if not KINDS[self.kind].is_news:
            return f"{self.day_name}：{chinese_date(self.due_on)}"
        if self.deadline is None:
            return _("完成时限：长期坚持")
        said = _("完成时限：%s") % chinese_date(self.deadline)
        first = self.original_deadline
        return said + (_("（原定%s）") % chinese_date(first) if first and first != self.deadline else "")

    @cached_property
    def url(self) -> str:
        """The measure itself, after login; following it changes nothing."""
        before, after = _around_a_measure(get_script_prefix())
        return f"{settings.SITE_URL}{before}{self.measure_id}{after}"


@lru_cache(maxsize=8)
def _around_a_measure(prefix: str) -> tuple[str, str]:
    """The path of a measure's page before and after its number: looking a path up anew costs as much as claiming a notice."""
    before, _number, after = reverse("admin:tracker_measure_change", args=[0]).rpartition("0")
    return before, after


@dataclass(frozen=True)
class Demand:
    """What a sheet says beside the notice: what the measure demands, and how often its reader was told before; and how many
    missed reports the notice speaks for."""

    requirement: str = ""
    times_before: int = 0
    periods: int = 1
    # Of the year in which the notice was first due to be said.
    number: tuple[int, int] | None = None
    unreached: str = ""
    part: str = ""
    for_leader: bool = False


NO_DEMAND = Demand()


def item(
    row: Reminder,
    *,
    today: date,
    calendar: WorkCalendar,
    mutable: bool = False,
    demand: Demand = NO_DEMAND,
) -> Item:
    """What a row says on `today`; needs its measure with plan and lead, and its department."""
    measure = row.measure
    kind = NoticeKind(row.kind)
    found = distance(due_on=row.due_on, today=today, calendar=calendar)
    days, workdays = distance_parts(found, kind)
    return Item(
        measure_id=measure.pk,
        kind=kind,
        party=Party(row.party),
        number=one_line(measure.number, 20),
        title=one_line(measure.title, 120) or _("（无标题）"),
        plan=one_line(measure.plan.title, 80),
        lead=one_line(str(measure.lead), 80),
        department=one_line(row.department.name, 80),
        due_on=row.due_on,
        days=found.days,
        when=_of_several(demand.periods) + distance_in_words(found, kind),
        when_parts=(_of_several(demand.periods) + days, workdays),
        provisional=found.provisional,
        status=STATUS_NAMES[Status(measure.status)],
        percent=measure.percent,
        order=(measure.plan_id, measure.position),
        level=Level(row.level),
        number_of_sheet=demand.number,
        mutable=mutable,
        anchor=row.anchor,
        occurrence=row.occurrence,
        requirement=readable(demand.requirement, DEMAND),
        deadline=measure.due_on,
        original_deadline=measure.original_due_on,
        version=measure.version,
        times_before=demand.times_before,
        periods=demand.periods,
        unreached=one_line(demand.unreached, 300),
        part=one_line(demand.part, 60),
        for_leader=demand.for_leader,
    )


def _of_several(periods: int) -> str:
    return _("连续%d期未报，最早一期") % periods if periods > 1 else ""
