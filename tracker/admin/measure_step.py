"""Taking one step with a measure: a small form, the action, and a clear word when somebody else was faster."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.measure_forms import STEPS, Step, StepForm, arguments
from tracker.admin.measure_page import head
from tracker.models import Measure
from tracker.rules.lifecycle import VERB_NAMES, Status, Verb, check_step
from tracker.rules.violations import InvalidInput, NotAllowed, RuleViolation


def measure_step(request: HttpRequest, measure: Measure, verb_name: str, site: AdminSite) -> HttpResponse:
    """GET shows the step's form, POST takes the step. 404 for an unknown step, 403 for one that is not the person's."""
    if verb_name not in {verb.value for verb in STEPS}:
        raise Http404
    verb = Verb(verb_name)
    back = redirect(reverse("admin:tracker_measure_change", args=[measure.pk]))
    if request.method != "POST":
        try:
            check_step(verb, status=Status(measure.status), parties=access.parties(request.user, measure))
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except RuleViolation as refusal:
            messages.warning(request, refusal.message)
            return back
        return _page(request, measure, verb, STEPS[verb].form(measure), site)
    form = STEPS[verb].form(measure, request.POST)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        refused = _take(request, measure, verb, STEPS[verb], form)
        if refused is None:
            messages.success(request, f"已{VERB_NAMES[verb]}：{measure}")
            return back
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, refused.message)
        if not isinstance(refused, InvalidInput):
            # What the person typed stays on the page, to be copied after reading what changed meanwhile.
            status = HTTPStatus.CONFLICT
    return _page(request, measure, verb, form, site, status=status)


def _take(
    request: HttpRequest, measure: Measure, verb: Verb, step: Step, form: StepForm
) -> RuleViolation | None:
    try:
        step.take(
            measure_id=measure.pk,
            actor=request.user,
            now=timezone.now(),
            **arguments(verb, form.cleaned_data),
        )
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except RuleViolation as refusal:
        return refusal
    return None


def _page(
    request: HttpRequest,
    measure: Measure,
    verb: Verb,
    form: StepForm,
    site: AdminSite,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "opts": measure._meta,
        "original": measure,
        "title": f"{VERB_NAMES[verb]}：{measure}",
        "measure": measure,
        "head": head(measure, day_of(request)),
        "verb_name": VERB_NAMES[verb],
        "step": STEPS[verb],
        "form": form,
        "conflict": status == HTTPStatus.CONFLICT,
        "back_url": reverse("admin:tracker_measure_change", args=[measure.pk]),
    }
    return TemplateResponse(request, "tracker/measure_step.html", context, status=status)
