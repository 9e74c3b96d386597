"""Input fields that name a row (a department, a regime, a person) and give the row itself."""

import re
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.api.fields import Text, Whole
from tracker.models import Department, Regime, Section, StageTemplate, User

_CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")
_BIGGEST_ID = 2**63 - 1


class DepartmentCodes(serializers.ListField):
    """Departments by their codes; validated to Department rows in one query."""

    default_error_messages = {
        "not_a_list": _("应为单位代码的列表。"),
        "max_length": _("最多 {max_length} 个单位。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=40), max_length=100, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> list[Department]:
        return departments_by_code(super().run_validation(data))


class DepartmentCode(Text):
    """One department by its code."""

    def run_validation(self, data: Any = serializers.empty) -> Department:
        return departments_by_code([super().run_validation(data)])[0]


def departments_by_code(codes: list[str]) -> list[Department]:
    """Departments in use, in the order given. Raises ValidationError that names the codes nobody has."""
    askable = [code for code in codes if _CODE.fullmatch(code)]
    found = {
        department.code: department for department in Department.objects.filter(code__in=askable, active=True)
    }
    unknown = [code for code in dict.fromkeys(codes) if code not in found]
    if unknown:
        message = _("没有代码为“%(codes)s”的在用单位。") % {"codes": "、".join(unknown)}
        raise serializers.ValidationError(message, "unknown_department")
    return [found[code] for code in dict.fromkeys(codes)]


class RegimeCode(Text):
    """One regime in use by its code."""

    def run_validation(self, data: Any = serializers.empty) -> Regime:
        code = super().run_validation(data)
        rows = Regime.objects.filter(active=True)
        message = _("没有代码为“%(code)s”的在用督办制度。") % {"code": code}
        return _the_one(rows.filter(code=code) if _CODE.fullmatch(code) else rows.none(), message)


class Username(Text):
    """One person whose account is in use by its name; null for nobody."""

    def run_validation(self, data: Any = serializers.empty) -> User | None:
        name = super().run_validation(data)
        if name is None:
            return None
        message = _("没有用户名为“%(name)s”的在用账号。") % {"name": name}
        return _the_one(User.objects.filter(username=name, is_active=True, service=False), message)


class TemplateId(Whole):
    """One stage template in use by its number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=_BIGGEST_ID, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> StageTemplate:
        pk = super().run_validation(data)
        return _the_one(StageTemplate.objects.filter(pk=pk, active=True), _("没有这个在用的阶段模板。"))


class SectionId(Whole):
    """One section of a plan's present text by its number (id)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=_BIGGEST_ID, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Section:
        pk = super().run_validation(data)
        return _the_one(Section.objects.filter(pk=pk, in_text=True), _("没有这个部分，或已不在现行文本中。"))


def _the_one(rows: QuerySet[Any], message: Any) -> Any:
    row = rows.first()
    if row is None:
        raise serializers.ValidationError(message, "unknown")
    return row
