"""Reading request bodies: JSON in UTF-8 and nothing else, of a bounded size, each name once."""

import json
from collections.abc import Iterable
from typing import IO, Any

from django.conf import settings
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from tracker.api.problems import Problem


class JsonOnly(DefaultContentNegotiation):
    """Answers JSON whatever the Accept header asks for: there is nothing else to give."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def _not_json(number: str) -> float:
    raise ValueError(f"{number} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Which of two values is meant is not ours to guess.
        raise Problem(400, "duplicate_field", _("JSON 中同一个字段出现了两次。"))
    return found


class StrictJSONParser(JSONParser):
    """Raises Problem 400 (malformed), 413 (larger than API_MAX_BODY_BYTES), 415 (another charset)."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        _name, parameters = parse_header_parameters(media_type or "")
        if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise Problem(415, "unsupported_charset", _("请求正文须为 UTF-8 编码。"))
        body = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if len(body) > settings.API_MAX_BODY_BYTES:
            limit = settings.API_MAX_BODY_BYTES
            raise Problem(413, "body_too_large", _("请求正文超过 %(limit)d 字节。") % {"limit": limit})
        try:
            # A byte order mark, which some Windows programs write, is let pass.
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            detail = _("请求正文不是有效的 UTF-8（第 %(at)d 字节）。") % {"at": error.start + 1}
            raise Problem(400, "invalid_utf8", detail) from None
        try:
            return json.loads(text, parse_constant=_not_json, object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            detail = _("请求正文不是有效的 JSON（第 %(line)d 行第 %(column)d 个字符）。") % place
            raise Problem(400, "malformed_json", detail) from None
        except (ValueError, RecursionError):
            raise Problem(
                400, "malformed_json", _("请求正文不是有效的 JSON（数字过长、非法常量或嵌套过深）。")
            ) from None
