"""What a department has prepared and not sent: an uploaded file or a draft is thrown away here, after being asked once more."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import access, actions
from tracker.models import Measure, ProgressReport, User
from tracker.rules.lifecycle import Verb
from tracker.rules.violations import NotAllowed, RuleViolation


def unsent(user: access.Someone, measure: Measure, *, today: date) -> dict[str, Any]:
    """For the measure's page: `unsent_files` with the address that throws each away, `draft_buttons` for the draft.

    Empty for everybody but who prepares the reports of the department.
    """
    if not access.works_on(user, measure):
        return {}
    files = [
        {"row": file, "url": reverse("admin:tracker_measure_file_delete", args=[measure.pk, file.pk])}
        for file in _files(user, measure)
    ]
    verbs = [verb for verb in (Verb.REPORT, Verb.PART_REPORT) if access.may(user, verb, measure, today=today)]
    go_on = [
        {
            "name": _("继续填写"),
            "icon": "edit",
            "kind": "plain",
            "url": reverse("admin:tracker_measure_step", args=[measure.pk, verb.value]),
        }
        for verb in verbs
    ]
    throw = {
        "name": _("删除草稿"),
        "icon": "delete",
        "kind": "grave",
        "url": reverse("admin:tracker_measure_draft_delete", args=[measure.pk]),
    }
    return {"unsent_files": files, "draft_buttons": [*go_on, throw]}


def throw_file_away(request: HttpRequest, measure: Measure, pk: int, site: AdminSite) -> HttpResponse:
    """GET asks, POST deletes. 404 for a file that is not this department's or was sent, 403 for who may not."""
    user = _worker(request, measure)
    file = _files(user, measure).filter(pk=pk).first()
    if file is None:
        raise Http404
    return _asked(
        request,
        measure,
        site,
        what=_("附件“%s”") % file.name,
        throw=lambda: actions.detach(attachment=file, actor=user),
    )


def throw_draft_away(request: HttpRequest, measure: Measure, site: AdminSite) -> HttpResponse:
    """GET asks, POST deletes. 404 when the department has no draft, 403 for who may not."""
    user = _worker(request, measure)
    drafts = access.reports_visible_to(user).filter(
        measure=measure, department=user.department_id, state=ProgressReport.State.DRAFT
    )
    draft = drafts.first()
    if draft is None:
        raise Http404
    return _asked(
        request,
        measure,
        site,
        what=_("报告草稿"),
        excerpt=draft.progress,
        throw=lambda: actions.discard_draft(measure_id=measure.pk, actor=user),
    )


def _files(user: access.Someone, measure: Measure) -> Any:
    department = user.department_id if isinstance(user, User) else None
    files = access.attachments_visible_to(user).filter(measure=measure, department=department)
    return files.filter(report__isnull=True).order_by("id")


def _worker(request: HttpRequest, measure: Measure) -> User:
    user = request.user
    if not isinstance(user, User) or not access.works_on(user, measure):
        raise PermissionDenied
    return user


def _asked(
    request: HttpRequest,
    measure: Measure,
    site: AdminSite,
    *,
    what: str,
    throw: Callable[[], object],
    excerpt: str = "",
) -> HttpResponse:
    back = reverse("admin:tracker_measure_change", args=[measure.pk]) + "#reports"
    if request.method != "POST":
        context: dict[str, Any] = {
            **site.each_context(request),
            "opts": measure._meta,
            "original": measure,
            "title": _("删除%s") % what,
            "measure": measure,
            "what": what,
            "excerpt": excerpt,
            "back_url": back,
        }
        return TemplateResponse(request, "tracker/throw_away.html", context)
    try:
        throw()
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except RuleViolation as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("已删除%s。") % what)
    return redirect(back)
