"""督办制度 as 督查室 keeps them: their nodes, days, lights and points, and whom an edit touches."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from tracker import access
from tracker.admin.base import ScopedAdmin
from tracker.admin.regime_apply import apply_page
from tracker.admin.typed_text import OrdinaryModelForm
from tracker.models import Regime, RegimeNode
from tracker.reports.regime_use import under_older_terms
from tracker.rules.period_days import wrong_day
from tracker.rules.regimes import Cadence

# Points that are given and points that are taken away, by the regime's field.
GIVEN = ("score_base", "score_cap", "score_on_time")
TAKEN = (
    "score_late",
    "score_returned",
    "score_yellow",
    "score_red",
    "score_late_report",
    "score_missing_report",
)
MOST_POINTS = 1000


class RegimeForm(OrdinaryModelForm):
    # What the regime said when the page was opened, so that a second editor overwrites nothing unseen.
    seen = forms.CharField(required=False, widget=forms.HiddenInput, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = self.instance.digest()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for check in (
            self._check_seen,
            self._check_default,
            self._check_cadence,
            self._check_light,
            self._check_scores,
        ):
            check(cleaned)
        return cleaned

    def _check_seen(self, cleaned: dict[str, Any]) -> None:
        if self.instance.pk and cleaned.get("seen") != Regime.objects.get(pk=self.instance.pk).digest():
            self.add_error(
                None, _("您打开本页之后，有人修改了这项制度，您的修改没有保存。请重新打开本页，核对后再改。")
            )

    def _check_default(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("is_default"):
            return
        other = Regime.objects.filter(is_default=True).exclude(pk=self.instance.pk).first()
        if other is not None:
            self.add_error(
                "is_default",
                _("只能有一个默认制度，现在是“%(other)s”，请先取消它的默认。") % {"other": other},
            )
        elif not cleaned.get("active"):
            self.add_error("is_default", _("停用的制度不能作为默认制度。"))

    def _check_cadence(self, cleaned: dict[str, Any]) -> None:
        day = cleaned.get("cadence_day")
        # How long a month may be the field says itself.
        if day is not None and cleaned.get("cadence") == Cadence.WEEKLY:
            wrong = wrong_day(Cadence.WEEKLY, day)
            if wrong is not None:
                self.add_error("cadence_day", wrong)

    def _check_light(self, cleaned: dict[str, Any]) -> None:
        """The thresholds as they will hold, with the installation's where the regime has none."""
        yellow, red = cleaned.get("yellow_behind"), cleaned.get("red_behind")
        if {"yellow_behind", "red_behind"} & set(self.errors) or (yellow is None and red is None):
            return
        yellow_used = settings.LIGHT_YELLOW_BEHIND_PERCENT if yellow is None else yellow
        red_used = settings.LIGHT_RED_BEHIND_PERCENT if red is None else red
        if yellow_used > red_used:
            self.add_error(
                "red_behind" if red is not None else "yellow_behind",
                _("黄灯（%(yellow)s）不能高于红灯（%(red)s）；不填的按系统设置计。")
                % {"yellow": yellow_used, "red": red_used},
            )

    def _check_scores(self, cleaned: dict[str, Any]) -> None:
        for name in (*GIVEN, *TAKEN):
            points = cleaned.get(name)
            if points is None:
                continue
            if abs(points) > MOST_POINTS:
                self.add_error(name, _("分值应在 -%(most)s 到 %(most)s 之间。") % {"most": MOST_POINTS})
            elif name in GIVEN and points < 0:
                self.add_error(name, _("应为 0 或正数。"))
            elif name in TAKEN and points > 0:
                self.add_error(name, _("扣分应为 0 或负数。"))
        base, cap, share = (cleaned.get(f"score_{name}") for name in ("base", "cap", "co_share"))
        if base is not None and cap is not None and base > cap:
            self.add_error("score_cap", _("最高分不能低于基础分。"))
        if share is not None and not 0 <= share <= 1:
            self.add_error("score_co_share", _("比例应在 0 到 1 之间。"))


class NodeFormSet(TabularInline.formset):
    def clean(self) -> None:
        """One node of a kind for each importance; the database says so too, but not in words."""
        super().clean()
        seen: set[tuple[str, str]] = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", {})
            if not row.get("kind") or row.get("DELETE"):
                continue
            key = (row["kind"], row.get("importance", ""))
            if key in seen:
                form.add_error("kind", _("同一节点对同一类事项只能有一行。"))
            seen.add(key)

    def validate_unique(self) -> None:
        """In clean(), with a sentence at the row itself."""


