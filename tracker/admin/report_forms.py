"""The forms by which departments report: progress with its milestones and indicators, their part, the result; with files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
)

from tracker import access, actions
from tracker.actions.files import Upload
from tracker.actions.meanwhile import Seen, draft_mark
from tracker.admin.step_fields import FilesField, day_field, text_field
from tracker.admin.step_forms import StepForm
from tracker.models import Attachment, Measure, ProgressReport, User
from tracker.rules import lengths


class EvidenceForm(StepForm):
    """With files: new ones, and those that the department has uploaded already."""

    adds = True
    # Files that came with the form and can be kept, also where the form is shown again.
    accepted: Sequence[Upload] = ()
    draft_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    evidence = FilesField()

    def __init__(self, measure: Measure, user: User, *args: Any, **kw: Any) -> None:
        super().__init__(measure, user, *args, **kw)
        self.initial["draft_seen"] = draft_mark(measure, user)
        self._offer_uploaded()

    def _offer_uploaded(self) -> None:
        if self.user.department_id is None:
            return
        waiting = Attachment.objects.filter(
            measure=self.measure, department=self.user.department_id, report__isnull=True
        )
        if waiting.exists():
            self.fields["attachments"] = forms.ModelMultipleChoiceField(
                label=_("已上传的附件"),
                queryset=waiting,
                required=False,
                initial=list(waiting),
                widget=UnfoldAdminCheckboxSelectMultipleWidget(),
                help_text=_("勾选的随本次报送；不再需要的可在事项页面删除。"),
            )

    def clean_evidence(self) -> Sequence[Upload]:
        chosen = self.cleaned_data["evidence"]
        self.accepted = chosen.accepted
        if chosen.refused:
            more = [_("请改正后重新选择；不重新选择而再次提交的，报送时不含该文件。")]
            if chosen.accepted:
                more.append(_("其余文件已经上传，列在“已上传的附件”中，不必重新选择。"))
            raise forms.ValidationError([*chosen.refused, *more])
        return self.accepted

    def renew(self) -> None:
        super().renew()
        given = self.typed()
        given["draft_seen"] = draft_mark(self.measure, self.user)
        self.data = given

    def keep_files(self, kept: Iterable[Attachment]) -> None:
        """Files that came with this form are uploaded ones now: a browser does not send them a second time."""
        given = self.typed()
        chosen = [*given.getlist("attachments"), *(str(file.pk) for file in kept)]
        given.setlist("attachments", list(dict.fromkeys(chosen)))
        self.data = given
        self._offer_uploaded()

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["seen"] = Seen(given.pop("expected_version"), given.pop("draft_seen"))
        given["attachments"] = [file.pk for file in given.pop("attachments", ())]
        given["files"] = given.pop("evidence")
        return given


class PartReportForm(EvidenceForm):
    """What an assisting department reports of its part."""

    drafts = True
    progress = text_field(_("进展情况"), required=True, limit=lengths.WORDS)
    problems = text_field(_("存在问题"), rows=3, limit=lengths.WORDS)
    next_steps = text_field(_("下一步措施"), rows=3, limit=lengths.WORDS)
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
        seen = Seen(self.measure.version, self.cleaned_data["draft_seen"])
        return {**words, **numbers, "values": beside, "seen": seen}


class ReportForm(PartReportForm):
    """The lead's report: with the milestones reached and the indicators' current values, where the measure has any."""

    percent = forms.IntegerField(
        label=_("进度（%）"),
        min_value=0,
        max_value=100,
        widget=UnfoldAdminIntegerFieldWidget,
        show_hidden_initial=True,
    )
    lowering_reason = text_field(
        _("进度下调原因"),
        rows=2,
        limit=lengths.LOWERING_REASON,
        help_text=_("只有进度低于上次报告时才需填写。"),
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
                show_hidden_initial=True,
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
                show_hidden_initial=True,
            )
        self.order_fields(
            [*(name for name in self.fields if name not in ("evidence", "attachments")), "evidence"]
        )

    def present(self, measure: Measure) -> dict[str, Any]:
        return {"percent": measure.percent, **super().present(measure)}

    def renew(self) -> None:
        """What the person left as the page showed it follows what a colleague has reported since."""
        untouched = {"percent", *self._milestones, *self._indicators} - set(self.changed_data)
        super().renew()
        given = self.typed()
        for name in untouched:
            initial = self.get_initial_for_field(self.fields[name], name)
            shown = self.fields[name].widget.format_value(initial) or ""
            given[name] = given[self[name].html_initial_name] = shown
        self.data = given

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        # What a draft held was typed too, though the page opened with it.
        changed = {*self.changed_data, *self.initial}
        beside = {
            "milestones": {row.pk: given[name] for name, row in self._milestones.items() if name in changed},
            "indicators": {row.pk: given[name] for name, row in self._indicators.items() if name in changed},
        }
        plain = {
            name: value for name, value in given.items() if name not in (*self._milestones, *self._indicators)
        }
        return {**plain, **beside}


class ResultForm(EvidenceForm):
    result = text_field(
        _("办理结果"),
        required=True,
        limit=lengths.WORDS,
        help_text=_("写明完成情况和依据；提交后进度记为100%，等待督查室审核。"),
    )
    field_order = ("expected_version", "result")
