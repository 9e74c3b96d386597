"""The one rule for moving the deadline of an assigned measure, whichever step or import moves it."""

from datetime import date

from tracker import access
from tracker.models import Measure
from tracker.rules.lifecycle import Status, check_deadline_moves
from tracker.rules.violations import InvalidInput, WrongState


def check_deadline_may_move(measure: Measure, to: date | None, *, today: date) -> None:
    """Called inside a step with the measure in the status that it has or gets there; `to` None lifts the deadline.

    Raises WrongState in the words of 调整时限 where that is not possible now, InvalidInput for a day that has passed.
    """
    try:
        check_deadline_moves(status=Status(measure.status), flags=access.flags(measure, today=today))
    except WrongState as refusal:
        raise WrongState(refusal.message, field="due_on", code=refusal.code) from None
    if to is not None:
        check_not_past(to, today=today)


def check_not_past(due_on: date, *, today: date, field: str = "due_on") -> None:
    if due_on < today:
        raise InvalidInput(f"新的时限（{due_on}）已经过去。", field=field)
