"""Steps with a selection of measures: first a page that lists what will happen, then each by the same action as alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from tracker import access, actions
from tracker.admin.quiet import warn_when_quiet
from tracker.admin.step_fields import Choice, Choices, day_field, show_limits, text_field
from tracker.admin.typed_text import OrdinaryText
from tracker.models import Department, Measure, Regime, User
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import STATUS_NAMES, TRANSITIONS, VERB_NAMES, Status, Verb
from tracker.rules.violations import InvalidInput, RuleViolation


class NothingToFill(OrdinaryText, forms.Form):
    """A step that needs nothing but the confirmation."""


class AssignForm(NothingToFill):
    """What the selected measures are given; nothing of it has to be, where they have it all."""

    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.filter(active=True),
        required=False,
        empty_label="",
        widget=Choice,
    )
    co = forms.ModelMultipleChoiceField(
        label=_("配合单位"), queryset=Department.objects.filter(active=True), required=False, widget=Choices
    )
    due_on = day_field(_("完成时限"))
    standing = forms.BooleanField(label=_("长期坚持"), required=False, widget=UnfoldBooleanWidget)
    regime = forms.ModelChoiceField(
        label=_("督办制度"),
        queryset=Regime.objects.filter(active=True),
        required=False,
        empty_label=_("默认"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("没有完成时限、也不是长期坚持的，按所选制度的办结期限。"),
    )
    for_all = forms.ChoiceField(
        label=_("以上内容用于"),
        choices=[("", _("还没有的事项（已有的不变）")), ("yes", _("全部所选事项（替换已有的）"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    note = text_field(_("说明"), rows=2)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        show_limits(self.fields["regime"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("standing") and given.get("due_on"):
            self.add_error("due_on", _("长期坚持的事项没有完成时限，请只填一项。"))
        return given


class ExtendForm(NothingToFill):
    due_on = day_field(_("新的时限"), required=True)
    reason = text_field(_("调整原因"), required=True)


Given = Mapping[str, Any]


@dataclass(frozen=True)
class BulkStep:
    """`obstacle` says why a measure is left out, "" when it is not; the action decides again.

    `lacking` says what a measure lacks that the form can give it, "" when nothing. `arguments` is what of the form the
    action is given for one measure.
    """

    name: str
    verb: Verb
    title: Any
    form: type[forms.Form]
    take: Callable[..., object]
    obstacle: Callable[[Measure], str]
    lacking: Callable[[Measure], str] = lambda measure: ""
    arguments: Callable[[Measure, Given], dict[str, Any]] = lambda measure, given: dict(given)


def _not_to_be_assigned(measure: Measure) -> str:
    if measure.status != Status.DRAFT:
        return _("当前为“%(status)s”，不需要交办。") % {"status": STATUS_NAMES[Status(measure.status)]}
    return ""


def _lacking_to_be_assigned(measure: Measure) -> str:
    lacks = []
    if measure.lead is None:
        lacks.append(str(_("牵头单位")))
    elif not measure.lead.active:
        lacks.append(str(_("在用的牵头单位")))
    if measure.due_on is None and not measure.standing:
        lacks.append(str(_("完成时限")))
    return "、".join(lacks)


def _assignment_of(measure: Measure, given: Given) -> dict[str, Any]:
    """What this measure is given: what the form says and it lacks or, where the person wants it so, all that the form says."""
    for_all = given["for_all"] == "yes"
    found: dict[str, Any] = {"note": given["note"], "regime": given["regime"]}
    if given["lead"] is not None and (for_all or measure.lead is None or not measure.lead.active):
        found["lead"] = given["lead"]
    present = list(measure.co_departments.all())
    if given["co"] and (for_all or not present):
        lead = found.get("lead", measure.lead)
        found["co"] = [department for department in given["co"] if department != lead]
    dated = measure.due_on is not None or measure.standing
    if (given["due_on"] or given["standing"]) and (for_all or not dated):
        found |= {"due_on": given["due_on"], "standing": given["standing"]}
    return found


def _not_to_be_extended(measure: Measure) -> str:
    if measure.status not in TRANSITIONS[Verb.EXTEND].sources:
        return _("当前为“%(status)s”，不能调整时限。") % {"status": STATUS_NAMES[Status(measure.status)]}
    if measure.due_on is None:
        return str(_("长期坚持的事项没有时限。"))
    if measure.extension_pending:
        return str(_("有延期申请在等待审批，请先答复。"))
    return ""


class UrgeForm(NothingToFill):
    note = text_field(_("催办要求"))


def _not_to_be_urged(measure: Measure) -> str:
    if measure.status not in TRANSITIONS[Verb.URGE].sources:
        return _("当前为“%(status)s”，不需要催办。") % {"status": STATUS_NAMES[Status(measure.status)]}
    if measure.urged_on == timezone.localdate():
        return str(_("今天已经催办过了。"))
    return ""


BULK_STEPS: dict[str, BulkStep] = {
    step.name: step
    for step in (
        BulkStep(
            "assign_selected",
            Verb.ASSIGN,
            _("交办所选事项"),
            AssignForm,
            actions.assign,
            _not_to_be_assigned,
            _lacking_to_be_assigned,
            _assignment_of,
        ),
        BulkStep(
            "extend_selected",
            Verb.EXTEND,
            _("调整所选事项的时限"),
            ExtendForm,
            actions.extend,
            _not_to_be_extended,
        ),
        BulkStep(
            "urge_selected",
            Verb.URGE,
            _("催办所选事项"),
            UrgeForm,
            actions.urge,
            _not_to_be_urged,
        ),
    )
}


def bulk(
    request: HttpRequest, step: BulkStep, measures: MeasureQuerySet, site: AdminSite
) -> HttpResponse | None:
    """The confirming page, or after its confirmation None (back to the list) with what was done as messages."""
    user = request.user
    if not isinstance(user, User) or not access.is_office(user):
        raise PermissionDenied
    rows = list(
        measures.select_related("lead").prefetch_related("co_departments").order_by("plan", "position")
    )
    confirmed = request.POST.get("confirmed") == "yes"
    form = step.form(request.POST) if confirmed else step.form()
    if not confirmed or not form.is_valid():
        return _confirmation(request, step, form, rows, site)
    done = 0
    for measure in rows:
        # What the person read on the confirming page; a measure that has none was not on it.
        version = request.POST.get(f"version-{measure.pk}", "")
        if not version.isdecimal() or len(version) > 9:
            continue
        try:
            if reason := step.obstacle(measure):
                raise InvalidInput(reason)
            step.take(
                measure_id=measure.pk,
                actor=user,
                now=timezone.now(),
                expected_version=int(version),
                **step.arguments(measure, form.cleaned_data),
            )
            done += 1
        except RuleViolation as refusal:
            messages.warning(request, f"{measure}：{refusal.message}")
    if done:
        messages.success(request, f"已{VERB_NAMES[step.verb]} {done} 项。")
        if step.verb is Verb.URGE:
            warn_when_quiet(request, timezone.now())
    return None


def _confirmation(
    request: HttpRequest, step: BulkStep, form: forms.Form, rows: list[Measure], site: AdminSite
) -> HttpResponse:
    listed = [
        {"measure": measure, "obstacle": step.obstacle(measure), "lacks": step.lacking(measure)}
        for measure in rows
    ]
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Measure._meta,
        "title": f"批量{VERB_NAMES[step.verb]}",
        "verb_name": VERB_NAMES[step.verb],
        "form": form,
        "ready": [row for row in listed if not row["obstacle"]],
        "left_out": [row for row in listed if row["obstacle"]],
        "action": step.name,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "tracker/bulk.html", context)
