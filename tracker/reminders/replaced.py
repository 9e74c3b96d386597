"""In an inbox the latest notice of a matter stands for those before it that nobody read: what is unread counts matters, not repeats."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection

from tracker.models import InboxNotice
from tracker.reminders.said import latest_day
from tracker.reminders.tables import table
from tracker.rules.reminder_kinds import KINDS

_AFFAIR = " ".join(f"WHEN '{kind.value}' THEN '{facts.affair.value}'" for kind, facts in KINDS.items())


def replace_older(ids: Collection[int], *, now: datetime, today: date) -> None:
    """Of the matters that these notices, just written, are about, each of their readers sees the latest unread one alone.

    The others stay on record (replaced_at), since the next notice is counted from all that was said. One statement, by the index
    of inbox_once, whatever the inboxes hold of other measures.
    """
    if not ids:
        return
    name = InboxNotice._meta.db_table
    clause, params = table(connection, "written", {"id": "int"}, [(pk,) for pk in ids])
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    day = "CAST(%s AS date)" if connection.vendor == "postgresql" else "%s"
    affair = f"CASE inbox.kind {_AFFAIR} END"
    with connection.cursor() as cursor:
        # The colours' names rise in the order of the alphabet.
        cursor.execute(
            f"WITH {clause}, about AS (SELECT DISTINCT measure_id, user_id, anchor "
            f"FROM {name} WHERE id IN (SELECT id FROM written)), "
            f"ranked AS (SELECT inbox.id, row_number() OVER ("
            f"PARTITION BY inbox.user_id, inbox.measure_id, inbox.anchor, {affair} "
            "ORDER BY inbox.step_on DESC, inbox.level DESC, inbox.id DESC) AS place "
            f"FROM about JOIN {name} AS inbox ON inbox.measure_id = about.measure_id "
            "AND inbox.user_id = about.user_id AND inbox.anchor = about.anchor "
            "WHERE inbox.read_at IS NULL AND inbox.withdrawn_at IS NULL AND inbox.replaced_at IS NULL "
            # One of a day to come stands for nothing: it is withdrawn.
            f"AND inbox.step_on <= {day}) "
            f"UPDATE {name} SET replaced_at = {moment} WHERE id IN (SELECT id FROM ranked WHERE place > 1)",
            [*params, str(latest_day(today)), str(connection.ops.adapt_datetimefield_value(now))],
        )
