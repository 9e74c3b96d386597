"""Filters of the list of measures; each offers only what occurs among the measures that the person sees."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.admin.base import ChoiceFilter, day_of
from tracker.models import Department, Measure, User
from tracker.reports.todo import TODO, todos_of
from tracker.rules.lifecycle import STATUS_NAMES
from tracker.rules.light import LIGHT_NAMES

Options = list[tuple[Any, Any]]
Rows = Any  # a MeasureQuerySet with the light of each row


class PlanFilter(ChoiceFilter):
    title = _("方案")
    parameter_name = "plan"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        return list(access.plans_visible_to(request.user).values_list("pk", "title"))

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        return queryset.filter(plan=chosen)


class SectionFilter(ChoiceFilter):
    title = _("部分")
    parameter_name = "section"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        return [(section.pk, section) for section in access.sections_visible_to(request.user)]

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        return queryset.filter(section=chosen)


class LeadFilter(ChoiceFilter):
    title = _("牵头单位")
    parameter_name = "lead"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        seen = access.visible_to(request.user).order_by()
        if access.is_office(request.user):
            # One look into the index a department, however many measures it leads.
            leads = Department.objects.filter(Exists(seen.filter(lead=OuterRef("pk"))))
        else:
            # Distinct, or PostgreSQL goes through what each department leads.
            leads = Department.objects.filter(pk__in=seen.values("lead").distinct())
        return list(leads.values_list("pk", "name"))

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        return queryset.filter(lead=chosen)


class StatusFilter(ChoiceFilter):
    title = _("状态")
    parameter_name = "status"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        hidden = set() if access.is_office(request.user) else {"draft"}
        return [(status.value, name) for status, name in STATUS_NAMES.items() if status not in hidden]

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        return queryset.filter(status=chosen)


class LightFilter(ChoiceFilter):
    title = _("亮灯")
    parameter_name = "light"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        return [(light.value, name) for light, name in LIGHT_NAMES.items()]

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        return queryset.in_light(chosen)


class OverdueFilter(ChoiceFilter):
    title = _("是否逾期")
    parameter_name = "overdue"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        return [("yes", _("已逾期")), ("no", _("未逾期"))]

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        today = day_of(request).today
        if chosen == "yes":
            return queryset.overdue(today)
        # By number: what has no deadline is not overdue either, and no comparison with it is true or false.
        return queryset.exclude(pk__in=Measure.objects.overdue(today).order_by().values("pk"))


class ImportanceFilter(ChoiceFilter):
    title = _("重要程度")
    parameter_name = "importance"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        return list(Measure.Importance.choices)

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        return queryset.filter(importance=chosen)


class TodoFilter(ChoiceFilter):
    title = _("待办")
    parameter_name = "todo"

    def options(self, request: HttpRequest, model_admin: Any) -> Options:
        return [(key, todo.name) for key, todo in todos_of(request.user).items()]

    def narrow(self, request: HttpRequest, queryset: Rows, chosen: str) -> Rows:
        user = request.user
        assert isinstance(user, User), "the site lets nobody else in"
        return TODO[chosen].find(queryset, user, day_of(request))


MEASURE_FILTERS = (
    TodoFilter,
    PlanFilter,
    SectionFilter,
    LeadFilter,
    StatusFilter,
    LightFilter,
    OverdueFilter,
    ImportanceFilter,
)
