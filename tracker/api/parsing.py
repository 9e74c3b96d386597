"""Reading request bodies: JSON in UTF-8 and nothing else, of a bounded size, each name once."""

import hashlib
import json
from collections.abc import Iterable
from typing import IO, Any

from django.conf import settings
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser
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
        if parser_context:
            # What the body was, for tracker/api/idempotency.py: a stream is read once.
            parser_context["request"].body_digest = hashlib.sha256(body).hexdigest()
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


# What a multipart body has around its one file.
_ENVELOPE_BYTES = 64 * 1024


class OneFileParser(MultiPartParser):
    """multipart/form-data. Raises Problem 400 (malformed), 413 (larger than ATTACHMENT_MAX_BYTES), before it is read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> DataAndFiles:
        request = parser_context["request"]
        limit = settings.ATTACHMENT_MAX_BYTES
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > limit + _ENVELOPE_BYTES:
            detail = _("文件超过 %(limit)d MB 的上限。") % {"limit": limit // 1024 // 1024}
            raise Problem(413, "body_too_large", detail)
        try:
            found = super().parse(stream, media_type, parser_context)
        except ParseError:
            raise Problem(400, "malformed_multipart", _("请求正文不是有效的 multipart/form-data。")) from None
        digest = hashlib.sha256()
        files: Any = found.files
        for name, upload in files.items():
            digest.update(f"{name}\n{upload.name}\n{upload.size}\n".encode("utf-8", "surrogateescape"))
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
        for name, value in found.data.items():
            digest.update(f"{name}\n{value}\n".encode("utf-8", "surrogateescape"))
        request.body_digest = digest.hexdigest()
        return found