class KeptByOffice(TabularInline):
    """Rows on a register's page that 督查室 adds, changes and deletes with it."""

    form = OrdinaryModelForm
    extra = 0
    hide_title = True

    def _kept_by(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    has_view_permission = has_change_permission = has_delete_permission = _kept_by

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)


class NodeInline(KeptByOffice):
    model = RegimeNode
    formset = NodeFormSet
    fields = ("kind", "importance", "amount", "unit")
    verbose_name = _("节点")
    verbose_name_plural = _("节点：交办后多久应当完成")


@admin.register(Regime)
class RegimeAdmin(ScopedAdmin):
    form = RegimeForm
    inlines = (NodeInline,)
    list_display = ("name", "code", "day_kind", "cadence", "is_default", "active")
    search_fields = ("name", "code")
    search_help_text = _("名称或代码")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "code", "note", ("active", "is_default"), "seen")}),
        (
            _("天数与报送"),
            {
                "fields": (("day_kind", "objection_days"), ("cadence", "cadence_day")),
                "description": _("节点的天数按自然日或工作日计算；异议期限总按工作日。"),
            },
        ),
        (
            _("延期"),
            {"fields": (("extension_days_ahead", "extension_max"), "extension_decider")},
        ),
        (_("亮灯"), {"fields": (("yellow_behind", "red_behind"), "near_workdays")}),
        (
            _("考核计分"),
            {
                "fields": (
                    ("score_base", "score_cap"),
                    ("score_on_time", "score_late"),
                    ("score_yellow", "score_red"),
                    ("score_late_report", "score_missing_report"),
                    ("score_returned", "score_co_share"),
                    "score_by_original",
                ),
                "description": _("各地做法不一，以下均可修改；填 0 为不计。基础分和最高分取自默认制度。"),
            },
        ),
    )

    def is_open_to(self, user: access.Someone) -> bool:
        return access.keeps_registers(user)

    def rows(self, user: access.Someone) -> QuerySet[Regime]:
        return Regime.objects.all()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.keeps_registers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.keeps_registers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only one that nothing was ever assigned under; the others are put out of use."""
        if not isinstance(obj, Regime) or not access.keeps_registers(request.user):
            return False
        return not obj.is_default and not obj.editions.exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Regime | None = None) -> tuple[Any, ...]:
        """The code stays: other systems know the regime by it."""
        return ("code", self._older_column(request)) if obj is not None else ()

    def get_fieldsets(self, request: HttpRequest, obj: Regime | None = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if obj is None:
            return sets
        (name, first), *rest = sets
        return ((name, {**first, "fields": (*first["fields"], self._older_column(request))}), *rest)

    def _older_column(self, request: HttpRequest) -> Any:
        """How many running measures stand under older terms, with the way to change that; one for each request."""
        column = getattr(request, "older_column", None)
        if column is None:

            @display(description=_("仍按旧条款"))
            def older(regime: Regime) -> str:
                count = under_older_terms(request.user, regime).count()
                return _apply_link(regime, count) if count else str(_("没有正在办理的事项仍按旧条款办理。"))

            request.older_column = column = older  # type: ignore[attr-defined]
        return column

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Once the nodes are written too, says how many measures the edit did not touch and offers to touch them."""
        super().save_related(request, form, formsets, change)
        if not change:
            return
        regime: Regime = form.instance
        count = under_older_terms(request.user, regime).count()
        if not count:
            messages.info(request, _("没有正在办理的事项仍按旧条款办理。"))
            return
        messages.warning(
            request,
            format_html(
                "{} {}",
                _("修改只对以后交办的事项生效，%(count)d 项正在办理的事项仍按旧条款。") % {"count": count},
                _apply_link(regime, count),
            ),
        )

    def get_urls(self) -> list[URLPattern]:
        apply = path(
            "<int:object_id>/apply/",
            self.admin_site.admin_view(self.apply_view),
            name="tracker_regime_apply",
        )
        return [apply, *super().get_urls()]

    def apply_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        if not self.is_open_to(request.user):
            raise PermissionDenied
        regime = self.rows(request.user).filter(pk=object_id).first()
        if regime is None:
            raise Http404
        return apply_page(request, regime, self.admin_site)


def _apply_link(regime: Regime, count: int) -> SafeString:
    return format_html(
        '<a class="link" href="{}">{}</a>',
        reverse("admin:tracker_regime_apply", args=[regime.pk]),
        _("也用于正在办理的 %(count)d 项") % {"count": count},
    )
