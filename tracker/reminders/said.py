"""What was said already, read from the ledger and the inboxes in the planning statement itself: the record that the next
notice is counted from.

A notice (step) is told from others by the day on which it was first due to be said. Of a measure handed over, suspended or
returned in between only what came after counts, and of two departments only what the present lead was told about.
"""

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from tracker.models import InboxNotice, Reminder
from tracker.reminders.tables import Sql
from tracker.rules.reminder_kinds import RECKONED

# So far ahead a notice may lie: a clock that was a day off doubles nothing. What lies farther was said on no day that has been
# (a clock set wrong, another machine's backup) and counts for nothing, or it would silence the true notices until then.
AHEAD = timedelta(days=1)
# Stands for "never" in a join, where NULL equals nothing.
NEVER = "0001-01-01"
COLUMNS = (
    "measure_id",
    "lead_id",
    "rule_id",
    "anchor",
    "due_on",
    "answered_on",
    "step_on",
    "heard_on",
    "level",
    "occurrence",
    "waiting",
    "times",
    "unanswered",
)
_MATTER = "measure_id, lead_id, rule_id, anchor, due_on"
_APPLYING = (
    "JOIN applying ON applying.subject = matter.subject "
    "AND matter.due_on BETWEEN applying.since AND applying.until"
)


