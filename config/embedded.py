"""What an installation makes for itself at first start, so that `make run` needs no configuration."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def make_data_dir(data_dir: Path) -> None:
    """The folder for everything the product writes, open to its owner only. Raises ImproperlyConfigured."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ImproperlyConfigured(f"数据目录“{data_dir}”无法建立（DUBAN_DATA_DIR）：{reason}") from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"数据目录“{data_dir}”不可写（DUBAN_DATA_DIR）。")


def own_secret_key(data_dir: Path) -> str:
    """The installation's secret key (hex, 50 bytes), made at first call and kept in `data_dir/secret-key`."""
    path = data_dir / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        key = secrets.token_hex(50)
        # Written whole under another name and then linked: two processes starting at once agree on one key.
        draft = data_dir / f".secret-key-{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(key)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()
