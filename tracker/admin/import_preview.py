"""The preview on the import desk: the source beside what was read of it, corrected in place, then imported or not."""

import re
from http import HTTPStatus
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.import_decisions import decided_by, offered_leads
from tracker.admin.import_late import imported_already
from tracker.admin.import_merge import fields_now, show_typed, told_changes
from tracker.admin.import_notes import MOST_NOTES, count_changes, notes_of, tell_lacking
from tracker.admin.import_origins import newly_named, offer_origins
from tracker.admin.import_pages import Page, pages_of
from tracker.admin.import_progress import ProgressNote, go_on, is_watched
from tracker.admin.import_result import tell_result
from tracker.admin.import_rows import mark_of, rows_of
from tracker.admin.import_units import AskAgain, settle_units, unit_choices
from tracker.admin.typed_text import refused_character
from tracker.admin.uploads import refusal_words
from tracker.importing import ImportRefused, desk
from tracker.importing.colouring import KINDS, colour
from tracker.importing.counted import counted_from
from tracker.importing.decisions import gone_departments
from tracker.importing.kept import tell_kept
from tracker.importing.mass_removal import MassRemovalUnconfirmed, mass_removal
from tracker.importing.proposal import Change, ImportProposal
from tracker.importing.suggest import LeadSuggester
from tracker.importing.unresolved import unresolved
from tracker.models import Department, ImportDraft, Measure, User, load_calendar
from tracker.plan_document import DocumentError
from tracker.rules.deadlines import wrong_year
from tracker.rules.violations import InvalidInput, Outdated, RuleViolation

# Measures with an unknown unit that stand beside the confirm button; the box of units names them all.
MOST_UNRESOLVED = 8
TITLE_LIMIT = 200
CHANGED_SINCE = (
    "您打开页面之后，方案、事项或单位名录已被他人改动，要导入的内容随之有变化，因此没有导入；"
    "您的修改已保存。请刷新页面，重新核对后再确认。"
)
# A button that saves and turns to another page, perhaps to a row (r1.2) or a character (c120) there.
_OTHER_PAGE = re.compile(r"page-(?P<number>[0-9]{1,6})(?:-(?P<place>(?:r|c|gone-)[0-9.]{1,20}))?")

_TYPED_KEY = re.compile(r"[0-9a-f]{32}")


