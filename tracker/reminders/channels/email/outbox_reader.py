"""Reading the mails that the embedded default writes as files, so that a page can show them."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

HEADERS = {
    "From": "发件人",
    "To": "收件人",
    "Cc": "抄送",
    "Reply-To": "回复至",
    "Date": "日期",
    "Message-ID": "Message-ID",
}


class NoSuchMail(LookupError):
    """No mail of that name lies in the outbox."""


@dataclass(frozen=True)
class Mail:
    """One mail. `headers` are Chinese names with their values, those present; `text` and `html` empty when the part is
    missing."""

    name: str
    subject: str
    to: str
    written_at: float
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[str, ...]

    @property
    def written(self) -> datetime:
        return datetime.fromtimestamp(self.written_at).astimezone()


def mail_names(folder: Path) -> list[str]:
    """The names of the mails in the folder, newest first; none when the folder does not exist yet."""
    if not folder.is_dir():
        return []
    found = []
    for path in folder.glob("*.eml"):
        try:
            if path.is_file() and not path.is_symlink():
                found.append((path.stat().st_mtime_ns, path.name))
        except FileNotFoundError:
            continue  # taken away between listing and looking
    return [name for _, name in sorted(found, reverse=True)]


def read_mail(folder: Path, name: str) -> Mail:
    """One mail of the folder. Raises NoSuchMail for any name that is not exactly one of its files."""
    if not name.endswith(".eml") or name != Path(name).name or "\\" in name or "\0" in name:
        raise NoSuchMail(name)
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise NoSuchMail(name)
    content = path.read_bytes()
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
    headers = tuple((label, _header(message, key)) for key, label in HEADERS.items() if message[key])
    return Mail(
        name=name,
        subject=str(message["Subject"] or "（无主题）"),
        to=str(message["To"] or ""),
        written_at=path.stat().st_mtime,
        headers=headers,
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(part.get_filename() or "未命名" for part in message.iter_attachments()),
    )


def _header(message: EmailMessage, key: str) -> str:
    moment = getattr(message[key], "datetime", None)
    return str(message[key]) if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, MessageError, ValueError):
        # An unknown charset or broken encoding: show what can be read instead of nothing.
        payload = part.get_payload(decode=True) or b""
        return bytes(payload).decode("utf-8", "replace")
