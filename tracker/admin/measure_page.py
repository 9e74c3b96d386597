"""One measure to read: where it stands, what is promised, its source, reports and steps, and what may be done now."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from tracker import access
from tracker.admin.badges import deadline_badge, light_badge, progress_bar, status_badge
from tracker.admin.base import day_of
from tracker.admin.measure_forms import STEPS
from tracker.models import Measure
from tracker.reports.deadline_words import deadline_words
from tracker.reports.office_day import OfficeDay
from tracker.reports.source_excerpt import excerpt
from tracker.reports.timeline import timeline
from tracker.rules.lifecycle import OPEN, VERB_NAMES, Status
from tracker.rules.light import judged_on, scheduled_percent


def measure_page(request: HttpRequest, measure: Any, site: AdminSite) -> HttpResponse:
    """`measure` carries the `light` annotation and is one that the person sees."""
    day = day_of(request)
    whole = access.sees_whole_text(request.user)
    source = excerpt(measure.document.text, measure.span_start, measure.span_end, whole_paragraph=whole)
    context = {
        **site.each_context(request),
        "opts": measure._meta,
        "original": measure,
        "title": str(measure),
        "measure": measure,
        "head": head(measure, day),
        "schedule": schedule(measure, day),
        "buttons": buttons(request, measure),
        "co_departments": list(measure.co_departments.all()),
        "indicators": list(measure.indicators.all()),
        "milestones": list(measure.milestones.all()),
        "reports": list(measure.reports.select_related("department", "reported_by")),
        "timeline": timeline(measure),
        "source": source,
        # Said twice only when the office changed the words, or the source does not hold them.
        "show_text": measure.text not in source.marked,
        "document_url": _document_url(measure) if whole else None,
    }
    return TemplateResponse(request, "tracker/measure.html", context)


def head(measure: Any, day: OfficeDay) -> dict[str, Any]:
    """The marks that the page and the step forms show beside the title."""
    words = deadline_words(
        measure, today=day.today, calendar=day.calendar, near_until=day.thresholds.near_until
    )
    return {
        "light": light_badge(measure.light),
        "status": status_badge(measure.status),
        "deadline": deadline_badge(words),
        "progress": progress_bar(measure.percent),
    }


def schedule(measure: Measure, day: OfficeDay) -> int | None:
    """序时进度 in percent while the measure is open and has a schedule."""
    status = Status(measure.status)
    if status not in OPEN or measure.starts_on is None or measure.due_on is None:
        return None
    on = judged_on(status=status, applied_on=measure.applied_on, today=day.today)
    return scheduled_percent(starts_on=measure.starts_on, due_on=measure.due_on, on=on)


def buttons(request: HttpRequest, measure: Measure) -> list[dict[str, Any]]:
    """The steps that the person may take now, as links to their forms."""
    return [
        {
            "name": VERB_NAMES[verb],
            "icon": STEPS[verb].icon,
            "kind": STEPS[verb].kind,
            "url": reverse("admin:tracker_measure_step", args=[measure.pk, verb.value]),
        }
        for verb in access.verbs_for(request.user, measure)
        if verb in STEPS
    ]


def _document_url(measure: Measure) -> str:
    return reverse("admin:tracker_plandocument_change", args=[measure.document_id]) + f"#m{measure.pk}"
