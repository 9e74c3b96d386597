"""What 督查室 arranges around a measure: stages by a template, named roles, an exemption, another regime."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from tracker.actions.checkpoints import put_under, recount
from tracker.actions.milestones import (
    check_planned_order,
    check_within_deadline,
    first_day,
    put_in_order,
    replace_milestones,
)
from tracker.actions.step import Changes, required, take_step
from tracker.models import (
    Department,
    Exemption,
    Measure,
    MeasureRole,
    Regime,
    StageTemplate,
    TemplateStage,
    User,
)
from tracker.rules.lifecycle import Verb
from tracker.rules.milestones import Milestone
from tracker.rules.violations import InvalidInput

ROLES_A_MEASURE = 20
# Lead and co-departments are the assignment's own: beside it they would say something that nothing follows.
_SAID_ELSEWHERE = frozenset({"牵头", "主办", "责任", "牵头责任", "配合", "协办", "协同"})


@dataclass(frozen=True)
class Role:
    """A role on a measure with who holds it: at least one of person, user and department."""

    name: str
    person: str = ""
    user: User | None = None
    department: Department | None = None


def set_stages(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    template: StageTemplate,
    dates: dict[str, date] | None = None,
    expected_version: int | None = None,
) -> Measure:
    """安排阶段: the template's stages become the measure's milestones, beside those that were reached already, and from then on
    are reached in this order, whatever becomes of the template.

    `dates` maps a stage's name to its planned day; the others are spread over start to deadline by their share, in order with those
    given. Raises
    InvalidInput for a measure without start or deadline where a day is missing, for a name that is no stage of the
    template, for a day before the measure began or after its deadline, and for stages planned in another order.
    """
    given = dates or {}

    def relate(measure: Measure) -> Changes:
        known = set(template.stages.values_list("name", flat=True))
        if unknown := sorted(set(given) - known):
            raise InvalidInput(f"模板“{template}”没有阶段“{'、'.join(unknown)[:60]}”。", field="dates")
        for name, day in given.items():
            if day < first_day(measure):
                raise InvalidInput(f"阶段“{name}”的计划日期（{day}）早于事项开始。", field="dates")
        stages = _planned(measure, list(template.stages.order_by("position", "id")), given)
        if not stages:
            raise InvalidInput(f"模板“{template}”还没有阶段。", field="template")
        names = {stage.text for stage in stages}
        kept = [Milestone(row.due_on, row.text) for row in measure.milestones.all() if row.text not in names]
        replaced = replace_milestones(measure, [*kept, *stages])
        ordered = put_in_order(measure, template, [stage.text for stage in stages])
        try:
            check_planned_order(measure)
            check_within_deadline(measure, but={(row.due_on, row.text) for row in kept})
        except InvalidInput as refusal:
            raise InvalidInput(refusal.message, field="dates") from None
        return {**replaced, **ordered}

    return take_step(
        Verb.SET_STAGES,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=template.name,
        relate=relate,
        only_if_changed=True,
    )


def _planned(measure: Measure, stages: list[TemplateStage], given: dict[str, date]) -> list[Milestone]:
    """The stages with their days; one that is spread keeps between the day before it and the next one given."""
    planned: list[Milestone] = []
    for place, stage in enumerate(stages):
        day = given.get(stage.name)
        if day is None:
            following = [given[other.name] for other in stages[place + 1 :] if other.name in given]
            day = min([_spread(measure, stage), *following])
            if planned:
                day = max(day, planned[-1].due_on)
        planned.append(Milestone(day, stage.name))
    return planned


def _spread(measure: Measure, stage: TemplateStage) -> date:
    if measure.starts_on is None or measure.due_on is None:
        raise InvalidInput(f"事项没有开始日期或完成时限，请填写“{stage.name}”的计划日期。", field="dates")
    return measure.starts_on + timedelta(days=(measure.due_on - measure.starts_on).days * stage.share // 100)


def set_roles(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    roles: Iterable[Role],
    expected_version: int | None = None,
) -> Measure:
    """指定角色: these are from now on all who are named on the measure beside lead and co-departments (链长 …)."""
    wanted = list(dict.fromkeys(roles))
    if len(wanted) > ROLES_A_MEASURE:
        raise InvalidInput(f"一个事项最多 {ROLES_A_MEASURE} 个角色。", field="roles")
    for role in wanted:
        name = required(role.name, field="roles", name="角色名称")
        if name.removesuffix("单位").removesuffix("部门") in _SAID_ELSEWHERE:
            raise InvalidInput(
                f"“{name}”不是可以另外指定的角色：牵头单位由交办、转办确定，配合单位在“修改”中填写。",
                field="roles",
            )
        if not (role.person.strip() or role.user or role.department):
            raise InvalidInput(f"“{role.name}”没有写明姓名、用户或单位。", field="roles")

    def relate(measure: Measure) -> Changes:
        before = _words(measure.roles.select_related("user", "department"))
        measure.roles.all().delete()
        rows = [
            MeasureRole(
                measure=measure,
                name=role.name.strip(),
                person=role.person.strip(),
                user=role.user,
                department=role.department,
            )
            for role in wanted
        ]
        MeasureRole.objects.bulk_create(rows)
        after = _words(rows)
        return {"roles": [before, after]} if before != after else {}

    return take_step(
        Verb.SET_ROLES,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note="",
        relate=relate,
        only_if_changed=True,
    )


def _words(roles: Iterable[MeasureRole]) -> list[str]:
    return [str(role) for role in roles]


def exempt(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    reason: str,
    approver: str,
    approved_on: date | None = None,
    expected_version: int | None = None,
) -> Measure:
    """登记容错: lateness, returns and lights of this measure no longer count in the scores (三个区分开来)."""
    reason = required(reason, field="reason", name="容错理由")
    approver = required(approver, field="approver", name="批准人")
    today = timezone.localdate(now)
    if approved_on is not None and approved_on > today:
        raise InvalidInput(f"批准日期（{approved_on}）还没有到。", field="approved_on")

    def relate(measure: Measure) -> Changes:
        Exemption.objects.create(
            measure=measure,
            reason=reason,
            approver=approver,
            approved_on=approved_on or today,
            recorded_by=actor,
            recorded_at=now,
        )
        return {"exemption": [None, approver]}

    return take_step(
        Verb.EXEMPT,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=reason,
        relate=relate,
    )


def apply_regime(
    *,
    measure_id: int,
    actor: User | None,
    now: datetime,
    regime: Regime,
    note: str = "",
    expected_version: int | None = None,
) -> Measure:
    """改按制度: put a running measure under a regime as it is now; checkpoints still open are counted anew from its
    assignment. Nothing changes when it is under the same edition already."""

    def change(measure: Measure) -> None:
        put_under(measure, regime)

    return take_step(
        Verb.APPLY_REGIME,
        measure_id=measure_id,
        actor=actor,
        now=now,
        expected_version=expected_version,
        note=note.strip() or regime.name,
        change=change,
        relate=_recount(now),
        only_if_changed=True,
    )


def _recount(now: datetime) -> Callable[[Measure], Changes]:
    def relate(measure: Measure) -> Changes:
        stored = Measure.objects.values_list("regime_edition_id", flat=True).get(pk=measure.pk)
        if stored == measure.regime_edition_id or measure.assigned_at is None:
            return {}
        assigned_on = timezone.localdate(measure.assigned_at)
        return recount(measure, assigned_on=assigned_on, today=timezone.localdate(now))

    return relate
