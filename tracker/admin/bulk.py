"""Steps with a selection of measures: first a page that lists what will happen, then each by the same action as alone."""

from collections.abc import Callable
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

from tracker import access, actions
from tracker.admin.step_fields import day_field, text_field
from tracker.admin.typed_text import OrdinaryText
from tracker.models import Measure, User
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import STATUS_NAMES, TRANSITIONS, VERB_NAMES, Status, Verb
from tracker.rules.violations import InvalidInput, RuleViolation


class NothingToFill(OrdinaryText, forms.Form):
    """A step that needs nothing but the confirmation."""


class ExtendForm(NothingToFill):
    due_on = day_field(_("新的时限"), required=True)
    reason = text_field(_("调整原因"), required=True)


@dataclass(frozen=True)
class BulkStep:
    """`obstacle` says why a measure is left out, "" when it is not; the action decides again."""

    name: str
    verb: Verb
    title: Any
    form: type[forms.Form]
    take: Callable[..., object]
    obstacle: Callable[[Measure], str]


def _not_to_be_assigned(measure: Measure) -> str:
    if measure.status != Status.DRAFT:
        return _("当前为“%(status)s”，不需要交办。") % {"status": STATUS_NAMES[Status(measure.status)]}
    if measure.lead is None:
        return str(_("还没有指定牵头单位。"))
    if measure.due_on is None and not measure.standing:
        return str(_("还没有完成时限，也没有标明“长期坚持”。"))
    return ""


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
            NothingToFill,
            actions.assign,
            _not_to_be_assigned,
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
    rows = list(measures.select_related("lead").order_by("plan", "position"))
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
                **form.cleaned_data,
            )
            done += 1
        except RuleViolation as refusal:
            messages.warning(request, f"{measure}：{refusal.message}")
    if done:
        messages.success(request, f"已{VERB_NAMES[step.verb]} {done} 项。")
    return None


def _confirmation(
    request: HttpRequest, step: BulkStep, form: forms.Form, rows: list[Measure], site: AdminSite
) -> HttpResponse:
    listed = [{"measure": measure, "obstacle": step.obstacle(measure)} for measure in rows]
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Measure._meta,
        "title": f"批量{VERB_NAMES[step.verb]}",
        "verb_name": VERB_NAMES[step.verb],
        "form": form,
        "ready": [row["measure"] for row in listed if not row["obstacle"]],
        "left_out": [row for row in listed if row["obstacle"]],
        "action": step.name,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "tracker/bulk.html", context)
