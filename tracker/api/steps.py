"""The steps that the API offers: a row a verb, with its action, its body and its words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tracker import actions
from tracker.api.fields import Input
from tracker.api.serializers import steps as given
from tracker.api.serializers.reports import ReportSerializer
from tracker.api.serializers.requests import ClaimSerializer, ExtensionSerializer, ObjectionSerializer
from tracker.rules.lifecycle import Verb


@dataclass(frozen=True)
class Step:
    """`act` takes the validated body keyword by keyword, beside what every action takes.

    A step that makes a row (a report, a request) answers 201 with it, shown by `made`; any other answers with the measure.
    """

    verb: Verb
    act: Callable[..., Any]
    input_class: type[Input]
    description: Any = ""
    made: Any = None
    # Whether the caller must say which version he has seen.
    version_required: bool = False

    @property
    def path(self) -> str:
        """The last part of the step's own address."""
        return self.verb.value.replace("_", "-")

    @property
    def status(self) -> int:
        return 200 if self.made is None else 201


def _by_verb(*steps: Step) -> dict[Verb, Step]:
    return {step.verb: step for step in steps}


# POST sub-resources of a measure, each at its own path.
STEPS = _by_verb(
    Step(
        Verb.ACKNOWLEDGE,
        actions.acknowledge,
        given.AcknowledgeInput,
        _("牵头单位签收交办的事项，状态由“待签收”变为“办理中”。"),
    ),
    Step(
        Verb.APPLY_TO_CLOSE,
        actions.apply_to_close,
        given.ApplyToCloseInput,
        _("牵头单位认为已经完成，报办理结果和佐证材料并申请办结；进度记为 100%，状态变为“待审核”。"),
    ),
    Step(
        Verb.PART_REPORT,
        actions.part_report,
        given.PartReportInput,
        _("配合单位报告本单位的配合情况；事项的进度由牵头单位报告。"),
        ReportSerializer,
    ),
    Step(
        Verb.WITHDRAW_EXTENSION,
        actions.withdraw_extension,
        given.NoteInput,
        _("牵头单位撤回尚未审批的延期申请。"),
    ),
    Step(
        Verb.ASSIGN,
        actions.assign,
        given.AssignInput,
        _(
            "督查室把事项交办给牵头单位，并按督办制度计算各节点。签收之前可以再次交办，以更正牵头单位或时限。"
            "没有给出完成时限的，按 regime 所选的制度计算；也没有给出 regime 的答复 400：默认制度只定节点，不代定时限。"
        ),
    ),
    Step(
        Verb.TRANSFER,
        actions.transfer,
        given.TransferInput,
        _("督查室把事项转给另一牵头单位，由其重新签收；此前的办理记录保留，原单位未决的申请失效。"),
    ),
    Step(
        Verb.UPHOLD_OBJECTION,
        actions.uphold_objection,
        given.AgreementInput,
        _("督查室采纳异议，事项退回“拟办”，可另行交办。"),
    ),
    Step(
        Verb.REJECT_OBJECTION,
        actions.reject_objection,
        given.AnswerInput,
        _("督查室不采纳异议，须说明原因；牵头单位应签收办理。"),
    ),
    Step(
        Verb.APPROVE_EXTENSION,
        actions.approve_extension,
        given.ApproveExtensionInput,
        _("审批人（督查室，或按制度由分管领导）同意延期，可另定日期；原定时限保留，提醒随即按新的时限计算。"),
    ),
    Step(
        Verb.REFUSE_EXTENSION,
        actions.refuse_extension,
        given.AnswerInput,
        _("审批人不同意延期，须说明原因。"),
    ),
    Step(Verb.EXTEND, actions.extend, given.ExtendInput, _("督查室未经申请直接调整完成时限，须说明原因。")),
    Step(
        Verb.RETURN,
        actions.send_back,
        given.ReturnInput,
        _("督查室退回办结申请，必须说明原因，可以定重报期限；进度恢复为申请前的数值。"),
    ),
    Step(
        Verb.CLOSE,
        actions.close,
        given.CloseInput,
        _(
            "督查室同意办结并评定等次，事项销号。还有节点没有完成、指标或周期任务没有达到目标（含没有报过的），须在 note 中说明原因。"
        ),
    ),
    Step(Verb.SUSPEND, actions.suspend, given.ReasonInput, _("督查室暂缓办理：恢复之前不亮灯、不催办。")),
    Step(Verb.RESUME, actions.resume, given.ResumeInput, _("督查室恢复暂缓的事项，可以另定完成时限。")),
    Step(Verb.CANCEL, actions.cancel, given.ReasonInput, _("督查室撤销事项，必须说明原因。")),
    Step(
        Verb.REOPEN,
        actions.reopen,
        given.ReopenInput,
        _("督查室重新启动已办结或已撤销的事项，可以另定完成时限。"),
    ),
    Step(
        Verb.URGE,
        actions.urge,
        given.NoteInput,
        _("督查室催办：立即发给牵头单位的联络员和负责人，不等该单位设定的发送时间；每天最多一次。"),
    ),
    Step(
        Verb.PUBLISH,
        actions.publish,
        given.PublishInput,
        _("督查室把拟办的事项张榜，各单位都能看到并揭榜。"),
    ),
    Step(
        Verb.UNPUBLISH, actions.unpublish, given.NoteInput, _("督查室撤榜，事项退回“拟办”，未决的揭榜失效。")
    ),
    Step(
        Verb.SET_STAGES,
        actions.set_stages,
        given.StagesInput,
        _(
            "督查室按阶段模板安排节点，计划日期可逐个给出，否则按开始日期到完成时限推算。后一阶段不能早于前一阶段，也不能晚于完成时限。"
        ),
    ),
    Step(
        Verb.SET_ROLES,
        actions.set_roles,
        given.RolesInput,
        _("督查室指定事项上的其他角色（链长、分管领导等），整体替换；写明的用户和单位可以查看该事项。"),
    ),
    Step(
        Verb.EXEMPT,
        actions.exempt,
        given.ExemptInput,
        _("督查室登记容错：此事项的逾期、退回和亮灯不计入考核得分。"),
    ),
    Step(
        Verb.APPLY_REGIME,
        actions.apply_regime,
        given.ApplyRegimeInput,
        _("督查室让办理中的事项改按另一督办制度（或同一制度的现行条款）；尚未完成的节点重新计算。"),
    ),
)
# POST to the list of what they make.
OBJECT = Step(
    Verb.OBJECT,
    actions.object_to_assignment,
    given.ReasonInput,
    _("牵头单位在制度规定的期限内（签收之前）对交办提出异议；督查室答复之前不能签收。"),
    ObjectionSerializer,
)
REQUEST_EXTENSION = Step(
    Verb.REQUEST_EXTENSION,
    actions.request_extension,
    given.ExtensionInput,
    _("牵头单位申请延期；晚于制度规定的期限也可以提出，标记为逾期申请（late）。"),
    ExtensionSerializer,
)
CLAIM = Step(
    Verb.CLAIM,
    actions.claim,
    given.ClaimInput,
    _("部门揭榜，写明打算怎样办理；只有本单位和督查室看得到。"),
    ClaimSerializer,
)
REPORT = Step(
    Verb.REPORT,
    actions.report,
    given.ReportInput,
    _(
        "牵头单位报告进度和进展情况；进度低于上次时必须说明原因。可同时报告节点的完成日期、指标的当前值、周期性任务的完成数，"
        "并附上已上传的附件。本单位的草稿随之报送。"
    ),
    ReportSerializer,
)
EDIT = Step(Verb.EDIT, actions.edit, given.EditInput, version_required=True)
# Taken with one report or one claim.
ACCEPT_REPORT = Step(
    Verb.ACCEPT_REPORT,
    actions.accept_report,
    given.NoteInput,
    _("督查室采纳报告，此后不能再改动。"),
    ReportSerializer,
)
RETURN_REPORT = Step(
    Verb.RETURN_REPORT,
    actions.return_report,
    given.ReturnInput,
    _("督查室退回报告，必须说明原因，可以定重报期限。"),
    ReportSerializer,
)
ACCEPT_CLAIM = Step(
    Verb.ACCEPT_CLAIM,
    actions.accept_claim,
    given.AcceptClaimInput,
    _("督查室确定揭榜单位：该单位成为牵头单位，事项随即交办；其他揭榜失效。"),
    ClaimSerializer,
)
DECLINE_CLAIM = Step(
    Verb.DECLINE_CLAIM,
    actions.decline_claim,
    given.AnswerInput,
    _("督查室谢绝揭榜，须说明原因。"),
    ClaimSerializer,
)
WITHDRAW_CLAIM = Step(
    Verb.WITHDRAW_CLAIM,
    actions.withdraw_claim,
    given.NothingInput,
    _("单位撤回自己的揭榜。"),
    ClaimSerializer,
)
# What an item of a bulk request may ask for.
IN_BULK = {**STEPS, **_by_verb(OBJECT, REQUEST_EXTENSION, CLAIM, REPORT, EDIT)}
