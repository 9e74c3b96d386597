"""交办 of many drafts at once: first a page that lists what will happen, then each measure by the same action as alone."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker import access, actions
from tracker.models import Measure, User
from tracker.models.measure import MeasureQuerySet
from tracker.rules.lifecycle import STATUS_NAMES, Status
from tracker.rules.violations import InvalidInput, RuleViolation

ACTION = "assign_selected"


def bulk_assign(request: HttpRequest, measures: MeasureQuerySet, site: AdminSite) -> HttpResponse | None:
    """The confirming page, or after its confirmation None (back to the list) with what was done as messages."""
    user = request.user
    if not isinstance(user, User) or not access.is_office(user):
        raise PermissionDenied
    rows = list(measures.select_related("lead").order_by("plan", "position"))
    if request.POST.get("confirmed") != "yes":
        return _confirmation(request, rows, site)
    done = 0
    for measure in rows:
        # What the person read on the confirming page; a measure that has none was not on it.
        version = request.POST.get(f"version-{measure.pk}", "")
        if not version.isdecimal():
            continue
        try:
            if reason := obstacle(measure):
                raise InvalidInput(reason)
            actions.assign(
                measure_id=measure.pk,
                actor=user,
                now=timezone.now(),
                expected_version=int(version),
            )
            done += 1
        except RuleViolation as refusal:
            messages.warning(request, f"{measure}：{refusal.message}")
    if done:
        messages.success(request, _("已交办 %(count)d 项。") % {"count": done})
    return None


def obstacle(measure: Measure) -> str:
    """Why the measure cannot be assigned as it stands; empty when it can. The action decides again."""
    if measure.status != Status.DRAFT:
        return _("当前为“%(status)s”，不需要交办。") % {"status": STATUS_NAMES[Status(measure.status)]}
    if measure.lead is None:
        return _("还没有指定牵头单位。")
    if measure.due_on is None and not measure.standing:
        return _("还没有完成时限，也没有标明“长期坚持”。")
    return ""


def _confirmation(request: HttpRequest, rows: list[Measure], site: AdminSite) -> HttpResponse:
    listed = [{"measure": measure, "obstacle": obstacle(measure)} for measure in rows]
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Measure._meta,
        "title": _("批量交办"),
        "ready": [row["measure"] for row in listed if not row["obstacle"]],
        "left_out": [row for row in listed if row["obstacle"]],
        "action": ACTION,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "tracker/bulk_assign.html", context)
