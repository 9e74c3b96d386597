"""What departments ask for, as answers show it: more time, another lead, a published measure."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.api.operations import example
from tracker.api.serializers.directory import DEPARTMENT, DepartmentRefSerializer
from tracker.api.serializers.shown import Provisional, Row, Shown
from tracker.models import Claim, ExtensionRequest, Objection

_SHARED = (
    "id",
    "measure",
    "department",
    "requested_by",
    "requested_at",
    "reason",
    "state",
    "decided_by",
    "decided_at",
    "answer",
)
_EXAMPLE: dict[str, Any] = {
    "id": 5,
    "measure": 12,
    "department": DEPARTMENT,
    "requested_by": "张三",
    "requested_at": "2026-03-02T03:00:00Z",
    "reason": "征地未完成",
    "state": "pending",
    "decided_by": None,
    "decided_at": None,
    "answer": "",
}


class _RequestSerializer(Shown[Row]):
    department = DepartmentRefSerializer(read_only=True, help_text=_("申请单位"))
    requested_by = serializers.CharField(read_only=True, allow_null=True, help_text=_("申请人"))
    decided_by = serializers.CharField(read_only=True, allow_null=True, help_text=_("答复人"))


@example(
    _("延期申请"),
    {
        **_EXAMPLE,
        "due_on": "2026-12-31",
        "proposed_due_on": "2027-03-31",
        "progress": "已完成一半。",
        "late": False,
        "granted_due_on": None,
        "provisional": False,
    },
)
class ExtensionSerializer(Provisional, _RequestSerializer[ExtensionRequest]):
    class Meta:
        model = ExtensionRequest
        fields = (
            *_SHARED,
            "due_on",
            "proposed_due_on",
            "progress",
            "late",
            "granted_due_on",
            "provisional",
        )
        read_only_fields = fields

    def judged_day(self, row: ExtensionRequest) -> date:
        """The day granted, before that the day asked for."""
        return row.granted_due_on or row.proposed_due_on


@example(_("异议"), {**_EXAMPLE, "reason": "不属于我局职责"})
class ObjectionSerializer(_RequestSerializer[Objection]):
    class Meta:
        model = Objection
        fields = _SHARED
        read_only_fields = fields


@example(_("揭榜申请"), {**_EXAMPLE, "reason": "我局已有前期工作基础"})
class ClaimSerializer(_RequestSerializer[Claim]):
    class Meta:
        model = Claim
        fields = _SHARED
        read_only_fields = fields
