"""The life of a measure as a table: which step, by which party, from which status to which, and what must be given.

Source: the loop 立项 → 交办 → 签收 → 办理/反馈 → 申请办结 → 审核 → 销号 of the field's regulations (docs/domain.md). Every entry
point offers exactly what this table allows; nothing else in the product decides a status.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.violations import NotAllowed, WrongState


class Status(StrEnum):
    """Stored status of a measure. Overdue is not one: it follows from the deadline and today."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    CLOSING = "closing"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


STATUS_NAMES: dict[Status, str] = {
    Status.DRAFT: "拟办",
    Status.PUBLISHED: "待揭榜",
    Status.ASSIGNED: "待签收",
    Status.IN_PROGRESS: "办理中",
    Status.CLOSING: "待审核",
    Status.CLOSED: "已办结",
    Status.SUSPENDED: "暂缓",
    Status.CANCELLED: "撤销",
}

# The department still owes something: these are reminded of.
OWED = frozenset({Status.ASSIGNED, Status.IN_PROGRESS})
# Neither settled nor given up.
OPEN = frozenset({*OWED, Status.CLOSING})
SETTLED = frozenset({Status.CLOSED, Status.CANCELLED})
# Need no lead and no deadline.
UNASSIGNED = frozenset({Status.DRAFT, Status.PUBLISHED, Status.CANCELLED})


class Party(StrEnum):
    """In which capacity somebody meets a measure (tracker/access finds it out)."""

    OFFICE = "office"
    LEAD = "lead"
    CO = "co"
    LEADER = "leader"
    # Decides requests for more time: 督查室 or, where the regime says so, the leader in charge of the lead.
    DECIDER = "decider"
    # Any department while a measure is published for claiming (揭榜).
    CLAIMANT = "claimant"


PARTY_NAMES: dict[Party, str] = {
    Party.OFFICE: "督查室",
    Party.LEAD: "牵头单位",
    Party.CO: "配合单位",
    Party.LEADER: "分管领导",
    Party.DECIDER: "延期审批人",
    Party.CLAIMANT: "揭榜单位",
}


class Verb(StrEnum):
    """A step in a measure's life; stored on each event."""

    REGISTER = "register"
    EDIT = "edit"
    REWORD = "reword"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    REPORT = "report"
    APPLY_TO_CLOSE = "apply_to_close"
    RETURN = "return"
    CLOSE = "close"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    REOPEN = "reopen"
    OBJECT = "object"
    UPHOLD_OBJECTION = "uphold_objection"
    REJECT_OBJECTION = "reject_objection"
    TRANSFER = "transfer"
    REQUEST_EXTENSION = "request_extension"
    WITHDRAW_EXTENSION = "withdraw_extension"
    APPROVE_EXTENSION = "approve_extension"
    REFUSE_EXTENSION = "refuse_extension"
    EXTEND = "extend"
    PART_REPORT = "part_report"
    ACCEPT_REPORT = "accept_report"
    RETURN_REPORT = "return_report"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    CLAIM = "claim"
    WITHDRAW_CLAIM = "withdraw_claim"
    ACCEPT_CLAIM = "accept_claim"
    DECLINE_CLAIM = "decline_claim"
    SET_STAGES = "set_stages"
    SET_ROLES = "set_roles"
    EXEMPT = "exempt"
    APPLY_REGIME = "apply_regime"
    URGE = "urge"
    OPEN_PERIOD = "open_period"


