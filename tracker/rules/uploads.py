"""Names of uploaded files: what is left of them once nothing in them can mislead a person, a shell or a browser."""

import re
import unicodedata

NAME_LIMIT = 120
# Separators of paths, what Windows forbids in names, and what breaks a header.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%;\x00-\x1f\x7f]')
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})


def safe_name(name: str, *, extension: str) -> str:
    """The name as it is kept and given back: one line, no folders, at most NAME_LIMIT characters, ending in `extension` ("" leaves the one it has).

    Bidirectional and other unseen characters go, so that 报告‮gnp.exe does not read as a picture. Never empty.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    seen = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN)
    stem = _FORBIDDEN.sub("_", seen)
    if extension and stem.lower().endswith(extension):
        stem = stem[: -len(extension)]
    stem = " ".join(stem.split()).strip(". ") or "附件"
    return stem[: NAME_LIMIT - len(extension)] + extension
