"""What a step must be given: one input a verb, its field names those of the actions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracker.actions import Role
from tracker.api.fields import (
    BIGGEST_ID,
    Amount,
    Day,
    Days,
    Ids,
    Input,
    OneOf,
    Text,
    Whole,
    YesNo,
)
from tracker.api.operations import example
from tracker.api.rows_by_code import (
    DepartmentCode,
    DepartmentCodes,
    RegimeCode,
    SectionId,
    TemplateId,
    Username,
)
from tracker.models import Measure
from tracker.rules import lengths
from tracker.rules.lifecycle import GRADE_NAMES, Grade
from tracker.rules.milestones import Milestone
from tracker.rules.targets import Comparison, Indicator


def _example(name: Any, **value: Any) -> Any:
    return example(name, value, request_only=True)


@_example(_("签收"), note="已转综合处办理。")
class AcknowledgeInput(Input):
    note = Text(required=False, allow_blank=True, max_length=lengths.REASON, help_text=_("说明"))


class ReachedInput(Input):
    id = Whole(min_value=1, max_value=BIGGEST_ID, help_text=_("节点编号（id）"))
    done_on = Day(allow_null=True, help_text=_("完成日期；null 为改回未完成"))


class ValueInput(Input):
    id = Whole(min_value=1, max_value=BIGGEST_ID, help_text=_("指标编号（id）"))
    current = Amount(allow_null=True, help_text=_("当前值；null 为改回未填"))


class _PercentInput(Input):
    percent = Whole(min_value=0, max_value=100, help_text=_("进度，0 到 100 的整数"))


class _WordsInput(Input):
    progress = Text(max_length=lengths.WORDS, help_text=_("进展情况"))
    problems = Text(required=False, allow_blank=True, max_length=lengths.WORDS, help_text=_("存在问题"))
    next_steps = Text(required=False, allow_blank=True, max_length=lengths.WORDS, help_text=_("下一步措施"))
    attachments = Ids(required=False, help_text=_("随报告报送的附件编号（先上传到 attachments/）"))


@_example(
    _("报告进展"),
    percent=40,
    progress="可研报告已报送审批。",
    problems="",
    next_steps="争取月底前批复。",
    milestones=[{"id": 3, "done_on": "2026-03-01"}],
    indicators=[{"id": 5, "current": 12.5}],
    attachments=[],
)
class ReportInput(_PercentInput, _WordsInput):
    lowering_reason = Text(
        required=False,
        allow_blank=True,
        max_length=lengths.LOWERING_REASON,
        help_text=_("进度比上次低时必须说明原因"),
    )
    count = Whole(
        required=False, allow_null=True, min_value=0, max_value=1_000_000, help_text=_("周期性任务本次完成数")
    )
    milestones = ReachedInput(many=True, required=False, help_text=_("节点的完成日期"))
    indicators = ValueInput(many=True, required=False, help_text=_("指标的当前值"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Lists of rows become what the action takes: values by the row's number."""
        for name, value in (("milestones", "done_on"), ("indicators", "current")):
            if name in attrs:
                attrs[name] = {row["id"]: row[value] for row in attrs[name]}
        return attrs


@_example(_("报告配合情况"), progress="已提供用地红线资料。", problems="", next_steps="")
class PartReportInput(_WordsInput):
    """报告配合情况."""


@_example(_("保存草稿"), percent=40, progress="可研报告已报送")
class DraftInput(Input):
    percent = Whole(
        required=False, allow_null=True, min_value=0, max_value=100, help_text=_("进度，0 到 100 的整数")
    )
    progress = Text(required=False, allow_blank=True, max_length=lengths.WORDS, help_text=_("进展情况"))
    problems = Text(required=False, allow_blank=True, max_length=lengths.WORDS, help_text=_("存在问题"))
    next_steps = Text(required=False, allow_blank=True, max_length=lengths.WORDS, help_text=_("下一步措施"))
    lowering_reason = Text(
        required=False, allow_blank=True, max_length=lengths.LOWERING_REASON, help_text=_("进度下调原因")
    )
    count = Whole(
        required=False, allow_null=True, min_value=0, max_value=1_000_000, help_text=_("周期性任务本次完成数")
    )
    milestones = ReachedInput(many=True, required=False, help_text=_("节点的完成日期"))
    indicators = ValueInput(many=True, required=False, help_text=_("指标的当前值"))


@_example(_("申请办结"), result="项目已建成通车，验收合格。", attachments=[])
class ApplyToCloseInput(Input):
    result = Text(max_length=lengths.WORDS, help_text=_("办理结果"))
    attachments = Ids(required=False, help_text=_("佐证材料的附件编号（先上传到 attachments/）"))


@_example(_("说明原因"), reason="材料不完整，请补充验收报告。")
class ReasonInput(Input):
    reason = Text(max_length=lengths.REASON, help_text=_("原因"))


@_example(_("退回"), reason="材料不完整，请补充验收报告。", report_by="2026-04-10")
class ReturnInput(ReasonInput):
    report_by = Day(
        required=False, allow_null=True, help_text=_("重报期限，今天或以后；不填则按系统设定的工作日数计算")
    )


