"""Celery's way in: thin, because the queue is only a hint and the database decides what is sent."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tracker import reminders
from tracker.reminders.claiming import Batch

# Messages in one task: small enough that several workers share a run.
CHUNK = 50


@shared_task(name="tracker.tasks.reminder_tick")
def reminder_tick() -> None:
    """Sweep, plan, and hand what waits to the workers. Two at once, or one after a lost one, are harmless."""
    now = timezone.now()
    reminders.sweep(now=now)
    reminders.plan(now=now, today=timezone.localdate(now))
    waiting = reminders.waiting_batches(now=now)
    cap = settings.REMINDER_CAP_PER_RUN
    reminders.report_held_back(waiting[cap:])
    for start in range(0, min(len(waiting), cap), CHUNK):
        chunk = [
            (batch.recipient, str(batch.batch) if batch.batch else None)
            for batch in waiting[start : min(start + CHUNK, cap)]
        ]
        # A chunk that waited for a whole tick is in the next tick's chunks as well.
        send_chunk.apply_async(args=(chunk,), expires=settings.REMINDER_TICK_SECONDS)


@shared_task(name="tracker.tasks.send_chunk")
def send_chunk(batches: Sequence[tuple[str, str | None]]) -> None:
    """Send these batches, as far as no other worker has them and the time allows."""
    reminders.send_waiting(
        today=timezone.localdate(),
        clock=timezone.now,
        batches=[Batch(recipient, UUID(batch) if batch else None) for recipient, batch in batches],
        # Ends by itself between two messages, well before the limit that would cut one in half.
        time_limit=timedelta(seconds=settings.CELERY_TASK_SOFT_TIME_LIMIT / 2),
    )
