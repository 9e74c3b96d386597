"""What cannot be read safely or truly is refused in one clear Chinese sentence that says what to do instead."""

from __future__ import annotations

import io
import zipfile

import pytest

from tracker.plan_document import DocumentError, package_safety, read_bytes

from .office import book_bytes, new_document, saved, with_parts, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def refused(data: bytes, name: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_bytes(data, name)
    assert name in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (OLE, "老文件.doc", "另存为.docx"),
        (OLE, "老表.xls", "另存为.xlsx"),
        (OLE, "加密.docx", "密码"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "扫描件.pdf", "OCR"),
        (b"{\\rtf1\\ansi text}", "富文本.rtf", "另存为.docx"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 50, "照片.jpg", "OCR"),
    ],
)
def test_formats_that_hold_no_readable_text(data: bytes, name: str, words: str) -> None:
    error = refused(data, name)
    assert error.code == "unsupported"
    assert words in error.message


def packed(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (packed(**{"OFD.xml": "<a/>"}), "OFD"),
        (
            packed(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "<a/>"}),
            "OpenDocument",
        ),
        (packed(**{"_rels/.rels": "<a b='http://purl.oclc.org/ooxml/officeDocument'/>"}), "严格Open XML"),
        (
            packed(
                **{
                    "[Content_Types].xml": "<a>application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml</a>"
                }
            ),
            "模板",
        ),
        (
            b"<?xml version='1.0'?>\n<?mso-application progid='Word.Document'?><w:wordDocument/>",
            "XML格式的Office",
        ),
        (b"<?xml version='1.0'?><pkg:package xmlns:pkg='a'/>", "XML格式的Office"),
    ],
)
def test_other_office_formats_are_named_with_what_to_do(data: bytes, words: str) -> None:
    error = refused(data, "方案.docx")
    assert error.code == "unsupported"
    assert words in error.message
    assert "上传" in error.message


def test_a_word_file_whose_main_part_has_another_name() -> None:
    document = new_document()
    document.add_paragraph("一、任务")
    old = io.BytesIO(saved(document))
    stream = io.BytesIO()
    with zipfile.ZipFile(old) as package, zipfile.ZipFile(stream, "w") as renamed:
        for item in package.infolist():
            content = package.read(item)
            if item.filename in {"[Content_Types].xml", "_rels/.rels"}:
                content = content.replace(b"word/document.xml", b"word/document2.xml")
            name = item.filename.replace("word/document.xml", "word/document2.xml").replace(
                "word/_rels/document.xml.rels", "word/_rels/document2.xml.rels"
            )
            renamed.writestr(name, content)
    assert read_bytes(stream.getvalue(), "方案.docx").text == "一、任务\n"


def test_plain_zip_is_no_document() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("方案.txt", "一、任务")
    assert refused(stream.getvalue(), "打包.zip").code == "unsupported"


def test_macros_are_refused() -> None:
    data = with_parts(saved(new_document()), {"word/vbaProject.bin": b"\x00" * 100})
    error = refused(data, "宏.docx")
    assert (error.code, "宏" in error.message) == ("unsafe", True)


def test_macros_in_a_part_of_another_name_are_told_by_their_content_type() -> None:
    kind = b'<Override PartName="/word/data.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    data = with_parts(
        saved(new_document()),
        {"word/data.bin": b"\x00" * 100},
        {"[Content_Types].xml": (b"</Types>", kind)},
    )
    error = refused(data, "宏.docx")
    assert (error.code, "宏" in error.message) == ("unsafe", True)


def test_external_entities_are_refused() -> None:
    data = with_parts(
        saved(new_document()),
        {},
        {
            "word/document.xml": (
                b"<w:document",
                b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hosts'>]><w:document",
            )
        },
    )
    assert refused(data, "实体.docx").code == "unsafe"
    book = with_parts(
        book_bytes(workbook([["a", "b"]])),
        {},
        {"xl/workbook.xml": (b"<workbook", b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook")},
    )
    assert refused(book, "实体.xlsx").code == "unsafe"


def test_outside_template_is_refused() -> None:
    link = (
        b"<Relationship Id='rIdT' TargetMode='External' Target='http://192.0.2.1/a.dotm' "
        b"Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate'/></R"
        b"elationships>"
    )
    data = with_parts(
        saved(new_document()), {}, {"word/_rels/document.xml.rels": (b"</Relationships>", link)}
    )
    assert refused(data, "外链.docx").code == "unsafe"


def test_zip_bomb_is_refused_without_unpacking() -> None:
    data = with_parts(saved(new_document()), {"word/media/big.xml": b"\x00" * (30 * 1024 * 1024)})
    assert len(data) < 200_000
    assert refused(data, "炸弹.docx").code == "unsafe"


def test_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_safety, "MAX_PARTS", 5)
    assert refused(saved(new_document()), "碎.docx").code == "unsafe"


@pytest.mark.parametrize("cut", [100, 2000, -300])
def test_damaged_packages(cut: int) -> None:
    assert refused(saved(new_document())[:cut], "坏.docx").code == "damaged"


def test_word_without_words_is_empty() -> None:
    assert refused(saved(new_document()), "空.docx").code == "empty"
    assert refused(book_bytes(workbook([])), "空.xlsx").code == "empty"
    assert refused(b"<html><body><script>1</script></body></html>", "空.html").code == "empty"
