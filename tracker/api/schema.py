"""The OpenAPI document: words from each view's `operations`, and the refusals that each may answer with."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from tracker.api import sparse
from tracker.api.idempotency import HEADER, METHODS, PATTERN, REPLAYED
from tracker.api.operations import Operation
from tracker.api.problems import MEDIA_TYPE, TITLES
from tracker.models import Checkpoint, RegimeNode
from tracker.rules.lifecycle import GRADE_NAMES, NOT_OFFERED, STATUS_NAMES, VERB_NAMES, Verb
from tracker.rules.scores import PART_NAMES, ROLE_NAMES
from tracker.rules.workdays import DAY_SOURCE_NAMES

# Named in SPECTACULAR_SETTINGS, so that each list of choices is one component.
STATUS = [(status.value, name) for status, name in STATUS_NAMES.items()]
GRADE = [(grade.value, name) for grade, name in GRADE_NAMES.items()]
VERB = [(verb.value, name) for verb, name in VERB_NAMES.items()]
# Steps that have an address here; following a new text (更新原文) is the import's affair.
OFFERED = tuple(verb for verb in Verb if verb not in {Verb.REGISTER, Verb.REWORD, *NOT_OFFERED})
CHECKPOINT_KIND: Any = Checkpoint._meta.get_field("kind").choices
NODE_KIND = RegimeNode._meta.get_field("kind").choices
NODE_IMPORTANCE = RegimeNode._meta.get_field("importance").choices
SCORE_PART = [(part.value, name) for part, name in PART_NAMES.items()]
SCORE_ROLE = [(role.value, name) for role, name in ROLE_NAMES.items()]
DAY_SOURCE = [(source.value, name) for source, name in DAY_SOURCE_NAMES.items()]
ACTION = [(verb.value, VERB_NAMES[verb]) for verb in OFFERED]

# Components of which an answer may hold a part only (`?fields=`); known once the operations have been read.
_SPARSE: set[str] = set()

_EXAMPLES: dict[int, tuple[str, Any, str | None]] = {
    400: ("invalid_input", _("应为整数。"), "percent"),
    401: ("token_expired", _("令牌已过期，请向督查室申请新的令牌。"), None),
    403: ("not_allowed", _("“签收”只能由牵头单位办理。"), None),
    404: ("not_found", _("对象不存在，或您无权查看。"), None),
    409: ("wrong_state", _("事项当前为“办理中”，不能签收。"), None),
    411: ("length_required", _("请求须带 Content-Length 头（不支持分块传输）。"), None),
    412: ("outdated", _("事项已被他人更新，请重新读取后再办理。"), None),
    413: ("body_too_large", _("请求正文超过 1048576 字节。"), None),
    415: ("unsupported_media_type", _("请求正文须为 JSON，请设置 Content-Type: application/json。"), None),
    428: ("precondition_required", _("修改前请先读取事项，并把答复的 ETag 放在 If-Match 头中。"), None),
    429: ("throttled", _("请求过于频繁，请按 Retry-After 头给出的秒数稍后再试。"), None),
}


_KNOWN = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description=_("上次读取时得到的 ETag；内容没有变化则答复 304，没有正文。"),
)


class ProblemItemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(allow_null=True, help_text=_("字段或查询参数；针对整个正文时为 null。"))
    code = serializers.CharField(help_text=_("错误代码"))
    message = serializers.CharField(help_text=_("中文说明"))


class ProblemSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text=_("urn:problem:duban: 加错误代码"))
    title = serializers.CharField(help_text=_("错误类别"))
    status = serializers.IntegerField(help_text=_("HTTP 状态码"))
    detail = serializers.CharField(help_text=_("中文说明，可直接显示给用户"))
    code = serializers.CharField(help_text=_("稳定的错误代码，供程序判断"))
    errors = ProblemItemSerializer(many=True, help_text=_("逐项错误"))  # type: ignore[assignment]
    instance = serializers.CharField(required=False, help_text=_("服务器内部错误的编号，可据此查日志"))


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "tracker.api.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        description = str(
            _("填写“Token 令牌”，例如 Token 0123abcd…；令牌由管理员用 manage.py create_token 生成。")
        )
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "tracker.api.authentication.AdminSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        description = str(_("管理后台的登录会话；写操作另须 X-CSRFToken 头。"))
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}


class ApiSchema(AutoSchema):
    """Reads the view's Operation; the rest follows from method and path."""

    view: Any

    @property
    def operation(self) -> Operation:
        return self.view.operations[self.method]

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_summary(self) -> str:
        return str(self.operation.summary)

    def get_description(self) -> str:  # type: ignore[override]
        return str(self.operation.description)

    def get_tags(self) -> list[str]:
        return [str(self.view.tag)]

    def get_request_serializer(self) -> Any:
        return self.operation.input_class

    def get_response_serializers(self) -> Any:
        # A view whose methods answer with different things says so by itself.
        chosen = getattr(self.view, "serializer_for", None)
        return (
            super().get_response_serializers()
            if chosen is None
            else {self.operation.status: chosen(self.method)}
        )

    def get_override_parameters(self) -> list[Any]:
        parameters = [*self.operation.parameters, *self._idempotency()]
        if self.method == "GET" and sparse.PARAMETER in (self.view.query_parameters or ()):
            parameters.append(sparse.parameter(self.view.serializer_class))
            _SPARSE.add(self.view.serializer_class.__name__.removesuffix("Serializer"))
        condition = OpenApiParameter(
            "If-Match",
            str,
            OpenApiParameter.HEADER,
            required=self.method == "PATCH",
            description=str(_("读取时得到的 ETag；此后若有变动则答复 412，不会覆盖他人的修改。")),
        )
        tagged = getattr(self.view, "tagged", False)
        if not self._is_versioned() and not tagged:
            return [*parameters, condition] if self.method == "PUT" else parameters
        tag = OpenApiParameter(
            "ETag",
            str,
            OpenApiParameter.HEADER,
            response=[200, 201, 304],
            description=str(
                _("工作日历的版本，读取时其后为答复内容的摘要")
                if tagged
                else _('事项的版本，例如 "7"；读取时其后为答复内容的摘要，例如 "7-1f0c2ab94e3d5a60"')
            ),
        )
        if self.method == "GET":
            return [*parameters, tag, _KNOWN]
        return [*parameters, tag, condition]

    def _idempotency(self) -> list[Any]:
        if self.method not in METHODS:
            return []
        key = OpenApiParameter(
            HEADER,
            {"type": "string", "pattern": PATTERN},
            OpenApiParameter.HEADER,
            description=str(
                _(
                    "每个请求自定的唯一键，例如 UUID。用同一个键重发同样的请求（方法、地址、If-Match 和正文都相同），"
                    "只办理一次，得到第一次的答复；内容不同或第一次尚未办完则答复 409。"
                )
            ),
        )
        replayed = OpenApiParameter(
            REPLAYED,
            {"type": "string", "enum": ["true"]},
            OpenApiParameter.HEADER,
            # Never on what is refused before a key is taken.
            response=[200, 201, 400, 403, 404, 409, 412, 428],
            description=str(_("答复是此前保存的；第一次办理时没有这个头。")),
        )
        return [key, replayed]

    def _is_versioned(self) -> bool:
        """Whether the answer carries a measure's ETag."""
        about_one = getattr(self.view, "versioned", False) and "{id}" in self.path
        return about_one and not (self.method == "GET" and self._is_list_view())

    def _is_conditional(self) -> bool:
        """Whether a read may be answered with 304."""
        return self.method == "GET" and (self._is_versioned() or getattr(self.view, "tagged", False))

    def _refusals(self) -> list[int]:
        """Statuses from 400 on that this operation may answer with; the fuzz test finds a missing one."""
        found = {401, 429}
        if "{" in self.path:
            found.add(404)
        if self.method != "GET":
            found |= {400, 403, 409, 411}
            found |= {413, 415} if self.operation.input_class else set()
            tagged = getattr(self.view, "tagged", False)
            found |= {412} if self._is_versioned() or tagged or self.method == "PUT" else set()
        else:
            found |= {400} if self.view.query_parameters is not None else set()
            found |= {404} if self._is_list_view() else set()
        if self.method == "PATCH":
            found.add(428)
        return sorted(found)

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if self.operation.media_types:
            content = {"schema": {"type": "string", "format": "binary"}}
            kinds = dict.fromkeys(self.operation.media_types, content)
            bodies = {"200": {"content": kinds, "description": str(_("文件内容"))}}
        if self.operation.status == 204:
            bodies = {"204": {"description": str(_("已办理，没有正文。"))}}
        bodies = {str(self.operation.status): body for body in bodies.values()}
        if self._is_conditional():
            known = str(_("内容与 If-None-Match 所给的 ETag 相同，没有正文。"))
            bodies["304"] = {"headers": self._get_response_headers_for_code("304"), "description": known}
        for status in self._refusals():
            code, detail, field = _EXAMPLES[status]
            item = {"field": field, "code": "invalid", "message": str(detail)}
            value = {
                "type": f"urn:problem:duban:{code}",
                "title": str(TITLES[status]),
                "status": status,
                "detail": str(detail),
                "code": code,
                "errors": [item] if field else [],
            }
            answer = OpenApiResponse(
                ProblemSerializer,
                str(TITLES[status]),
                examples=[OpenApiExample(code, value=value, response_only=True)],
            )
            bodies[str(status)] = self._get_response_for_code(answer, str(status), [MEDIA_TYPE])
        return bodies


def finish_document(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What drf-spectacular cannot know: bodies refuse unknown fields, `?fields=` leaves some out, and one sentence of
    its own is English."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Input"):
            component["additionalProperties"] = False
        if name in _SPARSE:
            component.pop("required", None)
    for item in result["paths"].values():
        upload = item.get("post", {}).get("requestBody", {}).get("content", {}).get("multipart/form-data")
        if upload is not None:
            upload["examples"] = {
                "Upload": {"value": {"file": str(_("（文件内容）"))}, "summary": str(_("上传附件"))}
            }
        for parameter in item.get("get", {}).get("parameters", []):
            # A Chinese title would become a class of that name in generated clients.
            parameter["schema"].get("items", {}).pop("title", None)
            parameter["schema"].pop("title", None)
            if parameter.get("explode") is False and parameter["name"] != sparse.PARAMETER:
                _english, *names = parameter["description"].split("\n\n")
                parameter["description"] = "\n\n".join([str(_("可用逗号分隔多个值。")), *names])
    return result
