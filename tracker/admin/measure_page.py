"""One measure to read: where it stands, what is promised, its source, reports and steps, and what may be done now."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.figures import marks
from tracker.admin.measure_forms import STEPS
from tracker.admin.unsent import unsent
from tracker.models import Claim, Measure, ProgressReport, RequestState
from tracker.reports.office_day import OfficeDay
from tracker.reports.regime_limit import regime_limit
from tracker.reports.source_excerpt import excerpt
from tracker.reports.timeline import timeline
from tracker.rules.lifecycle import OPEN, VERB_NAMES, Status, Verb
from tracker.rules.light import judged_on, scheduled_percent
from tracker.rules.period_days import cadence_in_words
from tracker.rules.regimes import Cadence


def measure_page(request: HttpRequest, measure: Any, site: AdminSite) -> HttpResponse:
    """`measure` carries the `light` annotation and is one that the person sees."""
    day = day_of(request)
    whole = access.sees_whole_text(request.user)
    source = excerpt(measure.document.text, measure.span_start, measure.span_end, whole_paragraph=whole)
    offered = buttons(request, measure)
    context = {
        **site.each_context(request),
        "opts": measure._meta,
        "original": measure,
        "title": str(measure),
        "measure": measure,
        "head": marks(measure, day),
        "schedule": schedule(measure, day),
        "regime_limit": regime_limit(measure, day.calendar),
        "today": day.today,
        "cadence": _cadence(measure),
        "buttons": offered,
        "rare_buttons": [button for button in offered if button["rare"]],
        **_rows_beside(request, measure),
        **unsent(request.user, measure, today=day.today),
        "co_departments": list(measure.co_departments.all()),
        "indicators": list(measure.indicators.all()),
        "milestones": list(access.milestones_visible_to(request.user).filter(measure=measure)),
        "timeline": timeline(measure, request.user),
        "source": source,
        # Said twice only when the office changed the words, or the source does not hold them.
        "show_text": measure.by_hand or measure.text not in source.marked,
        "document_url": _document_url(measure) if whole else None,
    }
    return TemplateResponse(request, "tracker/measure.html", context)


def _cadence(measure: Measure) -> str:
    """How often and on which day it reports, in words: by its own cadence, else by its regime's."""
    if measure.cadence != Measure.Cadence.NONE:
        return cadence_in_words(measure.get_cadence_display(), measure.cadence, measure.cadence_day)
    terms = measure.regime_edition.terms if measure.regime_edition is not None else None
    if terms is None or terms.cadence is Cadence.NONE:
        return measure.get_cadence_display()
    name = str(Measure.Cadence(terms.cadence).label)
    return f"按制度：{cadence_in_words(name, terms.cadence, terms.cadence_day)}"


def _rows_beside(request: HttpRequest, measure: Measure) -> dict[str, Any]:
    """What stands beside the measure, each kind as the person may see it, with what may be done about each row."""
    user = request.user
    people = ("department", "requested_by", "decided_by")
    reports = access.reports_visible_to(user).filter(measure=measure)
    occurrences = list(access.occurrences_visible_to(user).filter(measure=measure))
    return {
        "reports": [
            {"row": report, "buttons": _row_buttons(request, measure, report)}
            for report in reports.select_related("department", "reported_by", "reviewed_by").prefetch_related(
                "attachments"
            )
        ],
        "extensions": list(
            access.extensions_visible_to(user).filter(measure=measure).select_related(*people)
        ),
        "objections": list(
            access.objections_visible_to(user).filter(measure=measure).select_related(*people)
        ),
        "claims": [
            {"row": claim, "buttons": _row_buttons(request, measure, claim)}
            for claim in access.claims_visible_to(user).filter(measure=measure).select_related(*people)
        ],
        "exemptions": list(access.exemptions_visible_to(user).filter(measure=measure)),
        "checkpoints": list(
            access.checkpoints_visible_to(user).filter(measure=measure).select_related("department")
        ),
        "occurrences": occurrences,
        "occurrences_done": sum(row.done for row in occurrences),
        "roles": list(
            access.roles_visible_to(user).filter(measure=measure).select_related("user", "department")
        ),
    }


def _row_buttons(request: HttpRequest, measure: Measure, row: ProgressReport | Claim) -> list[dict[str, Any]]:
    """The steps with one report or claim that the person may take now."""
    if isinstance(row, Claim):
        verbs = [Verb.ACCEPT_CLAIM, Verb.DECLINE_CLAIM, Verb.WITHDRAW_CLAIM]
        waits = row.state == RequestState.PENDING
    else:
        verbs = [Verb.ACCEPT_REPORT, Verb.RETURN_REPORT]
        waits = row.state == ProgressReport.State.SUBMITTED and row.kind != ProgressReport.Kind.CLOSING
    return [
        {
            "name": VERB_NAMES[verb],
            "icon": STEPS[verb].icon,
            "kind": STEPS[verb].kind,
            "url": reverse("admin:tracker_measure_row_step", args=[measure.pk, verb.value, row.pk]),
        }
        for verb in verbs
        if waits and access.may(request.user, verb, measure, today=day_of(request).today)
    ]


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
            "rare": STEPS[verb].rare,
            "url": reverse("admin:tracker_measure_step", args=[measure.pk, verb.value]),
        }
        for verb in access.verbs_for(request.user, measure, today=day_of(request).today)
        if verb in STEPS
    ]


def _document_url(measure: Measure) -> str:
    return reverse("admin:tracker_plandocument_change", args=[measure.document_id]) + f"#m{measure.pk}"