def import_draft(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    """GET shows the preview; POST saves the corrections, settles an unknown unit, imports, or takes the draft off the desk."""
    if not access.is_office(request.user):
        raise PermissionDenied
    draft = (
        ImportDraft.objects.filter(pk=pk, kind=ImportDraft.Kind.PLAN)
        .select_related("plan", "imported_into")
        .first()
    )
    if draft is None and request.method == "POST":
        messages.info(request, "该文件已不在导入台。")
        return go_on(request, reverse("admin:import_desk"))
    if draft is None:
        raise Http404
    if draft.imported_into is not None:
        return imported_already(request, draft, site)
    if request.method == "POST" and request.POST.get("do") == "discard":
        return _discard(request, draft)
    try:
        proposal = desk.propose(draft, today=day_of(request).today)
    except (DocumentError, ImportRefused) as error:
        # Something it was read with (a department, a plan) has changed since it was uploaded.
        reasons = refusal_words(error) if isinstance(error, ImportRefused) else [str(error)]
        if is_watched(request):
            return _refused({"": "；".join(reasons)})
        context = {**site.each_context(request), "title": str(draft), "draft": draft, "reasons": reasons}
        return TemplateResponse(request, "tracker/import_refused.html", context)
    if request.method == "POST":
        return _save(request, draft, proposal, site)
    return _preview(request, draft, proposal, site)


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _refused(
    errors: dict[str, str],
    version: str = "",
    fields: dict[str, str | bool] | None = None,
    offers: dict[str, list[dict[str, Any]]] | None = None,
) -> HttpResponse:
    answer = {"errors": errors, "version": version, "fields": fields or {}, "offers": offers or {}}
    return JsonResponse(answer, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _discard(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    try:
        desk.discard(draft, actor=_actor(request))
        messages.success(request, f"已移出导入台：{draft}")
    except RuleViolation as violation:
        messages.error(request, violation.message)
    return redirect("admin:import_desk")


def _save(
    request: HttpRequest, draft: ImportDraft, proposal: ImportProposal, site: AdminSite
) -> HttpResponse:
    do = request.POST.get("do", "")
    # What the form was shown with: after a refusal it keeps that, so that nobody overwrites what he has not seen.
    version = request.POST.get("version", "")
    errors: dict[str, str] = {}
    asked: AskAgain | None = None
    # A form that says what it had shown is merged row by row; a script that does not must know the draft's version.
    merges = "shown-plan_title" in request.POST
    # The rows as the form showed them: a unit that is made known now changes what they read, not what was typed.
    rows = rows_of(proposal, draft.decisions)
    now_seen = mark_of(proposal, rows, draft.decisions)
    try:
        if do.startswith("unit-"):
            settle_units(request, do, proposal.plan)
        decisions, errors = decided_by(request.POST, rows, city=proposal.city)
        title, year = _typed_title(request, proposal), _typed_year(request, draft, do)
        if not version.isdecimal() or len(version) > 9:
            errors[""] = "表单已失效，请刷新后重新确认。"
        if not errors:
            other = newly_named(draft.decisions, decisions)
            draft = desk.decide(
                draft,
                actor=_actor(request),
                decisions=decisions,
                expected_version=draft.version if merges else int(version),
                title=title,
            )
            version = str(draft.version)
            if year != draft.year:
                return _read_again(request, draft, year)
            if do == "import" and other:
                return _match_again(request, draft, other)
            told = told_changes(rows, request.POST)
            if do == "import" and request.POST.get("seen", now_seen) != now_seen:
                raise Outdated(CHANGED_SINCE + told)
            if told and do != "import":
                messages.warning(request, told)
            return _import(request, draft) if do == "import" else _saved(request, draft, do)
    except RuleViolation as violation:
        done = ImportDraft.objects.filter(pk=draft.pk, imported_into__isnull=False).first()
        if done is not None:
            return imported_already(request, done, site)  # the other of two clicks was first
        asked = violation if isinstance(violation, AskAgain) else None
        errors[""] = violation.message
    except MassRemovalUnconfirmed as refused:
        errors[""] = (
            f"{refused.removal.words}。没有导入：确实如此的，请先勾选确认按钮旁的“已核对”，再确认导入。"
        )
    except ImportRefused as refused:
        errors[""] = "；".join(refusal_words(refused))
    if is_watched(request):
        offers = offered_leads(request.POST, errors, city=proposal.city)
        return _refused(errors, version, fields_now(rows, request.POST), offers)
    return _preview(request, draft, proposal, site, errors=errors, version=version, asked=asked)


def _typed_title(request: HttpRequest, proposal: ImportProposal) -> str | None:
    """The plan's name when it was changed. Raises InvalidInput."""
    shown = request.POST.get("shown-plan_title", proposal.title)
    title = " ".join(request.POST.get("plan_title", proposal.title).split())
    if title in (proposal.title, shown):
        return None
    if shown != proposal.title:
        raise InvalidInput(
            f"方案名称在您打开页面之后已被他人改为“{proposal.title}”，您填写的是“{title[:TITLE_LIMIT]}”，没有保存；"
            "核对后再次保存，即以您填写的为准。"
        )
    if not title or len(title) > TITLE_LIMIT:
        raise InvalidInput(f"方案名称不能为空，也不能超过{TITLE_LIMIT}个字符。")
    wrong = refused_character(title)
    if wrong is not None:
        raise InvalidInput(f"方案名称{wrong}")
    return title


def _typed_year(request: HttpRequest, draft: ImportDraft, do: str) -> int | None:
    """The year of limits that name none, as the form has it; None leaves it to the document. Raises InvalidInput."""
    if "year" not in request.POST:
        return draft.year
    typed = request.POST["year"].strip()
    if do != "year" and typed == request.POST.get("shown-year"):
        return draft.year  # left as it was shown: what others gave meanwhile stands
    if not typed and do == "year" and draft.year is None:
        raise InvalidInput("请填写年份，例如 2026。", field="year")
    if typed and (not typed.isdecimal() or len(typed) > 6):
        raise InvalidInput(f"年份“{typed[:20]}”应为四位数字，例如 2026。", field="year")
    wrong = wrong_year(int(typed)) if typed else None
    if wrong is not None:
        raise InvalidInput(f"年份{wrong}", field="year")
    return int(typed) if typed else None


def _read_again(request: HttpRequest, draft: ImportDraft, year: int | None) -> HttpResponse:
    """Back to the preview, whatever button was pressed: nobody has seen yet what the other year gives."""
    draft = desk.set_year(draft, actor=_actor(request), year=year, expected_version=draft.version)
    told = f"已按{year}年重新读取时限" if year is not None else "已按文件自己的年份重新读取时限"
    messages.success(request, f"{told}，尚未导入；请核对后再确认。")
    return go_on(request, _back(request, draft, _page_number(request.POST.get("page", "1"))))


def _match_again(request: HttpRequest, draft: ImportDraft, number: str) -> HttpResponse:
    """Back to the preview: nobody has seen yet what the row changes when it is another task."""
    messages.success(request, "已按您的选择重新比对新旧事项，尚未导入；请核对后再确认。")
    page = _page_number(request.POST.get("page", "1"))
    return go_on(request, f"{_back(request, draft, page)}#r{number}")


def _back(request: HttpRequest, draft: ImportDraft, number: int) -> str:
    """The preview's page; with the key of what was typed there, which the page then need not keep any longer."""
    asked = {"page": str(number)} if number > 1 else {}
    if _TYPED_KEY.fullmatch(request.POST.get("typed", "")):
        asked["saved"] = request.POST["typed"]
    address = reverse("admin:import_draft", args=[draft.pk])
    return f"{address}?{urlencode(asked)}" if asked else address


def _import(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    # Ticked for what the page showed: never kept with the draft, so that nobody finds it ticked by another.
    removes = request.POST.get("removes", "")
    result = desk.confirm(
        draft,
        actor=_actor(request),
        now=timezone.now(),
        expected_version=draft.version,
        removes=int(removes) if removes.isdecimal() and len(removes) < 7 else None,
        progress=ProgressNote(request),
    )
    tell_result(request, result)
    return go_on(request, f"{reverse('admin:tracker_measure_changelist')}?plan={result.plan.pk}")


def _saved(request: HttpRequest, draft: ImportDraft, do: str) -> HttpResponse:
    """Back to the page that was asked for: another one of the same plan, or the one that was shown."""
    turned = _OTHER_PAGE.fullmatch(do)
    number = _page_number(turned["number"] if turned else request.POST.get("page", "1"))
    place = ""
    if turned and turned["place"]:
        place += f"#{turned['place']}"
    elif do.startswith("unit-"):
        place += "#units"
    else:
        messages.success(request, "已保存修改，尚未导入。")
    return redirect(_back(request, draft, number) + place)


def _preview(
    request: HttpRequest,
    draft: ImportDraft,
    proposal: ImportProposal,
    site: AdminSite,
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    asked: AskAgain | None = None,
) -> HttpResponse:
    rows = rows_of(proposal, draft.decisions)
    show_typed(rows, request.POST)
    pages = pages_of(rows, len(proposal.source.text))
    page = _asked_page(request, pages)
    suggester = LeadSuggester()
    gone = gone_departments(draft.decisions)
    offers = offered_leads(request.POST, errors or {}, city=proposal.city)
    for row in page.rows:
        row.offers = [] if row.is_gone else offers.get(row.number, [])
        if not row.is_gone:
            row.error = (errors or {}).get(row.number) or gone.get(row.number, "")
        if row.editable and not row.shown["lead"] and not row.names_lead:
            row.suggestions = suggester.suggest(title=str(row.shown["title"]), text=row.text)
    offer_origins(page.rows, proposal)
    calendar = load_calendar()
    kept = tell_kept((row.origin_measure.pk, row.kept) for row in page.rows if row.origin_measure is not None)
    for row in page.rows:
        row.kept_words = kept.get(row.origin_measure.pk, []) if row.origin_measure is not None else []
        if row.editable and row.relative and not row.is_scheduled:
            row.counted = counted_from(proposal.starts_on, row.relative, calendar=calendar)
    row_pages = {row.number: page.number for page in pages for row in page.rows if not row.is_gone}
    without_unit = unresolved(proposal.measures)
    missing = tell_lacking(
        rows, row_pages, (number for number in errors or {} if number), today=day_of(request).today
    )
    sections = {section.number: section for section in proposal.parsed.sections}
    left_out = {item.number for item in proposal.measures if item.change == Change.LEFT_OUT}
    pieces = colour(proposal.source.text, proposal.parsed, left_out)
    context = {
        **site.each_context(request),
        "title": _("核对：%(name)s") % {"name": draft},
        "draft": draft,
        "version": version if version.isdecimal() else draft.version,
        "seen": mark_of(proposal, rows, draft.decisions),
        "proposal": proposal,
        "year": request.POST.get("year", draft.year or ""),
        "plan_title": request.POST.get("plan_title", proposal.title),
        "page": page,
        "pages": pages,
        "groups": [
            {"section": sections.get(number or 0), "rows": list(group)}
            for number, group in groupby(page.rows, key=lambda row: row.section_number)
        ],
        "pieces": page.pieces_of(pieces),
        "kinds": [
            (kind, name) for kind, name in KINDS.items() if any(piece.kind == kind for piece in pieces)
        ],
        "notes": notes_of(proposal, rows, pages, row_pages),
        "unresolved": [
            {"number": item.number, "title": "、".join(item.names), "page": row_pages.get(item.number, 1)}
            for item in without_unit[:MOST_UNRESOLVED]
        ],
        "removal": mass_removal(proposal),
        "unresolved_count": len(without_unit),
        "leaderless": sum(item.leaderless for item in without_unit),
        "units": unit_choices(request, proposal, row_pages, asked),
        "more_units": max(0, len(proposal.unknown) - MOST_NOTES),
        "unit_kinds": Department.Kind.choices,
        "importances": Measure.Importance.choices,
        "cadences": Measure.Cadence.choices,
        "error": (errors or {}).get("", ""),
        "missing": missing,
        "counts": count_changes(rows, pages),
        "departments": Department.objects.filter(active=True).order_by("name").values_list("name", flat=True),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return TemplateResponse(request, "tracker/import_preview.html", context, status=status)


def _asked_page(request: HttpRequest, pages: list[Page]) -> Page:
    asked = request.POST if request.method == "POST" else request.GET
    return pages[min(_page_number(asked.get("page", "1")), len(pages)) - 1]


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
