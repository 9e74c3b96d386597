"""A file field for uploads of the office: what is larger than the setting allows is refused before it is read."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminFileFieldWidget


class OfficeFileField(forms.FileField):
    widget = UnfoldAdminFileFieldWidget

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploaded = super().clean(data, initial)
        if uploaded and uploaded.size > settings.MAX_DOCUMENT_BYTES:
            most = settings.MAX_DOCUMENT_BYTES / 1024 / 1024
            raise ValidationError(
                f"“{uploaded.name}”有{uploaded.size / 1024 / 1024:.1f} MB，超过{most:.4g} MB的上限。"
            )
        return uploaded
