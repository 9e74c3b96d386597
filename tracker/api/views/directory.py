"""Reading plans, sections and departments, and who the caller is."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.api.base import GenericApiView
from tracker.api.filters import DepartmentFilter, SectionFilter
from tracker.api.operations import Operation
from tracker.api.pagination import PAGE_PARAMETERS, Pages
from tracker.api.serializers.directory import (
    DepartmentSerializer,
    MeSerializer,
    PlanSerializer,
    SectionSerializer,
)
from tracker.models import Department, Plan, Section


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
        if access.is_office(self.request.user):
            return rows.select_related("leader_in_charge").prefetch_related("aliases")
        return rows

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
