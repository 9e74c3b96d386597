"""What every API view shares: one clock reading, headers of private data, strict query parameters."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from tracker.api import idempotency, sparse
from tracker.api.conditions import unless_known
from tracker.api.parsing import JsonOnly
from tracker.api.problems import Problem, query_refused
from tracker.api.throttling import CallerThrottle
from tracker.models import User


class ApiView(APIView):
    """`now` is an aware datetime, `today` its date in the office's time zone."""

    content_negotiation_class = JsonOnly
    # Not OPTIONS: what may be sent is told by the OpenAPI document.
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    # Names of query parameters this view reads; None when it reads none and strangers do no harm.
    query_parameters: frozenset[str] | None = None
    # Whether a request with an Idempotency-Key is one transaction; a bulk request is one for each of its items.
    one_transaction = True
    # Whether this answer may be given again to the same Idempotency-Key.
    keeps_answer = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF's own, but that a write with an Idempotency-Key takes effect once."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            name = (self.request.method or "").lower()
            handler = getattr(self, name, None) if name in self.http_method_names else None
            if handler is None:
                response = self.http_method_not_allowed(self.request, *args, **kwargs)
            else:
                response = self._carried_out(handler)
        except Exception as exc:
            response = self.handle_exception(exc)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def _carried_out(self, handler: Callable[..., Any]) -> Any:
        user = self.request.user
        key = idempotency.key_of(self.request) if self.request.method in idempotency.METHODS else None
        if key is None or not isinstance(user, User):
            return handler(self.request, *self.args, **self.kwargs)

        def run() -> idempotency.Answer:
            try:
                # What a refused request had written before it was refused is undone.
                with transaction.atomic() if self.one_transaction else nullcontext():
                    response = handler(self.request, *self.args, **self.kwargs)
            except Exception as exc:
                response = self.handle_exception(exc)
            return idempotency.rendered(response, kept=self.keeps_answer)

        answer = idempotency.once(
            user=user,
            key=key,
            fingerprint=idempotency.fingerprint(self.request),
            now=self.now,
            run=run,
            one_transaction=self.one_transaction,
        )
        response = HttpResponse(
            answer.body, status=answer.status, content_type=answer.content_type, headers=answer.headers
        )
        if answer.replayed:
            response[idempotency.REPLAYED] = "true"
        return response

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
        self.read_query(request)

    def read_query(self, request: Request) -> None:
        """Reads what the view itself wants of the query string, once it is known who asks. Raises Problem 400."""

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
            raise query_refused(errors)

    def perform_authentication(self, request: Request) -> None:
        """As DRF's, and counted before anybody is refused: whoever tries tokens is limited by address."""
        try:
            super().perform_authentication(request)
        finally:
            super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        """Done already (perform_authentication)."""

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = super().get_throttles()
        return self.throttles

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if isinstance(response, Response):
            response = unless_known(request, response)
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        for throttle in getattr(self, "throttles", ()):
            if isinstance(throttle, CallerThrottle):
                for name, value in throttle.headers().items():
                    response[name] = value
        return response


class GenericApiView(ApiView, GenericAPIView):
    """An ApiView over a queryset; one that reads the parameter `fields` answers only those (`wants`)."""

    wanted: frozenset[str] | None = None
    # Fields of the serializer that the present answer cannot have.
    unavailable: frozenset[str] = frozenset()

    def read_query(self, request: Request) -> None:
        super().read_query(request)
        if request.method == "GET" and sparse.PARAMETER in (self.query_parameters or ()):
            self.wanted = sparse.wanted(request, self.serializer_class, self.unavailable)

    def wants(self, *names: str) -> bool:
        """Whether the answer holds any of these fields."""
        return self.wanted is None or not self.wanted.isdisjoint(names)

    def with_related(self, rows: Any, *names: str) -> Any:
        """The rows joined with those of the named relations that the answer shows."""
        joined = [name for name in names if self.wants(name)]
        # Without a name, select_related() would follow every relation there is.
        return rows.select_related(*joined) if joined else rows

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        serializer = super().get_serializer(*args, **kwargs)
        sparse.thin_out(serializer, self.wanted)
        return serializer


class NoSuchAddress(ApiView):
    """Answers every address below /api/v1/ that is none."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None
    http_method_names = [*APIView.http_method_names]

    def handle(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound

    get = post = put = patch = delete = head = options = trace = handle  # type: ignore[assignment]
