"""Plain functions that make rows for tests; each has defaults and takes any field as a keyword.

Measures are made and moved by tracker.actions alone, so that every test row has an honest trail of events.
"""

from datetime import date, datetime, timedelta
from importlib import import_module
from itertools import count
from typing import Any

from django.apps import apps
from django.utils import timezone

from tracker import actions
from tracker.models import (
    CalendarDay,
    Department,
    DepartmentAlias,
    Measure,
    Plan,
    PlanDocument,
    Regime,
    Section,
    User,
)

_serial = count(1)
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=timezone.get_fixed_timezone(0))  # 10:00 in Shanghai, a Tuesday
TODAY = date(2026, 3, 10)


def days_off(year: int) -> dict[date, bool]:
    """One day off for each of the seven holidays, as a notice names them: what makes a year known."""
    days = ((1, 1), (2, 11), (4, 4), (5, 1), (6, 12), (9, 19), (10, 1))
    return {date(year, month, day): False for month, day in days}


def announce(*years: int) -> None:
    """The office has entered the notices of these years."""
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_workday=works) for year in years for day, works in days_off(year).items()
    )


def make_department(name: str = "", *, aliases: tuple[str, ...] = (), **kw: Any) -> Department:
    n = next(_serial)
    department = Department.objects.create(
        **{"name": name or f"市第{n}局", "code": f"d{n}", "mailbox": f"d{n}@city.example", **kw}
    )
    for alias in aliases:
        DepartmentAlias.objects.create(department=department, name=alias)
    return department


def make_user(role: str = "office", **kw: Any) -> User:
    n = next(_serial)
    if role in ("liaison", "head") and "department" not in kw:
        kw["department"] = make_department()
    password = kw.pop("password", "correct-horse-9")
    user = User(**{"username": f"u{n}", "name": f"用户{n}", "role": role, "is_staff": True, **kw})
    user.set_password(password)
    user.save()
    return user


def make_plan(title: str = "行动方案", **kw: Any) -> Plan:
    return Plan.objects.create(**{"title": title, "starts_on": TODAY - timedelta(days=30), **kw})


def make_section(plan: Plan | None = None, **kw: Any) -> Section:
    plan = plan or make_plan()
    number = kw.pop("number", plan.sections.count() + 1)
    return Section.objects.create(
        **{"plan": plan, "number": number, "marker": f"（{number}）", "title": f"部分{number}", **kw}
    )


def make_document(plan: Plan, text: str = "", **kw: Any) -> PlanDocument:
    version = plan.documents.count() + 1
    defaults = {"version": version, "name": "方案.txt", "sha256": f"{version:064d}", "imported_at": NOW}
    return PlanDocument.objects.create(plan=plan, text=text, **{**defaults, **kw})


def make_draft(
    *, section: Section | None = None, title: str = "", text: str = "", now: datetime = NOW
) -> Measure:
    """A registered measure (拟办) whose document holds exactly its text."""
    section = section or make_section()
    n = section.plan.measures.count() + 1
    title = title or f"措施{n}"
    text = text or f"{title}。认真落实第{n}项工作。"
    document = section.plan.documents.first() or make_document(section.plan, text)
    return actions.register(
        plan=section.plan,
        section=section,
        document=document,
        number=f"{section.number}.{section.measures.count() + 1}",
        position=n,
        marker="一是",
        title=title,
        text=text,
        span=(0, len(document.text)),
        actor=None,
        now=now,
    )


def make_measure(
    *,
    lead: Department | None = None,
    co: tuple[Department, ...] = (),
    starts_on: date | None = TODAY - timedelta(days=10),
    due_on: date | None = TODAY + timedelta(days=20),
    acknowledged: bool = True,
    percent: int = 0,
    now: datetime = NOW,
    draft: dict[str, Any] | None = None,
    **assignment: Any,
) -> Measure:
    """An assigned measure; acknowledged (办理中) unless told otherwise, with one report when `percent` is above 0."""
    lead = lead or make_department()
    measure = make_draft(now=now, **(draft or {}))
    actions.assign(
        measure_id=measure.pk,
        actor=None,
        now=now,
        lead=lead,
        co=co,
        starts_on=starts_on,
        due_on=due_on,
        standing=due_on is None,
        **assignment,
    )
    if acknowledged:
        liaison = liaison_of(lead)
        actions.acknowledge(measure_id=measure.pk, actor=liaison, now=now)
        if percent:
            actions.report(
                measure_id=measure.pk, actor=liaison, now=now, percent=percent, progress="正在推进"
            )
    measure.refresh_from_db()
    return measure


def liaison_of(department: Department) -> User:
    """The department's first liaison, made when there is none."""
    return department.members.filter(role=User.Role.LIAISON).first() or make_user(
        "liaison", department=department
    )


def ship_regimes() -> None:
    """The regimes and stage templates as installed: a test that ends with a flush takes them away from those after it."""
    if not Regime.objects.exists():
        import_module("tracker.migrations.0005_regimes").add(apps, None)
