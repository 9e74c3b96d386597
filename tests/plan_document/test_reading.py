"""Text files in any usual encoding are read; what is no text is refused with a clear message."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tracker.plan_document import DocumentError, parse_plan, read_bytes, read_document
from tracker.plan_document.reading import MAX_BYTES

from .support import PLANS

TEXT = "一、加快项目建设\r\n（一）开工一批。6月底前完成。\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_usual_encodings(encoding: str) -> None:
    data = (("\ufeff" if encoding == "utf-16-le" else "") + TEXT).encode(encoding)
    document = read_bytes(data, "计划.txt")
    assert document.text == TEXT.replace("\r\n", "\n")
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.format == "txt"


def test_the_report_in_gb18030_is_the_same_plan(tmp_path: Path) -> None:
    original = read_document(PLANS / "report-fullwidth.txt")
    copy = tmp_path / "报告.txt"
    copy.write_bytes(original.text.encode("gb18030"))
    again = read_document(copy)
    assert again.encoding == "gb18030"
    assert again.text == original.text
    assert parse_plan(again.text).sections == parse_plan(original.text).sections


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        ("\ufeff".encode(), "empty"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00" * 20, "binary"),
        (bytes(range(1, 256)) * 8, "encoding"),
        ("Überprüfung der Maßnahmen für das nächste Jahr".encode("latin-1") * 10, "encoding"),
        (b"\xff\xfe\x00", "encoding"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes(data, "坏文件.txt")
    assert caught.value.code == code
    assert "坏文件.txt" in caught.value.message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"找不到文件“没有\.txt”"):
        read_document(tmp_path / "没有.txt")
    with pytest.raises(DocumentError, match="是文件夹"):
        read_document(tmp_path)


def test_too_large_a_file_is_refused_unread() -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes(b"a" * (MAX_BYTES + 1), "大.txt")
    assert caught.value.code == "too_large"


def test_wrong_encoding_names_the_line() -> None:
    data = "第一行\n第二行".encode() + b"\xff\xff\xff\x81"
    with pytest.raises(DocumentError) as caught:
        read_bytes(data, "坏.txt")
    assert caught.value.line == 2
    assert "第2行" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [TEXT, "一、加快项目建设，开工一批重点工程，由市发展和改革委员会牵头", "1. Plan\r\n"]
)
def test_wide_encodings_without_a_mark(encoding: str, text: str) -> None:
    document = read_bytes(text.encode(encoding), "计划.txt")
    assert (document.text, document.encoding) == (text.replace("\r\n", "\n"), encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_page_whatever_it_says_of_its_encoding(encoding: str) -> None:
    page = "<html><head><meta charset=gb2312></head><body><p>一、加快项目建设</p></body></html>"
    document = read_bytes(page.encode(encoding), "页.html")
    assert (document.text, document.encoding) == ("一、加快项目建设\n", encoding)


def test_big5_is_read_and_said() -> None:
    text = "全市重點工作方案\n一、推進改革。市財政局牽頭，六月底前完成。\n二、加強監管。市教育局牽頭。\n"
    document = read_bytes(text.encode("big5"), "方案.txt")
    assert (document.text, document.encoding) == (text, "big5")
    assert document.notes == ("文件是Big5编码的繁体文本，已转换后读取，请核对文字",)
    assert read_bytes(text.encode("gb18030"), "方案.txt").encoding == "gb18030"


def test_bytes_of_another_country_are_not_read_as_big5() -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes("План мероприятий по улучшению".encode("cp1251"), "план.txt")
    assert caught.value.code == "encoding"
