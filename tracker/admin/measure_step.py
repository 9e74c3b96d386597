"""Taking one step with a measure: a small form, the action, and a clear word when somebody else was faster."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker import access, actions
from tracker.actions.extensions import outdated_request
from tracker.actions.left_open import left_open
from tracker.admin.base import day_of
from tracker.admin.figures import marks
from tracker.admin.measure_forms import STEPS, Step
from tracker.admin.quiet import warn_when_quiet
from tracker.admin.report_forms import EvidenceForm
from tracker.admin.step_forms import StepForm
from tracker.models import Measure, ProgressReport, RequestState, User
from tracker.reports.regime_limit import regime_limit
from tracker.reports.timeline import Entry, timeline
from tracker.rules.lifecycle import TRANSITIONS, VERB_NAMES, Status, Verb, check_step
from tracker.rules.uploads import safe_name
from tracker.rules.violations import InvalidInput, NotAllowed, Outdated, RuleViolation

# The steps about the one request that waits.
_OF_EXTENSIONS = (Verb.APPROVE_EXTENSION, Verb.REFUSE_EXTENSION, Verb.WITHDRAW_EXTENSION)
_OF_OBJECTIONS = (Verb.UPHOLD_OBJECTION, Verb.REJECT_OBJECTION)
# What a step with one row of a measure may be about, each as the person sees it.
ROWS = {
    "report_id": access.reports_visible_to,
    "claim_id": access.claims_visible_to,
}


def measure_step(
    request: HttpRequest, measure: Measure, verb_name: str, site: AdminSite, *, row_id: int | None = None
) -> HttpResponse:
    """GET shows the step's form, POST takes the step. 404 for an unknown step or row, 403 for a step of others."""
    user = request.user
    assert isinstance(user, User), "the site lets nobody else in"
    if verb_name not in {verb.value for verb in STEPS}:
        raise Http404
    verb = Verb(verb_name)
    step = STEPS[verb]
    row = _row(user, measure, step, row_id)
    back = redirect(reverse("admin:tracker_measure_change", args=[measure.pk]))
    if TRANSITIONS[verb].by.isdisjoint(access.parties(user, measure)):
        raise PermissionDenied
    if request.method != "POST":
        try:
            check_step(
                verb,
                status=Status(measure.status),
                parties=access.parties(user, measure),
                flags=access.flags(measure, today=day_of(request).today),
            )
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except RuleViolation as refusal:
            messages.warning(request, refusal.message)
            return back
        chosen = {"chosen": request.GET["template"]} if "template" in request.GET else {}
        if verb is not Verb.SET_STAGES:
            chosen = {}
        return _page(request, measure, verb, step.form(measure, user, row=row, **chosen), site)
    form = step.form(measure, user, request.POST, request.FILES, row=row)
    valid = form.is_valid()
    if "keep" in request.POST and form.drafts:
        if _keep(request, measure, user, form):
            return back
        return _again(request, measure, verb, form, None, site)
    refused = _take(measure, user, step, form) if valid else None
    if valid and refused is None:
        messages.success(request, f"已{VERB_NAMES[verb]}：{measure}")
        if verb in (Verb.ASSIGN, Verb.ACCEPT_CLAIM):
            _tell_limit(request, measure)
        if verb is Verb.URGE:
            warn_when_quiet(request, timezone.now())
        return back
    return _again(request, measure, verb, form, refused, site)


def _tell_limit(request: HttpRequest, measure: Measure) -> None:
    """Whoever gave a date beside a regime's own learns by how much they differ, and that the date given holds; and whoever
    gave one that has passed, that the measure is late from the first day."""
    measure.refresh_from_db()
    if measure.due_on is not None and measure.due_on < day_of(request).today:
        messages.warning(request, _("完成时限（%s）已经过去，事项从交办起即为逾期。") % measure.due_on)
    limit = regime_limit(measure, day_of(request).calendar)
    if limit is not None and limit.behind:
        messages.info(request, f"{limit.regime}的办结期限是{limit.due_on}（{limit.within}），{limit.words}。")


