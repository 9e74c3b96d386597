"""A document on the import desk: uploaded, looked at and corrected by 督查室, until it is imported or thrown away."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.models.plan import Plan


class ImportDraft(models.Model):
    """待导入文件: a plan or an edited ledger as it came, how to read it, and what people decided over what was read.

    `decisions` maps a measure's number to the fields that people decided (tracker/importing/decisions.py): departments by
    code, dates in ISO form, milestones and indicators as lines. Once imported, `imported_into` names the plan and the draft is kept as a record.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("方案")
        LEDGER = "ledger", _("台账")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.PLAN)
    document_name = models.CharField(_("文件名"), max_length=255)
    document = models.BinaryField(_("文件"))
    sheet_name = models.CharField(_("责任分解表"), max_length=255, blank=True)
    sheet = models.BinaryField(_("责任分解表内容"), null=True)
    title = models.CharField(_("方案名称"), max_length=200, blank=True)
    starts_on = models.DateField(_("起算日期"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    part = models.CharField(_("任务部分"), max_length=100, blank=True)
    plan = models.ForeignKey(
        Plan,
        verbose_name=_("作为新版本导入到"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    as_new = models.BooleanField(_("作为新方案导入"), default=False)
    decisions = models.JSONField(_("确认的内容"), default=dict, blank=True)
    # Raised with every saving, so that of two people who correct the same draft the second is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(_("上传时间"))
    imported_into = models.ForeignKey(
        Plan, verbose_name=_("已导入"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    imported_at = models.DateTimeField(_("导入时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("待导入文件")
        verbose_name_plural = _("待导入文件")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title or self.document_name
