"""Reports and their files, as answers show them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

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


@example(
    _("进展报告"),
    {
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
    },
)
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
