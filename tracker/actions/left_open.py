"""What a measure was to reach and has not: nobody strikes it off without a word about that."""

from dataclasses import dataclass

from tracker.models import Indicator, Measure, Milestone, Occurrence

_LONGEST = 200  # characters of names in one message


@dataclass(frozen=True)
class LeftOpen:
    """Falsy when nothing is. `periods` have fewer pieces than their target, `unreported` says which target had none at all."""

    milestones: tuple[Milestone, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    periods: tuple[Occurrence, ...] = ()
    unreported: str = ""

    def __bool__(self) -> bool:
        return bool(self.milestones or self.indicators or self.periods or self.unreported)

    @property
    def words(self) -> str:
        """Chinese, without a full stop."""
        found = [
            (self.milestones, "个节点没有完成"),
            (self.indicators, "个指标没有达到目标"),
            (self.periods, "期周期任务没有完成目标"),
        ]
        told = [
            f"还有{len(rows)}{what}（{'；'.join(map(str, rows))[:_LONGEST]}）" for rows, what in found if rows
        ]
        return "，".join(
            [*told, *([f"周期任务没有报过完成数（{self.unreported}）"] if self.unreported else [])]
        )


def left_open(measure: Measure) -> LeftOpen:
    """Milestones not reached, indicators short of their target or never reported, periods short of their count."""
    recurring = measure.recurrence != Measure.Cadence.NONE and measure.recurrence_target is not None
    periods = list(measure.occurrences.all())
    return LeftOpen(
        milestones=tuple(measure.milestones.filter(done_on__isnull=True)),
        indicators=tuple(row for row in measure.indicators.all() if not row.as_target().is_met(row.current)),
        periods=tuple(row for row in periods if row.target is not None and row.done < row.target),
        unreported=f"{measure.get_recurrence_display()}{measure.recurrence_target}{measure.recurrence_unit}"
        if recurring and not periods
        else "",
    )
