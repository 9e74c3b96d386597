"""Reading plans, sections and departments, and who the caller is."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from tracker import access
from tracker.api.base import ApiView, GenericApiView
from tracker.api.filters import DepartmentFilter, SectionFilter
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, Pages
from tracker.api.serializers.arrangements import RegimeSerializer, StageTemplateSerializer
from tracker.api.serializers.directory import (
    LINKS,
    DepartmentSerializer,
    LinksSerializer,
    MeSerializer,
    PlanSerializer,
    SectionSerializer,
)
from tracker.models import Department, Plan, Regime, Section, StageTemplate


class Root(ApiView):
    """The way in: where everything else is found."""

    query_parameters = frozenset()
    serializer_class = LinksSerializer
    tag = _("我")
    operations = {"GET": Operation("root", _("接口目录"), _("各类资源和接口文档的地址。"))}

    def get(self, request: Request) -> Response:
        return Response({name: reverse(f"api-{name}", request=request) for name in LINKS})


class PlanList(ListModelMixin, GenericApiView):
    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    pagination_class = Pages
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    query_parameters = PAGE_PARAMETERS
    tag = _("方案与单位")
    operations = {"GET": Operation("plans_list", _("查询方案"), _("调用者至少能看到其中一个事项的方案。"))}

    def get_queryset(self) -> QuerySet[Plan]:
        return access.plans_visible_to(self.request.user).order_by("-id")

    def get(self, request: Request) -> Response:
        return self.list(request)


class PlanDetail(RetrieveModelMixin, GenericApiView):
    queryset = Plan.objects.none()
    query_parameters = frozenset({"fields"})
    serializer_class = PlanSerializer
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    tag = _("方案与单位")
    operations = {"GET": Operation("plans_retrieve", _("读取方案"))}

    def get_queryset(self) -> QuerySet[Plan]:
        return access.plans_visible_to(self.request.user)

    def get(self, request: Request, pk: int) -> Response:
        return self.retrieve(request)


class SectionList(ListModelMixin, GenericApiView):
    queryset = Section.objects.none()
    serializer_class = SectionSerializer
    pagination_class = Pages
    filterset_class = SectionFilter
    query_parameters = PAGE_PARAMETERS | set(SectionFilter.base_filters)
    tag = _("方案与单位")
    operations = {
        "GET": Operation(
            "sections_list",
            _("查询部分"),
            _("方案行动部分的各个部分；只列出调用者至少能看到其中一个事项的部分。"),
        )
    }

    def get_queryset(self) -> QuerySet[Section]:
        return access.sections_visible_to(self.request.user).order_by("plan", "number", "id")

    def get(self, request: Request) -> Response:
        return self.list(request)


class DepartmentList(ListModelMixin, GenericApiView):
    queryset = Department.objects.none()
    serializer_class = DepartmentSerializer
    pagination_class = Pages
    filterset_class = DepartmentFilter
    query_parameters = PAGE_PARAMETERS | set(DepartmentFilter.base_filters)
    tag = _("方案与单位")
    operations = {
        "GET": Operation(
            "departments_list",
            _("查询单位"),
            _("单位名录：代码、名称、类型。邮箱、分管领导、别名只有督查室可见。"),
        )
    }

    def get_queryset(self) -> QuerySet[Department]:
        rows = access.departments_visible_to(self.request.user).order_by("name")
        if access.is_office(self.request.user) and self.wants("details"):
            return rows.select_related("leader_in_charge").prefetch_related("aliases")
        return rows

    def get(self, request: Request) -> Response:
        return self.list(request)


class RegimeList(ListModelMixin, GenericApiView):
    queryset = Regime.objects.none()
    serializer_class = RegimeSerializer
    pagination_class = Pages
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    query_parameters = PAGE_PARAMETERS
    tag = _("方案与单位")
    operations = {
        "GET": Operation(
            "regimes_list",
            _("查询督办制度"),
            _("各制度的节点、报送周期和延期规定；已交办的事项按交办时的条款执行。"),
        )
    }

    def get_queryset(self) -> QuerySet[Regime]:
        rows = access.regimes_visible_to(self.request.user).order_by("name")
        return rows.prefetch_related("nodes") if self.wants("nodes") else rows

    def get(self, request: Request) -> Response:
        return self.list(request)


class StageTemplateList(ListModelMixin, GenericApiView):
    queryset = StageTemplate.objects.none()
    serializer_class = StageTemplateSerializer
    pagination_class = Pages
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    query_parameters = PAGE_PARAMETERS
    tag = _("方案与单位")
    operations = {
        "GET": Operation("stage_templates_list", _("查询阶段模板"), _("安排阶段时选用；只有督查室可见。"))
    }

    def get_queryset(self) -> QuerySet[StageTemplate]:
        rows = access.stage_templates_visible_to(self.request.user).order_by("name")
        return rows.prefetch_related("stages") if self.wants("stages") else rows

    def get(self, request: Request) -> Response:
        return self.list(request)


class Me(GenericApiView):
    serializer_class = MeSerializer
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class: Any = None
    tag = _("我")
    operations = {
        "GET": Operation(
            "me_retrieve", _("我是谁"), _("当前令牌或会话所代表的用户、角色和单位；可用来检查令牌是否有效。")
        )
    }

    def get(self, request: Request) -> Response:
        return Response(self.get_serializer(request.user).data)
