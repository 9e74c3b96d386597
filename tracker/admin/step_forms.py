"""The forms in which people give what a step needs; nothing is decided here, the actions check everything again."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from tracker import access, actions
from tracker.admin.step_fields import Choice, Choices, FilesField, day_field, text_field
from tracker.admin.typed_text import OrdinaryText
from tracker.models import (
    Attachment,
    Department,
    Measure,
    ProgressReport,
    Regime,
    RequestState,
    StageTemplate,
    User,
)
from tracker.rules.lifecycle import GRADE_NAMES
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

ROLE_NAMES = ("分管领导", "链长", "院长", "盟长", "第一责任人", "承办人")
SPARE_ROLES = 3


class StepForm(OrdinaryText, forms.Form):
    """Carries the version that the person read, so that nobody overwrites a change he has not seen.

    `row` is the report or claim that the step is about, None for a step of the measure itself.
    """

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    # Whether what was typed can be kept for later.
    drafts: ClassVar[bool] = False

    def __init__(
        self, measure: Measure, user: User, data: Any = None, files: Any = None, *, row: Any = None
    ) -> None:
        self.measure, self.user, self.row = measure, user, row
        super().__init__(data, files, initial={"expected_version": measure.version, **self.present(measure)})

    def present(self, measure: Measure) -> dict[str, Any]:
        """What the fields show at first."""
        return {}

    def arguments(self) -> dict[str, Any]:
        """The values under the names that the step's action takes."""
        return dict(self.cleaned_data)


class NoteForm(StepForm):
    note = text_field(_("说明"), rows=3)


class ReasonForm(StepForm):
    reason = text_field(_("原因"), required=True, limit=2000)


class AnswerForm(StepForm):
    answer = text_field(_("答复"), rows=3)


class RefusalForm(StepForm):
    answer = text_field(_("原因"), required=True, rows=3)


class ResumeForm(NoteForm):
    due_on = day_field(_("新的时限"), help_text=_("不填则按原时限计算。"))


class ReopenForm(ReasonForm):
    due_on = day_field(_("新的时限"), help_text=_("不填则按原时限计算。"))


class ReturnForm(ReasonForm):
    report_by = day_field(_("重报期限"), help_text=_("牵头单位应在这一天之前重新报送，可不填。"))


class EvidenceForm(StepForm):
    """With files: new ones, and those that the department has uploaded already."""

    evidence = FilesField()

    def __init__(self, measure: Measure, user: User, *args: Any, **kw: Any) -> None:
        super().__init__(measure, user, *args, **kw)
        waiting = Attachment.objects.filter(
            measure=measure, department=user.department_id, report__isnull=True
        )
        if user.department_id is not None and waiting.exists():
            self.fields["attachments"] = forms.ModelMultipleChoiceField(
                label=_("已上传的附件"),
                queryset=waiting,
                required=False,
                initial=list(waiting),
                widget=forms.CheckboxSelectMultiple(attrs={"class": "check-list"}),
            )

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["attachments"] = [file.pk for file in given.pop("attachments", ())]
        given["files"] = given.pop("evidence")
        return given


class PartReportForm(EvidenceForm):
    """What an assisting department reports of its part."""

    drafts = True
    progress = text_field(_("进展情况"), required=True)
    problems = text_field(_("存在问题"), rows=3)
    next_steps = text_field(_("下一步措施"), rows=3)
    field_order: tuple[str, ...] = ("expected_version", "progress", "problems", "next_steps")

    def present(self, measure: Measure) -> dict[str, Any]:
        """The department's draft, if it has one."""
        draft = access.reports_visible_to(self.user).filter(
            measure=measure, department=self.user.department_id, state=ProgressReport.State.DRAFT
        )
        kept = (
            draft.values("percent", "count", "draft_values", *actions.department.REPORT_WORDS).first() or {}
        )
        values = {**kept, **kept.pop("draft_values", {})}
        return {name: value for name, value in values.items() if value is not None}

    def draft(self) -> dict[str, Any]:
        """What can be kept of the form as it stands, for actions.save_draft."""
        words = {name: self.cleaned_data.get(name) or "" for name in actions.department.REPORT_WORDS}
        beside = {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(("milestone_", "indicator_")) and value is not None
        }
        numbers = {name: self.cleaned_data.get(name) for name in ("percent", "count")}
        return {**words, **numbers, "values": beside}


