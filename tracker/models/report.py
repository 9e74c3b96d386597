"""What departments report: progress in words and percent, period by period, with files as evidence."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.measure import Measure
from tracker.models.people import Department


class ReportFrozen(RuntimeError):
    """Somebody tried to change or delete an accepted report."""


class ProgressReport(models.Model):
    """进展报告: what a department reported on one day. `percent` is 0–100; None in an assisting department's part-report.

    A draft belongs to its department alone. An accepted report is never changed again.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已报送")
        ACCEPTED = "accepted", _("已采纳")
        RETURNED = "returned", _("已退回")
        # An application that no longer waits because the measure was suspended or given up.
        WITHDRAWN = "withdrawn", _("已撤回")

    class Kind(models.TextChoices):
        LEAD = "lead", _("牵头单位报告")
        PART = "part", _("配合单位报告")
        CLOSING = "closing", _("办结申请")

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="reports"
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.LEAD)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SUBMITTED)
    department = models.ForeignKey(
        Department, verbose_name=_("报送单位"), on_delete=models.PROTECT, related_name="+"
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("报送人"), on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(_("报送时间"))
    percent = models.PositiveSmallIntegerField(_("进度（%）"), null=True, blank=True)
    progress = models.TextField(_("进展情况"), blank=True)
    problems = models.TextField(_("存在问题"), blank=True)
    next_steps = models.TextField(_("下一步措施"), blank=True)
    lowering_reason = models.CharField(_("进度下调原因"), max_length=500, blank=True)
    # Pieces done in the running period of a recurring measure.
    count = models.PositiveIntegerField(_("本次完成数"), null=True, blank=True)
    # What a draft's form held beside the words: days of milestones, values of indicators, by field.
    draft_values = models.JSONField(default=dict, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审阅人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(_("审阅时间"), null=True, blank=True)
    review_note = models.TextField(_("审阅意见"), blank=True)
    resubmit_by = models.DateField(_("重报期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("进展报告")
        verbose_name_plural = _("进展报告")
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="report_percent_range"),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(progress=""), name="report_submitted_has_progress"
            ),
            models.UniqueConstraint(
                fields=["measure", "department"], condition=Q(state="draft"), name="report_one_draft"
            ),
        ]
        indexes = [
            # access.reports_to_review: what waits for 督查室
            models.Index(fields=["reported_at"], condition=Q(state="submitted"), name="report_unreviewed"),
            # reminders.subjects: part-reports that were returned to be made anew
            models.Index(
                fields=["resubmit_by"],
                condition=Q(kind="part", state="returned"),
                name="report_part_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}（{self.get_kind_display()}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_if_frozen(self) -> None:
        if (
            self.pk
            and ProgressReport.objects.filter(pk=self.pk, state=ProgressReport.State.ACCEPTED).exists()
        ):
            raise ReportFrozen("an accepted report is never changed")


def attachment_storage() -> FileSystemStorage:
    """Outside the web root: no address leads there, files go out only after tracker/access has been asked."""
    return FileSystemStorage(location=settings.ATTACHMENT_DIR, base_url=None)


class Attachment(models.Model):
    """附件: one file as evidence. Stored under its SHA-256, never under the name it came with; `size` in bytes.

    `report` None while it waits to be sent with a report, request or application of its department.
    """

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="attachments"
    )
    report = models.ForeignKey(
        ProgressReport,
        verbose_name=_("进展报告"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="attachments",
    )
    name = models.CharField(_("文件名"), max_length=150)
    file = models.FileField(_("文件"), storage=attachment_storage, max_length=120)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    department = models.ForeignKey(
        Department,
        verbose_name=_("上传单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "department", "sha256", "name"],
                condition=Q(report__isnull=True),
                name="attachment_waiting_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
