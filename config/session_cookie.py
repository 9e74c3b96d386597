"""Drops a session cookie that no session can have, before any database is asked for it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class WellFormedSessionCookie:
    """Middleware: a cookie can smuggle in a NUL character, which PostgreSQL refuses to look up; keys are letters and digits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not (key.isascii() and key.isalnum()):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return self.get_response(request)
