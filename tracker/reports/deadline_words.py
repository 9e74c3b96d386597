"""A measure's deadline in words: how many days are left or late, in calendar and working days."""

from dataclasses import dataclass
from datetime import date

from tracker.models import Measure
from tracker.rules.lifecycle import OPEN, OWED, Status
from tracker.rules.light import is_overdue, judged_on
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class DeadlineWords:
    """`words` is short Chinese (may be empty); `provisional` when the count of working days, or the deadline's own year,
    rests on a calendar that is not announced yet."""

    words: str
    overdue: bool = False
    near: bool = False
    provisional: bool = False


def deadline_words(
    measure: Measure, *, today: date, calendar: WorkCalendar, near_until: date
) -> DeadlineWords:
    """What the list says beside the deadline. Late days count to the day of application while it waits for review."""
    status = Status(measure.status)
    if measure.standing:
        return DeadlineWords("长期坚持")
    due_on = measure.due_on
    if due_on is None or status not in OPEN:
        return DeadlineWords("")
    provisional = calendar.is_provisional(due_on)
    day = judged_on(status=status, applied_on=measure.applied_on, today=today)
    if is_overdue(status=status, due_on=due_on, applied_on=measure.applied_on, today=today):
        workdays = calendar.count_workdays(due_on, day)
        words = f"逾期{(day - due_on).days}天（{workdays}个工作日）"
        return DeadlineWords(words, overdue=True, provisional=provisional or calendar.is_provisional(day))
    if status not in OWED:
        return DeadlineWords("等待审核", provisional=provisional)
    near = due_on <= near_until
    left = (due_on - day).days
    return DeadlineWords(f"剩{left}天" if left else "今天到期", near=near, provisional=provisional)
