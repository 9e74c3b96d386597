"""What the embedded default makes for itself at first start, so that `make run` needs no configuration."""

import secrets
from pathlib import Path


def own_secret_key(data_dir: Path) -> str:
    """The installation's secret key (hex, 50 bytes), made at first call and kept in `data_dir/secret-key` (mode 600).

    Raises OSError when the folder cannot be written.
    """
    path = data_dir / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
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
