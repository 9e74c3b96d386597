"""The queue of files: messages arrive whole, in order and once; a file that is none never stops who reads."""

import json
import threading
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue
from kombu.transport import filesystem
from kombu.transport.virtual import BrokerState

from config.file_queue import Channel, Transport

WORK = Queue("work", Exchange("work", type="direct"), routing_key="work")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch):
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(Channel, "bound", {})
    monkeypatch.setattr(Transport, "global_state", BrokerState())
    return tmp_path


def connect(folders: Path) -> Connection:
    return Connection(
        "filesystem://localhost/",
        transport="config.file_queue:Transport",
        transport_options={
            "data_folder_in": str(folders / "queue"),
            "data_folder_out": str(folders / "queue"),
            "control_folder": str(folders / "control"),
        },
    )


def send(connection: Connection, *bodies: object) -> None:
    with connection.Producer() as producer:
        for body in bodies:
            producer.publish(body, exchange=WORK.exchange, routing_key="work", declare=[WORK])


def receive(connection: Connection) -> list[object]:
    got = []
    channel = connection.channel()
    queue = WORK(channel)
    queue.declare()
    while (message := queue.get()) is not None:
        message.ack()
        got.append(message.payload)
    return got


def test_messages_arrive_in_order_and_leave_nothing(folders: Path):
    with connect(folders) as connection:
        send(connection, *range(5))
        assert receive(connection) == [0, 1, 2, 3, 4]
    assert list((folders / "queue").iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"body": "abc", "proper',
        b"[]",
        b"null",
        b"{}",
        b'{"properties": {}}',
        b'{"properties": [], "body": "x"}',
        b'{"body": "x", "properties": {"delivery_tag": "1", "body_encoding": "none"}}',
        b'{"body": "x", "properties": {"delivery_tag": "1", "body_encoding": "base64"}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_message_is_set_aside_and_the_others_arrive(folders: Path, content: bytes, caplog):
    (folders / "queue" / "1_aa.work.msg").write_bytes(content)
    with connect(folders) as connection:
        send(connection, "甲")
        assert receive(connection) == ["甲"]
        assert receive(connection) == []
    (kept,) = (folders / "queue").iterdir()
    assert (kept.name, kept.read_bytes()) == ("1_aa.work.msg.unreadable", content)
    assert "was set aside" in caplog.text


def test_a_folder_in_the_place_of_a_message(folders: Path):
    (folders / "queue" / "1_aa.work.msg").mkdir()
    with connect(folders) as connection:
        send(connection, "甲")
        assert receive(connection) == ["甲"]


def test_a_message_being_written_is_not_seen(folders: Path, monkeypatch):
    """Looks into the queue at the moment between the making of the file and its end."""
    seen = []
    replace = Path.replace

    def look(self: Path, target: Path) -> Path:
        if target.parent.name == "queue":
            with connect(folders) as other:
                seen.append((receive(other), self.exists()))
        return replace(self, target)

    with connect(folders) as connection:
        monkeypatch.setattr(Path, "replace", look)
        send(connection, "甲")
        monkeypatch.undo()
        assert seen == [([], True)]
        assert receive(connection) == ["甲"]


def test_kombus_own_transport_still_needs_this(folders: Path):
    """When this fails, kombu writes its messages whole and reads around those that are none: then take kombu's."""
    (folders / "queue" / "1_aa.work.msg").write_bytes(b"")
    with Connection(
        "filesystem://localhost/",
        transport_options={
            "data_folder_in": str(folders / "queue"),
            "data_folder_out": str(folders / "queue"),
            "control_folder": str(folders / "control"),
            "store_processed": True,
            "processed_folder": str(folders),
        },
    ) as connection:
        assert isinstance(connection.default_channel, filesystem.Channel)
        with pytest.raises(ValueError):
            receive(connection)


def test_several_readers_take_each_message_once(folders: Path):
    with connect(folders) as connection:
        send(connection, *range(60))
    got: list[list[object]] = []

    def read() -> None:
        with connect(folders) as own:
            got.append(receive(own))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(number for part in got for number in part) == list(range(60))


@pytest.mark.parametrize("content", [b"", b'[["wo', b"7", b"[7]", b'{"a": 1}'])
def test_a_spoilt_table_of_queues_is_written_anew(folders: Path, content: bytes):
    with connect(folders) as connection:
        send(connection, "甲")
        (folders / "control" / "work.exchange").write_bytes(content)
        send(connection, "乙")
        assert receive(connection) == ["甲", "乙"]
    table = json.loads((folders / "control" / "work.exchange").read_text())
    assert table == [["work", "", "work"]]


def test_a_table_that_was_deleted_is_written_anew(folders: Path):
    with connect(folders) as connection:
        send(connection, "甲")
        (folders / "control" / "work.exchange").unlink()
        send(connection, "乙")
        assert receive(connection) == ["甲", "乙"]


def test_a_queue_that_is_deleted_leaves_the_table(folders: Path):
    with connect(folders) as connection:
        send(connection, "甲")
        WORK(connection.channel()).delete()
        assert json.loads((folders / "control" / "work.exchange").read_text()) == []
        assert list((folders / "queue").iterdir()) == []
