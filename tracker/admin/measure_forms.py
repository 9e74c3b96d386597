"""Which form each step has and which action it calls: the one list behind the buttons of a measure."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker import actions
from tracker.admin import arrangement_forms, assignment_forms, report_forms, step_forms
from tracker.rules.lifecycle import Verb


@dataclass(frozen=True)
class Step:
    """`kind` is how the button looks: "main" leads on, "plain" corrects, "grave" ends or undoes.

    `rare` ones stand behind “更多”. `row` names what the action is given instead of the measure, for a step with one of its reports or claims.
    """

    form: type[step_forms.StepForm]
    take: Callable[..., object]
    icon: str
    kind: str
    hint: str = ""
    row: str = ""
    rare: bool = False


STEPS: dict[Verb, Step] = {
    Verb.ASSIGN: Step(
        assignment_forms.AssignForm, actions.assign, "send", "main", "交给牵头单位办理；签收之前可以更正。"
    ),
    Verb.EDIT: Step(
        assignment_forms.EditForm,
        actions.edit,
        "edit",
        "plain",
        "更正标题、要求或责任分解，不改变办理状态；交办之后更换牵头单位用“转办”。",
    ),
    Verb.ACKNOWLEDGE: Step(step_forms.NoteForm, actions.acknowledge, "task_alt", "main", "确认收到并承办。"),
    Verb.REPORT: Step(report_forms.ReportForm, actions.report, "trending_up", "main"),
    Verb.APPLY_TO_CLOSE: Step(report_forms.ResultForm, actions.apply_to_close, "flag", "plain"),
    Verb.RETURN: Step(
        step_forms.ReturnForm,
        actions.send_back,
        "undo",
        "plain",
        "退回牵头单位继续办理，进度恢复到申请之前。",
    ),
    Verb.CLOSE: Step(step_forms.CloseForm, actions.close, "verified", "main", "审核通过，评定等次后销号。"),
    Verb.SUSPEND: Step(
        step_forms.ReasonForm, actions.suspend, "pause", "grave", "暂缓期间不亮灯、不催办。", rare=True
    ),
    Verb.RESUME: Step(
        step_forms.ResumeForm,
        actions.resume,
        "play_arrow",
        "main",
        "暂缓期间不计报送；时限需要调整的可一并填写。",
    ),
    Verb.CANCEL: Step(
        step_forms.ReasonForm, actions.cancel, "block", "grave", "撤销后不再督办，可以重新启动。", rare=True
    ),
    Verb.REOPEN: Step(
        step_forms.ReopenForm,
        actions.reopen,
        "restart_alt",
        "plain",
        "重新回到办理中；交办之前撤销的回到拟办。",
    ),
    Verb.OBJECT: Step(
        step_forms.ReasonForm,
        actions.object_to_assignment,
        "gavel",
        "plain",
        "认为不属于本单位职责的，说明理由，由督查室答复；答复前不必签收。",
    ),
    Verb.UPHOLD_OBJECTION: Step(
        step_forms.AnswerForm,
        actions.uphold_objection,
        "assignment_return",
        "plain",
        "事项回到拟办，另行交办。",
    ),
    Verb.REJECT_OBJECTION: Step(
        step_forms.RefusalForm, actions.reject_objection, "assignment_late", "plain", "仍由该单位牵头办理。"
    ),
    Verb.TRANSFER: Step(
        assignment_forms.TransferForm,
        actions.transfer,
        "swap_horiz",
        "plain",
        "改由另一个单位牵头，新的牵头单位须重新签收；办理轨迹保留。",
        rare=True,
    ),
    Verb.REQUEST_EXTENSION: Step(
        arrangement_forms.ExtensionForm,
        actions.request_extension,
        "more_time",
        "plain",
        "应在到期前提出；到期后提出的标记为逾期申请。",
    ),
    Verb.WITHDRAW_EXTENSION: Step(step_forms.NoteForm, actions.withdraw_extension, "event_busy", "plain"),
    Verb.APPROVE_EXTENSION: Step(
        arrangement_forms.ApproveExtensionForm,
        actions.approve_extension,
        "event_available",
        "main",
        "原定时限保留备查。",
    ),
    Verb.REFUSE_EXTENSION: Step(step_forms.RefusalForm, actions.refuse_extension, "event_busy", "plain"),
    Verb.EXTEND: Step(
        arrangement_forms.ExtendForm,
        actions.extend,
        "edit_calendar",
        "plain",
        "不经申请直接调整，原定时限保留备查。",
        rare=True,
    ),
    Verb.PART_REPORT: Step(
        report_forms.PartReportForm,
        actions.part_report,
        "group_work",
        "main",
        "报告本单位的配合情况；总体进度由牵头单位报告。",
    ),
    Verb.ACCEPT_REPORT: Step(
        step_forms.NoteForm,
        actions.accept_report,
        "done_all",
        "plain",
        "采纳后报告不再改动。",
        row="report_id",
    ),
    Verb.RETURN_REPORT: Step(step_forms.ReturnForm, actions.return_report, "undo", "plain", row="report_id"),
    Verb.PUBLISH: Step(
        assignment_forms.PublishForm,
        actions.publish,
        "campaign",
        "plain",
        "向各单位张榜，由揭榜单位牵头。",
        rare=True,
    ),
    Verb.UNPUBLISH: Step(
        step_forms.NoteForm, actions.unpublish, "visibility_off", "grave", "收回榜单，回到拟办。"
    ),
    Verb.CLAIM: Step(assignment_forms.ClaimForm, actions.claim, "front_hand", "main"),
    Verb.WITHDRAW_CLAIM: Step(step_forms.StepForm, actions.withdraw_claim, "undo", "plain", row="claim_id"),
    Verb.ACCEPT_CLAIM: Step(
        assignment_forms.AcceptClaimForm,
        actions.accept_claim,
        "how_to_reg",
        "main",
        "由该单位牵头并即行交办，其他揭榜申请失效。",
        row="claim_id",
    ),
    Verb.DECLINE_CLAIM: Step(
        step_forms.RefusalForm, actions.decline_claim, "person_off", "plain", row="claim_id"
    ),
    Verb.SET_STAGES: Step(
        arrangement_forms.StagesForm,
        actions.set_stages,
        "conversion_path",
        "plain",
        "按模板把阶段写成节点。",
        rare=True,
    ),
    Verb.SET_ROLES: Step(
        arrangement_forms.RolesForm,
        actions.set_roles,
        "badge",
        "plain",
        "牵头、配合单位以外的具体角色，如分管领导、链长。选了系统用户或单位的，该用户、单位可查看本事项。",
        rare=True,
    ),
    Verb.EXEMPT: Step(
        arrangement_forms.ExemptForm,
        actions.exempt,
        "shield",
        "plain",
        "按容错纠错机制登记，考核计分时予以免责。",
        rare=True,
    ),
    Verb.URGE: Step(
        step_forms.NoteForm,
        actions.urge,
        "notifications_active",
        "plain",
        "立即发给牵头单位的联络员和负责人，不等该单位设定的发送时间；每天最多一次。",
    ),
    Verb.APPLY_REGIME: Step(
        arrangement_forms.RegimeForm,
        actions.apply_regime,
        "rule",
        "plain",
        "尚未完成的节点按该制度重新计算。",
        rare=True,
    ),
}
