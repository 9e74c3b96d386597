"""Input fields that take exactly their JSON type, and an input that names every field it does not know."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.models import Department

# C0 and C1 controls but tab and line breaks, bidirectional controls, noncharacters: no text of an office has
# them; they break spreadsheets and Word files, or make a sentence read otherwise than it is stored.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class Text(serializers.CharField):
    """A JSON string of ordinary characters; outer blanks are cut."""

    default_error_messages = {
        "invalid": _("应为文字。"),
        "blank": _("不能为空。"),
        "null": _("不能为空。"),
        "required": _("必须填写。"),
        "max_length": _("不能超过 {max_length} 个字符。"),
        "forbidden_character": _("含有不允许的控制字符（U+{point:04X}）。"),
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        found = _FORBIDDEN.search(data)
        if found:
            self.fail("forbidden_character", point=ord(found[0]))
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # CharField looks for blank before it looks at the type.
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Whole(serializers.IntegerField):
    """A JSON number that is whole (50 or 50.0, not "50", "50%" or true)."""

    default_error_messages = {
        "invalid": _("应为整数。"),
        "null": _("不能为空。"),
        "required": _("必须填写。"),
        "max_value": _("不能大于 {max_value}。"),
        "min_value": _("不能小于 {min_value}。"),
    }

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
            self.fail("invalid")
        return int(data)


class YesNo(serializers.BooleanField):
    """JSON true or false."""

    default_error_messages = {"invalid": _("应为 true 或 false。"), "null": _("不能为空。")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Day(serializers.DateField):
    """A calendar date YYYY-MM-DD within the years that supervision can mean."""

    default_error_messages = {
        "invalid": _("日期应写成 YYYY-MM-DD。"),
        "datetime": _("日期应写成 YYYY-MM-DD。"),
        "null": _("不能为空。"),
        "range": _("日期应在 2000 年到 2100 年之间。"),
    }

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.fail("invalid")
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("range")
        return day


class OneOf(serializers.ChoiceField):
    """One of the named values; the message lists them and does not repeat what was sent."""

    default_error_messages = {"null": _("不能为空。"), "required": _("必须填写。")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            allowed = "、".join(f"{value}（{name}）" for value, name in self.choices.items())
            raise serializers.ValidationError(
                _("应为以下之一：%(allowed)s。") % {"allowed": allowed}, "invalid_choice"
            )
        return data


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


class Input(serializers.Serializer[Any]):
    """A request body: a JSON object with these fields and no others."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            message = _("没有这个字段。")
            raise serializers.ValidationError(
                {name[:60]: [message] for name in unknown[:50]}, "unknown_field"
            )
        return super().to_internal_value(data)
