"""Writes an import proposal: all of it or nothing, every measure through tracker.actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tracker import access, actions
from tracker.importing.assignment import TITLE_LIMIT
from tracker.importing.errors import ImportRefused
from tracker.importing.mass_removal import MassRemovalUnconfirmed, mass_removal
from tracker.importing.proposal import Change, ImportProposal, MeasureChange
from tracker.importing.unresolved import Unresolved, unresolved
from tracker.models import Measure, Plan, PlanDocument, Section, User
from tracker.rules.lifecycle import SETTLED, Status
from tracker.rules.violations import NotAllowed, RuleViolation

# Positions count within the section, so that a measure more in one section leaves the others untouched.
MEASURES_A_SECTION = 100_000


@dataclass(frozen=True)
class ImportResult:
    """The plan and how many of its measures were written; `changed` False when nothing was.

    `unresolved` are those whose text names a unit that nobody knows: they stand in the plan without it.
    """

    plan: Plan
    changed: bool
    added: int
    reworded: int
    moved: int
    restored: int
    # Given up, since the new version no longer holds them; settled ones only left the text.
    removed: int
    left_text: int
    assigned: int
    # What people left out, as (number, title).
    left_out: tuple[tuple[str, str], ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


def apply_import(
    proposal: ImportProposal,
    *,
    actor: User | None,
    now: datetime,
    removal_confirmed: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportResult:
    """Writes the proposal in one transaction. `progress` gets (measures written, all measures).

    `removal_confirmed`: a person said a second time that more than half of the plan is to go; without it that raises
    MassRemovalUnconfirmed. Raises ImportRefused naming the measure when a rule or a change made meanwhile forbids it; nothing
    is then written.
    """
    if actor is not None and not access.is_office(actor):
        raise NotAllowed("导入方案只能由督查室办理。")
    if not proposal.changes_anything and proposal.plan is not None:
        return _result(proposal.plan, proposal, changed=False)
    if proposal.plan is None and all(item.change == Change.LEFT_OUT for item in proposal.measures):
        raise ImportRefused(
            ["所有事项都标为“不导入”，没有可以导入的内容；请至少保留一条，或将文件移出导入台。"]
        )
    removal = mass_removal(proposal)
    if removal is not None and not removal_confirmed:
        raise MassRemovalUnconfirmed(removal)
    with transaction.atomic():
        plan = _write_plan(proposal)
        document = _write_document(proposal, plan, actor, now)
        sections = _write_sections(proposal, plan)
        fresh = actions.FreshMeasures()
        for done, item in enumerate(proposal.measures, 1):
            try:
                _write_measure(
                    item, plan, document, sections, actor, now, fresh, sheet_name=proposal.sheet_name
                )
            except RuleViolation as violation:
                raise ImportRefused([f"{item.number} {item.title}：{violation.message}"]) from violation
            if fresh.is_full or done == len(proposal.measures):
                fresh.write()
            progress(done, len(proposal.measures))
        plan.sections.filter(in_text=False, measures=None).delete()
    return _result(plan, proposal, changed=True)


def _result(plan: Plan, proposal: ImportProposal, *, changed: bool) -> ImportResult:
    return ImportResult(
        plan=plan,
        changed=changed,
        added=proposal.count(Change.ADDED),
        reworded=proposal.count(Change.REWORDED),
        moved=proposal.count(Change.MOVED),
        restored=proposal.count(Change.RESTORED),
        removed=sum(
            item.change == Change.REMOVED and not item.only_leaves_text for item in proposal.measures
        ),
        left_text=sum(item.only_leaves_text for item in proposal.measures),
        assigned=sum(bool(item.decided) for item in proposal.measures),
        left_out=tuple(
            (item.number, item.title) for item in proposal.measures if item.change == Change.LEFT_OUT
        ),
        unresolved=unresolved(proposal.measures),
    )


def _write_plan(proposal: ImportProposal) -> Plan:
    if proposal.plan is None:
        return Plan.objects.create(title=proposal.title, starts_on=proposal.starts_on)
    plan = Plan.objects.select_for_update().get(pk=proposal.plan.pk)
    if proposal.plan_changes:
        plan.title, plan.starts_on = proposal.title, proposal.starts_on
        plan.save(update_fields=["title", "starts_on"])
    return plan


def _write_document(proposal: ImportProposal, plan: Plan, actor: User | None, now: datetime) -> PlanDocument:
    latest = plan.documents.order_by("-version").first()
    if latest is not None and not proposal.new_document:
        if proposal.left_out_changes:
            latest.left_out = proposal.left_out
            latest.save(update_fields=["left_out"])
        return latest
    source = proposal.source
    return PlanDocument.objects.create(
        plan=plan,
        version=latest.version + 1 if latest is not None else 1,
        name=source.name[:255],
        sha256=source.sha256,
        encoding=source.encoding,
        text=source.text,
        imported_at=now,
        imported_by=actor,
        left_out=proposal.left_out,
    )


def _write_sections(proposal: ImportProposal, plan: Plan) -> dict[int, Section]:
    """The sections by number as the document has them now. One keeps its row by title and chapter, else by number."""
    stored = list(plan.sections.filter(in_text=True))
    if not proposal.sections_change:
        return {section.number: section for section in stored}
    plan.sections.filter(in_text=True).update(in_text=False)
    by_title: dict[tuple[str, str], list[Section]] = {}
    for section in stored:
        by_title.setdefault((section.above, section.title), []).append(section)
    chosen: dict[int, Section | None] = {}
    used: set[int] = set()
    for parsed in proposal.sections:
        same = by_title.get((parsed.parent, parsed.title))
        chosen[parsed.number] = same.pop(0) if same else None
        if chosen[parsed.number] is not None:
            used.add(chosen[parsed.number].pk)  # type: ignore[union-attr]
    by_number = {section.number: section for section in stored if section.pk not in used}
    sections: dict[int, Section] = {}
    for parsed in proposal.sections:
        section = chosen[parsed.number] or by_number.pop(parsed.number, None) or Section(plan=plan)
        section.number, section.marker = parsed.number, parsed.marker
        section.title, section.intro, section.in_text = parsed.title, parsed.intro, True
        section.above = parsed.parent
        section.save()
        sections[parsed.number] = section
    return sections


def _write_measure(
    item: MeasureChange,
    plan: Plan,
    document: PlanDocument,
    sections: dict[int, Section],
    actor: User | None,
    now: datetime,
    fresh: actions.FreshMeasures,
    *,
    sheet_name: str,
) -> None:
    parsed, measure = item.parsed, item.measure
    if parsed is None or item.section_number is None:
        if measure is not None:
            _remove(measure, document, actor, now)
        return
    if item.change == Change.LEFT_OUT and item.untouched is None:
        return
    place: dict[str, Any] = {
        "section": sections[item.section_number],
        "number": parsed.number,
        "position": item.section_number * MEASURES_A_SECTION + int(parsed.number.rsplit(".", 1)[-1]),
        "marker": parsed.marker[:20],
    }
    if item.untouched is not None:
        _keep(item.untouched, place, document, actor, now)
        return
    text = {**place, "title": parsed.title[:TITLE_LIMIT], "text": parsed.text}
    # What is assigned at once takes a step that reads the measure again.
    together = fresh if measure is None and not item.assign else None
    if measure is None:
        measure = actions.register(
            plan=plan,
            document=document,
            span=(parsed.start, parsed.end),
            actor=actor,
            now=now,
            fresh=together,
            **text,
        )
    elif item.change == Change.RESTORED:
        measure = actions.restore(
            measure_id=measure.pk,
            actor=actor,
            now=now,
            note=f"《{document.name}》第{document.version}版重新列入",
            expected_version=measure.version,
            **text,
        )
    elif item.change != Change.UNCHANGED or measure.section_id != sections[item.section_number].pk:
        if item.change == Change.UNCHANGED:
            # Its section has another row: nothing else that was shown as unchanged may change.
            text = place
        elif item.change == Change.REWORDED:
            text |= {"document": document, "span_start": parsed.start, "span_end": parsed.end}
        measure = actions.reword(
            measure_id=measure.pk,
            actor=actor,
            now=now,
            note=f"按《{document.name}》第{document.version}版更新",
            expected_version=measure.version,
            **text,
        )
    assigns = item.assignment is not None and item.assignment.assigns
    source = f"责任分解表《{sheet_name}》" if assigns else f"《{document.name}》"
    _write_assignment(measure, item, actor, now, source=source, fresh=together)


def _keep(
    measure: Measure, place: dict[str, Any], document: PlanDocument, actor: User | None, now: datetime
) -> None:
    """A measure whose row is left out stays as it is; only its place follows, or two measures would bear one number."""
    actions.reword(
        measure_id=measure.pk,
        actor=actor,
        now=now,
        note=f"《{document.name}》第{document.version}版中的这一条未导入，事项保持原样",
        expected_version=measure.version,
        **place,
    )


def _remove(measure: Measure, document: PlanDocument, actor: User | None, now: datetime) -> None:
    """A measure that the new version no longer holds is given up, but never deleted; a settled one only leaves the text."""
    reason = f"《{document.name}》第{document.version}版已无此项"
    if measure.status in SETTLED:
        actions.reword(
            measure_id=measure.pk,
            actor=actor,
            now=now,
            note=reason,
            expected_version=measure.version,
            in_text=False,
        )
    else:
        actions.cancel(
            measure_id=measure.pk,
            actor=actor,
            now=now,
            reason=reason,
            leaves_text=True,
            expected_version=measure.version,
        )


def _write_assignment(
    measure: Measure,
    item: MeasureChange,
    actor: User | None,
    now: datetime,
    *,
    source: str,
    fresh: actions.FreshMeasures | None,
) -> None:
    """A measure gets exactly what its sources say anew and what is decided anew; a draft is perhaps assigned.

    `source` is the file by its name: it stands in the trail as the reason, for a deadline too.

    What the source said is remembered beside it, so that the next import of the same source changes nothing.
    """
    if measure.status in SETTLED:
        # It takes nothing more. Once it is reopened, the next import finds what the source says of it still to be said.
        return
    read = dict(item.assignment.values) if item.assignment is not None else {}
    decided = dict(item.decision.values) if item.decision is not None else {}
    imported = {**measure.imported_assignment, **item.said}
    draft = measure.status == Status.DRAFT
    values = {name: value for name, value in read.items() if name in item.decided} | decided
    if draft and item.assign:
        if "title" in values:
            title = values.pop("title")
            measure = actions.edit(
                measure_id=measure.pk, actor=actor, now=now, title=title, note="导入时修改"
            )
        actions.assign(measure_id=measure.pk, actor=actor, now=now, imported=imported, **values)
    elif values or imported != measure.imported_assignment:
        renewed = "" if item.measure is None else "更新"
        note = f"导入{source}时确认" if decided else f"按{source}{renewed}"
        if fresh is not None:
            actions.fill_in(
                measure=measure, fresh=fresh, actor=actor, now=now, imported=imported, note=note, **values
            )
        else:
            actions.rearrange(
                measure_id=measure.pk, actor=actor, now=now, imported=imported, note=note, **values
            )
