"""Look into an Office package before any library opens it: bombs, macros, entities and outside links are refused."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from .errors import DocumentError

MAX_UNPACKED = 200 * 1024 * 1024  # bytes of all parts together
MAX_PART = 100 * 1024 * 1024
MAX_PARTS = 5000
MAX_RATIO = 200  # a part of more than a megabyte that shrank further than this is a bomb
# The list of content types is an entry a part.
MAX_TYPES = 4 * 1024 * 1024
_TYPES = "[Content_Types].xml"
# What an Office package may be packed with; the other methods' readers take as much memory as the file demands.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_MACRO_PARTS = re.compile(r"vba(?:project|data)|\.bin$.*macro|macrosheets/", re.IGNORECASE)
# By content type, for the part that holds them may bear any name.
_MACRO_TYPES = re.compile(rb"macroEnabled|ms-office\.vba|ms-word\.vba|macrosheet", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DOCTYPE_WIDE = re.compile(rb"<\x00!\x00\s*(?:\x00)?D\x00O\x00C\x00|\x00<\x00!\x00D\x00O\x00C", re.IGNORECASE)
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_HARMLESS_TYPE = re.compile(rb"/(?:hyperlink|image)[\"']", re.IGNORECASE)


def check_package(data: bytes, name: str) -> None:
    """Raise DocumentError (code `unsafe` or `damaged`) unless the package may be opened."""
    package = check_unpacking(data, name)
    for part in package.infolist():
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_xml(package, part, name)


def check_unpacking(data: bytes, name: str) -> zipfile.ZipFile:
    """The package, once its list of parts says that unpacking it is harmless and that it holds no macros.

    Of the parts only the list of content types is read. Raises DocumentError (code `unsafe` or `damaged`).
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _damaged(name) from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _bomb(name)
    for part in parts:
        _check_part(part, name)
        # Written in two bytes a character the words would hide.
        if part.filename == _TYPES and _MACRO_TYPES.search(
            _unpacked(package, part, name).replace(b"\0", b"")
        ):
            raise _macros(name)
    return package


def _check_part(part: zipfile.ZipInfo, name: str) -> None:
    if part.flag_bits & 0x1:
        raise DocumentError(f"文件“{name}”有密码，请去掉密码后重新保存", "unsafe")
    shrunk = part.file_size > 1024 * 1024 and part.file_size > MAX_RATIO * max(part.compress_size, 1)
    limit = MAX_TYPES if part.filename == _TYPES else MAX_PART
    if part.file_size > limit or shrunk:
        raise _bomb(name)
    if part.compress_type not in _METHODS:
        raise _damaged(name)
    if _MACRO_PARTS.search(part.filename):
        raise _macros(name)


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> bytes:
    """The part's bytes, never more than its list entry says."""
    try:
        with package.open(part) as stream:
            content = stream.read(part.file_size + 1)
    except _UNREADABLE as error:
        raise _damaged(name) from error
    if len(content) > part.file_size:
        raise _bomb(name)
    return content


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    content = _unpacked(package, part, name)
    if _DOCTYPE.search(content) or _DOCTYPE_WIDE.search(content):
        raise DocumentError(f"文件“{name}”含有外部实体定义，不安全，已拒绝", "unsafe")
    if part.filename.endswith(".rels"):
        for link in _EXTERNAL.finditer(content):
            if not _HARMLESS_TYPE.search(link.group()):
                raise DocumentError(
                    f"文件“{name}”引用了外部文件（模板或对象），请断开链接后重新保存", "unsafe"
                )


def _bomb(name: str) -> DocumentError:
    return DocumentError(f"文件“{name}”解压后过大，不像正常的公文，已拒绝", "unsafe")


def _macros(name: str) -> DocumentError:
    return DocumentError(f"文件“{name}”带有宏，请另存为不带宏的.docx或.xlsx后再试", "unsafe")


def _damaged(name: str) -> DocumentError:
    return DocumentError(f"文件“{name}”已损坏，打不开，请重新保存后再试", "damaged")
