"""What every API view shares: one clock reading, headers of private data, strict query parameters."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from tracker.api.parsing import JsonOnly
from tracker.api.problems import Problem
from tracker.api.throttling import CallerThrottle


class ApiView(APIView):
    """`now` is an aware datetime, `today` its date in the office's time zone."""

    content_negotiation_class = JsonOnly
    metadata_class = None
    # Names of query parameters this view reads; None when it reads none and strangers do no harm.
    query_parameters: frozenset[str] | None = None

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # A charset of the body must not decide how the query string is read.
        request.encoding = "utf-8"
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        super().initial(request, *args, **kwargs)
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            # WSGI cannot tell where such a body ends and would take it for empty.
            raise Problem(411, "length_required", _("请求须带 Content-Length 头（不支持分块传输）。"))
        self._check_query(request)

    def _check_query(self, request: Request) -> None:
        """A misspelt filter that is silently ignored would answer with everything."""
        if self.query_parameters is None or request.method != "GET":
            return
        errors = []
        for name, values in request.query_params.lists():
            if name not in self.query_parameters:
                errors.append(
                    {"field": name[:60], "code": "unknown_parameter", "message": str(_("没有这个查询参数。"))}
                )
            elif len(values) > 1:
                errors.append(
                    {"field": name, "code": "duplicate_parameter", "message": str(_("查询参数重复。"))}
                )
        if errors:
            raise Problem(400, "invalid_query", _("查询参数有误。"), errors=errors)

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = super().get_throttles()
        return self.throttles

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        for throttle in getattr(self, "throttles", ()):
            if isinstance(throttle, CallerThrottle) and hasattr(throttle, "history"):
                for name, value in throttle.headers().items():
                    response[name] = value
        return response


class GenericApiView(ApiView, GenericAPIView):
    """An ApiView over a queryset."""


class NoSuchAddress(ApiView):
    """Answers every address below /api/v1/ that is none."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def handle(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound

    get = post = put = patch = delete = head = options = trace = handle  # type: ignore[assignment]
