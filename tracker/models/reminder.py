"""Reminders: one row a notice, ledger and queue at once; the database decides, Celery only carries."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.measure import Measure
from tracker.models.people import Department
from tracker.rules.lifecycle import PARTY_NAMES, Party
from tracker.rules.reminder_schedule import NoticeKind


class Reminder(models.Model):
    """催办提醒: one notice of one measure to one recipient; written only by tracker/reminders.

    The unique constraint is the idempotency key: the same thing is never planned twice. `batch` names the
    digest the row was first sent in and stays, so that a repeated sending carries the same Message-ID. An
    empty `recipient` is a gap: the notice was due and nobody could be reached; it stands as failed, so that
    somebody sees it.
    """

    class Kind(models.TextChoices):
        DUE_SOON = NoticeKind.DUE_SOON.value, _("即将到期")
        OVERDUE = NoticeKind.OVERDUE.value, _("已逾期")

    class State(models.TextChoices):
        PLANNED = "planned", _("待发送")
        CLAIMED = "claimed", _("发送中")
        SENT = "sent", _("已发送")
        # Refused for now; tried again from `not_before` until accepted or until a later notice takes its
        # place.
        RETRY = "retry", _("待重试")
        # Refused for good, or its text could not be made (see `error`). The next notice comes all the same.
        FAILED = "failed", _("失败")
        # No longer true when it was to be sent; planned again should it become true again.
        DROPPED = "dropped", _("已取消")

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="reminders"
    )
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    # Which repetition: 0 for a notice given once; for an overdue measure the step of its ladder.
    occurrence = models.PositiveIntegerField(_("第几次"))
    due_on = models.DateField(_("完成时限"))
    recipient = models.EmailField(_("收件人"), blank=True)
    # In which capacity the recipient is told, and for which department.
    party = models.CharField(
        _("收件身份"),
        max_length=10,
        choices=[(party.value, PARTY_NAMES[party]) for party in (Party.LEAD, Party.CO, Party.LEADER)],
        default=Party.LEAD.value,
    )
    department = models.ForeignKey(
        Department, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="reminders"
    )
    planned_on = models.DateField(_("计划日期"))
    state = models.CharField(_("发送状态"), max_length=10, choices=State, default=State.PLANNED)
    not_before = models.DateTimeField(_("最早发送时间"))
    claim = models.UUIDField(_("认领"), null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(_("认领时间"), null=True, blank=True)
    batch = models.UUIDField(_("批次"), null=True, blank=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=320, blank=True)
    attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    error = models.TextField(_("错误"), blank=True)

    class Meta:
        verbose_name = _("催办提醒")
        verbose_name_plural = _("催办提醒")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "kind", "occurrence", "recipient", "due_on"], name="reminder_once"
            )
        ]
        indexes = [
            # reminders.claiming: WHERE state IN (planned, retry) AND not_before <= now, by recipient
            models.Index(
                fields=["recipient", "not_before"],
                condition=Q(state__in=["planned", "retry"]),
                name="reminder_waiting",
            ),
            # reminders.claiming.sweep: WHERE state = claimed AND claimed_at < now - age
            models.Index(fields=["claimed_at"], condition=Q(state="claimed"), name="reminder_claimed"),
            # reminders.claiming: WHERE claim = ours, by the worker that holds it
            models.Index(fields=["claim"], condition=Q(state="claimed"), name="reminder_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.measure} → {self.recipient or _('（无收件人）')}"
