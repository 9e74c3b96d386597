"""Whether reminders go out, asked of the database: a process that says it is well may have stopped sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min

from tracker.models import EngineState, MailTemplate, Reminder, load_calendar, load_hours
from tracker.reminders.claiming import WAITING
from tracker.rules.reminder_hours import may_send, open_since

# So many ticks missed, and somebody should look.
TICKS_MISSED = 5
# A message that could go and has not for so long.
UNSENT_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Health:
    """`oldest_unsent` is since when the oldest row waits (quiet hours included); `problems` are Chinese sentences."""

    states: dict[str, int]
    oldest_unsent: datetime | None
    failed_last_hour: int
    gaps: int
    last_tick: datetime | None
    broken_templates: int
    sending_now: bool
    problems: tuple[str, ...]

    @property
    def well(self) -> bool:
        return not self.problems


def health(*, now: datetime, local_now: datetime) -> Health:
    """The figures at this moment, by four small queries on their indexes but the count of all states."""
    states = dict(Reminder.objects.order_by().values_list("state").annotate(n=Count("id")))
    waiting = Reminder.objects.filter(state__in=WAITING, not_before__lte=now)
    oldest = waiting.aggregate(oldest=Min("not_before"))["oldest"]
    failed = Reminder.objects.filter(
        state=Reminder.State.FAILED, failed_at__gt=now - timedelta(hours=1), failed_at__lte=now
    )
    failures = failed.exclude(recipient="").count()
    gaps = Reminder.objects.filter(state=Reminder.State.FAILED, recipient="").count()
    last_tick = EngineState.objects.filter(pk=1).values_list("last_tick_at", flat=True).first()
    broken = MailTemplate.objects.filter(active=True, broken_at__isnull=False).count()
    hours, calendar = load_hours(), load_calendar()
    sending = may_send(local_now, hours=hours, calendar=calendar)
    opened = open_since(local_now, hours=hours, calendar=calendar) if sending else None
    problems = []
    late = timedelta(seconds=TICKS_MISSED * settings.REMINDER_TICK_SECONDS)
    if last_tick is None:
        problems.append("定时任务还没有运行过。")
    elif now - last_tick > late:
        problems.append(f"定时任务已有{_minutes(now - last_tick)}分钟没有运行。")
    # What lay over the night or a holiday begins to wait when sending is allowed again.
    since = oldest if oldest is None or opened is None else max(oldest, opened)
    if sending and since is not None and now - since > UNSENT_FOR:
        problems.append(f"最早一条待发提醒已等待{_minutes(now - since)}分钟。")
    if failures:
        problems.append(f"最近一小时有{failures}条提醒发送失败。")
    if broken:
        problems.append(f"有{broken}个邮件模板出错，正以系统自带模板代替。")
    return Health(states, oldest, failures, gaps, last_tick, broken, sending, tuple(problems))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
