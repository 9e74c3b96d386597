"""The page behind a mail's 退订 link: it needs no login, shows one address, and changes something only when it is sent."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracker.reminders import muting


# Without a CSRF token: a mail program posts it by itself (RFC 8058). The signed link is the permission, and all it can do.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, token: str) -> HttpResponse:
    try:
        address = muting.address_of(token)
    except muting.NoSuchLink:
        raise Http404 from None
    if request.method == "POST":
        if request.POST.get("wanted") == "all":
            muting.unmute(address)
        else:
            muting.mute(address, now=timezone.now())
    page: dict[str, Any] = {"address": address, "muted": muting.is_muted(address)}
    return render(request, "tracker/mute.html", page)
