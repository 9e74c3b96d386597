"""The office's own wording of the mails: edited here, tried on real data before it is saved, and its faults shown."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from jinja2 import TemplateError
from unfold.decorators import display

from tracker import access
from tracker.admin.reminder_rules import KeptBySupervision
from tracker.admin.typed_text import OrdinaryModelForm
from tracker.models import MailTemplate
from tracker.reminders.channels.email.message import build_message
from tracker.reminders.channels.email.templates import PARTS, Wording, compiled, shipped_source
from tracker.reminders.digest import one_line
from tracker.reminders.queue import sample


class MailTemplateForm(OrdinaryModelForm):
    documents = ("source",)

    class Meta:
        model = MailTemplate
        fields = ("part", "source", "active")

    def clean_source(self) -> str:
        """A template that cannot even be read is refused at once; what fails only on some data falls back when sent."""
        source = str(self.cleaned_data["source"])
        try:
            compiled(str(self.instance.part or self.data.get("part") or "txt"), source)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            where = _("第%d行：") % line if line else ""
            raise forms.ValidationError(
                _("模板有误，%(where)s%(error)s") % {"where": where, "error": one_line(str(error), 300)}
            ) from error
        return source


@admin.register(MailTemplate)
class MailTemplateAdmin(KeptBySupervision):
    form = MailTemplateForm
    list_display = ("part", "active", "state")
    ordering = ("part",)
    fields = ("part", "active", "source", "state")
    readonly_fields = ("state",)
    change_form_outer_after_template = "tracker/mail_template_help.html"

    def get_readonly_fields(self, request: HttpRequest, obj: MailTemplate | None = None) -> tuple[str, ...]:
        return ("part", "state") if obj is not None else ("state",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        taken = set(MailTemplate.objects.values_list("part", flat=True))
        part = next((part for part in ("html", "txt") if part not in taken), "html")
        return {"part": part, "source": shipped_source(part)}

    def rows(self, user: access.Someone) -> QuerySet[MailTemplate]:
        return MailTemplate.objects.all()

    def has_add_permission(self, request: HttpRequest) -> bool:
        allowed = super().has_add_permission(request)
        # Django asks this for the menu of every page; only the pages of the templates pay the query.
        match = request.resolver_match
        if allowed and match and (match.url_name or "").startswith("tracker_mailtemplate_"):
            return MailTemplate.objects.count() < len(PARTS)
        return allowed

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: bool) -> None:
        obj.broken_at, obj.error = None, ""  # said anew should it break again
        super().save_model(request, obj, form, change)

    @display(description=gettext_lazy("状态"))
    def state(self, template: MailTemplate) -> str:
        if template.broken_at is None:
            return _("正常") if template.active else _("未启用")
        at = timezone.localtime(template.broken_at)
        return _("出错，现以系统自带模板发送（%(at)s）：%(error)s") % {
            "at": f"{at:%Y-%m-%d %H:%M}",
            "error": template.error,
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        return [path("preview/", view, name="tracker_mailtemplate_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """How the template in the form would look on real data; nothing is kept."""
        if not access.keeps_registers(request.user):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        part = str(request.GET.get("part") or request.POST.get("part", ""))
        if part not in PARTS:
            part = "html"
        faults: list[Exception] = []
        wording = Wording(
            {part: str(request.POST.get("source", ""))}, report=lambda _part, error: faults.append(error)
        )
        now = timezone.now()
        message = build_message(
            sample("preview@example.com", today=timezone.localdate(now)),
            message_id="<preview@example.com>",
            now=now,
            wording=wording,
        )
        error = one_line(f"{type(faults[0]).__name__}: {faults[0]}", 400) if faults else ""
        context = {
            **self.admin_site.each_context(request),
            "title": _("模板预览"),
            "error": error,
            "subject": message.subject,
            "frame": f'<base target="_blank">{message.alternatives[0][0]!s}',
            "text": message.body,
            "part": part,
        }
        return TemplateResponse(request, "tracker/mail_template_preview.html", context)
