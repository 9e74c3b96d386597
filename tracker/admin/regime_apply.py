"""也用于正在办理的事项: a page that lists what an edited regime would change, then each measure by its own action."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker import access, actions
from tracker.models import Measure, Regime, User
from tracker.reports.regime_use import older_editions, under_older_terms
from tracker.rules.violations import RuleViolation

# Refusals shown one by one; beyond that their number says enough.
MOST_REFUSALS = 50


def apply_page(request: HttpRequest, regime: Regime, site: AdminSite) -> HttpResponse:
    """GET shows the running measures under older terms; POST puts those that were shown under the present ones."""
    if request.method != "POST":
        return _confirmation(request, regime, site)
    if request.POST.get("terms") != regime.digest():
        messages.error(request, _("制度在此期间又被修改，请重新核对后确认。"))
        return _confirmation(request, regime, site, HTTPStatus.CONFLICT)
    assert isinstance(request.user, User), "the regime's pages let nobody else in"
    done, refused = 0, []
    for measure in under_older_terms(request.user, regime).order_by("plan", "position"):
        # What the person read on the page; a measure that has none was not on it.
        version = request.POST.get(f"version-{measure.pk}", "")
        if not version.isdecimal() or len(version) > 9:
            continue
        if refusal := _apply(measure, regime, request.user, int(version)):
            refused.append(f"{measure}：{refusal}")
        else:
            done += 1
    messages.success(
        request, _("%(count)d 项已改按“%(regime)s”现行条款。") % {"count": done, "regime": regime}
    )
    for words in refused[:MOST_REFUSALS]:
        messages.warning(request, words)
    if len(refused) > MOST_REFUSALS:
        messages.warning(request, _("另有 %(count)d 项未改。") % {"count": len(refused) - MOST_REFUSALS})
    return redirect("admin:tracker_regime_change", regime.pk)


def _apply(measure: Measure, regime: Regime, user: User, version: int) -> str:
    """Why the measure was left as it is; empty when it was changed."""
    try:
        actions.apply_regime(
            measure_id=measure.pk,
            actor=user,
            now=timezone.now(),
            regime=regime,
            expected_version=version,
        )
    except RuleViolation as refusal:
        return refusal.message
    return ""


def _confirmation(
    request: HttpRequest, regime: Regime, site: AdminSite, status: int = HTTPStatus.OK
) -> HttpResponse:
    user: access.Someone = request.user
    editions = older_editions(user, regime)
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Regime._meta,
        "original": regime,
        "title": _("也用于正在办理的事项"),
        "regime": regime,
        "terms": regime.digest(),
        "editions": editions,
        "count": sum(len(row.measures) for row in editions),
    }
    return TemplateResponse(request, "tracker/regime_apply.html", context, status=status)
