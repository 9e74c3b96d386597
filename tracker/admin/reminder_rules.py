"""What 督查室 sets about reminding: the rules, the hours of sending, and the group robots and webhooks."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.admin.typed_text import OrdinaryText
from tracker.models import Audience, Endpoint, ReminderPolicy, ReminderRule
from tracker.reminders.channels import DeliveryError
from tracker.reminders.channels.http import refuse_private
from tracker.reminders.channels.robot import MASK, masked
from tracker.reminders.channels.webhook import key_of
from tracker.reminders.effect import Effect, effect_of
from tracker.rules.reminder_schedule import Level, describe


class KeptBySupervision(ScopedAdmin):
    """A register that 督查室 keeps and nobody else sees."""

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)


def _audience(label: Any, **kw: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        required=False,
        choices=Audience.choices,
        coerce=str,
        empty_value=[],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        **kw,
    )


class RuleForm(OrdinaryText, forms.ModelForm):
    audience = _audience(_("收件身份"))
    audience_orange = _audience(_("橙色起增加"), help_text=_("连续未答复升为橙色后，另外告知。"))
    audience_red = _audience(_("红色起增加"), help_text=_("升为红色后，再另外告知。"))


@admin.register(ReminderRule)
class ReminderRuleAdmin(KeptBySupervision):
    """A rule that reminders were sent by is switched off rather than deleted: the ledger names it."""

    form = RuleForm
    list_display = ("name", "in_words", "colours", "told", "active")
    list_display_links = ("name",)
    search_fields = ("name", "code")
    search_help_text = _("名称或代码")
    ordering = ("id",)
    fieldsets = (
        (None, {"fields": ("name", "code", "active", "kind")}),
        (_("何时"), {"fields": (("days", "unit"), ("repeat", "repeat_unit"), "stop")}),
        (_("颜色与升级"), {"fields": ("level", "climb_after")}),
        (_("告知谁"), {"fields": ("audience", "audience_orange", "audience_red")}),
        (_("方式"), {"fields": ("by_mail", "by_inbox", "by_robot", "mutable")}),
    )

    def rows(self, user: access.Someone) -> QuerySet[ReminderRule]:
        return ReminderRule.objects.all()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ReminderRule, form: Any, change: bool) -> None:
        today = timezone.localdate()
        before = effect_of(ReminderRule.objects.get(pk=obj.pk), today=today) if change else Effect()
        super().save_model(request, obj, form, change)
        if not form.changed_data:
            return
        now = effect_of(obj, today=today)
        values = {"now": now.measures, "before": before.measures, "new": now.new}
        said = _("按现在的数据，这条规则今天涉及 %(now)d 个事项") % values
        if change:
            said += _("（修改前 %(before)d 个）") % values
        said += _("，下次运行将新发提醒 %(new)d 条。") % values
        silenced = before.measures and not now.measures
        (messages.warning if silenced else messages.info)(request, said)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The code is given once and then is the programs' affair."""
        first, *others = self.fieldsets
        if obj is None:
            return self.fieldsets
        return ((None, {"fields": tuple(name for name in first[1]["fields"] if name != "code")}), *others)

    @display(description=_("规则"))
    def in_words(self, rule: ReminderRule) -> str:
        return describe(rule.as_rule())

    @display(description=_("告知"))
    def told(self, rule: ReminderRule) -> str:
        """联络员；橙色起加部门负责人；红色起加督查室: the wider circles where the rule can come to that colour."""
        said = [self._names(rule.audience)]
        if rule.audience_orange and rule.highest in (Level.ORANGE, Level.RED):
            said.append(_("橙色起加%s") % self._names(rule.audience_orange))
        if rule.audience_red and rule.highest is Level.RED:
            said.append(_("红色起加%s") % self._names(rule.audience_red))
        return "；".join(part for part in said if part) or "—"

    @display(description=_("颜色与升级"))
    def colours(self, rule: ReminderRule) -> str:
        """蓝色起，每2次未答复升一级"""
        if not rule.level:
            return "—"
        name = str(rule.get_level_display())
        if not rule.climb_after:
            return name
        return _("%(colour)s起，每%(times)d次未答复升一级") % {"colour": name, "times": rule.climb_after}

    @staticmethod
    def _names(audience: list[str]) -> str:
        return "、".join(str(Audience(value).label) for value in audience)


@admin.register(ReminderPolicy)
class ReminderPolicyAdmin(KeptBySupervision):
    """One row: the hours in which the engine sends by itself. It is emptied, never deleted: without it mails would go out at night
    and nothing would say so."""

    list_display = ("quiet_from", "quiet_until", "workdays_only")
    list_display_links = ("quiet_from", "quiet_until", "workdays_only")
    fields = ("quiet_from", "quiet_until", "workdays_only")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def rows(self, user: access.Someone) -> QuerySet[ReminderPolicy]:
        return ReminderPolicy.objects.all()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Once there is the row, it is the one to change."""
        row = ReminderPolicy.objects.first()
        if row is not None and self.has_add_permission(request):
            return redirect("admin:tracker_reminderpolicy_change", row.pk)
        return super().add_view(request, form_url, extra_context)


class EndpointForm(OrdinaryText, forms.ModelForm):
    """Secrets go in and never come out again. The secret left blank, and an address left as it is shown, stay as stored: the
    robots' addresses carry their key, and whoever has it posts to the group."""

    secret = forms.CharField(
        label=_("密钥"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("钉钉、飞书为加签密钥；通用回调为 whsec_ 开头的密钥。已保存的不再显示，不填则不变。"),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.initial["secret"] = ""
        self._masked = masked(self.instance.url) if self.instance.pk else ""
        if MASK in self._masked:
            self.initial["url"] = self._masked
            self.fields["url"].help_text = _("其中的密钥不再显示；不改动则不变，要改请填写完整地址。")

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if self._masked and url == self._masked:
            return str(self.instance.url)
        if MASK in url:
            raise forms.ValidationError(_("地址中的密钥已隐去，要改地址请填写完整。"))
        try:
            refuse_private(url)
        except DeliveryError as error:
            raise forms.ValidationError(str(error)) from error
        return url

    def clean_secret(self) -> str:
        return str(self.cleaned_data["secret"]) or (self.instance.secret if self.instance.pk else "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("channel") == Endpoint.Channel.WEBHOOK and cleaned.get("secret"):
            try:
                key_of(cleaned["secret"])
            except DeliveryError as error:
                # Said once: the row's own check need not miss the secret that is dropped here.
                self.instance.secret = cleaned["secret"]
                self.add_error("secret", str(error))
        return cleaned


@admin.register(Endpoint)
class EndpointAdmin(KeptBySupervision):
    form = EndpointForm
    list_display = ("name", "channel", "department", "active")
    list_select_related = ("department",)
    search_fields = ("name",)
    search_help_text = _("名称")
    ordering = ("id",)
    fields = ("name", "channel", "url", "secret", "department", "active")

    def rows(self, user: access.Someone) -> QuerySet[Endpoint]:
        return Endpoint.objects.all()
