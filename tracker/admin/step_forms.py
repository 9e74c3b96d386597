"""What every step's form shares, and the forms that ask for a few words; nothing is decided here, the actions check again."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from tracker.actions.left_open import left_open
from tracker.admin.step_fields import day_field, text_field
from tracker.admin.typed_text import OrdinaryText
from tracker.models import Measure, User
from tracker.rules.lifecycle import GRADE_NAMES


class StepForm(OrdinaryText, forms.Form):
    """Carries the version that the person read, so that nobody overwrites a change he has not seen.

    `row` is the report or claim that the step is about, None for a step of the measure itself.
    """

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    # Whether what was typed can be kept for later.
    drafts: ClassVar[bool] = False
    # Whether the step only adds what was typed: told of what changed meanwhile, the person may send the same again.
    # Where a step would overwrite what another has written, the form has to be opened anew.
    adds: ClassVar[bool] = False

    def __init__(
        self, measure: Measure, user: User, data: Any = None, files: Any = None, *, row: Any = None
    ) -> None:
        self.measure, self.user, self.row = measure, user, row
        super().__init__(data, files, initial={"expected_version": measure.version, **self.present(measure)})

    def present(self, measure: Measure) -> dict[str, Any]:
        """What the fields show at first."""
        return {}

    def typed(self) -> QueryDict:
        """A copy of what was sent, to be shown changed."""
        assert isinstance(self.data, QueryDict), "a form that was sent"
        return self.data.copy()

    def renew(self) -> None:
        """The form as it was typed, from now on about the measure as it is now."""
        given = self.typed()
        given["expected_version"] = str(self.measure.version)
        self.data = given

    def arguments(self) -> dict[str, Any]:
        """The values under the names that the step's action takes."""
        return dict(self.cleaned_data)


class NoteForm(StepForm):
    note = text_field(_("说明"), rows=3)


class ReasonForm(StepForm):
    reason = text_field(_("原因"), required=True)


class AnswerForm(StepForm):
    answer = text_field(_("答复"), rows=3)


class RefusalForm(StepForm):
    answer = text_field(_("原因"), required=True, rows=3)


class ResumeForm(NoteForm):
    due_on = day_field(_("新的时限"), help_text=_("不填则按原时限计算。"))


class ReopenForm(ReasonForm):
    due_on = day_field(_("新的时限"), help_text=_("不填则按原时限计算。"))


class ReturnForm(ReasonForm):
    report_by = day_field(
        _("重报期限"), help_text=_("牵头单位应在这一天之前重新报送；不填则按系统设定的工作日数计算。")
    )


class CloseForm(StepForm):
    grade = forms.ChoiceField(
        label=_("办结等次"),
        choices=[(grade.value, name) for grade, name in GRADE_NAMES.items()],
        widget=UnfoldAdminRadioSelectWidget(
            choices=[(grade.value, name) for grade, name in GRADE_NAMES.items()]
        ),
    )
    note = text_field(_("审核意见"), rows=3)

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
        missing = left_open(measure)
        if missing:
            self.fields["note"].help_text = _("%s，办结须写明原因。") % missing.words
