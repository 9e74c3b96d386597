"""Reports as tests give them, and a measure's events replayed, so that what they tell can be compared with what is stored."""

from typing import Any

from tests.makers import NOW
from tracker import actions
from tracker.actions.step import TRACKED
from tracker.models import Measure, ProgressReport, User

# What an event says beside the state (a checkpoint met, a file sent, a period counted) is told, not replayed.
STATE = {*TRACKED, "co", "indicators", "milestones", "roles"}


def send(measure: Measure, who: User, **given: Any) -> ProgressReport:
    """A report of 10 percent now, but for what is given."""
    return actions.report(
        **{"measure_id": measure.pk, "actor": who, "now": NOW, "percent": 10, "progress": "推进", **given}
    )


def replayed(measure: Measure) -> dict[str, object]:
    """The measure's tracked state as its events tell it; fails when one event does not follow from the last."""
    state: dict[str, object] = {}
    for event in measure.events.order_by("version"):
        for name, (before, after) in event.changes.items():
            if name not in STATE:
                continue
            assert state.get(name) == before or (name not in state and before in (None, [], "")), (
                name,
                event,
            )
            state[name] = after
    return state


def assert_trail(measure: Measure) -> None:
    """Versions have no gaps and the events replay to what is stored."""
    measure = Measure.objects.get(pk=measure.pk)
    versions = list(measure.events.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, measure.version + 1))
    state = replayed(measure)
    for name in TRACKED:
        value = getattr(measure, name)
        assert state.get(name) == (value.isoformat() if hasattr(value, "isoformat") else value), name
    assert state.get("co", []) == sorted(measure.co_departments.values_list("code", flat=True))
    assert state.get("indicators", []) == [str(row) for row in measure.indicators.all()]
    assert state.get("milestones", []) == [str(row) for row in measure.milestones.all()]
