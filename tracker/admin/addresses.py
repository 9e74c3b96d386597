"""Addresses whose mail comes back and those whose owners muted what may be muted, with whose they are."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.models import AddressState, Department, User
from tracker.reminders import bounces
from tracker.reminders.contacts import usable


def in_words(address: str) -> str:
    """What is known of an address, where a person or a department is looked at."""
    if not address:
        return "—"
    if not usable(address):
        return gettext("不是有效的邮箱，提醒改发本单位其他联系人或督查室。")
    state = AddressState.objects.filter(address=usable(address)).first()
    said = []
    if state is not None and state.bounced_at is not None:
        on = timezone.localtime(state.bounced_at)
        said.append(
            gettext("退信（%(on)s）：%(why)s，提醒改发本单位其他联系人或督查室。更正邮箱即可恢复。")
            % {"on": f"{on:%Y-%m-%d}", "why": state.bounce.rstrip("。") or gettext("原因不明")}
        )
    if state is not None and state.muted_at is not None:
        said.append(gettext("已停收临期、节点类提醒；交办、时限调整通知和逾期催办照常发送。"))
    return "".join(said) or gettext("正常")


@admin.register(AddressState)
class AddressStateAdmin(ScopedAdmin):
    """Only the engine and the owners write here; 督查室 says when addresses work again."""

    list_display = ("address", "whose", "bounced_at", "bounce", "muted_at")
    search_fields = ("address",)
    search_help_text = _("邮箱")
    ordering = ("-bounced_at", "address")
    fields = ("address", "whose", "bounced_at", "bounce", "muted_at")
    readonly_fields = ("whose",)
    actions = ("release",)

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[AddressState]:
        return AddressState.objects.all()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Deleting many at once would lift what their owners muted along with the flags."""
        return {
            name: found for name, found in super().get_actions(request).items() if name != "delete_selected"
        }

    @action(description=_("恢复发送所选"), permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[AddressState]) -> None:
        count, waiting = bounces.release(list(queryset.values_list("pk", flat=True)), now=timezone.now())
        messages.info(
            request,
            _("已恢复 %(count)d 个邮箱，%(waiting)d 条因此失败的提醒已重新排队。")
            % {"count": count, "waiting": waiting},
        )

    def delete_model(self, request: HttpRequest, obj: AddressState) -> None:
        bounces.release([obj.pk], now=timezone.now())
        super().delete_model(request, obj)
        messages.info(request, _("已恢复向 %s 发送全部提醒。") % obj.address)

    @display(description=_("使用者"))
    def whose(self, state: AddressState) -> SafeString | str:
        found = [
            (reverse("admin:tracker_user_change", args=[user.pk]), str(user))
            for user in User.objects.filter(email__iexact=state.address)
        ] + [
            (reverse("admin:tracker_department_change", args=[unit.pk]), unit.name)
            for unit in Department.objects.filter(mailbox__iexact=state.address)
        ]
        links = format_html_join("、", '<a class="link" href="{}">{}</a>', found)
        return format_html("{}", links) if found else "—"
