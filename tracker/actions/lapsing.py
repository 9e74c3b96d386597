"""What was asked for and became pointless: pending requests lapse when a measure is handed over, settled or given up."""

from datetime import datetime

from tracker.models import Claim, ExtensionRequest, Measure, Objection, RequestState


def lapse_requests(measure: Measure, *, now: datetime) -> None:
    """Set the measure's pending requests to 失效. Called inside the step that makes them pointless."""
    lapsed = {"state": RequestState.LAPSED, "decided_at": now}
    for requests in (ExtensionRequest.objects, Objection.objects, Claim.objects):
        requests.filter(measure=measure, state=RequestState.PENDING).update(**lapsed)
    measure.extension_pending = measure.objection_pending = False
