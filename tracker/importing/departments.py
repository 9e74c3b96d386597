"""Department names as printed → Department rows, by name or alias; and the fixture that brings departments in."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from tracker.importing.errors import ImportRefused
from tracker.models import Department, DepartmentAlias, name_key


class DepartmentNames:
    """All departments in use, found by any of their names. Read once an import (two queries)."""

    def __init__(self) -> None:
        departments = {department.pk: department for department in Department.objects.filter(active=True)}
        self._by_key = {name_key(department.name): department for department in departments.values()}
        for department_id, key in DepartmentAlias.objects.values_list("department_id", "key"):
            if department_id in departments:
                self._by_key.setdefault(key, departments[department_id])

    def find(self, name: str) -> Department | None:
        """The department of this name or alias; None when unknown."""
        return self._by_key.get(name_key(name))


@dataclass(frozen=True)
class LoadedDepartments:
    """How many departments a fixture added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


_FIELDS = ("name", "kind", "duties", "mailbox")


def load_departments(path: Path) -> LoadedDepartments:
    """Brings a JSON list of departments (name, code, aliases, duties, kind, parent, mailbox) into the database.

    Matched by `code`; running it twice changes nothing. All or nothing: raises ImportRefused naming each bad entry.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ImportRefused([f"找不到单位文件：{path}"]) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ImportRefused([f"单位文件 {path} 不是有效的 JSON：{error}"]) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ImportRefused([f"单位文件 {path} 应为单位列表。"])
    reasons: list[str] = []
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    with transaction.atomic():
        for number, row in enumerate(rows, 1):
            try:
                counts[_load_one(row)] += 1
            except KeyError as error:
                reasons.append(f"第{number}个单位缺少“{error.args[0]}”。")
            except ValidationError as error:
                reasons.append(
                    f"第{number}个单位（{row.get('name', '无名称')}）：{'；'.join(error.messages)}"
                )
        parents = {row["code"]: row["parent"] for row in rows if row.get("parent") and not reasons}
        for code, parent in parents.items():
            above = Department.objects.filter(name=parent).first()
            if above is None:
                reasons.append(f"单位“{code}”的上级单位“{parent}”不存在。")
            else:
                Department.objects.filter(code=code).update(parent=above)
        if reasons:
            raise ImportRefused(reasons)
    return LoadedDepartments(**counts)


def _load_one(row: dict[str, object]) -> str:
    code = row["code"]
    wanted = {"name": row["name"], "kind": row.get("kind", "department"), "duties": row.get("duties", [])}
    wanted["mailbox"] = row.get("mailbox", "")
    department = Department.objects.filter(code=code).first()
    added = department is None
    if department is None:
        department = Department(code=code)
    changed = added or any(getattr(department, field) != wanted[field] for field in _FIELDS)
    if changed:
        for field in _FIELDS:
            setattr(department, field, wanted[field])
        department.full_clean(exclude=["parent", "leader_in_charge"])
        department.save()
    present = {alias.key for alias in department.aliases.all()}
    for name in row.get("aliases", []):  # type: ignore[attr-defined]
        if name_key(name) in present:
            continue
        alias = DepartmentAlias(department=department, name=name)
        alias.full_clean(exclude=["key"])
        alias.save()
        changed = True
    return "added" if added else "changed" if changed else "unchanged"
