"""The form of each step and the action it calls; nothing is decided here, the actions check everything again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from tracker import actions
from tracker.models import Department, Measure
from tracker.rules.lifecycle import GRADE_NAMES, Verb

LONG = 5000


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


class _Choice(_Chinese, UnfoldAdminSelect2Widget):
    pass


class _Choices(_Chinese, UnfoldAdminSelect2MultipleWidget):
    pass


def _text(
    label: Any, *, required: bool = False, rows: int = 4, limit: int = LONG, **kw: Any
) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget, **kw)


class StepForm(forms.Form):
    """Carries the version that the person read, so that nobody overwrites a change he has not seen."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, measure: Measure, data: Any = None) -> None:
        super().__init__(data, initial={"expected_version": measure.version, **self.present(measure)})

    def present(self, measure: Measure) -> dict[str, Any]:
        """What the fields show at first."""
        return {}


class NoteForm(StepForm):
    note = _text(_("说明"), rows=3)


class ReasonForm(StepForm):
    reason = _text(_("原因"), required=True, limit=2000)


class ReportForm(StepForm):
    percent = forms.IntegerField(
        label=_("进度（%）"), min_value=0, max_value=100, widget=UnfoldAdminIntegerFieldWidget
    )
    progress = _text(_("进展情况"), required=True)
    problems = _text(_("存在问题"), rows=3)
    next_steps = _text(_("下一步措施"), rows=3)
    lowering_reason = _text(
        _("进度下调原因"), rows=2, limit=500, help_text=_("只有进度低于上次报告时才需填写。")
    )

    def present(self, measure: Measure) -> dict[str, Any]:
        return {"percent": measure.percent}


class ResultForm(StepForm):
    result = _text(
        _("办理结果"), required=True, help_text=_("写明完成情况和依据；提交后进度记为100%，等待督查室审核。")
    )


class CloseForm(StepForm):
    grade = forms.ChoiceField(
        label=_("办结等次"),
        choices=[(grade.value, name) for grade, name in GRADE_NAMES.items()],
        widget=UnfoldAdminRadioSelectWidget(
            choices=[(grade.value, name) for grade, name in GRADE_NAMES.items()]
        ),
    )
    note = _text(_("审核意见"), rows=3)


class AssignForm(StepForm):
    """Everything that 督查室 decides about a measure apart from its text."""

    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.none(),
        empty_label="",
        widget=_Choice,
    )
    importance = forms.ChoiceField(
        label=_("重要程度"), choices=Measure.Importance.choices, widget=UnfoldAdminSelectWidget
    )
    co_departments = forms.ModelMultipleChoiceField(
        label=_("配合单位"),
        queryset=Department.objects.none(),
        required=False,
        widget=_Choices,
    )
    starts_on = forms.DateField(
        label=_("开始日期"), required=False, widget=DateInput, help_text=_("不填则为交办当天。")
    )
    due_on = forms.DateField(
        label=_("完成时限"), required=False, widget=DateInput, help_text=_("长期坚持的事项不填。")
    )
    standing = forms.BooleanField(label=_("长期坚持"), required=False, widget=UnfoldBooleanWidget)
    cadence = forms.ChoiceField(
        label=_("报送周期"), choices=Measure.Cadence.choices, widget=UnfoldAdminSelectWidget
    )
    recurrence = forms.ChoiceField(
        label=_("周期性任务"), choices=Measure.Cadence.choices, widget=UnfoldAdminSelectWidget
    )
    recurrence_target = forms.IntegerField(
        label=_("每期目标数"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    recurrence_unit = forms.CharField(
        label=_("目标单位"), required=False, max_length=10, widget=UnfoldAdminTextInputWidget
    )
    remark = _text(_("备注"), rows=2, limit=500)
    note = _text(_("说明"), rows=2, help_text=_("为什么这样安排或修改，记入办理轨迹。"))

    def __init__(self, measure: Measure, data: Any = None) -> None:
        super().__init__(measure, data)
        # A department out of use stays choosable where it is chosen already.
        here = [department.pk for department in (measure.lead, *measure.co_departments.all()) if department]
        departments = Department.objects.filter(active=True) | Department.objects.filter(pk__in=here)
        for name in ("lead", "co_departments"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = departments

    def present(self, measure: Measure) -> dict[str, Any]:
        shown = [name for name in self.base_fields if name in actions.assignment.ASSIGNMENT_FIELDS]
        values = {name: getattr(measure, name) for name in shown}
        return {**values, "co_departments": list(measure.co_departments.all())}


class EditForm(AssignForm):
    title = forms.CharField(label=_("措施"), max_length=300, widget=UnfoldAdminTextInputWidget)
    text = _text(_("具体要求"), required=True, rows=6)
    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.none(),
        required=False,
        empty_label="",
        widget=_Choice,
    )
    field_order = ("expected_version", "title", "text")

    def present(self, measure: Measure) -> dict[str, Any]:
        return {**super().present(measure), "title": measure.title, "text": measure.text}

    def clean_text(self) -> str:
        """Browsers send CRLF; the text is kept with plain line ends, so that nothing changed stays unchanged."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


@dataclass(frozen=True)
class Step:
    """`kind` is how the button looks: "main" leads on, "plain" corrects, "grave" ends or undoes."""

    form: type[StepForm]
    take: Callable[..., object]
    icon: str
    kind: str
    hint: str = ""


STEPS: dict[Verb, Step] = {
    Verb.ASSIGN: Step(AssignForm, actions.assign, "send", "main", "交给牵头单位办理；签收之前可以更正。"),
    Verb.EDIT: Step(EditForm, actions.edit, "edit", "plain", "更正标题、要求或责任分解，不改变办理状态。"),
    Verb.ACKNOWLEDGE: Step(NoteForm, actions.acknowledge, "task_alt", "main", "确认收到并承办。"),
    Verb.REPORT: Step(ReportForm, actions.report, "trending_up", "main"),
    Verb.APPLY_TO_CLOSE: Step(ResultForm, actions.apply_to_close, "flag", "plain"),
    Verb.RETURN: Step(
        ReasonForm, actions.send_back, "undo", "plain", "退回牵头单位继续办理，进度恢复到申请之前。"
    ),
    Verb.CLOSE: Step(CloseForm, actions.close, "verified", "main", "审核通过，评定等次后销号。"),
    Verb.SUSPEND: Step(ReasonForm, actions.suspend, "pause", "grave", "暂缓期间不亮灯、不催办。"),
    Verb.RESUME: Step(
        NoteForm, actions.resume, "play_arrow", "main", "恢复后按原时限计算；时限需要调整的请另行修改。"
    ),
    Verb.CANCEL: Step(ReasonForm, actions.cancel, "block", "grave", "撤销后不再督办，可以重新启动。"),
    Verb.REOPEN: Step(ReasonForm, actions.reopen, "restart_alt", "plain", "重新回到办理中。"),
}


def arguments(verb: Verb, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The form's values under the names that the step's action takes."""
    given = dict(cleaned)
    if verb in (Verb.ASSIGN, Verb.EDIT):
        given["co"] = given.pop("co_departments")
    return given
