"""The import desk: a document is uploaded, shown with what was read from it, corrected, and then imported or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tracker import access
from tracker.importing.apply import ImportResult, apply_import
from tracker.importing.assignment_sheet import AssignmentSheet, read_assignment_bytes
from tracker.importing.decisions import FIELDS, decisions_of, gone_departments
from tracker.importing.difference import propose_import
from tracker.importing.errors import ImportRefused
from tracker.importing.given_year import with_given_year
from tracker.importing.ledger import LedgerProposal, apply_ledger, propose_ledger, try_ledger
from tracker.importing.proposal import Change, ImportProposal
from tracker.importing.turns import take_turn
from tracker.models import ImportDraft, Measure, Plan, User, load_calendar
from tracker.plan_document import DocumentError, parse_plan, read_bytes
from tracker.rules.deadlines import wrong_year
from tracker.rules.violations import InvalidInput, NotAllowed, Outdated, WrongState

# What a long reading or writing is at: a stage, and how much of it is done of how much (0 of 0 where nobody can say).
Progress = Callable[[str, int, int], None]
READING, PARSING, COMPARING, WRITING = "reading", "parsing", "comparing", "writing"
PASTED_NAME = "粘贴的文字"


@dataclass(frozen=True)
class Upload:
    """A file as it was uploaded: its name, for messages, and its bytes."""

    name: str
    data: bytes
    pasted: bool = False


def pasted(text: str, *, title: str = "") -> Upload:
    """Text that somebody pasted, as the .txt file that it would be; it bears the plan's title."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return Upload(_text_file(title), lines.encode(), pasted=True)


def _text_file(title: str) -> str:
    return f"{title.strip().replace('/', '／')[:200] or PASTED_NAME}.txt"


class Unchanged(Exception):
    """A ledger in which nobody edited anything: there is nothing to look at or to write. What it lacks is in `proposal`."""

    def __init__(self, proposal: LedgerProposal) -> None:
        super().__init__("台账中没有改动过的单元格，没有要写入的内容。")
        self.proposal = proposal


def _nothing(stage: str, done: int, total: int) -> None:
    """Whoever does not watch."""


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
    progress: Progress = _nothing,
) -> ImportDraft:
    """Puts a document on the desk.

    Raises DocumentError or ImportRefused, each in Chinese with its place, when it cannot be read; nothing is then kept.
    """
    _check_office(actor)
    _refuse_blank(document)
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
    proposal = propose(draft, today=timezone.localdate(now), progress=progress)
    if document.pasted and not draft.title and proposal.parsed.title:
        draft.document_name = _text_file(proposal.parsed.title)
    draft.save()
    return draft


def _refuse_blank(document: Upload) -> None:
    """Zeros alone are what an interrupted download or a broken disk leaves; “empty” would say the wrong thing."""
    if document.data and not document.data.strip(b"\x00"):
        raise DocumentError(
            f"文件“{document.name}”里只有空字节（NUL），没有内容，多半是没有下载或复制完整；请重新取得后再上传",
            "empty",
        )


def propose(draft: ImportDraft, *, today: date, progress: Progress = _nothing) -> ImportProposal:
    """What importing the draft would do now, with what people decided; reads only. Raises as open_draft does."""
    progress(READING, 0, 0)
    source = read_bytes(bytes(draft.document), draft.document_name, max_bytes=settings.MAX_DOCUMENT_BYTES)
    parsed = parse_plan(
        source,
        year=draft.year,
        action_part=draft.part or None,
        progress=lambda done, total: progress(PARSING, done, total),
    )
    if draft.year is not None:
        parsed = with_given_year(parsed)
    progress(COMPARING, 0, 0)
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
        decisions=decisions_of(draft.decisions),
    )


def open_ledger(
    *, actor: User, now: datetime, document: Upload, progress: Progress = _nothing
) -> ImportDraft:
    """Puts an edited ledger on the desk.

    Raises ImportRefused naming every wrong cell, and Unchanged when no cell was edited; nothing is then kept.
    """
    _check_office(actor)
    proposal = _propose_ledger(document.data, document.name, actor, progress)
    changes = proposal.changes
    if not changes:
        raise Unchanged(proposal)
    # What a rule forbids is a wrong cell too, and whoever edited it still has the file open.
    try_ledger(
        changes,
        actor=actor,
        now=now,
        name=document.name,
        progress=lambda done: progress(COMPARING, done, len(changes)),
    )
    return ImportDraft.objects.create(
        kind=ImportDraft.Kind.LEDGER,
        document_name=document.name[:255],
        document=document.data,
        made_by=actor,
        made_at=now,
    )


