"""The office's rules as the engine asks them on one day: which there are, and what each says of one matter."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from tracker.models import Audience, ReminderRule
from tracker.rules.reminder_kinds import Subject
from tracker.rules.reminder_schedule import Notice, Rule, Said, notice_due
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Ruling:
    """The office's rules as rows and as the engine reads them, and the day and calendar they are asked about."""

    rows: dict[int, ReminderRule]
    rules: dict[Subject, list[Rule]]
    today: date
    calendar: WorkCalendar

    @classmethod
    def load(cls, *, today: date, calendar: WorkCalendar, instead: ReminderRule | None = None) -> "Ruling":
        """`instead`: a rule as somebody edits it, in the place of the stored one."""
        rows = {row.pk: row for row in ReminderRule.objects.filter(active=True).order_by("id")}
        if instead is not None:
            rows[instead.pk] = instead
        rules: dict[Subject, list[Rule]] = defaultdict(list)
        for row in rows.values():
            rule = row.as_rule()
            rules[rule.subject].append(rule)
        return cls(rows, dict(rules), today, calendar)

    @cached_property
    def by_id(self) -> dict[int, Rule]:
        return {rule.id: rule for rules in self.rules.values() for rule in rules}

    def tells_co(self, subject: Subject | None = None) -> bool:
        """Whether a rule (of one subject) tells those who assist."""
        rules = self.by_id.values() if subject is None else self.rules.get(subject, [])
        rows = [self.rows[rule.id] for rule in rules]
        return any(Audience.CO in [*r.audience, *r.audience_orange, *r.audience_red] for r in rows)

    def about(self, rule_ids: Collection[int]) -> "Ruling":
        """The same with no more rules than can decide what these say: theirs and the others of their subjects, of which
        one may speak in another's stead."""
        subjects = {rule.subject for rule in self.by_id.values() if rule.id in rule_ids}
        return replace(self, rules={subject: self.rules[subject] for subject in subjects})

    def notice(self, rule_id: int, *, due_on: date, answered_on: date | None, said: Said) -> Notice | None:
        """What a rule says of one matter."""
        return notice_due(
            self.by_id[rule_id],
            due_on=due_on,
            answered_on=answered_on,
            today=self.today,
            calendar=self.calendar,
            said=said,
        )
