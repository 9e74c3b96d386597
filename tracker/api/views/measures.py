"""Reading measures with their reports and timelines; 督查室 edits them here too."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access, actions
from tracker.api.base import GenericApiView
from tracker.api.conditions import etag, expected_version
from tracker.api.filters import MeasureFilter
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, ByCursor, Pages
from tracker.api.problems import Problem
from tracker.api.serializers.measures import (
    EventSerializer,
    MeasureSerializer,
    ReportSerializer,
    department_codes,
)
from tracker.api.serializers.steps import EditInput, ReportInput
from tracker.models import Measure, MeasureEvent, ProgressReport
from tracker.models.measure import MeasureQuerySet
from tracker.reports.office_day import office_day
from tracker.rules.lifecycle import Status, Verb, check_step


class MeasureView(GenericApiView):
    """A view over the measures that the caller sees; any other measure does not exist for him (404)."""

    queryset: Any = Measure.objects.none()
    serializer_class: Any = MeasureSerializer
    tag = _("事项")

    def get_queryset(self) -> MeasureQuerySet:
        day = office_day(self.today)
        return (
            access.visible_to(self.request.user)
            .with_light(self.today, day.thresholds)
            .select_related("section", "lead")
            .prefetch_related("co_departments", "indicators")
        )

    def find(self) -> Measure:
        """The measure that the address names. Raises Http404."""
        return get_object_or_404(access.visible_to(self.request.user), pk=self.kwargs["pk"])

    def answer(self, *, status: int = 200) -> Response:
        """The measure as it is now, with its ETag."""
        measure = self.get_object()
        return Response(self.get_serializer(measure).data, status=status, headers={"ETag": etag(measure)})

    def step(self, verb: Verb, *, version_required: bool = False) -> dict[str, Any]:
        """The arguments every action takes, once it is clear that the step may be taken now.

        Refuses in this order: not visible 404, never allowed 403, not in this status 409, version 428 and 412;
        only then is the body read (400). The action decides once more under the row lock.
        """
        measure = self.find()
        user = self.request.user
        check_step(verb, status=Status(measure.status), parties=access.parties(user, measure))
        version = expected_version(self.request, measure, required=version_required)
        return {"measure_id": measure.pk, "actor": user, "now": self.now, "expected_version": version}

    def given(self, input_class: Any) -> dict[str, Any]:
        """The validated body. Raises ValidationError, Problem."""
        if not isinstance(self.request.data, dict):
            raise Problem(400, "invalid_input", _("请求正文应为 JSON 对象。"))
        serializer = input_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class MeasureList(ListModelMixin, MeasureView):
    filterset_class = MeasureFilter
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS | {"pagination", "cursor"} | set(MeasureFilter.base_filters)
    operations = {
        "GET": Operation(
            "measures_list",
            _("查询事项"),
            _(
                "部门用户只能看到本单位牵头或配合的、已交办的事项；分管领导看到所分管单位的事项；督查室看到全部。"
                "逐批读取全部数据时请用 pagination=cursor；增量同步请再加 changed_since。"
            ),
            parameters=(
                OpenApiParameter(
                    "pagination",
                    str,
                    enum=["page", "cursor"],
                    default="page",
                    description=_(
                        "翻页方式：page 按页码，cursor 按游标（依 id 逐批读取，期间有变动也不会漏读）。"
                    ),
                ),
                OpenApiParameter("cursor", str, description=_("游标；直接使用答复中 next 给出的地址即可。")),
            ),
        )
    }

    @property
    def paginator(self) -> BasePagination:
        if not hasattr(self, "_paginator"):
            self._paginator = ByCursor() if self._by_cursor() else Pages()
        return self._paginator

    def _by_cursor(self) -> bool:
        if getattr(self, "swagger_fake_view", False):
            return False
        query = self.request.query_params
        chosen = query.get("pagination", "page")
        if chosen not in ("page", "cursor"):
            raise self._refused("pagination", _("应为 page 或 cursor。"))
        foreign = {"page", "ordering"} if chosen == "cursor" else {"cursor"}
        for name in sorted(foreign & set(query)):
            raise self._refused(name, _("不能与所选的翻页方式同时使用。"))
        return chosen == "cursor"

    def _refused(self, name: str, message: Any) -> Problem:
        errors = [{"field": name, "code": "invalid", "message": str(message)}]
        return Problem(400, "invalid_query", _("查询参数有误。"), errors=errors)

    def get_queryset(self) -> MeasureQuerySet:
        return super().get_queryset().order_by("plan", "position", "id")

    def get(self, request: Request) -> Response:
        return self.list(request)


class MeasureDetail(MeasureView):
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    operations = {
        "GET": Operation(
            "measures_retrieve",
            _("读取事项"),
            _("答复的 ETag 头是事项的版本；办理时放在 If-Match 头中，可避免覆盖他人的修改。"),
        ),
        "PATCH": Operation(
            "measures_edit",
            _("修改事项"),
            _("督查室修改尚未办结的事项，只须给出要改的字段；必须带 If-Match 头。"),
            EditInput,
        ),
    }

    def get(self, request: Request, pk: int) -> Response:
        return self.answer()

    def patch(self, request: Request, pk: int) -> Response:
        step = self.step(Verb.EDIT, version_required=True)
        actions.edit(**step, **self.given(EditInput))
        return self.answer()


class MeasureReports(ListModelMixin, MeasureView):
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS
    queryset = ProgressReport.objects.none()
    serializer_class = ReportSerializer
    operations = {
        "GET": Operation("measures_reports", _("查询进展报告"), _("新的在前。")),
        "POST": Operation(
            "measures_report",
            _("报告进展"),
            _("牵头单位报告进度和进展情况；进度低于上次时必须说明原因。"),
            ReportInput,
            status=201,
        ),
    }

    def get_queryset(self) -> Any:
        reports = access.reports_visible_to(self.request.user).filter(measure=self.find())
        return reports.select_related("department", "reported_by").order_by("-reported_at", "-id")

    def get(self, request: Request, pk: int) -> Response:
        return self.list(request)

    def post(self, request: Request, pk: int) -> Response:
        step = self.step(Verb.REPORT)
        report = actions.report(**step, **self.given(ReportInput))
        return Response(self.get_serializer(report).data, status=201, headers={"ETag": etag(report.measure)})


class MeasureTimeline(ListModelMixin, MeasureView):
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class = Pages
    query_parameters = PAGE_PARAMETERS
    queryset = MeasureEvent.objects.none()
    serializer_class = EventSerializer
    operations = {
        "GET": Operation(
            "measures_timeline",
            _("查询办理轨迹"),
            _("事项每一步的时间、办理人、单位、状态变化和说明，按先后排列。交办前的步骤只有督查室可见。"),
        )
    }

    def get_queryset(self) -> Any:
        events = access.events_visible_to(self.request.user).filter(measure=self.find())
        return events.select_related("actor", "department").order_by("version")

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            context["department_codes"] = department_codes()
        return context

    def get(self, request: Request, pk: int) -> Response:
        return self.list(request)
