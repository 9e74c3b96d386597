"""Whether reminders go out, asked of the database: a process that says it is well may have stopped sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from tracker.models import AddressState, EngineState, MailTemplate, Reminder, load_calendar, load_hours
from tracker.reminders.bounce_mail import trouble
from tracker.reminders.claiming import BACKOFF_MINUTES, WAITING
from tracker.reminders.contacts import NOBODY, Contacts
from tracker.rules.lifecycle import OPEN, Party
from tracker.rules.reminder_hours import may_send, open_since

# So many ticks missed, and somebody should look.
TICKS_MISSED = 5
# A message that could go and has not for so long.
UNSENT_FOR = timedelta(hours=1)
# What failed stays a problem for so long, unless somebody sees to it.
UNATTENDED_FOR = timedelta(days=7)
# So many addresses flagged in that time are hardly all mistyped: the mail server had better be asked.
MANY_FLAGGED = 5
# Attempts, some four hours: longer than a server restarts or greylists.
RETRIED_LONG = len(BACKOFF_MINUTES)


@dataclass(frozen=True)
class Health:
    """`oldest_unsent` is since when the oldest row waits (quiet hours included); `unattended` failed in the last seven days, was
    neither sent again nor called off, and nobody was told in its place since; of the `gaps` (somebody who was to be told is not
    entered or has no address) `gaps_untold` were not passed on to 督查室 either. `problems` are Chinese sentences, and so are
    `remarks`: what should be mended although everything went to somebody."""

    states: dict[str, int]
    oldest_unsent: datetime | None
    failed_last_hour: int
    unattended: int
    gaps: int
    gaps_untold: int
    flagged: int
    last_tick: datetime | None
    broken_templates: int
    sending_now: bool
    problems: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        return not self.problems


def health(*, now: datetime, local_now: datetime) -> Health:
    """The figures at this moment, by small queries on their indexes but the count of all states."""
    states = dict(Reminder.objects.order_by().values_list("state").annotate(n=Count("id")))
    waiting = Reminder.objects.filter(state__in=WAITING, not_before__lte=now)
    oldest = waiting.aggregate(oldest=Min("not_before"))["oldest"]
    failed = Reminder.objects.filter(state=Reminder.State.FAILED, failed_at__lte=now)
    last_hour = failed.filter(failed_at__gt=now - timedelta(hours=1)).exclude(recipient="").count()
    unattended = _still_matters(failed.filter(failed_at__gt=now - UNATTENDED_FOR).exclude(recipient=""))
    failures = unattended.filter(~Exists(_told_since())).count()
    lacking = _still_matters(Reminder.objects.filter(state=Reminder.State.FAILED, recipient=""))
    gaps = lacking.count()
    untold = lacking.filter(~Exists(_passed_on())).count() if gaps else 0
    flagged = AddressState.objects.filter(bounced_at__gt=now - UNATTENDED_FOR).count()
    retried = Reminder.objects.filter(state=Reminder.State.RETRY, attempts__gte=RETRIED_LONG).count()
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
        problems.append(f"最近7天有{failures}条提醒发送失败，尚未处理（重新发送或取消）。")
    if retried:
        problems.append(f"有{retried}条提醒重试{RETRIED_LONG}次以上仍未送出，请查看待重试的原因。")
    if untold:
        problems.append(f"有{untold}条提醒未能通知应通知的人，也未能改发督查室，请按“失败”中写明的原因补上。")
    if flagged >= MANY_FLAGGED:
        problems.append(f"最近7天有{flagged}个邮箱被标为退信，请检查邮件服务器和邮箱状态。")
    if unread := trouble(now=now):
        problems.append(unread)
    if broken:
        problems.append(f"有{broken}个邮件模板出错，正以系统自带模板代替。")
    return Health(
        states=states,
        oldest_unsent=oldest,
        failed_last_hour=last_hour,
        unattended=failures,
        gaps=gaps,
        gaps_untold=untold,
        flagged=flagged,
        last_tick=last_tick,
        broken_templates=broken,
        sending_now=sending,
        problems=tuple(problems),
        remarks=_remarks(passed_on=gaps - untold),
    )


def _remarks(*, passed_on: int) -> tuple[str, ...]:
    if not passed_on:
        return ()
    return (
        f"有{passed_on}条提醒未能通知应通知的人（没有设人、没有可用的邮箱，或单位已撤销），已改发督查室，请按“失败”中写明的原因补上。",
    )


def _passed_on() -> QuerySet[Reminder]:
    """That 督查室 was told, or is being told, the very notice that somebody could not be told."""
    same = ("measure", "rule", "anchor", "due_on", "step_on")
    # In an office of few people one address may be the unit's and the office's; it is told once, as the unit.
    office = Q(party=Party.OFFICE) | Q(recipient__in=Contacts.load(()).office_addresses)
    return (
        Reminder.objects.filter(office, **{name: OuterRef(name) for name in same})
        .exclude(recipient=NOBODY)
        .exclude(state__in=[Reminder.State.FAILED, Reminder.State.DROPPED])
    )


def _still_matters(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """Those of open measures, by rules in force, to the department that has them now."""
    concerned = Q(department=F("measure__lead")) | Q(party=Party.CO)
    return rows.filter(concerned, measure__status__in=sorted(OPEN), rule__active=True)


def _told_since() -> QuerySet[Reminder]:
    """What was said later of the same matter to the same department in the same capacity."""
    same = ("measure", "rule", "anchor", "due_on", "department", "party")
    return Reminder.objects.filter(
        state=Reminder.State.SENT,
        sent_at__gt=OuterRef("failed_at"),
        **{name: OuterRef(name) for name in same},
    )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
