"""A migration that converts rows is tried on rows that it has to convert, forward from the state that an office has."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = "0014_objection_days", "0015_reminders_counted_from_what_was_said"
DAY = date(2026, 3, 10)
# 2026-03-11 01:00 in the office's time zone.
LATE_IN_THE_EVENING = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


@pytest.fixture
def migrate(transactional_db):
    """Takes the database to a state and returns the models as they were then; the newest state comes back afterwards."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()

    def to(name):
        executor = MigrationExecutor(connection)
        executor.migrate([("tracker", name)])
        return MigrationExecutor(connection).loader.project_state([("tracker", name)]).apps

    yield to
    MigrationExecutor(connection).migrate(newest)


class Office:
    """An office's rows before the upgrade."""

    def __init__(self, apps):
        self.get = lambda name: apps.get_model("tracker", name)
        self.lead = self.get("Department").objects.create(name="市教育局", code="jy")
        self.plan = self.get("Plan").objects.create(
            title="方案", starts_on=DAY, created_at=LATE_IN_THE_EVENING
        )
        self.section = self.get("Section").objects.create(plan=self.plan, number=1, title="部分")
        self.document = self.get("PlanDocument").objects.create(
            plan=self.plan,
            version=1,
            name="a.txt",
            sha256="0" * 64,
            text="x",
            imported_at=LATE_IN_THE_EVENING,
        )
        for model in ("ReminderPolicy", "ReminderRule"):
            self.get(model).objects.all().delete()
        self.rule = self.make_rule("overdue", by_mail=True)

    def make_rule(self, code, **kw):
        return self.get("ReminderRule").objects.create(
            **{"code": code, "name": code, "kind": "overdue", "audience": ["liaison"], **kw}
        )

    def measure(self, number, status="in_progress", **kw):
        return self.get("Measure").objects.create(
            plan=self.plan,
            section=self.section,
            document=self.document,
            number=str(number),
            position=number,
            title="措施",
            text="x",
            printed_title="措施",
            printed_hash="0" * 64,
            span_start=0,
            span_end=1,
            lead=None if status == "draft" else self.lead,
            due_on=DAY,
            status=status,
            updated_at=LATE_IN_THE_EVENING,
            **kw,
        )

    def event(self, measure, version, verb, day, before, after, **changes):
        self.get("MeasureEvent").objects.create(
            measure=measure,
            version=version,
            verb=verb,
            at=datetime(2026, 3, day, 2, 0, tzinfo=UTC),
            from_status=before,
            to_status=after,
            changes=changes,
        )

    def reminder(self, measure, occurrence, planned_on, **kw):
        return (
            self.get("Reminder")
            .objects.create(
                **{
                    "measure": measure,
                    "rule": self.rule,
                    "kind": "overdue",
                    "occurrence": occurrence,
                    "due_on": DAY,
                    "recipient": "a@x.example",
                    "department": self.lead,
                    "planned_on": planned_on,
                    "state": "sent",
                    "not_before": LATE_IN_THE_EVENING,
                    **kw,
                }
            )
            .pk
        )

    def notice(self, measure, role, occurrence=0):
        user, _made = self.get("User").objects.get_or_create(
            username=role, defaults={"role": role, "department": self.lead if role == "liaison" else None}
        )
        return (
            self.get("InboxNotice")
            .objects.create(
                user=user,
                rule=self.rule,
                measure=measure,
                kind="overdue",
                due_on=DAY,
                occurrence=occurrence,
                created_at=LATE_IN_THE_EVENING,
            )
            .pk
        )


def test_reminders_numbered_by_their_rule_are_told_by_their_day_afterwards(migrate):
    office = Office(migrate(BEFORE))
    handed_on, returned, draft = office.measure(1), office.measure(2), office.measure(3, "draft")
    # Transferred on the 5th by its lead alone; reported since.
    office.event(handed_on, 1, "assign", 2, "draft", "assigned", lead_id=[None, 1])
    office.event(handed_on, 2, "transfer", 5, "in_progress", "assigned", lead_id=[1, office.lead.pk])
    office.event(handed_on, 3, "acknowledge", 6, "assigned", "in_progress")
    office.event(handed_on, 4, "report", 7, "in_progress", "in_progress", percent=[0, 10])
    office.event(returned, 1, "assign", 2, "draft", "assigned", lead_id=[None, office.lead.pk])
    office.event(returned, 2, "return", 9, "closing", "in_progress")
    # Three of one matter and one address, two of them planned on one day; another address has its own.
    first = office.reminder(handed_on, 0, DAY)
    second = office.reminder(handed_on, 1, DAY)
    third = office.reminder(handed_on, 2, date(2026, 3, 12))
    other = office.reminder(handed_on, 0, DAY, recipient="b@x.example")
    told = [office.notice(handed_on, "liaison", number) for number in (0, 1)]
    leaders, offices = office.notice(handed_on, "leader"), office.notice(handed_on, "office")
    office.make_rule("muted", mutable=True)
    office.make_rule("silent", by_mail=False, by_inbox=False, by_robot=False)
    office.make_rule("soon", kind="due_soon", mutable=True)

    apps = migrate(AFTER)
    reminders = dict(apps.get_model("tracker", "Reminder").objects.values_list("pk", "step_on"))
    assert reminders == {first: date(2026, 3, 9), second: DAY, third: date(2026, 3, 12), other: DAY}
    notices = {row.pk: row for row in apps.get_model("tracker", "InboxNotice").objects.all()}
    assert [notices[pk].step_on for pk in told] == [DAY, date(2026, 3, 11)], "the day of the office's clock"
    assert [notices[pk].party for pk in (*told, leaders, offices)] == ["lead", "lead", "leader", "office"]
    assert {row.department_id for row in notices.values()} == {office.lead.pk}
    measures = dict(apps.get_model("tracker", "Measure").objects.values_list("pk", "owed_since"))
    assert measures == {handed_on.pk: date(2026, 3, 5), returned.pk: date(2026, 3, 9), draft.pk: None}
    rules = {row.code: row for row in apps.get_model("tracker", "ReminderRule").objects.all()}
    assert [rules[code].mutable for code in ("muted", "soon")] == [False, True]
    assert (rules["silent"].by_inbox, rules["silent"].active, rules["muted"].active) == (True, False, True)
    policy = apps.get_model("tracker", "ReminderPolicy").objects.get()
    assert (str(policy.quiet_from), str(policy.quiet_until), policy.workdays_only) == (
        "18:00:00",
        "08:30:00",
        True,
    )


def test_an_offices_own_hours_stay(migrate):
    policies = Office(migrate(BEFORE)).get("ReminderPolicy")
    kept = policies.objects.create(workdays_only=False)
    [policy] = migrate(AFTER).get_model("tracker", "ReminderPolicy").objects.all()
    assert (policy.pk, policy.quiet_from, policy.workdays_only) == (kept.pk, None, False)
