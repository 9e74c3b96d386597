"""The append-only trace of every step: timeline, audit and source of "as of" statistics at once."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.models.measure import Measure
from tracker.models.people import Department
from tracker.rules.lifecycle import STATUS_NAMES, VERB_NAMES, Status, Verb


class AppendOnly(RuntimeError):
    """Somebody tried to change or delete an event."""


class EventQuerySet(models.QuerySet["MeasureEvent"]):
    def update(self, **kwargs: object) -> int:
        raise AppendOnly("measure events are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("measure events are never deleted")


class MeasureEvent(models.Model):
    """办理轨迹: one row a step; `version` is the measure's version after it, without gaps.

    `changes` maps a field's name to [before, after] in JSON values; replaying them gives the stored measure.
    """

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.PROTECT, related_name="events"
    )
    version = models.PositiveIntegerField(_("版次"))
    verb = models.CharField(
        _("步骤"), max_length=20, choices=[(v.value, name) for v, name in VERB_NAMES.items()]
    )
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("办理人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        Department, verbose_name=_("代表单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_status = models.CharField(
        _("原状态"), max_length=12, choices=[(s.value, n) for s, n in STATUS_NAMES.items()]
    )
    to_status = models.CharField(
        _("新状态"), max_length=12, choices=[(s.value, n) for s, n in STATUS_NAMES.items()]
    )
    note = models.TextField(_("说明"), blank=True)
    changes = models.JSONField(_("变动"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("办理轨迹")
        verbose_name_plural = _("办理轨迹")
        ordering = ["measure_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "version"], name="event_version_of_measure")
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}：{STATUS_NAMES[Status(self.from_status)]}→{STATUS_NAMES[Status(self.to_status)]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise AppendOnly("measure events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("measure events are never deleted")

    @property
    def verb_name(self) -> str:
        return VERB_NAMES[Verb(self.verb)]
