"""What 督查室 arranges around a measure, as answers show it: checkpoints, milestones, periods, roles, regimes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker.api.operations import example
from tracker.api.serializers.directory import DEPARTMENT, DepartmentRefSerializer
from tracker.api.serializers.shown import Provisional, Shown
from tracker.models import (
    Checkpoint,
    Exemption,
    MeasureRole,
    Milestone,
    Occurrence,
    Regime,
    RegimeNode,
    StageTemplate,
    TemplateStage,
)


@example(
    _("督办节点"),
    {
        "id": 4,
        "kind": "first_report",
        "kind_name": "首次反馈",
        "department": DEPARTMENT,
        "due_on": "2026-03-13",
        "done_on": "2026-03-12",
        "late": False,
        "provisional": False,
    },
)
class CheckpointSerializer(Provisional, Shown[Checkpoint]):
    kind_name = serializers.CharField(source="get_kind_display", read_only=True, help_text=_("节点名称"))
    department = DepartmentRefSerializer(read_only=True, help_text=_("责任单位"))
    late = serializers.BooleanField(read_only=True, help_text=_("是否在时限之后完成"))

    class Meta:
        model = Checkpoint
        fields = ("id", "kind", "kind_name", "department", "due_on", "done_on", "late", "provisional")
        read_only_fields = fields


@example(_("节点"), {"id": 3, "due_on": "2026-06-30", "text": "完成选址", "done_on": None})
class MilestoneSerializer(Shown[Milestone]):
    class Meta:
        model = Milestone
        fields = ("id", "due_on", "text", "done_on")
        read_only_fields = fields


@example(
    _("周期"),
    {
        "id": 2,
        "name": "2026年",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "target": 10,
        "done": 4,
        "done_total": 14,
    },
)
class OccurrenceSerializer(Shown[Occurrence]):
    """Needs rows with `done_total` (parts.occurrences)."""

    done_total = serializers.IntegerField(read_only=True, help_text=_("从第一期到本期累计完成数"))

    class Meta:
        model = Occurrence
        fields = ("id", "name", "starts_on", "ends_on", "target", "done", "done_total")
        read_only_fields = fields


@example(_("角色"), {"id": 6, "name": "链长", "person": "李副市长", "user": None, "department": None})
class RoleSerializer(Shown[MeasureRole]):
    user = serializers.CharField(read_only=True, allow_null=True, help_text=_("系统中的用户"))
    department = DepartmentRefSerializer(read_only=True, allow_null=True, help_text=_("单位"))

    class Meta:
        model = MeasureRole
        fields = ("id", "name", "person", "user", "department")
        read_only_fields = fields


@example(
    _("容错"),
    {
        "id": 1,
        "reason": "先行先试中的失误，已及时纠正。",
        "approver": "市委常委会",
        "approved_on": "2026-03-01",
        "recorded_by": "督查室",
        "recorded_at": "2026-03-02T03:00:00Z",
    },
)
class ExemptionSerializer(Shown[Exemption]):
    recorded_by = serializers.CharField(read_only=True, allow_null=True, help_text=_("登记人"))

    class Meta:
        model = Exemption
        fields = ("id", "reason", "approver", "approved_on", "recorded_by", "recorded_at")
        read_only_fields = fields


class RegimeNodeSerializer(Shown[RegimeNode]):
    class Meta:
        model = RegimeNode
        fields = ("kind", "importance", "amount", "unit")
        read_only_fields = fields


@example(
    _("督办制度"),
    {
        "code": "13710",
        "name": "“13710”工作制度",
        "note": "1：当天研究部署；3：三天内首次反馈；7：一般事项七天内办结。",
        "active": True,
        "is_default": True,
        "day_kind": "calendar",
        "cadence": "monthly",
        "cadence_day": 25,
        "objection_days": 3,
        "extension_days_ahead": 0,
        "extension_max": None,
        "extension_decider": "office",
        "yellow_behind": 10,
        "red_behind": 30,
        "near_workdays": 3,
        **{
            f"score_{name}": value
            for name, value in {
                "base": 80,
                "cap": 100,
                "on_time": 1,
                "late": -1,
                "returned": -2,
                "yellow": -1,
                "red": -2,
                "late_report": -0.1,
                "missing_report": -0.5,
                "co_share": 0.5,
                "by_original": False,
            }.items()
        },
        "nodes": [{"kind": "first_report", "importance": "", "amount": 3, "unit": "days"}],
    },
)
class RegimeSerializer(Shown[Regime]):
    """What it says now; measures assigned before keep what it said then."""

    nodes = RegimeNodeSerializer(many=True, read_only=True, help_text=_("节点"))

    class Meta:
        model = Regime
        fields = (
            "code",
            "name",
            "note",
            "active",
            "is_default",
            "day_kind",
            "cadence",
            "cadence_day",
            "objection_days",
            "extension_days_ahead",
            "extension_max",
            "extension_decider",
            "yellow_behind",
            "red_behind",
            "near_workdays",
            "score_base",
            "score_cap",
            "score_on_time",
            "score_late",
            "score_returned",
            "score_yellow",
            "score_red",
            "score_late_report",
            "score_missing_report",
            "score_co_share",
            "score_by_original",
            "nodes",
        )
        read_only_fields = fields


class TemplateStageSerializer(Shown[TemplateStage]):
    class Meta:
        model = TemplateStage
        fields = ("name", "share")
        read_only_fields = fields


@example(
    _("阶段模板"),
    {"id": 1, "name": "三个一批", "note": "", "active": True, "stages": [{"name": "签约", "share": 20}]},
)
class StageTemplateSerializer(Shown[StageTemplate]):
    stages = serializers.SerializerMethodField(
        help_text=_("阶段，按先后；share 是从开始到时限之间的位置（%）")
    )

    class Meta:
        model = StageTemplate
        fields = ("id", "name", "note", "active", "stages")
        read_only_fields = fields

    @extend_schema_field(TemplateStageSerializer(many=True))
    def get_stages(self, template: StageTemplate) -> list[dict[str, Any]]:
        rows = sorted(template.stages.all(), key=lambda stage: (stage.position, stage.pk))
        return TemplateStageSerializer(rows, many=True).data  # type: ignore[return-value]
