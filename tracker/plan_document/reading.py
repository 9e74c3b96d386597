"""Read a file into text whose characters everything else counts, or refuse it with what is wrong."""

from __future__ import annotations

import codecs
import hashlib
import io
import zipfile
from pathlib import Path

from .errors import DocumentError
from .model import SourceDocument
from .package_safety import check_package
from .sheet import read_sheet
from .web import is_web_page, page_encoding, read_page
from .word import read_word

MAX_BYTES = 20 * 1024 * 1024
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
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
    elif is_web_page(data, name):
        text, encoding = decode(data, name, page_encoding(data))
        document = read_page(text, name, sha256, encoding)
    else:
        text, encoding = decode(data, name)
        document = SourceDocument(name, text, sha256, encoding, "txt")
    if not document.text.strip():
        raise DocumentError(f"文件“{name}”是空的", "empty")
    return document


def _read_package(data: bytes, name: str, sha256: str) -> SourceDocument:
    check_package(data, name)
    parts = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    if "word/document.xml" in parts:
        return read_word(data, name, sha256)
    if "xl/workbook.xml" in parts:
        return read_sheet(data, name, sha256)
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
            raise DocumentError(f"文件“{name}”有密码或已加密，请去掉密码后重新保存", "unsupported")
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
    """Text with \\n line ends and the name of its encoding: UTF-8, GB18030, or UTF-16/32 with a mark.

    `declared` (a page's own word) is believed when it is GB18030 and the bytes fit.
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
        try:
            return _plain(data.decode("gb18030")), "gb18030"
        except UnicodeDecodeError:
            pass  # a wrong declaration is common; the bytes decide below
    if b"\x00" in data:
        raise DocumentError(f"文件“{name}”不是文本文件，请提供Word、Excel或文本格式", "binary")
    try:
        return _plain(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise DocumentError(
            f"文件“{name}”的编码既不是UTF-8也不是GB18030，请用记事本另存为UTF-8后重试", "encoding", line
        ) from None
    if not _reads_as_chinese(text):
        raise DocumentError(
            f"文件“{name}”不是文本文件或编码不对，请用记事本另存为UTF-8后重试", "encoding", line
        )
    return _plain(text), "gb18030"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reads_as_chinese(text: str) -> bool:
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
    return common >= len(foreign) * 0.85 and _commonly_written(foreign)


def _commonly_written(foreign: list[str]) -> bool:
    """GB2312's first level (3,755 common characters) makes up most of any real Chinese text."""
    common = total = 0
    for char in foreign:
        if "\u4e00" <= char <= "\u9fff":
            total += 1
            encoded = char.encode("gb18030")
            common += len(encoded) == 2 and 0xB0 <= encoded[0] <= 0xD7 and encoded[1] >= 0xA1
    return total == 0 or common >= total * 0.7
