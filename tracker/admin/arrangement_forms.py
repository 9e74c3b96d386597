"""The forms of what is arranged around a running measure: more time, stages, named roles, exemptions, another regime."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tracker import access, actions
from tracker.actions.extensions import outdated_request
from tracker.admin.step_fields import Choice, day_field, text_field
from tracker.admin.step_forms import StepForm
from tracker.models import Department, Measure, Regime, RequestState, StageTemplate, User
from tracker.rules import lengths

ROLE_NAMES = ("分管领导", "链长", "院长", "盟长", "第一责任人", "承办人")
SPARE_ROLES = 3


class ExtensionForm(StepForm):
    adds = True
    proposed_due_on = day_field(_("拟延至"), required=True)
    reason = text_field(_("延期理由"), required=True)
    progress = text_field(_("目前进展"), required=True, rows=3, limit=lengths.WORDS)


class ApproveExtensionForm(StepForm):
    due_on = day_field(_("批准延至"), help_text=_("可与申请的日期不同。"))
    answer = text_field(_("审批意见"), rows=3)

    def present(self, measure: Measure) -> dict[str, Any]:
        """The day asked for, while granting it would still give more time."""
        pending = measure.extensions.filter(state=RequestState.PENDING).first()
        if pending is None or outdated_request(measure, pending.proposed_due_on, today=timezone.localdate()):
            return {}
        return {"due_on": pending.proposed_due_on}


class ExtendForm(StepForm):
    due_on = day_field(_("新的时限"), required=True)
    reason = text_field(_("调整原因"), required=True)


class ExemptForm(StepForm):
    reason = text_field(_("容错理由"), required=True)
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
