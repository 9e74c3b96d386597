"""The milestones (节点) beside a measure, written as part of the step that decides them."""

from collections.abc import Callable, Container, Iterable
from datetime import date
from itertools import pairwise

from tracker.actions.beside import AT_ONCE, Beside
from tracker.actions.step import Changes
from tracker.models import Measure, StageTemplate
from tracker.models import Milestone as MilestoneRow
from tracker.rules.milestones import Milestone, in_order
from tracker.rules.violations import InvalidInput

# How a milestone is found again, the surest way first: unchanged, moved to another day, reworded.
_SAME: tuple[Callable[[MilestoneRow, Milestone], bool], ...] = (
    lambda row, wanted: (row.due_on, row.text) == (wanted.due_on, wanted.text),
    lambda row, wanted: bool(row.text) and row.text == wanted.text,
    # One that was reached is a record of its own words.
    lambda row, wanted: row.done_on is None and row.due_on == wanted.due_on,
)


def first_day(measure: Measure) -> date:
    """Before this day nothing of the measure was planned or done: it began, or its plan, whichever was earlier."""
    begun = measure.plan.starts_on
    return begun if measure.starts_on is None else min(begun, measure.starts_on)


def check_stage_order(measure: Measure) -> None:
    """The stages that the measure was given with one template follow one another: raises InvalidInput for one that is reached
    before an earlier one has its day, or on an earlier day. Other milestones stand side by side. Called inside a step."""
    rows = list(measure.milestones.all())
    for key in sorted({key for row in rows for key in row.stages}):
        for earlier, later in pairwise(_in_stages(rows, key)):
            if later.done_on is None:
                continue
            if earlier.done_on is None:
                raise InvalidInput(
                    f"阶段“{earlier.text}”还没有填完成日期，不能先填“{later.text}”的。", field="milestones"
                )
            if later.done_on < earlier.done_on:
                raise InvalidInput(
                    f"阶段“{later.text}”的完成日期（{later.done_on}）早于“{earlier.text}”的（{earlier.done_on}）。",
                    field="milestones",
                )


def check_planned_order(measure: Measure) -> None:
    """The stages that the measure was given with one template are planned one after the other, on one day at the closest:
    raises InvalidInput for a later one that is planned before an earlier one. Called inside a step."""
    rows = list(measure.milestones.all())
    for key in sorted({key for row in rows for key in row.stages}):
        for earlier, later in pairwise(_in_stages(rows, key)):
            if later.due_on < earlier.due_on and later.done_on is None:
                raise InvalidInput(
                    f"阶段“{later.text}”的计划日期（{later.due_on}）早于它前面的“{earlier.text}”的（{earlier.due_on}）。",
                    field="milestones",
                )


def check_within_deadline(measure: Measure, *, but: Container[tuple[date, str]] = ()) -> None:
    """Raises InvalidInput for a milestone still to be reached that is planned after the measure's deadline, naming both days;
    those in `but` were so before. Called inside a step."""
    if measure.due_on is None:
        return
    late = measure.milestones.filter(done_on__isnull=True, due_on__gt=measure.due_on)
    for row in late:
        if (row.due_on, row.text) not in but:
            raise InvalidInput(
                f"节点“{row.text or row.due_on}”的计划日期（{row.due_on}）晚于完成时限（{measure.due_on}）。",
                field="milestones",
            )


def put_in_order(measure: Measure, template: StageTemplate, names: list[str]) -> Changes:
    """Makes the milestones of these names the stages of this template, in this order, and says in words what changed.

    The order that another template gave them stays. Called inside a step.
    """
    rows, key = list(measure.milestones.all()), str(template.pk)
    before = [row.text for row in _in_stages(rows, key)]
    named = {row.text: row for row in reversed(rows)}
    for row in rows:
        stages = {other: place for other, place in row.stages.items() if other != key}
        if named[row.text] is row and row.text in names:
            stages[key] = names.index(row.text)
        if stages != row.stages:
            row.stages = stages
            row.save(update_fields=["stages"])
    after = [row.text for row in _in_stages(rows, key)]
    return {} if before == after else {"stages": [before, after]}


def _in_stages(rows: Iterable[MilestoneRow], key: str) -> list[MilestoneRow]:
    """Those that are stages of the template with this number, in their order."""
    return sorted((row for row in rows if key in row.stages), key=lambda row: int(row.stages[key]))


def replace_milestones(
    measure: Measure, milestones: Iterable[Milestone], *, beside: Beside = AT_ONCE
) -> Changes:
    """Makes these the measure's milestones and says what changed, as words in order of their dates.

    One that stays by its words, else by its date, keeps its row and completion. One that was reached is a record: it
    stays although it is no longer listed. Called
    inside a step.
    """
    rows = list(measure.milestones.all())
    before = [str(row) for row in rows]
    missing = list(in_order(milestones))
    kept: dict[int, Milestone] = {}
    for same in _SAME:
        for row in rows:
            found = next((one for one in missing if row.pk not in kept and same(row, one)), None)
            if found is not None:
                kept[row.pk] = found
                missing.remove(found)
    moved, dropped = [], []
    for row in rows:
        stays = kept.get(row.pk)
        if stays is not None and (row.due_on, row.text) != (stays.due_on, stays.text):
            row.due_on, row.text = stays.due_on, stays.text
            moved.append(row)
        elif stays is None and row.done_on is None:
            dropped.append(row)
    present = sorted((row for row in rows if row not in dropped), key=lambda row: row.pk)
    new = [MilestoneRow(measure=measure, due_on=one.due_on, text=one.text) for one in missing]
    beside.write_milestones(moved=moved, dropped=dropped, new=new)
    # As they will be listed: by day, new ones after those that were there.
    after = [str(row) for row in sorted([*present, *new], key=lambda row: row.due_on)]
    return {} if after == before else {"milestones": [before, after]}
