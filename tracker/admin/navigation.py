"""The menu at the side: each person is shown only the pages that are open to him."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import access
from tracker.admin.outbox import outbox_is_in_use


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links, as unfold's SIDEBAR setting takes them."""

    def page(title: str, icon: str, name: str) -> dict[str, Any]:
        return {"title": title, "icon": icon, "link": reverse(name)}

    office = access.is_office(request.user)
    work = [
        page(_("工作台"), "dashboard", "admin:index"),
        page(_("事项"), "checklist", "admin:tracker_measure_changelist"),
        page(_("方案"), "description", "admin:tracker_plan_changelist"),
        page(_("部分"), "segment", "admin:tracker_section_changelist"),
    ]
    unread = _unread(request)
    inbox = page(_("站内消息"), "inbox", "admin:tracker_inboxnotice_changelist")
    if unread:
        inbox["badge"] = str(unread)
    notices = [inbox, page(_("催办提醒"), "notifications", "admin:tracker_reminder_changelist")]
    scores = page(_("考核得分"), "leaderboard", "admin:scorecard")
    ledger = page(_("台账"), "table_view", "admin:ledger_desk")
    if not office:
        return [{"title": _("督查督办"), "items": [*work, *notices, scores, ledger]}]
    if outbox_is_in_use():
        notices.append(page(_("发件箱"), "outbox", "admin:outbox"))
    notices += [
        page(_("催办规则"), "rule_settings", "admin:tracker_reminderrule_changelist"),
        page(_("发送时段"), "schedule", "admin:tracker_reminderpolicy_changelist"),
        page(_("推送目标"), "hub", "admin:tracker_endpoint_changelist"),
        page(_("邮件模板"), "edit_document", "admin:tracker_mailtemplate_changelist"),
        page(_("邮箱状态"), "mark_email_unread", "admin:tracker_addressstate_changelist"),
    ]
    registers = [
        page(_("单位"), "account_balance", "admin:tracker_department_changelist"),
        page(_("用户"), "group", "admin:tracker_user_changelist"),
        page(_("督办制度"), "gavel", "admin:tracker_regime_changelist"),
        page(_("阶段模板"), "linear_scale", "admin:tracker_stagetemplate_changelist"),
        page(_("工作日历"), "calendar_month", "admin:tracker_calendarday_changelist"),
    ]
    interfaces = [
        page(_("接口令牌"), "key", "admin:tracker_apitoken_changelist"),
        page(_("接口文档"), "api", "api-docs"),
    ]
    return [
        {
            "title": _("督查督办"),
            "items": [
                *work,
                page(_("原文"), "article", "admin:tracker_plandocument_changelist"),
                page(_("导入方案"), "upload_file", "admin:import_desk"),
                ledger,
                page(_("往日情况"), "history", "admin:as_of"),
                scores,
            ],
        },
        {"title": _("催办"), "separator": True, "items": notices},
        {"title": _("基础信息"), "separator": True, "items": registers},
        {"title": _("系统对接"), "separator": True, "items": interfaces},
    ]


def _unread(request: HttpRequest) -> int:
    """How many notices the person has not read; asked once a request, the theme asks for the menu several times."""
    found = getattr(request, "inbox_unread", None)
    if found is None:
        found = access.inbox_of(request.user).filter(read_at__isnull=True).count()
        request.inbox_unread = found  # type: ignore[attr-defined]
    return int(found)
