"""Fields and widgets of the step forms: Chinese throughout, dates by the browser's own picker, several files at once."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextareaWidget,
)

from tracker.actions.files import Upload, check_file, check_size
from tracker.models import load_calendar
from tracker.reports.regime_limit import limits_offered
from tracker.rules import lengths
from tracker.rules.violations import InvalidInput


class DateInput(forms.DateInput):
    """The browser's own date picker; it sends ISO dates whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")


class _Chinese(forms.Select):
    """A searchable choice whose own words (“no results”) are Chinese too; the theme leaves them English."""

    def __init__(self) -> None:
        super().__init__(attrs={"lang": "zh-CN"})

    class Media:
        extend = False
        js = (
            "admin/js/vendor/jquery/jquery.min.js",
            "admin/js/vendor/select2/select2.full.js",
            "admin/js/vendor/select2/i18n/zh-CN.js",
            "admin/js/jquery.init.js",
            "unfold/js/select2.init.js",
        )
        css = {"screen": ("admin/css/vendor/select2/select2.css", "admin/css/autocomplete.css")}


class Choice(_Chinese, UnfoldAdminSelect2Widget):
    pass


class Choices(_Chinese, UnfoldAdminSelect2MultipleWidget):
    pass


def text_field(
    label: Any, *, required: bool = False, rows: int = 4, limit: int = lengths.REASON, **kw: Any
) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget, **kw)


def show_limits(field: forms.Field) -> None:
    """Below the choice of a regime: which day each would allow, so that a date given by hand is given knowing it."""
    assert isinstance(field, forms.ModelChoiceField)
    assert field.queryset is not None
    words = limits_offered(
        field.queryset.prefetch_related("nodes"), today=timezone.localdate(), calendar=load_calendar()
    )
    field.help_text = f"{field.help_text}{words}"


def day_field(label: Any, *, required: bool = False, **kw: Any) -> forms.DateField:
    """A calendar date."""
    return forms.DateField(label=label, required=required, widget=DateInput(), **kw)


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "files-input", "multiple": True})


@dataclass(frozen=True)
class Chosen:
    """The files of one form: those that can be kept, and a sentence for each that cannot, which takes none of the others along."""

    accepted: list[Upload]
    refused: list[str]


class FilesField(forms.FileField):
    """`clean` tells the files that can be taken from those that cannot; the action judges once more."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(
            label=_("附件"),
            required=False,
            widget=FilesInput(),
            help_text=_("可选多个文件；内容须与扩展名一致。"),
            **kw,
        )

    def clean(self, data: Any, initial: Any = None) -> Chosen:
        """What is too large is not read."""
        accepted: list[Upload] = []
        refused: list[str] = []
        for file in [file for file in (data or []) if file is not None]:
            try:
                check_size(file.name, file.size)
                content = file.read()
                check_file(file.name, content)
            except InvalidInput as refusal:
                refused.append(refusal.message)
            else:
                accepted.append((file.name, content))
        return Chosen(accepted, refused)
