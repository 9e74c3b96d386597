"""考核得分 in the admin: the departments whose score the person may see, each with its arithmetic, and the same as Excel."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.ledger import EXCEL
from tracker.admin.step_fields import Choice, day_field
from tracker.models import Plan, Regime
from tracker.reports import score_words
from tracker.reports.score_sheet import HANDED_OVER, write_scorecard
from tracker.reports.scorecard import Row, Scorecard, measures_behind, scorecard
from tracker.rules.lifecycle import GRADE_NAMES, Grade
from tracker.rules.periods import FIRST_YEAR, LAST_YEAR, Period, chosen_period, periods_before
from tracker.rules.scores import PART_NAMES, WEIGHED, Part
from tracker.rules.violations import InvalidInput


class PeriodForm(forms.Form):
    """What the card is about; read from the address. `cleaned_data["chosen"]` is the period."""

    period = forms.CharField(label=_("考核时段"), required=False)
    start = day_field(_("或：开始日期"))
    end = day_field(_("结束日期"))
    plan = forms.ModelChoiceField(
        Plan.objects.none(), label=_("方案"), required=False, empty_label=_("全部方案")
    )
    regime = forms.ModelChoiceField(
        Regime.objects.none(), label=_("督办制度"), required=False, empty_label=_("全部制度")
    )

    def __init__(self, request: HttpRequest) -> None:
        given = request.GET.dict()
        self.today = day_of(request).today
        if not any(given.get(name) for name in ("period", "start", "end")):
            given["period"] = str(self.today.year)
        super().__init__(given)
        offered = [(period.code, period.name) for period in periods_before(self.today)]
        code = given.get("period", "")
        if code and code not in dict(offered):
            offered.append((code, code))
        self.fields["period"].widget = Choice()
        self.fields["period"].widget.choices = [("", _("自选起止日期")), *offered]
        for name, rows in (
            ("plan", access.plans_visible_to(request.user)),
            ("regime", access.regimes_visible_to(request.user).order_by("name")),
        ):
            field: Any = self.fields[name]
            field.widget = Choice()
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        days = [cleaned.get("start"), cleaned.get("end")]
        for name, day in zip(("start", "end"), days, strict=True):
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("日期应在 2000 年到 2100 年之间。"))
        if self.errors:
            return cleaned
        # Two days win over the period, which the page always sends along.
        code = "" if any(days) else cleaned["period"]
        try:
            cleaned["chosen"] = chosen_period(code, start=days[0], end=days[1], today=self.today)
        except InvalidInput as refused:
            self.add_error(refused.field, refused.message)
        return cleaned


def scorecard_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The rows of a period, or the form with what is wrong with it."""
    form = PeriodForm(request)
    context: dict[str, Any] = {"title": _("考核得分"), "form": form}
    status = HTTPStatus.OK
    if form.is_valid():
        card = _card(request, form)
        context |= {
            "card": card,
            "scored": [_shown(row) for row in card.rows if row.score is not None],
            "unscored": [row.department for row in card.rows if row.score is None],
            "columns": [PART_NAMES[part] for part in WEIGHED],
            "query": _query(form),
        }
    else:
        status = HTTPStatus.BAD_REQUEST
    return _answer(request, site, "tracker/scorecard.html", status, **context)


def scorecard_department(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    """One department's arithmetic, part by part, with the measures behind each."""
    form = PeriodForm(request)
    department = access.departments_scored_for(request.user).filter(pk=pk).first()
    if department is None:
        raise Http404
    context: dict[str, Any] = {"title": department.name, "form": form, "department": department}
    if not form.is_valid():
        return _answer(request, site, "tracker/scorecard.html", HTTPStatus.BAD_REQUEST, **context)
    card = _card(request, form)
    row = card.row_of(pk)
    context |= {"card": card, "query": _query(form)}
    if row is not None and row.score is not None:
        measures = measures_behind(request.user, [row])
        context |= {
            "row": row,
            "score": score_words.score_words(row.score),
            "sum": score_words.sum_words(row.score),
            "summary": score_words.summary_words(row),
            "grades": [(GRADE_NAMES[Grade(grade)], n) for grade, n in sorted(row.grades.items())],
            "base": score_words.points_words(row.score.base).lstrip("+"),
            "cap": score_words.points_words(row.score.cap).lstrip("+"),
            "parts": [_part(part, row, measures) for part in Part if row.counts[part]],
            "left_out": score_words.LEFT_OUT,
        }
    return _answer(request, site, "tracker/scorecard_department.html", **context)


def scorecard_export(request: HttpRequest) -> HttpResponse:
    """The same rows with all their facts as .xlsx."""
    form = PeriodForm(request)
    if not form.is_valid():
        raise Http404
    card = _card(request, form)
    name = quote(f"考核得分{card.period.name}.xlsx")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
    }
    data = write_scorecard(card, measures_behind(request.user, card.rows))
    return HttpResponse(data, content_type=EXCEL, headers=headers)


def _card(request: HttpRequest, form: PeriodForm) -> Scorecard:
    chosen = form.cleaned_data
    period: Period = chosen["chosen"]
    return scorecard(request.user, period, today=form.today, plan=chosen["plan"], regime=chosen["regime"])


def _query(form: PeriodForm) -> str:
    """The form's answers as the query of a link."""
    chosen = form.cleaned_data
    period: Period = chosen["chosen"]
    given = {"period": period.code} if period.code else {"start": period.first, "end": period.last}
    given |= {name: chosen[name].pk for name in ("plan", "regime") if chosen[name] is not None}
    return "&".join(f"{name}={value}" for name, value in given.items())


def _shown(row: Row) -> dict[str, Any]:
    return {
        "department": row.department,
        "score": score_words.score_words(row.score),
        "led": row.led,
        "assisted": row.assisted,
        "counts": [row.counts[part] for part in WEIGHED],
        "overdue_days": row.overdue_days,
        "well_done": row.well_done,
        "closed": sum(row.grades.values()),
        "exempted": row.exempted,
    }


def _part(part: Part, row: Row, measures: dict[int, Any]) -> dict[str, Any]:
    assert row.score is not None
    return {
        "name": PART_NAMES[part],
        "rule": score_words.PART_RULES[part],
        "lines": [score_words.line_words(line) for line in row.score.lines if line.part is part],
        "count": row.counts[part],
        "facts": [
            {
                "measure": measures.get(item.measure),
                "url": reverse("admin:tracker_measure_change", args=[item.measure]),
                "unseen": HANDED_OVER,
                "words": score_words.fact_words(fact),
                "points": score_words.points_words(score_words.fact_points(item, fact)),
                "remarks": list(score_words.remarks(item)),
            }
            for item, fact in sorted(row.facts(part), key=lambda pair: (pair[1].on, pair[0].measure))
        ],
    }


def _answer(
    request: HttpRequest, site: AdminSite, template: str, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context}, status=status)