def ledger_proposal(draft: ImportDraft, *, actor: User, progress: Progress = _nothing) -> LedgerProposal:
    """What importing the ledger would change now; reads only. Raises ImportRefused."""
    return _propose_ledger(bytes(draft.document), draft.document_name, actor, progress)


def _propose_ledger(data: bytes, name: str, actor: User, progress: Progress) -> LedgerProposal:
    progress(READING, 0, 0)
    return propose_ledger(
        data, actor=actor, name=name, progress=lambda done, total: progress(COMPARING, done, total)
    )


def confirm_ledger(
    draft: ImportDraft, *, actor: User, now: datetime, progress: Progress = _nothing
) -> tuple[Measure, ...]:
    """Writes the ledger's edited cells, all or none, and gives the measures that changed.

    Raises WrongState and ImportRefused; the ledger then stays on the desk.
    """
    with transaction.atomic():
        locked = _lock(draft, None)
        changes = ledger_proposal(locked, actor=actor, progress=progress).changes
        apply_ledger(
            changes,
            actor=actor,
            now=now,
            name=locked.document_name,
            progress=lambda done: progress(WRITING, done, len(changes)),
        )
        locked.imported_at = now
        locked.save(update_fields=["imported_at"])
        return tuple(change.measure for change in changes)


def decide(
    draft: ImportDraft,
    *,
    actor: User,
    decisions: Mapping[str, Mapping[str, object]],
    expected_version: int,
    title: str | None = None,
) -> ImportDraft:
    """Keeps what a person decided, by measure number (decisions.FIELDS, JSON values), in place of what was decided of the
    same measures before; an empty one takes that back. Measures not named keep theirs. `title` renames the plan.

    Raises Outdated when somebody else saved the draft since it was shown, WrongState when it is imported already.
    """
    _check_office(actor)
    unknown = {name for decided in decisions.values() for name in decided} - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        locked = _lock(draft, expected_version)
        merged = {**locked.decisions, **decisions}
        locked.decisions = {number: dict(decided) for number, decided in merged.items() if decided}
        if title is not None:
            locked.title = title
        locked.version += 1
        locked.save(update_fields=["decisions", "title", "version"])
        return locked


def set_year(draft: ImportDraft, *, actor: User, year: int | None, expected_version: int) -> ImportDraft:
    """Says in which year the limits lie that name none; None leaves it to the document.

    Raises InvalidInput, and Outdated and WrongState as decide does.
    """
    _check_office(actor)
    wrong = wrong_year(year) if year is not None else None
    if wrong is not None:
        raise InvalidInput(f"年份{wrong}", field="year")
    with transaction.atomic():
        locked = _lock(draft, expected_version)
        locked.year = year
        locked.version += 1
        locked.save(update_fields=["year", "version"])
        return locked


def confirm(
    draft: ImportDraft,
    *,
    actor: User,
    now: datetime,
    expected_version: int,
    removes: int | None = None,
    progress: Progress = _nothing,
) -> ImportResult:
    """Imports the draft, all of it or nothing. `removes`: how many measures the person said are to go, where more than half do.

    Raises Outdated, WrongState, DocumentError and ImportRefused (MassRemovalUnconfirmed too, where `removes` is another
    number than would go); the draft then stays on the desk.
    """
    _check_office(actor)
    with transaction.atomic():
        locked = _lock(draft, expected_version)
        take_turn()
        gone = gone_departments(locked.decisions)
        if gone:
            raise ImportRefused([f"{number}：{words}" for number, words in gone.items()])
        proposal = propose(locked, today=timezone.localdate(now), progress=progress)
        result = apply_import(
            proposal,
            actor=actor,
            now=now,
            removal_confirmed=removes == proposal.count(Change.REMOVED),
            progress=lambda done, total: progress(WRITING, done, total),
        )
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
