"""What a rule does as it stands: how many matters it speaks of today and what would newly go out, planned dry."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from tracker.models import Reminder, ReminderRule, load_calendar
from tracker.reminders.contacts import NOBODY
from tracker.reminders.due import Due
from tracker.reminders.ruling import Ruling

_KEY = ("measure_id", "rule_id", "anchor", "due_on", "step_on", "recipient")


@dataclass(frozen=True)
class Effect:
    """`measures` that the rule speaks of on a day; `new` notices to addresses and groups that the ledger does not hold yet."""

    measures: int = 0
    new: int = 0


def effect_of(rule: ReminderRule, *, today: date) -> Effect:
    """Of this rule as given, the others as they are stored: of several that remind ahead one may speak in another's stead. Three
    queries, by the indexes that planning uses; nothing is written."""
    if not rule.active:
        return Effect()
    ruling = Ruling.load(today=today, calendar=load_calendar(), instead=rule)
    found = Due(ruling.about({rule.pk})).notices_sql()
    if found is None:
        return Effect()
    sql, params = found
    same = " AND ".join(f"present.{name} = candidate.{name}" for name in _KEY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} SELECT (SELECT count(DISTINCT measure_id) FROM standing JOIN notice "
            "ON notice.notice = standing.notice WHERE notice.rule_id = %s), "
            "coalesce(sum(CASE WHEN present.id IS NULL OR present.state = 'dropped' THEN 1 ELSE 0 END), 0) "
            f"FROM candidate LEFT JOIN {Reminder._meta.db_table} AS present ON {same} "
            "WHERE candidate.recipient <> %s AND candidate.rule_id = %s",
            [*params, rule.pk, NOBODY, rule.pk],
        )
        measures, new = cursor.fetchone()
    return Effect(int(measures), int(new))
