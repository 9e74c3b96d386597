"""Reminders: one row a notice, ledger and queue at once; the database decides, Celery only carries."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.measure import Measure
from tracker.models.people import Department
from tracker.models.reminder_rule import ReminderRule
from tracker.rules.lifecycle import PARTY_NAMES, Party
from tracker.rules.reminder_kinds import KINDS, NoticeKind
from tracker.rules.reminder_schedule import LEVEL_NAMES

KIND_CHOICES = [(kind.value, facts.name) for kind, facts in KINDS.items()]
PARTY_CHOICES = [
    (party.value, PARTY_NAMES[party]) for party in (Party.LEAD, Party.CO, Party.LEADER, Party.OFFICE)
]
LEVEL_CHOICES = [(level.value, name) for level, name in LEVEL_NAMES.items() if level]


class Reminder(models.Model):
    """催办提醒: one notice of one measure to one recipient; written only by tracker/reminders.

    The unique constraint is the idempotency key: the same thing is never planned twice. It names a notice by the day on
    which it was first due to be said, which stays true when a rule or the calendar is edited. `batch` names the
    digest the row was last sent in and stays, so that the same rows sent again carry the same Message-ID. An
    empty `recipient` is a gap: the notice was due and nobody could be reached; it stands as failed, so that
    somebody sees it.
    """

    Kind = NoticeKind

    class Channel(models.TextChoices):
        EMAIL = "email", _("邮件")
        WECOM = "wecom", _("企业微信")
        DINGTALK = "dingtalk", _("钉钉")
        FEISHU = "feishu", _("飞书")
        WEBHOOK = "webhook", _("回调")

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
        DROPPED = "dropped", _("情况已变")
        # Called off by a person; not planned again for the same occasion.
        CANCELLED = "cancelled", _("人工取消")

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="reminders"
    )
    # By which rule; its kind stays with the row, whatever becomes of the rule.
    rule = models.ForeignKey(
        ReminderRule,
        verbose_name=_("规则"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reminders",
    )
    kind = models.CharField(_("类别"), max_length=24, choices=KIND_CHOICES)
    level = models.CharField(_("颜色"), max_length=10, blank=True, choices=LEVEL_CHOICES)
    # Which checkpoint, milestone or application of the measure it is about; 0 for the measure itself.
    anchor = models.BigIntegerField(default=0, editable=False)
    # The day on which this notice was first due to be said; all its recipients' rows carry the same.
    step_on = models.DateField(_("本次提醒日期"), editable=False)
    # How many notices of this rule had reached somebody on this matter before it; people are shown one more.
    occurrence = models.PositiveIntegerField(_("第几次"))
    # The day that the notice counts from or to, as the kind says.
    due_on = models.DateField(_("时限"))
    channel = models.CharField(_("方式"), max_length=10, choices=Channel, default=Channel.EMAIL)
    # An address, or channel:id of an endpoint.
    recipient = models.CharField(_("收件人"), max_length=254, blank=True)
    # In which capacity the recipient is told, and for which department.
    party = models.CharField(
        _("收件身份"),
        max_length=10,
        choices=PARTY_CHOICES,
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
    failed_at = models.DateTimeField(_("失败时间"), null=True, blank=True)
    error = models.TextField(_("错误"), blank=True)

    class Meta:
        verbose_name = _("催办提醒")
        verbose_name_plural = _("催办提醒")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "rule", "anchor", "due_on", "step_on", "recipient"],
                name="reminder_once",
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
            # reminders.planning and the admin: WHERE state = failed AND recipient = '' (nobody could be told)
            models.Index(
                fields=["department"], condition=Q(state="failed", recipient=""), name="reminder_gap"
            ),
            # reminders.bounce_mail: WHERE state = sent AND message_id = that of a mail that came back
            models.Index(fields=["message_id"], condition=Q(state="sent"), name="reminder_message"),
            # reminders.health and the queue page: WHERE state = failed, by the moment of the failure
            models.Index(fields=["failed_at"], condition=Q(state="failed"), name="reminder_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.measure} → {self.recipient_name}"

    @property
    def recipient_name(self) -> str:
        """The address; of a group or callback the name that the office gave it, where the query brought it as `endpoint`."""
        return getattr(self, "endpoint", "") or self.recipient or str(_("（无收件人）"))


class SheetNumber(models.Model):
    """催办单编号: which number of a year (催〔2026〕1号) the sheet of a notice has, whoever gets it and however often it is sent.

    Kept when measure or rule is gone: a number is given once.
    """

    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveBigIntegerField(_("编号"))
    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    rule = models.ForeignKey(ReminderRule, null=True, on_delete=models.SET_NULL, related_name="+")
    anchor = models.BigIntegerField(default=0)
    due_on = models.DateField(_("时限"))
    step_on = models.DateField(_("本次提醒日期"))

    class Meta:
        verbose_name = _("催办单编号")
        verbose_name_plural = _("催办单编号")
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="sheet_number_once"),
            models.UniqueConstraint(
                fields=["measure", "rule", "anchor", "due_on", "step_on"], name="sheet_once"
            ),
        ]

    def __str__(self) -> str:
        return str(_("催〔%(year)d〕%(number)d号")) % {"year": self.year, "number": self.number}


class InboxNotice(models.Model):
    """站内消息: one notice for one user, delivered by being written; unread until `read_at`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("用户"),
        on_delete=models.CASCADE,
        related_name="inbox_notices",
    )
    rule = models.ForeignKey(ReminderRule, null=True, on_delete=models.SET_NULL, related_name="+")
    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="inbox_notices"
    )
    kind = models.CharField(_("类别"), max_length=24, choices=KIND_CHOICES)
    level = models.CharField(_("颜色"), max_length=10, blank=True, choices=LEVEL_CHOICES)
    anchor = models.BigIntegerField(default=0, editable=False)
    due_on = models.DateField(_("时限"))
    step_on = models.DateField(_("本次提醒日期"), editable=False)
    occurrence = models.PositiveIntegerField(_("第几次"))
    # In which capacity the user is told, and for which department.
    party = models.CharField(max_length=10, choices=PARTY_CHOICES, default=Party.LEAD.value, editable=False)
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="inbox_notices",
        editable=False,
    )
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    # Not read by then, and no longer true: out of sight, unless it becomes true again.
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True, editable=False)
    # Not read by then, and a later notice of the same matter stands for it: out of sight for good, on record.
    replaced_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("站内消息")
        verbose_name_plural = _("站内消息")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "rule", "anchor", "due_on", "step_on", "user"], name="inbox_once"
            )
        ]
        indexes = [
            # the unread count in every page's header; reminders.planning, which withdraws what is no longer true
            models.Index(
                fields=["user"],
                condition=Q(read_at__isnull=True, withdrawn_at__isnull=True, replaced_at__isnull=True),
                name="inbox_unread",
            ),
            models.Index(fields=["user", "-created_at"], name="inbox_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.measure}"