VERB_NAMES: dict[Verb, str] = {
    Verb.REGISTER: "立项",
    Verb.EDIT: "修改",
    Verb.REWORD: "更新原文",
    Verb.ASSIGN: "交办",
    Verb.ACKNOWLEDGE: "签收",
    Verb.REPORT: "报告进展",
    Verb.APPLY_TO_CLOSE: "申请办结",
    Verb.RETURN: "退回",
    Verb.CLOSE: "办结销号",
    Verb.SUSPEND: "暂缓",
    Verb.RESUME: "恢复办理",
    Verb.CANCEL: "撤销",
    Verb.REOPEN: "重新启动",
    Verb.OBJECT: "提出异议",
    Verb.UPHOLD_OBJECTION: "采纳异议",
    Verb.REJECT_OBJECTION: "不采纳异议",
    Verb.TRANSFER: "转办",
    Verb.REQUEST_EXTENSION: "申请延期",
    Verb.WITHDRAW_EXTENSION: "撤回延期申请",
    Verb.APPROVE_EXTENSION: "同意延期",
    Verb.REFUSE_EXTENSION: "不同意延期",
    Verb.EXTEND: "调整时限",
    Verb.PART_REPORT: "报告配合情况",
    Verb.ACCEPT_REPORT: "采纳报告",
    Verb.RETURN_REPORT: "退回报告",
    Verb.PUBLISH: "张榜",
    Verb.UNPUBLISH: "撤榜",
    Verb.CLAIM: "揭榜",
    Verb.WITHDRAW_CLAIM: "撤回揭榜",
    Verb.ACCEPT_CLAIM: "确定揭榜单位",
    Verb.DECLINE_CLAIM: "谢绝揭榜",
    Verb.SET_STAGES: "安排阶段",
    Verb.SET_ROLES: "指定角色",
    Verb.EXEMPT: "登记容错",
    Verb.APPLY_REGIME: "改按制度",
    Verb.URGE: "催办",
    Verb.OPEN_PERIOD: "开始新周期",
}


class Flag(StrEnum):
    """A fact about a measure, beside its status, that a step may depend on."""

    DATED = "dated"
    EXTENSION_PENDING = "extension_pending"
    NO_EXTENSION_PENDING = "no_extension_pending"
    OBJECTION_PENDING = "objection_pending"
    NO_OBJECTION_PENDING = "no_objection_pending"
    OBJECTION_IN_TIME = "objection_in_time"
    CLAIM_IN_TIME = "claim_in_time"


# What is said when a step needs a fact that does not hold.
FLAG_REFUSALS: dict[Flag, str] = {
    Flag.DATED: "事项没有完成时限（长期坚持），不能调整时限。",
    Flag.EXTENSION_PENDING: "没有待审批的延期申请。",
    Flag.NO_EXTENSION_PENDING: "已有一份延期申请在等待审批。",
    Flag.OBJECTION_PENDING: "没有待答复的异议。",
    Flag.NO_OBJECTION_PENDING: "异议正在等待督查室答复。",
    Flag.OBJECTION_IN_TIME: "提出异议的期限已过，请与督查室联系。",
    Flag.CLAIM_IN_TIME: "揭榜已经截止。",
}
# Refusals that programs tell from others of the same kind.
_FLAG_CODES = {Flag.OBJECTION_IN_TIME: "too_late", Flag.CLAIM_IN_TIME: "too_late"}


def flags_of(
    *,
    dated: bool,
    extension_pending: bool,
    objection_pending: bool,
    objection_in_time: bool = True,
    claim_in_time: bool = True,
) -> frozenset[Flag]:
    """The facts that hold."""
    holding = {
        Flag.DATED: dated,
        Flag.EXTENSION_PENDING: extension_pending,
        Flag.NO_EXTENSION_PENDING: not extension_pending,
        Flag.OBJECTION_PENDING: objection_pending,
        Flag.NO_OBJECTION_PENDING: not objection_pending,
        Flag.OBJECTION_IN_TIME: objection_in_time,
        Flag.CLAIM_IN_TIME: claim_in_time,
    }
    return frozenset(flag for flag, holds in holding.items() if holds)


# With these a department answers a reminder: the climbing of its colour stops (tracker/rules/reminder_schedule.py).
ANSWERS = frozenset({Verb.REPORT, Verb.APPLY_TO_CLOSE, Verb.REQUEST_EXTENSION})


class Grade(StrEnum):
    """How well a closed measure was done (office's grade at closing)."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASS = "pass"
    FAIL = "fail"


GRADE_NAMES: dict[Grade, str] = {
    Grade.EXCELLENT: "优秀",
    Grade.GOOD: "良好",
    Grade.PASS: "合格",
    Grade.FAIL: "不合格",
}


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None leaves the status as it is; `needs` names inputs that must not be blank, `when`
    the facts that must hold."""

    verb: Verb
    by: frozenset[Party]
    sources: frozenset[Status]
    target: Status | None
    needs: tuple[str, ...] = ()
    when: tuple[Flag, ...] = ()


