"""Messages out of files: one message, an mbox, a Maildir; each only as far as a notice is read."""

import mailbox
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tracker.reminders.bounce_mail.notice import MOST_BYTES


def messages_of(path: Path) -> Iterator[bytes]:
    """Raises OSError, or ValueError (a Chinese sentence) for a folder that is no Maildir."""
    if path.is_dir():
        if not any((path / name).is_dir() for name in ("cur", "new")):
            raise ValueError(f"“{path}”不是 Maildir：其中没有 cur 或 new 文件夹。")
        for name in ("cur", "new"):
            for file in sorted((path / name).iterdir()) if (path / name).is_dir() else []:
                if file.is_file():
                    yield _beginning(file)
        return
    with path.open("rb") as opened:
        is_mbox = opened.read(5) == b"From "
    if not is_mbox:
        yield _beginning(path)
        return
    with closing(mailbox.mbox(path, create=False)) as box:
        for key in box.iterkeys():
            with box.get_file(key) as message:
                yield message.read(MOST_BYTES)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MOST_BYTES)
