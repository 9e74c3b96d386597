"""The kinds of notice: what each counts from, whether before or after, and how it is said.

The kinds are those that 13710 and the field's practice ask for (docs/domain.md); when each speaks and to whom is the
office's to set, rule by rule.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.rules.lifecycle import Party


class Subject(StrEnum):
    """The matter whose day a notice counts from."""

    DEADLINE = "deadline"
    ACKNOWLEDGE = "acknowledge"
    FIRST_REPORT = "first_report"
    PERIOD_REPORT = "period_report"
    CHECKPOINT = "checkpoint"
    MILESTONE = "milestone"
    YELLOW = "yellow"
    RED = "red"
    RETURNED = "returned"
    EXTENSION = "extension"
    APPLICATION = "application"
    URGED = "urged"
    HANDED = "handed"
    MOVED = "moved"


# Whom a department's own hour of sending does not concern: who is told of it and does not belong to it.
BESIDE_THE_UNIT = (Party.LEADER, Party.OFFICE)


# Whose day is reckoned from something else and may move while the affair stays the same: a light's by progress and deadline, a
# node's by regime, calendar and pauses. A new deadline or a new request is a new affair.
RECKONED = (
    Subject.YELLOW,
    Subject.RED,
    Subject.ACKNOWLEDGE,
    Subject.FIRST_REPORT,
    Subject.PERIOD_REPORT,
)


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


class NoticeKind(StrEnum):
    """Why somebody is reminded."""

    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    ACKNOWLEDGE_OVERDUE = "ack_overdue"
    FIRST_REPORT_OVERDUE = "first_report_overdue"
    PERIOD_REPORT_DUE = "period_report_due"
    PERIOD_REPORT_OVERDUE = "period_report_overdue"
    CHECKPOINT_NEAR = "checkpoint_near"
    MILESTONE_NEAR = "milestone_near"
    MILESTONE_OVERDUE = "milestone_overdue"
    BEHIND_YELLOW = "behind_yellow"
    BEHIND_RED = "behind_red"
    RETURNED = "returned"
    EXTENSION_WAITING = "extension_waiting"
    CLOSING_WAITING = "closing_waiting"
    URGED = "urged"
    ASSIGNED = "assigned"
    DEADLINE_MOVED = "deadline_moved"


class Tone(StrEnum):
    """How a message colours it."""

    LATE = "late"
    NEAR = "near"
    WAITING = "waiting"
    NEWS = "news"


@dataclass(frozen=True)
class KindFacts:
    """`name` heads a group, `counted` follows a number in a subject, `day_name` names the day counted from; `passed`
    stands before a number of days after it, `on_the_day` for the day itself. Lower `urgency` comes first."""

    name: str
    counted: str
    subject: Subject
    side: Side
    urgency: int
    tone: Tone
    day_name: str = "时限"
    passed: str = "逾期"
    on_the_day: str = "今日到期"

    @property
    def is_news(self) -> bool:
        """Whether it tells of something that the office has just decided: told to nobody's choice."""
        return self.tone is Tone.NEWS

    @property
    def is_at_once(self) -> bool:
        """Whether it waits for no hour of a department's own: news, and what the office urges by hand."""
        return self.is_news or self.subject is Subject.URGED

    @property
    def unit(self) -> str:
        """What it is counted in: 项, 期, 个."""
        return self.counted[:1]

    @property
    def affair(self) -> Subject:
        """What a reader takes for one matter, whether told ahead or late: of one, the latest notice stands for all."""
        nodes = (Subject.ACKNOWLEDGE, Subject.FIRST_REPORT)
        return Subject.CHECKPOINT if self.subject in nodes else self.subject

    @property
    def full_day_name(self) -> str:
        """The day's name as a line of its own says it."""
        return "完成时限" if self.subject is Subject.DEADLINE else self.day_name


