"""The measure: one promised thing with its lead, deadline, status and progress, and the query verbs every list uses."""

from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from tracker.models.dates import DaysBetween
from tracker.models.people import Department
from tracker.models.plan import Plan, PlanDocument, Section
from tracker.rules import targets
from tracker.rules.lifecycle import GRADE_NAMES, OPEN, OWED, STATUS_NAMES, Status
from tracker.rules.light import Light, Thresholds


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Verbs of the field as filters. `today` is passed in; nothing here reads a clock."""

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def owed(self) -> Self:
        """Those whose department still owes something (待签收, 办理中); matches the index measure_owed_due."""
        # In the order of the index: SQLite compares the two lists word for word.
        return self.filter(status__in=sorted(OWED))

    def judged(self, today: date) -> Self:
        """Annotates `judged_on`: rules.light.judged_on as SQL."""
        waiting = Q(status=Status.CLOSING, applied_on__isnull=False)
        day = Value(today, output_field=models.DateField())
        return self.annotate(
            judged_on=Case(
                When(waiting, then=Least(F("applied_on"), day)), default=day, output_field=models.DateField()
            )
        )

    def overdue(self, today: date) -> Self:
        """rules.light.is_overdue as a filter."""
        return self.open().filter(
            Q(status__in=OWED, due_on__lt=today)
            | Q(status=Status.CLOSING, due_on__lt=today, applied_on__gt=F("due_on"))
            | Q(status=Status.CLOSING, due_on__lt=today, applied_on__isnull=True)
        )

    def with_light(self, today: date, thresholds: Thresholds) -> Self:
        """Annotates `light` (rules.light.light as SQL; a test holds the two equal over every combination)."""
        judged = self.judged(today)
        # Whole numbers only: elapsed percent rounded down is what the Python rule computes, on every database.
        total = DaysBetween(F("due_on"), F("starts_on"))
        elapsed = DaysBetween(F("judged_on"), F("starts_on"))
        scheduled = Case(
            When(
                Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(judged_on__lte=F("starts_on")),
                then=Value(0),
            ),
            When(judged_on__gte=F("due_on"), then=Value(100)),
            default=elapsed * Value(100) / total,
            output_field=models.IntegerField(),
        )
        near = ~Q(status=Status.CLOSING) & Q(due_on__lte=thresholds.near_until)
        return judged.annotate(behind=scheduled - F("percent")).annotate(
            light=Case(
                When(status=Status.CLOSED, then=Value(Light.DONE.value)),
                When(~Q(status__in=OPEN), then=Value(Light.NONE.value)),
                When(
                    Q(judged_on__gt=F("due_on")) | Q(behind__gt=thresholds.red_behind),
                    then=Value(Light.RED.value),
                ),
                When(near | Q(behind__gte=thresholds.yellow_behind), then=Value(Light.YELLOW.value)),
                default=Value(Light.GREEN.value),
                output_field=models.CharField(),
            )
        )


class Measure(models.Model):
    """事项: written only by tracker/actions.py.

    `percent` is reported progress, percent 0–100. `due_on` is today's deadline (a date; None together with `standing` for
    长期坚持), `original_due_on` the first one, never overwritten. `version` grows by one with every event.
    """

    class Importance(models.TextChoices):
        ORDINARY = "ordinary", _("一般")
        MAJOR = "major", _("重大")

    class Cadence(models.TextChoices):
        NONE = "none", _("无")
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")
        QUARTERLY = "quarterly", _("每季度")
        YEARLY = "yearly", _("每年")

    plan = models.ForeignKey(Plan, verbose_name=_("方案"), on_delete=models.PROTECT, related_name="measures")
    section = models.ForeignKey(
        Section, verbose_name=_("部分"), on_delete=models.PROTECT, related_name="measures"
    )
    number = models.CharField(_("编号"), max_length=20)
    # "1.2" stands before "1.10": order by this, never by number.
    position = models.PositiveIntegerField(_("顺序"))
    marker = models.CharField(_("原编号"), max_length=20, blank=True)
    title = models.CharField(_("措施"), max_length=300)
    text = models.TextField(_("具体要求"))
    # What the document printed, while title and text may have been edited since: a later import compares with these and
    # finds the same words again over all plans without reading their texts.
    printed_title = models.CharField(_("原文标题"), max_length=300, editable=False)
    printed_hash = models.CharField(max_length=64, editable=False, db_index=True)

    # Provenance: where in which version of the text the measure stands (character offsets into document.text).
    document = models.ForeignKey(
        PlanDocument, verbose_name=_("原文"), on_delete=models.PROTECT, related_name="measures"
    )
    span_start = models.PositiveIntegerField(_("原文起点"))
    span_end = models.PositiveIntegerField(_("原文终点"))
    in_text = models.BooleanField(_("仍在现行文本中"), default=True)
    # What the last assignment sheet or the text said, field by field, resolved: a later import changes only what the
    # sheet itself changed, never what people decided since.
    imported_assignment = models.JSONField(_("导入的责任分解"), default=dict, blank=True, editable=False)

    lead = models.ForeignKey(
        Department,
        verbose_name=_("牵头单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="led_measures",
    )
    co_departments = models.ManyToManyField(
        Department, verbose_name=_("配合单位"), blank=True, related_name="assisted_measures"
    )
    importance = models.CharField(
        _("重要程度"), max_length=10, choices=Importance, default=Importance.ORDINARY
    )
    cadence = models.CharField(_("报送周期"), max_length=10, choices=Cadence, default=Cadence.NONE)
    recurrence = models.CharField(
        _("周期性任务"),
        max_length=10,
        choices=Cadence,
        default=Cadence.NONE,
        help_text=_("例如“每年筛选十大项目”。"),
    )
    recurrence_target = models.PositiveIntegerField(_("每期目标数"), null=True, blank=True)
    recurrence_unit = models.CharField(_("目标单位"), max_length=10, blank=True)
    remark = models.CharField(_("备注"), max_length=500, blank=True)

    starts_on = models.DateField(_("开始日期"), null=True, blank=True)
    due_on = models.DateField(_("完成时限"), null=True, blank=True)
    original_due_on = models.DateField(_("原定时限"), null=True, blank=True, editable=False)
    standing = models.BooleanField(_("长期坚持"), default=False, help_text=_("没有完成时限。"))

    status = models.CharField(
        _("状态"),
        max_length=12,
        choices=[(s.value, name) for s, name in STATUS_NAMES.items()],
        default=Status.DRAFT,
    )
    percent = models.PositiveSmallIntegerField(_("进度（%）"), default=0, validators=[MaxValueValidator(100)])
    grade = models.CharField(
        _("办结等次"), max_length=10, choices=[(g.value, name) for g, name in GRADE_NAMES.items()], blank=True
    )
    assigned_at = models.DateTimeField(_("交办时间"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    applied_on = models.DateField(_("申请办结日期"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版次"), default=0)
    updated_at = models.DateTimeField(_("更新时间"))

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("事项")
        verbose_name_plural = _("事项")
        ordering = ["plan", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="measure_percent_range"),
            models.CheckConstraint(condition=Q(span_start__lte=F("span_end")), name="measure_span_order"),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.CANCELLED]) | Q(lead__isnull=False),
                name="measure_assigned_has_lead",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.CANCELLED])
                | Q(standing=True, due_on__isnull=True)
                | Q(standing=False, due_on__isnull=False),
                name="measure_assigned_has_deadline_or_stands",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="measure_due_after_start",
            ),
        ]
        indexes = [
            # reminders.planning: WHERE status IN (待签收, 办理中) AND due_on <= X, in order of (due_on, id)
            models.Index(
                fields=["due_on", "id"], condition=Q(status__in=sorted(OWED)), name="measure_owed_due"
            ),
            # access.visible_to for a department, and the list filters by lead
            models.Index(fields=["lead", "status", "due_on"], name="measure_lead_status"),
            # the default order of every list; numbers alone would sort "1.10" before "1.2"
            models.Index(fields=["plan", "position", "id"], name="measure_order"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Indicator(models.Model):
    """指标: a quantified target of a measure. `target`, `baseline`, `current` are in `unit`."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="indicators"
    )
    name = models.CharField(_("指标"), max_length=100)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    comparison = models.CharField(
        _("要求"),
        max_length=2,
        choices=[(targets.Comparison.AT_LEAST, _("不低于")), (targets.Comparison.AT_MOST, _("不高于"))],
        default=targets.Comparison.AT_LEAST,
    )
    baseline = models.DecimalField(_("基数"), max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(_("目标"), max_digits=14, decimal_places=2)
    current = models.DecimalField(_("当前"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.as_target())

    def as_target(self) -> targets.Indicator:
        """Name, comparison, target, unit and baseline; its str() is the form an assignment sheet uses."""
        return targets.Indicator(
            name=self.name,
            comparison=targets.Comparison(self.comparison),
            target=self.target,
            unit=self.unit,
            baseline=self.baseline,
        )


class Milestone(models.Model):
    """节点: a staged date of a measure; the last is its deadline unless the text says otherwise."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="milestones"
    )
    due_on = models.DateField(_("时限"))
    text = models.CharField(_("内容"), max_length=300, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("节点")
        verbose_name_plural = _("节点")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"{self.due_on} {self.text}"


class ProgressReport(models.Model):
    """进展报告: what the lead department reported on one day. `percent` is 0–100."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="reports"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("报送单位"), on_delete=models.PROTECT, related_name="+"
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("报送人"), on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(_("报送时间"))
    percent = models.PositiveSmallIntegerField(_("进度（%）"))
    progress = models.TextField(_("进展情况"))
    problems = models.TextField(_("存在问题"), blank=True)
    next_steps = models.TextField(_("下一步措施"), blank=True)
    lowering_reason = models.CharField(_("进度下调原因"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("进展报告")
        verbose_name_plural = _("进展报告")
        ordering = ["-reported_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(percent__lte=100), name="report_percent_range")]

    def __str__(self) -> str:
        return f"{self.measure}（{self.percent}%）"
