"""What a mail holds when it has gone over the wire: its parts and attached files."""

from email import policy
from email.parser import BytesParser


def read(mail):
    raw = mail.message().as_bytes(linesep="\r\n")
    found = BytesParser(policy=policy.default).parsebytes(raw)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def files(mail):
    return {part.get_filename(): part.get_content() for part in read(mail).iter_attachments()}
