"""The forms by which 督查室 gives a measure to a lead, corrects it or hands it on, and by which departments claim one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from tracker import actions
from tracker.admin.step_fields import Choice, Choices, day_field, show_limits, text_field
from tracker.admin.step_forms import StepForm
from tracker.models import Department, Measure, Regime
from tracker.rules import lengths
from tracker.rules.lifecycle import UNASSIGNED
from tracker.rules.milestones import (
    MILESTONES_FORM,
    Milestone,
    MilestoneError,
    format_milestones,
    parse_milestones,
)
from tracker.rules.targets import (
    INDICATORS_FORM,
    Indicator,
    TargetError,
    format_indicators,
    parse_indicators,
)


class AssignForm(StepForm):
    """Everything that 督查室 decides about a measure apart from its text."""

    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.none(),
        empty_label="",
        widget=Choice,
    )
    importance = forms.ChoiceField(
        label=_("重要程度"), choices=Measure.Importance.choices, widget=UnfoldAdminSelectWidget
    )
    co_departments = forms.ModelMultipleChoiceField(
        label=_("配合单位"),
        queryset=Department.objects.none(),
        required=False,
        widget=Choices,
    )
    starts_on = day_field(_("开始日期"), help_text=_("不填则为交办当天。"))
    due_on = day_field(
        _("完成时限"), help_text=_("长期坚持的事项不填；不填也不是长期坚持的，按所选制度的办结期限。")
    )
    standing = forms.BooleanField(label=_("长期坚持"), required=False, widget=UnfoldBooleanWidget)
    regime = forms.ModelChoiceField(
        label=_("督办制度"),
        queryset=Regime.objects.filter(active=True),
        required=False,
        empty_label=_("默认"),
        widget=UnfoldAdminSelectWidget,
    )
    cadence = forms.ChoiceField(
        label=_("报送周期"),
        choices=Measure.Cadence.choices,
        widget=UnfoldAdminSelectWidget,
        help_text=_("“无”则按督办制度。"),
    )
    cadence_day = forms.IntegerField(
        label=_("报送日"),
        required=False,
        min_value=1,
        max_value=31,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_(
            "每月几日；每季度、每年为最后一个月的几日；每周为星期几（1–7）。不填则按同周期的督办制度或通常的日子。"
        ),
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
    recurrence_by = forms.CharField(
        label=_("每期时限"),
        required=False,
        max_length=lengths.RECURRENCE_BY,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("每一期的具体日子，例如“每月5日前”“每年6月底前、12月底前”。"),
    )
    milestones = text_field(_("节点"), rows=3, help_text=f"{MILESTONES_FORM}。已完成的节点保留。")
    indicators = text_field(_("指标"), rows=2, help_text=f"{INDICATORS_FORM}。")
    remark = text_field(_("备注"), rows=2, limit=lengths.REMARK)
    note = text_field(_("说明"), rows=2, help_text=_("为什么这样安排或修改，记入办理轨迹。"))

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
        # A department out of use stays choosable where it is chosen already.
        here = [department.pk for department in (measure.lead, *measure.co_departments.all()) if department]
        departments = Department.objects.filter(active=True) | Department.objects.filter(pk__in=here)
        if "regime" in self.fields:
            show_limits(self.fields["regime"])
        for name in ("lead", "co_departments"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = departments

    def present(self, measure: Measure) -> dict[str, Any]:
        shown = [name for name in self.base_fields if name in actions.given.ASSIGNMENT_FIELDS]
        values = {name: getattr(measure, name) for name in shown}
        edition = measure.regime_edition
        return {
            **values,
            "co_departments": list(measure.co_departments.all()),
            "milestones": format_milestones(
                Milestone(row.due_on, row.text) for row in measure.milestones.all()
            ),
            "indicators": format_indicators(row.as_target() for row in measure.indicators.all()),
            "regime": edition.regime_id if edition is not None else None,
        }

    def clean_milestones(self) -> tuple[Milestone, ...]:
        try:
            return parse_milestones(self.cleaned_data["milestones"])
        except MilestoneError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_indicators(self) -> tuple[Indicator, ...]:
        try:
            return parse_indicators(self.cleaned_data["indicators"])
        except TargetError as error:
            raise forms.ValidationError(str(error)) from error

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["co"] = given.pop("co_departments")
        for name in ("cadence_day", "recurrence_by"):
            # Left as it was it is no word of its own: it goes with a period that was taken away.
            if name not in self.changed_data:
                del given[name]
        return given


class EditForm(AssignForm):
    title = forms.CharField(label=_("措施"), max_length=lengths.TITLE, widget=UnfoldAdminTextInputWidget)
    text = text_field(_("具体要求"), required=True, rows=6, limit=lengths.TEXT)
    starts_on = day_field(_("开始日期"), help_text=_("不填则不计算序时进度。"))
    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.none(),
        required=False,
        empty_label="",
        widget=Choice,
    )
    due_on = day_field(_("完成时限"), help_text=_("长期坚持的事项不填。交办之后改动须在“说明”中写明原因。"))
    regime = None  # type: ignore[assignment]  # Django's way of leaving a field out
    field_order = ("expected_version", "title", "text")

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
        if measure.status not in UNASSIGNED:
            # Another lead now is 转办, a step of its own.
            del self.fields["lead"]

    def present(self, measure: Measure) -> dict[str, Any]:
        values = {**super().present(measure), "title": measure.title, "text": measure.text}
        return {name: value for name, value in values.items() if name != "regime"}

    def clean_text(self) -> str:
        """Browsers send CRLF; the text is kept with plain line ends, so that nothing changed stays unchanged."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


def _active_departments() -> Any:
    return Department.objects.filter(active=True)


class TransferForm(StepForm):
    lead = forms.ModelChoiceField(
        label=_("新的牵头单位"), queryset=Department.objects.none(), empty_label="", widget=Choice
    )
    due_on = day_field(_("完成时限"), help_text=_("不填则不变。"))
    reason = text_field(_("转办原因"), required=True)

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
        field = self.fields["lead"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _active_departments().exclude(pk=measure.lead_id)


class PublishForm(StepForm):
    claim_until = day_field(_("揭榜截止"), help_text=_("这一天结束前各单位可以揭榜；不填则不限。"))
    note = text_field(_("说明"), rows=3)


class ClaimForm(StepForm):
    reason = text_field(
        _("揭榜方案"),
        required=True,
        limit=lengths.WORDS,
        help_text=_("由谁承担、准备怎样完成、需要什么条件。"),
    )

    def arguments(self) -> dict[str, Any]:
        # Another department's claim meanwhile is none of this one's business.
        return {**super().arguments(), "expected_version": None}


class AcceptClaimForm(StepForm):
    """Who claims becomes lead; the deadline is given here where the measure has none yet."""

    due_on = day_field(_("完成时限"), help_text=_("不填则不变。"))
    regime = forms.ModelChoiceField(
        label=_("督办制度"),
        queryset=Regime.objects.filter(active=True),
        required=False,
        empty_label=_("默认"),
        widget=UnfoldAdminSelectWidget,
    )
    answer = text_field(_("意见"), rows=3)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        show_limits(self.fields["regime"])

    def present(self, measure: Measure) -> dict[str, Any]:
        return {"due_on": measure.due_on}