@_example(_("不同意"), answer="工期仍可抢回，请加快推进。")
class AnswerInput(Input):
    answer = Text(max_length=lengths.REASON, help_text=_("答复，须说明原因"))


@_example(_("同意"), answer="")
class AgreementInput(Input):
    answer = Text(required=False, allow_blank=True, max_length=lengths.REASON, help_text=_("答复"))


@_example(_("说明"), note="用地已落实。")
class NoteInput(Input):
    note = Text(required=False, allow_blank=True, max_length=lengths.REASON, help_text=_("说明"))


@_example(_("转办"), lead="zhujian", reason="职责调整", due_on="2026-12-31")
class TransferInput(ReasonInput):
    lead = DepartmentCode(max_length=40, help_text=_("新的牵头单位代码"))
    due_on = Day(required=False, allow_null=True, help_text=_("新的完成时限；不给出则不变"))


@_example(_("申请延期"), reason="征地未完成", proposed_due_on="2027-03-31", progress="已完成一半。")
class ExtensionInput(ReasonInput):
    proposed_due_on = Day(help_text=_("拟延至"))
    progress = Text(max_length=lengths.WORDS, help_text=_("目前进展"))


@_example(_("同意延期"), due_on="2027-02-28", answer="同意延至二月底。")
class ApproveExtensionInput(AgreementInput):
    due_on = Day(required=False, allow_null=True, help_text=_("批准延至；不给出则按申请的日期"))


@_example(_("调整时限"), due_on="2027-06-30", reason="上级调整工期")
class ExtendInput(ReasonInput):
    due_on = Day(help_text=_("新的完成时限"))


@_example(_("张榜"), claim_until="2026-04-30", note="")
class PublishInput(NoteInput):
    claim_until = Day(required=False, allow_null=True, help_text=_("揭榜截止日期（含当日）；不给出则不限"))


@_example(_("揭榜"), reason="我局已有前期工作基础，计划年内完成。")
class ClaimInput(Input):
    reason = Text(max_length=lengths.WORDS, help_text=_("揭榜方案"))


@_example(_("确定揭榜单位"), due_on="2026-12-31", answer="")
class AcceptClaimInput(AgreementInput):
    due_on = Day(required=False, allow_null=True, help_text=_("完成时限；不给出则用事项已有的"))
    standing = YesNo(required=False, help_text=_("长期坚持，没有完成时限"))
    regime = RegimeCode(required=False, max_length=40, help_text=_("督办制度代码"))


@_example(_("安排阶段"), template=1, dates={"签约": "2026-06-30"})
class StagesInput(Input):
    template = TemplateId(help_text=_("阶段模板编号（id），见 stage-templates/"))
    dates = Days(required=False, help_text=_("各阶段的计划日期；没有给出的按模板的比例推算"))


class RoleInput(Input):
    name = Text(
        max_length=20,
        help_text=_("角色，例如 链长；牵头、配合单位不在此指定：lead 用 assign/ 或 transfer/，co 用 PATCH"),
    )
    person = Text(required=False, allow_blank=True, max_length=40, help_text=_("姓名"))
    user = Username(required=False, allow_null=True, max_length=150, help_text=_("用户名；此人可查看该事项"))
    department = DepartmentCode(required=False, max_length=40, help_text=_("单位代码；该单位可查看该事项"))


