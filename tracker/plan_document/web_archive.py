"""Find the page in a web archive (.mht, .mhtml) or a saved mail (.eml): MIME parts around one text."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage

from .errors import DocumentError
from .web import known_encoding

_SUFFIXES = (".mht", ".mhtml", ".eml")
_HEADERS = re.compile(
    rb"\A(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}?(?:MIME-Version|Content-Type)\s*:", re.IGNORECASE
)


@dataclass(frozen=True)
class ArchivedPage:
    """The bytes of the page, the encoding that its part names, and how many other files with text stand beside it."""

    data: bytes
    encoding: str | None
    is_html: bool
    beside: int


def is_web_archive(data: bytes, name: str) -> bool:
    """Whether bytes are MIME parts: by the name, or by headers at the start."""
    start = data[:8192].lstrip().replace(b"\r\n", b"\n")
    return name.lower().endswith(_SUFFIXES) or (
        start[:13].lower().startswith((b"mime-version:", b"content-type"))
        or _HEADERS.match(start) is not None
    )


def archived_page(data: bytes, name: str) -> ArchivedPage:
    """The page of an archive: its first HTML part, else its first plain text. Raises DocumentError without one."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    texts = [
        part for kind in ("text/html", "text/plain") for part in parts if part.get_content_type() == kind
    ]
    if not texts or not isinstance(texts[0], EmailMessage):
        raise _unreadable(name)
    first = texts[0]
    payload = first.get_payload(decode=True)
    if (
        not isinstance(payload, bytes)
        or not payload.strip()
        or not any(header in message for header in ("MIME-Version", "Content-Type"))
    ):
        raise _unreadable(name)
    charset = first.get_content_charset()
    attached = sum(1 for part in parts if part is not first and part.is_attachment())
    is_html = first.get_content_type() == "text/html"
    frames = sum(1 for part in texts[1:] if is_html and part.get_content_type() == "text/html")
    return ArchivedPage(payload, known_encoding(charset) if charset else None, is_html, attached + frames)


def _unreadable(name: str) -> DocumentError:
    return DocumentError(
        f"“{name}”里找不到网页正文，请在浏览器或Word里打开，另存为.html或.docx后再上传", "unsupported"
    )
