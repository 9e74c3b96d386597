"""The rules that an office starts with, after 13710 and the field's practice (docs/domain.md); it edits them in the admin."""

from typing import Any

from django.db import migrations

UNIT = ["liaison"]
RULES: list[tuple[str, str, str, int, str, dict[str, Any]]] = [
    # code, name, kind, days, unit, the rest
    ("deadline-soon", "临期提醒（3个工作日内）", "due_soon", 3, "workday", {"mutable": True}),
    ("deadline-today", "当日到期提醒", "due_today", 0, "workday", {"mutable": True}),
    (
        "overdue",
        "逾期催办",
        "overdue",
        1,
        "calendar",
        # The written notice of the day after expiry is copied to the leader in charge.
        {"repeat": 5, "level": "blue", "climb_after": 1, "audience": ["liaison", "leader"], "orange": ["head"],
         "red": ["office"]},
    ),
    (
        "acknowledge-overdue",
        "超期未签收",
        "ack_overdue",
        1,
        "calendar",
        {"repeat": 2, "level": "blue", "climb_after": 1, "orange": ["head"], "red": ["leader"]},
    ),
    (
        "first-report-overdue",
        "首次反馈超期",
        "first_report_overdue",
        1,
        "calendar",
        {"repeat": 2, "level": "blue", "climb_after": 1, "orange": ["head"], "red": ["leader"]},
    ),
    ("period-report-due", "定期报告临近", "period_report_due", 2, "workday", {"mutable": True}),
    (
        "period-report-overdue",
        "定期报告超期",
        "period_report_overdue",
        1,
        "calendar",
        {"repeat": 3, "level": "blue", "climb_after": 1, "orange": ["head"], "red": ["leader"]},
    ),
    ("checkpoint-near", "督办节点临近", "checkpoint_near", 1, "calendar", {"mutable": True}),
    ("milestone-near", "阶段目标临近", "milestone_near", 3, "workday", {"mutable": True}),
    (
        "milestone-overdue",
        "阶段目标逾期",
        "milestone_overdue",
        1,
        "calendar",
        {"repeat": 5, "level": "blue", "climb_after": 1, "orange": ["head"], "red": ["leader"]},
    ),
    ("behind-yellow", "进度滞后（黄灯）", "behind_yellow", 0, "calendar", {"mutable": True}),
    (
        "behind-red",
        "进度严重滞后（红灯）",
        "behind_red",
        0,
        "calendar",
        {"repeat": 10, "audience": ["liaison", "head"]},
    ),
    (
        "returned",
        "退回未重报",
        "returned",
        1,
        "calendar",
        {"repeat": 2, "level": "blue", "climb_after": 1, "orange": ["head"], "red": ["leader"]},
    ),
    ("extension-waiting", "延期申请待审批", "extension_waiting", 1, "workday", {"repeat": 1, "audience": ["office"]}),
    ("closing-waiting", "办结申请待审核", "closing_waiting", 3, "workday", {"repeat": 3, "audience": ["office"]}),
]


def ship(apps: Any, schema_editor: Any) -> None:
    rule = apps.get_model("tracker", "ReminderRule")
    for code, name, kind, days, unit, more in RULES:
        rule.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "kind": kind,
                "days": days,
                "unit": unit,
                "repeat": more.get("repeat", 0),
                "level": more.get("level", ""),
                "climb_after": more.get("climb_after", 0),
                "audience": more.get("audience", UNIT),
                "audience_orange": more.get("orange", []),
                "audience_red": more.get("red", []),
                "mutable": more.get("mutable", False),
            },
        )


def take_back(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tracker", "ReminderRule").objects.filter(code__in=[rule[0] for rule in RULES]).delete()


class Migration(migrations.Migration):
    dependencies = [("tracker", "0007_reminder_rules")]
    operations = [migrations.RunPython(ship, take_back)]