_B, _A = Side.BEFORE, Side.AFTER
KINDS: dict[NoticeKind, KindFacts] = {
    NoticeKind.OVERDUE: KindFacts("已逾期", "项逾期", Subject.DEADLINE, _A, 0, Tone.LATE),
    NoticeKind.FIRST_REPORT_OVERDUE: KindFacts(
        "首次反馈已超期", "项首次反馈超期", Subject.FIRST_REPORT, _A, 1, Tone.LATE, "首次反馈时限"
    ),
    NoticeKind.ACKNOWLEDGE_OVERDUE: KindFacts(
        "超期未签收", "项超期未签收", Subject.ACKNOWLEDGE, _A, 2, Tone.LATE, "签收时限"
    ),
    NoticeKind.URGED: KindFacts(
        "督查室催办", "项督查室催办", Subject.URGED, _A, 3, Tone.LATE, "催办日期", "催办已过", "今日催办"
    ),
    NoticeKind.MILESTONE_OVERDUE: KindFacts(
        "阶段目标已逾期", "个阶段目标逾期", Subject.MILESTONE, _A, 4, Tone.LATE, "阶段时限"
    ),
    NoticeKind.PERIOD_REPORT_OVERDUE: KindFacts(
        "定期报告已超期", "期报告超期", Subject.PERIOD_REPORT, _A, 5, Tone.LATE, "报送日期"
    ),
    NoticeKind.RETURNED: KindFacts(
        "退回未重报", "项退回未重报", Subject.RETURNED, _A, 6, Tone.LATE, "重报时限", "逾期", "今日应重报"
    ),
    NoticeKind.BEHIND_RED: KindFacts(
        "进度严重滞后（红灯）",
        "项进度红灯",
        Subject.RED,
        _A,
        7,
        Tone.LATE,
        "亮红灯日期",
        "亮灯",
        "今日亮红灯",
    ),
    NoticeKind.DUE_TODAY: KindFacts("今日到期", "项今日到期", Subject.DEADLINE, _B, 8, Tone.NEAR),
    NoticeKind.ASSIGNED: KindFacts(
        "新交办", "项新交办", Subject.HANDED, _A, 9, Tone.NEWS, "交办日期", "已交办", "今日交办"
    ),
    NoticeKind.DEADLINE_MOVED: KindFacts(
        "时限已调整", "项时限调整", Subject.MOVED, _A, 10, Tone.NEWS, "调整日期", "已调整", "今日调整"
    ),
    NoticeKind.DUE_SOON: KindFacts("即将到期", "项即将到期", Subject.DEADLINE, _B, 11, Tone.NEAR),
    NoticeKind.CHECKPOINT_NEAR: KindFacts(
        "督办节点临近", "个督办节点临近", Subject.CHECKPOINT, _B, 12, Tone.NEAR, "督办节点"
    ),
    NoticeKind.MILESTONE_NEAR: KindFacts(
        "阶段目标临近", "个阶段目标临近", Subject.MILESTONE, _B, 13, Tone.NEAR, "阶段时限"
    ),
    NoticeKind.PERIOD_REPORT_DUE: KindFacts(
        "定期报告待报送",
        "期报告待报送",
        Subject.PERIOD_REPORT,
        _B,
        14,
        Tone.NEAR,
        "报送日期",
        "逾期",
        "今日应报送",
    ),
    NoticeKind.BEHIND_YELLOW: KindFacts(
        "进度滞后（黄灯）",
        "项进度黄灯",
        Subject.YELLOW,
        _A,
        15,
        Tone.NEAR,
        "亮黄灯日期",
        "亮灯",
        "今日亮黄灯",
    ),
    NoticeKind.EXTENSION_WAITING: KindFacts(
        "延期申请待审批",
        "项延期申请待审批",
        Subject.EXTENSION,
        _A,
        16,
        Tone.WAITING,
        "申请日期",
        "已等待",
        "今日申请",
    ),
    NoticeKind.CLOSING_WAITING: KindFacts(
        "办结申请待审核",
        "项办结申请待审核",
        Subject.APPLICATION,
        _A,
        17,
        Tone.WAITING,
        "申请日期",
        "已等待",
        "今日申请",
    ),
}
