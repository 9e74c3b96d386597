"""What departments ask for: a request is pending from the day it is made until it is answered or becomes pointless."""

from datetime import datetime
from typing import Any, TypeVar

from tracker.models import Claim, ExtensionRequest, Measure, Objection, RequestState, User
from tracker.rules.violations import NotAllowed

Request = TypeVar("Request", ExtensionRequest, Objection, Claim)


def ask(
    kind: type[Request], measure: Measure, *, actor: User, now: datetime, what: str, reason: str, **more: Any
) -> Request:
    """A pending request of the actor's department, made inside the step that asks. Raises NotAllowed for who has none."""
    if actor.department is None:
        raise NotAllowed(f"只有部门用户可以{what}。")
    made: Request = kind.objects.create(
        measure=measure,
        department=actor.department,
        requested_by=actor,
        requested_at=now,
        reason=reason,
        **more,
    )
    return made


def lapse_requests(measure: Measure, *, now: datetime) -> None:
    """Set the measure's pending requests to 失效: it is handed over, settled or given up. Called inside that step."""
    lapsed = {"state": RequestState.LAPSED, "decided_at": now}
    for requests in (ExtensionRequest.objects, Objection.objects, Claim.objects):
        requests.filter(measure=measure, state=RequestState.PENDING).update(**lapsed)
    measure.extension_pending = measure.objection_pending = False
