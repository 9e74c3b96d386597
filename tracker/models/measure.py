"""The measure: one promised thing with its lead, deadline, status and progress, and the query verbs every list uses."""

from datetime import date
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from tracker.models.dates import DaysBetween
from tracker.models.people import Department
from tracker.models.plan import Plan, PlanDocument, Section
from tracker.models.regime import RegimeEdition
from tracker.rules import lengths, targets
from tracker.rules.lifecycle import GRADE_NAMES, OPEN, OWED, STATUS_NAMES, UNASSIGNED, Status
from tracker.rules.light import Light, Thresholds, light_of_settled


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Verbs of the field as filters. `today` is passed in; nothing here reads a clock."""

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def owed(self) -> Self:
        """Those whose department still owes something (待签收, 办理中); matches the index measure_owed_due."""
        # In the order of the index: SQLite compares the two lists word for word.
        return self.filter(status__in=sorted(OWED))

    def judged(self, today: date, *, of: str = "") -> Self:
        """Annotates `judged_on`: rules.light.judged_on as SQL.

        `of` here and below is what the names of the columns judged begin with: none for the stored state, reports.history.WAS
        for that of a past day.
        """
        waiting = Q(**{f"{of}status": Status.CLOSING, f"{of}applied_on__isnull": False})
        day = Value(today, output_field=models.DateField())
        return self.annotate(
            judged_on=Case(
                When(waiting, then=Least(F(f"{of}applied_on"), day)),
                default=day,
                output_field=models.DateField(),
            )
        )

    def overdue(self, today: date, *, of: str = "") -> Self:
        """rules.light.is_overdue as a filter."""
        return self.filter(overdue_on(today, of=of))

    def in_light(self, *lights: str, of: str = "") -> Self:
        """Those in one of these lights. The statuses that can be so are named too: a list of red ones then reads what is
        open by an index, instead of working out the light of all that was ever closed."""
        possible = {status for status in Status if status not in OPEN and light_of_settled(status) in lights}
        if set(lights) & {Light.RED, Light.YELLOW, Light.GREEN}:
            possible |= OPEN
        return self.filter(**{f"{of}status__in": sorted(possible)}, light__in=lights)

    def with_light(self, today: date, thresholds: Thresholds, *, of: str = "") -> Self:
        """Annotates `light` (rules.light.light as SQL; a test holds the two equal over every combination)."""
        judged = self.judged(today, of=of)
        starts_on, due_on = F(f"{of}starts_on"), F(f"{of}due_on")
        # Whole numbers only: elapsed percent rounded down is what the Python rule computes, on every database.
        total = DaysBetween(due_on, starts_on)
        elapsed = DaysBetween(F("judged_on"), starts_on)
        undated = Q(**{f"{of}starts_on__isnull": True}) | Q(**{f"{of}due_on__isnull": True})
        scheduled = Case(
            When(undated | Q(judged_on__lte=starts_on), then=Value(0)),
            When(judged_on__gte=due_on, then=Value(100)),
            default=elapsed * Value(100) / total,
            output_field=models.IntegerField(),
        )
        near = ~Q(**{f"{of}status": Status.CLOSING}) & Q(
            **{f"{of}due_on__lte": _threshold(thresholds, "near_until", of)}
        )
        return judged.annotate(behind=scheduled - F(f"{of}percent")).annotate(
            light=Case(
                When(Q(**{f"{of}status": Status.CLOSED}), then=Value(Light.DONE.value)),
                When(~Q(**{f"{of}status__in": OPEN}), then=Value(Light.NONE.value)),
                When(
                    Q(judged_on__gt=due_on) | Q(behind__gt=_threshold(thresholds, "red_behind", of)),
                    then=Value(Light.RED.value),
                ),
                When(
                    near | Q(behind__gte=_threshold(thresholds, "yellow_behind", of)),
                    then=Value(Light.YELLOW.value),
                ),
                default=Value(Light.GREEN.value),
                output_field=models.CharField(),
            )
        )


def overdue_on(today: date, *, of: str = "") -> Q:
    """rules.light.is_overdue as a condition, for filters and for counting."""
    late = Q(**{f"{of}due_on__lt": today})
    waiting = Q(**{f"{of}status": Status.CLOSING})
    applied_late = Q(**{f"{of}applied_on__gt": F(f"{of}due_on")}) | Q(**{f"{of}applied_on__isnull": True})
    owed = Q(**{f"{of}status__in": OWED})
    return late & (owed | (waiting & applied_late)) & Q(**{f"{of}status__in": OPEN})


def _threshold(thresholds: Thresholds, name: str, of: str) -> Any:
    """The value of one threshold for each row: that of its regime's edition, else the installation's."""
    default = getattr(thresholds, name)
    if not thresholds.own:
        return default
    field: models.Field[Any, Any] = models.DateField() if isinstance(default, date) else models.IntegerField()
    cases = [
        When(Q(**{f"{of}regime_edition_id": edition}), then=Value(getattr(own, name)))
        for edition, own in thresholds.own.items()
    ]
    return Case(*cases, default=Value(default), output_field=field)


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
    # Its index stands below, together with the status; so does that of `lead`.
    section = models.ForeignKey(
        Section, verbose_name=_("部分"), on_delete=models.PROTECT, related_name="measures", db_index=False
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
    # Entered by 督查室 itself: it never stood in a document, so no version of one drops it. Its span is empty.
    by_hand = models.BooleanField(_("督查室登记"), default=False, editable=False)
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
        db_index=False,
    )
    co_departments = models.ManyToManyField(
        Department, verbose_name=_("配合单位"), blank=True, related_name="assisted_measures"
    )
    importance = models.CharField(
        _("重要程度"), max_length=10, choices=Importance, default=Importance.ORDINARY
    )
    cadence = models.CharField(_("报送周期"), max_length=10, choices=Cadence, default=Cadence.NONE)
    # Of its own cadence alone; empty: the day of a regime with this cadence, else the usual one (actions.checkpoints.cadence_of).
    cadence_day = models.PositiveSmallIntegerField(
        _("报送日"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("每月几日；每季度、每年为最后一个月的几日；每周为星期几（1–7）。"),
    )
    recurrence = models.CharField(
        _("周期性任务"),
        max_length=10,
        choices=Cadence,
        default=Cadence.NONE,
        help_text=_("例如“每年筛选十大项目”。"),
    )
    recurrence_target = models.PositiveIntegerField(_("每期目标数"), null=True, blank=True)
    recurrence_unit = models.CharField(_("目标单位"), max_length=10, blank=True)
    # The plan's own words, not reckoned with: 每季度首月20日前, 每年6月底前、12月底前.
    recurrence_by = models.CharField(
        _("每期时限"),
        max_length=lengths.RECURRENCE_BY,
        blank=True,
        default="",
        help_text=_("每一期的具体日子，例如“每月5日前”。"),
    )
    remark = models.CharField(_("备注"), max_length=500, blank=True)
    # What the regime said when the measure was assigned; editing the regime leaves it as it was.
    regime_edition = models.ForeignKey(
        RegimeEdition,
        verbose_name=_("督办制度"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
    )
    # Kept here so that a list can say who may decide without looking at the regime.
    leader_extends = models.BooleanField(_("延期由分管领导批准"), default=False, editable=False)

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
    # The last day its department reported or asked for an extension: what a reminder's climbing waits for.
    answered_on = models.DateField(_("最近答复日期"), null=True, blank=True, editable=False)
    # Since when its present lead owes it without a break (handed over, resumed, returned): reminders count from here. `rested_on`:
    # the last day on which a step made it nobody's to do; what is undone on that very day has been no break.
    owed_since = models.DateField(_("催办起算日期"), null=True, blank=True, editable=False)
    rested_on = models.DateField(null=True, blank=True, editable=False)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    report_by = models.DateField(
        _("重报期限"), null=True, blank=True, help_text=_("退回后应当重新报送的日期。")
    )
    # The day on which 督查室 last urged by hand; empty again once the department has answered.
    urged_on = models.DateField(_("催办日期"), null=True, blank=True, editable=False)
    # What is told at once (actions.news): the versions by which it was last urged by hand (empty: by a release that kept none),
    # by which it was handed over and by which its deadline was moved last, each with its day; and whether the lead has shown
    # that it knows of the hand-over, which who assists may still have to hear.
    urged_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    lead_knows = models.BooleanField(default=False, editable=False)
    handed_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    handed_on = models.DateField(_("交办日期"), null=True, blank=True, editable=False)
    moved_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    moved_on = models.DateField(_("时限调整日期"), null=True, blank=True, editable=False)
    claim_until = models.DateField(_("揭榜截止"), null=True, blank=True)
    # The last day on which its lead may object to the assignment (rules.regimes.objection_until), of the clock's bookkeeping.
    object_until = models.DateField(_("异议截止"), null=True, blank=True, editable=False)
    # Whether something waits for a decision; the requests themselves are rows of their own.
    extension_pending = models.BooleanField(_("延期待批"), default=False, editable=False)
    objection_pending = models.BooleanField(_("异议待答"), default=False, editable=False)
    # Bookkeeping of the clock, no part of the replayable state: the last report day made, the next period to open.
    next_period_on = models.DateField(null=True, blank=True, editable=False)
    next_occurrence_on = models.DateField(null=True, blank=True, editable=False)
    # The days from which it is behind 序时进度 at the progress reported now (rules.light.turning_days); None: never.
    yellow_on = models.DateField(null=True, blank=True, editable=False)
    red_on = models.DateField(null=True, blank=True, editable=False)
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
                condition=Q(status__in=sorted(UNASSIGNED)) | Q(lead__isnull=False),
                name="measure_assigned_has_lead",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(UNASSIGNED))
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
            # the list sorted by deadline
            models.Index(fields=["due_on"], name="measure_due"),
            # access.visible_to for a department, and the list filters by lead
            models.Index(fields=["lead", "status", "due_on"], name="measure_lead_status"),
            # reports.overview: how the measures of each section stand, counted from the index alone
            models.Index(fields=["section", "status"], name="measure_section_status"),
            # actions.periods: what has no report day ahead, what begins a new period
            models.Index(
                fields=["next_period_on"],
                condition=Q(status__in=sorted(OWED), next_period_on__isnull=False),
                name="measure_next_period",
            ),
            models.Index(
                fields=["next_occurrence_on"],
                condition=Q(status__in=sorted(OWED), next_occurrence_on__isnull=False),
                name="measure_next_occurrence",
            ),
            # reminders.planning: returned and not reported again
            models.Index(
                fields=["report_by"],
                condition=Q(status__in=sorted(OWED), report_by__isnull=False),
                name="measure_report_by",
            ),
            # reminders.planning: behind 序时进度, by the day it turned
            models.Index(
                fields=["yellow_on"],
                condition=Q(status__in=sorted(OWED), yellow_on__isnull=False),
                name="measure_yellow",
            ),
            models.Index(
                fields=["red_on"],
                condition=Q(status__in=sorted(OWED), red_on__isnull=False),
                name="measure_red",
            ),
            # reminders.planning: applications that wait for a review
            models.Index(fields=["applied_on"], condition=Q(status=Status.CLOSING), name="measure_applied"),
            # reminders.planning between two whole plannings: WHERE updated_at >= the last one
            models.Index(fields=["updated_at"], name="measure_updated"),
            # reminders.subjects: urged by hand
            models.Index(
                fields=["urged_on"],
                condition=Q(status__in=sorted(OWED), urged_on__isnull=False),
                name="measure_urged",
            ),
            # reminders.subjects: handed over and not acknowledged, deadline moved, each in the last weeks
            models.Index(
                fields=["handed_on"],
                condition=Q(status__in=sorted(OWED), handed_on__isnull=False),
                name="measure_handed",
            ),
            models.Index(
                fields=["moved_on"],
                condition=Q(status__in=sorted(OPEN), moved_on__isnull=False),
                name="measure_moved",
            ),
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
    """节点: a staged date of a measure, read from its text or given by a stage template; the last is its deadline unless
    the text says otherwise. `due_on` is planned, `done_on` actual."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="milestones"
    )
    due_on = models.DateField(_("时限"))
    text = models.CharField(_("内容"), max_length=300, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    # Its place among the stages that it was arranged with: the template's number to a position. Kept here, since the
    # template may be renamed or deleted and another one put beside it (actions.milestones).
    stages = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("节点")
        verbose_name_plural = _("节点")
        ordering = ["due_on", "id"]
        indexes = [
            # reminders.planning: WHERE done_on IS NULL AND due_on <= X
            models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="milestone_open_due"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.text}".rstrip()