@_example(_("指定角色"), roles=[{"name": "链长", "person": "李副市长"}])
class RolesInput(Input):
    roles = RoleInput(many=True, help_text=_("全部角色，整体替换"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Rows become the action's roles."""
        return {"roles": [Role(**row) for row in attrs["roles"]]}


@_example(
    _("登记容错"), reason="先行先试中的失误，已及时纠正。", approver="市委常委会", approved_on="2026-03-01"
)
class ExemptInput(ReasonInput):
    approver = Text(max_length=60, help_text=_("批准人"))
    approved_on = Day(required=False, allow_null=True, help_text=_("批准日期；不给出则为今天"))


@_example(_("改按制度"), regime="710", note="")
class ApplyRegimeInput(NoteInput):
    regime = RegimeCode(max_length=40, help_text=_("督办制度代码，见 regimes/"))


class MilestoneInput(Input):
    due_on = Day(help_text=_("时限"))
    text = Text(required=False, allow_blank=True, max_length=300, help_text=_("内容"))


class IndicatorInput(Input):
    name = Text(max_length=100, help_text=_("指标"))
    comparison = OneOf(
        required=False,
        default=Comparison.AT_LEAST.value,
        choices=[(Comparison.AT_LEAST.value, _("不低于")), (Comparison.AT_MOST.value, _("不高于"))],
        help_text=_("要求"),
    )
    target = Amount(help_text=_("目标值"))
    unit = Text(required=False, allow_blank=True, default="", max_length=20, help_text=_("单位"))
    baseline = Amount(required=False, allow_null=True, default=None, help_text=_("基数"))


@_example(_("恢复办理"), note="用地已落实。", due_on="2027-03-31")
class ResumeInput(NoteInput):
    due_on = Day(required=False, allow_null=True, help_text=_("新的完成时限；不给出则不变"))


@_example(_("重新启动"), reason="验收发现问题。", due_on="2027-03-31")
class ReopenInput(ReasonInput):
    due_on = Day(required=False, allow_null=True, help_text=_("新的完成时限；不给出则不变"))


@_example(_("办结销号"), grade="good", note="按期完成。")
class CloseInput(Input):
    grade = OneOf(choices=[(grade.value, GRADE_NAMES[grade]) for grade in Grade], help_text=_("办结等次"))
    note = Text(required=False, allow_blank=True, max_length=lengths.REASON, help_text=_("说明"))


class _AssignmentInput(Input):
    """What 督查室 decides about a measure; what is not given stays as it is."""

    lead = DepartmentCode(required=False, max_length=40, help_text=_("牵头单位代码"))
    co = DepartmentCodes(required=False, help_text=_("配合单位代码，给出时整体替换"))
    importance = OneOf(required=False, choices=Measure.Importance.choices, help_text=_("重要程度"))
    cadence = OneOf(required=False, choices=Measure.Cadence.choices, help_text=_("报送周期"))
    cadence_day = Whole(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=31,
        help_text=_(
            "报送日：每月几日；每季度、每年为最后一个月的几日；每周为星期几（1–7）。须有 cadence；"
            "null 为按同周期的督办制度或通常的日子"
        ),
    )
    recurrence = OneOf(required=False, choices=Measure.Cadence.choices, help_text=_("周期性任务"))
    recurrence_target = Whole(
        required=False, allow_null=True, min_value=1, max_value=1_000_000, help_text=_("每期目标数")
    )
    recurrence_unit = Text(required=False, allow_blank=True, max_length=10, help_text=_("目标单位"))
    recurrence_by = Text(
        required=False,
        allow_blank=True,
        max_length=lengths.RECURRENCE_BY,
        help_text=_("每期时限，例如 每月5日前；须有 recurrence，取消 recurrence 时一并清除"),
    )
    starts_on = Day(required=False, allow_null=True, help_text=_("开始日期"))
    due_on = Day(
        required=False,
        allow_null=True,
        help_text=_("完成时限；可以是已经过去的日期（补登），事项从当天起即为逾期"),
    )
    standing = YesNo(required=False, help_text=_("长期坚持，没有完成时限"))
    remark = Text(required=False, allow_blank=True, max_length=lengths.REMARK, help_text=_("备注"))
    milestones = MilestoneInput(many=True, required=False, help_text=_("全部节点，整体替换"))
    indicators = IndicatorInput(
        many=True, required=False, help_text=_("全部量化指标，整体替换；名称不变的保留当前值")
    )
    note = Text(
        required=False, allow_blank=True, max_length=lengths.REASON, help_text=_("说明，记入办理轨迹")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Rows become the rules' milestones and targets."""
        if "milestones" in attrs:
            attrs["milestones"] = [Milestone(**row) for row in attrs["milestones"]]
        if "indicators" in attrs:
            names = [row["name"] for row in attrs["indicators"]]
            if len(set(names)) < len(names):
                raise serializers.ValidationError({"indicators": [_("指标名称重复。")]}, "duplicate")
            attrs["indicators"] = [
                Indicator(**{**row, "comparison": Comparison(row["comparison"])})
                for row in attrs["indicators"]
            ]
        return attrs


@_example(
    _("交办"),
    lead="jiaotong",
    co=["fagai"],
    importance="major",
    cadence="monthly",
    due_on="2026-12-31",
    note="按方案交办",
)
class AssignInput(_AssignmentInput):
    """交办."""

    regime = RegimeCode(
        required=False,
        max_length=40,
        help_text=_(
            "督办制度代码；没有给出时限的按它计算时限。不给出则按事项已有的制度，没有的按默认制度计算各节点，"
            "但不据以计算时限：这时须给出 due_on 或 standing，否则答复 400"
        ),
    )


@_example(_("修改"), due_on="2027-06-30", note="上级调整工期")
class EditInput(_AssignmentInput):
    """修改."""

    note = Text(
        required=False,
        allow_blank=True,
        max_length=lengths.REASON,
        help_text=_("说明，记入办理轨迹；交办之后改动完成时限的必须写明原因"),
    )
    lead = DepartmentCode(
        required=False, max_length=40, help_text=_("牵头单位代码；交办之后更换牵头单位请用 transfer/")
    )
    title = Text(required=False, max_length=lengths.TITLE, help_text=_("措施"))
    text = Text(required=False, max_length=lengths.TEXT, help_text=_("具体要求"))


@_example(
    _("立项"),
    section=4,
    title="办理市政协第12号重点提案",
    text="办理市政协第12号重点提案，年底前答复并落实。",
    lead="jiaotong",
    due_on="2026-12-31",
)
class RegisterInput(_AssignmentInput):
    """立项."""

    section = SectionId(help_text=_("列入方案的哪个部分（id），见 sections/"))
    title = Text(max_length=lengths.TITLE, help_text=_("措施"))
    text = Text(max_length=lengths.TEXT, help_text=_("具体要求"))


@example(_("无须填写"), {}, request_only=True)
class NothingInput(Input):
    """An empty object."""
