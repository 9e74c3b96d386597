"""督办节点: the days by which a regime wants to hear of a measure; made when it is assigned, ticked off by its steps."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.measure import Measure
from tracker.models.people import Department
from tracker.rules.regimes import NODE_NAMES, NodeKind


class Checkpoint(models.Model):
    """One day of the regime for one measure; the final deadline stands in the measure itself, not here.

    `done_on` is the day on which it was met, early or late; None while it is open.
    """

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="checkpoints"
    )
    kind = models.CharField(
        _("节点"),
        max_length=15,
        choices=[(k, NODE_NAMES[k]) for k in NodeKind if k is not NodeKind.RESOLVE],
    )
    # Who owes it: after a transfer the former lead's days stay its own.
    department = models.ForeignKey(
        Department, verbose_name=_("责任单位"), on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(_("时限"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办节点")
        verbose_name_plural = _("督办节点")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "department", "kind", "due_on"], name="checkpoint_once"
            ),
        ]
        indexes = [
            # reminders.planning: WHERE done_on IS NULL AND kind = K AND due_on <= X
            models.Index(
                fields=["kind", "due_on"], condition=Q(done_on__isnull=True), name="checkpoint_open_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def late(self) -> bool:
        """Whether it was met after its day."""
        return self.done_on is not None and self.done_on > self.due_on


class Occurrence(models.Model):
    """周期任务: one period of a recurring measure with its own count target (每年筛选十大项目: 2026年, 10)."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="occurrences"
    )
    name = models.CharField(_("周期"), max_length=20)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    target = models.PositiveIntegerField(_("目标数"), null=True, blank=True)
    done = models.PositiveIntegerField(_("完成数"), default=0)

    class Meta:
        verbose_name = _("周期任务")
        verbose_name_plural = _("周期任务")
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "starts_on", "ends_on"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="occurrence_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}：{self.done}/{self.target if self.target is not None else '—'}"
