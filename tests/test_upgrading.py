"""A migration that converts rows is tried on rows that it has to convert, forward from the state that an office has."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tracker import reminders
from tracker.models import Reminder

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

    def notice(self, measure, role, occurrence=0, **kw):
        user, _made = self.get("User").objects.get_or_create(
            username=role, defaults={"role": role, "department": self.lead if role == "liaison" else None}
        )
        return (
            self.get("InboxNotice")
            .objects.create(
                **{
                    "user": user,
                    "rule": self.rule,
                    "measure": measure,
                    "kind": "overdue",
                    "due_on": DAY,
                    "occurrence": occurrence,
                    "created_at": LATE_IN_THE_EVENING,
                    **kw,
                }
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


PUBLISHED_BEFORE, PUBLISHED_AFTER = (
    "0022_withdrawn_applications",
    "0023_stage_order_and_published_measures",
)


def test_a_measure_published_before_shows_a_claimant_no_more_than_one_published_now(migrate):
    apps = migrate(PUBLISHED_BEFORE)
    office = Office(apps)
    co = office.get("Department").objects.create(name="市财政局", code="cz")
    given = {"remark": "内部", "percent": 30, "original_due_on": date(2026, 2, 1)}
    first = {
        "lead_id": [None, office.lead.pk],
        "co": [[], ["cz"]],
        "remark": ["", "内部"],
        "percent": [0, 30],
    }
    # Published before anything was withheld, and after lead, remark and progress were.
    shown, partly = (
        office.measure(1, "published", version=2, **given),
        office.measure(2, "published", version=2),
    )
    shown.co_departments.add(co)
    for measure in (shown, partly):
        office.event(measure, 1, "register", 2, "draft", "draft", status=["draft", "draft"], **first)
        measure.indicators.create(name="投资", unit="亿元", target=30, current="12.50")
    office.event(shown, 2, "publish", 3, "draft", "published", status=["draft", "published"])
    away = {name: [after, before] for name, (before, after) in first.items()}
    office.event(partly, 2, "publish", 3, "draft", "published", status=["draft", "published"], **away)
    office.get("Measure").objects.filter(pk=partly.pk).update(lead=None, original_due_on=date(2026, 2, 1))
    # Nothing to withhold: nothing is done to it.
    blank = office.measure(3, "published", version=1)
    office.get("Measure").objects.filter(pk=blank.pk).update(lead=None)
    office.event(blank, 1, "publish", 3, "draft", "published", status=["draft", "published"])

    def row(apps, measure):
        found = apps.get_model("tracker", "Measure").objects.get(pk=measure.pk)
        current = [str(one.current) for one in found.indicators.all() if one.current is not None]
        codes = [one.code for one in found.co_departments.all()]
        lead = found.lead.code if found.lead is not None else None
        return (found.version, lead, codes, found.remark, found.percent, found.original_due_on, current)

    apps = migrate(PUBLISHED_AFTER)
    assert row(apps, shown) == row(apps, partly) == (4, None, [], "", 0, None, [])
    assert row(apps, blank) == (1, None, [], "", 0, None, [])
    for measure in (shown, partly):
        events = apps.get_model("tracker", "MeasureEvent").objects.filter(measure_id=measure.pk)
        told = events.order_by("version").last()
        assert (told.verb, told.from_status, told.to_status) == ("publish", "draft", "published")
        assert told.changes == {
            **away,
            "status": ["draft", "published"],
            "original_due_on": ["2026-02-01", None],
            "indicator:投资": ["12.5", None],
        }

    # The version before withheld less, and brings back what its own kind of step says.
    apps = migrate(PUBLISHED_BEFORE)
    for measure in (shown, partly):
        assert row(apps, measure) == (6, None, [], "", 0, date(2026, 2, 1), ["12.50"])
    apps = migrate(PUBLISHED_AFTER)
    assert row(apps, partly) == (8, None, [], "", 0, None, [])


def test_stages_arranged_before_keep_their_order(migrate):
    apps = migrate(PUBLISHED_BEFORE)
    office = Office(apps)
    template = office.get("StageTemplate").objects.create(name="两步")
    for position, name in ((1, "开工"), (2, "竣工")):
        template.stages.create(position=position, name=name, share=50 * position)
    by_name, renamed = office.measure(1), office.measure(2)
    for measure in (by_name, renamed):
        for day, text in ((1, "选址"), (2, "开工"), (3, "竣工")):
            measure.milestones.create(due_on=date(2026, 6, day), text=text)
    made = [["2026-06-01 选址"], ["2026-06-01 选址", "2026-06-02 开工", "2026-06-03 竣工"]]
    for measure, name in ((by_name, "两步"), (renamed, "旧名")):
        measure.events.create(
            version=1,
            verb="set_stages",
            at=LATE_IN_THE_EVENING,
            from_status="in_progress",
            to_status="in_progress",
            note=name,
            changes={"milestones": made},
        )
    apps = migrate(PUBLISHED_AFTER)
    for measure, key in ((by_name, str(template.pk)), (renamed, "旧名")):
        rows = apps.get_model("tracker", "Milestone").objects.filter(measure_id=measure.pk).order_by("due_on")
        assert [row.stages for row in rows] == [{}, {key: 0}, {key: 1}]


def test_unread_repeats_of_one_matter_become_one(migrate):
    office = Office(migrate("0025_section_chapters"))
    measure, other = office.measure(1), office.measure(2)
    notices = office.get("InboxNotice").objects
    told = [
        office.notice(measure, "liaison", number, step_on=date(2026, 3, 10 + number)) for number in range(4)
    ]
    ahead = office.notice(measure, "liaison", 0, step_on=date(2026, 3, 8), kind="due_soon")
    report = office.notice(measure, "liaison", 0, step_on=date(2026, 3, 9), kind="period_report_overdue")
    leaders = office.notice(measure, "leader", 0, step_on=DAY)
    another = office.notice(other, "liaison", 0, step_on=DAY)
    notices.filter(pk=told[1]).update(read_at=LATE_IN_THE_EVENING)
    apps = migrate("0026_one_unread_notice_a_matter")
    replaced = apps.get_model("tracker", "InboxNotice").objects.filter(replaced_at__isnull=False)
    assert set(replaced.values_list("pk", flat=True)) == {told[0], told[2], ahead}
    shown = apps.get_model("tracker", "InboxNotice").objects.filter(replaced_at=None)
    assert set(shown.values_list("pk", flat=True)) == {told[1], told[3], report, leaders, another}


def test_sheets_that_went_out_keep_the_numbers_they_went_out_under(migrate):
    office = Office(migrate("0028_measure_due"))
    measure, other = office.measure(1), office.measure(2)
    batch = UUID("12345678-1234-5678-1234-567812345678")
    orange = {"step_on": DAY, "level": "orange"}
    waiting = office.reminder(measure, 0, DAY, state="planned", step_on=DAY, recipient="b@x.example")
    sent = office.reminder(measure, 0, DAY, batch=batch, **orange)
    again = office.reminder(measure, 0, DAY, batch=batch, **{**orange, "step_on": date(2027, 1, 4)})
    office.reminder(measure, 0, DAY, batch=batch, step_on=date(2026, 3, 11), level="blue")
    office.reminder(other, 0, DAY, state="planned", **orange)
    office.reminder(other, 0, DAY, batch=batch, channel="wecom", recipient="wecom:1", **orange)

    apps = migrate("0029_sheet_numbers")
    rows = apps.get_model("tracker", "SheetNumber").objects.order_by("year")
    assert list(rows.values_list("year", "number", "measure", "step_on")) == [
        (2026, waiting, measure.pk, DAY),
        (2027, again, measure.pk, date(2027, 1, 4)),
    ], "the number of the first row that carried the notice, as it was printed"
    assert sent > waiting


URGED_BEFORE, URGED_AFTER = "0029_sheet_numbers", "0030_told_of_each_urging"


def test_what_was_urged_or_handed_over_before_is_not_told_again(migrate):
    apps = migrate(URGED_BEFORE)
    office = Office(apps)
    office.get("User").objects.create(
        username="a", role="liaison", department=office.lead, email="a@x.example"
    )
    urged = office.measure(1, urged_on=DAY)
    handed = office.measure(2, "assigned", handed_version=1, handed_on=DAY)
    office.measure(3, urged_on=DAY)
    told = {"step_on": DAY, "due_on": DAY}
    rules = {
        kind: office.make_rule(kind, kind=kind, days=0, unit="calendar") for kind in ("urged", "assigned")
    }
    office.reminder(urged, 0, DAY, kind="urged", rule=rules["urged"], sent_at=LATE_IN_THE_EVENING, **told)
    of_hand_over = {"kind": "assigned", "rule": rules["assigned"], "anchor": 1}
    office.reminder(handed, 0, DAY, sent_at=LATE_IN_THE_EVENING, **of_hand_over, **told)
    apps.get_model("tracker", "ReminderRule").objects.filter(code="overdue").update(active=False)
    migrate(URGED_AFTER)
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    later = DAY + timedelta(days=1)
    result = reminders.plan(now=LATE_IN_THE_EVENING + timedelta(hours=12), today=later)
    assert (result.planned, result.revived, result.gaps) == (1, 0, ()), "the third, which nobody was told of"
    assert Reminder.objects.count() == 3
