"""Every refusal as RFC 9457 application/problem+json: a stable code for programs, Chinese for people."""

import logging
import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from tracker.rules.violations import InvalidInput, NotAllowed, Outdated, RuleViolation, WrongState

logger = logging.getLogger("django.request")
MEDIA_TYPE = "application/problem+json"
# An answer repeats at most so many characters of what came from outside, and so many errors.
_LONGEST_MESSAGE = 300
_MOST_ERRORS = 50
_MOST_IN_WORDS = 3
# Lone surrogates cannot be encoded; control and bidirectional characters garble logs and terminals.
_UNSHOWABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

TITLES: dict[int, Any] = {
    400: _("请求内容有误"),
    401: _("需要身份认证"),
    403: _("没有权限"),
    404: _("找不到"),
    405: _("不支持该方法"),
    406: _("不支持该格式"),
    409: _("当前状态不能办理"),
    411: _("缺少正文长度"),
    412: _("事项已被更新"),
    413: _("请求正文过大"),
    415: _("不支持该内容类型"),
    428: _("缺少版本条件"),
    429: _("请求过于频繁"),
    500: _("服务器内部错误"),
}
# DRF's own refusals, whose English or echoing messages are replaced.
_DETAILS: dict[type[exceptions.APIException], tuple[str, Any]] = {
    exceptions.NotAuthenticated: ("not_authenticated", _("请在 Authorization 头中提供接口令牌，或先登录。")),
    exceptions.NotFound: ("not_found", _("对象不存在，或您无权查看。")),
    exceptions.MethodNotAllowed: ("method_not_allowed", _("该地址不支持此请求方法。")),
    exceptions.NotAcceptable: ("not_acceptable", _("本接口只返回 JSON。")),
    exceptions.UnsupportedMediaType: (
        "unsupported_media_type",
        _("请求正文须为 JSON，请设置 Content-Type: application/json。"),
    ),
    exceptions.Throttled: ("throttled", _("请求过于频繁，请按 Retry-After 头给出的秒数稍后再试。")),
}
_STATUS_OF_RULE: dict[type[RuleViolation], int] = {
    NotAllowed: 403,
    WrongState: 409,
    InvalidInput: 400,
    Outdated: 412,
}
# Where the API names a field otherwise than the rule that refused it.
_API_FIELD = {"co_departments": "co", "lead_id": "lead"}


class Problem(exceptions.APIException):
    """A refusal by the API itself. `errors` lists {"field", "code", "message"}; `wait` is told as Retry-After, seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: Any,
        *,
        errors: list[dict[str, Any]] | None = None,
        wait: int | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.errors = errors or []
        self.wait = wait


def _shown(text: object) -> str:
    return _UNSHOWABLE.sub("\ufffd", str(text))[:_LONGEST_MESSAGE]


def in_words(errors: list[dict[str, Any]]) -> str:
    """The first errors as one sentence for people, each with the field that it is about."""
    return "；".join(
        f"{error['field']}：{error['message']}" if error["field"] else error["message"]
        for error in errors[:_MOST_IN_WORDS]
    )


def query_refused(errors: list[dict[str, Any]]) -> Problem:
    """What is wrong with the query, each parameter named in the sentence too."""
    return Problem(400, "invalid_query", _("查询参数有误：%s") % in_words(errors), errors=errors)


def _flat(details: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """A serializer's nested errors as one list; `field` is a dotted path, None for the body as a whole."""
    if isinstance(details, dict) and not isinstance(details.get("message"), str):
        for name, inner in details.items():
            yield from _flat(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(details, list):
        for inner in details:
            yield from _flat(inner, path)
    else:
        field = _shown(".".join(path)) if path else None
        yield {"field": field, "code": str(details["code"]), "message": _shown(details["message"])}


def _answer(
    status: int,
    code: str,
    detail: object,
    *,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
    **more: str,
) -> Response:
    body = {
        "type": f"urn:problem:duban:{code}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": _shown(detail),
        "code": code,
        "errors": errors or [],
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def _rule(exc: RuleViolation) -> Response:
    status = next(status for kind, status in _STATUS_OF_RULE.items() if isinstance(exc, kind))
    if exc.code == "not_found":
        status = 404
    errors = []
    if exc.field is not None:
        field = _API_FIELD.get(exc.field, exc.field)
        errors = [{"field": field, "code": exc.code, "message": _shown(exc.message)}]
    return _answer(status, exc.code, exc.message, errors=errors)


def _refusal(exc: exceptions.APIException) -> Response:
    headers = {}
    if scheme := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if seconds := getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(1, round(seconds)))
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_flat(exc.get_full_details()))
        detail = in_words(errors)
        return _answer(400, "invalid_input", detail, errors=errors[:_MOST_ERRORS], headers=headers)
    for kind, (code, detail) in _DETAILS.items():
        if isinstance(exc, kind):
            return _answer(exc.status_code, code, detail, headers=headers)
    return _answer(
        exc.status_code,
        str(exc.get_codes()),
        exc.detail,
        errors=getattr(exc, "errors", None),
        headers=headers,
    )


def handle(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: always an answer, and never details of an unexpected error."""
    if isinstance(exc, RuleViolation):
        return _rule(exc)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, DjangoPermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, RequestDataTooBig):
        exc = Problem(413, "body_too_large", _("请求正文过大。"))
    elif isinstance(exc, SuspiciousOperation | UnreadablePostError):
        exc = Problem(400, "unreadable", _("无法读取请求。"))
    if isinstance(exc, exceptions.APIException) and exc.status_code < 500:
        return _refusal(exc)
    incident = uuid.uuid4()
    request = context["request"]
    logger.error(
        "%s %s failed (%s)", request.method, request.path, incident, exc_info=exc, extra={"status_code": 500}
    )
    return _answer(
        500,
        "internal_error",
        _("服务器出现意外错误，已记录；请把编号告知管理员。"),
        instance=f"urn:uuid:{incident}",
    )
