"""How far the work calendar reaches: whether open deadlines lie beyond the holidays that are known."""

from dataclasses import dataclass
from datetime import date

from tracker.models.measure import MeasureQuerySet
from tracker.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Horizon:
    """`known_until` is the last day whose year's holidays are known, `beyond` the open measures due after it; `reached`
    whether that day has already passed."""

    known_until: date
    beyond: int
    reached: bool

    @property
    def matters(self) -> bool:
        """Whether anything that people are shown rests on an estimate."""
        return self.reached or self.beyond > 0

    @property
    def words(self) -> str:
        """One Chinese sentence for 督查室; empty while nothing rests on an estimate."""
        if not self.matters:
            return ""
        year = self.known_until.year + 1
        if not self.beyond:
            return f"{year}年放假安排尚未录入，工作日按周一至周五（扣除法定节假日及补假）暂估。"
        return f"{year}年放假安排尚未录入，{self.beyond}项未办结事项的时限在其后，工作日按周一至周五（扣除法定节假日及补假）暂估。"


def horizon(measures: MeasureQuerySet, *, today: date, calendar: WorkCalendar) -> Horizon:
    """Of the given measures, how many open ones are due after what is known (one query)."""
    known_until = calendar.known_until
    beyond = measures.open().filter(due_on__gt=known_until).order_by().count()
    return Horizon(known_until, beyond, today > known_until)
