"""The import desk (导入方案): upload a document, look at what was read beside its source, correct it, confirm or not."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.import_rows import decided_by, rows_of
from tracker.admin.measure_forms import DateInput
from tracker.admin.uploads import OfficeFileField
from tracker.importing import ImportRefused, desk
from tracker.importing.colouring import KINDS, colour
from tracker.importing.difference import CHANGE_NAMES, Change, ImportProposal
from tracker.importing.suggest import LeadSuggester
from tracker.models import Department, ImportDraft, Plan, User
from tracker.plan_document import DocumentError
from tracker.rules.violations import RuleViolation

RECENT = 20


class UploadForm(forms.Form):
    document = OfficeFileField(
        label=_("方案文件"),
        help_text=_("Word（.docx）、Excel（.xlsx）、网页（.html）或文本（.txt）。"),
    )
    sheet = OfficeFileField(
        label=_("责任分解表"),
        required=False,
        help_text=_("可不传。Excel 文件，列出每项措施的牵头单位和完成时限。"),
    )
    title = forms.CharField(
        label=_("方案名称"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("不填则用文件中的标题或文件名。"),
    )
    starts_on = forms.DateField(
        label=_("起算日期"),
        required=False,
        widget=DateInput,
        help_text=_("“+30天”这类相对时限从这一天起算；不填则为今天。"),
    )
    plan = forms.ModelChoiceField(
        label=_("属于哪个方案"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("自动识别"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("内容多半相同的文件会自动认作已有方案的新版本。"),
    )
    as_new = forms.BooleanField(label=_("一律作为新方案"), required=False, widget=UnfoldBooleanSwitchWidget)
    year = forms.IntegerField(
        label=_("年份"),
        required=False,
        min_value=1949,
        max_value=2999,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("文中只写“6月底前”时用哪一年；不填则由文件判断。"),
    )
    part = forms.CharField(
        label=_("任务部分"),
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("哪一部分是要督办的任务，例如“三、”；不填则由系统判断。"),
    )

    def __init__(self, request: HttpRequest) -> None:
        posted = request.method == "POST"
        super().__init__(request.POST if posted else None, request.FILES if posted else None)
        plans = self.fields["plan"]
        if isinstance(plans, forms.ModelChoiceField):
            plans.queryset = access.plans_visible_to(request.user)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("plan") and given.get("as_new"):
            self.add_error("as_new", _("已选择方案，不能又作为新方案。"))
        return given


def import_desk(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """GET lists what lies on the desk and shows the upload form; POST reads the uploaded document."""
    _office(request)
    form = UploadForm(request)
    status = HTTPStatus.OK
    if request.method == "POST":
        draft = _open(request, form) if form.is_valid() else None
        if draft is not None:
            return redirect("admin:import_draft", draft.pk)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    plans = ImportDraft.objects.filter(kind=ImportDraft.Kind.PLAN)
    drafts = plans.defer("document", "sheet").select_related("made_by", "imported_into")[:RECENT]
    return _answer(
        request, site, "tracker/import_desk.html", status, title=_("导入方案"), form=form, drafts=drafts
    )


def _open(request: HttpRequest, form: UploadForm) -> ImportDraft | None:
    given = dict(form.cleaned_data)
    document, sheet = given.pop("document"), given.pop("sheet")
    try:
        return desk.open_draft(
            actor=_office(request),
            now=timezone.now(),
            document=desk.Upload(document.name, document.read()),
            sheet=desk.Upload(sheet.name, sheet.read()) if sheet else None,
            **given,
        )
    except DocumentError as error:
        form.add_error("document", str(error))
    except ImportRefused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
    return None


def import_draft(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    """GET shows the preview; POST saves the corrections, imports, or takes the draft off the desk."""
    _office(request)
    draft = (
        ImportDraft.objects.filter(pk=pk, kind=ImportDraft.Kind.PLAN)
        .select_related("plan", "imported_into")
        .first()
    )
    if draft is None:
        raise Http404
    if draft.imported_into is not None:
        return redirect(f"{reverse('admin:tracker_measure_changelist')}?plan={draft.imported_into_id}")
    if request.method == "POST" and request.POST.get("do") == "discard":
        return _discard(request, draft)
    try:
        proposal = desk.propose(draft, today=day_of(request).today)
    except (DocumentError, ImportRefused) as error:
        # Something it was read with (a department, a plan) has changed since it was uploaded.
        reasons = getattr(error, "reasons", [str(error)])
        return _answer(
            request, site, "tracker/import_refused.html", title=str(draft), draft=draft, reasons=reasons
        )
    if request.method == "POST":
        return _save(request, draft, proposal, site)
    return _preview(request, draft, proposal, site)


def _discard(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    try:
        desk.discard(draft, actor=_office(request))
        messages.success(request, f"已移出导入台：{draft}")
    except RuleViolation as violation:
        messages.error(request, violation.message)
    return redirect("admin:import_desk")


def _save(
    request: HttpRequest, draft: ImportDraft, proposal: ImportProposal, site: AdminSite
) -> HttpResponse:
    rows = rows_of(proposal, draft.decisions)
    decisions, errors = decided_by(request.POST, rows)
    version = request.POST.get("version", "")
    if not errors and not version.isdecimal():
        errors[""] = "表单已失效，请刷新后重新确认。"
    if not errors:
        try:
            draft = desk.decide(
                draft, actor=_office(request), decisions=decisions, expected_version=int(version)
            )
            if request.POST.get("do") != "import":
                messages.success(request, "已保存修改，尚未导入。")
                return redirect("admin:import_draft", draft.pk)
            result = desk.confirm(
                draft, actor=_office(request), now=timezone.now(), expected_version=draft.version
            )
            messages.success(
                request,
                f"已导入《{result.plan}》：新增{result.added}项、改写{result.reworded}项、"
                f"调整{result.moved}项、删除{result.removed}项。",
            )
            return redirect(f"{reverse('admin:tracker_measure_changelist')}?plan={result.plan.pk}")
        except RuleViolation as violation:
            errors[""] = violation.message
        except ImportRefused as refused:
            errors[""] = "；".join(refused.reasons)
    return _preview(request, draft, proposal, site, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _preview(
    request: HttpRequest,
    draft: ImportDraft,
    proposal: ImportProposal,
    site: AdminSite,
    *,
    errors: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    rows = rows_of(proposal, draft.decisions, posted=request.POST or None)
    suggester = LeadSuggester()
    for row in rows:
        row.error = (errors or {}).get(row.number, "")
        if row.editable and not row.lead:
            row.suggestions = suggester.suggest(title=row.title, text=row.text)
    titles = {section.number: section for section in proposal.parsed.sections}
    groups: list[dict[str, Any]] = []
    for row in rows:
        if not groups or groups[-1]["number"] != row.section_number:
            groups.append(
                {"number": row.section_number, "section": titles.get(row.section_number or 0), "rows": []}
            )
        groups[-1]["rows"].append(row)
    pieces = colour(proposal.source.text, proposal.parsed)
    return _answer(
        request,
        site,
        "tracker/import_preview.html",
        status,
        title=_("核对：%(name)s") % {"name": draft},
        draft=draft,
        proposal=proposal,
        groups=groups,
        pieces=pieces,
        kinds=[(kind, name) for kind, name in KINDS.items() if any(piece.kind == kind for piece in pieces)],
        problems=[
            {"problem": problem, "at": _at(proposal, problem.line)} for problem in proposal.parsed.problems
        ],
        error=(errors or {}).get("", ""),
        counts=[
            (CHANGE_NAMES[change], proposal.count(change)) for change in Change if proposal.count(change)
        ],
        departments=Department.objects.filter(active=True).order_by("name").values_list("name", flat=True),
    )


def _at(proposal: ImportProposal, line: int) -> int:
    """The offset at which a line (from 1) of the source begins, for a link to its place."""
    lines = proposal.source.text.split("\n")
    return sum(len(text) + 1 for text in lines[: max(0, line - 1)])


def _office(request: HttpRequest) -> User:
    """Who is signed in; raises PermissionDenied for anybody but 督查室."""
    user = request.user
    if not isinstance(user, User) or not access.is_office(user):
        raise PermissionDenied
    return user


def _answer(
    request: HttpRequest, site: AdminSite, template: str, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context}, status=status)
