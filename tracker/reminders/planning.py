"""Planning: what is due by today becomes reminder rows, once; asking again adds nothing."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tracker.models import Department, EngineState, InboxNotice, Reminder, load_calendar, load_hours
from tracker.reminders import watermark
from tracker.reminders.closing_gaps import close_gaps
from tracker.reminders.contacts import NOBODY
from tracker.reminders.due import Due
from tracker.reminders.gaps import Gap, Gaps
from tracker.reminders.replaced import replace_older
from tracker.reminders.ruling import Ruling
from tracker.reminders.tables import Sql, table
from tracker.rules.reminder_hours import first_moment
from tracker.rules.reminder_kinds import BESIDE_THE_UNIT, KINDS
from tracker.rules.workdays import WorkCalendar

logger = logging.getLogger(__name__)

_KINDS_AT_ONCE = [kind.value for kind, facts in KINDS.items() if facts.is_at_once]
_AT_ONCE = ", ".join(f"'{kind}'" for kind in _KINDS_AT_ONCE)
_BESIDE = ", ".join(f"'{party.value}'" for party in BESIDE_THE_UNIT)
_KEY = ("measure_id", "rule_id", "anchor", "due_on", "step_on", "recipient")
_INBOX_KEY = ("measure_id", "rule_id", "anchor", "due_on", "step_on", "user_id")


@dataclass(frozen=True)
class PlanResult:
    """`planned` and `revived` rows now wait to be sent; with nothing new both are 0. `inbox`: notices put into inboxes."""

    planned: int
    revived: int
    gaps: tuple[Gap, ...]
    inbox: int = 0


def plan(*, now: datetime, today: date, only_to: str | None = None, quick: bool = False) -> PlanResult:
    """Write a row for every notice due on `today` that the ledger lacks.

    `quick` looks only at what may have changed since the last quick or whole planning (tracker/reminders/watermark.py).

    One statement, so that all rows appear at once and a sender never sees half of somebody's digest. Two planners at
    once write the same rows in the same order, and the unique constraint keeps one of each. What had been dropped and
    is true again waits again.
    """
    watermark.keep_turning_days(now)
    mark = watermark.read(now=now, today=today) if quick and only_to is None else None
    if mark is not None and watermark.nothing_changed(mark):
        # Nothing is written: looking back a little further the next time costs less than a commit a tick.
        return PlanResult(0, 0, ())
    ruling = Ruling.load(today=today, calendar=load_calendar())
    due = Due(
        ruling,
        only_to=only_to,
        touched_since=mark.since if mark else None,
    )
    with transaction.atomic():
        # One planner at a time: a step is counted from what the ledger holds, so the other has to be seen.
        list(EngineState.objects.select_for_update().values_list("pk", flat=True))
        if only_to is None and due.touched_since is None:
            _keep_hours(now, ruling.calendar)
        result = _plan(due, now=now, today=today, all_gaps=only_to is None)
        if only_to is None and today == timezone.localdate(now):
            _withdraw_stale(due, now=now)
        if mark is not None:
            watermark.write(mark, now=now)
    for gap in result.gaps:
        if gap.new:
            # Once a notice, not once a tick: the ledger remembers that it was said.
            logger.warning(
                "nobody to remind at %s: %d new notices undeliverable", gap.department or "督查室", gap.new
            )
    return result


def _plan(due: Due, *, now: datetime, today: date, all_gaps: bool) -> PlanResult:
    notices, inbox = due.notices_sql(), due.inbox_sql()
    if notices is None:
        close_gaps(due)
        return PlanResult(0, 0, ())
    inboxed, gaps = 0, Gaps()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM tracker_reminder")
        last = cursor.fetchone()[0]
        sql, params = _write_reminders(notices, now=now, today=today, ruling=due.ruling)
        cursor.execute(sql, params)
        written = cursor.fetchall()
        if inbox is not None:
            sql, params = _write_inbox(inbox, now=now)
            cursor.execute(sql, params)
            put = [pk for (pk,) in cursor.fetchall()]
            inboxed = len(put)
            replace_older(put, now=now, today=today)
        if all_gaps:
            sql, params = notices
            cursor.execute(
                f"{sql} SELECT department_id, words, count(*) FROM candidate WHERE recipient = %s "
                "GROUP BY department_id, words",
                [*params, NOBODY],
            )
            for department, words, count in cursor.fetchall():
                gaps.add(department, words, count)
        close_gaps(due)
    for pk, department, gap in written:
        if gap and pk > last:
            gaps.new[department] += 1
    return PlanResult(
        planned=sum(not gap and pk > last for pk, _department, gap in written),
        revived=sum(not gap and pk <= last for pk, _department, gap in written),
        gaps=gaps.named(office_told=due.contacts.office_is_reached),
        inbox=inboxed,
    )


def moments(now: datetime, calendar: WorkCalendar) -> dict[int, datetime]:
    """When each department with a sending time of its own is told what is found now."""
    hours = load_hours()
    return {
        pk: first_moment(timezone.localtime(now), send_at=send_at, hours=hours, calendar=calendar)
        for pk, send_at in Department.objects.filter(send_at__isnull=False).values_list("pk", "send_at")
    }


def _keep_hours(now: datetime, calendar: WorkCalendar) -> None:
    """What waits follows its department's hour when that is moved, removed or newly set. At once goes whatever else lies ahead: a
    clock was wrong when it was planned."""
    planned = Reminder.objects.filter(state=Reminder.State.PLANNED)
    at_its_hour = planned.exclude(kind__in=_KINDS_AT_ONCE).exclude(party__in=BESIDE_THE_UNIT)
    later = {pk: moment for pk, moment in moments(now, calendar).items() if moment > now}
    for department, moment in later.items():
        _move(at_its_hour.filter(department=department).exclude(not_before=moment), moment)
    waits = Q(department__in=later) & ~Q(kind__in=_KINDS_AT_ONCE) & ~Q(party__in=BESIDE_THE_UNIT)
    _move(planned.filter(not_before__gt=now).exclude(waits), now)


def _move(rows: QuerySet[Reminder], moment: datetime) -> None:
    # Never waiting for a sender that has some of them: it waits for others of these.
    ids = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True))
    if ids:
        Reminder.objects.filter(pk__in=ids, state=Reminder.State.PLANNED).update(not_before=moment)


def _write_reminders(candidates: Sql, *, now: datetime, today: date, ruling: Ruling) -> Sql:
    """INSERT … SELECT of the candidates that the ledger lacks or has dropped (a revived row is a new notice and joins a
    new digest), or that wait there in another colour because somebody has answered."""
    clause, params = candidates
    late = moments(now, ruling.calendar)
    later_sql, later_params = table(
        connection,
        "later",
        {"department_id": "int", "moment": "text"},
        [(pk, _moment(moment)) for pk, moment in late.items()],
    )
    # Where the WITH clause of the candidates ends, one more table is added to it.
    clause = f"{clause}, {later_sql}"
    postgres = connection.vendor == "postgresql"
    moment = "CAST(coalesce(later.moment, %s) AS timestamptz)" if postgres else "coalesce(later.moment, %s)"
    columns = (
        "measure_id, rule_id, kind, level, anchor, due_on, step_on, occurrence, channel, recipient, party, department_id, "
        "planned_on, state, not_before, message_id, attempts, error, failed_at"
    )
    fresh = (
        "kind",
        "level",
        "occurrence",
        "channel",
        "party",
        "department_id",
        "planned_on",
        "state",
        "not_before",
        "message_id",
        "attempts",
        "error",
        "failed_at",
    )
    day = "CAST(%s AS date)" if postgres else "%s"
    failed = "CAST(%s AS timestamptz)" if postgres else "%s"
    sql = f"""{clause}
