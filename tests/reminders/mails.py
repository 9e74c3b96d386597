"""What a mail holds when it has gone over the wire: its parts, attached files and sheets (催办单)."""

import io
from email import policy
from email.parser import BytesParser

from docx import Document


def read(mail):
    raw = mail.message().as_bytes(linesep="\r\n")
    found = BytesParser(policy=policy.default).parsebytes(raw)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def files(mail):
    return {part.get_filename(): part.get_content() for part in read(mail).iter_attachments()}


def sheets_of(mail) -> list[dict[str, str]]:
    """Each sheet as its rows, under 颜色 the one of its title."""
    [content] = [file for name, file in files(mail).items() if name.endswith(".docx")]
    document = Document(io.BytesIO(content))
    titles = [p.text for p in document.paragraphs if p.text.startswith("督查催办单")]
    return [
        {"颜色": title, **{line.cells[0].text: line.cells[1].text for line in table.rows}}
        for title, table in zip(titles, document.tables, strict=True)
    ]


def words_of(mail) -> list[str]:
    [content] = [file for name, file in files(mail).items() if name.endswith(".docx")]
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def numbers_of(mail) -> list[str]:
    return [line for line in words_of(mail) if line.startswith("编号：")]
