"""The import desk (导入方案): upload a document or paste its text; what was read is then looked at in the preview."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from tracker import access
from tracker.admin.import_late import too_late
from tracker.admin.import_progress import ProgressNote, go_on, is_watched
from tracker.admin.step_fields import DateInput
from tracker.admin.typed_text import OrdinaryText
from tracker.admin.uploads import OfficeFileField, refusal_words, too_large
from tracker.importing import ImportRefused, desk
from tracker.models import ImportDraft, Plan, User
from tracker.plan_document import DocumentError
from tracker.rules.deadlines import FIRST_YEAR, LAST_YEAR, wrong_year

RECENT = 20


class UploadForm(OrdinaryText, forms.Form):
    documents = ("pasted",)
    # What a plan needs only now and then; the page folds it away.
    on_demand = ("starts_on", "plan", "as_new", "year", "part")

    document = OfficeFileField(
        label=_("方案文件"),
        required=False,
        help_text=_("Word（.docx）、Excel（.xlsx）、网页（.html、.mht）或文本（.txt）。"),
    )
    pasted = forms.CharField(
        label=_("粘贴文字"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("没有文件时，可把方案的文字粘贴在这里，与上传文本文件一样处理。"),
    )
    title = forms.CharField(
        label=_("方案名称"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("不填则用文件中的标题或文件名。"),
    )
    sheet = OfficeFileField(
        label=_("责任分解表"),
        required=False,
        help_text=_("可不传。Excel 文件，列出每项措施的牵头单位和完成时限。"),
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
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": FIRST_YEAR, "max": LAST_YEAR}),
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
        super().__init__(
            request.POST if posted else None,
            request.FILES if posted else None,
            # A plan's page leads here for its next version.
            initial={"plan": request.GET.get("plan", "")},
        )
        plans = self.fields["plan"]
        if isinstance(plans, forms.ModelChoiceField):
            plans.queryset = access.plans_visible_to(request.user)

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        wrong = wrong_year(year) if year is not None else None
        if wrong is not None:
            raise forms.ValidationError(f"年份{wrong}", code="year")
        return year

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.on_demand]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.on_demand]

    @property
    def more_is_used(self) -> bool:
        return any(field.errors or field.data or field.initial for field in self.more_fields)

    def clean_pasted(self) -> desk.Upload | None:
        """The text as a file, under the same limit as one."""
        text = self.cleaned_data["pasted"]
        if not text.strip():
            return None
        upload = desk.pasted(text, title=self.data.get("title", ""))
        if len(upload.data) > settings.MAX_DOCUMENT_BYTES:
            raise too_large("粘贴的文字", len(upload.data))
        return upload

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and bool(given.get("document")) == bool(given.get("pasted")):
            both = given.get("document")
            self.add_error(
                "pasted" if both else "document",
                _("方案文件和粘贴文字只能给其中一样。") if both else _("请选择方案文件，或粘贴方案的文字。"),
            )
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
            return go_on(request, reverse("admin:import_draft", args=[draft.pk]))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if is_watched(request):
            errors = {"" if name == NON_FIELD_ERRORS else name: found for name, found in form.errors.items()}
            return JsonResponse({"errors": errors}, status=status)
    plans = ImportDraft.objects.filter(kind=ImportDraft.Kind.PLAN)
    drafts = plans.defer("document", "sheet").select_related("made_by", "imported_into")[:RECENT]
    context = {
        **site.each_context(request),
        "title": _("导入方案"),
        "form": form,
        "drafts": drafts,
        "late": too_late(request),
        "most_bytes": settings.MAX_DOCUMENT_BYTES,
    }
    return TemplateResponse(request, "tracker/import_desk.html", context, status=status)


def _open(request: HttpRequest, form: UploadForm) -> ImportDraft | None:
    given = dict(form.cleaned_data)
    document, pasted, sheet = given.pop("document"), given.pop("pasted"), given.pop("sheet")
    try:
        return desk.open_draft(
            actor=_office(request),
            now=timezone.now(),
            document=pasted or desk.Upload(document.name, document.read()),
            sheet=desk.Upload(sheet.name, sheet.read()) if sheet else None,
            progress=ProgressNote(request),
            **given,
        )
    except DocumentError as error:
        form.add_error("pasted" if pasted else "document", str(error))
    except ImportRefused as refused:
        for reason in refusal_words(refused):
            form.add_error(None, reason)
    return None


def _office(request: HttpRequest) -> User:
    """Who is signed in; raises PermissionDenied for anybody but 督查室."""
    user = request.user
    if not isinstance(user, User) or not access.is_office(user):
        raise PermissionDenied
    return user
