"""Read a file into text whose characters everything else counts, or refuse it with what is wrong."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

from .errors import DocumentError
from .model import SourceDocument
from .package_safety import check_package
from .sheet import read_sheet
from .web import is_web_page, page_encoding, read_page
from .web_archive import archived_page, is_web_archive
from .word import read_word

MAX_BYTES = 20 * 1024 * 1024
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFFICE_XML = re.compile(
    r"\s*<\?xml[^>]{0,200}\?>\s*(?:<!--.{0,400}?-->\s*)?"
    r"(?:<\?mso-application|<(?:w:wordDocument|pkg:package|(?:ss:)?Workbook|uof:UOF|UOF)[ >])",
    re.DOTALL,
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_document(path: str | Path, *, name: str | None = None, max_bytes: int = MAX_BYTES) -> SourceDocument:
    """Read the file at `path`; `name` replaces the file's own name (an upload's, say), larger than `max_bytes` is refused.

    Raises DocumentError (Chinese message) for a missing file, a folder, and all that read_bytes refuses.
    """
    place = Path(path)
    shown = name or place.name
    if place.is_dir():
        raise DocumentError(f"“{shown}”是文件夹，不是文件", "missing")
    try:
        if place.stat().st_size > max_bytes:
            raise _too_large(shown, place.stat().st_size, max_bytes)
        data = place.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"找不到文件“{shown}”", "missing") from None
    except PermissionError:
        raise DocumentError(f"没有权限读取文件“{shown}”", "missing") from None
    except OSError as error:
        raise DocumentError(f"文件“{shown}”读不出来：{error.strerror}", "missing") from None
    return read_bytes(data, shown, max_bytes=max_bytes)


def read_bytes(data: bytes, name: str, *, max_bytes: int = MAX_BYTES) -> SourceDocument:
    """Read the bytes of a file called `name`; its kind is told by the bytes first, by the name second.

    Raises DocumentError for an empty, too large, binary or wrongly encoded file.
    """
    if len(data) > max_bytes:
        raise _too_large(name, len(data), max_bytes)
    if not data.strip(b" \t\r\n\x00"):
        raise DocumentError(f"文件“{name}”是空的", "empty")
    sha256 = hashlib.sha256(data).hexdigest()
    refuse_unreadable_formats(data, name)
    if data.startswith(b"PK\x03\x04"):
        document = _read_package(data, name, sha256)
    elif is_web_archive(data, name):
        document = _read_archive(data, name, sha256)
    else:
        document = _read_text(data, name, sha256, page_encoding(data))
    if not document.text.strip():
        raise DocumentError(f"文件“{name}”是空的", "empty")
    return document


def _read_text(data: bytes, name: str, sha256: str, declared: str | None) -> SourceDocument:
    text, encoding = decode(data, name, declared)
    if _OFFICE_XML.match(text):
        raise DocumentError(
            f"“{name}”是XML格式的Office文件，请用Word、Excel或WPS打开，另存为.docx或.xlsx后再上传",
            "unsupported",
        )
    if is_web_page(text, name):
        return read_page(text, name, sha256, encoding)
    told = ("文件是Big5编码的繁体文本，已转换后读取，请核对文字",) if encoding == "big5" else ()
    return SourceDocument(name, text, sha256, encoding, "txt", notes=told)


def _read_archive(data: bytes, name: str, sha256: str) -> SourceDocument:
    page = archived_page(data, name)
    declared = page.encoding or page_encoding(page.data)
    text, encoding = decode(page.data, name, declared)
    if not page.is_html:
        document = SourceDocument(name, text, sha256, encoding, "txt")
    else:
        document = read_page(text, name, sha256, encoding)
    if not page.beside:
        return document
    told = f"文件里另有{page.beside}个附件或页面，没有读取；任务如在其中，请单独保存后上传"
    return replace(document, notes=(*document.notes, told))


def _read_package(data: bytes, name: str, sha256: str) -> SourceDocument:
    check_package(data, name)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = set(package.namelist())
        types = package.read(_TYPES) if _TYPES in parts else b""
        relations = package.read(_RELATIONS) if _RELATIONS in parts else b""
    if b"purl.oclc.org/ooxml" in relations:
        raise DocumentError(
            f"“{name}”存成了“严格Open XML”格式，请在Word或Excel里另存为普通的.docx或.xlsx后再上传",
            "unsupported",
        )
    if b"wordprocessingml.template" in types or b"spreadsheetml.template" in types:
        raise DocumentError(f"“{name}”是模板文件，请另存为.docx或.xlsx后再上传", "unsupported")
    if b"wordprocessingml.document.main" in types:
        return read_word(data, name, sha256)
    if b"spreadsheetml.sheet.main" in types:
        return read_sheet(data, name, sha256)
    if "OFD.xml" in parts:
        raise DocumentError(f"“{name}”是OFD版式文件，读不出可靠的段落和编号，请上传Word原件", "unsupported")
    if "content.xml" in parts and "mimetype" in parts:
        raise DocumentError(
            f"“{name}”是OpenDocument格式，请用Word、Excel或WPS另存为.docx或.xlsx后再上传", "unsupported"
        )
    raise DocumentError(f"文件“{name}”是压缩包，不是Word或Excel文件，请解压后逐个上传", "unsupported")


def refuse_unreadable_formats(data: bytes, name: str) -> None:
    """Raise DocumentError for formats that hold no readable text, saying what to do instead."""
    lower = name.lower()
    if data.startswith(b"%PDF"):
        raise DocumentError(
            f"“{name}”是PDF，读不出可靠的段落和编号。请上传Word原件；只有扫描件的，先用文字识别（OCR）转成"
            f"Word或文本，"
            "核对后再上传",
            "unsupported",
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if lower.endswith((".docx", ".xlsx")):
            raise DocumentError(
                f"文件“{name}”有密码或已加密，或是改了扩展名的旧版Office文件；请打开后去掉密码，另存为{lower[-5:]}再上传",
                "unsupported",
            )
        kind = ".xlsx" if lower.endswith((".xls", ".et")) else ".docx"
        raise DocumentError(
            f"“{name}”是旧版Office格式，请用Word、Excel或WPS另存为{kind}后再上传", "unsupported"
        )
    if data.startswith(b"{\\rtf"):
        raise DocumentError(f"“{name}”是RTF格式，请用Word或WPS另存为.docx后再上传", "unsupported")
    if data.startswith(_PICTURES):
        raise DocumentError(
            f"“{name}”是图片，请先用文字识别（OCR）转成Word或文本，核对后再上传", "unsupported"
        )


def _too_large(name: str, size: int, most: int) -> DocumentError:
    shown = f"{size / 1024 / 1024:.1f} MB"
    return DocumentError(f"文件“{name}”有{shown}，超过{most / 1024 / 1024:.4g} MB的上限", "too_large")


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, str]:
    """Text with \\n line ends and the name of its encoding: UTF-8, GB18030, UTF-16, Big5, or UTF-32 with a mark.

    `declared` (a page's own word) is believed when it is GB18030 and the bytes read as Chinese in it.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return _plain(data.decode(encoding).removeprefix("\ufeff")), encoding
            except UnicodeDecodeError:
                raise DocumentError(
                    f"文件“{name}”的编码已损坏，请用记事本另存为UTF-8后重试", "encoding"
                ) from None
    if declared == "gb18030":
        text = _decoded(data, "gb18030")
        if text is not None and _reads_as_chinese(text):
            return _plain(text), "gb18030"  # else a wrong declaration, which is common
    if b"\x00" not in data and (text := _decoded(data, "utf-8")) is not None:
        return _plain(text), "utf-8"
    candidates = ("gb18030", "utf-16-le", "utf-16-be") if b"\x00" not in data else ("utf-16-le", "utf-16-be")
    for encoding in candidates:
        text = _decoded(data, encoding)
        if text is not None and "\x00" not in text and _reads_as_chinese(text):
            return _plain(text), encoding
    traditional = _decoded(data, "cp950") if b"\x00" not in data else None
    if traditional is not None and _reads_as_chinese(traditional, "cp950"):
        return _plain(traditional), "big5"
    if b"\x00" in data:
        raise DocumentError(f"文件“{name}”不是文本文件，请提供Word、Excel或文本格式", "binary")
    if _decoded(data, "gb18030") is None:
        message = f"文件“{name}”的编码既不是UTF-8也不是GB18030，请用记事本另存为UTF-8后重试"
    else:
        message = f"文件“{name}”不是文本文件或编码不对，请用记事本另存为UTF-8后重试"
    raise DocumentError(message, "encoding", _first_bad_line(data))


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _first_bad_line(data: bytes) -> int:
    """The line where the bytes stop being UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reads_as_chinese(text: str, encoding: str = "gb18030") -> bool:
    """GB18030 decodes almost any bytes; real text uses common characters and no control codes."""
    sample = text[:20000]
    control = sum(1 for char in sample if char < " " and char not in "\t\r\n\x0c")
    if control > len(sample) / 200:
        return False
    foreign = [char for char in sample if char > "\x7f"]
    if not foreign:
        return True
    common = sum(
        1
        for char in foreign
        if "\u4e00" <= char <= "\u9fff"
        or "\u3000" <= char <= "\u303f"
        or char >= "\uff01"
        or char in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩─│"
    )
    return common >= len(foreign) * 0.85 and _commonly_written(foreign, encoding)


# First byte (from, to) and least second byte of the characters in daily use: GB2312's first level (3,755) and Big5's (5,401).
_DAILY = {"gb18030": (0xB0, 0xD7, 0xA1), "cp950": (0xA4, 0xC6, 0x40)}


def _commonly_written(foreign: list[str], encoding: str) -> bool:
    """Characters in daily use make up most of any real Chinese text."""
    first, last, second = _DAILY[encoding]
    common = total = 0
    for char in foreign:
        if "\u4e00" <= char <= "\u9fff":
            total += 1
            encoded = char.encode(encoding)
            common += len(encoded) == 2 and first <= encoded[0] <= last and encoded[1] >= second
    return total == 0 or common >= total * 0.7
