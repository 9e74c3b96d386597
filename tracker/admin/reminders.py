"""The ledger of reminders: what was sent to whom, and what failed and why. Nobody edits it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tracker import access
from tracker.admin.base import ChoiceFilter, ScopedAdmin
from tracker.models import Reminder


class StateFilter(ChoiceFilter):
    title = _("发送状态")
    parameter_name = "state"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Reminder.State.choices)

    def narrow(self, request: HttpRequest, queryset: QuerySet[Reminder], chosen: str) -> QuerySet[Reminder]:
        return queryset.filter(state=chosen)


class KindFilter(ChoiceFilter):
    title = _("类别")
    parameter_name = "kind"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Reminder.Kind.choices)

    def narrow(self, request: HttpRequest, queryset: QuerySet[Reminder], chosen: str) -> QuerySet[Reminder]:
        return queryset.filter(kind=chosen)


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    list_display = ("planned", "kind", "measure", "due", "unit", "recipient", "sending", "problem")
    list_display_links = ("planned", "measure")
    list_select_related = ("measure", "department")
    list_filter = (StateFilter, KindFilter)
    filter_names = ("state", "kind")
    search_fields = ("measure__title", "measure__number", "department__name", "recipient")
    search_help_text = _("事项、单位或收件人")
    ordering = ("-id",)
    fields = (
        "linked_measure",
        "kind",
        "occurrence",
        "due_on",
        "unit",
        "recipient",
        "planned_on",
        "sending",
        "not_before",
        "attempts",
        "sent_at",
        "message_id",
        "error",
    )
    readonly_fields = ("linked_measure", "sending", "unit")

    def is_open_to(self, user: access.Someone) -> bool:
        return user.is_active and user.is_authenticated

    def rows(self, user: access.Someone) -> QuerySet[Reminder]:
        return access.reminders_visible_to(user)

    @display(description=_("计划日期"), ordering="planned_on")
    def planned(self, reminder: Reminder) -> SafeString:
        return format_html('<span class="due">{}</span>', reminder.planned_on.isoformat())

    @display(description=_("完成时限"), ordering="due_on")
    def due(self, reminder: Reminder) -> SafeString:
        return format_html('<span class="due">{}</span>', reminder.due_on.isoformat())

    @display(description=_("单位"), ordering="department")
    def unit(self, reminder: Reminder) -> str:
        return reminder.department.name

    @display(description=_("发送状态"), ordering="state")
    def sending(self, reminder: Reminder) -> SafeString:
        return format_html(
            '<span class="sending sending-{}">{}</span>', reminder.state, reminder.get_state_display()
        )

    @display(description=_("错误"))
    def problem(self, reminder: Reminder) -> str:
        return reminder.error[:60] or "—"

    @display(description=_("事项"))
    def linked_measure(self, reminder: Reminder) -> SafeString:
        url = reverse("admin:tracker_measure_change", args=[reminder.measure_id])
        return format_html('<a href="{}">{}</a>', url, reminder.measure)