def standing(today: date) -> Sql:
    """CTEs over `matter` and `applying(subject, rule_id, since, until)` that end in `standing(COLUMNS)`: each matter under
    each rule that may speak of its day, with what was said of it (the fields of rules.reminder_schedule.Said, NEVER for None).

    Served by the index of the constraint reminder_once; one row a matter and rule, whatever the ledger's length.
    """
    postgres = connection.vendor == "postgresql"
    never = f"CAST('{NEVER}' AS date)" if postgres else f"'{NEVER}'"
    day, last = (f"CAST('{one}' AS date)" if postgres else f"'{one}'" for one in (today, latest_day(today)))
    end_of_last = timezone.make_aware(datetime.combine(latest_day(today) + timedelta(days=1), time.min))
    end = f"'{connection.ops.adapt_datetimefield_value(end_of_last)}'"
    zone = timezone.get_current_timezone_name()
    sent_on, sent_params = connection.ops.datetime_cast_date_sql("entry.sent_at", (), zone)
    read_on, read_params = connection.ops.datetime_cast_date_sql("entry.read_at", (), zone)
    same = (
        f"{_APPLYING} "
        "JOIN {table} AS entry ON entry.measure_id = matter.measure_id AND entry.rule_id = applying.rule_id "
        "AND entry.anchor = matter.anchor AND {which} "
        "AND (entry.department_id = matter.lead_id OR entry.party = 'co') "
        f"AND entry.step_on <= {last} "
        # A day that is still to come (the clock was wrong once) hides nothing that was said.
        f"AND (matter.owed_since IS NULL OR matter.owed_since > {day} OR entry.step_on >= matter.owed_since)"
    )
    matter = "matter.measure_id, matter.lead_id, applying.rule_id, matter.anchor, matter.due_on"
    answered = f"CASE WHEN matter.answered_on >= matter.due_on THEN matter.answered_on ELSE {never} END"
    this = "entry.due_on = matter.due_on"
    # What is reckoned anew (a light's day, a node's) is the same affair: its interval counts from what was said before.
    other = (
        f"entry.due_on <> matter.due_on AND matter.subject IN ({', '.join(repr(s.value) for s in RECKONED)})"
    )
    heard_on = (
        f"CASE WHEN entry.state = 'sent' AND entry.sent_at < {end} THEN {sent_on} ELSE entry.step_on END"
    )
    # One row a notice in the ledger or an inbox, and one for the matter itself, so that nothing has to be joined again.
    # Said to 督查室 in the place of somebody who cannot be reached is heard, but nothing that could be answered. What lies in
    # an inbox is heard when it is read; at once only where nothing was to be posted to anybody.
    told = f"""told({_MATTER}, answered_on, step_on, level, occurrence, heard_on, read_on, heard, waiting, answerable, gap,
     sent, posted, kept, kept_answerable) AS (
  SELECT {matter}, {answered}, {never}, '', 0, {never}, {never}, 0, 0, 0, 0, 0, 0, 0, 0 FROM matter {_APPLYING}
  UNION ALL
  SELECT {matter}, {answered}, entry.step_on, entry.level, entry.occurrence,
         {heard_on}, {never},
         CASE WHEN entry.state = 'sent' THEN 1 ELSE 0 END,
         CASE WHEN entry.state IN ('planned', 'claimed', 'retry') THEN 1 ELSE 0 END,
         CASE WHEN entry.state = 'sent' AND entry.party <> 'office' THEN 1 ELSE 0 END,
         CASE WHEN entry.recipient = '' THEN 1 ELSE 0 END,
         CASE WHEN entry.state = 'sent' THEN 1 ELSE 0 END,
         CASE WHEN entry.recipient <> '' THEN 1 ELSE 0 END, 0, 0
  FROM matter {same.format(table=Reminder._meta.db_table, which=this)} WHERE entry.state <> 'dropped'
  UNION ALL
  SELECT {matter}, {answered}, {never}, '', 0, {heard_on}, {never}, 0, 0, 0, 0, 0, 0, 0, 0
  FROM matter {same.format(table=Reminder._meta.db_table, which=other)} WHERE entry.state = 'sent'
  UNION ALL
  SELECT {matter}, {answered}, entry.step_on, entry.level, entry.occurrence, entry.step_on,
         CASE WHEN entry.read_at < {end} THEN {read_on} ELSE {never} END,
         CASE WHEN entry.read_at IS NULL THEN 0 ELSE 1 END, 0,
         CASE WHEN entry.read_at IS NOT NULL AND entry.party <> 'office' THEN 1 ELSE 0 END, 0, 0, 0, 1,
         CASE WHEN entry.party <> 'office' THEN 1 ELSE 0 END
  FROM matter {same.format(table=InboxNotice._meta.db_table, which=this)}
)"""
    heard = "(max(heard) = 1 OR (max(posted) = 0 AND max(kept) = 1))"
    answerable = "(max(answerable) = 1 OR (max(posted) = 0 AND max(kept_answerable) = 1))"
    # The colours' names rise in the order of the alphabet.
    step = f"""step({_MATTER}, answered_on, step_on, level, occurrence, heard_on, waiting, heard, unanswered) AS (
  SELECT {_MATTER}, answered_on, step_on, max(level), max(occurrence),
         CASE WHEN max(sent) = 0 AND max(read_on) > max(heard_on) THEN max(read_on) ELSE max(heard_on) END,
         CASE WHEN {heard} THEN 0 ELSE max(waiting) END, CASE WHEN {heard} THEN 1 ELSE 0 END,
         CASE WHEN step_on > answered_on AND ({answerable} OR ({heard} AND max(gap) = 0)) THEN 1 ELSE 0 END
  FROM told GROUP BY {_MATTER}, answered_on, step_on
)"""
    latest = f"""said({", ".join(COLUMNS)}, place) AS (
  SELECT {_MATTER}, answered_on, step_on, max(heard_on) OVER whole, level, occurrence, waiting, sum(heard) OVER whole,
         sum(unanswered) OVER whole, row_number() OVER (whole ORDER BY step_on DESC)
  FROM step WINDOW whole AS (PARTITION BY {_MATTER})
)"""
    whole = f"standing({', '.join(COLUMNS)}) AS (SELECT {', '.join(COLUMNS)} FROM said WHERE place = 1)"
    return ", ".join((told, step, latest, whole)), [*sent_params, *sent_params, *read_params]


def latest_day(today: date) -> date:
    """The last day under which a notice can have been said by `today`."""
    return today + AHEAD
