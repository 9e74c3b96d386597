"""What is due, found by the database: matters by their indexes and what was said of them, in one statement.

The rules stay Python (tracker/rules/reminder_schedule.py): asked once for each different state of a matter, their answers go
back to the database as tables, and so do the addresses of departments. What is due to whom is then a join, which the
planning writes in one statement; nothing walks the measures that are not due.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.db import connection

from tracker.models import InboxNotice, Measure, ReminderRule
from tracker.reminders.contacts import Addressee, Contacts
from tracker.reminders.ruling import Ruling
from tracker.reminders.said import COLUMNS, NEVER, latest_day, standing
from tracker.reminders.subjects import ASKED, matter_sql
from tracker.reminders.tables import Sql, table
from tracker.rules.reminder_kinds import Subject
from tracker.rules.reminder_schedule import (
    Level,
    Notice,
    Said,
    last_day_noticed,
    nearness,
)

_CANDIDATE = (
    "measure_id, rule_id, kind, level, anchor, due_on, step_on, occurrence, channel, recipient, party, "
    "department_id, words, notice"
)


@dataclass(frozen=True)
class Candidate:
    """One notice that is due to one address; an empty address is a gap: somebody who is to be told cannot be reached, and
    `words` says who."""

    measure_id: int
    anchor: int
    notice: Notice
    channel: str
    address: str
    party: str
    department_id: int
    words: str = ""


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
        self.touched_since = touched_since
        self._only_to = only_to
        self._given_contacts = contacts

    @cached_property
    def matters(self) -> Sql | None:
        """`matter(subject, measure_id, lead_id, anchor, due_on, answered_on, owed_since)`; None when no rule is active."""
        today, calendar = self.ruling.today, self.ruling.calendar
        days = (
            (subject, last_day_noticed(rules, today=today, calendar=calendar))
            for subject, rules in self.ruling.rules.items()
        )
        until = tuple((subject, day) for subject, day in days if day is not None)
        if not until:
            return None
        asked = self._measure_ids is not None
        sql, params = matter_sql(
            connection.vendor, until, today, asked, self.touched_since, self.ruling.tells_co(Subject.HANDED)
        )
        if self._measure_ids is None:
            return sql, list(params)
        asked_sql, asked_params = table(
            connection, ASKED, {"measure_id": "int"}, [(pk,) for pk in sorted(self._measure_ids)]
        )
        return f"{asked_sql}, {sql}", [*asked_params, *params]

    @cached_property
    def _found(self) -> list[tuple[int, int, int, object, Notice]]:
        """Every notice that is due (measure, lead, anchor, day counted from, notice), as one look at the ledger shows it:
        all that is asked afterwards rests on this look, whatever others send or record meanwhile."""
        if self.matters is None:
            return []
        applying, applying_params = table(
            connection,
            "applying",
            {"subject": "text", "rule_id": "int", "since": "date", "until": "date"},
            list(self._spans()),
        )
        matter_sql, matter_params = self.matters
        standing_sql, standing_params = standing(self.ruling.today)
        notice = lru_cache(maxsize=None)(self._notice)
        found = []
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH {matter_sql}, {applying}, {standing_sql} SELECT {', '.join(COLUMNS)} FROM standing",
                [*matter_params, *applying_params, *standing_params],
            )
            for measure_id, lead_id, rule_id, anchor, due_on, *asked in cursor.fetchall():
                said = notice(rule_id, due_on, *asked)
                if said is not None:
                    found.append((measure_id, lead_id, anchor, due_on, said))
        return found

    def _spans(self) -> Iterator[tuple[object, ...]]:
        """Each rule with the days that it may speak of."""
        today, calendar = self.ruling.today, self.ruling.calendar
        for subject, rules in self.ruling.rules.items():
            for rule in rules:
                until = last_day_noticed([rule], today=today, calendar=calendar)
                yield subject.value, rule.id, today if rule.before else date.min, until

    @cached_property
    def notices(self) -> dict[Notice, int]:
        """The different notices that are due, numbered."""
        different = dict.fromkeys(notice for *_matter, notice in self._found)
        return {notice: number for number, notice in enumerate(different)}

    def _notice(
        self,
        rule_id: int,
        due_on: object,
        answered_on: object,
        step_on: object,
        heard_on: object,
        level: str,
        occurrence: int,
        waiting: int,
        times: int,
        unanswered: int,
    ) -> Notice | None:
        said = Said(
            step_on=_maybe(step_on),
            heard_on=_maybe(heard_on),
            level=Level(level),
            occurrence=occurrence,
            waiting=bool(waiting),
            times=int(times),
            unanswered=int(unanswered),
        )
        return self.ruling.notice(rule_id, due_on=_date(due_on), answered_on=_maybe(answered_on), said=said)

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts.load() if self._given_contacts is None else self._given_contacts

    @cached_property
    def _told(self) -> list[tuple[ReminderRule, Level]]:
        found = {(notice.rule.id, notice.level) for notice in self.notices}
        return [(self.ruling.rows[rule_id], level) for rule_id, level in sorted(found)]

    def _with(self, contacts: Iterable[tuple[object, ...]]) -> Sql:
        """The WITH clause up to `candidate`, over these rows of a `contact` table."""
        rows = list(contacts)
        lanes = self._lanes()
        tables = [
            table(
                connection,
                "notice",
                {
                    **{
                        "notice": "int",
                        "rule_id": "int",
                        "kind": "text",
                        "level": "text",
                        "occurrence": "int",
                    },
                    **{"step_on": "date", "lane": "int", "place": "int"},
                },
                [
                    (
                        *(number, notice.rule.id, notice.kind.value, notice.level.value, notice.occurrence),
                        *(notice.step_on, *lanes[notice.rule.id]),
                    )
                    for notice, number in self.notices.items()
                ],
            ),
            table(
                connection,
                "standing",
                {"measure_id": "int", "lead_id": "int", "anchor": "int", "due_on": "date", "notice": "int"},
                [(*matter, self.notices[notice]) for *matter, notice in self._found],
            ),
            _contact_table(rows),
        ]
        chosen = (
            "SELECT standing.measure_id, notice.rule_id, notice.kind, notice.level, standing.anchor, "
            "standing.due_on, notice.step_on, notice.occurrence, contact.channel, contact.recipient, contact.party, "
            "contact.department_id, contact.words, notice.notice, notice.lane, notice.place "
            "FROM standing JOIN notice ON notice.notice = standing.notice "
        )
        told = "contact.rule_id = notice.rule_id AND contact.level = notice.level"
        body = f"{chosen} JOIN contact ON contact.via = 'lead' AND contact.department_id = standing.lead_id AND {told}"
        co = any(row[0] == "co" for row in rows)
        if co:
            link = Measure.co_departments.through._meta.db_table
            body += (
                f" UNION ALL {chosen} JOIN {link} AS link ON link.measure_id = standing.measure_id "
                f"JOIN contact ON contact.via = 'co' AND contact.department_id = link.department_id AND {told}"
            )
        decided = any(row[0] == "decider" for row in rows)
        if decided:
            body += (
                f" UNION ALL {chosen} JOIN {Measure._meta.db_table} AS decided ON decided.id = standing.measure_id "
                "AND decided.leader_extends "
                f"JOIN contact ON contact.via = 'decider' AND contact.department_id = standing.lead_id AND {told}"
            )
        if co or decided or len({lane for lane, _place in lanes.values()}) < len(lanes):
            # Who is both lead and co is told once, as the lead; who is to hear of one matter by several rules that remind
            # ahead hears the nearest.
            body = (
                f"SELECT {_CANDIDATE} FROM (SELECT everyone.*, row_number() OVER ("
                "PARTITION BY measure_id, lane, anchor, due_on, recipient "
                "ORDER BY place, CASE party WHEN 'co' THEN 1 ELSE 0 END, department_id, party) AS first "
                f"FROM ({body}) AS everyone) AS ranked WHERE first = 1"
            )
        else:
            body = f"SELECT {_CANDIDATE} FROM ({body}) AS everyone"
        clauses = ", ".join(sql for sql, _params in tables)
        params = [value for _sql, values in tables for value in values]
        return f"WITH {clauses}, candidate({_CANDIDATE}) AS ({body})", params

    def _lanes(self) -> dict[int, tuple[int, int]]:
        """For each rule that speaks: rules of one lane tell one person one thing, that of the lowest place."""
        rules = {notice.rule.id: notice.rule for notice in self.notices}
        ahead = sorted(
            (rule for rule in rules.values() if rule.before),
            key=lambda rule: nearness(rule, today=self.ruling.today, calendar=self.ruling.calendar),
        )
        subjects = list(Subject)
        found = {rule.id: (rule.id, 0) for rule in rules.values()}
        found |= {rule.id: (-1 - subjects.index(rule.subject), place) for place, rule in enumerate(ahead)}
        return found

    def notices_sql(self) -> Sql | None:
        """A WITH clause that ends in `candidate`: one row for each notice to each address. None: nothing is due."""
        if not self.notices:
            return None
        contacts = self.contacts
        return self._with(
            _contact(via, department_id, rule, level, who)
            for rule, level in self._told
            for department_id in contacts.department_ids
            for via, addressees in (
                (
                    "lead",
                    [
                        *contacts.mail_to(department_id, rule, level),
                        *contacts.robots_of(department_id, rule),
                    ],
                ),
                ("co", contacts.mail_to_co(department_id, rule, level)),
                ("decider", contacts.mail_to_decider(department_id, rule, level)),
            )
            for who in addressees
            if self._only_to is None or who.address == self._only_to
        )

    def inbox_sql(self) -> Sql | None:
        """The same for inboxes: `recipient` is a user's id."""
        if self._only_to is not None or not self.notices:
            return None
        contacts = self.contacts
        return self._with(
            _contact(via, department_id, rule, level, who)
            for rule, level in self._told
            for department_id in contacts.department_ids
            for via, addressees in (
                ("lead", contacts.users_told(department_id, rule, level)),
                ("co", contacts.co_users_told(department_id, rule, level)),
                ("decider", contacts.decider_told(department_id, rule)),
            )
            for who in addressees
        )

    def unread_notices_still_true(self, *, replaced_of: Collection[int] | None = None) -> Sql:
        """A WITH clause that ends in `still(id)`: unread inbox notices of matters that their rule speaks of today; with
        `replaced_of` those of these measures that are out of sight, because a later one stood for them."""
        spoken, params = table(
            connection,
            "spoken",
            {"measure_id": "int", "lead_id": "int", "anchor": "int", "due_on": "date", "rule_id": "int"},
            [
                (*matter, notice.rule.id)
                for *matter, notice in self._found
                if replaced_of is None or matter[0] in replaced_of
            ],
        )
        last, last_params = table(connection, "last", {"day": "date"}, [(latest_day(self.ruling.today),)])
        still = (
            "still(id) AS MATERIALIZED (SELECT inbox.id FROM spoken CROSS JOIN last "
            f"JOIN {InboxNotice._meta.db_table} AS inbox ON inbox.measure_id = spoken.measure_id "
            "AND inbox.rule_id = spoken.rule_id AND inbox.anchor = spoken.anchor AND inbox.due_on = spoken.due_on "
            f"WHERE inbox.read_at IS NULL AND inbox.withdrawn_at IS NULL "
            f"AND inbox.replaced_at IS {'NULL' if replaced_of is None else 'NOT NULL'} AND inbox.step_on <= last.day "
            "AND (inbox.party = 'co' OR inbox.department_id = spoken.lead_id))"
        )
        return f"WITH {spoken}, {last}, {still}", [*params, *last_params]

    def candidates(self, *, inbox: bool = False, chunk: int = 1000) -> Iterator[list[Candidate]]:
        """Every notice due to every address (with `inbox`: to every user's inbox), in the order of the days, by chunks."""
        found = self.inbox_sql() if inbox else self.notices_sql()
        if found is None:
            return
        sql, params = found
        numbered = list(self.notices)
        with connection.cursor() as cursor:
            cursor.execute(
                f"{sql} SELECT measure_id, anchor, channel, recipient, party, department_id, notice, words "
                "FROM candidate ORDER BY due_on, measure_id, rule_id, anchor, recipient",
                params,
            )
            while rows := cursor.fetchmany(chunk):
                yield [
                    Candidate(
                        measure_id=row[0],
                        anchor=row[1],
                        notice=numbered[row[6]],
                        channel=row[2],
                        address=row[3],
                        party=row[4],
                        department_id=row[5],
                        words=row[7],
                    )
                    for row in rows
                ]


def _contact(
    via: str, department_id: int, rule: ReminderRule, level: Level, who: Addressee
) -> tuple[object, ...]:
    return (
        via,
        department_id,
        rule.pk,
        level.value,
        who.channel,
        who.address,
        who.party.value,
        who.words,
    )


def _contact_table(rows: Sequence[Sequence[object]]) -> Sql:
    columns = {
        "via": "text",
        "department_id": "int",
        "rule_id": "int",
        "level": "text",
        "channel": "text",
        "recipient": "text",
        "party": "text",
        "words": "text",
    }
    return table(connection, "contact", columns, rows)


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _maybe(value: object) -> date | None:
    """None for NEVER."""
    day = _date(value)
    return None if day == date.fromisoformat(NEVER) else day
