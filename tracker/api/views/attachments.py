"""Files as evidence: taken in one at a time, given out only to those who see their report, never shown by the browser."""

import logging
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access, actions
from tracker.actions.files import KNOWN_TYPES, check_size
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, Pages
from tracker.api.parsing import OneFileParser
from tracker.api.problems import Problem
from tracker.api.serializers.reports import AttachmentSerializer, UploadInput
from tracker.api.views.measures import MeasureView
from tracker.models import Attachment

logger = logging.getLogger(__name__)


class AttachmentView(MeasureView):
    serializer_class: Any = AttachmentSerializer
    queryset: Any = Attachment.objects.none()
    versioned = False
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()

    def visible(self) -> QuerySet[Attachment]:
        """The files that the caller may see, with what an answer shows of them."""
        return self.with_related(
            access.attachments_visible_to(self.request.user), "department", "uploaded_by"
        )

    def one(self) -> Attachment:
        """The file that the address names. Raises Http404."""
        return get_object_or_404(self.visible(), pk=self.kwargs["pk"])


class MeasureAttachments(ListModelMixin, AttachmentView):
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS
    parser_classes = (OneFileParser,)
    operations = {
        "GET": Operation(
            "measures_attachments",
            _("查询附件"),
            _("随报告报送的附件；尚未报送的只有上传的单位可见。"),
        ),
        "POST": Operation(
            "measures_attach",
            _("上传附件"),
            _(
                "用 multipart/form-data 上传一个文件（字段名 file），报告或申请办结时在 attachments 中给出它的编号。"
                "类型按文件内容判断并须与扩展名一致；同名、同内容的文件在报送前再次上传得到同一个编号，另用一个文件名的是另一个附件。"
            ),
            UploadInput,
            status=201,
        ),
    }

    def get_queryset(self) -> QuerySet[Attachment]:
        return self.visible().filter(measure=self.find(self.kwargs["pk"])).order_by("id")

    def get(self, request: Request, pk: int) -> Response:
        return self.list(request)

    def post(self, request: Request, pk: int) -> Response:
        measure = self.find(pk)
        upload = self.validated(UploadInput, request.data)["file"]
        check_size(upload.name or "", upload.size)
        kept = actions.attach(
            measure_id=measure.pk,
            actor=self.caller,
            now=self.now,
            name=upload.name or "",
            content=upload.read(),
        )
        return Response(self.get_serializer(kept).data, status=201)


class AttachmentDetail(AttachmentView):
    query_parameters = frozenset({"fields"})
    operations = {
        "GET": Operation("attachments_retrieve", _("读取附件信息"), _("名称、类型、大小和 SHA-256。")),
        "DELETE": Operation(
            "attachments_delete",
            _("删除附件"),
            _("本单位删除尚未报送的附件；已报送的不能删除（409）。"),
            status=204,
        ),
    }

    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.one()).data)

    def delete(self, request: Request, pk: int) -> Response:
        actions.detach(attachment=self.one(), actor=self.caller)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AttachmentContent(AttachmentView):
    operations = {
        "GET": Operation(
            "attachments_content",
            _("下载附件"),
            _("文件内容，一律作为下载给出（Content-Disposition: attachment）。"),
            media_types=tuple(KNOWN_TYPES),
        )
    }

    def get(self, request: Request, pk: int) -> Any:
        kept = self.one()
        try:
            content = kept.file.open("rb")
        except FileNotFoundError:
            logger.error("attachment %s: its file %s is gone", kept.pk, kept.file.name)
            raise Problem(404, "file_missing", _("附件的文件已不在服务器上，请联系系统管理员。")) from None
        answer = FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)
        # Whatever is in it, a browser that opens it all the same runs nothing.
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
