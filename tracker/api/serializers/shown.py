"""What every answer has in common: moments in UTC, whatever the office's time zone."""

from datetime import UTC, date
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

Row = TypeVar("Row", bound=models.Model)


class Moment(serializers.DateTimeField):
    """A moment as RFC 3339 in UTC, e.g. 2026-03-10T02:00:00Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class Shown(serializers.ModelSerializer[Row]):
    """A row as answers show it: read only, its moments in UTC."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Moment,
    }


class Provisional(serializers.Serializer[Any]):
    """Says of a row's day whether it rests on a year whose days off are not announced. Needs the view in its context."""

    provisional = serializers.SerializerMethodField(
        help_text=_("日期所在年份的放假安排尚未公布，工作日和亮灯为暂估，公布后可能变化。")
    )

    def get_provisional(self, row: Any) -> bool:
        day = self.judged_day(row)
        return day is not None and self.context["view"].day.calendar.is_provisional(day)

    def judged_day(self, row: Any) -> date | None:
        due_on: date | None = row.due_on
        return due_on