_OFFICE = frozenset({Party.OFFICE})
_LEAD = frozenset({Party.LEAD})
_CO = frozenset({Party.CO})
_DECIDER = frozenset({Party.DECIDER})
_CLAIMANT = frozenset({Party.CLAIMANT})
_ANY = frozenset(Status)
_DRAFT = frozenset({Status.DRAFT})
_PUBLISHED = frozenset({Status.PUBLISHED})
_ASSIGNED = frozenset({Status.ASSIGNED})
_IN_PROGRESS = frozenset({Status.IN_PROGRESS})
_CLOSING = frozenset({Status.CLOSING})
_SUSPENDED = frozenset({Status.SUSPENDED})
_PENDING, _NONE_PENDING = (Flag.EXTENSION_PENDING,), (Flag.DATED, Flag.NO_EXTENSION_PENDING)
_OBJECTED = (Flag.OBJECTION_PENDING,)

TRANSITIONS: dict[Verb, Transition] = {
    row.verb: row
    for row in (
        Transition(Verb.EDIT, _OFFICE, _ANY - SETTLED, None),
        Transition(Verb.REWORD, _OFFICE, _ANY, None),
        # Assigning again changes lead, deadline … of a measure whose department has not begun (交办 corrected).
        Transition(Verb.ASSIGN, _OFFICE, _DRAFT | _ASSIGNED, Status.ASSIGNED, ("lead",)),
        Transition(Verb.ACKNOWLEDGE, _LEAD, _ASSIGNED, Status.IN_PROGRESS, (), (Flag.NO_OBJECTION_PENDING,)),
        Transition(Verb.REPORT, _LEAD, _IN_PROGRESS, None, ("progress",)),
        Transition(Verb.APPLY_TO_CLOSE, _LEAD, _IN_PROGRESS, Status.CLOSING, ("result",)),
        Transition(Verb.RETURN, _OFFICE, _CLOSING, Status.IN_PROGRESS, ("reason",)),
        Transition(Verb.CLOSE, _OFFICE, _CLOSING, Status.CLOSED, ("grade",)),
        Transition(Verb.SUSPEND, _OFFICE, OPEN, Status.SUSPENDED, ("reason",)),
        Transition(Verb.RESUME, _OFFICE, _SUSPENDED, Status.IN_PROGRESS),
        Transition(Verb.CANCEL, _OFFICE, _ANY - SETTLED, Status.CANCELLED, ("reason",)),
        Transition(Verb.REOPEN, _OFFICE, SETTLED, Status.IN_PROGRESS, ("reason",)),
        # 异议, within the regime's days: the measure waits, unacknowledged, until the office has answered.
        Transition(
            Verb.OBJECT,
            _LEAD,
            _ASSIGNED,
            None,
            ("reason",),
            (Flag.NO_OBJECTION_PENDING, Flag.OBJECTION_IN_TIME),
        ),
        Transition(Verb.UPHOLD_OBJECTION, _OFFICE, _ASSIGNED, Status.DRAFT, (), _OBJECTED),
        Transition(Verb.REJECT_OBJECTION, _OFFICE, _ASSIGNED, None, ("answer",), _OBJECTED),
        Transition(Verb.TRANSFER, _OFFICE, _ASSIGNED | _IN_PROGRESS, Status.ASSIGNED, ("lead", "reason")),
        Transition(
            Verb.REQUEST_EXTENSION,
            _LEAD,
            _IN_PROGRESS,
            None,
            ("reason", "proposed_due_on", "progress"),
            _NONE_PENDING,
        ),
        Transition(Verb.WITHDRAW_EXTENSION, _LEAD, OPEN | _SUSPENDED, None, (), _PENDING),
        Transition(Verb.APPROVE_EXTENSION, _DECIDER, OPEN | _SUSPENDED, None, (), _PENDING),
        Transition(Verb.REFUSE_EXTENSION, _DECIDER, OPEN | _SUSPENDED, None, ("answer",), _PENDING),
        Transition(
            Verb.EXTEND, _OFFICE, OWED, None, ("due_on", "reason"), (Flag.DATED, Flag.NO_EXTENSION_PENDING)
        ),
        Transition(Verb.PART_REPORT, _CO, _IN_PROGRESS | _CLOSING, None, ("progress",)),
        Transition(Verb.ACCEPT_REPORT, _OFFICE, OPEN | _SUSPENDED, None),
        Transition(Verb.RETURN_REPORT, _OFFICE, _IN_PROGRESS, None, ("reason",)),
        # 揭榜: published to every department, the first accepted claim becomes the lead.
        Transition(Verb.PUBLISH, _OFFICE, _DRAFT, Status.PUBLISHED),
        Transition(Verb.UNPUBLISH, _OFFICE, _PUBLISHED, Status.DRAFT),
        Transition(Verb.CLAIM, _CLAIMANT, _PUBLISHED, None, ("reason",), (Flag.CLAIM_IN_TIME,)),
        Transition(Verb.WITHDRAW_CLAIM, _CLAIMANT, _PUBLISHED, None),
        Transition(Verb.ACCEPT_CLAIM, _OFFICE, _PUBLISHED, Status.ASSIGNED),
        Transition(Verb.DECLINE_CLAIM, _OFFICE, _PUBLISHED, None, ("answer",)),
        Transition(Verb.SET_STAGES, _OFFICE, _ANY - SETTLED, None),
        Transition(Verb.SET_ROLES, _OFFICE, _ANY - SETTLED, None),
        Transition(Verb.EXEMPT, _OFFICE, _ANY - UNASSIGNED, None, ("reason", "approver")),
        Transition(Verb.APPLY_REGIME, _OFFICE, OPEN | _SUSPENDED, None),
        # By hand, beside what the reminder rules say by themselves.
        Transition(Verb.URGE, _OFFICE, OWED, None),
        # Taken by the clock, in the office's name.
        Transition(Verb.OPEN_PERIOD, _OFFICE, OWED, None),
    )
}

