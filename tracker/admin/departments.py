"""Departments with every name they go by; kept by 督查室, never deleted because measures and events point at them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from tracker import access
from tracker.admin.addresses import in_words
from tracker.admin.base import ChoiceFilter, ScopedAdmin
from tracker.admin.typed_text import OrdinaryText
from tracker.models import Department, DepartmentAlias, User, name_key
from tracker.reminders import muting


class WordsField(forms.CharField):
    """A list of words typed one a line or parted by 、，, — stored as a JSON list."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().to_python(value) or ""
        for mark in "，,；;\n\r":
            text = text.replace(mark, "、")
        return list(dict.fromkeys(word.strip() for word in text.split("、") if word.strip()))


class DepartmentForm(OrdinaryText, forms.ModelForm):
    duties = WordsField(
        label=_("职责关键词"),
        required=False,
        help_text=_("用顿号分开，例如：招商引资、签约。"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    class Meta:
        model = Department
        fields = (
            "name",
            "code",
            "kind",
            "parent",
            "mailbox",
            "send_at",
            "leader_in_charge",
            "active",
            "duties",
        )

    def clean_parent(self) -> Department | None:
        """A department stands below itself neither directly nor by way of others."""
        parent = above = self.cleaned_data["parent"]
        while above is not None:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(_("上级单位不能是本单位或其下级单位。"))
            above = above.parent
        return parent


class AliasForm(OrdinaryText, forms.ModelForm):
    class Meta:
        model = DepartmentAlias
        fields = ("name",)


class AliasFormSet(TabularInline.formset):
    def clean(self) -> None:
        """Two new rows with one name are refused here; the rows check themselves against the stored ones only."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name") if hasattr(form, "cleaned_data") else None
            if not name or form.cleaned_data.get("DELETE"):
                continue
            key = name_key(name)
            if key in seen:
                form.add_error("name", _("“%(name)s”重复填写。") % {"name": name})
            seen.add(key)


class AliasInline(TabularInline):
    model = DepartmentAlias
    form = AliasForm
    formset = AliasFormSet
    fields = ("name",)
    extra = 1
    hide_title = True
    verbose_name = _("别名")
    verbose_name_plural = _("别名")

    def _kept_by(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    has_view_permission = has_change_permission = has_delete_permission = _kept_by

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)


class KindFilter(ChoiceFilter):
    title = _("类型")
    parameter_name = "kind"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Department.Kind.choices)

    def narrow(
        self, request: HttpRequest, queryset: QuerySet[Department], chosen: str
    ) -> QuerySet[Department]:
        return queryset.filter(kind=chosen)


@admin.register(Department)
class DepartmentAdmin(ScopedAdmin):
    form = DepartmentForm
    inlines = (AliasInline,)
    list_display = ("name", "kind", "mailbox", "leader_in_charge", "active")
    list_select_related = ("leader_in_charge",)
    list_filter = (KindFilter,)
    filter_names = ("kind",)
    search_fields = ("name", "code", "aliases__name", "mailbox")
    search_help_text = _("名称、别名、代码或邮箱")
    ordering = ("name",)
    autocomplete_fields = ("parent",)

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[Department]:
        return access.departments_visible_to(user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Department | None = None) -> tuple[str, ...]:
        """The code stays: the recorded steps and other systems know the department by it."""
        return ("code", "mail_state") if obj is not None else ()

    def get_fields(self, request: HttpRequest, obj: Department | None = None) -> Any:
        fields = [name for name in super().get_fields(request, obj) if name != "mail_state"]
        place = fields.index("mailbox") + 1
        return [*fields[:place], *(["mail_state"] if obj is not None else []), *fields[place:]]

    @display(description=_("邮箱状态"))
    def mail_state(self, department: Department) -> str:
        said = in_words(department.mailbox)
        if muting.units_muted([department.pk]):
            said += str(_("本单位接收提醒的邮箱均已停收临期、节点类提醒，这类邮件无人收到（站内消息照常）。"))
        return said

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "leader_in_charge":
            kwargs["queryset"] = access.users_managed_by(request.user).filter(role=User.Role.LEADER)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
