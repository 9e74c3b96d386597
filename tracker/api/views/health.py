"""For monitors, without a login: whether reminders go out, and the figures behind it. Counts only, no names, no addresses."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.models import Reminder
from tracker.reminders.health import Health, health


def _now() -> Health:
    now = timezone.now()
    return health(now=now, local_now=timezone.localtime(now))


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when reminders go out as they should, 503 with the reasons when not."""
    found = _now()
    body = {
        "status": "ok" if found.well else "trouble",
        "problems": found.problems,
        "oldest_unsent": found.oldest_unsent,
        "failed_last_hour": found.failed_last_hour,
        "failed_unattended": found.unattended,
        "gaps": found.gaps,
        "flagged_addresses": found.flagged,
        "last_tick": found.last_tick,
        "states": found.states,
    }
    return JsonResponse(body, status=200 if found.well else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The same figures as Prometheus reads them."""
    found, now = _now(), timezone.now()

    def age(moment: object) -> float:
        return (now - moment).total_seconds() if isinstance(moment, type(now)) else 0.0

    lines = ["# HELP duban_reminders Reminders in the ledger by state.", "# TYPE duban_reminders gauge"]
    lines += [
        f'duban_reminders{{state="{state}"}} {found.states.get(state, 0)}' for state in Reminder.State.values
    ]
    gauges = {
        "duban_reminder_oldest_unsent_seconds": (
            "How long the oldest reminder that could have been sent waits.",
            age(found.oldest_unsent),
        ),
        "duban_reminder_failed_last_hour": (
            "Reminders refused for good in the last hour.",
            found.failed_last_hour,
        ),
        "duban_reminder_failed_unattended": (
            "Refused for good in the last seven days, neither sent again nor called off.",
            found.unattended,
        ),
        "duban_reminder_flagged_addresses": (
            "Addresses that came back in the last seven days.",
            found.flagged,
        ),
        "duban_reminder_gaps": ("Notices that somebody who was to be told could not be told.", found.gaps),
        "duban_reminder_gaps_untold": (
            "Of these, those that the office was not told either.",
            found.gaps_untold,
        ),
        "duban_reminder_last_tick_seconds": (
            "Seconds since the engine last looked; -1 never.",
            -1 if found.last_tick is None else age(found.last_tick),
        ),
        "duban_reminder_broken_templates": ("Mail templates that fail.", found.broken_templates),
        "duban_reminder_well": ("1 when nothing is amiss.", int(found.well)),
    }
    for name, (words, value) in gauges.items():
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{name} {value:g}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
