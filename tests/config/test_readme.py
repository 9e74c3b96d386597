"""The README's settings table names every setting there is, and no other."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def test_the_settings_table_is_whole():
    read = set()
    for path in (ROOT / "config").glob("*.py"):
        read |= set(re.findall(r'"(DUBAN_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    rows = re.findall(
        r"^\| `(DUBAN_[A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(rows) == sorted(set(rows))
    assert set(rows) == read
