"""What people type in the admin: control and bidirectional characters are refused there as the API refuses them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tracker.rules.characters import forbidden_character, says_something


def refused_character(text: str) -> str | None:
    """A Chinese sentence naming the character that must not be typed; None when all may."""
    found = forbidden_character(text)
    if found is None:
        return None
    message = _("含有不允许的控制字符（U+%(point)s），多半是从别处复制带来的，请删去后重新输入。")
    return message % {"point": f"{ord(found):04X}"}


class OrdinaryText(forms.BaseForm):
    """A form that refuses such characters in every text that a person changed.

    What stood there before (a printed text, a name brought in by a file) does not stop a person from changing the rest.
    """

    # Fields that hold a whole document: those go through the reader's own checks.
    documents: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in [name for name in cleaned if name not in self.documents]:
            value = cleaned[name]
            text = "".join(map(str, value)) if isinstance(value, list) else value
            if isinstance(text, str) and _lines(value) != _lines(self._shown(name)):
                message = refused_character(text)
                if message is not None:
                    self.add_error(name, message)
                elif isinstance(value, str) and value and not says_something(value):
                    self._take_for_empty(name, cleaned)
        return cleaned

    def _take_for_empty(self, name: str, cleaned: dict[str, Any]) -> None:
        """What nobody can see was not filled in."""
        if self.fields[name].required:
            self.add_error(
                name, forms.ValidationError(self.fields[name].error_messages["required"], "required")
            )
        else:
            cleaned[name] = ""

    def _shown(self, name: str) -> object:
        return self.get_initial_for_field(self.fields[name], name)


class OrdinaryModelForm(OrdinaryText, forms.ModelForm):
    """What ScopedAdmin gives a model that has no form of its own."""


def _lines(value: object) -> str:
    """Browsers send CRLF for every line end."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