def _again(
    request: HttpRequest,
    measure: Measure,
    verb: Verb,
    form: StepForm,
    refused: RuleViolation | None,
    site: AdminSite,
) -> HttpResponse:
    """The form with what was typed and why it was refused: 422 for what was typed, 409 for what others did meanwhile.

    What others did is listed; where the step overwrites nothing, the same form may be sent again.
    """
    if isinstance(form, EvidenceForm):
        _keep_files(measure, form)
    if refused is not None and not (refused.field == "file" and "evidence" in form.errors):
        field = "evidence" if refused.field == "file" else refused.field
        form.add_error(field if field in form.fields else None, refused.message)
    if refused is None or isinstance(refused, InvalidInput):
        return _page(request, measure, verb, form, site, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    meanwhile = []
    if isinstance(refused, Outdated):
        seen = form.cleaned_data["expected_version"]
        meanwhile = [entry for entry in timeline(measure, request.user) if entry.version > seen]
    if isinstance(refused, Outdated) and form.adds:
        measure.refresh_from_db(fields=["version"])
        form.renew()
    return _page(request, measure, verb, form, site, status=HTTPStatus.CONFLICT, meanwhile=meanwhile)


def _keep_files(measure: Measure, form: EvidenceForm) -> None:
    """The files of a refused form stay, as uploaded and not sent, each by itself: one that is refused is named."""
    kept = []
    for name, content in form.accepted:
        try:
            kept.append(
                actions.attach(
                    measure_id=measure.pk, actor=form.user, now=timezone.now(), name=name, content=content
                )
            )
        except RuleViolation as refusal:
            form.add_error("evidence", f"“{safe_name(name, extension='')}”没有上传：{refusal.message}")
    if kept:
        form.keep_files(kept)


def _row(user: User, measure: Measure, step: Step, row_id: int | None) -> Any:
    """The report or claim that the step is about, as far as the person sees it."""
    if not step.row:
        if row_id is not None:
            raise Http404
        return None
    row = ROWS[step.row](user).filter(measure=measure, pk=row_id).first() if row_id is not None else None
    if row is None:
        raise Http404
    return row


def _take(measure: Measure, user: User, step: Step, form: StepForm) -> RuleViolation | None:
    about = {step.row: form.row.pk} if step.row else {"measure_id": measure.pk}
    try:
        step.take(actor=user, now=timezone.now(), **about, **form.arguments())
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except RuleViolation as refusal:
        return refusal
    return None


def _keep(request: HttpRequest, measure: Measure, user: User, form: Any) -> bool:
    """Keep what was typed as the department's draft; False with the reason in the form when it cannot be kept."""
    wrong = {
        name for name, errors in form.errors.as_data().items() if any(e.code != "required" for e in errors)
    }
    if wrong:
        return False
    try:
        now = timezone.now()
        with transaction.atomic():
            actions.save_draft(measure_id=measure.pk, actor=user, now=now, **form.draft())
            for name, content in form.cleaned_data.get("evidence", ()):
                actions.attach(measure_id=measure.pk, actor=user, now=now, name=name, content=content)
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except RuleViolation as refusal:
        form.errors.clear()
        if isinstance(refusal, Outdated):
            form.renew()
        if refusal.field != "file":
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    messages.success(request, _("草稿已保存，只有本单位可见：%s") % measure)
    return True


def _page(
    request: HttpRequest,
    measure: Measure,
    verb: Verb,
    form: StepForm,
    site: AdminSite,
    *,
    status: int = HTTPStatus.OK,
    meanwhile: Sequence[Entry] = (),
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "opts": measure._meta,
        "original": measure,
        "title": f"{VERB_NAMES[verb]}：{measure}",
        "measure": measure,
        "head": marks(measure, day_of(request)),
        "verb_name": VERB_NAMES[verb],
        "step": STEPS[verb],
        "form": form,
        "row": form.row,
        "conflict": status == HTTPStatus.CONFLICT,
        "meanwhile": meanwhile,
        "back_url": reverse("admin:tracker_measure_change", args=[measure.pk]),
        **(_application(request, measure) if verb in (Verb.CLOSE, Verb.RETURN) else {}),
        **_request_decided(request, measure, verb),
    }
    return TemplateResponse(request, "tracker/measure_step.html", context, status=status)


def _application(request: HttpRequest, measure: Measure) -> dict[str, Any]:
    """What is judged: the waiting application with its evidence, and what the measure has not reached."""
    waiting = access.reports_visible_to(request.user).filter(
        measure=measure, kind=ProgressReport.Kind.CLOSING, state=ProgressReport.State.SUBMITTED
    )
    people = waiting.select_related("department", "reported_by").prefetch_related("attachments")
    return {"judged": True, "application": people.order_by("-id").first(), "left_open": left_open(measure)}


def _request_decided(request: HttpRequest, measure: Measure, verb: Verb) -> dict[str, Any]:
    """The waiting request that the step answers or takes back, so that nobody decides what he does not see."""
    if verb not in (*_OF_EXTENSIONS, *_OF_OBJECTIONS):
        return {}
    people = ("department", "requested_by", "decided_by")
    waits = {"measure": measure, "state": RequestState.PENDING}
    if verb in _OF_OBJECTIONS:
        objections = access.objections_visible_to(request.user).filter(**waits)
        return {"objection": objections.select_related(*people).first()}
    row = access.extensions_visible_to(request.user).filter(**waits).select_related(*people).first()
    if row is None:
        return {}
    overtaken = outdated_request(measure, row.proposed_due_on, today=day_of(request).today)
    return {"extension": row, "overtaken": overtaken}
