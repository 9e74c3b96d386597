"""Characters that no text of an office holds: one rule for every door through which people type text."""

import re

# C0 and C1 controls but tab and line breaks, bidirectional controls, surrogates and noncharacters: they break
# spreadsheets and Word files, or make a sentence read otherwise than it is stored.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def forbidden_character(text: str) -> str | None:
    """The first character that must not stand in a text; None when all may."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else None


def without_forbidden(text: str) -> str:
    """The text with such characters taken out."""
    return _FORBIDDEN.sub("", text)
