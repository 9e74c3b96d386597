"""附件: taking in a file as evidence, told by its content, kept outside the web root under its own hash."""

import hashlib
import os
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import filetype  # type: ignore[import-untyped]
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from tracker import access
from tracker.models import Attachment, Measure, ProgressReport, User
from tracker.models.report import attachment_storage
from tracker.plan_document import DocumentError, check_unpacking
from tracker.rules.lifecycle import OPEN, STATUS_NAMES, Status
from tracker.rules.uploads import safe_name
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState

# What a file may turn out to be, by its first bytes, and the extensions it may then carry (the first is the usual one).
KNOWN_TYPES: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/zip": (".zip",),
    "text/plain": (".txt", ".csv"),
}
# How old bytes without a row must be: longer than any request takes.
SWEEP_AFTER = timedelta(days=1)
# What a name ends with while the sweep decides about it; left by a sweep that was killed, it is swept like any other.
_ASIDE = ".aside"
# A file's name as it came, and its bytes.
Upload = tuple[str, bytes]
_OFFICE_PARTS = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "ppt/presentation.xml": ".pptx",
}


def attach(*, measure_id: int, actor: User, now: datetime, name: str, content: bytes) -> Attachment:
    """Keep one file for the department's next report on this measure. The same bytes under the same name are one file;
    under another name they are another, stored once.

    Raises NotAllowed for who neither leads nor assists, WrongState for a measure that is not open, InvalidInput for a
    type or size that settings do not admit (ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES, ATTACHMENTS_PER_MEASURE).
    """
    content_type, extension = _recognise(name, content)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        measure = Measure.objects.select_for_update(of=("self",)).filter(pk=measure_id).first()
        if measure is None or actor.department is None or not access.works_on(actor, measure):
            raise NotAllowed("只有牵头单位和配合单位可以上传附件。")
        if measure.status not in OPEN:
            raise WrongState(f"事项当前为“{STATUS_NAMES[Status(measure.status)]}”，不能上传附件。")
        kept_name = safe_name(name, extension=extension)
        waiting = Attachment.objects.filter(
            measure=measure,
            department=actor.department,
            report__isnull=True,
            sha256=digest,
            name=kept_name,
        ).first()
        if waiting is not None:
            return waiting
        if measure.attachments.count() >= settings.ATTACHMENTS_PER_MEASURE:
            raise InvalidInput(f"一个事项最多 {settings.ATTACHMENTS_PER_MEASURE} 个附件。", field="file")
        return Attachment.objects.create(
            measure=measure,
            name=kept_name,
            file=_store(digest, content),
            content_type=content_type,
            size=len(content),
            sha256=digest,
            department=actor.department,
            uploaded_by=actor,
            uploaded_at=now,
        )


def detach(*, attachment: Attachment, actor: User) -> None:
    """Throw away a file that has not been sent yet. What went out with a report stays.

    The bytes are left to sweep_files: another connection may be storing the same ones at this moment.
    """
    if attachment.department_id != actor.department_id or not access.works_on(actor, attachment.measure):
        raise NotAllowed("只能删除本单位上传的附件。")
    with transaction.atomic():
        gone, _by_model = Attachment.objects.filter(pk=attachment.pk, report__isnull=True).delete()
        if not gone:
            raise WrongState("附件已随报告报送，不能删除。")


def send_with(report: ProgressReport, attachments: Iterable[int]) -> None:
    """Bind uploaded files to the report that is being sent; called inside its step."""
    wanted = list(dict.fromkeys(attachments))
    bound = Attachment.objects.filter(
        pk__in=wanted, measure=report.measure_id, department=report.department_id, report__isnull=True
    ).update(report=report)
    if bound != len(wanted):
        raise InvalidInput("附件不存在、不属于本事项，或已随别的报告报送。", field="attachments")


def check_size(name: str, size: int) -> None:
    """For a door that knows the size in bytes before it reads the file. Raises InvalidInput."""
    limit = settings.ATTACHMENT_MAX_BYTES
    said_name = safe_name(name, extension="")
    if not size:
        raise InvalidInput(f"“{said_name}”是空文件。", field="file")
    if size > limit:
        raise InvalidInput(f"“{said_name}”超过 {limit / 1024 / 1024:.4g} MB 的上限。", field="file")