INSERT INTO tracker_reminder ({columns})
SELECT candidate.measure_id, candidate.rule_id, candidate.kind, candidate.level, candidate.anchor, candidate.due_on,
       candidate.step_on, candidate.occurrence, candidate.channel, candidate.recipient, candidate.party, candidate.department_id,
       {day}, CASE candidate.recipient WHEN '' THEN 'failed' ELSE 'planned' END, {moment}, '', 0,
       candidate.words,
       CASE candidate.recipient WHEN '' THEN {failed} END
FROM candidate
LEFT JOIN later ON later.department_id = candidate.department_id AND candidate.kind NOT IN ({_AT_ONCE})
     AND candidate.party NOT IN ({_BESIDE})
LEFT JOIN tracker_reminder AS present ON {" AND ".join(f"present.{name} = candidate.{name}" for name in _KEY)}
WHERE present.id IS NULL OR present.state = 'dropped'
      OR (present.state = 'planned' AND present.level <> candidate.level)
ORDER BY candidate.measure_id, candidate.rule_id, candidate.anchor, candidate.due_on, candidate.recipient
ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in fresh)}, claim = NULL, claimed_at = NULL, batch = NULL
WHERE tracker_reminder.state = 'dropped'
      OR (tracker_reminder.state = 'planned' AND tracker_reminder.level <> excluded.level)
