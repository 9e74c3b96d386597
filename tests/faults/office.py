"""What the trials remind of: run inside the product's own process, told by a file of matters."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

SHANGHAI = timezone(timedelta(hours=8))
# When the trials happen unless they say otherwise: a Tuesday in ordinary weeks, what is overdue then and what is due soon.
MORNING = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
OVERDUE_ON, SOON_ON = date(2026, 3, 6), date(2026, 3, 12)


@dataclass(frozen=True)
class Matter:
    """One measure: its number of its own (M00001), whose address is told, and when it is due."""

    name: str
    address: str
    due_on: date


def write(matters: Iterable[Matter], file: Path) -> None:
    file.write_text(json.dumps([asdict(matter) for matter in matters], default=str), encoding="utf-8")


def fill(file: str, rules: Iterable[str]) -> None:
    """Makes the departments, one an address, each with a liaison, and their measures: rows only, without a trail of events."""
    from tests.makers import NOW, make_document, make_plan, make_section
    from tests.reminders.scene import only_rules
    from tracker.models import Department, Measure, User

    only_rules(*rules)
    rows = json.loads(Path(file).read_text(encoding="utf-8"))
    units = {
        address: Department(name=f"市第{n}局", code=f"d{n}", mailbox=f"d{n}@city.example")
        for n, address in enumerate(dict.fromkeys(row["address"] for row in rows))
    }
    Department.objects.bulk_create(units.values())
    User.objects.bulk_create(
        # The head reads the same mailbox: a colour that climbs then widens to somebody, and nobody is told twice.
        User(username=f"{role}{n}", name=f"用户{n}", role=role, email=address, department=unit)
        for n, (address, unit) in enumerate(units.items())
        for role in ("liaison", "head")
    )
    section = make_section(make_plan("某市行动方案"))
    document = make_document(section.plan, "原文")
    Measure.objects.bulk_create(
        Measure(
            plan=section.plan,
            section=section,
            document=document,
            number=f"1.{position}",
            position=position,
            title=row["name"],
            text=row["name"],
            span_start=0,
            span_end=2,
            lead=units[row["address"]],
            starts_on=date.fromisoformat(row["due_on"]) - timedelta(days=60),
            due_on=date.fromisoformat(row["due_on"]),
            status="assigned",
            assigned_at=NOW,
            updated_at=NOW,
        )
        for position, row in enumerate(rows)
    )
