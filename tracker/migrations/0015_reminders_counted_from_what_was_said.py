"""A notice is told by the day it was first due to be said, no longer by a number reckoned from the rule of the day."""

import datetime
from datetime import time, timedelta
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

OWED = ["assigned", "in_progress"]
LATE = [
    "ack_overdue",
    "behind_red",
    "first_report_overdue",
    "milestone_overdue",
    "overdue",
    "period_report_overdue",
    "returned",
    "urged",
]


def take_days(apps: Any, schema_editor: Any) -> None:
    """The day a row was planned on is the day of its step; two of one matter on one day keep their order."""
    Reminder = apps.get_model("tracker", "Reminder")
    InboxNotice = apps.get_model("tracker", "InboxNotice")
    Measure = apps.get_model("tracker", "Measure")
    Reminder.objects.update(step_on=F("planned_on"))
    InboxNotice.objects.update(
        step_on=TruncDate("created_at"),
        department=Subquery(Measure.objects.filter(pk=OuterRef("measure")).values("lead")[:1]),
    )
    for role, party in (("leader", "leader"), ("office", "office")):
        InboxNotice.objects.filter(user__role=role).update(party=party)
    spread(Reminder, "recipient")
    spread(InboxNotice, "user")
    if schema_editor.connection.vendor == "postgresql":
        # A changed reference is checked at the end of the transaction, and until then PostgreSQL alters no such table.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def spread(model: Any, whose: str) -> None:
    key = ("measure", "rule", "anchor", "due_on", whose)
    same = model.objects.order_by().values(*key, "step_on").annotate(n=Count("id")).filter(n__gt=1)
    for found in list(same.values_list(*key)):
        rows = model.objects.filter(**dict(zip(key, found, strict=True))).order_by("-step_on", "-occurrence")
        before = None
        for row in rows:
            if before is not None and row.step_on >= before:
                row.step_on = before - timedelta(days=1)
                row.save(update_fields=["step_on"])
            before = row.step_on


def since_when_owed(apps: Any, schema_editor: Any) -> None:
    """The last step that handed a measure to its lead, resumed it or returned it."""
    Measure = apps.get_model("tracker", "Measure")
    MeasureEvent = apps.get_model("tracker", "MeasureEvent")
    steps = MeasureEvent.objects.filter(
        Q(to_status__in=OWED), ~Q(from_status__in=OWED) | Q(changes__has_key="lead_id"), measure=OuterRef("pk")
    )
    latest = steps.order_by("-version").annotate(day=TruncDate("at")).values("day")[:1]
    Measure.objects.update(owed_since=Subquery(latest))


def mend_rules(apps: Any, schema_editor: Any) -> None:
    """What the constraints now refuse: a late notice is nobody's to mute, a rule without any channel says nothing."""
    ReminderRule = apps.get_model("tracker", "ReminderRule")
    ReminderRule.objects.filter(kind__in=LATE, mutable=True).update(mutable=False)
    silent = ReminderRule.objects.filter(by_mail=False, by_inbox=False, by_robot=False)
    silent.update(by_inbox=True, active=False)


def ship_hours(apps: Any, schema_editor: Any) -> None:
    """An office's hours, unless it has set its own."""
    ReminderPolicy = apps.get_model("tracker", "ReminderPolicy")
    if not ReminderPolicy.objects.exists():
        ReminderPolicy.objects.create(quiet_from=time(18), quiet_until=time(8, 30), workdays_only=True)


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0014_objection_days'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='inboxnotice',
            name='inbox_once',
        ),
        migrations.RemoveConstraint(
            model_name='reminder',
            name='reminder_once',
        ),
        migrations.RemoveIndex(
            model_name='inboxnotice',
            name='inbox_unread',
        ),
        migrations.AddField(
            model_name='inboxnotice',
            name='department',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='inbox_notices', to='tracker.department', verbose_name='单位'),
        ),
        migrations.AddField(
            model_name='inboxnotice',
            name='party',
            field=models.CharField(choices=[('lead', '牵头单位'), ('co', '配合单位'), ('leader', '分管领导'), ('office', '督查室')], default='lead', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='inboxnotice',
            name='step_on',
            field=models.DateField(default=datetime.date(2000, 1, 1), editable=False, verbose_name='本次提醒日期'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='inboxnotice',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='撤回时间'),
        ),
        migrations.AddField(
            model_name='measure',
            name='owed_since',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='催办起算日期'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='step_on',
            field=models.DateField(default=datetime.date(2000, 1, 1), editable=False, verbose_name='本次提醒日期'),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='inboxnotice',
            index=models.Index(condition=models.Q(('read_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['user'], name='inbox_unread'),
        ),
        migrations.RunPython(take_days, migrations.RunPython.noop),
        migrations.RunPython(since_when_owed, migrations.RunPython.noop),
        migrations.RunPython(mend_rules, migrations.RunPython.noop),
        migrations.RunPython(ship_hours, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='inboxnotice',
            constraint=models.UniqueConstraint(fields=('measure', 'rule', 'anchor', 'due_on', 'step_on', 'user'), name='inbox_once'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('measure', 'rule', 'anchor', 'due_on', 'step_on', 'recipient'), name='reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('mutable', False), models.Q(('kind__in', ['ack_overdue', 'behind_red', 'first_report_overdue', 'milestone_overdue', 'overdue', 'period_report_overdue', 'returned', 'urged']), _negated=True), _connector='OR'), name='rule_late_is_not_mutable', violation_error_message='逾期、催办和红灯类提醒不能退订。'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('by_mail', True), ('by_inbox', True), ('by_robot', True), _connector='OR'), name='rule_has_a_channel', violation_error_message='请至少选择一种方式：邮件、站内消息或群机器人。'),
        ),
    ]
