"""Plans, sections, departments and the caller himself, as answers show them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker import access
from tracker.api.operations import example
from tracker.api.serializers.shown import Shown
from tracker.models import ApiToken, Department, Plan, Section, User

DEPARTMENT = {"code": "jiaotong", "name": "市交通运输局", "kind": "department"}


# Names of the addresses that the root lists, as in tracker/api/urls.py without "api-".
LINKS = {
    "me": _("我是谁"),
    "measures": _("事项"),
    "plans": _("方案"),
    "sections": _("部分"),
    "departments": _("单位"),
    "regimes": _("督办制度"),
    "stage-templates": _("阶段模板"),
    "scorecard": _("考核得分"),
    "calendar": _("工作日历"),
    "notices": _("站内消息"),
    "schema": _("OpenAPI 文档"),
    "docs": _("接口文档页面"),
}


@example(_("接口目录"), {name: f"https://duban.city.example/api/v1/{name}/" for name in LINKS})
class LinksSerializer(serializers.Serializer[Any]):
    """The addresses of everything that is no part of something else."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: serializers.URLField(help_text=words, read_only=True) for name, words in LINKS.items()}


@example(
    _("方案"),
    {
        "id": 1,
        "title": "高质量发展三年行动方案",
        "starts_on": "2026-01-01",
        "created_at": "2026-01-05T01:00:00Z",
    },
)
class PlanSerializer(Shown[Plan]):
    class Meta:
        model = Plan
        fields = ("id", "title", "starts_on", "created_at")
        read_only_fields = fields


@example(
    _("部分"),
    {
        "id": 4,
        "plan": 1,
        "number": 2,
        "marker": "（二）",
        "title": "畅通综合交通网络",
        "above": "",
        "intro": "",
        "in_text": True,
    },
)
class SectionSerializer(Shown[Section]):
    class Meta:
        model = Section
        fields = ("id", "plan", "number", "marker", "title", "above", "intro", "in_text")
        read_only_fields = fields


class DepartmentRefSerializer(Shown[Department]):
    """A department where it is mentioned."""

    class Meta:
        model = Department
        fields = ("code", "name", "kind")
        read_only_fields = fields


class DepartmentDetailsSerializer(Shown[Department]):
    """What only 督查室 sees of a department."""

    aliases = serializers.SerializerMethodField(help_text=_("别名"))
    leader_in_charge = serializers.SerializerMethodField(help_text=_("分管领导"))

    class Meta:
        model = Department
        fields = ("aliases", "mailbox", "leader_in_charge", "active")
        read_only_fields = fields

    def get_aliases(self, department: Department) -> list[str]:
        return [alias.name for alias in department.aliases.all()]

    def get_leader_in_charge(self, department: Department) -> str | None:
        leader = department.leader_in_charge
        return None if leader is None else str(leader)


@example(_("单位"), {**DEPARTMENT, "details": None})
class DepartmentSerializer(Shown[Department]):
    details = serializers.SerializerMethodField(help_text=_("仅督查室可见，其他用户为 null。"))

    class Meta:
        model = Department
        fields = ("code", "name", "kind", "details")
        read_only_fields = fields

    @extend_schema_field(DepartmentDetailsSerializer(allow_null=True))
    def get_details(self, department: Department) -> dict[str, Any] | None:
        if not access.is_office(self.context["request"].user):
            return None
        return DepartmentDetailsSerializer(department, context=self.context).data


class TokenSerializer(Shown[ApiToken]):
    """The token that the caller used; never the token itself."""

    class Meta:
        model = ApiToken
        fields = ("name", "scope", "expiry")
        read_only_fields = fields


@example(
    _("部门联络员"),
    {
        "id": 7,
        "username": "jiaotong",
        "name": "张三",
        "role": "liaison",
        "role_name": "部门联络员",
        "department": DEPARTMENT,
        "is_office": False,
        "token": {"name": "OA 系统", "scope": "write", "expiry": "2027-03-10T02:00:00Z"},
    },
)
class MeSerializer(Shown[User]):
    role_name = serializers.CharField(source="get_role_display", read_only=True, help_text=_("角色名称"))
    department = DepartmentRefSerializer(read_only=True, allow_null=True, help_text=_("所在单位"))
    is_office = serializers.SerializerMethodField(help_text=_("是否督查室"))
    token = serializers.SerializerMethodField(help_text=_("本次请求所用的令牌；用浏览器会话时为 null。"))

    class Meta:
        model = User
        fields = ("id", "username", "name", "role", "role_name", "department", "is_office", "token")
        read_only_fields = fields

    def get_is_office(self, user: User) -> bool:
        return access.is_office(user)

    @extend_schema_field(TokenSerializer(allow_null=True))
    def get_token(self, user: User) -> dict[str, Any] | None:
        token = self.context["request"].auth
        return TokenSerializer(token).data if isinstance(token, ApiToken) else None
