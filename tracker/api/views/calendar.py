"""The work calendar: everyone reads which days are worked and how far that is known, 督查室 enters what is announced."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.actions.calendar import CalendarProposal, DayRow, edition, enter_days, propose, remove_days
from tracker.api.base import ApiView
from tracker.api.conditions import UNREADABLE_CONDITION, versions_in
from tracker.api.fields import EARLIEST, LATEST, Day
from tracker.api.operations import Operation
from tracker.api.problems import Problem
from tracker.api.serializers.calendar import (
    CalendarDayInput,
    CalendarDaySerializer,
    CalendarInput,
    CalendarProposalSerializer,
    CalendarYearSerializer,
)
from tracker.models import User
from tracker.reports.calendar_year import calendar_day, calendar_year
from tracker.rules.violations import NotAllowed, Outdated

_DAY = OpenApiParameter("day", date, OpenApiParameter.PATH, description=_("日期，如 2027-02-14"))


class YearQuery(forms.Form):
    year = forms.IntegerField(required=False, min_value=EARLIEST.year, max_value=LATEST.year)


class CalendarView(ApiView):
    """Reads for everyone who has signed in; `editor` is asked before anything is written."""

    query_parameters = frozenset()
    tag = _("工作日历")
    # The ETag is the whole calendar's: one entry may decide whether a year is known.
    tagged = True

    def editor(self) -> User:
        """Who writes. Raises NotAllowed for whoever does not keep the calendar."""
        if not access.keeps_registers(self.request.user):
            raise NotAllowed("工作日历只能由督查室维护。")
        assert isinstance(self.request.user, User)
        return self.request.user

    def expected(self) -> str | None:
        """The edition that the caller says to have seen. Raises Outdated, Problem 400."""
        header = self.request.headers.get("If-Match")
        if header is None:
            return None
        versions = versions_in(header)
        if not versions:
            raise Problem(400, "invalid_if_match", UNREADABLE_CONDITION)
        if versions == ["*"]:
            return None
        now = edition()
        if now not in versions:
            raise Outdated("工作日历已被他人修改，请重新读取后再提交。")
        return now

    def given(self, input_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        if not isinstance(self.request.data, dict):
            raise Problem(400, "invalid_input", _("请求正文应为 JSON 对象。"))
        serializer = input_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def changed(self, found: CalendarProposal) -> Response:
        body = {
            "changes": found.changes,
            "unchanged": found.unchanged,
            "announced": found.announced,
            "provisional": [{"year": year, "missing_holidays": names} for year, names in found.provisional],
            "moved": found.moved,
        }
        return self.told(CalendarProposalSerializer(body).data)

    @staticmethod
    def told(data: Any) -> Response:
        return Response(data, headers={"ETag": f'"{edition()}"'})


class Calendar(CalendarView):
    query_parameters = frozenset({"year"})
    operations = {
        "GET": Operation(
            "calendar_retrieve",
            _("查询工作日历"),
            _(
                "一年中与平常的周一至周五不同的日子及其依据，以及该年放假安排是否已经公布；"
                "所有“工作日”都按此计算。答复的 ETag 是工作日历的版本，修改时可放在 If-Match 头中。"
            ),
            parameters=(
                OpenApiParameter(
                    "year",
                    {"type": "integer", "minimum": EARLIEST.year, "maximum": LATEST.year},
                    description=_("年份，默认今年。"),
                ),
            ),
        ),
        "POST": Operation(
            "calendar_enter",
            _("导入放假安排"),
            _(
                "督查室一次录入多天：已录入过的日子改为所给的内容，没有写到的日子保持不变；有一天不对，全部不写入。"
                "按工作日计算的督办节点随即重新推算（与在后台录入相同），完成时限不变。"
            ),
            CalendarInput,
        ),
    }

    def serializer_for(self, method: str) -> Any:
        return CalendarYearSerializer if method == "GET" else CalendarProposalSerializer

    def get(self, request: Request) -> Response:
        query = YearQuery(request.query_params)
        if not query.is_valid():
            raise translate_validation(query.errors)
        year = query.cleaned_data["year"] or self.today.year
        return self.told(CalendarYearSerializer(calendar_year(year)).data)

    def post(self, request: Request) -> Response:
        actor = self.editor()
        expected = self.expected()
        given = self.given(CalendarInput)
        rows = [
            DayRow(line, row["day"], row["is_workday"], row.get("name", ""))
            for line, row in enumerate(given["days"], start=1)
        ]
        if given.get("dry_run"):
            return self.changed(propose(rows))
        return self.changed(enter_days(rows, actor=actor, expected_edition=expected))


class CalendarOneDay(CalendarView):
    operations = {
        "GET": Operation(
            "calendar_day",
            _("查询某一天"),
            _("这一天是否上班，依据是什么，是否为暂估。"),
            parameters=(_DAY,),
        ),
        "PUT": Operation(
            "calendar_day_enter",
            _("录入一天"),
            _("督查室录入或更改一天；后果与导入放假安排相同。"),
            CalendarDayInput,
            parameters=(_DAY,),
        ),
        "DELETE": Operation(
            "calendar_day_remove",
            _("删除录入的一天"),
            _("督查室删除自己录入的一天，这一天恢复按放假安排或周一至周五计算；没有录入过的答复 404。"),
            parameters=(_DAY,),
        ),
    }

    def serializer_for(self, method: str) -> Any:
        return CalendarDaySerializer if method == "GET" else CalendarProposalSerializer

    def named(self) -> date:
        """The day in the address. Raises ValidationError."""
        try:
            return Day().run_validation(self.kwargs["day"])
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"day": error.detail}) from None

    def get(self, request: Request, day: str) -> Response:
        return self.told(CalendarDaySerializer(calendar_day(self.named())).data)

    def put(self, request: Request, day: str) -> Response:
        actor, expected, named = self.editor(), self.expected(), self.named()
        given = self.given(CalendarDayInput)
        row = DayRow(1, named, given["is_workday"], given.get("name", ""))
        return self.changed(enter_days([row], actor=actor, expected_edition=expected))

    def delete(self, request: Request, day: str) -> Response:
        actor, expected, named = self.editor(), self.expected(), self.named()
        return self.changed(remove_days([named], actor=actor, expected_edition=expected))
