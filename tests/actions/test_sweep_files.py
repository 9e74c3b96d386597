"""Bytes of files that no report came to own are swept; everything that a row points at, or may come to, stays."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from io import StringIO
from threading import Barrier

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.makers import NOW, liaison_of, make_measure
from tracker import actions, tasks
from tracker.actions import files
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


def made_old(storage, name):
    old = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(storage.path(name), (old, old))


@pytest.mark.parametrize("step", ["rename", "utime"])
def test_bytes_wanted_again_in_the_middle_of_a_sweep_stay(storage, left_over, monkeypatch, step):
    """Just before the sweep puts the bytes aside, and just after it has: the row that is made names bytes that are there."""
    by, _kept, orphan = left_over
    made_old(storage, orphan)
    real = getattr(os, step)

    def meanwhile(*given, **more):
        monkeypatch.setattr(files.os, step, real)
        if step == "rename":
            actions.attach(**by, name="又要.pdf", content=PDF + b"orphan")
        else:
            actions.sweep_files(now=timezone.now())
        return real(*given, **more)

    monkeypatch.setattr(files.os, step, meanwhile)
    if step == "rename":
        assert actions.sweep_files(now=timezone.now()) == 0
    else:
        actions.attach(**by, name="又要.pdf", content=PDF + b"orphan")
    row = Attachment.objects.get(name="又要.pdf")
    assert row.file.open("rb").read() == PDF + b"orphan"
    assert len(stored(storage)) == 2, "nothing is left aside"


def test_what_a_killed_sweep_had_put_aside_comes_back_to_its_row(storage, left_over):
    _by, kept, _orphan = left_over
    path = storage.path(kept.file.name)
    os.rename(path, f"{path}.aside")
    actions.sweep_files(now=timezone.now())
    assert kept.file.open("rb").read() == PDF


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_wanted_by_several_while_they_are_swept(postgres, storage):
    """Old bytes that nobody owns any more are swept twice and stored three times at once, over and over."""
    people = [(measure.pk, liaison_of(measure.lead)) for measure in (make_measure() for _ in range(3))]
    start = Barrier(len(people) + 2)

    def at_once(work):
        try:
            start.wait(timeout=60)
            return work()
        finally:
            connection.close()

    def store(measure, liaison):
        given = {"measure_id": measure, "actor": liaison, "now": NOW, "name": "同.pdf", "content": PDF}
        return partial(actions.attach, **given)

    sweep = partial(actions.sweep_files, now=timezone.now())
    with ThreadPoolExecutor(len(people) + 2) as pool:
        for _round in range(30):
            list(pool.map(at_once, [sweep, sweep, *(store(*who) for who in people)]))
            rows = list(Attachment.objects.select_related("measure"))
            assert len(rows) == len(people)
            for row in rows:
                assert storage.open(row.file.name).read() == PDF
            for row, (_pk, liaison) in zip(sorted(rows, key=lambda row: row.measure_id), people, strict=True):
                actions.detach(attachment=row, actor=liaison)
            for name in stored(storage):
                made_old(storage, name)
