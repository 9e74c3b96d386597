"""阶段模板: named stages that a measure moves through (三个一批: 签约→开工→投产), as rows the office keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StageTemplate(models.Model):
    """阶段模板: applied to a measure, each stage becomes a milestone with a planned and an actual date."""

    name = models.CharField(_("名称"), max_length=60, unique=True)
    note = models.TextField(_("说明"), blank=True)
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("阶段模板")
        verbose_name_plural = _("阶段模板")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateStage(models.Model):
    """阶段: `share` is its planned place in the schedule, percent of the time from start to deadline (100 the deadline)."""

    template = models.ForeignKey(
        StageTemplate, verbose_name=_("阶段模板"), on_delete=models.CASCADE, related_name="stages"
    )
    position = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("阶段"), max_length=60)
    share = models.PositiveSmallIntegerField(
        _("计划进度（%）"), help_text=_("从开始到时限之间的位置，100 为时限当天。")
    )

    class Meta:
        verbose_name = _("阶段")
        verbose_name_plural = _("阶段")
        ordering = ["template", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["template", "name"], name="stage_once_in_template"),
            models.CheckConstraint(condition=models.Q(share__lte=100), name="stage_share_range"),
        ]

    def __str__(self) -> str:
        return self.name
