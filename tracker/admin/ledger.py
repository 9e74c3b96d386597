"""The ledger (台账) in the admin: everybody exports what he sees; 督查室 imports an edited one after looking at its changes."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.import_progress import ProgressNote, go_on, is_watched
from tracker.admin.uploads import OfficeFileField, named
from tracker.importing import ImportRefused, desk
from tracker.importing.ledger import LedgerChange, LedgerProposal
from tracker.importing.rewording import Wording, compare
from tracker.models import ImportDraft, User
from tracker.reports.ledger import for_ledger, write_ledger
from tracker.rules.violations import RuleViolation

RECENT = 20
# Measures without a row that the page names one by one.
MOST_NAMED = 200
# Messages are kept in the session until they are shown.
MOST_TOLD = 20
# The column whose edits are hard to find by eye.
LONG_TEXT = "具体要求"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LedgerForm(forms.Form):
    document = OfficeFileField(
        label=_("修改后的台账"),
        help_text=_("由本页导出、修改后保存的 .xlsx 文件。"),
    )


def _user(request: HttpRequest) -> User:
    """Who is signed in; raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _office(request: HttpRequest) -> User:
    user = _user(request)
    if not access.is_office(user):
        raise PermissionDenied
    return user


def ledger_export(request: HttpRequest) -> HttpResponse:
    """The ledger of the measures that the person sees, of one plan when `plan` names it."""
    user = _user(request)
    measures = access.visible_to(user).filter(in_text=True)
    plan = request.GET.get("plan", "")
    if plan:
        found = access.plans_visible_to(user).filter(pk=plan).first() if plan.isdecimal() else None
        if found is None:
            raise Http404
        measures = measures.filter(plan=found)
    data = write_ledger(for_ledger(measures, reader=user).iterator(chunk_size=1000))
    name = quote(f"台账{day_of(request).today:%Y%m%d}.xlsx")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(data, content_type=EXCEL, headers=headers)


def ledger_desk(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """GET offers the export and, to 督查室, the upload form; POST reads an uploaded ledger."""
    user = _user(request)
    form = None
    status = HTTPStatus.OK
    if access.is_office(user):
        posted = request.method == "POST"
        form = LedgerForm(request.POST if posted else None, request.FILES if posted else None)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        try:
            draft = _open(request, user, form) if form.is_valid() else None
        except desk.Unchanged as unchanged:
            _tell_unchanged(request, unchanged.proposal)
            return go_on(request, reverse("admin:ledger_desk"))
        if draft is not None:
            return go_on(request, reverse("admin:ledger_draft", args=[draft.pk]))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if is_watched(request):
            errors = {"" if name == NON_FIELD_ERRORS else name: found for name, found in form.errors.items()}
            return JsonResponse({"errors": errors}, status=status)
    waiting = ImportDraft.objects.filter(kind=ImportDraft.Kind.LEDGER, imported_at=None)
    return _answer(
        request,
        site,
        "tracker/ledger_desk.html",
        status,
        title=_("台账"),
        form=form,
        plans=access.plans_visible_to(user),
        most_bytes=settings.MAX_DOCUMENT_BYTES,
        drafts=waiting.defer("document").select_related("made_by")[:RECENT] if form is not None else [],
    )


def _tell_unchanged(request: HttpRequest, proposal: LedgerProposal) -> None:
    """Nothing is kept of such a file; what it lacks is said all the same."""
    messages.info(request, _("台账中没有改动过的单元格，没有要写入的内容，这次上传没有保留。"))
    for notice in proposal.notices[:MOST_TOLD]:
        messages.warning(request, notice)
    if proposal.missing:
        named = "；".join(f"{measure.number} {measure.title}" for measure in proposal.missing[:MOST_TOLD])
        rest = "等" if len(proposal.missing) > MOST_TOLD else ""
        messages.warning(
            request,
            f"方案中有{len(proposal.missing)}项在这份台账里没有对应的行，没有改动它们：{named}{rest}。",
        )


def _open(request: HttpRequest, user: User, form: LedgerForm) -> ImportDraft | None:
    document = form.cleaned_data["document"]
    try:
        return desk.open_ledger(
            actor=user,
            now=timezone.now(),
            document=desk.Upload(document.name, document.read()),
            progress=ProgressNote(request),
        )
    except ImportRefused as refused:
        for reason in named(refused.reasons):
            form.add_error(None, reason)
    return None


def ledger_draft(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    """GET shows what the ledger changes; POST writes it or takes it off the desk."""
    user = _office(request)
    draft = ImportDraft.objects.filter(pk=pk, kind=ImportDraft.Kind.LEDGER).first()
    if draft is None and request.method != "POST":
        raise Http404
    if draft is None or draft.imported_at is not None:
        # A second click, or the way back from the next page.
        messages.info(request, _("这份台账已经写入。") if draft is not None else _("这份台账已不在导入台。"))
        return go_on(request, reverse("admin:ledger_desk"))
    try:
        if request.method == "POST" and request.POST.get("do") == "discard":
            desk.discard(draft, actor=user)
            messages.success(request, f"已放弃：{draft}")
            return redirect("admin:ledger_desk")
        if request.method == "POST":
            return _write(request, draft, user)
        proposal = desk.ledger_proposal(draft, actor=user)
    except RuleViolation as violation:
        messages.error(request, violation.message)
        return go_on(request, reverse("admin:ledger_desk"))
    except ImportRefused as refused:
        if is_watched(request):
            errors = {"": named(refused.reasons)}
            return JsonResponse({"errors": errors}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _answer(
            request,
            site,
            "tracker/import_refused.html",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            title=str(draft),
            draft=draft,
            reasons=named(refused.reasons),
        )
    return _answer(
        request,
        site,
        "tracker/ledger_preview.html",
        title=_("核对台账改动"),
        draft=draft,
        proposal=proposal,
        changes=[(change, _differences(change)) for change in proposal.changes],
        missing=proposal.missing[:MOST_NAMED],
        not_named=max(0, len(proposal.missing) - MOST_NAMED),
    )


def _differences(change: LedgerChange) -> list[tuple[str, str, str, tuple[Wording, ...]]]:
    """Column, before, after, and for the long texts both as one with marks."""
    return [
        (header, before, after, compare(before, after) if header == LONG_TEXT else ())
        for header, (before, after) in change.words.items()
    ]


def _write(request: HttpRequest, draft: ImportDraft, user: User) -> HttpResponse:
    """Raises RuleViolation and ImportRefused; nothing is then written."""
    written = desk.confirm_ledger(draft, actor=user, now=timezone.now(), progress=ProgressNote(request))
    links = format_html_join(
        "；",
        '<a class="link" href="{}">{} {}</a>',
        (
            (reverse("admin:tracker_measure_change", args=[measure.pk]), measure.number, measure.title)
            for measure in written[:MOST_TOLD]
        ),
    )
    rest = "等" if len(written) > MOST_TOLD else ""
    messages.success(request, format_html("台账已写入：更新{}项：{}{}。", len(written), links, rest))
    listed = reverse("admin:tracker_measure_changelist")
    plans = {measure.plan_id for measure in written}
    return go_on(request, f"{listed}?plan={plans.pop()}" if len(plans) == 1 else listed)


def _answer(
    request: HttpRequest, site: AdminSite, template: str, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context}, status=status)
