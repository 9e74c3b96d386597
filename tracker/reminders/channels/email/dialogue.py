"""One message over an open SMTP connection, with something else done while the server works on it.

A server answers a message's last byte when it has written it to its disk, the longest of four waits; smtplib's own `sendmail`
can only sit through them. Its steps, and what it raises, are smtplib's.
"""

from collections.abc import Callable
from contextlib import suppress
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

SERVICE_CLOSING = 421


def hand_over(
    server: SMTP, sender: str, recipient: str, content: bytes, meanwhile: Callable[[], None]
) -> None:
    """Returns when the server has accepted the message; raises smtplib's exceptions otherwise, with the connection ready for
    the next one unless the server closes it.

    The addresses are bare and ASCII, `content` has CRLF line ends. `meanwhile` is called before each of the server's answers
    is awaited.
    """
    server.ehlo_or_helo_if_needed()
    size = f" SIZE={len(content)}" if server.does_esmtp and server.has_extn("size") else ""
    # Not by server.mail() and .rcpt(), which would take each address apart and put it together again.
    code, reply = _ask(server, f"MAIL FROM:<{sender}>{size}", meanwhile)
    if code != 250:
        _begin_anew(server, code)
        raise SMTPSenderRefused(code, reply, sender)
    code, reply = _ask(server, f"RCPT TO:<{recipient}>", meanwhile)
    if code not in (250, 251):
        _begin_anew(server, code)
        raise SMTPRecipientsRefused({recipient: (code, reply)})
    code, reply = _ask(server, "DATA", meanwhile)
    asked_for = code == 354
    if asked_for:
        code, reply = say(server, content, meanwhile)
    if not asked_for or code != 250:
        _begin_anew(server, code)
        raise SMTPDataError(code, reply)


def _ask(server: SMTP, line: str, meanwhile: Callable[[], None]) -> tuple[int, bytes]:
    server.putcmd(line)
    meanwhile()
    return server.getreply()


def say(server: SMTP, content: bytes, meanwhile: Callable[[], None]) -> tuple[int, bytes]:
    """The message itself, and the server's answer to it."""
    # A line that is a dot would end it (RFC 5321, 4.5.2); the first one is a header.
    server.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    meanwhile()
    return server.getreply()


def _begin_anew(server: SMTP, code: int) -> None:
    if code == SERVICE_CLOSING:
        server.close()
        return
    with suppress(SMTPServerDisconnected):
        server.rset()
