"""What the last whole planning looked at, so that the next tick asks only about what changed since.

A tick a minute over ten thousand overdue measures would compare all of them with the ledger each time, for nothing. As long as
day, rules, calendar and contacts are the same, only a measure that took a step since can have become due or true again.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from tracker import actions
from tracker.models import (
    AddressState,
    CalendarDay,
    Department,
    Endpoint,
    EngineState,
    Measure,
    ReminderRule,
    User,
)

# A step's time is read before its transaction ends: look back further than any transaction lasts.
OVERLAP = timedelta(minutes=10)
# Whatever is overlooked by all this (a row mended by hand in the database) is found within so long.
WHOLE_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Watermark:
    """`fingerprint` of everything but the measures; `since`: measures untouched from then on need no look, None: all do."""

    fingerprint: str
    since: datetime | None


def read(*, now: datetime, today: date) -> Watermark:
    """What a planning on `today` has to look at."""
    fingerprint = _fingerprint(today)
    state = EngineState.objects.filter(pk=1).first()
    if (
        state is None
        or state.fingerprint != fingerprint
        or state.planned_at is None
        or state.whole_at is None
    ):
        return Watermark(fingerprint, None)
    whole_is_fresh = timedelta(0) <= now - state.whole_at < WHOLE_AGAIN
    return Watermark(fingerprint, state.planned_at - OVERLAP if whole_is_fresh else None)


def nothing_changed(watermark: Watermark) -> bool:
    """Whether no measure took a step since; then there is nothing to plan."""
    since = watermark.since
    return since is not None and not Measure.objects.filter(updated_at__gte=since).exists()


def write(watermark: Watermark, *, now: datetime) -> None:
    """Within the transaction of the planning itself."""
    fields: dict[str, object] = {"fingerprint": watermark.fingerprint, "planned_at": now}
    if watermark.since is None:
        fields["whole_at"] = now
    EngineState.objects.update_or_create(pk=1, defaults=fields)


def keep_turning_days(now: datetime) -> None:
    """When the office changed its thresholds, the days on which measures fall behind are reckoned again first."""
    thresholds = actions.thresholds_in_force()
    if not EngineState.objects.filter(pk=1, thresholds=thresholds).exists():
        actions.reckon_turning_days_again(today=timezone.localdate(now))
        EngineState.objects.update_or_create(pk=1, defaults={"thresholds": thresholds})


def _fingerprint(today: date) -> str:
    parts = [today.isoformat(), settings.MAIL_REPLY_TO, *_digests(_everything())]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _everything() -> list[QuerySet[Any, Any]]:
    return [
        ReminderRule.objects.values_list(*(field.attname for field in ReminderRule._meta.concrete_fields)),
        CalendarDay.objects.values_list("day", "is_workday"),
        Department.objects.values_list("id", "active", "mailbox", "leader_in_charge_id", "send_at"),
        User.objects.filter(service=False)
        .exclude(role=User.Role.NONE)
        .values_list("id", "role", "department_id", "email", "is_active"),
        AddressState.objects.values_list("address", "muted_at", "bounced_at"),
        Endpoint.objects.values_list("id", "channel", "department_id", "active"),
    ]


def _digests(tables: list[QuerySet[Any, Any]]) -> list[str]:
    """One digest a table; PostgreSQL makes all of them in one query and hands out no rows."""
    ordered = [rows.order_by("pk") for rows in tables]
    if connection.vendor != "postgresql":
        return [hashlib.sha256(repr(list(rows)).encode()).hexdigest() for rows in ordered]
    parts: list[str] = []
    params: list[Any] = []
    for rows in ordered:
        sql, some = rows.query.get_compiler(connection=connection).as_sql()
        parts.append(f"(SELECT md5(coalesce(string_agg(part::text, ','), '')) FROM ({sql}) AS part)")
        params += some
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return list(cursor.fetchone())
