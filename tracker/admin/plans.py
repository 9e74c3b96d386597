"""Plans, sections and documents to read; they come from the imported text and change only with it."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tracker import access
from tracker.admin.base import ChoiceFilter, PageAdmin, ScopedAdmin
from tracker.admin.plan_page import plan_page
from tracker.models import Measure, Plan, PlanDocument, Section
from tracker.reports.source_excerpt import mark_spans


def _measures_link(request: HttpRequest, count: int, **filters: int) -> SafeString:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    url = reverse("admin:tracker_measure_changelist")
    return format_html(
        '<a class="link" href="{}?{}">{}</a>', url, query, _("%(count)d 项") % {"count": count}
    )


class _OfTheText(ScopedAdmin):
    """Plans and sections: each row says how many of its measures the person sees, and leads to them."""

    measures_key = ""

    def is_open_to(self, user: access.Someone) -> bool:
        return user.is_active and user.is_authenticated

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [*self.list_display, self._measures_column(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.fields, self._measures_column(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.fields, self._measures_column(request)]

    def _measures_column(self, request: HttpRequest) -> Any:
        column = getattr(request, "measures_column", None)
        if column is None:
            measures = access.visible_to(request.user).order_by()
            counts: dict[Any, int] = dict(measures.values_list(self.measures_key).annotate(n=Count("pk")))

            @display(description=_("事项"))
            def measures_link(row: Any) -> SafeString:
                return _measures_link(request, counts.get(row.pk, 0), **{self.measures_key: row.pk})

            request.measures_column = column = measures_link  # type: ignore[attr-defined]
        return column


@admin.register(Plan)
class PlanAdmin(PageAdmin, _OfTheText):
    list_display = ("title", "starts_on")
    search_fields = ("title",)
    ordering = ("-id",)
    fields = ("title", "starts_on")
    measures_key = "plan"

    def rows(self, user: access.Someone) -> QuerySet[Plan]:
        return access.plans_visible_to(user)

    def page(self, request: HttpRequest, plan: Plan) -> HttpResponse:
        """The plan to look at; its text changes only by importing."""
        return plan_page(request, plan, self.admin_site)


class PlanFilter(ChoiceFilter):
    title = _("方案")
    parameter_name = "plan"

    def options(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(access.plans_visible_to(request.user).values_list("pk", "title"))

    def narrow(self, request: HttpRequest, queryset: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        return queryset.filter(plan=chosen)


@admin.register(Section)
class SectionAdmin(_OfTheText):
    list_display = ("title", "above", "number", "plan")
    list_select_related = ("plan",)
    list_filter = (PlanFilter,)
    filter_names = ("plan",)
    search_fields = ("title",)
    ordering = ("plan", "number")
    fields = ("plan", "number", "above", "marker", "title", "intro")
    measures_key = "section"

    def rows(self, user: access.Someone) -> QuerySet[Section]:
        return access.sections_visible_to(user)


@admin.register(PlanDocument)
class PlanDocumentAdmin(PageAdmin):
    """Only for those who may read a plan's whole text."""

    list_display = ("name", "plan", "version", "imported_at", "imported_by")
    list_select_related = ("plan", "imported_by")
    list_filter = (PlanFilter,)
    filter_names = ("plan",)
    search_fields = ("name",)
    ordering = ("plan", "-version")

    def is_open_to(self, user: access.Someone) -> bool:
        return access.sees_whole_text(user)

    def rows(self, user: access.Someone) -> QuerySet[PlanDocument]:
        # The list never needs the text itself, which is long.
        return PlanDocument.objects.defer("text")

    def page(self, request: HttpRequest, document: PlanDocument) -> HttpResponse:
        """The whole text with every measure's sentences marked; each mark leads to its measure."""
        measures = {
            row.pk: row for row in access.visible_to(request.user).filter(document=document, by_hand=False)
        }
        spans = [(row.pk, row.span_start, row.span_end) for row in measures.values()]
        pieces = [
            {
                "text": piece.text,
                "measures": [measures[key] for key in piece.keys],
                "starts": [measures[key] for key in piece.starts],
            }
            for piece in mark_spans(document.text, spans)
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": document,
            "title": str(document),
            "document": document,
            "pieces": pieces,
            "measures": sorted(measures.values(), key=_position),
        }
        return TemplateResponse(request, "tracker/document.html", context)


def _position(measure: Measure) -> int:
    return measure.position