class ReportForm(PartReportForm):
    """The lead's report: with the milestones reached and the indicators' current values, where the measure has any."""

    percent = forms.IntegerField(
        label=_("进度（%）"), min_value=0, max_value=100, widget=UnfoldAdminIntegerFieldWidget
    )
    lowering_reason = text_field(
        _("进度下调原因"), rows=2, limit=500, help_text=_("只有进度低于上次报告时才需填写。")
    )
    field_order = ("expected_version", "percent", "progress", "problems", "next_steps", "lowering_reason")

    def __init__(self, measure: Measure, user: User, *args: Any, **kw: Any) -> None:
        super().__init__(measure, user, *args, **kw)
        if measure.recurrence != Measure.Cadence.NONE:
            self.fields["count"] = forms.IntegerField(
                label=_("本次完成数"),
                required=False,
                min_value=0,
                max_value=1_000_000,
                widget=UnfoldAdminIntegerFieldWidget,
                help_text=_("计入本周期，单位：%s。") % (measure.recurrence_unit or _("项")),
            )
        self._milestones = {f"milestone_{row.pk}": row for row in measure.milestones.all()}
        for name, milestone in self._milestones.items():
            self.fields[name] = day_field(
                _("节点：%s") % milestone,
                initial=milestone.done_on,
                help_text=_("完成日期，未完成不填。"),
            )
        self._indicators = {f"indicator_{row.pk}": row for row in measure.indicators.all()}
        for name, indicator in self._indicators.items():
            self.fields[name] = forms.DecimalField(
                label=_("指标：%s") % indicator,
                required=False,
                max_digits=14,
                decimal_places=2,
                initial=indicator.current,
                widget=UnfoldAdminDecimalFieldWidget,
                help_text=_("当前数值。"),
            )
        self.order_fields(
            [*(name for name in self.fields if name not in ("evidence", "attachments")), "evidence"]
        )

    def present(self, measure: Measure) -> dict[str, Any]:
        return {"percent": measure.percent, **super().present(measure)}

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        return {
            **{
                name: value
                for name, value in given.items()
                if name not in self._milestones and name not in self._indicators
            },
            "milestones": {
                row.pk: given[name] for name, row in self._milestones.items() if given[name] != row.done_on
            },
            "indicators": {
                row.pk: given[name] for name, row in self._indicators.items() if given[name] != row.current
            },
        }


class ResultForm(EvidenceForm):
    result = text_field(
        _("办理结果"), required=True, help_text=_("写明完成情况和依据；提交后进度记为100%，等待督查室审核。")
    )
    field_order = ("expected_version", "result")


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
        missing = measure.milestones.filter(done_on__isnull=True).count()
        if missing:
            self.fields["note"].help_text = _("还有%d个节点没有完成，办结须写明原因。") % missing


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
    milestones = text_field(_("节点"), rows=3, help_text=f"{MILESTONES_FORM}。已完成的节点保留。")
    indicators = text_field(_("指标"), rows=2, help_text=f"{INDICATORS_FORM}。")
    remark = text_field(_("备注"), rows=2, limit=500)
    note = text_field(_("说明"), rows=2, help_text=_("为什么这样安排或修改，记入办理轨迹。"))

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
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
        return given


