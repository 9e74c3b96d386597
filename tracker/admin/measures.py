"""The list of measures and each measure's page; every change goes through the step forms, never a stock form."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tracker import access
from tracker.admin.badges import deadline_badge, light_badge, progress_bar, status_badge
from tracker.admin.base import PageAdmin, day_of
from tracker.admin.bulk import BULK_STEPS, bulk
from tracker.admin.measure_filters import MEASURE_FILTERS
from tracker.admin.measure_page import measure_page
from tracker.admin.measure_step import measure_step
from tracker.admin.registering import register
from tracker.admin.unsent import throw_draft_away, throw_file_away
from tracker.models import Department, DepartmentAlias, Measure, name_key
from tracker.models.measure import MeasureQuerySet
from tracker.reports.deadline_words import deadline_words


@admin.register(Measure)
class MeasureAdmin(PageAdmin):
    list_filter = MEASURE_FILTERS
    filter_names = tuple(item.parameter_name for item in MEASURE_FILTERS)
    # Only says that there is a search; what is searched stands in get_search_results.
    search_fields = ("title",)
    search_help_text = _("编号、措施、具体要求、单位名称或别名")
    ordering = ("plan", "position", "id")
    list_display_links = ("numbered", "title")
    # How many there are without the filters is no reason to count them all twice.
    show_full_result_count = False
    actions = tuple(BULK_STEPS)

    def is_open_to(self, user: access.Someone) -> bool:
        return user.is_active and user.is_authenticated

    def rows(self, user: access.Someone) -> MeasureQuerySet:
        return access.visible_to(user)

    def get_queryset(self, request: HttpRequest) -> MeasureQuerySet:
        day = day_of(request)
        rows = self.rows(request.user).with_light(day.today, day.thresholds)
        return rows.select_related("plan", "section", "lead").order_by(*self.ordering)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns: list[Any] = [
            "numbered",
            "title",
            "lead",
            self._deadline_column(request),
            "light",
            "state",
            "progress",
        ]
        return columns

    @display(description=_("编号"))
    def numbered(self, measure: Measure) -> str:
        return measure.number

    @display(description=_("亮灯"))
    def light(self, measure: Any) -> SafeString:
        return light_badge(measure.light)

    @display(description=_("状态"), ordering="status")
    def state(self, measure: Measure) -> SafeString:
        return status_badge(measure.status)

    @display(description=_("进度"), ordering="percent")
    def progress(self, measure: Measure) -> SafeString:
        return progress_bar(measure.percent)

    def _deadline_column(self, request: HttpRequest) -> Callable[[Measure], SafeString]:
        """Made for each request, because a column function is given the row alone and must not read the clock."""
        day = day_of(request)

        @display(description=_("完成时限"), ordering="due_on")
        def deadline(measure: Measure) -> SafeString:
            words = deadline_words(
                measure, today=day.today, calendar=day.calendar, near_until=day.thresholds.near_until
            )
            due = (
                format_html('<span class="due">{}</span> ', measure.due_on.isoformat())
                if measure.due_on
                else ""
            )
            return format_html("{}{}", due, deadline_badge(words))

        return deadline

    def get_search_results(
        self, request: HttpRequest, queryset: MeasureQuerySet, search_term: str
    ) -> tuple[MeasureQuerySet, bool]:
        """Every word must occur in number, title, text, or the name or an alias of the lead or a co-department."""
        for word in search_term.split():
            aliases = DepartmentAlias.objects.filter(key__icontains=name_key(word)).values("department")
            named = Department.objects.filter(Q(name__icontains=word) | Q(pk__in=aliases)).values("pk")
            assisted = Measure.co_departments.through.objects.filter(department__in=named).values("measure")
            queryset = queryset.filter(
                Q(number__istartswith=word)
                | Q(title__icontains=word)
                | Q(text__icontains=word)
                | Q(lead__in=named)
                | Q(pk__in=assisted)
            )
        return queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.is_office(request.user)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return register(request, self.admin_site)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if access.is_office(request.user) else {}

    @admin.action(description=BULK_STEPS["assign_selected"].title)
    def assign_selected(self, request: HttpRequest, queryset: MeasureQuerySet) -> HttpResponse | None:
        return bulk(request, BULK_STEPS["assign_selected"], queryset, self.admin_site)

    @admin.action(description=BULK_STEPS["extend_selected"].title)
    def extend_selected(self, request: HttpRequest, queryset: MeasureQuerySet) -> HttpResponse | None:
        return bulk(request, BULK_STEPS["extend_selected"], queryset, self.admin_site)

    @admin.action(description=BULK_STEPS["urge_selected"].title)
    def urge_selected(self, request: HttpRequest, queryset: MeasureQuerySet) -> HttpResponse | None:
        return bulk(request, BULK_STEPS["urge_selected"], queryset, self.admin_site)

    def get_urls(self) -> list[URLPattern]:
        address = "<int:object_id>/step/<slug:verb>/"
        step = path(
            address,
            self.admin_site.admin_view(self.step_view),
            name="tracker_measure_step",
        )
        row_step = path(
            f"{address}<int:row_id>/",
            self.admin_site.admin_view(self.step_view),
            name="tracker_measure_row_step",
        )
        throw_file = path(
            "<int:object_id>/files/<int:row_id>/delete/",
            self.admin_site.admin_view(self.throw_away_view),
            name="tracker_measure_file_delete",
        )
        throw_draft = path(
            "<int:object_id>/draft/delete/",
            self.admin_site.admin_view(self.throw_away_view),
            name="tracker_measure_draft_delete",
        )
        return [step, row_step, throw_file, throw_draft, *super().get_urls()]

    def page(self, request: HttpRequest, measure: Measure) -> HttpResponse:
        """The measure to read, with the buttons for what the person may do now."""
        return measure_page(request, measure, self.admin_site)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A measure's history is its timeline."""
        measure = self.get_object(request, object_id)
        if measure is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect(reverse("admin:tracker_measure_change", args=[measure.pk]) + "#timeline")

    def step_view(
        self, request: HttpRequest, object_id: int, verb: str, row_id: int | None = None
    ) -> HttpResponse:
        measure = self.get_object(request, str(object_id))
        if measure is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        return measure_step(request, measure, verb, self.admin_site, row_id=row_id)

    def throw_away_view(
        self, request: HttpRequest, object_id: int, row_id: int | None = None
    ) -> HttpResponse:
        """An uploaded file when `row_id` names one, else the draft."""
        measure = self.get_object(request, str(object_id))
        if measure is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if row_id is None:
            return throw_draft_away(request, measure, self.admin_site)
        return throw_file_away(request, measure, row_id, self.admin_site)
