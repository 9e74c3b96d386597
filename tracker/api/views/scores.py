"""Reading the scores of departments over a period."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.api.base import ApiView
from tracker.api.fields import BIGGEST_ID
from tracker.api.filters import DayField
from tracker.api.operations import Operation
from tracker.api.serializers.scores import ScorecardSerializer
from tracker.models import Department, Measure, Regime
from tracker.reports.score_words import fact_points, fact_words
from tracker.reports.scorecard import Row, measures_behind, scorecard
from tracker.rules.lifecycle import GRADE_NAMES
from tracker.rules.periods import chosen_period
from tracker.rules.scores import PART_NAMES, Part
from tracker.rules.violations import InvalidInput


class ScorecardQuery(forms.Form):
    """The query string; `cleaned_data["chosen"]` is the period."""

    period = forms.CharField(required=False, max_length=20)
    start = DayField(required=False)
    end = DayField(required=False)
    plan = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)
    regime = forms.ModelChoiceField(
        Regime.objects.none(),
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": _("没有这个代码的督办制度。")},
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": _("没有这个代码的单位，或您无权查看其得分。")},
    )

    def __init__(self, request: Request, today: date) -> None:
        super().__init__(request.query_params)
        self.user, self.today = request.user, today
        regime, department = (self.fields[name] for name in ("regime", "department"))
        regime.queryset = access.regimes_visible_to(self.user)  # type: ignore[attr-defined]
        department.queryset = access.departments_scored_for(self.user)  # type: ignore[attr-defined]

    def clean_plan(self) -> Any:
        number = self.cleaned_data["plan"]
        if number is None:
            return None
        plan = access.plans_visible_to(self.user).filter(pk=number).first()
        if plan is None:
            raise forms.ValidationError(_("没有这个方案，或您无权查看。"), code="invalid_choice")
        return plan

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                given["chosen"] = chosen_period(
                    given["period"], start=given["start"], end=given["end"], today=self.today
                )
            except InvalidInput as refused:
                self.add_error(refused.field, forms.ValidationError(refused.message, code="invalid"))
        return given


class ScorecardView(ApiView):
    query_parameters = frozenset({"period", "start", "end", "plan", "regime", "department"})
    serializer_class = ScorecardSerializer
    tag = _("考核")
    operations = {
        "GET": Operation(
            "scorecard",
            _("查询考核得分"),
            _(
                "各单位在一个时段内的考核得分，按事项交办时督办制度规定的分值计算，由办理轨迹推得：过去的时段以后再查，结果相同。"
                "督查室看到全部单位，分管领导看到所分管的单位，部门只看到本单位。时段用 period，或用 start 和 end 给出起止日期；"
                "都不给时为今年。给出 department 时，另列出每一分的由来（facts）。"
            ),
            parameters=(
                OpenApiParameter("period", str, description=_("年、季度或月：2026、2026Q1、2026-03。")),
                OpenApiParameter(
                    "start", date, description=_("开始日期；与 end 一并给出，此时不给 period。")
                ),
                OpenApiParameter("end", date, description=_("结束日期，含当天。")),
                OpenApiParameter(
                    "plan",
                    {"type": "integer", "minimum": 1},
                    description=_("只计这个方案（id）的事项。"),
                ),
                OpenApiParameter("regime", str, description=_("只计按这个督办制度（代码）交办的事项。")),
                OpenApiParameter("department", str, description=_("只看这个单位（代码），并列出 facts。")),
            ),
        )
    }

    def get(self, request: Request) -> Response:
        query = ScorecardQuery(request, self.today)
        if not query.is_valid():
            raise translate_validation(query.errors)
        given = query.cleaned_data
        card = scorecard(
            request.user, given["chosen"], today=self.today, plan=given["plan"], regime=given["regime"]
        )
        rows, measures = list(card.rows), None
        if given["department"] is not None:
            rows = [row for row in rows if row.department == given["department"]]
            measures = measures_behind(request.user, rows)
        body = {
            "name": card.period.name,
            "first": card.period.first,
            "last": card.period.last,
            "as_of": card.until,
            "plan": None if card.plan is None else card.plan.pk,
            "regime": None if card.regime is None else card.regime.code,
            "results": [_shown(row, measures) for row in rows],
        }
        return Response(ScorecardSerializer(body).data)


def _shown(row: Row, measures: dict[int, Measure] | None) -> dict[str, Any]:
    score = row.score
    return {
        "department": row.department,
        "score": None if score is None else score.value,
        "base": None if score is None else score.base,
        "cap": None if score is None else score.cap,
        **{name: getattr(row, name) for name in ("led", "assisted", "exempted", "overdue_days")},
        "in_time": row.counts[Part.IN_TIME],
        "grades": {grade.value: row.grades[grade.value] for grade in GRADE_NAMES},
        "lines": [
            {
                "part": line.part.value,
                "name": PART_NAMES[line.part],
                "role": line.role.value,
                "each": line.each,
                "count": line.count,
                "points": line.points,
                "exempted": line.exempted,
            }
            for line in (() if score is None else score.lines)
        ],
        "facts": None if measures is None else list(_facts(row, measures)),
    }


def _facts(row: Row, measures: dict[int, Measure]) -> list[dict[str, Any]]:
    return [
        {
            "measure": item.measure if item.measure in measures else None,
            "role": item.judged.role.value,
            "part": fact.part.value,
            "kind": None if fact.kind is None else fact.kind.value,
            "on": fact.on,
            "days": fact.days,
            "points": fact_points(item, fact),
            "exempt": item.judged.exempt,
            "words": fact_words(fact),
        }
        for item in row.items
        for fact in item.judged.facts
    ]
