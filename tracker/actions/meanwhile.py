"""What somebody who writes a report should know first: long writing must not be lost to a change that is none of its business."""

from dataclasses import dataclass

from django.utils import timezone

from tracker.models import Measure, MeasureEvent, ProgressReport, User
from tracker.rules.lifecycle import Verb
from tracker.rules.violations import Outdated

# What is asked for, in words and numbers: a report of either kind answers to these.
_ASKED = frozenset({"title", "text"})
# What the lead's own report says or follows from, beside its milestones and indicators one by one.
_REPORTED = frozenset({"percent", "status", "lead_id", "recurrence", "milestones", "indicators"})
_ONE_BY_ONE = ("milestone:", "indicator:")


@dataclass(frozen=True)
class Seen:
    """What a person had before him when he began to write: the measure's version, and which draft of his department
    (draft_mark)."""

    version: int
    draft: str


def draft_mark(measure: Measure, user: User) -> str:
    """Tells one saving of the department's draft from another; "" when there is none."""
    draft = _draft(measure, user)
    return "" if draft is None else draft.reported_at.isoformat()


def check_draft(measure: Measure, *, seen: Seen | None, actor: User) -> None:
    """Called before the department's draft is written over or taken up. Raises Outdated when a colleague has saved it
    since `seen`: what he typed stands nowhere else."""
    draft = _draft(measure, actor) if seen is not None else None
    if seen is None or draft is None or draft.reported_by_id == actor.pk:
        return
    if draft.reported_at.isoformat() != seen.draft:
        at = timezone.localtime(draft.reported_at)
        raise Outdated(
            f"您填写期间，{draft.reported_by}于{at:%H:%M}保存了本单位的草稿，再次提交将以您填写的为准。"
        )


def _draft(measure: Measure, user: User) -> ProgressReport | None:
    drafts = ProgressReport.objects.filter(measure=measure, department=user.department_id)
    return drafts.filter(state=ProgressReport.State.DRAFT).select_related("reported_by").first()


def check_nothing_concerns(measure: Measure, *, seen: Seen | None, department: int | None) -> None:
    """Called inside the step. Raises Outdated when a step after `seen` concerns the report that this department now
    sends: the words of the measure, the department's own last report or its return and, for the lead, what is
    reported with it. A deadline, a remark, another department's part or a request are none of its business.
    """
    if seen is None or seen.version == measure.version:
        return
    steps = measure.events.filter(version__gt=seen.version)
    leads = department == measure.lead_id
    if seen.version > measure.version or any(_concerns(step, department, leads=leads) for step in steps):
        raise Outdated("您填写期间，事项有了与报告有关的变化，请核对后再次提交。")


def _concerns(step: MeasureEvent, department: int | None, *, leads: bool) -> bool:
    changed = step.changes.keys()
    if changed & _ASKED or step.verb == Verb.RETURN_REPORT:
        return True
    if step.verb in (Verb.REPORT, Verb.PART_REPORT) and step.department_id == department:
        return True
    return leads and bool(changed & _REPORTED or any(name.startswith(_ONE_BY_ONE) for name in changed))
