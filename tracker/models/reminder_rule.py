"""What the office decides about reminding: the rules, the hours, the ways, the wording, and who wants to hear less."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.people import Department
from tracker.rules import reminder_hours
from tracker.rules.reminder_kinds import KINDS, NoticeKind, Side, Tone
from tracker.rules.reminder_schedule import LEVEL_NAMES, DayUnit, Level, Rule, Stop


class Audience(models.TextChoices):
    """In which capacity somebody is told."""

    LIAISON = "liaison", _("联络员")
    MAILBOX = "mailbox", _("单位邮箱")
    HEAD = "head", _("部门负责人")
    CO = "co", _("配合单位")
    LEADER = "leader", _("分管领导")
    OFFICE = "office", _("督查室")


# What nobody may choose not to hear: what is late, and what the office has just decided.
TOLD_TO_ALL = frozenset(
    kind.value for kind, facts in KINDS.items() if facts.tone is Tone.LATE or facts.is_news
)
_NOT_MUTABLE = _("交办、时限调整、逾期、催办和红灯类提醒不能退订。")
_NO_CHANNEL = _("请至少选择一种方式：邮件、站内消息或群机器人。")
# Days and times beyond these are slips of the hand: such a rule would never speak, and nobody would notice.
_MOST = {"days": 365, "repeat": 365, "climb_after": 30}
_UNITS = [(DayUnit.WORKDAY.value, _("工作日")), (DayUnit.CALENDAR.value, _("自然日"))]


class ReminderRule(models.Model):
    """催办规则: when one kind of notice is due, to whom and by which way it goes. Edited by 督查室.

    The audiences are lists of Audience values; those of orange and red come on top of the first.
    """

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    active = models.BooleanField(_("启用"), default=True)
    kind = models.CharField(
        _("提醒事由"), max_length=24, choices=[(kind.value, facts.name) for kind, facts in KINDS.items()]
    )
    days = models.PositiveSmallIntegerField(
        _("天数"), default=0, help_text=_("提前类规则为提前几天；其余为过后第几天起，0 表示当天起。")
    )
    unit = models.CharField(_("天数按"), max_length=10, choices=_UNITS, default=DayUnit.WORKDAY.value)
    repeat = models.PositiveSmallIntegerField(_("重复间隔"), default=0, help_text=_("0 表示只提醒一次。"))
    repeat_unit = models.CharField(_("间隔按"), max_length=10, choices=_UNITS, default=DayUnit.WORKDAY.value)
    stop = models.CharField(
        _("停止条件"),
        max_length=10,
        choices=[
            (Stop.SETTLED.value, _("办结（或该事由消除）为止")),
            (Stop.ANSWERED.value, _("单位报告进展或申请延期即停")),
        ],
        default=Stop.SETTLED.value,
    )
    level = models.CharField(
        _("起始颜色"),
        max_length=10,
        blank=True,
        choices=[(level.value, name) for level, name in LEVEL_NAMES.items() if level],
        default="",
    )
    climb_after = models.PositiveSmallIntegerField(
        _("升级"), default=0, help_text=_("连续几次未答复升一级（蓝→橙→红），0 表示不升级；答复后从头计。")
    )
    audience = models.JSONField(_("收件身份"), default=list, blank=True)
    audience_orange = models.JSONField(_("橙色起增加"), default=list, blank=True)
    audience_red = models.JSONField(_("红色起增加"), default=list, blank=True)
    by_mail = models.BooleanField(_("邮件"), default=True)
    by_inbox = models.BooleanField(_("站内消息"), default=True)
    by_robot = models.BooleanField(_("群机器人及回调"), default=False)
    mutable = models.BooleanField(_("可退订"), default=False, help_text=_("收件人可以自行停收此类邮件。"))

    class Meta:
        verbose_name = _("催办规则")
        verbose_name_plural = _("催办规则")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mutable=False) | ~Q(kind__in=sorted(TOLD_TO_ALL)),
                name="rule_late_is_not_mutable",
                violation_error_message=_NOT_MUTABLE,
            ),
            models.CheckConstraint(
                condition=Q(by_mail=True) | Q(by_inbox=True) | Q(by_robot=True),
                name="rule_has_a_channel",
                violation_error_message=_NO_CHANNEL,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        for field in ("audience", "audience_orange", "audience_red"):
            chosen = getattr(self, field)
            if not isinstance(chosen, list) or not set(chosen) <= set(Audience.values):
                raise ValidationError({field: _("收件身份无效。")})
        if not self.audience and not self.by_robot:
            raise ValidationError({"audience": _("请至少选择一个收件身份。")})
        if not (self.by_mail or self.by_inbox or self.by_robot):
            raise ValidationError({"by_mail": _NO_CHANNEL})
        if self.mutable and self.kind in TOLD_TO_ALL:
            raise ValidationError({"mutable": _NOT_MUTABLE})
        for field, most in _MOST.items():
            if (getattr(self, field) or 0) > most:
                raise ValidationError({field: _("不能超过%(most)d。") % {"most": most}})
        facts = KINDS.get(NoticeKind(self.kind)) if self.kind in set(NoticeKind) else None
        if facts is not None and facts.side is Side.BEFORE and self.level:
            raise ValidationError({"level": _("提前类规则没有颜色。")})
        if self.climb_after and not self.level:
            raise ValidationError({"climb_after": _("升级需要先选择起始颜色。")})
        if self.climb_after and not self.repeat:
            raise ValidationError({"climb_after": _("升级需要设置重复间隔。")})

    def as_rule(self) -> Rule:
        """The rule as the engine reads it."""
        return Rule(
            id=self.pk,
            kind=NoticeKind(self.kind),
            days=self.days,
            unit=DayUnit(self.unit),
            repeat=self.repeat,
            repeat_unit=DayUnit(self.repeat_unit),
            level=Level(self.level),
            climb_after=self.climb_after,
            stop=Stop(self.stop),
        )

    @property
    def highest(self) -> Level:
        """The highest colour that its notices can have: red when it climbs, else its own."""
        return Level.RED if self.level and self.climb_after else Level(self.level)

    def told(self, level: Level) -> list[str]:
        """The Audience values that a notice of this colour goes to."""
        found = list(self.audience)
        if level in (Level.ORANGE, Level.RED):
            found += self.audience_orange
        if level is Level.RED:
            found += self.audience_red
        return list(dict.fromkeys(found))


class ReminderPolicy(models.Model):
    """发送时段: the hours in which the engine sends by itself. One row; by hand anything may be sent at any time."""

    quiet_from = models.TimeField(
        _("免打扰开始"), null=True, blank=True, help_text=_("例如 20:00；留空为不限。")
    )
    quiet_until = models.TimeField(_("免打扰结束"), null=True, blank=True, help_text=_("例如 8:00。"))
    workdays_only = models.BooleanField(_("仅工作日发送"), default=False)

    class Meta:
        verbose_name = _("发送时段")
        verbose_name_plural = _("发送时段")

    def __str__(self) -> str:
        return str(_("发送时段"))

    def clean(self) -> None:
        super().clean()
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError(_("免打扰的开始和结束须同时填写或同时留空。"))
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValidationError(_("免打扰的开始和结束不能相同，否则整天都不会发送。"))

    def as_hours(self) -> reminder_hours.Hours:
        return reminder_hours.Hours(self.quiet_from, self.quiet_until, self.workdays_only)


class Endpoint(models.Model):
    """推送目标: a group robot or a webhook that notices are posted to."""

    class Channel(models.TextChoices):
        WECOM = "wecom", _("企业微信群机器人")
        DINGTALK = "dingtalk", _("钉钉群机器人")
        FEISHU = "feishu", _("飞书群机器人")
        WEBHOOK = "webhook", _("通用回调（Webhook）")

    name = models.CharField(_("名称"), max_length=60)
    channel = models.CharField(_("类型"), max_length=10, choices=Channel)
    url = models.CharField(_("地址"), max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    secret = models.CharField(
        _("密钥"),
        max_length=200,
        blank=True,
        help_text=_("钉钉、飞书为加签密钥；通用回调为 whsec_ 开头的密钥。"),
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="endpoints",
        help_text=_("该单位牵头的事项推送到这里；留空为全部事项。"),
    )
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("推送目标")
        verbose_name_plural = _("推送目标")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.channel in (self.Channel.DINGTALK, self.Channel.WEBHOOK) and not self.secret:
            raise ValidationError({"secret": _("此类型必须填写密钥。")})

    @property
    def address(self) -> str:
        """How the ledger names it."""
        return f"{self.channel}:{self.pk}"


class AddressState(models.Model):
    """邮箱状态: what is known of one address: its owner wants fewer mails, or its server says it does not exist."""

    address = models.EmailField(_("邮箱"), unique=True)
    muted_at = models.DateTimeField(_("退订时间"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("退信时间"), null=True, blank=True)
    bounce = models.CharField(_("退信原因"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("邮箱状态")
        verbose_name_plural = _("邮箱状态")
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address


class MailTemplate(models.Model):
    """邮件模板: the office's own wording of the digest; the shipped one stands in where it does not work."""

    class Part(models.TextChoices):
        HTML = "html", _("HTML 正文")
        TEXT = "txt", _("纯文本正文")

    part = models.CharField(_("部分"), max_length=4, choices=Part, unique=True)
    source = models.TextField(_("模板内容"))
    active = models.BooleanField(_("启用"), default=True)
    broken_at = models.DateTimeField(_("出错时间"), null=True, blank=True, editable=False)
    error = models.CharField(_("错误"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("邮件模板")
        verbose_name_plural = _("邮件模板")
        ordering = ["part"]

    def __str__(self) -> str:
        return self.get_part_display()


class EngineState(models.Model):
    """What the engine last did: one row, so that a health check asks the database and not a process."""

    last_tick_at = models.DateTimeField(_("上次运行"), null=True)
    # reminders.watermark: what the last planning looked at, when it was, and when one last looked at everything.
    fingerprint = models.CharField(max_length=64, blank=True)
    planned_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    # actions.lights: by which thresholds the measures' days of falling behind were reckoned.
    thresholds = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("运行状态")
        verbose_name_plural = _("运行状态")

    def __str__(self) -> str:
        return str(self.last_tick_at)


def load_hours() -> reminder_hours.Hours:
    """The hours that the office has set; none when it has not."""
    policy = ReminderPolicy.objects.first()
    return reminder_hours.Hours() if policy is None else policy.as_hours()


def note_tick(now: datetime) -> None:
    """Remember when the engine last looked."""
    EngineState.objects.update_or_create(pk=1, defaults={"last_tick_at": now})
