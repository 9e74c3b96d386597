"""What is due, found by the database in one statement: matters by their indexes, joined with what the rules say of a day.

The rules stay Python (tracker/rules/reminder_schedule.py): asked once for each different day that something counts from,
their answers go to the database as a small table, and so do the addresses of departments. What is due to whom is then a
join; nothing walks the measures, and nothing is fetched that is on record already.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tracker.models import Audience, Measure, ReminderRule
from tracker.reminders.contacts import Contacts
from tracker.reminders.subjects import matters
from tracker.reminders.tables import Sql, table
from tracker.rules.reminder_kinds import Subject
from tracker.rules.reminder_schedule import Level, Notice, Rule, last_day_noticed, notices_due
from tracker.rules.workdays import WorkCalendar

# Stands for "never" in a join, where NULL equals nothing.
_NEVER = date(1, 1, 1)


@dataclass(frozen=True)
class Candidate:
    """One notice that is due to one address; an empty address is a gap: nobody of the lead can be reached."""

    measure_id: int
    anchor: int
    notice: Notice
    channel: str
    address: str
    party: str
    department_id: int


@dataclass(frozen=True)
class Ruling:
    """The office's rules as rows and as the engine reads them, and the day and calendar they are asked about."""

    rows: dict[int, ReminderRule]
    rules: dict[Subject, list[Rule]]
    today: date
    calendar: WorkCalendar

    @classmethod
    def load(cls, *, today: date, calendar: WorkCalendar) -> "Ruling":
        rows = {row.pk: row for row in ReminderRule.objects.filter(active=True).order_by("id")}
        rules: dict[Subject, list[Rule]] = defaultdict(list)
        for row in rows.values():
            rule = row.as_rule()
            rules[rule.subject].append(rule)
        return cls(rows, dict(rules), today, calendar)

    def notices(self, subject: Subject, due_on: date, answered_on: date | None) -> list[Notice]:
        """What is due for one matter."""
        return notices_due(
            due_on=due_on,
            answered_on=answered_on,
            today=self.today,
            rules=self.rules.get(subject, ()),
            calendar=self.calendar,
        )


