"""Reports and their files, as answers show them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker import access
from tracker.api.operations import example
from tracker.api.serializers.directory import DEPARTMENT, DepartmentRefSerializer
from tracker.api.serializers.shown import Shown
from tracker.models import Attachment, ProgressReport

_FILE = {
    "id": 8,
    "measure": 12,
    "report": 31,
    "name": "可研批复.pdf",
    "content_type": "application/pdf",
    "size": 48_211,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "department": DEPARTMENT,
    "uploaded_by": "张三",
    "uploaded_at": "2026-03-02T02:58:00Z",
}


@example(_("附件"), _FILE)
class AttachmentSerializer(Shown[Attachment]):
    department = DepartmentRefSerializer(read_only=True, allow_null=True, help_text=_("上传单位"))
    uploaded_by = serializers.CharField(read_only=True, help_text=_("上传人"))

    class Meta:
        model = Attachment
        fields = (
            "id",
            "measure",
            "report",
            "name",
            "content_type",
            "size",
            "sha256",
            "department",
            "uploaded_by",
            "uploaded_at",
        )
        read_only_fields = fields
        extra_kwargs = {
            "report": {"help_text": _("随哪份报告报送；尚未报送时为 null，只有本单位可见。")},
            "size": {"help_text": _("字节数")},
        }


_REPORT = {
    "id": 31,
    "measure": 12,
    "kind": "lead",
    "state": "submitted",
    "department": DEPARTMENT,
    "reported_by": "张三",
    "reported_at": "2026-03-02T03:00:00Z",
    "percent": 40,
    "progress": "可研报告已报送审批。",
    "problems": "",
    "next_steps": "对接省级部门，争取月底前批复。",
    "lowering_reason": "",
    "count": None,
    "attachments": [_FILE],
    "reviewed_at": None,
    "review_note": "",
    "resubmit_by": None,
}


@example(_("进展报告"), _REPORT)
class ReportSerializer(Shown[ProgressReport]):
    department = DepartmentRefSerializer(read_only=True, help_text=_("报送单位"))
    reported_by = serializers.CharField(read_only=True, help_text=_("报送人"))
    attachments = AttachmentSerializer(many=True, read_only=True, help_text=_("附件"))

    class Meta:
        model = ProgressReport
        fields = (
            "id",
            "measure",
            "kind",
            "state",
            "department",
            "reported_by",
            "reported_at",
            "percent",
            "progress",
            "problems",
            "next_steps",
            "lowering_reason",
            "count",
            "attachments",
            "reviewed_at",
            "review_note",
            "resubmit_by",
        )
        read_only_fields = fields
        extra_kwargs = {"percent": {"help_text": _("进度（%）；配合单位的报告为 null。")}}


class _ReachedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True, help_text=_("节点编号（id）"))
    done_on = serializers.DateField(read_only=True, allow_null=True, help_text=_("完成日期"))


class _ValueSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True, help_text=_("指标编号（id）"))
    current = serializers.CharField(read_only=True, allow_null=True, help_text=_("当前值"))


def draft_values(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    """What a draft keeps of milestones and indicators: named as in the admin's form, which goes on with the same draft."""
    return {
        f"{name}_{row['id']}": "" if row[value] is None else str(row[value])
        for name, value in _DRAFTED.items()
        for row in rows.get(f"{name}s", ())
    }


_DRAFTED = {"milestone": "done_on", "indicator": "current"}


@example(
    _("草稿"),
    {
        **_REPORT,
        "state": "draft",
        "attachments": [{**_FILE, "report": None}],
        "milestones": [{"id": 3, "done_on": "2026-03-01"}],
        "indicators": [{"id": 5, "current": "12.5"}],
    },
)
class DraftSerializer(ReportSerializer):
    """A report that is being written, with what it will say of milestones and indicators and the files that wait for it."""

    attachments = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text=_("本单位已上传、尚未报送的附件：报送时在 attachments 中写明要随之报送的")
    )

    milestones = serializers.SerializerMethodField(help_text=_("节点的完成日期"))
    indicators = serializers.SerializerMethodField(help_text=_("指标的当前值"))

    class Meta:
        model = ProgressReport
        fields = (*ReportSerializer.Meta.fields, "milestones", "indicators")
        read_only_fields = fields
        extra_kwargs = ReportSerializer.Meta.extra_kwargs

    @extend_schema_field(AttachmentSerializer(many=True))
    def get_attachments(self, draft: ProgressReport) -> list[dict[str, Any]]:
        waiting = access.attachments_visible_to(self.context["request"].user).filter(
            measure=draft.measure_id, department=draft.department_id, report__isnull=True
        )
        rows = waiting.select_related("department", "uploaded_by").order_by("id")
        return list(AttachmentSerializer(rows, many=True, context=self.context).data)

    @extend_schema_field(_ReachedSerializer(many=True))
    def get_milestones(self, draft: ProgressReport) -> list[dict[str, Any]]:
        return self._kept(draft, "milestone")

    @extend_schema_field(_ValueSerializer(many=True))
    def get_indicators(self, draft: ProgressReport) -> list[dict[str, Any]]:
        return self._kept(draft, "indicator")

    @staticmethod
    def _kept(draft: ProgressReport, name: str) -> list[dict[str, Any]]:
        begun = f"{name}_"
        return [
            {"id": int(key.removeprefix(begun)), _DRAFTED[name]: value or None}
            for key, value in draft.draft_values.items()
            if key.startswith(begun)
        ]


@extend_schema_field({"type": "string", "format": "binary"})
class File(serializers.FileField):
    default_error_messages = {
        "required": _("请选择文件。"),
        "invalid": _("应为文件，字段名为 file。"),
        "no_name": _("文件没有名称。"),
        "empty": _("附件是空文件。"),
        "max_length": _("文件名不能超过 {max_length} 个字符。"),
    }


@example(_("上传附件"), {"file": "（文件内容）"}, request_only=True)
class UploadInput(serializers.Serializer[Any]):
    """multipart/form-data with one file."""

    file = File(max_length=255, help_text=_("文件；类型和大小受系统设置限制"))
