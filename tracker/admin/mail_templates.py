"""The office's own wording of the mails: edited here, tried on real data before it is saved, and its faults shown."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from tracker import access
from tracker.admin.reminder_rules import KeptBySupervision
from tracker.admin.typed_text import OrdinaryModelForm
from tracker.models import MailTemplate
from tracker.reminders.channels.email import shown
from tracker.reminders.channels.email.bounds import in_words
from tracker.reminders.channels.email.message import ReminderMessage, build_message
from tracker.reminders.channels.email.templates import PARTS, Wording, shipped_source
from tracker.reminders.contacts import reply_to
from tracker.reminders.digest import Digest
from tracker.reminders.lines import one_line
from tracker.reminders.queue import of_many, sample


class MailTemplateForm(OrdinaryModelForm):
    documents = ("source",)
    # What a reader would miss and may: told once it is saved.
    lacking = ""

    class Meta:
        model = MailTemplate
        fields = ("part", "source", "active")

    def clean(self) -> dict[str, Any]:
        """A template that cannot be read, or fails on what the system has now, is refused; should it fail on other data
        later, the shipped one is sent in its place."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        part, source = cleaned.get("part") or self.instance.part, cleaned.get("source")
        if part in PARTS and source:
            _message, error, self.lacking = _judged(part, source)
            if error:
                self.add_error("source", _("模板有误，%s") % error)
        return cleaned


def _digest() -> Digest:
    return sample("preview@example.com", today=timezone.localdate())


def _unlinked(part: str, message: ReminderMessage, digest: Digest) -> str:
    """Without the links a reader has to look for the matters himself: allowed, and told ("" when all are there)."""
    text = str(message.alternatives[0][0]) if part == "html" else str(message.body)
    if shown.check(part, text, digest):
        return ""
    return _("邮件没有逐项给出事项的链接（item.url），收件人须自行登录查找。")


def _judged(part: str, source: str) -> tuple[ReminderMessage, str, str]:
    """The message on real data, what is wrong with its template, and what a reader would miss. What holds for the few matters
    of today has to hold for many of several kinds; the message with a template that is wrong is the shipped one."""
    digest = _digest()
    message, error = _tried(part, source, digest)
    if not error and (error := _tried(part, source, of_many(digest))[1]):
        message, _fault = _tried(part, shipped_source(part), digest)
    return message, error, "" if error else _unlinked(part, message, digest)


def _tried(part: str, source: str, digest: Digest) -> tuple[ReminderMessage, str]:
    """The message on real data with this template, and what is wrong with it ("" when nothing is)."""
    faults: list[Exception] = []
    wording = Wording({part: source}, report=lambda _part, error: faults.append(error))
    now = timezone.now()
    message = build_message(
        digest,
        message_id="<preview@example.com>",
        now=now,
        wording=wording,
        reply_to=reply_to(),
    )
    return message, one_line(in_words(faults[0]), 400) if faults else ""


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
        if form.lacking:
            messages.warning(request, form.lacking)

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
        message, error, unlinked = _judged(part, str(request.POST.get("source", "")))
        context = {
            **self.admin_site.each_context(request),
            "title": _("模板预览"),
            "error": error,
            "unlinked": unlinked,
            "subject": message.subject,
            "frame": f'<base target="_blank">{message.alternatives[0][0]!s}',
            "text": message.body,
            "part": part,
        }
        return TemplateResponse(request, "tracker/mail_template_preview.html", context)
