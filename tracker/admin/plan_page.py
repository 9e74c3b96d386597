"""One plan to look at: how it stands, its sections with their measures, its versions, and what is still to be filled in."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.figures import light_tiles, measure_rows, status_links
from tracker.models import Plan
from tracker.reports import overview
from tracker.reports.office_day import OfficeDay

# Measures that a section shows; the rest is one click away, in the list.
MOST_A_SECTION = 20
# A plan of at most so many measures shows all its sections unfolded.
UNFOLDED = 60


def plan_page(request: HttpRequest, plan: Plan, site: AdminSite) -> HttpResponse:
    """Everybody sees of it the measures that he sees at all; versions of the whole text and gaps are 督查室's."""
    user, day = request.user, day_of(request)
    counts = overview.counted(access.visible_to(user).filter(plan=plan), day)

    def link(**narrowed: object) -> str:
        return _list_url(plan=plan.pk, **narrowed)

    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Plan._meta,
        "original": plan,
        "plan": plan,
        "title": plan.title,
        "total": counts.total,
        "measures_url": link(),
        "tiles": light_tiles(counts, link),
        "statuses": status_links(counts, link),
        "sections": _sections(request, plan, day, unfolded=counts.total <= UNFOLDED),
    }
    if access.sees_whole_text(user):
        documents = plan.documents.defer("text").select_related("imported_by").order_by("-version")
        context["documents"] = list(documents)
    if access.is_office(user):
        context["may_import"] = True
        context["gaps"] = [
            (name, short, measure_rows(short.measures, day))
            for name, short in (
                (_("没有牵头单位"), overview.without_lead(user, day, plan)),
                (_("没有完成时限"), overview.without_deadline(user, day, plan)),
            )
            if short.total
        ]
    return TemplateResponse(request, "tracker/plan.html", context)


def _sections(request: HttpRequest, plan: Plan, day: OfficeDay, *, unfolded: bool) -> list[dict[str, Any]]:
    """The sections in the plan's order, each with its figures and its first measures."""
    figures = {row.key: row for row in overview.by_section(request.user, day, plan=plan)}
    measures = overview.seen(request.user, day).filter(plan=plan).defer("text")
    found: list[dict[str, Any]] = []
    in_order = measures.order_by("section__number", "section", "position", "id")
    for section, group in groupby(in_order, key=lambda measure: measure.section):
        rows = list(group)
        found.append(
            {
                "section": section,
                "figures": figures[section.pk],
                "rows": measure_rows(rows[:MOST_A_SECTION], day),
                "more": max(0, len(rows) - MOST_A_SECTION),
                "url": _list_url(plan=plan.pk, section=section.pk),
                "open": unfolded or not found,
            }
        )
    return found


def _list_url(**narrowed: object) -> str:
    return f"{reverse('admin:tracker_measure_changelist')}?{urlencode(narrowed)}"
