"""Files sent with a report: kept under their hash, told by their content, thrown away with a draft, bombs refused."""

import hashlib
import tracemalloc
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from tests.actions.support import send
from tests.makers import NOW, make_user
from tracker import access, actions
from tracker.models import (
    Attachment,
    ProgressReport,
)
from tracker.rules.uploads import safe_name
from tracker.rules.violations import InvalidInput, NotAllowed, WrongState

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%fine\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture(autouse=True)
def files_in(tmp_path, monkeypatch):
    storage = Attachment._meta.get_field("file").storage
    monkeypatch.setattr(storage, "_location", str(tmp_path))
    storage.__dict__.pop("base_location", None)
    storage.__dict__.pop("location", None)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)
    yield tmp_path
    storage.__dict__.pop("base_location", None)
    storage.__dict__.pop("location", None)


def package(*names, words="x", method=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as zipped:
        for name in names:
            zipped.writestr(name, words)
    return out.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")


class TestFiles:
    def attach(self, measure, who, name="现场.pdf", content=PDF):
        return actions.attach(measure_id=measure.pk, actor=who, now=NOW, name=name, content=content)

    def test_kept_under_its_hash_and_sent_with_the_report(self, scene, files_in):
        measure, liaison, co = scene
        kept = self.attach(measure, liaison)
        digest = hashlib.sha256(PDF).hexdigest()
        assert (kept.sha256, kept.size, kept.content_type) == (digest, len(PDF), "application/pdf")
        assert (files_in / digest[:2] / digest).read_bytes() == PDF
        assert self.attach(measure, liaison).pk == kept.pk
        again = self.attach(measure, liaison, "更正后.pdf")
        assert again.pk != kept.pk and again.file == kept.file, "another name is another file, stored once"
        assert Attachment.objects.get(pk=kept.pk).name == "现场.pdf"
        actions.detach(attachment=again, actor=liaison)
        assert not access.attachments_visible_to(co).exists()
        report = send(measure, liaison, attachments=[kept.pk], files=[("图.png", PNG)])
        assert {file.name for file in report.attachments.all()} == {"现场.pdf", "图.png"}
        assert access.attachments_visible_to(co).count() == 2
        assert not access.attachments_visible_to(make_user("liaison")).exists()
        with pytest.raises(WrongState, match="不能删除"):
            actions.detach(attachment=Attachment.objects.get(pk=kept.pk), actor=liaison)

    def test_thrown_away_before_sending(self, scene, files_in):
        measure, liaison, co = scene
        kept = self.attach(measure, liaison)
        with pytest.raises(NotAllowed):
            actions.detach(attachment=kept, actor=co)
        actions.detach(attachment=kept, actor=liaison)
        assert not Attachment.objects.exists()
        # Somebody else may be storing the same bytes at this moment: the sweep takes them a day later.
        assert actions.sweep_files(now=timezone.now() + timedelta(hours=25)) == 1
        assert [path for path in files_in.rglob("*") if path.is_file()] == []

    def test_another_departments_or_another_measures_file_is_not_sent(self, scene):
        measure, liaison, co = scene
        foreign = self.attach(measure, co)
        with pytest.raises(InvalidInput, match="附件不存在"):
            send(measure, liaison, attachments=[foreign.pk])
        assert not ProgressReport.objects.exists()

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("a.pdf", b"", "空文件"),
            ("a.exe", b"MZ\x90\0" + b"\0" * 80, "不接受"),
            ("a.pdf", PNG, "内容是 .png"),
            ("a.png.exe", PNG, "不符"),
            ("a", PDF, "不符"),
            ("a.html", b"<!DOCTYPE html><script>x</script>", "不接受"),
            ("a.txt", b"<svg onload=x>", "不接受"),
            ("a.txt", b"ok\0\1", "不接受"),
            ("a.docx", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "带有宏"),
            ("a.docx", package("[Content_Types].xml", "word/document.xml", words="macroEnabled"), "带有宏"),
            # Behind more than anybody reads of such a list.
            (
                "a.docx",
                package("[Content_Types].xml", "word/document.xml", words=" " * 250_000 + "macroEnabled"),
                "带有宏",
            ),
            (
                "a.docx",
                package("[Content_Types].xml", words="macroEnabled".encode("utf-16-le").decode("latin-1")),
                "带有宏",
            ),
            ("a.xlsx", package("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/s.xml"), "带有宏"),
            ("a.docx", package("[Content_Types].xml", "word/document.xml", method=zipfile.ZIP_LZMA), "损坏"),
            ("a.docx", DOCX[:40] + b"\0" * 8 + DOCX[48:], "损坏"),
            ("a.zip", package("a.txt", "vbaProject.bin"), "不接受"),
            ("a.docx", package("x.txt"), "内容是 .zip"),
            ("a.zip", DOCX, "内容是 .docx"),
        ],
    )
    def test_told_by_content(self, scene, name, content, message):
        measure, liaison, _co = scene
        with pytest.raises(InvalidInput, match=message):
            self.attach(measure, liaison, name, content)
        assert not Attachment.objects.exists()

    @pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
    def test_a_bomb_is_refused_before_it_is_unpacked(self, scene, kind):
        measure, liaison, _co = scene
        bomb = package("[Content_Types].xml", "word/document.xml", words=b" " * 64_000_000)
        assert len(bomb) < 200_000
        tracemalloc.start()
        try:
            with pytest.raises(InvalidInput, match="过大"):
                self.attach(measure, liaison, f"a.{kind}", bomb)
            assert tracemalloc.get_traced_memory()[1] < 5_000_000
        finally:
            tracemalloc.stop()
        assert not Attachment.objects.exists()

    def test_office_files_text_and_size(self, scene, settings):
        measure, liaison, _co = scene
        assert self.attach(measure, liaison, "a.docx", DOCX).content_type.endswith(
            "wordprocessingml.document"
        )
        assert self.attach(measure, liaison, "b.csv", "甲,乙\n".encode("gb18030")).name == "b.csv"
        settings.ATTACHMENT_MAX_BYTES = 10
        with pytest.raises(InvalidInput, match="上限"):
            self.attach(measure, liaison)

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/报告.pdf", "报告.pdf"),
            ("C:\\x\\报告.PDF", "报告.pdf"),
            ("报告\u202egnp.pdf", "报告gnp.pdf"),
            ('a"b<c>\r\n.pdf', "a_b_c_.pdf"),
            (".pdf", "附件.pdf"),
            ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ],
    )
    def test_names_are_made_harmless(self, given, kept):
        assert safe_name(given, extension=".pdf") == kept
