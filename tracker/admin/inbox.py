"""站内消息: what the engine told a person in the product itself; marked as read by a button, never by looking."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tracker import access
from tracker.admin.base import ChoiceFilter, ScopedAdmin, is_key
from tracker.models import InboxNotice
from tracker.reminders import inbox, muting
from tracker.reminders.contacts import usable
from tracker.reminders.parts import with_parts
from tracker.rules.reminder_kinds import KINDS, NoticeKind
from tracker.rules.reminder_schedule import Level

_READ = When(read_at__isnull=False, then=Value(len(NoticeKind)))
# What is unread comes first, of that the most urgent, in its highest colour, of that the newest; what is read is in order of days.
_URGENCY = Case(
    _READ,
    *(When(kind=kind.value, then=Value(facts.urgency)) for kind, facts in KINDS.items()),
    default=Value(len(NoticeKind)),
    output_field=IntegerField(),
)
_COLOUR = Case(
    _READ,
    *(When(level=level.value, then=Value(-place)) for place, level in enumerate(Level)),
    default=Value(0),
    output_field=IntegerField(),
)


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
    list_display = ("unread", "what", "linked_measure", "day", "deadline", "told", "reading")
    list_display_links = None
    list_select_related = ("measure",)
    list_filter = (ReadFilter,)
    filter_names = ("read",)
    # What nobody has read yet first, of that the most urgent, of that the newest.
    ordering = (_URGENCY.asc(), _COLOUR.asc(), "-created_at", "-id")
    actions = ("mark_read",)
    list_before_template = "tracker/inbox_mails.html"

    def is_open_to(self, user: access.Someone) -> bool:
        return user.is_active and user.is_authenticated

    def rows(self, user: access.Someone) -> QuerySet[InboxNotice]:
        return with_parts(access.inbox_of(user))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        address = usable(str(getattr(request.user, "email", "")))
        more = {
            "own_address": address,
            "own_muted": bool(address) and muting.is_muted(address),
            "unread_count": inbox.unread(request.user),
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @display(description=_("状态"))
    def unread(self, notice: InboxNotice) -> SafeString:
        if notice.read_at is not None:
            return format_html('<span class="muted">{}</span>', _("已读"))
        return format_html('<span class="status request-pending">{}</span>', _("未读"))

    @display(description=_("类别"), ordering="kind")
    def what(self, notice: InboxNotice) -> SafeString | str:
        """In its colour, which milestone or node it is about, and which time it is: of one matter only the latest unread notice
        is listed."""
        kind = notice.get_kind_display()
        if part := getattr(notice, "part", ""):
            kind = f"{kind}：{part}"
        if notice.occurrence:
            kind = _("%(kind)s（第%(number)d次）") % {"kind": kind, "number": notice.occurrence + 1}
        if not notice.level:
            return kind
        return format_html(
            '{} <span class="notice-kind level-{}">{}</span>', kind, notice.level, notice.get_level_display()
        )

    @display(description=_("事项"))
    def linked_measure(self, notice: InboxNotice) -> SafeString:
        url = reverse("admin:tracker_measure_change", args=[notice.measure_id])
        return format_html('<a class="link" href="{}">{}</a>', url, notice.measure)

    @display(description=_("事由日期"), ordering="due_on")
    def day(self, notice: InboxNotice) -> SafeString:
        return format_html('<span class="due">{}</span>', notice.due_on.isoformat())

    @display(description=_("完成时限"))
    def deadline(self, notice: InboxNotice) -> SafeString:
        due_on = notice.measure.due_on
        return format_html('<span class="due">{}</span>', due_on.isoformat() if due_on else _("长期坚持"))

    @display(description=_("时间"), ordering="created_at")
    def told(self, notice: InboxNotice) -> str:
        return f"{timezone.localtime(notice.created_at):%Y-%m-%d %H:%M}"

    @display(description="")
    def reading(self, notice: InboxNotice) -> SafeString | str:
        """One click, beside the notice; its form stands above the list, since forms do not nest."""
        if notice.read_at is not None:
            return ""
        return format_html(
            '<button class="button button-plain" form="inbox-read" name="notice" value="{}">{}</button>',
            notice.pk,
            _("标为已读"),
        )

    @admin.action(description=_("标为已读"))
    def mark_read(self, request: HttpRequest, queryset: QuerySet[InboxNotice]) -> None:
        marked = queryset.filter(read_at__isnull=True).update(read_at=timezone.now())
        messages.success(request, _("已将 %(count)d 条消息标为已读。") % {"count": marked})


def mark_read(request: HttpRequest) -> HttpResponse:
    """One notice (`notice`), or all of them, read by one click; back to the list as it was filtered."""
    back = "admin:tracker_inboxnotice_changelist"
    if request.method == "POST":
        given = request.POST.get("notice", "")
        if given != "all" and not is_key(given):
            raise Http404
        ids = None if given == "all" else [int(given)]
        marked = inbox.mark_read(request.user, now=timezone.now(), ids=ids)
        messages.success(request, _("已将 %(count)d 条消息标为已读。") % {"count": marked})
    query = request.POST.get("list", "")
    return redirect(f"{reverse(back)}?{query}" if query else reverse(back))


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
