"""督查室's look back: how every measure stood at the end of a past day, as its steps until then tell."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.figures import light_tiles, measure_rows, status_links
from tracker.admin.step_fields import Choice, day_field
from tracker.models import Department, Plan
from tracker.models.measure import MeasureQuerySet
from tracker.reports import history, overview
from tracker.reports.office_day import OfficeDay, office_day
from tracker.rules.lifecycle import STATUS_NAMES
from tracker.rules.light import LIGHT_NAMES

PER_PAGE = 50
# Earlier than anything that is supervised here; the API draws the same line.
FIRST_DAY = date(2000, 1, 1)
_ANY = [("", _("全部"))]


class AsOfForm(forms.Form):
    """The day asked about, and which of the measures; what is not given narrows nothing."""

    as_of = day_field(_("截至日期"), required=True)
    plan = forms.ModelChoiceField(
        label=_("方案"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("全部"),
        widget=UnfoldAdminSelectWidget,
    )
    lead = forms.ModelChoiceField(
        label=_("当时的牵头单位"),
        queryset=Department.objects.none(),
        required=False,
        empty_label="",
        widget=Choice,
    )
    status = forms.ChoiceField(
        label=_("当时的状态"),
        required=False,
        choices=[*_ANY, *((status.value, name) for status, name in STATUS_NAMES.items())],
        widget=UnfoldAdminSelectWidget,
    )
    light = forms.ChoiceField(
        label=_("当时的亮灯"),
        required=False,
        choices=[*_ANY, *((light.value, name) for light, name in LIGHT_NAMES.items())],
        widget=UnfoldAdminSelectWidget,
    )
    overdue = forms.ChoiceField(
        label=_("当时是否逾期"),
        required=False,
        choices=[*_ANY, ("yes", _("已逾期")), ("no", _("未逾期"))],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, data: Any, *, user: access.Someone, today: date) -> None:
        super().__init__(data)
        self.today = today
        for name, rows in (
            ("plan", access.plans_visible_to(user)),
            ("lead", access.departments_visible_to(user)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        self.fields["as_of"].widget.attrs |= {"min": FIRST_DAY.isoformat(), "max": today.isoformat()}

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > self.today:
            raise forms.ValidationError(_("不能是将来的日期。"))
        if day < FIRST_DAY:
            raise forms.ValidationError(_("日期不能早于%d年。") % FIRST_DAY.year)
        return day


def as_of(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Figures and list as of `as_of` (else the last month's end); 422 with what is wrong for a day that cannot be asked."""
    if not access.is_office(request.user):
        raise PermissionDenied
    today = day_of(request).today
    usual = _usual_days(today)
    asked = request.GET if "as_of" in request.GET else {**request.GET.dict(), "as_of": usual[0][1]}
    form = AsOfForm(asked, user=request.user, today=today)
    context: dict[str, Any] = {**site.each_context(request), "title": _("往日情况"), "form": form}
    context["usual_days"] = [{"name": name, "url": _address(as_of=day)} for name, day in usual]
    status = HTTPStatus.OK
    if form.is_valid():
        context |= _then(form.cleaned_data, request)
    else:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return TemplateResponse(request, "tracker/as_of.html", context, status=status)


def _then(asked: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The state of that day: `tiles` and `statuses` count all of the plan and lead asked for, `rows` is one page."""
    day = office_day(asked["as_of"])
    measures = history.as_of(access.visible_to(request.user), day.today)
    if asked["plan"] is not None:
        measures = measures.filter(plan=asked["plan"])
    if asked["lead"] is not None:
        measures = measures.filter(**{f"{history.WAS}lead_id": asked["lead"].pk})
    counts = overview.counted(measures, day, of=history.WAS)
    everywhere = {name: asked[name].pk for name in ("plan", "lead") if asked[name] is not None}

    def link(**narrowed: str) -> str:
        return _address(as_of=day.today, **everywhere, **narrowed)

    rows = _narrowed(measures, asked, day).order_by("plan", "position", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    shown = list(page.object_list)
    if shown:
        history.rewind(shown, day.today, day.thresholds)
    narrowed = {name: asked[name] for name in ("status", "light", "overdue") if asked[name]}
    return {
        "day": day.today,
        "tiles": light_tiles(counts, link),
        "statuses": status_links(counts, link),
        "total": counts.total,
        "page": page,
        "page_address": link(**narrowed),
        "rows": measure_rows(shown, day),
    }


def _narrowed(measures: MeasureQuerySet, asked: dict[str, Any], day: OfficeDay) -> MeasureQuerySet:
    if asked["status"]:
        measures = measures.filter(**{f"{history.WAS}status": asked["status"]})
    if asked["light"]:
        lit = measures.with_light(day.today, day.thresholds, of=history.WAS)
        measures = lit.filter(**{"light": asked["light"]})
    if asked["overdue"]:
        late = measures.overdue(day.today, of=history.WAS)
        if asked["overdue"] == "yes":
            return late
        measures = measures.exclude(pk__in=late.order_by().values("pk"))
    return measures


def _usual_days(today: date) -> list[tuple[Any, date]]:
    """The days that bulletins are written for, the first is shown when none is asked for."""
    month_end = today.replace(day=1) - timedelta(days=1)
    quarter_end = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return [
        (_("上月末"), month_end),
        (_("上季末"), quarter_end),
        (_("上年末"), date(today.year - 1, 12, 31)),
        (_("昨天"), today - timedelta(days=1)),
    ]


def _address(**query: Any) -> str:
    return f"{reverse('admin:as_of')}?{urlencode(query)}"
