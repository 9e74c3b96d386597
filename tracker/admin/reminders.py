"""The ledger of reminders: what was sent to whom, and what failed and why. Nobody edits it."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, CharField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from tracker import access
from tracker.admin.base import ChoiceFilter, ScopedAdmin
from tracker.models import Endpoint, Reminder
from tracker.models.reminder import KIND_CHOICES
from tracker.reminders import muting, queue
from tracker.reminders.channels import DeliveryError
from tracker.reminders.claiming import WAITING, waiting_batches
from tracker.reminders.health import health
from tracker.reminders.lines import one_line
from tracker.reminders.parts import with_parts
from tracker.reminders.sheet_numbers import sheet_number


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
        return list(KIND_CHOICES)

    def narrow(self, request: HttpRequest, queryset: QuerySet[Reminder], chosen: str) -> QuerySet[Reminder]:
        return queryset.filter(kind=chosen)


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    # Few columns, some of two lines: all of them are seen on a desk without scrolling.
    list_display = ("planned", "what", "measure", "sending", "problem", "to", "due", "deadline")
    list_before_template = "tracker/reminder_queue.html"
    actions = ("send_again", "call_off")
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
        "rule",
        "level",
        "number",
        "sheet",
        "due_on",
        "unit",
        "channel",
        "addressee",
        "planned_on",
        "sending",
        "not_before",
        "attempts",
        "sent_at",
        "message_id",
        "error",
    )
    readonly_fields = ("linked_measure", "addressee", "number", "sheet", "sending", "unit")

    def is_open_to(self, user: access.Someone) -> bool:
        return user.is_active and user.is_authenticated

    def rows(self, user: access.Someone) -> QuerySet[Reminder]:
        return with_parts(access.reminders_visible_to(user))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With `endpoint`, the name of the group or callback that a row is posted to."""
        names = [
            When(recipient=endpoint.address, then=Value(endpoint.name)) for endpoint in Endpoint.objects.all()
        ]
        named = Case(*names, default=Value(""), output_field=CharField()) if names else Value("")
        return super().get_queryset(request).annotate(endpoint=named)

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Who may send again and call off."""
        return access.is_office(request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more: dict[str, Any] = {}
        if access.is_office(request.user):
            now = timezone.now()
            found = health(now=now, local_now=timezone.localtime(now))
            messages_waiting = len(waiting_batches(now=now))
            more = {
                "health": found,
                "waiting": sum(found.states.get(state, 0) for state in WAITING),
                "failed": found.states.get(Reminder.State.FAILED, 0),
                "cap": settings.REMINDER_CAP_PER_RUN,
                "muted_units": muting.units_muted(),
                "held_back": max(0, messages_waiting - settings.REMINDER_CAP_PER_RUN),
            }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @action(description=_("重新发送所选"), permissions=["run"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        count = queue.retry(list(queryset.values_list("pk", flat=True)), now=timezone.now())
        self.message_user(request, _("%d 条提醒已重新排队，将随下一次运行发送。") % count)

    @action(description=_("取消发送所选"), permissions=["run"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        count = queue.call_off(list(queryset.values_list("pk", flat=True)), by=str(request.user))
        self.message_user(request, _("已取消 %d 条提醒。已发送或正在发送的不受影响。") % count)

    @display(description=_("类别"), ordering="kind")
    def what(self, reminder: Reminder) -> SafeString | str:
        """With its colour, and which milestone or node it is about."""
        kind = reminder.get_kind_display()
        if part := getattr(reminder, "part", ""):
            kind = f"{kind}：{part}"
        if not reminder.level:
            return kind
        return format_html(
            '{} <span class="notice-kind level-{}">{}</span>',
            kind,
            reminder.level,
            reminder.get_level_display(),
        )

    @display(description=_("收件人"), ordering="recipient")
    def to(self, reminder: Reminder) -> SafeString:
        """For which unit, and by which way when it is not mail."""
        by_mail = reminder.channel == Reminder.Channel.EMAIL
        way = "" if by_mail else f"（{reminder.get_channel_display()}）"
        return format_html(
            '<span class="notice-to">{}{}</span> <span class="muted">{}</span>',
            reminder.recipient_name,
            way,
            reminder.department.name,
        )

    @display(description=_("收件人"))
    def addressee(self, reminder: Reminder) -> str:
        return reminder.recipient_name

    @display(description=_("计划日期"), ordering="planned_on")
    def planned(self, reminder: Reminder) -> SafeString:
        return format_html('<span class="due">{}</span>', reminder.planned_on.isoformat())

    @display(description=_("事由日期"), ordering="due_on")
    def due(self, reminder: Reminder) -> SafeString:
        return format_html('<span class="due">{}</span>', reminder.due_on.isoformat())

    @display(description=_("完成时限"), ordering="measure__due_on")
    def deadline(self, reminder: Reminder) -> SafeString:
        """The measure's own, whatever day the notice counts from."""
        due_on = reminder.measure.due_on
        return format_html('<span class="due">{}</span>', due_on.isoformat() if due_on else _("长期坚持"))

    @display(description=_("单位"), ordering="department")
    def unit(self, reminder: Reminder) -> str:
        return reminder.department.name

    @display(description=_("发送状态"), ordering="state")
    def sending(self, reminder: Reminder) -> SafeString:
        return format_html(
            '<span class="sending sending-{}">{}</span>', reminder.state, reminder.get_state_display()
        )

    @display(description=_("第几次"))
    def number(self, reminder: Reminder) -> int:
        return reminder.occurrence + 1

    @display(description=_("催办单编号"))
    def sheet(self, reminder: Reminder) -> str:
        return str(sheet_number(reminder) or "—")

    @display(description=_("错误"))
    def problem(self, reminder: Reminder) -> SafeString:
        if not reminder.error:
            return format_html('<span class="nothing">{}</span>', "—")
        return format_html('<span title="{}">{}</span>', reminder.error, one_line(reminder.error, 60))

    @display(description=_("事项"))
    def linked_measure(self, reminder: Reminder) -> SafeString:
        url = reverse("admin:tracker_measure_change", args=[reminder.measure_id])
        return format_html('<a href="{}">{}</a>', url, reminder.measure)


def send_me_a_test(request: HttpRequest) -> HttpResponse:
    """One message to the person who asks, so that he sees whether the way is open and how it looks."""
    if not access.is_office(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:tracker_reminder_changelist")
    now = timezone.now()
    address = str(getattr(request.user, "email", ""))
    try:
        name = str(getattr(request.user, "name", "") or request.user)
        subject = queue.send_test(address, name=name, now=now, today=timezone.localdate(now))
    except queue.NoAddress:
        messages.error(request, _("您的账号没有可用的邮箱，请先在“用户”中填写。"))
    except DeliveryError as error:
        messages.error(request, _("未能发送：%s") % error)
    else:
        messages.success(
            request, _("已发送到 %(address)s：%(subject)s") % {"address": address, "subject": subject}
        )
    return redirect("admin:tracker_reminder_changelist")
