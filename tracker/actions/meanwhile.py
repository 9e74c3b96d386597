"""What somebody who writes a report should know first: long writing must not be lost to a change that is none of its business."""

from tracker.models import Measure, MeasureEvent
from tracker.rules.lifecycle import Verb
from tracker.rules.violations import Outdated

# What is asked for, in words and numbers: a report of either kind answers to these.
_ASKED = frozenset({"title", "text"})
# What the lead's own report says or follows from, beside its milestones and indicators one by one.
_REPORTED = frozenset({"percent", "status", "lead_id", "recurrence", "milestones", "indicators"})
_ONE_BY_ONE = ("milestone:", "indicator:")


def check_nothing_concerns(measure: Measure, *, since: int | None, department: int | None) -> None:
    """Called inside the step. Raises Outdated when a step after version `since` concerns the report that this department
    now sends: the words of the measure, the department's own last report or its return and, for the lead, what is
    reported with it. A deadline, a remark, another department's part or a request are none of its business.
    """
    if since is None or since == measure.version:
        return
    steps = measure.events.filter(version__gt=since)
    leads = department == measure.lead_id
    if since > measure.version or any(_concerns(step, department, leads=leads) for step in steps):
        raise Outdated("您填写期间，事项有了与报告有关的变化，请核对后再次提交。")


def _concerns(step: MeasureEvent, department: int | None, *, leads: bool) -> bool:
    changed = step.changes.keys()
    if changed & _ASKED or step.verb == Verb.RETURN_REPORT:
        return True
    if step.verb in (Verb.REPORT, Verb.PART_REPORT) and step.department_id == department:
        return True
    return leads and bool(changed & _REPORTED or any(name.startswith(_ONE_BY_ONE) for name in changed))