# Taken with a certain report or claim, or by the clock, not with the measure as such: no button of the measure.
NOT_OFFERED = frozenset(
    {
        Verb.ACCEPT_REPORT,
        Verb.RETURN_REPORT,
        Verb.WITHDRAW_CLAIM,
        Verb.ACCEPT_CLAIM,
        Verb.DECLINE_CLAIM,
        Verb.OPEN_PERIOD,
    }
)


def allowed_verbs(*, status: Status, parties: frozenset[Party], flags: frozenset[Flag]) -> tuple[Verb, ...]:
    """The steps that somebody with these capacities may take now, in the table's order."""
    return tuple(
        verb
        for verb, row in TRANSITIONS.items()
        if status in row.sources and not row.by.isdisjoint(parties) and flags.issuperset(row.when)
    )


def check_step(
    verb: Verb, *, status: Status, parties: frozenset[Party], flags: frozenset[Flag]
) -> Transition:
    """The table's row for this step.

    Raises NotAllowed when none of the parties may ever take it, WrongState when the status does not allow it now.
    """
    row = TRANSITIONS[verb]
    if row.by.isdisjoint(parties):
        who = "、".join(PARTY_NAMES[party] for party in sorted(row.by))
        raise NotAllowed(f"“{VERB_NAMES[verb]}”只能由{who}办理。")
    _check_now(row, status=status, flags=flags)
    return row


def check_deadline_moves(*, status: Status, flags: frozenset[Flag]) -> None:
    """Raises WrongState, in the words of 调整时限, where the deadline of an assigned measure stays as it is for now.

    Every step that moves it asks here, so that none is a way round the others: an application that is reviewed, a request
    for more time that waits and a suspended measure keep the deadline that they speak of. A measure without one may get one.
    """
    _check_now(TRANSITIONS[Verb.EXTEND], status=status, flags=flags | {Flag.DATED})


def _check_now(row: Transition, *, status: Status, flags: frozenset[Flag]) -> None:
    """Raises WrongState when status or facts do not allow the step now, whoever asks."""
    verb = row.verb
    if status not in row.sources:
        name = VERB_NAMES[verb]
        what = f"办理“{name}”" if name.startswith("不") else name
        raise WrongState(f"事项当前为“{STATUS_NAMES[status]}”，不能{what}。")
    for flag in row.when:
        if flag not in flags:
            raise WrongState(FLAG_REFUSALS[flag], code=_FLAG_CODES.get(flag))
