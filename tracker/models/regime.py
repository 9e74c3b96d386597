"""督办制度 as rows: 13710, 710 and the office's own, editable without touching what was assigned under them before."""

import hashlib
import json

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.rules.regimes import NODE_NAMES, Cadence, DayKind, Decider, Node, NodeKind, Scores, Terms, Unit

CADENCE_NAMES = [
    (Cadence.NONE, _("无")),
    (Cadence.WEEKLY, _("每周")),
    (Cadence.MONTHLY, _("每月")),
    (Cadence.QUARTERLY, _("每季度")),
    (Cadence.YEARLY, _("每年")),
]


def _points(name: object, default: float) -> "models.FloatField[float, float]":
    return models.FloatField(name, default=default)  # type: ignore[arg-type]


class Regime(models.Model):
    """督办制度: the working copy that 督查室 edits; a measure keeps the edition it was assigned under."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    note = models.TextField(_("说明"), blank=True)
    active = models.BooleanField(_("在用"), default=True)
    is_default = models.BooleanField(
        _("默认"), default=False, help_text=_("交办时没有另选制度的，按它计算。")
    )
    day_kind = models.CharField(
        _("天数"),
        max_length=10,
        choices=[(DayKind.CALENDAR, _("自然日")), (DayKind.WORKDAYS, _("工作日"))],
        default=DayKind.CALENDAR,
    )
    cadence = models.CharField(_("报送周期"), max_length=10, choices=CADENCE_NAMES, default=Cadence.NONE)
    cadence_day = models.PositiveSmallIntegerField(
        _("报送日"),
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("每月几日；每季度、每年为最后一个月的几日；每周为星期几（1–7）。"),
    )
    objection_days = models.PositiveSmallIntegerField(
        _("提出异议期限（工作日）"), default=3, validators=[MaxValueValidator(60)]
    )
    extension_days_ahead = models.PositiveSmallIntegerField(
        _("延期须提前天数"),
        default=0,
        help_text=_("0 为到期前均可；晚于期限的申请仍可提出，标记为逾期申请。"),
    )
    extension_max = models.PositiveSmallIntegerField(
        _("最多延期次数"), null=True, blank=True, help_text=_("不填则不限。")
    )
    extension_decider = models.CharField(
        _("延期由谁批准"),
        max_length=10,
        choices=[(Decider.OFFICE, _("督查室")), (Decider.LEADER, _("牵头单位的分管领导"))],
        default=Decider.OFFICE,
    )
    yellow_behind = models.PositiveSmallIntegerField(
        _("黄灯：落后序时进度（百分点）"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("不填则用系统设置。"),
    )
    red_behind = models.PositiveSmallIntegerField(
        _("红灯：落后超过（百分点）"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    near_workdays = models.PositiveSmallIntegerField(
        _("黄灯：距时限（工作日）"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    score_base = _points(_("基础分"), 80)
    score_cap = _points(_("最高分"), 100)
    score_on_time = _points(_("按期办结"), 1)
    score_late = _points(_("逾期"), -1)
    score_returned = _points(_("退回一次"), -2)
    score_yellow = _points(_("黄灯"), -1)
    score_red = _points(_("红灯"), -2)
    score_late_report = _points(_("迟报一次"), -0.1)
    score_missing_report = _points(_("漏报一次"), -0.5)
    score_co_share = _points(_("配合单位计分比例"), 0.5)
    score_by_original = models.BooleanField(
        _("按原定时限计分"), default=False, help_text=_("延期后仍以最初的时限判断是否逾期。")
    )

    class Meta:
        verbose_name = _("督办制度")
        verbose_name_plural = _("督办制度")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="regime_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def terms(self) -> Terms:
        """What the regime says now; reads its nodes."""
        return Terms(
            nodes=tuple(
                Node(NodeKind(n.kind), n.amount, Unit(n.unit), n.importance)
                for n in self.nodes.order_by("id")
            ),
            day_kind=DayKind(self.day_kind),
            cadence=Cadence(self.cadence),
            cadence_day=self.cadence_day,
            objection_days=self.objection_days,
            extension_days_ahead=self.extension_days_ahead,
            extension_max=self.extension_max,
            extension_decider=Decider(self.extension_decider),
            yellow_behind=self.yellow_behind,
            red_behind=self.red_behind,
            near_workdays=self.near_workdays,
            scores=Scores(
                base=self.score_base,
                cap=self.score_cap,
                on_time=self.score_on_time,
                late=self.score_late,
                returned=self.score_returned,
                yellow=self.score_yellow,
                red=self.score_red,
                late_report=self.score_late_report,
                missing_report=self.score_missing_report,
                co_share=self.score_co_share,
                by_original=self.score_by_original,
            ),
        )

    def edition(self) -> "RegimeEdition":
        """The edition that says what the regime says now; made on first use, found again by its words."""
        words, digest = self._words()
        found, _made = RegimeEdition.objects.get_or_create(
            regime=self, digest=digest, defaults={"terms_json": json.loads(words)}
        )
        return found

    def digest(self) -> str:
        """SHA-256 of what the regime says now: that of its present edition, whether or not one was made yet."""
        return self._words()[1]

    def _words(self) -> tuple[str, str]:
        words = json.dumps(self.terms().to_json(), sort_keys=True, ensure_ascii=False)
        return words, hashlib.sha256(words.encode()).hexdigest()


class RegimeNode(models.Model):
    """制度节点: within so many days or months of the assignment something is due."""

    regime = models.ForeignKey(
        Regime, verbose_name=_("督办制度"), on_delete=models.CASCADE, related_name="nodes"
    )
    kind = models.CharField(
        _("节点"),
        max_length=15,
        choices=[(k, NODE_NAMES[k]) for k in NodeKind if k is not NodeKind.PERIOD_REPORT],
    )
    # The values of Measure.Importance; blank for all. A node of its own importance wins.
    importance = models.CharField(
        _("适用"),
        max_length=10,
        blank=True,
        choices=[("", _("全部事项")), ("ordinary", _("一般事项")), ("major", _("重大事项"))],
    )
    amount = models.PositiveSmallIntegerField(
        _("期限"), validators=[MaxValueValidator(366)], help_text=_("交办后几天或几个月内；0 为当天。")
    )
    unit = models.CharField(
        _("计量"), max_length=10, choices=[(Unit.DAYS, _("天")), (Unit.MONTHS, _("个月"))], default=Unit.DAYS
    )

    class Meta:
        verbose_name = _("制度节点")
        verbose_name_plural = _("制度节点")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["regime", "kind", "importance"], name="regime_node_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}{self.get_unit_display()}"


class RegimeEdition(models.Model):
    """What a regime said when measures were assigned under it; never changed, so that editing a regime rewrites no past."""

    regime = models.ForeignKey(
        Regime, verbose_name=_("督办制度"), on_delete=models.PROTECT, related_name="editions"
    )
    digest = models.CharField(max_length=64)
    terms_json = models.JSONField(_("条款"))

    class Meta:
        verbose_name = _("制度版本")
        verbose_name_plural = _("制度版本")
        constraints = [
            models.UniqueConstraint(fields=["regime", "digest"], name="regime_edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.regime}（第{self.pk}号）"

    @property
    def terms(self) -> Terms:
        return Terms.from_json(self.terms_json)

    @property
    def has_own_light(self) -> bool:
        """Whether the regime says when a light turns yellow or red, instead of leaving it to the settings."""
        terms = self.terms
        return any(
            value is not None for value in (terms.yellow_behind, terms.red_behind, terms.near_workdays)
        )
