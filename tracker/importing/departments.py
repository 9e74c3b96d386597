"""Department names as printed → Department rows, by name or alias; and the fixture that brings departments in."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from tracker.importing.errors import ImportRefused
from tracker.models import Department, DepartmentAlias, name_key

# How full names are shortened in print: 市发展和改革委员会 is 市发展改革委, 市人民政府办公室 is 市政府办.
_ABBREVIATIONS = (
    ("和", ""),
    ("与", ""),
    ("委员会", "委"),
    ("人民政府", "政府"),
    ("办公室", "办"),
    ("监督管理", "监管"),
)
# The customary short names of kinds of departments, alike in every city since the reform of 2018: 发展改革 is 发改.
# Longer ones first, since one may hold another.
_CUSTOMARY = (
    ("文化广电旅游体育", "文广旅体"),
    ("人力资源社会保障", "人社"),
    ("机构编制委", "编"),
    ("文化广电旅游", "文旅"),
    ("住房城乡建设", "住建"),
    ("自然资源规划", "自规"),
    ("退役军人事务", "退役军人"),
    ("国有资产监管", "国资"),
    ("文广旅", "文旅"),
    ("工业信息化", "工信"),
    ("经济信息化", "经信"),
    ("发展改革", "发改"),
    ("卫生健康", "卫健"),
    ("科学技术", "科技"),
    ("教育体育", "教体"),
    ("文化旅游", "文旅"),
    ("城市管理", "城管"),
    ("医疗保障", "医保"),
    ("应急管理", "应急"),
    ("市场监管", "市监"),
    ("交通运输", "交通"),
    ("林业草原", "林草"),
    ("人民防空", "人防"),
    ("投资促进", "投促"),
    # Last: 城市管理局 is 城管局, but 机关事务管理局 is 机关事务局.
    ("管理局", "局"),
)


# 各县（区）, 各县（市、区）政府, 各区县: all counties and districts, however their kinds are listed.
_ALL_COUNTIES = re.compile(r"各[县市区旗、()]{2,8}(?:政府)?")
_COUNTIES = "各县区"
_NAMEPLATE = re.compile(r"([^（()）]{2,})[（(][^（()）]+[)）]")


def short_forms(name: str) -> set[str]:
    """The forms under which two printings of one department's name meet: abbreviated, with and without 市 before."""
    short = name_key(name)
    for full, brief in (*_ABBREVIATIONS, *_CUSTOMARY):
        short = short.replace(full, brief)
    without = short.removeprefix("市")
    # 市局 without its 市 would be any bureau.
    forms = {short, without} if len(without) >= 3 else {short}
    return forms | {_COUNTIES} if _ALL_COUNTIES.fullmatch(short) and {"县", "区"} <= set(short) else forms


