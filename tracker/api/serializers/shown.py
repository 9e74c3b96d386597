"""What every answer has in common: moments in UTC, whatever the office's time zone."""

from datetime import UTC
from typing import Any, TypeVar

from django.db import models
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
