"""Input fields that take exactly their JSON type, and an input that names every field it does not know."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker.rules.characters import forbidden_character, says_something

BIGGEST_ID = 2**63 - 1
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
        found = forbidden_character(data)
        if found is not None:
            self.fail("forbidden_character", point=ord(found))
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # CharField looks for blank before it looks at the type.
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        if isinstance(data, str) and not says_something(data) and forbidden_character(data) is None:
            data = ""
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


@extend_schema_field({"type": "number"})
class Amount(serializers.DecimalField):
    """A JSON number with at most twelve digits before and two behind the point; a string of such digits will do."""

    default_error_messages = {
        "invalid": _("应为数字。"),
        "null": _("不能为空。"),
        "required": _("必须填写。"),
        "max_digits": _("最多 12 位整数、2 位小数。"),
        "max_decimal_places": _("最多 12 位整数、2 位小数。"),
        "max_whole_digits": _("最多 12 位整数、2 位小数。"),
        "max_string_length": _("应为数字。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, int | float | str) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Ids(serializers.ListField):
    """Row numbers, at most a hundred."""

    default_error_messages = {"not_a_list": _("应为列表。"), "max_length": _("最多 {max_length} 项。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Whole(min_value=1, max_value=BIGGEST_ID), max_length=100, **kwargs)


class Days(serializers.DictField):
    """Dates by name."""

    default_error_messages = {"not_a_dict": _("应为 JSON 对象。"), "null": _("不能为空。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Day(), **kwargs)


class Rows(serializers.ListSerializer[Any]):
    """Several of one Input, at most a hundred."""

    default_error_messages = {
        "not_a_list": _("应为列表。"),
        "max_length": _("最多 {max_length} 项。"),
        "required": _("必须填写。"),
        "null": _("不能为空。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 100, **kwargs})

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list):
            wrong = next((n for n, item in enumerate(data) if not isinstance(item, dict)), None)
            if wrong is not None:
                raise serializers.ValidationError(
                    [_("第 %(n)d 项应为 JSON 对象。") % {"n": wrong + 1}], "invalid"
                )
        return super().to_internal_value(data)


class Input(serializers.Serializer[Any]):
    """A request body: a JSON object with these fields and no others."""

    class Meta:
        list_serializer_class = Rows

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            message = _("没有这个字段。")
            raise serializers.ValidationError(
                {name[:60]: [message] for name in unknown[:50]}, "unknown_field"
            )
        return super().to_internal_value(data)
