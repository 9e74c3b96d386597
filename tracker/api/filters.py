"""Query parameters of the lists: filters, search and order, over visible rows and fields only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import F, OrderBy, Q
from django.utils.translation import gettext_lazy as _

from tracker.api.fields import EARLIEST, LATEST
from tracker.models import Department, InboxNotice, Measure, Section
from tracker.models.measure import MeasureQuerySet
from tracker.reports.history import WAS
from tracker.rules.lifecycle import STATUS_NAMES
from tracker.rules.light import LIGHT_NAMES

_BIGGEST_ID = 2**63 - 1
# Each list is in the stated order; id last, so that pages never overlap.
ORDERS: dict[str, Sequence[str | OrderBy]] = {
    "position": ("plan", "position", "id"),
    "-position": ("-plan", "-position", "-id"),
    # Measures without a deadline come last either way, on every database.
    "due_on": (F("due_on").asc(nulls_last=True), "id"),
    "-due_on": (F("due_on").desc(nulls_last=True), "-id"),
    "updated_at": ("updated_at", "id"),
    "-updated_at": ("-updated_at", "-id"),
}

# The same as of a past day; when a row changed since is no order of then.
ORDERS_THEN: dict[str, Sequence[str | OrderBy]] = {
    **{name: ORDERS[name] for name in ("position", "-position")},
    "due_on": (F(f"{WAS}due_on").asc(nulls_last=True), "id"),
    "-due_on": (F(f"{WAS}due_on").desc(nulls_last=True), "-id"),
}
# Filters that ask for the state of then; plan, section and search ask for the measure as it is known today.
AS_OF_FIELDS = ("lead", "status", "importance", "due_after", "due_before")

ORDER_NAMES = [
    ("position", _("按方案中的顺序")),
    ("-position", _("按方案中的顺序，倒序")),
    ("due_on", _("按完成时限，早的在前")),
    ("-due_on", _("按完成时限，晚的在前")),
    ("updated_at", _("按更新时间，早的在前")),
    ("-updated_at", _("按更新时间，新的在前")),
]


class IdFilter(django_filters.NumberFilter):
    """A row's number; one that nobody has finds nothing."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=_BIGGEST_ID, **kwargs)

    def get_max_validator(self) -> None:
        return None


