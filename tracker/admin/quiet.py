"""What is urged by hand while the engine is quiet goes out when it speaks again: whoever urges is told so."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import load_calendar, load_hours
from tracker.rules.reminder_hours import may_send, next_opening


def warn_when_quiet(request: HttpRequest, now: datetime) -> None:
    """A warning beside the success, with the moment at which the mails leave. Two queries."""
    hours, calendar, at = load_hours(), load_calendar(), timezone.localtime(now)
    if may_send(at, hours=hours, calendar=calendar):
        return
    try:
        opening = next_opening(at, hours=hours, calendar=calendar)
    except LookupError:
        messages.warning(request, _("现在不在发送时段，一个月内也没有发送时段；请检查静默时段和日历。"))
        return
    messages.warning(
        request,
        _("现在不在发送时段（静默时段或非工作日），催办邮件将于 %s 发出。") % f"{opening:%Y-%m-%d %H:%M}",
    )
