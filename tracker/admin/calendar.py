"""Days off and make-up days as 督查室 enters them when the State Council announces them: one by one or as a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.actions.calendar import CalendarProposal, recount_working_days
from tracker.admin.base import ScopedAdmin, day_of
from tracker.admin.typed_text import OrdinaryModelForm
from tracker.admin.uploads import OfficeFileField
from tracker.importing import ImportRefused
from tracker.importing.calendar_days import import_days, propose_days
from tracker.models import CalendarDay, User, load_calendar
from tracker.plan_document import DocumentError
from tracker.plan_document.reading import decode
from tracker.reports.calendar_horizon import horizon
from tracker.rules.deadlines import FIRST_YEAR, LAST_YEAR
from tracker.rules.violations import RuleViolation


class CalendarForm(forms.Form):
    table = OfficeFileField(
        label=_("放假安排"),
        help_text=_("CSV 文件（UTF-8 或 GB18030），列为 日期、类型、说明，类型写 休 或 班。"),
    )


class DayForm(OrdinaryModelForm):
    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("日期应在%(first)d年至%(last)d年之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day


@admin.register(CalendarDay)
class CalendarDayAdmin(ScopedAdmin):
    form = DayForm
    list_display = ("day", "is_workday", "name")
    list_before_template = "tracker/calendar_head.html"
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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Above the list: how far the calendar is known, and what lies beyond."""
        day = day_of(request)
        known = horizon(access.visible_to(request.user), today=day.today, calendar=day.calendar)
        return super().changelist_view(request, {"horizon": known, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        with self._recounting(request):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        with self._recounting(request):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> None:
        with self._recounting(request):
            super().delete_queryset(request, queryset)

    @contextmanager
    def _recounting(self, request: HttpRequest) -> Iterator[None]:
        """Limits in working days follow the calendar in the same transaction, and the page says how many moved."""
        with transaction.atomic():
            before = load_calendar()
            yield
            moved = recount_working_days(before=before)
        self._tell_moved(request, moved)

    @staticmethod
    def _tell_moved(request: HttpRequest, moved: int) -> None:
        if moved:
            messages.info(
                request, _("%(count)d 个按工作日计算的督办节点已按新日历重新推算。") % {"count": moved}
            )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="tracker_calendarday_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET offers the upload; POST of a file shows the difference, POST of the confirmed text writes it."""
        if not self.is_open_to(request.user):
            raise PermissionDenied
        if request.method != "POST":
            return self._answer(request, form=CalendarForm())
        if "text" in request.POST:
            return self._write(request, request.POST["text"], request.POST.get("agreed", ""))
        form = CalendarForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
        table = form.cleaned_data["table"]
        data = table.read()
        try:
            proposal = propose_days(data, table.name)
            text, _encoding = decode(data, table.name)
        except ImportRefused as refused:
            return self._refuse(request, form, refused.reasons)
        except DocumentError as error:
            return self._refuse(request, form, [str(error)])
        return self._answer(request, form=form, proposal=proposal, text=text, name=table.name)

    def _write(self, request: HttpRequest, text: str, agreed: str) -> HttpResponse:
        """The text comes back from the page and is read anew: it is worth no more than an upload."""
        try:
            written = import_days(
                text.encode(), str(_("放假安排")), actor=cast(User, request.user), agreed=agreed
            )
        except ImportRefused as refused:
            return self._refuse(request, CalendarForm(), refused.reasons)
        except RuleViolation as violation:
            return self._refuse(request, CalendarForm(), [violation.message], HTTPStatus.CONFLICT)
        messages.success(
            request,
            _("已写入 %(count)d 天，另有 %(same)d 天不变。")
            % {"count": len(written.changes), "same": written.unchanged},
        )
        self._tell_moved(request, written.moved)
        return redirect("admin:tracker_calendarday_changelist")

    def _refuse(
        self,
        request: HttpRequest,
        form: CalendarForm,
        reasons: list[str],
        status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> HttpResponse:
        return self._answer(request, status, form=form, reasons=reasons)

    def _answer(
        self,
        request: HttpRequest,
        status: int = HTTPStatus.OK,
        *,
        form: CalendarForm,
        proposal: CalendarProposal | None = None,
        **context: Any,
    ) -> HttpResponse:
        context |= {"form": form, "proposal": proposal, "opts": self.opts, "title": _("导入放假安排")}
        return TemplateResponse(
            request,
            "tracker/calendar_import.html",
            {**self.admin_site.each_context(request), **context},
            status=status,
        )
