"""What a department asks for and somebody decides: more time (延期), another lead (异议), to take a measure on (揭榜)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.models.measure import Measure
from tracker.models.people import Department


class RequestState(models.TextChoices):
    """Where a request stands; `lapsed` when the measure's course made it pointless (closed, cancelled, handed over)."""

    PENDING = "pending", _("待定")
    APPROVED = "approved", _("同意")
    REFUSED = "refused", _("不同意")
    WITHDRAWN = "withdrawn", _("撤回")
    LAPSED = "lapsed", _("失效")


class DepartmentRequest(models.Model):
    """What the three kinds share: who asked for which department, why, and what was answered by whom."""

    department = models.ForeignKey(
        Department, verbose_name=_("申请单位"), on_delete=models.PROTECT, related_name="+"
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申请人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    requested_at = models.DateTimeField(_("申请时间"))
    reason = models.TextField(_("理由"))
    state = models.CharField(_("状态"), max_length=10, choices=RequestState, default=RequestState.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answer = models.TextField(_("答复"), blank=True)

    class Meta:
        abstract = True


class ExtensionRequest(DepartmentRequest):
    """延期申请: `late` when asked after the last day that the regime allows; `granted_due_on` is the decider's date."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="extensions"
    )
    due_on = models.DateField(_("申请时的时限"))
    proposed_due_on = models.DateField(_("拟延至"))
    progress = models.TextField(_("目前进展"), blank=True)
    late = models.BooleanField(_("逾期申请"), default=False)
    granted_due_on = models.DateField(_("批准延至"), null=True, blank=True)

    class Meta:
        verbose_name = _("延期申请")
        verbose_name_plural = _("延期申请")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(state="pending"), name="extension_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(granted_due_on__isnull=False) | ~Q(state="approved"),
                name="extension_approved_has_date",
            ),
        ]
        indexes = [
            # reminders.planning: extensions that wait for a decision
            models.Index(fields=["requested_at"], condition=Q(state="pending"), name="extension_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}：{self.due_on}→{self.proposed_due_on}"


class Objection(DepartmentRequest):
    """异议: the lead says that the measure is not its own to lead. Upheld, the measure goes back to 拟办."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="objections"
    )
    late = models.BooleanField(_("逾期提出"), default=False)

    class Meta:
        verbose_name = _("交办异议")
        verbose_name_plural = _("交办异议")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(state="pending"), name="objection_one_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}：{self.department}"


class Claim(DepartmentRequest):
    """揭榜申请: a department offers to lead a published measure; `reason` says how it would do it."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="claims"
    )

    class Meta:
        verbose_name = _("揭榜申请")
        verbose_name_plural = _("揭榜申请")
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "department"], condition=Q(state="pending"), name="claim_one_pending"
            ),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(state="approved"), name="claim_one_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}：{self.department}"


class Exemption(models.Model):
    """容错: recorded so that a measure's lateness or result does not count against the department, with reason and approver."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="exemptions"
    )
    reason = models.TextField(_("容错理由"))
    approver = models.CharField(_("批准人"), max_length=60)
    approved_on = models.DateField(_("批准日期"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("容错记录")
        verbose_name_plural = _("容错记录")
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.measure}：{self.approver}"


class MeasureRole(models.Model):
    """角色: a further person or unit named on a measure (分管领导, 链长 …); a user who is named reads the measure."""

    measure = models.ForeignKey(
        Measure, verbose_name=_("事项"), on_delete=models.CASCADE, related_name="roles"
    )
    name = models.CharField(_("角色"), max_length=20)
    person = models.CharField(_("姓名"), max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("用户"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="measure_roles",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measure_roles",
    )

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = _("角色")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person="") | Q(user__isnull=False) | Q(department__isnull=False),
                name="role_names_somebody",
                violation_error_message=_("角色须写明姓名、用户或单位。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}：{self.who}"

    @property
    def who(self) -> str:
        """Person and unit in words."""
        person = self.person or (str(self.user) if self.user is not None else "")
        return "".join(part for part in (str(self.department or ""), person) if part)
