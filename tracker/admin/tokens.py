"""API tokens of office systems: made by form, shown once, revoked by deleting."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.models import ApiToken, User


class TokenForm(forms.ModelForm):
    days = forms.IntegerField(
        label=_("有效天数"),
        min_value=1,
        max_value=3650,
        initial=365,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("从现在起的自然日，到期后自动失效。"),
    )

    class Meta:
        model = ApiToken
        fields = ("name", "user", "scope")


@admin.register(ApiToken)
class ApiTokenAdmin(ScopedAdmin):
    form = TokenForm
    # The token package names its fields in English only, so the pages show them through these.
    shown = ("name", "shown_key", "holder", "department", "scope", "made", "expires")
    list_display = shown
    list_select_related = ("user__department",)
    search_fields = ("name", "user__username", "user__name", "user__department__name")
    ordering = ("-created",)
    actions = None

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[ApiToken]:
        return access.tokens_managed_by(user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        if obj is None:
            return ("name", "user", "scope", "days")
        return self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = (
                access.token_holders_for(request.user).select_related("department").order_by("username")
            )
            kwargs["label"] = _("代表用户")
            kwargs["help_text"] = _("令牌以该用户的身份办理，只能看到其所在单位的事项。")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user":
            field.label_from_instance = _holder_words
        return field

    @display(description=_("令牌开头"))
    def shown_key(self, token: ApiToken) -> str:
        return f"{token.token_key}…"

    @display(description=_("代表用户"), ordering="user__username")
    def holder(self, token: ApiToken) -> str:
        return str(token.user)

    @display(description=_("创建时间"), ordering="created")
    def made(self, token: ApiToken) -> datetime:
        return token.created

    @display(description=_("到期时间"), ordering="expiry")
    def expires(self, token: ApiToken) -> datetime | None:
        return token.expiry

    @display(description=_("单位"))
    def department(self, token: ApiToken) -> str:
        return str(token.user.department or "—")

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Only the digest is stored; the plain token is kept on the request until its one answer."""
        made, plain = ApiToken.objects.create(
            user=obj.user,
            expiry=timedelta(days=form.cleaned_data["days"]),
            name=obj.name,
            scope=obj.scope,
        )
        # The caller goes on with `obj` (log entry, answer): it becomes the row that was written.
        obj.pk, obj.token_key, obj.expiry, obj.created = made.pk, made.token_key, made.expiry, made.created
        obj._state.adding = False
        request.plain_token = plain  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Shows the token in this one answer; it is in no message, cookie, session or log."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("新的接口令牌"),
            "token": obj,
            "plain": request.plain_token,  # type: ignore[attr-defined]
            "days_left": (obj.expiry - timezone.now()).days + 1,
        }
        return TemplateResponse(request, "tracker/token_shown.html", context)


def _holder_words(user: User) -> str:
    place = user.department or user.get_role_display()
    return f"{user}（{user.username}，{place}）"
