"""站内消息: what the engine told a person in the product itself; marked as read by a button, never by looking."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tracker import access
from tracker.admin.base import ChoiceFilter, ScopedAdmin
from tracker.models import InboxNotice
from tracker.reminders import muting
from tracker.reminders.contacts import usable


class ReadFilter(ChoiceFilter):
    title = _("是否已读")
    parameter_name = "read"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("no", _("未读")), ("yes", _("已读"))]

    def narrow(
        self, request: HttpRequest, queryset: QuerySet[InboxNotice], chosen: str
    ) -> QuerySet[InboxNotice]:
        return queryset.filter(read_at__isnull=chosen == "no")


@admin.register(InboxNotice)
class InboxNoticeAdmin(ScopedAdmin):
    list_display = ("unread", "kind", "linked_measure", "due_on", "level", "created_at")
    list_display_links = None
    list_select_related = ("measure",)
    list_filter = (ReadFilter,)
    filter_names = ("read",)
    ordering = ("-created_at", "-id")
    actions = ("mark_read",)
    list_before_template = "tracker/inbox_mails.html"

    def is_open_to(self, user: access.Someone) -> bool:
        return user.is_active and user.is_authenticated

    def rows(self, user: access.Someone) -> QuerySet[InboxNotice]:
        return access.inbox_of(user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        address = usable(str(getattr(request.user, "email", "")))
        more = {"own_address": address, "own_muted": bool(address) and muting.is_muted(address)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @display(description=_("状态"))
    def unread(self, notice: InboxNotice) -> SafeString:
        if notice.read_at is not None:
            return format_html('<span class="muted">{}</span>', _("已读"))
        return format_html('<span class="status request-pending">{}</span>', _("未读"))

    @display(description=_("事项"))
    def linked_measure(self, notice: InboxNotice) -> SafeString:
        url = reverse("admin:tracker_measure_change", args=[notice.measure_id])
        return format_html('<a class="link" href="{}">{}</a>', url, notice.measure)

    @admin.action(description=_("标为已读"))
    def mark_read(self, request: HttpRequest, queryset: QuerySet[InboxNotice]) -> None:
        marked = queryset.filter(read_at__isnull=True).update(read_at=timezone.now())
        messages.success(request, _("已将 %(count)d 条消息标为已读。") % {"count": marked})


def my_mails(request: HttpRequest) -> HttpResponse:
    """A person's own choice to get no mails of what may be muted, or all again."""
    if request.method != "POST":
        return redirect("admin:tracker_inboxnotice_changelist")
    address = usable(str(getattr(request.user, "email", "")))
    if address:
        if request.POST.get("wanted") == "all":
            muting.unmute(address)
        else:
            muting.mute(address, now=timezone.now())
        messages.success(request, _("已保存。"))
    return redirect("admin:tracker_inboxnotice_changelist")
