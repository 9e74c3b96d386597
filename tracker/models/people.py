"""Who: departments with every name they go by, and the users who act for them."""

import unicodedata
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def name_key(name: str) -> str:
    """The form under which a department's name is compared: NFKC (so （ equals (), no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())


class Department(models.Model):
    """单位: a department or other body that can lead or assist a measure."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("政府部门")
        PARTY_ORGAN = "party_organ", _("党委机构")
        INSTITUTION = "institution", _("事业单位")
        ENTERPRISE = "enterprise", _("企业")
        LOCAL_GOVERNMENT = "local_government", _("县市区政府")
        GROUP = "group", _("一类单位")

    name = models.CharField(_("名称"), max_length=80, unique=True)
    code = models.SlugField(
        _("代码"), max_length=40, unique=True, help_text=_("英文小写短名，接口和导出使用。")
    )
    kind = models.CharField(_("类型"), max_length=20, choices=Kind, default=Kind.DEPARTMENT)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    duties = models.JSONField(_("职责关键词"), default=list, blank=True, help_text=_("用于推荐牵头单位。"))
    mailbox = models.EmailField(_("单位邮箱"), blank=True)
    leader_in_charge = models.ForeignKey(
        "tracker.User",
        verbose_name=_("分管领导"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="departments_in_charge",
    )
    send_at = models.TimeField(
        _("提醒发送时间"),
        null=True,
        blank=True,
        help_text=_("每天最早在此时刻向该单位发送提醒；留空为随时。"),
    )
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.duties, list) or not all(isinstance(word, str) for word in self.duties):
            raise ValidationError({"duties": _('职责关键词应为文字列表，例如 ["招商引资", "签约"]。')})
        taken = DepartmentAlias.objects.filter(key=name_key(self.name)).exclude(department=self.pk).first()
        if taken is not None:
            raise ValidationError({"name": _("该名称已是“%(other)s”的别名。") % {"other": taken.department}})


class DepartmentAlias(models.Model):
    """别名: another name the same department is printed under. One alias belongs to one department."""

    department = models.ForeignKey(
        Department, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="aliases"
    )
    name = models.CharField(_("别名"), max_length=80)
    key = models.CharField(max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("单位别名")
        verbose_name_plural = _("单位别名")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        key = name_key(self.name)
        other = DepartmentAlias.objects.filter(key=key).exclude(pk=self.pk).first()
        if other is not None:
            raise ValidationError(
                {
                    "name": _("“%(name)s”已是“%(other)s”的别名。")
                    % {"name": self.name, "other": other.department}
                }
            )
        for department in Department.objects.exclude(pk=self.department_id).only("name"):
            if name_key(department.name) == key:
                raise ValidationError({"name": _("“%(name)s”是另一个单位的名称。") % {"name": self.name}})


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox says no types
    """用户: a person with one role; a liaison or head acts for exactly one department."""

    class Role(models.TextChoices):
        OFFICE = "office", _("督查室")
        LIAISON = "liaison", _("部门联络员")
        HEAD = "head", _("部门负责人")
        LEADER = "leader", _("分管领导")
        NONE = "none", _("无业务角色")

    first_name = None  # type: ignore[assignment]  # Django's way of leaving a field out
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=40, blank=True)
    role = models.CharField(_("角色"), max_length=10, choices=Role, default=Role.NONE)
    department = models.ForeignKey(
        Department,
        verbose_name=_("所在单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="members",
    )
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    # Acts for its department through tokens alone: nobody's account, so nobody's leaving ends it (service_account_of).
    service = models.BooleanField(_("接口账号"), default=False, editable=False)

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(role__in=["liaison", "head"]) | models.Q(department__isnull=False),
                name="user_of_department_has_one",
                violation_error_message=_("部门联络员和部门负责人必须选择所在单位。"),
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=models.Q(service=True),
                name="user_one_service_account_a_department",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.username


def service_account_of(department: Department) -> User:
    """The account in whose name the department's office system acts; made when there is none.

    It has a liaison's rights, no password and no way into the pages; the people of the department come and go.
    """
    account, _made = User.objects.get_or_create(
        department=department,
        service=True,
        defaults={
            "username": f"api.{department.pk}.{department.code}",
            "name": "办公系统接口",
            "role": User.Role.LIAISON,
            "is_staff": False,
            "password": make_password(None),
        },
    )
    return account
