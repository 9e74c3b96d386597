"""站内消息 for office systems: what the caller is told, and marking it as read."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.api.base import GenericApiView
from tracker.api.filters import NoticeFilter
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, Pages
from tracker.api.problems import Problem
from tracker.api.serializers.notices import NoticeSerializer, ReadInput, ReadSerializer
from tracker.models import InboxNotice
from tracker.reminders import inbox
from tracker.reminders.parts import with_parts


class NoticeList(ListModelMixin, GenericApiView):
    queryset = InboxNotice.objects.none()
    serializer_class = NoticeSerializer
    pagination_class = Pages
    filterset_class = NoticeFilter
    query_parameters = PAGE_PARAMETERS | set(NoticeFilter.base_filters)
    tag = _("站内消息")
    operations = {
        "GET": Operation(
            "notices_list",
            _("查询站内消息"),
            _(
                "新的在前。个人的令牌看到发给本人的消息；单位的令牌看到发给本单位各人的消息，同一条只列一次。"
                "未读而情况已变的消息不再列出；同一事由重复提醒的，未读的只列最近一次。读取不改变已读状态。"
            ),
        )
    }

    def get_queryset(self) -> QuerySet[InboxNotice]:
        rows = with_parts(inbox.notices_of(self.request.user)).order_by("-created_at", "-id")
        return self.with_related(rows, "measure")

    def get(self, request: Request) -> Response:
        return self.list(request)


class NoticesRead(GenericApiView):
    queryset = InboxNotice.objects.none()
    serializer_class = ReadSerializer
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class: Any = None
    tag = _("站内消息")
    operations = {
        "POST": Operation(
            "notices_read",
            _("标为已读"),
            _("几条或全部标为已读；单位的令牌对本单位各人一并生效。不是发给调用者的编号不起作用。"),
            ReadInput,
        )
    }

    def post(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise Problem(400, "invalid_input", _("请求正文应为 JSON 对象。"))
        given = ReadInput(data=request.data)
        given.is_valid(raise_exception=True)
        ids = given.validated_data.get("ids")
        marked = inbox.mark_read(request.user, now=self.now, ids=ids)
        return Response({"marked": marked, "unread": inbox.unread(request.user)})
