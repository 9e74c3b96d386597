"""A measure, its reports and its timeline, as answers show them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker import access
from tracker.api.operations import example
from tracker.api.permissions import may_write
from tracker.api.schema import ACTION, GRADE, OFFERED
from tracker.api.serializers.directory import DEPARTMENT, DepartmentRefSerializer
from tracker.api.serializers.shown import Provisional, Shown
from tracker.models import Department, Indicator, Measure, MeasureEvent, Section
from tracker.reports.regime_limit import regime_due_on
from tracker.reports.timeline import changes_told
from tracker.rules.lifecycle import Status
from tracker.rules.light import LIGHT_NAMES, Light, is_overdue


class SectionRefSerializer(Shown[Section]):
    class Meta:
        model = Section
        fields = ("id", "number", "title")
        read_only_fields = fields


class IndicatorSerializer(Shown[Indicator]):
    class Meta:
        model = Indicator
        fields = ("id", "name", "unit", "comparison", "baseline", "target", "current")
        read_only_fields = fields


@example(
    _("事项"),
    {
        "id": 12,
        "plan": 1,
        "section": {"id": 4, "number": 2, "title": "畅通综合交通网络"},
        "number": "2.1",
        "position": 5,
        "title": "加快铁路建设",
        "text": "加快铁路建设。年内完成可研批复。",
        "lead": DEPARTMENT,
        "co": [{"code": "fagai", "name": "市发展和改革委员会", "kind": "department"}],
        "importance": "major",
        "cadence": "monthly",
        "cadence_day": 5,
        "recurrence": "none",
        "recurrence_target": None,
        "recurrence_unit": "",
        "recurrence_by": "",
        "indicators": [],
        "remark": "",
        "starts_on": "2026-01-01",
        "due_on": "2026-12-31",
        "original_due_on": "2026-12-31",
        "standing": False,
        "provisional": False,
        "status": "in_progress",
        "status_name": "办理中",
        "light": "green",
        "light_name": "绿灯",
        "overdue": False,
        "percent": 40,
        "grade": None,
        "assigned_at": "2026-01-05T01:00:00Z",
        "acknowledged_at": "2026-01-05T07:20:00Z",
        "applied_on": None,
        "closed_on": None,
        "report_by": None,
        "claim_until": None,
        "extension_pending": False,
        "objection_pending": False,
        "regime": "13710",
        "regime_due_on": "2026-02-05",
        "in_text": True,
        "version": 5,
        "updated_at": "2026-03-02T03:00:00Z",
        "allowed_actions": ["report", "apply_to_close"],
    },
)
class MeasureSerializer(Provisional, Shown[Measure]):
    """Needs rows from MeasureQuerySet.with_light and, in its context, the request and `today`."""

    section = SectionRefSerializer(read_only=True)
    lead = DepartmentRefSerializer(
        read_only=True, allow_null=True, help_text=_("牵头单位；拟办事项可能还没有。")
    )
    co = DepartmentRefSerializer(source="co_departments", many=True, read_only=True, help_text=_("配合单位"))
    indicators = IndicatorSerializer(many=True, read_only=True, help_text=_("量化指标"))
    status_name = serializers.CharField(source="get_status_display", read_only=True, help_text=_("状态名称"))
    light = serializers.ChoiceField(
        choices=[(light.value, name) for light, name in LIGHT_NAMES.items()],
        read_only=True,
        help_text=_("亮灯（按当日计算）"),
    )
    grade = serializers.SerializerMethodField(help_text=_("办结等次；未办结时为 null。"))
    light_name = serializers.SerializerMethodField(help_text=_("亮灯名称"))
    overdue = serializers.SerializerMethodField(help_text=_("是否逾期（按当日计算）"))
    regime = serializers.CharField(
        source="regime_edition.regime.code",
        read_only=True,
        allow_null=True,
        default=None,
        help_text=_("督办制度代码；交办之前为 null。"),
    )
    regime_due_on = serializers.SerializerMethodField(
        help_text=_(
            "督办制度自身的办结期限（自交办之日起算），仅供对照：另行给出的 due_on 优先。没有这项规定或尚未交办的为 null。"
        )
    )
    allowed_actions = serializers.SerializerMethodField(
        help_text=_(
            "本次调用者此刻可以办理的步骤；只读令牌为空。步骤的地址是把名称中的下划线改为连字符，"
            "但 report、object、request_extension、claim 分别是向 reports/、objections/、extensions/、claims/ POST，edit 是 PATCH。"
        )
    )

    class Meta:
        model = Measure
        fields = (
            "id",
            "plan",
            "section",
            "number",
            "position",
            "title",
            "text",
            "lead",
            "co",
            "importance",
            "cadence",
            "cadence_day",
            "recurrence",
            "recurrence_target",
            "recurrence_unit",
            "recurrence_by",
            "indicators",
            "remark",
            "starts_on",
            "due_on",
            "original_due_on",
            "standing",
            "provisional",
            "status",
            "status_name",
            "light",
            "light_name",
            "overdue",
            "percent",
            "grade",
            "assigned_at",
            "acknowledged_at",
            "applied_on",
            "closed_on",
            "report_by",
            "claim_until",
            "extension_pending",
            "objection_pending",
            "regime",
            "regime_due_on",
            "in_text",
            "version",
            "updated_at",
            "allowed_actions",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=GRADE, allow_null=True))
    def get_grade(self, measure: Measure) -> str | None:
        return measure.grade or None

    def get_light_name(self, measure: Any) -> str:
        return LIGHT_NAMES[Light(measure.light)]

    def get_overdue(self, measure: Measure) -> bool:
        return is_overdue(
            status=Status(measure.status),
            due_on=measure.due_on,
            applied_on=measure.applied_on,
            today=self.context["view"].today,
        )

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_regime_due_on(self, measure: Measure) -> str | None:
        found = regime_due_on(measure, self.context["view"].day.calendar)
        return None if found is None else found.isoformat()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=ACTION)))
    def get_allowed_actions(self, measure: Measure) -> list[str]:
        request = self.context["request"]
        if not may_write(request):
            return []
        today = self.context["view"].today
        verbs = access.verbs_for(request.user, measure, today=today, seen=True)
        return [verb.value for verb in verbs if verb in OFFERED]


# What must be read for a field that is no column of its own.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "section": ("section__number", "section__title"),
    "lead": ("lead__code", "lead__name", "lead__kind"),
    "co": (),
    "indicators": (),
    "status_name": ("status",),
    "light": ("status",),
    "light_name": ("status",),
    "overdue": ("status", "due_on", "applied_on"),
    "provisional": ("due_on",),
    "regime": ("regime_edition__regime__code",),
    "regime_due_on": ("assigned_at", "importance", "due_on", "regime_edition__terms_json"),
    "allowed_actions": (
        "status",
        "due_on",
        "lead__leader_in_charge__is_active",
        "leader_extends",
        "extension_pending",
        "objection_pending",
        "object_until",
        "claim_until",
    ),
}


def columns_of(names: Iterable[str]) -> set[str]:
    """The columns that these fields of MeasureSerializer need, for QuerySet.only()."""
    found = {"id", "version"}
    for name in names:
        found.update(_COLUMNS.get(name, (name,)))
    return found


@extend_schema_field({"type": ["string", "integer", "boolean", "array", "null"], "items": {"type": "string"}})
class Value(serializers.JSONField):
    """A field's value as JSON keeps it; a list is one of department codes."""


