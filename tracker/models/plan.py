"""What was promised: a plan, the documents it was read from, and its sections."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Plan(models.Model):
    """方案: one action plan under supervision; its documents are the versions of its text."""

    title = models.CharField(_("名称"), max_length=200)
    starts_on = models.DateField(_("起算日期"), help_text=_("相对时限（如“+30天”）从这一天起算。"))
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("方案")
        verbose_name_plural = _("方案")
        # No ordering of its own: rows that are ordered by their plan then need no join, and an index serves them.

    def __str__(self) -> str:
        return self.title


class PlanDocument(models.Model):
    """原文: one version of a plan's text, kept whole; measures point into it by character offsets."""

    plan = models.ForeignKey(Plan, verbose_name=_("方案"), on_delete=models.CASCADE, related_name="documents")
    version = models.PositiveIntegerField(_("版本"))
    name = models.CharField(_("文件名"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    encoding = models.CharField(_("编码"), max_length=20, blank=True)
    text = models.TextField(_("全文"))
    imported_at = models.DateTimeField(_("导入时间"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("导入人"), null=True, blank=True, on_delete=models.SET_NULL
    )
    # 不导入: what was read as a measure and a person left out (tracker/importing/left_out.py).
    left_out = models.JSONField(_("不导入的条目"), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("方案原文")
        verbose_name_plural = _("方案原文")
        ordering = ["plan", "-version"]
        constraints = [models.UniqueConstraint(fields=["plan", "version"], name="plan_document_version")]
        indexes = [models.Index(fields=["sha256"], name="plan_document_sha256")]

    def __str__(self) -> str:
        return f"{self.name}（第{self.version}版）"


class Section(models.Model):
    """部分: a numbered section of the action part, holding measures."""

    plan = models.ForeignKey(Plan, verbose_name=_("方案"), on_delete=models.CASCADE, related_name="sections")
    number = models.PositiveIntegerField(_("序号"))
    marker = models.CharField(_("原编号"), max_length=20, blank=True)
    title = models.CharField(_("标题"), max_length=300)
    # Where sections stand below chapters: 一、提升政务服务, several levels joined by ／.
    above = models.TextField(_("上级标题"), blank=True, default="")
    intro = models.TextField(_("导语"), blank=True)
    # A later version of the document may drop a section whose measures stay for the record.
    in_text = models.BooleanField(_("仍在现行文本中"), default=True)

    class Meta:
        verbose_name = _("部分")
        verbose_name_plural = _("部分")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], condition=models.Q(in_text=True), name="section_number_in_plan"
            )
        ]

    def __str__(self) -> str:
        # 附件1 2026年要点, 第二章 主要任务. As the parser does (tested equal), which no other process has to load for it.
        apart = self.title and self.marker[-1:].isalnum() and self.marker[:1] in "附第0123456789"
        own = f"{self.marker} {self.title}" if apart else f"{self.marker}{self.title}"
        return f"{self.above}／{own}" if self.above else own