def check_file(name: str, content: bytes) -> None:
    """What attach asks of the file itself, for a door that takes several at once. Raises InvalidInput."""
    _recognise(name, content)


def _recognise(name: str, content: bytes) -> tuple[str, str]:
    """Media type and extension by what the bytes are, which must agree with what the name says."""
    check_size(name, len(content))
    said_name = safe_name(name, extension="")
    found = _extensions(content, said_name)
    said = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    admitted = "、".join(settings.ATTACHMENT_TYPES)
    if not found or not set(found) & set(settings.ATTACHMENT_TYPES):
        raise InvalidInput(f"不接受这种文件（“{said_name}”），可上传：{admitted}。", field="file")
    if said not in found:
        raise InvalidInput(f"“{said_name}”的内容是 {found[0]}，与扩展名不符。", field="file")
    if said not in settings.ATTACHMENT_TYPES:
        raise InvalidInput(f"不接受 {said} 文件（“{said_name}”），可上传：{admitted}。", field="file")
    return next(kind for kind, extensions in KNOWN_TYPES.items() if said in extensions), said


def _extensions(content: bytes, name: str) -> tuple[str, ...]:
    """The extensions that fit the content; empty when it is nothing we know."""
    if content.startswith(b"PK\x03\x04"):
        return _of_package(content, name)
    kind = filetype.guess_mime(content[:8192])
    if kind is not None:
        return KNOWN_TYPES.get(kind, ())
    return KNOWN_TYPES["text/plain"] if _is_text(content) else ()


def _of_package(content: bytes, name: str) -> tuple[str, ...]:
    """An Office file by its main part, else a plain zip, which nobody here unpacks; none for what cannot be opened.

    Raises InvalidInput for an Office file with macros, with a password, or that would unpack to more than a document.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return ()
    if "[Content_Types].xml" in names:
        try:
            check_unpacking(content, name)
        except DocumentError as refusal:
            raise InvalidInput(f"{refusal.message}。", field="file") from refusal
        return tuple(extension for part, extension in _OFFICE_PARTS.items() if part in names)
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        return ()
    return KNOWN_TYPES["application/zip"]


def _is_text(content: bytes) -> bool:
    """Text in UTF-8 or GB18030 without control characters, and not a page or script that a browser would run."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text.lstrip()[:200].lower()
        return not any(ord(char) < 32 and char not in "\t\r\n\f" for char in text) and not start.startswith(
            ("<!doctype", "<html", "<svg", "<?xml", "<script", "#!")
        )
    return False


def _store(digest: str, content: bytes) -> str:
    """Write the bytes under their hash; the same bytes are stored once."""
    storage = attachment_storage()
    name = f"{digest[:2]}/{digest}"
    if not storage.exists(name):
        return storage.save(name, ContentFile(content))
    try:
        # Wanted again: left over from a report that was rolled back, it must not be swept before this one is written.
        os.utime(storage.path(name))
    except FileNotFoundError:
        # The sweep was faster.
        return storage.save(name, ContentFile(content))
    return name


def sweep_files(*, now: datetime) -> int:
    """Remove stored bytes that no row points at: left by reports that were refused after their files had been written, and
    by files that were thrown away.

    Younger than SWEEP_AFTER they may belong to a report that is being written now. Returns how many files were removed.
    """
    storage = attachment_storage()
    swept = 0
    for folder in storage.listdir("")[0] if storage.exists("") else ():
        names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
        known = set(Attachment.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
        for name in names:
            owned = name.removesuffix(_ASIDE)
            if owned in known and owned not in names:
                # A sweep was killed before it could put back what had been wanted again.
                os.rename(storage.path(name), storage.path(owned))
            elif name not in known and _is_old(storage.path(name), now):
                swept += _sweep(storage.path(name), now)
    return swept


def _sweep(path: str, now: datetime) -> bool:
    """Takes the bytes away, unless somebody has wanted them again since they were looked at.

    They are put aside first: from then on whoever wants them stores them anew (_store), and what was wanted just before is
    young and goes back.
    """
    aside = f"{path}{_ASIDE}"
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return False
    if _is_old(aside, now):
        os.remove(aside)
        return True
    os.replace(aside, path)
    return False


def _is_old(path: str, now: datetime) -> bool:
    try:
        return datetime.fromtimestamp(os.path.getmtime(path), UTC) < now - SWEEP_AFTER
    except FileNotFoundError:
        return False
