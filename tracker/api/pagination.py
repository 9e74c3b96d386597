"""Two ways to page through a list: numbered pages for people, a cursor for programs that read everything."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.api.problems import Problem

PAGE_SIZE, MAX_PAGE_SIZE = 50, 200
_BAD_CURSOR = _("游标无效，请从第一页重新读取。")
# What every list reads.
PAGE_PARAMETERS = frozenset({"page", "page_size", "fields"})


def _page_size(request: Request) -> int:
    given = request.query_params.get("page_size")
    if given is None:
        return PAGE_SIZE
    # The length first: int() of thousands of digits is slow.
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and 1 <= int(given) <= MAX_PAGE_SIZE):
        message = _("每页条数应为 1 到 %(most)d 的整数。") % {"most": MAX_PAGE_SIZE}
        raise ValidationError({"page_size": [message]}, code="invalid")
    return int(given)


class Pages(PageNumberPagination):
    """`?page=2&page_size=50`."""

    page_size = PAGE_SIZE
    max_page_size = MAX_PAGE_SIZE
    page_size_query_param = "page_size"
    page_query_description = _("第几页，从 1 起。")  # type: ignore[assignment]  # a lazy text will do
    page_size_query_description = _("每页条数，1 到 200，默认 50。")  # type: ignore[assignment]

    def get_page_size(self, request: Request) -> int:
        return _page_size(request)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            given = request.query_params.get(self.page_query_param, "")[:20]
            raise Problem(
                404, "not_found", _("没有第“%s”页：页码从 1 起，最后一页的 next 为 null。") % given
            ) from None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"]["minimum"] = 1
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"].update(maximum=MAX_PAGE_SIZE, default=PAGE_SIZE)
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "example": None}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "count": {
                    "type": "integer",
                    "minimum": 0,
                    "example": 1,
                    "description": str(_("总条数；用游标翻页时没有。")),
                },
                "next": {**link, "description": str(_("下一页的地址。"))},
                "previous": {**link, "description": str(_("上一页的地址。"))},
                "results": schema,
            },
        }


class ByCursor(CursorPagination):
    """`?pagination=cursor`: in order of id, so that rows changing meanwhile are not skipped or repeated."""

    ordering = "id"

    def get_page_size(self, request: Request) -> int:
        return _page_size(request)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str]:
        return ("id",)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise Problem(404, "not_found", _BAD_CURSOR) from None
        # A cursor comes from outside: its position must be an id before it reaches the database.
        position = None if cursor is None or cursor.position is None else str(cursor.position)
        if position is not None and not (position.isascii() and position.isdigit() and len(position) <= 18):
            raise Problem(404, "not_found", _BAD_CURSOR)
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})