class Due:
    """Everything due on a day as SQL, over all measures or over some."""

    def __init__(
        self,
        ruling: Ruling,
        *,
        measure_ids: Collection[int] | None = None,
        touched_since: datetime | None = None,
        only_to: str | None = None,
        contacts: Contacts | None = None,
    ) -> None:
        self.ruling = ruling
        self._measure_ids = measure_ids
        self._touched_since = touched_since
        self._only_to = only_to
        self._given_contacts = contacts

    @cached_property
    def matters(self) -> Sql | None:
        """`matter(subject, measure_id, lead_id, anchor, due_on, answered_on)`; None when no rule is active."""
        parts: list[str] = []
        params: list[Any] = []
        for subject, rules in self.ruling.rules.items():
            until = last_day_noticed(rules, today=self.ruling.today, calendar=self.ruling.calendar)
            if until is None:
                continue
            rows = matters(
                subject,
                until=until,
                today=self.ruling.today,
                measure_ids=self._measure_ids,
                touched_since=self._touched_since,
            )
            for queryset in rows:
                sql, some = _compiled(queryset)
                parts.append(f"SELECT CAST(%s AS text), matters.* FROM ({sql}) AS matters")
                params += [subject.value, *some]
        if not parts:
            return None
        body = " UNION ALL ".join(parts)
        # SQLite keeps dates as text, PostgreSQL needs a type for a column that is always NULL.
        return (
            f"matter(subject, measure_id, lead_id, anchor, due_on, answered_on) AS MATERIALIZED ({body})",
            params,
        )

    @cached_property
    def _days(self) -> list[tuple[Subject, date, date | None]]:
        if self.matters is None:
            return []
        sql, params = self.matters
        # An answer matters only when it was given after the day itself.
        answered = "CASE WHEN answered_on >= due_on THEN answered_on END"
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {sql} SELECT DISTINCT subject, due_on, {answered} FROM matter", params)
            return [(Subject(kind), _date(day), _maybe(answer)) for kind, day, answer in cursor.fetchall()]

    @cached_property
    def notices(self) -> dict[tuple[int, date, date | None], Notice]:
        """What each rule says of each day, by rule, day and answer."""
        found = {}
        for subject, due_on, answered_on in self._days:
            for notice in self.ruling.notices(subject, due_on, answered_on):
                found[notice.rule.id, due_on, answered_on] = notice
        return found

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts.load() if self._given_contacts is None else self._given_contacts

    @cached_property
    def _told(self) -> set[tuple[int, Level]]:
        return {(notice.rule.id, notice.level) for notice in self.notices.values()}

    def _with(self, contact: Sql, *, co: bool) -> Sql | None:
        """The WITH clause up to `candidate`, over the given `contact` table."""
        if self.matters is None or not self.notices:
            return None
        columns = {
            "subject": "text",
            "due_on": "date",
            "answered_on": "date",
            "rule_id": "int",
            "kind": "text",
            "level": "text",
            "occurrence": "int",
        }
        said = [
            (
                notice.rule.subject.value,
                due_on,
                answered_on or _NEVER,
                notice.rule.id,
                notice.kind.value,
                notice.level.value,
                notice.occurrence,
            )
            for (_rule, due_on, answered_on), notice in self.notices.items()
        ]
        notice_sql, notice_params = table(connection, "notice", columns, said)
        matter_sql, matter_params = self.matters
        contact_sql, contact_params = contact
        never = "CAST('0001-01-01' AS date)" if connection.vendor == "postgresql" else "'0001-01-01'"
        said_of = (
            "JOIN notice ON notice.subject = matter.subject AND notice.due_on = matter.due_on "
            "AND notice.answered_on = CASE WHEN matter.answered_on >= matter.due_on "
            f"THEN matter.answered_on ELSE {never} END"
        )
        columns_out = (
            "matter.measure_id, notice.rule_id, notice.kind, notice.level, matter.anchor, matter.due_on, "
            "notice.occurrence, contact.channel, contact.recipient, contact.party, contact.department_id"
        )
        told = "contact.rule_id = notice.rule_id AND contact.level = notice.level"
        body = (
            f"SELECT {columns_out} FROM matter {said_of} "
            f"JOIN contact ON contact.via = 'lead' AND contact.department_id = matter.lead_id AND {told}"
        )
        if co:
            link = Measure.co_departments.through._meta.db_table
            body += (
                f" UNION ALL SELECT {columns_out} FROM matter {said_of} "
                f"JOIN {link} AS link ON link.measure_id = matter.measure_id "
                f"JOIN contact ON contact.via = 'co' AND contact.department_id = link.department_id AND {told}"
            )
            # Who is both lead and co is told once, as the lead.
            names = (
                "measure_id, rule_id, kind, level, anchor, due_on, occurrence, channel, recipient, party, "
                "department_id"
            )
            body = (
                f"SELECT {names} FROM (SELECT everyone.*, row_number() OVER ("
                "PARTITION BY measure_id, rule_id, anchor, due_on, recipient "
                "ORDER BY CASE party WHEN 'co' THEN 1 ELSE 0 END, department_id) AS place "
                f"FROM ({body}) AS everyone) AS ranked WHERE place = 1"
            )
        sql = (
            f"WITH {matter_sql}, {notice_sql}, {contact_sql}, candidate(measure_id, rule_id, kind, level, anchor, "
            f"due_on, occurrence, channel, recipient, party, department_id) AS ({body})"
        )
        return sql, [*matter_params, *notice_params, *contact_params]

    def notices_sql(self) -> Sql | None:
        """A WITH clause that ends in `candidate`: one row for each notice to each address. None: nothing is due."""
        if not self.notices:
            return None
        contacts, rows = self.contacts, []
        co = False
        for rule_id, level in sorted(self._told):
            rule = self.ruling.rows[rule_id]
            also_co = Audience.CO in rule.told(level)
            co = co or also_co
            for department_id in contacts.department_ids:
                for via, addressees in (
                    (
                        "lead",
                        [
                            *contacts.mail_to(department_id, rule, level),
                            *contacts.robots_of(department_id, rule),
                        ],
                    ),
                    ("co", contacts.mail_to_co(department_id, rule, level) if also_co else []),
                ):
                    rows += [
                        (via, department_id, rule_id, level.value, who.channel, who.address, who.party.value)
                        for who in addressees
                        if self._only_to is None or who.address == self._only_to
                    ]
        return self._with(_contact_table(rows), co=co)

    def inbox_sql(self) -> Sql | None:
        """The same for inboxes: `recipient` is a user's id."""
        if self._only_to is not None or not self.notices:
            return None
        rows = [
            ("lead", department_id, rule_id, level.value, "inbox", str(user_id), "")
            for rule_id, level in sorted(self._told)
            for department_id in self.contacts.department_ids
            for user_id in self.contacts.users_told(department_id, self.ruling.rows[rule_id], level)
        ]
        return self._with(_contact_table(rows), co=False) if rows else None

    def candidates(self, *, chunk: int = 1000) -> Iterator[list[Candidate]]:
        """Every notice due to every address, in the order of the days, by chunks."""
        found = self.notices_sql()
        if found is None:
            return
        sql, params = found
        by_rule: dict[tuple[int, date, int, str], Notice] = {
            (notice.rule.id, notice.due_on, notice.occurrence, notice.level.value): notice
            for notice in self.notices.values()
        }
        with connection.cursor() as cursor:
            cursor.execute(
                f"{sql} SELECT measure_id, rule_id, level, anchor, due_on, occurrence, channel, recipient, party, "
                "department_id FROM candidate ORDER BY due_on, measure_id, rule_id, anchor, recipient",
                params,
            )
            while rows := cursor.fetchmany(chunk):
                yield [
                    Candidate(
                        measure_id=row[0],
                        anchor=row[3],
                        notice=by_rule[row[1], _date(row[4]), row[5], row[2]],
                        channel=row[6],
                        address=row[7],
                        party=row[8],
                        department_id=row[9],
                    )
                    for row in rows
                ]


def _contact_table(rows: Sequence[Sequence[object]]) -> Sql:
    columns = {
        "via": "text",
        "department_id": "int",
        "rule_id": "int",
        "level": "text",
        "channel": "text",
        "recipient": "text",
        "party": "text",
    }
    return table(connection, "contact", columns, rows)


def _compiled(queryset: QuerySet) -> tuple[str, tuple[Any, ...]]:
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, params


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _maybe(value: object) -> date | None:
    return None if value is None else _date(value)
