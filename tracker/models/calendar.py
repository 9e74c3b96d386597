"""Days off and make-up working days that the office enters itself; they win over the library's calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.rules.workdays import WorkCalendar


class CalendarDay(models.Model):
    """工作日历调整: one day whose kind the office states."""

    day = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("上班"), default=False)
    name = models.CharField(_("说明"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("工作日历调整")
        verbose_name_plural = _("工作日历调整")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {_('上班') if self.is_workday else _('休息')}"


def load_calendar() -> WorkCalendar:
    """The statutory calendar with the office's own days over it."""
    return WorkCalendar(dict(CalendarDay.objects.values_list("day", "is_workday")))
