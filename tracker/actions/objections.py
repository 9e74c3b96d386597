"""异议: a lead that finds the matter is not its own says so; 督查室 takes it back or keeps it where it is."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tracker.actions.checkpoints import put_off, take_back
from tracker.actions.pending import ask
from tracker.actions.step import Changes, required, take_step
from tracker.models import Measure, Objection, RequestState, User
from tracker.rules.lifecycle import Verb


def object_to_assignment(
    *, measure_id: int, actor: User, now: datetime, reason: str, expected_version: int | None = None
) -> Objection:
    """提出异议 with a reason, within the regime's working days after the assignment (360docs.net: 3).

    Raises WrongState with code "too_late" afterwards: then the office transfers the measure by itself or not at all.
    """
    reason = required(reason, field="reason", name="异议理由")
    made: list[Objection] = []

    def change(measure: Measure) -> None:
        made.append(ask(Objection, measure, actor=actor, now=now, what="提出异议", reason=reason))
        measure.objection_pending = True

    with transaction.atomic():
        take_step(
            Verb.OBJECT,
            measure_id=measure_id,
            actor=actor,
            now=now,
            expected_version=expected_version,
            # The reason stays between the department and the office; all who see the measure read its events.
            note="",
            change=change,
        )
        return made[0]


def uphold_objection(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    answer: str = "",
    expected_version: int | None = None,
) -> Measure:
    """采纳异议: the measure is 拟办 again, to be given to another lead."""
    answer = answer.strip()

    def change(measure: Measure) -> None:
        _settle(measure, RequestState.APPROVED, by=actor, now=now, answer=answer)
        measure.assigned_at = measure.lead = None
        measure.next_period_on = None

    return take_step(
        Verb.UPHOLD_OBJECTION,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note="",
        change=change,
        relate=take_back,
    )


def reject_objection(
    *, measure_id: int, actor: User | None, now: datetime, answer: str, expected_version: int | None = None
) -> Measure:
    """不采纳异议, with the reason: the department acknowledges and carries out."""
    answer = required(answer, field="answer", name="不采纳的原因")

    def change(measure: Measure) -> None:
        _settle(measure, RequestState.REFUSED, by=actor, now=now, answer=answer)

    def relate(measure: Measure) -> Changes:
        """While the objection waited for its answer the department could not acknowledge."""
        made = measure.objections.filter(state=RequestState.REFUSED).latest("requested_at")
        since = timezone.localdate(made.requested_at)
        return put_off(measure, since=since, today=timezone.localdate(now))

    return take_step(
        Verb.REJECT_OBJECTION,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note="",
        change=change,
        relate=relate,
    )


def _settle(measure: Measure, state: RequestState, *, by: User | None, now: datetime, answer: str) -> None:
    measure.objections.filter(state=RequestState.PENDING).update(
        state=state, decided_by=by, decided_at=now, answer=answer
    )
    measure.objection_pending = False