class ChangeSerializer(serializers.Serializer[Any]):
    """One field that a step changed; which fields are shown is listed in SHOWN_CHANGES."""

    field = serializers.CharField(read_only=True, help_text=_("字段"))
    before = Value(read_only=True, help_text=_("原值"))
    after = Value(read_only=True, help_text=_("新值"))


# Stored field -> name in answers. Row numbers, offsets into the document and the like stay inside.
SHOWN_CHANGES = {
    "title": "title",
    "text": "text",
    "lead_id": "lead",
    "co": "co",
    "importance": "importance",
    "cadence": "cadence",
    "cadence_day": "cadence_day",
    "recurrence": "recurrence",
    "recurrence_target": "recurrence_target",
    "recurrence_unit": "recurrence_unit",
    "recurrence_by": "recurrence_by",
    "starts_on": "starts_on",
    "due_on": "due_on",
    "original_due_on": "original_due_on",
    "standing": "standing",
    "remark": "remark",
    "percent": "percent",
    "grade": "grade",
    "applied_on": "applied_on",
    "closed_on": "closed_on",
}


@example(
    _("办理步骤"),
    {
        "version": 5,
        "verb": "report",
        "verb_name": "报告进展",
        "at": "2026-03-02T03:00:00Z",
        "actor": "张三",
        "department": DEPARTMENT,
        "from_status": "in_progress",
        "to_status": "in_progress",
        "note": "可研报告已报送审批。",
        "changes": [{"field": "percent", "before": 20, "after": 40}],
    },
)
class EventSerializer(Shown[MeasureEvent]):
    """Needs `department_codes` (id → code) and `days_given` (reports.timeline) in its context."""

    verb_name = serializers.CharField(read_only=True, help_text=_("步骤名称"))
    actor = serializers.SerializerMethodField(help_text=_("办理人；系统导入时为 null。"))
    department = DepartmentRefSerializer(
        read_only=True, allow_null=True, help_text=_("代表单位；督查室为 null。")
    )
    changes = serializers.SerializerMethodField(
        help_text=_("变动的字段；交办前的内容只有督查室可见，交办只给出所定的时限和报送周期。")
    )

    class Meta:
        model = MeasureEvent
        fields = (
            "version",
            "verb",
            "verb_name",
            "at",
            "actor",
            "department",
            "from_status",
            "to_status",
            "note",
            "changes",
        )
        read_only_fields = fields

    def get_actor(self, event: MeasureEvent) -> str | None:
        return None if event.actor is None else str(event.actor)

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, event: MeasureEvent) -> list[dict[str, Any]]:
        told = changes_told(event, self.context["request"].user, self.context["days_given"])
        shown = []
        for stored, name in SHOWN_CHANGES.items():
            if stored in told:
                before, after = told[stored]
                if stored == "lead_id":
                    before, after = self._code(before), self._code(after)
                shown.append({"field": name, "before": before, "after": after})
        return shown

    def _code(self, department_id: int | None) -> str | None:
        codes: dict[int, str] = self.context["department_codes"]
        return None if department_id is None else codes.get(department_id)


def department_codes() -> dict[int, str]:
    """Every department's code by its row number, for EventSerializer."""
    return dict(Department.objects.values_list("pk", "code"))
