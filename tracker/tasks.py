"""Celery's way in: thin, because the queue is only a hint and the database decides what is sent."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tracker import actions, reminders
from tracker.models import KeyedRequest, load_calendar, load_hours, note_tick
from tracker.reminders import bounce_mail
from tracker.reminders.claiming import Batch
from tracker.rules.reminder_hours import may_send

# Messages in one task: what is claimed together in one, few enough that several workers share a run.
CHUNK = 100
# Kept answers deleted in one task: more than a busy day's tenth of an hour makes, few enough to lock nobody out.
MOST_PURGED = 10_000


@shared_task(name="tracker.tasks.reminder_tick")
def reminder_tick() -> None:
    """Sweep, plan, and hand what waits to the workers. Two at once, or one after a lost one, are harmless."""
    now = timezone.now()
    note_tick(now)
    reminders.sweep(now=now)
    reminders.plan(now=now, today=timezone.localdate(now), quick=True)
    if not may_send(timezone.localtime(now), hours=load_hours(), calendar=load_calendar()):
        return  # what is planned waits for the hours that the office has set
    waiting = reminders.waiting_batches(now=now)
    cap = settings.REMINDER_CAP_PER_RUN
    reminders.report_held_back(waiting[cap:])
    for start in range(0, min(len(waiting), cap), CHUNK):
        chunk = [
            (batch.recipient, str(batch.batch) if batch.batch else None, batch.channel)
            for batch in waiting[start : min(start + CHUNK, cap)]
        ]
        # A chunk that waited for a whole tick is in the next tick's chunks as well.
        send_chunk.apply_async(args=(chunk,), expires=settings.REMINDER_TICK_SECONDS)


@shared_task(name="tracker.tasks.send_chunk")
def send_chunk(batches: Sequence[tuple[str, str | None, str]]) -> None:
    """Send these batches, as far as no other worker has them and the time allows."""
    reminders.send_waiting(
        today=timezone.localdate(),
        clock=timezone.now,
        batches=[
            Batch(recipient, UUID(batch) if batch else None, channel=channel)
            for recipient, batch, channel in batches
        ],
        # Ends by itself between two messages, well before the limit that would cut one in half.
        time_limit=timedelta(seconds=settings.CELERY_TASK_SOFT_TIME_LIMIT / 2),
    )


@shared_task(name="tracker.tasks.purge_kept_answers")
def purge_kept_answers() -> None:
    """Forget answers to requests with an Idempotency-Key whose time is over; what is left over is for the next run."""
    before = timezone.now() - timedelta(hours=settings.IDEMPOTENCY_KEEP_HOURS)
    KeyedRequest.objects.purge(before=before, most=MOST_PURGED)


@shared_task(name="tracker.tasks.sweep_files")
def sweep_files() -> None:
    """Remove attachments' bytes that no report owns. Twice is harmless."""
    actions.sweep_files(now=timezone.now())


@shared_task(name="tracker.tasks.roll_periods")
def roll_periods() -> None:
    """The clock's bookkeeping: next report days, next periods. What is left over is for the next run; twice is harmless."""
    actions.roll_periods(now=timezone.now())


@shared_task(name="tracker.tasks.read_bounces")
def read_bounces() -> None:
    """Read the mailbox that mails come back to; its troubles are kept for the health check. Two at once are harmless."""
    if settings.BOUNCE_MAILBOX:
        bounce_mail.poll(clock=timezone.now)
