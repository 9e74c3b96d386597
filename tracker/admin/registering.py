"""立项 in the admin: the page on which 督查室 enters a measure that stands in no plan's text."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from tracker import access, actions
from tracker.admin.step_fields import Choice, Choices, day_field, text_field
from tracker.admin.typed_text import OrdinaryText
from tracker.models import Department, Measure, Section, User
from tracker.rules import lengths
from tracker.rules.violations import RuleViolation


class _SectionField(forms.ModelChoiceField):
    def label_from_instance(self, section: Section) -> str:
        return f"{section.plan} · {section}"


class RegisterForm(OrdinaryText, forms.Form):
    section = _SectionField(
        label=_("列入"),
        queryset=Section.objects.filter(in_text=True).select_related("plan").order_by("-plan", "number"),
        empty_label="",
        widget=Choice,
        help_text=_("方案和部分。"),
    )
    title = forms.CharField(label=_("措施"), max_length=lengths.TITLE, widget=UnfoldAdminTextInputWidget)
    text = text_field(_("具体要求"), required=True, rows=6, limit=lengths.TEXT)
    lead = forms.ModelChoiceField(
        label=_("牵头单位"),
        queryset=Department.objects.filter(active=True),
        required=False,
        empty_label="",
        widget=Choice,
        help_text=_("现在可以不定，交办时再定。"),
    )
    co = forms.ModelMultipleChoiceField(
        label=_("配合单位"), queryset=Department.objects.filter(active=True), required=False, widget=Choices
    )
    due_on = day_field(_("完成时限"))
    standing = forms.BooleanField(label=_("长期坚持"), required=False, widget=UnfoldBooleanWidget)
    importance = forms.ChoiceField(
        label=_("重要程度"), choices=Measure.Importance.choices, widget=UnfoldAdminSelectWidget
    )
    remark = text_field(_("备注"), rows=2, limit=lengths.REMARK)
    note = text_field(_("来源或说明"), rows=2, help_text=_("例如领导批示、会议纪要；记入办理轨迹。"))

    def arguments(self) -> dict[str, Any]:
        """What was given; browsers send CRLF, the text is kept with plain line ends."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}
        given["text"] = given["text"].replace("\r\n", "\n")
        given["co"] = list(given["co"]) or None
        return given


def register(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The form, or after it the new measure's page."""
    user = request.user
    if not isinstance(user, User) or not access.is_office(user):
        raise PermissionDenied
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            measure = actions.register_by_hand(actor=user, now=timezone.now(), **form.arguments())
        except RuleViolation as refusal:
            field = "co" if refusal.field == "co_departments" else refusal.field
            form.add_error(field if field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("已立项：%(measure)s。") % {"measure": measure})
            return redirect("admin:tracker_measure_change", measure.pk)
    context = {
        **site.each_context(request),
        "opts": Measure._meta,
        "title": _("立项"),
        "form": form,
    }
    return TemplateResponse(request, "tracker/register.html", context)
