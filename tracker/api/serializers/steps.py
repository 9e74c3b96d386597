"""What a step must be given: one input a verb, its field names those of the actions."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tracker.api.fields import Day, DepartmentCode, DepartmentCodes, Input, OneOf, Text, Whole, YesNo
from tracker.api.operations import example
from tracker.models import Measure
from tracker.rules.lifecycle import GRADE_NAMES, Grade

LONG, SHORT = 10_000, 500


def _example(name: Any, **value: Any) -> Any:
    return example(name, value, request_only=True)


@_example(_("签收"), note="已转综合处办理。")
class AcknowledgeInput(Input):
    note = Text(required=False, allow_blank=True, max_length=SHORT, help_text=_("说明"))


@_example(
    _("报告进展"), percent=40, progress="可研报告已报送审批。", problems="", next_steps="争取月底前批复。"
)
class ReportInput(Input):
    percent = Whole(min_value=0, max_value=100, help_text=_("进度，0 到 100 的整数"))
    progress = Text(max_length=LONG, help_text=_("进展情况"))
    problems = Text(required=False, allow_blank=True, max_length=LONG, help_text=_("存在问题"))
    next_steps = Text(required=False, allow_blank=True, max_length=LONG, help_text=_("下一步措施"))
    lowering_reason = Text(
        required=False, allow_blank=True, max_length=SHORT, help_text=_("进度比上次低时必须说明原因")
    )


@_example(_("申请办结"), result="项目已建成通车，验收合格。")
class ApplyToCloseInput(Input):
    result = Text(max_length=LONG, help_text=_("办理结果"))


@_example(_("说明原因"), reason="材料不完整，请补充验收报告。")
class ReasonInput(Input):
    reason = Text(max_length=SHORT, help_text=_("原因"))


@_example(_("办结销号"), grade="good", note="按期完成。")
class CloseInput(Input):
    grade = OneOf(choices=[(grade.value, GRADE_NAMES[grade]) for grade in Grade], help_text=_("办结等次"))
    note = Text(required=False, allow_blank=True, max_length=SHORT, help_text=_("说明"))


@_example(_("恢复办理"), note="用地已落实。")
class ResumeInput(Input):
    note = Text(required=False, allow_blank=True, max_length=SHORT, help_text=_("说明"))


class _AssignmentInput(Input):
    """What 督查室 decides about a measure; what is not given stays as it is."""

    lead = DepartmentCode(required=False, max_length=40, help_text=_("牵头单位代码"))
    co = DepartmentCodes(required=False, help_text=_("配合单位代码，给出时整体替换"))
    importance = OneOf(required=False, choices=Measure.Importance.choices, help_text=_("重要程度"))
    cadence = OneOf(required=False, choices=Measure.Cadence.choices, help_text=_("报送周期"))
    recurrence = OneOf(required=False, choices=Measure.Cadence.choices, help_text=_("周期性任务"))
    recurrence_target = Whole(
        required=False, allow_null=True, min_value=1, max_value=1_000_000, help_text=_("每期目标数")
    )
    recurrence_unit = Text(required=False, allow_blank=True, max_length=10, help_text=_("目标单位"))
    starts_on = Day(required=False, allow_null=True, help_text=_("开始日期"))
    due_on = Day(required=False, allow_null=True, help_text=_("完成时限"))
    standing = YesNo(required=False, help_text=_("长期坚持，没有完成时限"))
    remark = Text(required=False, allow_blank=True, max_length=500, help_text=_("备注"))
    note = Text(required=False, allow_blank=True, max_length=SHORT, help_text=_("说明，记入办理轨迹"))


@_example(
    _("交办"),
    lead="jtj",
    co=["fgw"],
    importance="major",
    cadence="monthly",
    due_on="2026-12-31",
    note="按方案交办",
)
class AssignInput(_AssignmentInput):
    """交办."""


@_example(_("修改"), due_on="2027-06-30", note="上级调整工期")
class EditInput(_AssignmentInput):
    """修改."""

    title = Text(required=False, max_length=300, help_text=_("措施"))
    text = Text(required=False, max_length=LONG, help_text=_("具体要求"))