class EditForm(AssignForm):
    title = forms.CharField(label=_("措施"), max_length=300, widget=UnfoldAdminTextInputWidget)
    text = text_field(_("具体要求"), required=True, rows=6, limit=50_000)
    starts_on = day_field(_("开始日期"), help_text=_("不填则不计算序时进度。"))
    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.none(),
        required=False,
        empty_label="",
        widget=Choice,
    )
    due_on = day_field(_("完成时限"), help_text=_("长期坚持的事项不填。"))
    regime = None  # type: ignore[assignment]  # Django's way of leaving a field out
    field_order = ("expected_version", "title", "text")

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
    reason = text_field(_("转办原因"), required=True, limit=2000)

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
        field = self.fields["lead"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _active_departments().exclude(pk=measure.lead_id)


class ExtensionForm(StepForm):
    proposed_due_on = day_field(_("拟延至"), required=True)
    reason = text_field(_("延期理由"), required=True, limit=2000)
    progress = text_field(_("目前进展"), rows=3)


class ApproveExtensionForm(StepForm):
    due_on = day_field(_("批准延至"), help_text=_("可与申请的日期不同。"))
    answer = text_field(_("审批意见"), rows=3)

    def present(self, measure: Measure) -> dict[str, Any]:
        pending = measure.extensions.filter(state=RequestState.PENDING).first()
        return {"due_on": pending.proposed_due_on} if pending is not None else {}


class ExtendForm(StepForm):
    due_on = day_field(_("新的时限"), required=True)
    reason = text_field(_("调整原因"), required=True, limit=2000)


class PublishForm(StepForm):
    claim_until = day_field(_("揭榜截止"), help_text=_("这一天结束前各单位可以揭榜；不填则不限。"))
    note = text_field(_("说明"), rows=3)


class ClaimForm(StepForm):
    reason = text_field(_("揭榜方案"), required=True, help_text=_("由谁承担、准备怎样完成、需要什么条件。"))

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

    def present(self, measure: Measure) -> dict[str, Any]:
        return {"due_on": measure.due_on}


class ExemptForm(StepForm):
    reason = text_field(_("容错理由"), required=True, limit=2000)
    approver = forms.CharField(label=_("批准人"), max_length=60, widget=UnfoldAdminTextInputWidget)
    approved_on = day_field(_("批准日期"), help_text=_("不填则为今天。"))


class RegimeForm(StepForm):
    regime = forms.ModelChoiceField(
        label=_("督办制度"),
        queryset=Regime.objects.filter(active=True),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    note = text_field(_("说明"), rows=3)


class StagesForm(StepForm):
    """One date a stage; which template is chosen by a link, so that its stages stand on the page."""

    template = forms.ModelChoiceField(
        queryset=StageTemplate.objects.filter(active=True), widget=forms.HiddenInput
    )

    def __init__(self, measure: Measure, user: User, data: Any = None, *args: Any, **kw: Any) -> None:
        self.templates = list(StageTemplate.objects.filter(active=True))
        chosen = str((data or {}).get("template", "")) or str(kw.pop("chosen", ""))
        self.chosen = next(
            (row for row in self.templates if str(row.pk) == chosen),
            self.templates[0] if self.templates else None,
        )
        super().__init__(measure, user, data, *args, **kw)
        self._stages = {
            f"stage_{stage.pk}": stage for stage in (self.chosen.stages.all() if self.chosen else ())
        }
        present = {row.text: row.due_on for row in measure.milestones.all()}
        for name, stage in self._stages.items():
            self.fields[name] = day_field(
                stage.name,
                initial=present.get(stage.name),
                help_text=_("不填则按工期的%d%%推算。") % stage.share,
            )

    def present(self, measure: Measure) -> dict[str, Any]:
        return {"template": self.chosen}

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        dates = {stage.name: given.pop(name) for name, stage in self._stages.items()}
        return {**given, "dates": {name: day for name, day in dates.items() if day is not None}}


class RolesForm(StepForm):
    """Rows of role, user, unit and name; a row whose role is blank is left out."""

    def __init__(self, measure: Measure, *args: Any, **kw: Any) -> None:
        super().__init__(measure, *args, **kw)
        present: list[Any] = [*measure.roles.select_related("user", "department"), *[None] * SPARE_ROLES]
        self.count = min(len(present), actions.arrangements.ROLES_A_MEASURE)
        here = [role for role in present if role is not None]
        # Who is named already stays choosable, also when the account or unit is out of use.
        people = access.users_managed_by(self.user).filter(
            Q(is_active=True) & ~Q(role=User.Role.NONE) | Q(pk__in=[role.user_id for role in here])
        )
        units = Department.objects.filter(Q(active=True) | Q(pk__in=[role.department_id for role in here]))
        for index, role in enumerate(present[: self.count]):
            self.fields[f"name_{index}"] = forms.CharField(
                label=_("角色"),
                required=False,
                max_length=20,
                initial=role.name if role else "",
                widget=UnfoldAdminTextInputWidget(attrs={"list": "role-names"}),
            )
            self.fields[f"person_{index}"] = forms.CharField(
                label=_("姓名"),
                required=False,
                max_length=40,
                initial=role.person if role else "",
                widget=UnfoldAdminTextInputWidget,
            )
            self.fields[f"user_{index}"] = forms.ModelChoiceField(
                label=_("系统用户"),
                queryset=people,
                required=False,
                empty_label="",
                initial=role.user_id if role else None,
                widget=Choice,
            )
            self.fields[f"department_{index}"] = forms.ModelChoiceField(
                label=_("单位"),
                queryset=units,
                required=False,
                empty_label="",
                initial=role.department_id if role else None,
                widget=Choice,
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for index in range(self.count):
            held = [given.get(f"{name}_{index}") for name in ("person", "user", "department")]
            if any(held) and not given.get(f"name_{index}"):
                self.add_error(f"name_{index}", _("请填写角色。"))
        return given

    @property
    def role_names(self) -> tuple[str, ...]:
        """What is offered while typing."""
        return ROLE_NAMES

    def rows(self) -> Iterator[list[forms.BoundField]]:
        """The fields of one role each."""
        for index in range(self.count):
            yield [self[f"{name}_{index}"] for name in ("name", "person", "user", "department")]

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        roles = [
            actions.Role(
                name=given[f"name_{index}"],
                person=given[f"person_{index}"],
                user=given[f"user_{index}"],
                department=given[f"department_{index}"],
            )
            for index in range(self.count)
            if given[f"name_{index}"]
        ]
        return {"expected_version": given["expected_version"], "roles": roles}