class DepartmentNames:
    """All departments in use, found by any of their names. Read once an import (two queries).

    city: whose plan is imported (清源市), so that 清源市财政局 is 市财政局, whichever of the two is registered; another city's
    bureau stays unknown.
    """

    def __init__(self, city: str = "") -> None:
        departments = {department.pk: department for department in Department.objects.filter(active=True)}
        self._by_key = {name_key(department.name): department for department in departments.values()}
        for department_id, key in DepartmentAlias.objects.values_list("department_id", "key"):
            if department_id in departments:
                self._by_key.setdefault(key, departments[department_id])
        self._by_short_form = _by_short_form((key, found.pk) for key, found in self._by_key.items())
        self._departments = departments
        self._set_city(city)

    def of_city(self, city: str) -> "DepartmentNames":
        """The same departments for another city's plan, without a query."""
        other = copy(self)
        other._set_city(city)
        return other

    def _set_city(self, city: str) -> None:
        self._own = re.compile(rf"(?P<party>中共)?{re.escape(name_key(city))}") if city else None
        # Names registered with the city before them, as its own documents print them without.
        self._own_by_short_form = _by_short_form(
            (form, department.pk)
            for key, department in (self._by_key.items() if city else ())
            for form in self._without_city(key)
        )

    def __bool__(self) -> bool:
        """Whether there is any department at all."""
        return bool(self._departments)

    def find(self, name: str) -> Department | None:
        """The department of this name or alias, else the only one whose name shortens to the same; None when unknown.

        A second nameplate in brackets is looked up only when the whole is unknown: 市发改委（市能源局） is 市发改委.
        """
        whole = self._find(name) or self._find_in_city(name)
        nameplate = None if whole else _NAMEPLATE.fullmatch(name.strip())
        return self.find(nameplate[1]) if nameplate else whole

    def _find_in_city(self, name: str) -> Department | None:
        """The department whose name is printed behind the city's own (清源市财政局, 中共清源市委组织部, 清源市清河区政府), or
        registered behind it and printed without."""
        for form in self._without_city(name_key(name)):
            found = self._find(form)
            if found is not None:
                return found
        return self._only_one(self._own_by_short_form, name)

    def _without_city(self, key: str) -> list[str]:
        """The city's own names for what stands behind its name; empty when it does not stand there."""
        own = self._own.match(key) if self._own is not None else None
        if own is None:
            return []
        rest = key[own.end() :]
        # 清源市局 would be any bureau.
        return [f"市{rest}", *([rest] if len(rest) > 2 else [])]

    def _find(self, name: str) -> Department | None:
        return self._by_key.get(name_key(name)) or self._only_one(self._by_short_form, name)

    def _only_one(self, by_short_form: Mapping[str, set[int]], name: str) -> Department | None:
        found = {pk for form in short_forms(name) for pk in by_short_form.get(form, ())}
        return self._departments[found.pop()] if len(found) == 1 else None


def _by_short_form(names: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """The departments' keys by each form of their names."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, department in names:
        for form in short_forms(name):
            found[form].add(department)
    return found


@dataclass(frozen=True)
class LoadedDepartments:
    """How many departments a fixture added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


_FIELDS: dict[str, Any] = {"name": "", "kind": Department.Kind.DEPARTMENT.value, "duties": [], "mailbox": ""}


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
        loader = _Loader()
        for number, row in enumerate(rows, 1):
            try:
                counts[loader.load(row)] += 1
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


class _Loader:
    """Writes departments one by one, knowing every name in use from the start (two queries, not one a name)."""

    def __init__(self) -> None:
        self._departments = {department.code: department for department in Department.objects.all()}
        self._aliases: dict[str, set[str]] = defaultdict(set)
        # Whose name or alias each key is, by the department's code.
        self._owner = {name_key(department.name): code for code, department in self._departments.items()}
        for code, key in DepartmentAlias.objects.values_list("department__code", "key"):
            self._aliases[code].add(key)
            self._owner[key] = code

    def load(self, row: dict[str, Any]) -> str:
        """ "added", "changed" or "unchanged". Raises KeyError for a missing entry, ValidationError for a bad one."""
        code = row["code"]
        wanted = {name: row.get(name, default) for name, default in _FIELDS.items()} | {"name": row["name"]}
        stored = self._departments.get(code)
        department = stored or Department(code=code)
        changed = stored is None or any(getattr(department, name) != value for name, value in wanted.items())
        if changed:
            for name, value in wanted.items():
                setattr(department, name, value)
            department.clean_fields(exclude=["parent", "leader_in_charge"])
            self._claim(department.name, code)
            department.save()
            self._departments[code] = department
        for name in row.get("aliases", []):
            if name_key(name) in self._aliases[code]:
                continue
            alias = DepartmentAlias(department=department, name=name)
            alias.clean_fields(exclude=["key", "department"])
            self._claim(name, code)
            alias.save()
            self._aliases[code].add(alias.key)
            changed = True
        return "added" if stored is None else "changed" if changed else "unchanged"

    def _claim(self, name: str, code: str) -> None:
        """One name, one department. Raises ValidationError when it is another's."""
        owner = self._owner.setdefault(name_key(name), code)
        if owner != code:
            raise ValidationError(f"“{name}”已是“{self._departments[owner]}”的名称或别名。")
