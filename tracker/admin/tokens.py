"""API tokens of office systems: made by form, shown once, revoked by deleting."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.admin.typed_text import OrdinaryText
from tracker.models import ApiToken, Department, User, service_account_of


class TokenForm(OrdinaryText, forms.ModelForm):
    department = forms.ModelChoiceField(
        label=_("代表单位"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("请选择"),
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "用单位自己的接口账号办理，与联络员同权，不因联络员变动而失效。对接部门办公系统请选这里。"
        ),
    )
    days = forms.IntegerField(
        label=_("有效天数"),
        min_value=1,
        max_value=3650,
        initial=365,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("从现在起的自然日，到期后自动失效。"),
    )
    # Says which form this is, so that sending it again makes no second token.
    nonce = forms.UUIDField(
        label=_("表单编号"),
        initial=uuid4,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("表单已失效，请重新打开本页。")),
    )

    class Meta:
        model = ApiToken
        fields = ("name", "user", "scope")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "user" in given and "department" in given and bool(given["user"]) == bool(given["department"]):
            raise forms.ValidationError(_("请在“代表单位”和“代表个人”中选择一个。"))
        return given


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
            return ("name", "department", "user", "scope", "days", "nonce")
        return self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = (
                access.token_holders_for(request.user).select_related("department").order_by("username")
            )
            kwargs["label"] = _("代表个人")
            kwargs["required"] = False
            kwargs["help_text"] = _("令牌以此人的身份办理，只能看到其能看到的事项；账号停用后令牌随之失效。")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user":
            field.label_from_instance = _holder_words
        return field

    @display(description=_("令牌开头"))
    def shown_key(self, token: ApiToken) -> str:
        return f"{token.token_key}…"

    @display(description=_("代表"), ordering="user__username")
    def holder(self, token: ApiToken) -> str:
        return str(token.user)

    @display(description=_("创建时间"), ordering="created")
    def made(self, token: ApiToken) -> str:
        return _moment(token.created)

    @display(description=_("到期时间"), ordering="expiry")
    def expires(self, token: ApiToken) -> str:
        return "—" if token.expiry is None else _moment(token.expiry)

    @display(description=_("单位"))
    def department(self, token: ApiToken) -> str:
        return str(token.user.department or "—")

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Only the digest is stored; the plain token is kept on the request until its one answer."""
        given = form.cleaned_data
        obj.user = given["user"] or service_account_of(given["department"])
        made, plain = ApiToken.objects.create(
            user=obj.user,
            expiry=timedelta(days=given["days"]),
            name=obj.name,
            scope=obj.scope,
            form_id=given["nonce"],
        )
        # The caller goes on with `obj` (log entry, answer): it becomes the row that was written.
        obj.pk, obj.token_key, obj.expiry, obj.created = made.pk, made.token_key, made.expiry, made.created
        obj._state.adding = False
        request.plain_token = plain  # type: ignore[attr-defined]

    def get_form(
        self, request: HttpRequest, obj: ApiToken | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "department" in form.base_fields:
            form.base_fields["department"].queryset = access.token_departments_for(request.user)
        return form

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A form sent again (reload, back, double click) makes no second token, and cannot show the first again."""
        if request.method == "POST" and self._was_used(request):
            return self._already_made(request)
        try:
            # After saving there is one page only: the one that shows the token.
            buttons = {"show_save_and_continue": False, "show_save_and_add_another": False}
            return super().add_view(request, form_url, {**(extra_context or {}), **buttons})
        except IntegrityError:
            # The two came at the same moment.
            if not self._was_used(request):
                raise
            return self._already_made(request)

    def _was_used(self, request: HttpRequest) -> bool:
        try:
            form_id = UUID(request.POST.get("nonce", ""))
        except ValueError:
            return False
        return self.has_add_permission(request) and ApiToken.objects.filter(form_id=form_id).exists()

    def _already_made(self, request: HttpRequest) -> HttpResponse:
        words = _(
            "这个令牌已经生成，只显示过一次，不能再次查看，也没有生成第二个。如未抄下，请撤销后重新生成。"
        )
        self.message_user(request, words, messages.WARNING)
        return redirect("admin:tracker_apitoken_changelist")

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


def _moment(at: datetime) -> str:
    """Local time to the minute; a page that shows one token would print UTC with microseconds by itself."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _holder_words(user: User) -> str:
    place = user.department or user.get_role_display()
    return f"{user}（{user.username}，{place}）"
