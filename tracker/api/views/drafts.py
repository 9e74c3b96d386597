"""A department's draft of its next report: one a measure, seen by nobody else, taken up when the report is sent."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access, actions
from tracker.api.conditions import expected_version
from tracker.api.operations import Operation
from tracker.api.serializers.reports import DraftSerializer, draft_values
from tracker.api.serializers.steps import DraftInput
from tracker.api.views.measures import MeasureView
from tracker.models import ProgressReport


class Draft(MeasureView):
    serializer_class = DraftSerializer
    versioned = False
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    operations = {
        "GET": Operation("measures_draft", _("读取草稿"), _("本单位下一份报告的草稿；没有则答复 404。")),
        "PUT": Operation(
            "measures_draft_save",
            _("保存草稿"),
            _(
                "整体保存本单位的草稿，只有本单位可见，网页上可接着写；报告时（POST reports/）草稿随之撤下。附件先上传，报送时再写明。"
            ),
            DraftInput,
        ),
        "DELETE": Operation(
            "measures_draft_discard", _("删除草稿"), _("没有草稿时同样答复 204。"), status=204
        ),
    }

    def get(self, request: Request, pk: int) -> Response:
        drafts = access.reports_visible_to(request.user).filter(
            measure=self.find(pk), state=ProgressReport.State.DRAFT
        )
        return Response(self.get_serializer(get_object_or_404(drafts)).data)

    def put(self, request: Request, pk: int) -> Response:
        measure = self.find(pk)
        expected_version(request, measure)
        given = self.given(DraftInput)
        values = draft_values({name: given.pop(name, ()) for name in ("milestones", "indicators")})
        draft = actions.save_draft(
            measure_id=measure.pk, actor=self.caller, now=self.now, values=values, **given
        )
        return Response(self.get_serializer(draft).data)

    def delete(self, request: Request, pk: int) -> Response:
        actions.discard_draft(measure_id=self.find(pk).pk, actor=self.caller)
        return Response(status=status.HTTP_204_NO_CONTENT)
