"""The import desk: a document is uploaded, shown with what was read from it, corrected, and then imported or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tracker import access
from tracker.importing.apply import ImportResult, apply_import
from tracker.importing.assignment import Decision
from tracker.importing.assignment_sheet import AssignmentSheet, read_assignment_bytes
from tracker.importing.difference import ImportProposal, propose_import
from tracker.importing.ledger import LedgerChange, apply_ledger, propose_ledger
from tracker.models import Department, ImportDraft, Plan, User, load_calendar
from tracker.plan_document import parse_plan, read_bytes
from tracker.rules.violations import NotAllowed, Outdated, WrongState

DECIDED = ("title", "lead", "co", "due_on", "standing", "assign")


@dataclass(frozen=True)
class Upload:
    """A file as it was uploaded: its name, for messages, and its bytes."""

    name: str
    data: bytes


def open_draft(
    *,
    actor: User,
    now: datetime,
    document: Upload,
    sheet: Upload | None = None,
    title: str = "",
    starts_on: date | None = None,
    year: int | None = None,
    part: str = "",
    plan: Plan | None = None,
    as_new: bool = False,
) -> ImportDraft:
    """Puts a document on the desk.

    Raises DocumentError or ImportRefused, each in Chinese with its place, when it cannot be read; nothing is then kept.
    """
    _check_office(actor)
    draft = ImportDraft(
        document_name=document.name[:255],
        document=document.data,
        sheet_name=sheet.name[:255] if sheet is not None else "",
        sheet=sheet.data if sheet is not None else None,
        title=title.strip(),
        starts_on=starts_on,
        year=year,
        part=part.strip(),
        plan=plan,
        as_new=as_new,
        made_by=actor,
        made_at=now,
    )
    propose(draft, today=timezone.localdate(now))
    draft.save()
    return draft


def propose(draft: ImportDraft, *, today: date) -> ImportProposal:
    """What importing the draft would do now, with what people decided; reads only. Raises as open_draft does."""
    source = read_bytes(bytes(draft.document), draft.document_name, max_bytes=settings.MAX_DOCUMENT_BYTES)
    parsed = parse_plan(source, year=draft.year, action_part=draft.part or None)
    sheet: AssignmentSheet | None = None
    if draft.sheet is not None:
        sheet = read_assignment_bytes(bytes(draft.sheet), draft.sheet_name)
    return propose_import(
        source=source,
        parsed=parsed,
        sheet=sheet,
        title=draft.title or None,
        starts_on=draft.starts_on,
        today=today,
        calendar=load_calendar(),
        plan=draft.plan,
        as_new=draft.as_new,
        decisions=_decisions(draft.decisions),
    )


def open_ledger(*, actor: User, now: datetime, document: Upload) -> ImportDraft:
    """Puts an edited ledger on the desk. Raises ImportRefused naming every wrong cell; nothing is then kept."""
    _check_office(actor)
    propose_ledger(document.data, actor=actor)
    return ImportDraft.objects.create(
        kind=ImportDraft.Kind.LEDGER,
        document_name=document.name[:255],
        document=document.data,
        made_by=actor,
        made_at=now,
    )


def ledger_changes(draft: ImportDraft, *, actor: User) -> tuple[LedgerChange, ...]:
    """What importing the ledger would change now; reads only. Raises ImportRefused."""
    return propose_ledger(bytes(draft.document), actor=actor)


def confirm_ledger(draft: ImportDraft, *, actor: User, now: datetime) -> int:
    """Writes the ledger's edited cells, all or none, and says how many measures changed.

    Raises WrongState and ImportRefused; the ledger then stays on the desk.
    """
    with transaction.atomic():
        locked = _lock(draft, None)
        written = apply_ledger(ledger_changes(locked, actor=actor), actor=actor, now=now)
        locked.imported_at = now
        locked.save(update_fields=["imported_at"])
        return written


def _decisions(stored: Mapping[str, Mapping[str, object]]) -> dict[str, Decision]:
    """The stored decisions with departments and dates as such; a department that is gone is left out."""
    codes: set[str] = set()
    for decided in stored.values():
        codes |= {str(decided.get("lead") or "")} | {str(code) for code in decided.get("co") or ()}  # type: ignore[attr-defined]
    departments = {department.code: department for department in Department.objects.filter(code__in=codes)}
    found = {}
    for number, decided in stored.items():
        values: dict[str, object] = {}
        for name in ("title", "standing"):
            if name in decided:
                values[name] = decided[name]
        if decided.get("lead") in departments:
            values["lead"] = departments[str(decided["lead"])]
        if "co" in decided:
            listed = decided["co"] or ()
            values["co"] = tuple(departments[code] for code in listed if code in departments)  # type: ignore[attr-defined]
        if "due_on" in decided:
            due_on = decided["due_on"]
            values["due_on"] = date.fromisoformat(str(due_on)) if due_on else None
        assign = decided.get("assign")
        found[number] = Decision(values, assign if isinstance(assign, bool) else None)
    return found


def decide(
    draft: ImportDraft, *, actor: User, decisions: Mapping[str, Mapping[str, object]], expected_version: int
) -> ImportDraft:
    """Keeps what a person decided, by measure number (fields DECIDED, JSON values); replaces the decisions so far.

    Raises Outdated when somebody else saved the draft since it was shown, WrongState when it is imported already.
    """
    _check_office(actor)
    unknown = {name for decided in decisions.values() for name in decided} - set(DECIDED)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        locked = _lock(draft, expected_version)
        locked.decisions = {number: dict(decided) for number, decided in decisions.items() if decided}
        locked.version += 1
        locked.save(update_fields=["decisions", "version"])
        return locked


def confirm(draft: ImportDraft, *, actor: User, now: datetime, expected_version: int) -> ImportResult:
    """Imports the draft, all of it or nothing.

    Raises Outdated, WrongState, DocumentError and ImportRefused; the draft then stays on the desk.
    """
    _check_office(actor)
    with transaction.atomic():
        locked = _lock(draft, expected_version)
        result = apply_import(propose(locked, today=timezone.localdate(now)), actor=actor, now=now)
        locked.imported_into, locked.imported_at = result.plan, now
        locked.save(update_fields=["imported_into", "imported_at"])
        return result


def discard(draft: ImportDraft, *, actor: User) -> None:
    """Takes a draft that was not imported off the desk. Raises WrongState when it was."""
    _check_office(actor)
    with transaction.atomic():
        _lock(draft, None).delete()


def _lock(draft: ImportDraft, expected_version: int | None) -> ImportDraft:
    locked = ImportDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if locked is None:
        raise WrongState("该文件已被他人移出导入台。")
    if locked.imported_at is not None:
        raise WrongState("该文件已经导入，不能再次修改或导入。")
    if expected_version is not None and locked.version != expected_version:
        raise Outdated("该文件已被他人修改，请刷新后再确认。")
    return locked


def _check_office(actor: User) -> None:
    if not access.is_office(actor):
        raise NotAllowed("导入方案只能由督查室办理。")
