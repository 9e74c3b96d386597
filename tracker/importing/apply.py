"""Writes an import proposal: all of it or nothing, every measure through tracker.actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tracker import access
from tracker.importing.errors import ImportRefused
from tracker.importing.mass_removal import MassRemovalUnconfirmed, mass_removal
from tracker.importing.measure_writer import MeasureWriter
from tracker.importing.proposal import Change, ImportProposal
from tracker.importing.unresolved import Unresolved, unresolved
from tracker.models import Plan, PlanDocument, Section, User
from tracker.rules.violations import NotAllowed, RuleViolation


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
        writer = MeasureWriter(proposal, document=document, sections=sections, actor=actor, now=now)
        for done, item in enumerate(proposal.measures, 1):
            try:
                writer.take(item)
            except RuleViolation as violation:
                raise ImportRefused([f"{item.number} {item.title}：{violation.message}"]) from violation
            if writer.is_full or done == len(proposal.measures):
                writer.write()
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
