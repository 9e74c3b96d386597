"""What is to be heard at once: that a measure was handed over, that its deadline was moved, that it is urged by hand; kept with the
measure, so that planning finds it by an index and never reads the trail of events."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils import timezone

from tracker.models import Measure
from tracker.rules.lifecycle import UNASSIGNED, Status, Verb

# The bookkeeping that each step saves.
FIELDS = ("handed_version", "handed_on", "lead_knows", "moved_version", "moved_on", "urged_version")
# With these the lead shows that it knows of the measure.
_SHOWS_IT_KNOWS = frozenset({Verb.ACKNOWLEDGE, Verb.OBJECT})
_DEADLINE = frozenset({"due_on", "standing"})


def note_news(
    measure: Measure,
    verb: Verb,
    *,
    before: Mapping[str, object],
    changed: Collection[str],
    now: datetime,
) -> None:
    """Called with each step, after its version was raised: the version names the event that people are told of, so that
    each is told once and only the last of them is."""
    today = timezone.localdate(now)
    if verb is Verb.URGE:
        # Each urging is told, also the second of a day, after an answer to the first.
        measure.urged_version = measure.version
    if measure.status == Status.ASSIGNED and ("lead_id" in changed or before["status"] in UNASSIGNED):
        # Whom it is handed to reads the deadline there; how it moved before is no news.
        measure.handed_version, measure.handed_on, measure.lead_knows = measure.version, today, False
        measure.moved_version = measure.moved_on = None
        return
    if verb in _SHOWS_IT_KNOWS:
        # The lead alone: who assists has shown nothing and is told all the same.
        measure.lead_knows = True
    was_assigned = before["status"] not in (Status.DRAFT, Status.PUBLISHED)
    if was_assigned and measure.lead_id == before["lead_id"] and not _DEADLINE.isdisjoint(changed):
        measure.moved_version, measure.moved_on = measure.version, today