class DayField(forms.DateField):
    """A date within the years that supervision can mean."""

    default_error_messages = {"invalid": _("日期应写成 YYYY-MM-DD，在 2000 年到 2100 年之间。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "input_formats": ["%Y-%m-%d"]})

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class MomentField(forms.CharField):
    """A moment in ISO 8601 with its offset; without one there would be two answers."""

    message = _("时间应写成带时区的 ISO 8601 格式，例如 2026-03-10T10:00:00+08:00（网址中加号写作 %%2B）。")

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            # An unescaped plus sign arrives as a blank.
            moment = datetime.fromisoformat(text.replace(" ", "+"))
        except ValueError:
            raise forms.ValidationError(self.message, code="invalid") from None
        if moment.tzinfo is None or not EARLIEST.year <= moment.year <= LATEST.year:
            raise forms.ValidationError(self.message, code="invalid")
        return moment.astimezone(UTC)


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


class SeveralOf(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """One or several of the named values, separated by commas."""


class YesNoField(forms.NullBooleanField):
    """`true` or `false`."""

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]
        known = {None: None, "": None, "true": True, "false": False}
        if value not in known:
            raise forms.ValidationError(_("应为 true 或 false。"), code="invalid")
        return known[value]

    def validate(self, value: Any) -> None:
        """Nothing beyond to_python."""


class YesNoFilter(django_filters.BooleanFilter):
    field_class = YesNoField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput, **kwargs)


class CodeFilter(django_filters.ModelChoiceFilter):
    """A department by its code; the directory of departments is open, so an unknown code is an error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Department.objects.all(),
            to_field_name="code",
            error_messages={"invalid_choice": _("没有这个代码的单位。")},
            **kwargs,
        )

    def filter(self, qs: Any, value: Department | None) -> Any:
        """By number: a past lead (WAS) is a bare one."""
        return qs if value is None else qs.filter(**{self.field_name: value.pk})


class MeasureFilter(django_filters.FilterSet):
    """`today` is taken from the view, so that a whole answer is judged on one day."""

    plan = IdFilter(label=_("方案编号（id）"))
    section = IdFilter(label=_("部分编号（id）"))
    lead = CodeFilter(field_name="lead_id", label=_("牵头单位代码"))
    co = CodeFilter(field_name="co_departments", label=_("配合单位代码"))
    status = SeveralOf(
        choices=[(s.value, n) for s, n in STATUS_NAMES.items()], label=_("状态，可用逗号分隔多个")
    )
    light = SeveralOf(
        choices=[(x.value, n) for x, n in LIGHT_NAMES.items()],
        method="filter_light",
        label=_("亮灯，可用逗号分隔多个"),
    )
    importance = SeveralOf(choices=Measure.Importance.choices, label=_("重要程度，可用逗号分隔多个"))
    overdue = YesNoFilter(method="filter_overdue", label=_("是否逾期"))
    due_after = DayFilter(field_name="due_on", lookup_expr="gte", label=_("完成时限不早于这一天"))
    due_before = DayFilter(field_name="due_on", lookup_expr="lte", label=_("完成时限不晚于这一天"))
    changed_since = MomentFilter(
        field_name="updated_at",
        lookup_expr="gte",
        label=_("自此时刻（含）起有变动，须带时区，如 2026-03-10T10:00:00+08:00"),
    )
    search = django_filters.CharFilter(
        method="filter_search",
        max_length=100,
        label=_("在编号、措施和具体要求中查找，空格分隔的词须同时出现"),
    )
    ordering = django_filters.ChoiceFilter(
        choices=ORDER_NAMES,
        method="filter_ordering",
        label=_("排序，默认 position；按游标翻页时不可用"),
    )

    class Meta:
        model = Measure
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = WAS if self.view.as_of is not None else ""
        for name in AS_OF_FIELDS:
            self.filters[name].field_name = self.of + self.filters[name].field_name

    @property
    def view(self) -> Any:
        return self.request.parser_context["view"]

    def filter_overdue(self, measures: MeasureQuerySet, name: str, value: bool) -> MeasureQuerySet:
        overdue = measures.overdue(self.view.today, of=self.of)
        return overdue if value else measures.exclude(pk__in=overdue.order_by().values("pk"))

    def filter_light(self, measures: MeasureQuerySet, name: str, value: list[str] | None) -> MeasureQuerySet:
        return measures if value is None else measures.in_light(*value, of=self.of)

    def filter_search(self, measures: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        for word in value.split():
            measures = measures.filter(
                Q(number__icontains=word) | Q(title__icontains=word) | Q(text__icontains=word)
            )
        return measures

    def filter_ordering(self, measures: MeasureQuerySet, name: str, value: str) -> MeasureQuerySet:
        return measures.order_by(*(ORDERS_THEN if self.of else ORDERS)[value])


class SectionFilter(django_filters.FilterSet):
    plan = IdFilter(label=_("方案编号（id）"))

    class Meta:
        model = Section
        fields: list[str] = []


class DepartmentFilter(django_filters.FilterSet):
    kind = SeveralOf(choices=Department.Kind.choices, label=_("类型，可用逗号分隔多个"))
    search = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=80, label=_("名称包含")
    )

    class Meta:
        model = Department
        fields: list[str] = []


class NoticeFilter(django_filters.FilterSet):
    unread = YesNoFilter(
        field_name="seen_at", lookup_expr="isnull", label=_("true 只列未读的，false 只列已读的")
    )

    class Meta:
        model = InboxNotice
        fields: list[str] = []
