"""Bytes of files that no report came to own are swept; everything that a row points at, or may come to, stays."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.utils import timezone

from tests.makers import NOW, liaison_of, make_measure
from tracker import actions, tasks
from tracker.models import Attachment
from tracker.rules.violations import InvalidInput

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%fine\n"


@pytest.fixture
def storage(tmp_path, monkeypatch):
    storage = FileSystemStorage(location=tmp_path / "attachments")
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("tracker.actions.files.attachment_storage", lambda: storage)
    return storage


def stored(storage):
    return {f"{folder}/{name}" for folder in storage.listdir("")[0] for name in storage.listdir(folder)[1]}


@pytest.fixture
def left_over(storage):
    """A file kept, and the bytes of a report that was refused for its second file."""
    measure = make_measure()
    by = {"measure_id": measure.pk, "actor": liaison_of(measure.lead), "now": NOW}
    kept = actions.attach(**by, name="留.pdf", content=PDF)
    with pytest.raises(InvalidInput, match="扩展名不符"):
        actions.report(
            **by, percent=5, progress="x", files=[("好.pdf", PDF + b"orphan"), ("坏.png", PDF + b"bad")]
        )
    [orphan] = stored(storage) - {kept.file.name}
    return by, kept, orphan


def test_what_a_refused_report_left_is_swept_after_a_day(storage, left_over):
    _by, kept, orphan = left_over
    now = timezone.now()
    assert actions.sweep_files(now=now + timedelta(hours=23)) == 0
    assert actions.sweep_files(now=now + timedelta(hours=25)) == 1
    assert stored(storage) == {kept.file.name} and not storage.exists(orphan)
    assert actions.sweep_files(now=now + timedelta(hours=25)) == 0


def test_bytes_that_are_wanted_again_count_as_new(storage, left_over):
    by, _kept, orphan = left_over
    old = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(storage.path(orphan), (old, old))
    again = actions.attach(**by, name="又要.pdf", content=PDF + b"orphan")
    assert again.file.name == orphan
    Attachment.objects.filter(pk=again.pk).delete()  # as for another connection while it is not committed
    assert actions.sweep_files(now=timezone.now()) == 0 and storage.exists(orphan)


def test_by_command_and_by_the_timer(storage, left_over):
    _by, _kept, orphan = left_over
    old = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(storage.path(orphan), (old, old))
    out = StringIO()
    call_command("sweep_files", stdout=out)
    assert out.getvalue() == "已清理1个文件。\n" and not storage.exists(orphan)
    tasks.sweep_files()
    call_command("sweep_files", stdout=out)
    assert out.getvalue().endswith("没有需要清理的文件。\n")


def test_where_nothing_was_ever_uploaded(storage):
    assert actions.sweep_files(now=timezone.now()) == 0
