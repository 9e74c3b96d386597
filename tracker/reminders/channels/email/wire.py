"""A message as bytes on the wire: two base64 parts and attachments, written in one go.

Python's own generator folds and re-checks every header of every part and costs more than the rest of a message together; with
ten thousand of one shape it is the bottleneck. What is written here is small: header values are ASCII or encoded by
email.header, every body is base64, and the tests read each message back with Python's strict parser.
"""

from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import encode_rfc2231
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file beside the text. `kind`: its media type."""

    name: str
    kind: str
    content: bytes


class UnsafeHeader(ValueError):
    """A header value would break out of its line."""


class WireMessage:
    """A finished message: its headers by name, and its bytes with CRLF line ends.

    Stands in for email.message.Message where Django's mail backends ask for one.
    """

    def __init__(self, headers: Mapping[str, str], content: bytes) -> None:
        self._headers = dict(headers)
        self._content = content

    def __getitem__(self, name: str) -> Any:
        return self._headers.get(name)

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self._content if linesep == "\r\n" else self._content.replace(b"\r\n", linesep.encode())

    def as_string(self, unixfrom: bool = False, linesep: str = "\n") -> str:
        return self.as_bytes(unixfrom, linesep).decode("ascii")


def write(
    headers: Mapping[str, str], *, text: str, html: str, boundary: str, attachments: Sequence[Attachment] = ()
) -> WireMessage:
    """The message with these headers. `boundary`: a word of its own for this message. Raises UnsafeHeader."""
    parts = [
        _part("text/plain; charset=utf-8", text.encode()),
        _part("text/html; charset=utf-8", html.encode()),
    ]
    body = _multipart("alternative", f"{boundary}_a", parts)
    if attachments:
        files = [_part(file.kind, file.content, name=file.name) for file in attachments]
        body = _multipart("mixed", f"{boundary}_m", [body, *files])
    lines = [f"{name}: {_header(name, value)}\r\n".encode("ascii") for name, value in headers.items()]
    return WireMessage(headers, b"MIME-Version: 1.0\r\n" + b"".join(lines) + body)


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    edge = boundary.encode("ascii")
    opening = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode("ascii"), edge)
    return (
        opening
        + b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + edge
        + b"--\r\n"
    )


def _part(kind: str, content: bytes, *, name: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    if name:
        head += f"Content-Disposition: attachment; filename*={encode_rfc2231(name, 'utf-8')}\r\n"
    return head.encode("ascii") + b"\r\n" + _in_lines(b2a_base64(content, newline=False))


def _in_lines(coded: bytes) -> bytes:
    # RFC 2045 allows 76 characters a line.
    return b"\r\n".join([coded[at : at + 76] for at in range(0, len(coded), 76)]) + b"\r\n" if coded else b""


def _header(name: str, value: str) -> str:
    if "\r" in value or "\n" in value:
        raise UnsafeHeader(f"{name}: {value!r}")
    if value.isascii() and len(name) + len(value) < 900:
        return value
    return _encoded(name, value)


@lru_cache(maxsize=1000)
def _encoded(name: str, value: str) -> str:
    # Subjects say counts, so those of a run are few.
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
