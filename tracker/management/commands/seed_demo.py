"""`manage.py seed_demo`: fills an empty installation with the report, its assignment and a month and a half of work."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from tracker import actions
from tracker.importing import apply_import, propose_import, read_assignment_sheet
from tracker.importing.departments import load_departments
from tracker.management.console import OfficeCommand, chinese_errors
from tracker.models import (
    Department,
    Measure,
    Plan,
    ProgressReport,
    ReminderPolicy,
    StageTemplate,
    User,
    load_calendar,
)
from tracker.plan_document import parse_plan, read_document

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
# Without the characters that are mistaken for one another when a password is typed from paper.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Command(OfficeCommand):
    help = "在空库中导入考察报告、责任分解表和演示进展，建立三个示例账号（密码只显示一次）。"

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        demo = json.loads((FIXTURES / "demo.json").read_text(encoding="utf-8"))
        with chinese_errors(), transaction.atomic():
            if Plan.objects.exists() or User.objects.exists():
                raise CommandError("数据库中已有方案或用户，演示数据只能写入空库，未做任何改动。")
            load_departments(FIXTURES / "departments.json")
            # Whoever tries it in the evening is to see mails as well.
            ReminderPolicy.objects.update(quiet_from=None, quiet_until=None, workdays_only=False)
            logins = _make_logins(demo)
            plan = _import_report(demo, logins["office"][0], now)
            _make_liaisons(plan)
            _replay(plan, demo["steps"], logins["office"][0], now)
        self.stdout.write(
            f"已导入《{plan.title}》：{plan.sections.count()}个部分，{plan.measures.count()}项措施。"
        )
        self.stdout.write("示例账号（密码只显示这一次，请记下）：")
        for role, (user, password) in logins.items():
            kind = {"office": "督查室", "department": "部门联络员", "leader": "分管领导"}[role]
            self.stdout.write(f"  {kind}：用户名 {user.username}  密码 {password}  （{user.name}）")


def _password() -> str:
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(14))


def _make_logins(demo: dict[str, Any]) -> dict[str, tuple[User, str]]:
    """One user a role with a password of its own, by the demo's keys office, department, leader."""
    department = Department.objects.get(name=demo["department"]["department"])
    roles: dict[str, dict[str, Any]] = {
        "office": {"role": User.Role.OFFICE, "email": demo["office"]["email"]},
        "department": {"role": User.Role.LIAISON, "department": department, "email": department.mailbox},
        "leader": {"role": User.Role.LEADER, "email": demo["leader"]["email"]},
    }
    logins = {}
    for key, fields in roles.items():
        user = User(username=demo[key]["username"], name=demo[key]["name"], is_staff=True, **fields)
        password = _password()
        user.set_password(password)
        user.full_clean()
        user.save()
        logins[key] = (user, password)
    Department.objects.filter(name__in=demo["leader"]["in_charge"]).update(
        leader_in_charge=logins["leader"][0]
    )
    return logins


def _import_report(demo: dict[str, Any], office: User, now: datetime) -> Plan:
    document = read_document(FIXTURES / "plans" / "report-fullwidth.txt")
    today = timezone.localdate(now)
    starts_on = today - timedelta(days=demo["started_days_ago"])
    proposal = propose_import(
        source=document,
        parsed=parse_plan(document),
        sheet=read_assignment_sheet(FIXTURES / "assignments.xlsx"),
        title=demo["title"],
        starts_on=starts_on,
        today=today,
        calendar=load_calendar(),
    )
    return apply_import(proposal, actor=office, now=_on_day(starts_on, 0)).plan


def _make_liaisons(plan: Plan) -> None:
    """A liaison for every lead that has none; without a password until 督查室 gives one."""
    for department in Department.objects.filter(led_measures__plan=plan).distinct():
        if not department.members.filter(role=User.Role.LIAISON).exists():
            _make_liaison(department)


def _make_liaison(department: Department) -> User:
    user = User(
        username=department.code,
        name=f"{department.name}联络员",
        role=User.Role.LIAISON,
        department=department,
        email=department.mailbox,
        is_staff=True,
    )
    user.set_unusable_password()
    user.save()
    return user


def _on_day(starts_on: Any, day: int) -> datetime:
    """Ten o'clock on the plan's `day` (calendar days after its start)."""
    return timezone.make_aware(datetime.combine(starts_on + timedelta(days=day), time(10)))


def _replay(plan: Plan, steps: list[dict[str, Any]], office: User, now: datetime) -> None:
    """Takes each step as the person whose step it is, on its day; report days and periods roll on as they would."""
    for step in steps:
        given = {name: value for name, value in step.items() if name not in ("number", "day", "verb")}
        measure = Measure.objects.get(plan=plan, number=step["number"])
        at = min(_on_day(plan.starts_on, step["day"]), now)
        actions.roll_periods(now=at)
        if "proposed_day" in given:
            given["proposed_due_on"] = plan.starts_on + timedelta(days=given.pop("proposed_day"))
        if step["verb"] in _BY_DEPARTMENT:
            unit = Department.objects.get(name=given.pop("department")) if "department" in given else None
            liaison = _liaison(unit or measure.lead)
            _BY_DEPARTMENT[step["verb"]](measure_id=measure.pk, actor=liaison, now=at, **given)
        else:
            _BY_OFFICE[step["verb"]](measure_id=measure.pk, actor=office, now=at, **given)
    actions.roll_periods(now=now)


def _liaison(department: Department | None) -> User:
    assert department is not None, "the demo's steps are of assigned measures"
    found = User.objects.filter(role=User.Role.LIAISON, department=department).first()
    return found or _make_liaison(department)


def _accept_reports(*, measure_id: int, actor: User, now: datetime, note: str) -> None:
    submitted = ProgressReport.objects.filter(measure=measure_id, state=ProgressReport.State.SUBMITTED)
    for report in submitted.order_by("id"):
        actions.accept_report(report_id=report.pk, actor=actor, now=now, note=note)


def _set_stages(*, template: str, **step: Any) -> None:
    actions.set_stages(template=StageTemplate.objects.get(name=template), **step)


def _set_roles(*, roles: list[dict[str, str]], **step: Any) -> None:
    actions.set_roles(roles=[actions.Role(role["name"], role["person"]) for role in roles], **step)


_BY_DEPARTMENT: dict[str, Callable[..., object]] = {
    "acknowledge": actions.acknowledge,
    "report": actions.report,
    "part_report": actions.part_report,
    "request_extension": actions.request_extension,
    "apply_to_close": actions.apply_to_close,
}
_BY_OFFICE: dict[str, Callable[..., object]] = {
    "accept_reports": _accept_reports,
    "close": actions.close,
    "return": actions.send_back,
    "set_roles": _set_roles,
    "set_stages": _set_stages,
    "urge": actions.urge,
}
