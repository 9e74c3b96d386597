"""Accounts, kept by 督查室 and the system administrator; rights follow the role, and nobody raises his own."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserCreationForm as DjangoUserCreationForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm
from unfold.widgets import UnfoldAdminPasswordWidget

from tracker import access
from tracker.admin.addresses import in_words
from tracker.admin.base import ChoiceFilter, ScopedAdmin
from tracker.admin.typed_text import OrdinaryText
from tracker.models import User


class NewUserForm(OrdinaryText, DjangoUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name", "role", "department")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})


class PresentUserForm(OrdinaryText, UserChangeForm):
    class Meta:
        model = User
        fields = ("username",)


class RoleFilter(ChoiceFilter):
    title = _("角色")
    parameter_name = "role"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(User.Role.choices)

    def narrow(self, request: HttpRequest, queryset: QuerySet[User], chosen: str) -> QuerySet[User]:
        return queryset.filter(role=chosen)


class ActiveFilter(ChoiceFilter):
    title = _("是否启用")
    parameter_name = "active"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("yes", _("启用")), ("no", _("停用"))]

    def narrow(self, request: HttpRequest, queryset: QuerySet[User], chosen: str) -> QuerySet[User]:
        return queryset.filter(is_active=chosen == "yes")


@admin.register(User)
class UserAdmin(ScopedAdmin, DjangoUserAdmin):
    form = PresentUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "name", "role", "department", "is_active", "last_login")
    list_select_related = ("department",)
    list_filter = (RoleFilter, ActiveFilter)
    filter_names = ("role", "active")
    search_fields = ("username", "name", "department__name", "email")
    search_help_text = _("用户名、姓名、单位或邮箱")
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("department",)
    # 用户组 and single permissions are not used here: what a person may do follows from the role.
    fieldsets = (
        (None, {"fields": ("username", "password_link")}),
        (_("人员"), {"fields": ("name", "phone", "email", "mail_state")}),
        (_("权限"), {"fields": ("role", "department", "is_active", "is_superuser")}),
        (_("记录"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        (_("人员"), {"fields": ("name", "phone", "email")}),
        (_("权限"), {"fields": ("role", "department")}),
    )
    readonly_fields = ("password_link", "mail_state", "last_login", "date_joined")

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[User]:
        return access.users_managed_by(user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return fieldsets
        return [
            (
                title,
                {**options, "fields": tuple(name for name in options["fields"] if name != "is_superuser")},
            )
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if access.may_set_rights_of(request.user, obj):
            return self.readonly_fields
        return (*self.readonly_fields, "role", "department", "is_active", "is_superuser")

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        return self.autocomplete_fields

    @display(description=_("密码"))
    def password_link(self, user: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="link" href="{}">{}</a>', address, _("重新设置密码"))

    @display(description=_("邮箱状态"))
    def mail_state(self, user: User) -> str:
        return in_words(user.email)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever has a role signs in here; who has none does not."""
        obj.is_staff = obj.is_superuser or obj.role != User.Role.NONE
        super().save_model(request, obj, form, change)
