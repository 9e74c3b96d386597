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
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    CLOSING = "closing"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


STATUS_NAMES: dict[Status, str] = {
    Status.DRAFT: "拟办",
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


class Party(StrEnum):
    """In which capacity somebody meets a measure (tracker/access.py finds it out)."""

    OFFICE = "office"
    LEAD = "lead"
    CO = "co"
    LEADER = "leader"


PARTY_NAMES: dict[Party, str] = {
    Party.OFFICE: "督查室",
    Party.LEAD: "牵头单位",
    Party.CO: "配合单位",
    Party.LEADER: "分管领导",
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
}


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
    """One row of the table. `target` None leaves the status as it is; `needs` names inputs that must not be blank."""

    verb: Verb
    by: frozenset[Party]
    sources: frozenset[Status]
    target: Status | None
    needs: tuple[str, ...] = ()


_OFFICE = frozenset({Party.OFFICE})
_LEAD = frozenset({Party.LEAD})
_ANY = frozenset(Status)

TRANSITIONS: dict[Verb, Transition] = {
    row.verb: row
    for row in (
        Transition(Verb.EDIT, _OFFICE, _ANY - SETTLED, None),
        Transition(Verb.REWORD, _OFFICE, _ANY, None),
        # Assigning again changes lead, deadline … of a measure whose department has not begun (交办 corrected).
        Transition(
            Verb.ASSIGN, _OFFICE, frozenset({Status.DRAFT, Status.ASSIGNED}), Status.ASSIGNED, ("lead",)
        ),
        Transition(Verb.ACKNOWLEDGE, _LEAD, frozenset({Status.ASSIGNED}), Status.IN_PROGRESS),
        Transition(Verb.REPORT, _LEAD, frozenset({Status.IN_PROGRESS}), None, ("progress",)),
        Transition(Verb.APPLY_TO_CLOSE, _LEAD, frozenset({Status.IN_PROGRESS}), Status.CLOSING, ("result",)),
        Transition(Verb.RETURN, _OFFICE, frozenset({Status.CLOSING}), Status.IN_PROGRESS, ("reason",)),
        Transition(Verb.CLOSE, _OFFICE, frozenset({Status.CLOSING}), Status.CLOSED, ("grade",)),
        Transition(Verb.SUSPEND, _OFFICE, OPEN, Status.SUSPENDED, ("reason",)),
        Transition(Verb.RESUME, _OFFICE, frozenset({Status.SUSPENDED}), Status.IN_PROGRESS),
        Transition(Verb.CANCEL, _OFFICE, _ANY - SETTLED, Status.CANCELLED, ("reason",)),
        Transition(Verb.REOPEN, _OFFICE, SETTLED, Status.IN_PROGRESS, ("reason",)),
    )
}


def allowed_verbs(*, status: Status, parties: frozenset[Party]) -> tuple[Verb, ...]:
    """The steps that somebody with these capacities may take from this status, in the table's order."""
    return tuple(
        verb for verb, row in TRANSITIONS.items() if status in row.sources and not row.by.isdisjoint(parties)
    )


def check_step(verb: Verb, *, status: Status, parties: frozenset[Party]) -> Transition:
    """The table's row for this step.

    Raises NotAllowed when none of the parties may ever take it, WrongState when the status does not allow it now.
    """
    row = TRANSITIONS[verb]
    if row.by.isdisjoint(parties):
        who = "、".join(PARTY_NAMES[party] for party in sorted(row.by))
        raise NotAllowed(f"“{VERB_NAMES[verb]}”只能由{who}办理。")
    if status not in row.sources:
        raise WrongState(f"事项当前为“{STATUS_NAMES[status]}”，不能{VERB_NAMES[verb]}。")
    return row
