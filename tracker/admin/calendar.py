"""Days off and make-up days as 督查室 enters them when the State Council announces them."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.models import CalendarDay


@admin.register(CalendarDay)
class CalendarDayAdmin(ScopedAdmin):
    list_display = ("day", "is_workday", "name")
    date_hierarchy = "day"
    ordering = ("-day",)
    search_fields = ("name",)
    filter_names = ("day__year", "day__month", "day__day")

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[CalendarDay]:
        return CalendarDay.objects.all()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)
