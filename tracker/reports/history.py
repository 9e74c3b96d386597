"""A measure as it was: its events replayed up to a version."""

from tracker.models import Measure


def state_at_version(measure: Measure, version: int) -> dict[str, object] | None:
    """The tracked fields as JSON values after the step of this version; `co` and `indicators` are lists of words.

    None when the measure never had this version. One query.
    """
    state: dict[str, object] = {"co": [], "indicators": []}
    reached = 0
    events = measure.events.filter(version__lte=version).order_by("version")
    for number, changes in events.values_list("version", "changes"):
        reached = number
        state.update({name: after for name, (_before, after) in changes.items()})
    return state if reached == version else None
