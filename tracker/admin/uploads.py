"""A file field for uploads of the office: what is larger than the setting allows is refused before it is read."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminFileFieldWidget

from tracker.importing import ImportRefused
from tracker.importing.errors import Advice

# Wrong cells or lines that a page names one by one; whoever mends these sees the next ones.
MOST_REASONS = 50


def named(reasons: list[str]) -> list[str]:
    """The reasons of a refusal, as many as a page shows."""
    more = len(reasons) - MOST_REASONS
    return (
        reasons
        if more <= 0
        else [*reasons[:MOST_REASONS], f"另有{more}处错误，改正以上各处后再上传即可看到。"]
    )


# What helps, as the import desk offers it.
_ADVICE: dict[Advice | None, str] = {
    Advice.NAME_THE_PART: "可在上传时填写“更多选项”中的“任务部分”。",
    Advice.ENTER_DEPARTMENTS: "请先在“单位”中新增单位。",
}


def refusal_words(refused: ImportRefused) -> list[str]:
    """The reasons of a refused import, as many as a page shows, with what may help."""
    *others, last = named(refused.reasons)
    return [*others, last + _ADVICE.get(refused.advice, "")]


class OfficeFileField(forms.FileField):
    widget = UnfoldAdminFileFieldWidget

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploaded = super().clean(data, initial)
        if uploaded and uploaded.size > settings.MAX_DOCUMENT_BYTES:
            raise too_large(f"“{uploaded.name}”", uploaded.size)
        return uploaded


def too_large(what: str, size: int) -> ValidationError:
    """`what` of `size` bytes is larger than the setting allows."""
    most = settings.MAX_DOCUMENT_BYTES / 1024 / 1024
    return ValidationError(f"{what}有{size / 1024 / 1024:.1f} MB，超过{most:.4g} MB的上限。")