RETURNING id, department_id, recipient = ''"""
    return sql, [*params, *later_params, _day(today), _moment(now), _moment(now)]


def _write_inbox(candidates: Sql, *, now: datetime) -> Sql:
    """The same for inboxes: what was withdrawn and is true again is to be read again."""
    clause, params = candidates
    postgres = connection.vendor == "postgresql"
    moment = "CAST(%s AS timestamptz)" if postgres else "%s"
    user = "CAST(candidate.recipient AS bigint)"
    same = " AND ".join(
        f"present.{name} = {user if name == 'user_id' else f'candidate.{name}'}" for name in _INBOX_KEY
    )
    name = InboxNotice._meta.db_table
    sql = f"""{clause}
INSERT INTO {name} (measure_id, rule_id, kind, level, anchor, due_on, step_on, occurrence, party, department_id, user_id,
                    created_at)
SELECT candidate.measure_id, candidate.rule_id, candidate.kind, candidate.level, candidate.anchor, candidate.due_on,
       candidate.step_on, candidate.occurrence, candidate.party, candidate.department_id, {user}, {moment}
FROM candidate LEFT JOIN {name} AS present ON {same}
WHERE present.id IS NULL OR present.withdrawn_at IS NOT NULL
ORDER BY candidate.measure_id, candidate.rule_id, candidate.anchor, candidate.due_on, candidate.recipient
ON CONFLICT ({", ".join(_INBOX_KEY)}) DO UPDATE SET
    level = excluded.level, party = excluded.party, department_id = excluded.department_id,
    created_at = excluded.created_at, withdrawn_at = NULL
WHERE {name}.withdrawn_at IS NOT NULL
RETURNING id"""
    return sql, [*params, _moment(now)]


def _withdraw_stale(due: Due, *, now: datetime) -> None:
    """Unread inbox notices whose matter is settled, moved, handed over or spoken of no more go out of sight; one that is true and
    that such a one stood for comes back."""
    clause, params = due.unread_notices_still_true()
    name = InboxNotice._meta.db_table
    touched, since = "", []
    if due.touched_since is not None:
        touched = "AND inbox.measure_id IN (SELECT id FROM tracker_measure WHERE updated_at >= %s)"
        since = [_moment(due.touched_since)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{clause} UPDATE {name} SET withdrawn_at = %s WHERE id IN ("
            f"SELECT inbox.id FROM {name} AS inbox LEFT JOIN still ON still.id = inbox.id "
            "WHERE inbox.read_at IS NULL AND inbox.withdrawn_at IS NULL AND inbox.replaced_at IS NULL "
            f"AND still.id IS NULL {touched}) RETURNING id, measure_id",
            [*params, _moment(now), *since],
        )
        withdrawn = cursor.fetchall()
        if not withdrawn:
            return
        clause, params = due.unread_notices_still_true(replaced_of={measure for _pk, measure in withdrawn})
        gone, gone_params = table(connection, "gone", {"id": "int"}, [(pk,) for pk, _measure in withdrawn])
        cursor.execute(
            f"{clause}, {gone} UPDATE {name} SET replaced_at = NULL WHERE id IN ("
            f"SELECT inbox.id FROM gone JOIN {name} AS stood ON stood.id = gone.id "
            f"JOIN {name} AS inbox ON inbox.measure_id = stood.measure_id AND inbox.user_id = stood.user_id "
            "AND inbox.anchor = stood.anchor JOIN still ON still.id = inbox.id) RETURNING id",
            [*params, *gone_params],
        )
        back = [pk for (pk,) in cursor.fetchall()]
    replace_older(back, now=now, today=due.ruling.today)


def _day(day: date) -> object:
    return connection.ops.adapt_datefield_value(day)


def _moment(moment: datetime) -> str:
    """As the database keeps it, as text."""
    return str(connection.ops.adapt_datetimefield_value(moment))
