"""The folder that stands in for a mail server: whole files, safe names, nothing overwritten, nobody else's business."""

import stat
from email import policy
from email.parser import BytesParser

import pytest
from django.core.mail import EmailMessage, get_connection

from tracker.reminders.channels.email.outbox import OutboxBackend

BACKEND = "tracker.reminders.channels.email.outbox.OutboxBackend"


@pytest.fixture
def folder(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "var" / "outbox"
    return settings.OUTBOX_DIR


def message(message_id="<1@city.example>", **kw) -> EmailMessage:
    headers = {"Message-ID": message_id, "Date": "Tue, 10 Mar 2026 10:00:00 +0800"}
    return EmailMessage(
        **{"subject": "催办", "body": "请尽快办理。", "to": ["a@x.example"], "headers": headers, **kw}
    )


def test_one_readable_private_file_a_message(folder):
    assert get_connection(BACKEND).send_messages([message(), message("<2@city.example>")]) == 2
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert all(file.name.startswith("20260310T020000Z-") for file in files)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        parsed = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        assert parsed["Subject"] == "催办"
        assert parsed.get_content().strip() == "请尽快办理。"


def test_the_same_message_twice_is_two_files(folder):
    for body in ("第一次", "第二次", "第三次"):
        OutboxBackend().send_messages([message(body=body)])
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert len({name[:33] for name in names}) == 1, "side by side under one name"
    assert sum("第一次".encode() in path.read_bytes() for path in folder.iterdir()) == 1


def test_a_hostile_message_id_cannot_choose_the_file(folder):
    OutboxBackend().send_messages([message("<../../../etc/passwd@x>")])
    [path] = folder.iterdir()
    assert path.parent == folder
    assert path.name.removesuffix(".eml").replace("-", "").isalnum()


def test_nobody_to_send_to_writes_nothing(folder):
    assert OutboxBackend().send_messages([message(to=[])]) == 0
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_raises(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "file" / "outbox"
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        OutboxBackend().send_messages([message()])
